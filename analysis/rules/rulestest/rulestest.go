// Package rulestest composes small definitions for the tests of the rules: a
// fragment of top-level keys laid over a clean base definition.
package rulestest

import (
	"context"
	"embed"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

//go:embed base/*.yaml
var bases embed.FS

// Example is a fragment and what it stands on.
type Example struct {
	// Fragment holds whole top-level keys that replace those of the base, and
	// perhaps a first line "# syntax=…".
	Fragment string
	// Base is runtime, dev, debian, debian-dev, package, chart, info or none.
	Base string
	// Path is where the definition stands; "app.yaml" by default, which is
	// outside of a catalog layout.
	Path string
	// Drop are top-level keys of the base that are left out.
	Drop []string
	// Disk holds the files that are there; nil leaves the disk unknown.
	Disk map[string]bool
	// Heads are the first lines of files of Disk.
	Heads map[string]string
	// Today is 2026-06-01 by default.
	Today   string
	Profile analysis.Profile
	// On is a rule that is off by default and runs here as a warning.
	On string
	// Beside are other files of the workspace, each a fragment over
	// a base. Without any the rules across files do not run.
	Beside []Beside
	// Packages answers about packages; nil for no index. See Indexes.
	Packages packages.Source
	// Images tells what registries said; nil for nothing.
	Images images.Source
}

// Beside is another file of the workspace.
type Beside struct {
	Path string
	// Base is the definition below the fragment, none for a whole text.
	Base     string
	Fragment string
}

// switchedOn is the configuration that switches one rule on.
type switchedOn string

// Severity is that of the default but for the one rule.
func (s switchedOn) Severity(_, rule string, byDefault diagnostic.Severity) diagnostic.Severity {
	if rule == string(s) {
		return diagnostic.Warning
	}
	return byDefault
}

// Option knows none.
func (switchedOn) Option(string, string, string) (any, bool) { return nil, false }

var topKey = regexp.MustCompile(`^("[^"]+"|'[^']+'|[A-Za-z][A-Za-z0-9_-]*):`)

// block is a top-level key with all its lines, or what stands before the
// first key.
type block struct {
	key   string
	lines []string
	first int // line of the fragment, 1-based; 0 for the base's
}

func split(s string) []block {
	out := []block{{}}
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, l := range lines {
		if m := topKey.FindStringSubmatch(l); m != nil {
			out = append(out, block{key: strings.Trim(m[1], `"'`), first: i + 1})
		}
		b := &out[len(out)-1]
		if b.first == 0 {
			b.first = i + 1
		}
		b.lines = append(b.lines, l)
	}
	return out
}

// Compose lays the fragment over its base. The map leads from lines of the
// result to lines of the fragment, both 1-based.
func Compose(e Example) (string, map[int]int, error) {
	fragment := split(e.Fragment)
	base, err := baseOf(e.Base)
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	lines := map[int]int{}
	line := 0
	write := func(bl block, own bool) {
		for i, l := range bl.lines {
			b.WriteString(l)
			line++
			if own {
				lines[line] = bl.first + i
			}
		}
	}
	byKey := map[string]block{}
	for _, f := range fragment[1:] {
		byKey[f.key] = f
	}
	if len(fragment[0].lines) > 0 || e.Base == "none" {
		write(fragment[0], true)
	} else {
		write(base[0], false)
	}
	written := map[string]bool{}
	for _, bl := range base[1:] {
		if f, ok := byKey[bl.key]; ok {
			write(f, true)
			written[bl.key] = true
		} else if !contains(e.Drop, bl.key) {
			write(bl, false)
		}
	}
	for _, f := range fragment[1:] {
		if !written[f.key] || byKey[f.key].first != f.first {
			write(f, true)
		}
	}
	return b.String(), lines, nil
}

func baseOf(name string) ([]block, error) {
	if name == "none" {
		return []block{{}}, nil
	}
	if name == "" {
		name = "runtime"
	}
	data, err := bases.ReadFile("base/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("no base definition %q", name)
	}
	return split(string(data)), nil
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// disk knows files, and the first lines of some.
type disk struct {
	files map[string]bool
	heads map[string]string
}

// Head is the first line of a file.
func (d disk) Head(root, name string) string { return d.heads[path.Join(root, name)] }

// Stat knows the files and folders of the map; a folder is there when a file
// below it is.
func (d disk) Stat(file string) rules.Presence {
	file = strings.TrimSuffix(file, "/")
	if d.files[file] {
		return rules.File
	}
	for p := range d.files {
		if strings.HasPrefix(p, file+"/") || file == "" || file == "." {
			return rules.Dir
		}
	}
	return rules.NotThere
}

// Check composes and analyses the example. Each finding is one line
// "LINE:COL: severity: message [rule]", with lines of the fragment, or
// "base:LINE:…" for lines of the base.
func Check(e Example) ([]string, []diagnostic.Diagnostic, string, error) {
	content, lines, err := Compose(e)
	if err != nil {
		return nil, nil, "", err
	}
	path := e.Path
	if path == "" {
		path = "app.yaml"
	}
	opt := analysis.Options{Today: e.Today, Profile: e.Profile, Packages: e.Packages, Images: e.Images}
	if opt.Today == "" {
		opt.Today = "2026-06-01"
	}
	if e.On != "" {
		opt.Config = switchedOn(e.On)
	}
	if e.Disk != nil {
		opt.Disk = disk{e.Disk, e.Heads}
	}
	t := text.New(content)
	res := analysis.Analyze(context.Background(), path, t, opt)
	if len(e.Beside) > 0 {
		across, err := across(e, path, content, opt)
		if err != nil {
			return nil, nil, "", err
		}
		res = analysis.Merge(res, across)
	}
	var out []string
	for _, d := range res.Diagnostics {
		h := t.Human(d.Range.Start)
		at := fmt.Sprintf("base:%d", h.Line)
		if own, ok := lines[h.Line]; ok {
			at = fmt.Sprint(own)
		}
		out = append(out, fmt.Sprintf("%s:%d: %s: %s [%s]", at, h.Column, d.Severity, d.Message, d.Code))
	}
	return out, res.Diagnostics, content, nil
}

// across checks the text beside the other files.
func across(e Example, path, content string, opt analysis.Options) (*analysis.Result, error) {
	files := map[string]string{path: content}
	for _, b := range e.Beside {
		other, _, err := Compose(Example{Fragment: b.Fragment, Base: b.Base})
		if err != nil {
			return nil, err
		}
		files[b.Path] = other
	}
	loader := &workspace.Loader{}
	var records []*facts.Record
	for p, s := range files {
		if r := loader.Record(p, []byte(s)); r != nil {
			records = append(records, r)
		}
	}
	model := workspace.New(records)
	self := model.Record(path)
	if self == nil {
		return nil, fmt.Errorf("%s: nothing is remembered of it", path)
	}
	open := func() *definition.Document { return analysis.Open(path, text.New(content), opt) }
	return analysis.Across(self, model.View(self), open, opt), nil
}
