// Package config reads .dhi-ls.yaml: which rules run, how grave they are, and
// what the user allows.
package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// FileName is the name of the configuration file.
const FileName = ".dhi-ls.yaml"

// Config is a configuration. The zero Config changes nothing.
type Config struct {
	// Dir is the folder that the globs are relative to, with forward slashes.
	Dir string
	// Profile is auto, catalog, project, or "" where it is not set.
	Profile    string
	Rules      map[string]Setting
	Overrides  []Override
	Exclude    []string
	Prefixes   []string
	ShellCheck *bool
	Mirrors    map[string]string
	Index      Index
	Build      Build
}

// Setting is what the user says of a rule.
type Setting struct {
	// Severity is meaningful where Set.
	Severity diagnostic.Severity
	Set      bool
	Options  map[string]any
}

// Override holds settings for some paths.
type Override struct {
	Paths []string
	Rules map[string]Setting
}

// Index are the settings of the package index.
type Index struct {
	// Fetch is auto, ask or never, "" where it is not set.
	Fetch string
	// MaxAge is 0 where it is not set.
	MaxAge time.Duration
	// Contents has the commands of Debian's packages fetched, too.
	Contents bool
	Keys     []string
	// Hosts counts only in the user's own configuration.
	Hosts []string
}

// Build are the settings of the build.
type Build struct{ Builder, Platform string }

// RuleNames resolves ids and aliases of rules to ids; for a name that is
// unknown it returns the message that says so.
type RuleNames func(name string) (idOrMessage string, ok bool)

// Error is a configuration that cannot be used; its text names every fault
// with its place.
type Error struct {
	Path   string
	Text   *text.Text
	Faults []diagnostic.Diagnostic
}

func (e *Error) Error() string {
	var b strings.Builder
	for i, f := range e.Faults {
		if i > 0 {
			b.WriteByte('\n')
		}
		h := e.Text.Human(f.Range.Start)
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.Path, h.Line, h.Column, f.Message)
	}
	return b.String()
}

// Find looks for the configuration file in the folder and those above it.
func Find(dir string) (file string, found bool) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	for {
		if file, found = In(dir); found {
			return file, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

// In looks for the configuration file in the folder itself.
func In(dir string) (file string, found bool) {
	file = filepath.Join(dir, FileName)
	info, err := os.Stat(file)
	return file, err == nil && info.Mode().IsRegular()
}

// maxFile is far above any configuration and below what hurts.
const maxFile = 1 << 20

// Load reads the configuration file.
func Load(file string, names RuleNames) (*Config, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("read the configuration: %s is no ordinary file below 1 MiB", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(file, string(data), names)
}

// Parse reads a configuration. The error is an *Error where the text is at
// fault.
func Parse(file, content string, names RuleNames) (*Config, error) {
	t := text.New(content)
	tree := syntax.Parse(t)
	p := &reader{tree: tree, names: names}
	for _, pr := range tree.Problems {
		if !pr.Lenient {
			p.fault(pr.Range, "%s", pr.Message)
		}
	}
	p.validate()
	c := p.config()
	c.Dir = filepath.ToSlash(filepath.Dir(file))
	if len(p.faults) > 0 {
		return nil, &Error{Path: file, Text: t, Faults: diagnostic.Sort(p.faults)}
	}
	return c, nil
}

// Severity is the severity of a rule for a file: the last override that
// speaks of both wins over the general setting, that over the default.
func (c *Config) Severity(file, rule string, byDefault diagnostic.Severity) diagnostic.Severity {
	if c == nil {
		return byDefault
	}
	s := byDefault
	if set, ok := c.Rules[rule]; ok && set.Set {
		s = set.Severity
	}
	for _, o := range c.Overrides {
		if set, ok := o.Rules[rule]; ok && set.Set && c.matches(o.Paths, file) {
			s = set.Severity
		}
	}
	return s
}

// Option is the value of a rule's option for a file.
func (c *Config) Option(file, rule, option string) (value any, ok bool) {
	if c == nil {
		return nil, false
	}
	value, ok = c.Rules[rule].Options[option]
	for _, o := range c.Overrides {
		if v, has := o.Rules[rule].Options[option]; has && c.matches(o.Paths, file) {
			value, ok = v, true
		}
	}
	return value, ok
}

// Excluded reports whether the file or folder is left out of walks.
func (c *Config) Excluded(file string) bool { return c != nil && c.matches(c.Exclude, file) }

// matches says whether a glob matches the path or a folder above it.
func (c *Config) matches(globs []string, file string) bool {
	if len(globs) == 0 {
		return false
	}
	rel := c.relative(file)
	for _, g := range globs {
		g = strings.TrimSuffix(strings.TrimPrefix(g, "./"), "/")
		for p := rel; p != "." && p != "/" && p != ""; p = path.Dir(p) {
			if ok, _ := doublestar.Match(g, p); ok {
				return true
			}
			if !strings.Contains(g, "/") {
				if ok, _ := doublestar.Match(g, path.Base(p)); ok {
					return true
				}
			}
		}
	}
	return false
}

func (c *Config) relative(file string) string {
	file = filepath.ToSlash(file)
	if !path.IsAbs(file) && !filepath.IsAbs(file) {
		if abs, err := filepath.Abs(file); err == nil && path.IsAbs(c.Dir) {
			file = filepath.ToSlash(abs)
		}
	}
	if rel, ok := strings.CutPrefix(file, strings.TrimSuffix(c.Dir, "/")+"/"); ok {
		return rel
	}
	return strings.TrimPrefix(file, "/")
}

// Fingerprint names the settings for a cache of results.
func (c *Config) Fingerprint() string {
	if c == nil {
		return ""
	}
	data, err := json.Marshal(c) // map keys come sorted
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// schemaKind keeps the schema's name out of the reader.
const schemaKind = schema.Config
