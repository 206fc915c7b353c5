package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/index"
)

// indexOff is the value of DHI_LS_INDEX_DIR that leaves the indexes out.
const indexOff = indexed.Off

// indexDir is the folder of the package indexes, "" where they are left out.
func indexDir() (string, error) { return indexed.Dir() }

// openSource opens the package indexes for reading. It returns nil where they
// are left out.
func openSource(cfg *config.Config) (*indexed.Source, error) {
	var o index.Options
	if cfg != nil {
		o.MaxAge = cfg.Index.MaxAge
	}
	return indexed.OpenDefault(o, indexed.Options{Catalog: indexed.NewCatalog(catalogRoot())})
}

// mustSource is openSource for commands that cannot do without.
func mustSource(cfg *config.Config) (*indexed.Source, error) {
	s, err := openSource(cfg)
	if err != nil {
		return nil, failed(err)
	}
	if s == nil {
		return nil, usageError("DHI_LS_INDEX_DIR is %q: the package indexes are switched off", indexOff)
	}
	return s, nil
}

// catalogRoot is the folder, at or above the current one, whose package/
// definitions answer for the repositories of hardened packages.
func catalogRoot() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "package")); err == nil && info.IsDir() {
			return d
		}
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil || filepath.Dir(d) == d {
			return dir
		}
	}
}

// loadedFile is a definition on the disk with its configuration.
type loadedFile struct {
	path string
	doc  *definition.Document
	cfg  *config.Config
}

// loader reads definitions for the commands about packages.
type loader struct {
	configs  *configs
	files    []loadedFile
	failures []string
}

// load reads the definitions that the arguments name; the current folder
// without any.
func load(ctx context.Context, args []string) (*loader, error) {
	cfgs, err := newConfigs("")
	if err != nil {
		return nil, err
	}
	l := &loader{configs: cfgs}
	if len(args) == 0 {
		args = []string{"."}
	}
	files, failures := walk.Files(ctx, args, walk.Options{Excluded: cfgs.excluded})
	for _, f := range failures {
		l.failures = append(l.failures, fmt.Sprintf("%s: %s", f.Path, explain(f.Err)))
	}
	for _, f := range files {
		if ctx.Err() != nil {
			return nil, &exitError{130, ctx.Err()}
		}
		l.read(f.Path)
	}
	return l, cfgs.err()
}

func (l *loader) read(path string) {
	content, err := readFile(path)
	if err == errNotOurs {
		return
	}
	if err != nil {
		l.failures = append(l.failures, fmt.Sprintf("%s: %s", path, explain(err)))
		return
	}
	cfg := l.configs.of(path)
	opt := analysis.Options{}
	if cfg != nil {
		opt.Prefixes = cfg.Prefixes
	}
	if doc := analysis.Open(path, text.New(string(content)), opt); doc.Kind.IsDefinition() && doc.Def != nil {
		l.files = append(l.files, loadedFile{path, doc, cfg})
	}
}

// err says what could not be read.
func (l *loader) err() error {
	if len(l.failures) == 0 {
		return nil
	}
	return failed(fmt.Errorf("%s", strings.Join(l.failures, "\ndhi-ls: ")))
}

// config is that of the first definition, for settings that hold for a run.
func (l *loader) config() *config.Config {
	for _, f := range l.files {
		if f.cfg != nil {
			return f.cfg
		}
	}
	return nil
}

// scopes are those of all definitions that install packages.
func (l *loader) scopes() []packages.Scope {
	var list []packages.Scope
	for _, f := range l.files {
		list = append(list, scopesOf(f.doc)...)
	}
	return list
}

func scopesOf(doc *definition.Document) []packages.Scope {
	var list []packages.Scope
	for _, c := range doc.Def.Scopes() {
		if scope, ok := packages.ScopeOf(doc, c, ""); ok && (len(c.Packages) > 0 || c.Stage == nil) {
			list = append(list, scope)
		}
	}
	return list
}

// consent is what the user's flags and files allow an update to do.
func (l *loader) consent(hosts []string) (indexed.Consent, error) {
	user, err := config.LoadUser(analysis.RuleName)
	if err != nil {
		return indexed.Consent{}, &exitError{exitUsage, err}
	}
	c := indexed.Consent{Hosts: hosts}.WithUser(user)
	seen := map[*config.Config]bool{}
	for _, f := range l.files {
		if !seen[f.cfg] {
			seen[f.cfg] = true
			c = c.WithWorkspace(f.cfg)
		}
	}
	return c, nil
}
