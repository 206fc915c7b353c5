// Package engine joins the session to the analysis: documents become typed
// views, and their findings.
package engine

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

// opened is the view of a document without further frontend prefixes, parsed
// once per version.
var opened = session.Derive(func(d *session.Document) *definition.Document {
	return analysis.Open(FileOf(d), d.Text, analysis.Options{})
})

// Opened is the view of a version without the configuration, for values that
// are derived from it.
func Opened(d *session.Document) *definition.Document { return opened.Of(d) }

// PathOf is the path of a URI with forward slashes; of a document that is no
// file it is the path that the URI names.
func PathOf(u uri.URI) string {
	if path, ok := session.Path(u); ok {
		return filepath.ToSlash(path)
	}
	s := string(u)
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
		if slash := strings.IndexByte(s, '/'); slash >= 0 {
			return s[slash:]
		}
		return s
	}
	if _, rest, ok := strings.Cut(s, ":"); ok {
		return rest
	}
	return s
}

// FileOf is the path by which the workspace knows a document, with forward
// slashes; of one that is no file see PathOf.
func FileOf(d *session.Document) string {
	if file, ok := d.File(); ok {
		return filepath.ToSlash(file)
	}
	return PathOf(d.URI)
}

// Document is the typed view of a version. Its kind is NotOurs for YAML that
// is no definition; then it has no tree.
func Document(s *session.Snapshot, d *session.Document) *definition.Document {
	doc := opened.Of(d)
	if doc.Kind != definition.NotOurs && doc.Directive.State == definition.OurDirective || doc.Directive.State == definition.NoDirective {
		return doc
	}
	if cfg := Config(s, d); cfg != nil && len(cfg.Prefixes) > 0 {
		return analysis.Open(FileOf(d), d.Text, analysis.Options{Prefixes: cfg.Prefixes})
	}
	return doc
}

// Ours is Document for documents that are ours.
func Ours(s *session.Snapshot, u uri.URI) (*session.Document, *definition.Document, bool) {
	d, ok := s.Document(u)
	if !ok {
		return nil, nil, false
	}
	doc := Document(s, d)
	return d, doc, doc.Kind != definition.NotOurs && doc.Tree != nil
}

// Config is the configuration for the document, nil if there is none or it
// cannot be used.
func Config(s *session.Snapshot, d *session.Document) *config.Config {
	path, ok := d.File()
	if !ok || s.Services.Config == nil {
		return nil
	}
	cfg, err := s.Services.Config(path)
	if err != nil {
		return nil
	}
	return cfg
}

// Options are the engine's options for the document.
func Options(s *session.Snapshot, d *session.Document) analysis.Options {
	opt := analysis.Options{Packages: s.Services.Packages, Images: s.Services.Images}
	if _, isFile := session.Path(d.URI); isFile {
		opt.Disk = readable(s)
	}
	cfg := Config(s, d)
	if cfg == nil {
		return opt
	}
	opt.Config, opt.Prefixes = cfg, cfg.Prefixes
	if cfg.Profile != "" {
		opt.Profile, _ = analysis.ParseProfile(cfg.Profile)
	}
	if s.Trusted && cfg.ShellCheck != nil && *cfg.ShellCheck && s.Services.ShellCheck != nil {
		opt.ShellCheck = s.Services.ShellCheck()
	}
	return opt
}

// readable is the disk, of which files are read in the folders of the workspace
// alone.
func readable(s *session.Snapshot) rules.Disk {
	disk, ok := s.Services.Disk.(analysis.OSDisk)
	if !ok {
		return s.Services.Disk
	}
	disk.Inside = append([]string{}, s.Roots()...)
	return disk
}

// Fast finds what the file decides. It returns nil for a document that is not
// ours.
func Fast(_ context.Context, s *session.Snapshot, d *session.Document) ([]diagnostic.Diagnostic, error) {
	if isConfig(d.URI) {
		return configFaults(s, d), nil
	}
	result := Findings(s, d)
	if result == nil {
		return nil, nil
	}
	return append([]diagnostic.Diagnostic{}, result.Diagnostics...), nil // a clean document has none, but not nil
}

// Slow compares the document with the other files of the workspace, and runs
// external programs where they are allowed.
func Slow(ctx context.Context, s *session.Snapshot, d *session.Document) ([]diagnostic.Diagnostic, error) {
	doc := Document(s, d)
	if doc.Kind == definition.NotOurs {
		return nil, nil
	}
	found := Across(s, d)
	if opt := Options(s, d); opt.ShellCheck != nil {
		found = append(found, analysis.Slow(ctx, doc, opt).Diagnostics...)
	}
	return found, ctx.Err()
}

// Files lists what may be definitions in the folders of the workspace.
func Files(ctx context.Context, s *session.Snapshot) ([]string, error) {
	list, _ := workspace.Paths(ctx, s.Roots(), Excluded(s))
	paths := make([]string, len(list))
	for i, path := range list {
		paths[i] = filepath.FromSlash(path)
	}
	return paths, ctx.Err()
}
