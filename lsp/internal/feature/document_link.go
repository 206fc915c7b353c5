package feature

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/links"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// maxLinks is how many links one document gets.
const maxLinks = 2000

// DocumentLink answers textDocument/documentLink: addresses, git refs, the
// pages of packages behind package URLs, the catalog's pages of images, and
// the files that paths are copied from. Variables are resolved for the first
// platform; what does not resolve is no link.
func DocumentLink(_ context.Context, s *session.Snapshot, p *protocol.DocumentLinkParams) ([]protocol.DocumentLink, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	l := linker{d: d, doc: doc}
	if doc.Def != nil {
		platform := "linux/amd64"
		if len(doc.Def.Platforms) > 0 && doc.Def.Platforms[0].Set() {
			platform = doc.Def.Platforms[0].Value()
		}
		l.env = engine.Env(doc, platform)
	}
	l.node(doc.Tree.Root)
	if doc.Def != nil {
		for _, path := range doc.Def.AllPaths() {
			if file, what, ok := source(s, d, doc, path); ok {
				l.add(path.Source.Node, path.Source.Node.Body, string(uri.File(file)), sourceTips[what])
			}
		}
	}
	return l.out, nil
}

var sourceTips = map[rules.Presence]string{rules.File: "Open the source", rules.Dir: "Show the folder"}

type linker struct {
	d   *session.Document
	doc *definition.Document
	env expr.Env
	out []protocol.DocumentLink
}

// add makes a link of a part of a scalar that stands on one line.
func (l *linker) add(n *syntax.Node, r text.Range, target, tip string) {
	if len(l.out) >= maxLinks || r.Empty() || l.d.Text.LineOf(r.Start) != l.d.Text.LineOf(r.End) {
		return
	}
	link := protocol.DocumentLink{Range: l.d.Range(r), Target: new(uri.URI), Tooltip: &tip}
	*link.Target = uri.URI(target)
	l.out = append(l.out, link)
}

func (l *linker) node(n *syntax.Node) {
	if n == nil {
		return
	}
	for i := range n.Entries {
		switch v := n.Entries[i].Value; v.Kind {
		case syntax.Scalar:
			l.scalar(v)
		case syntax.Mapping, syntax.Sequence:
			l.node(v)
		}
	}
}

// scalar finds the link that a value is as a whole, or the address of a
// repository in it.
func (l *linker) scalar(n *syntax.Node) {
	value := n.Value
	if n.Style == syntax.Literal || n.Style == syntax.Folded || len(value) < 5 || !strings.ContainsAny(value, ":/$") {
		return
	}
	if strings.HasPrefix(value, "deb ") {
		l.repository(n)
		return
	}
	resolved, open := expr.Resolve(value, l.env)
	if len(open) > 0 {
		return
	}
	switch {
	case strings.HasPrefix(resolved, "pkg:"):
		if page, ok := links.Purl(resolved); ok {
			l.add(n, n.Body, page, "Show the package")
		}
	case strings.HasPrefix(resolved, "git+"):
		if page, ok := links.URL(resolved); ok {
			l.add(n, n.Body, page, "Show the repository")
		}
	case strings.HasPrefix(resolved, "http"):
		if page, ok := links.URL(resolved); ok {
			l.add(n, n.Body, page, "Open the address")
		}
	case strings.HasPrefix(resolved, "dhi.io/"), strings.HasPrefix(resolved, "dhi/"):
		if page, ok := links.Catalog(resolved); ok {
			l.add(n, n.Body, page, "Show the image in the catalog")
		}
	}
}

// repository links the address in a deb line.
func (l *linker) repository(n *syntax.Node) {
	r := entry.ParseRepository(n.Value, entry.Debian)
	if page, ok := links.URL(r.URL.Text); ok {
		l.add(n, l.doc.Tree.SourceMap(n).Range(r.URL.Range), page, "Open the repository")
	}
}

// source is the file that a path of the definition is copied from.
func source(s *session.Snapshot, d *session.Document, doc *definition.Document, path definition.Path) (string, rules.Presence, bool) {
	if _, isFile := session.Path(d.URI); !isFile || !path.Source.Set() {
		return "", rules.Unknown, false
	}
	value, open := expr.Resolve(path.Source.Value(), engine.Env(doc, ""))
	if len(open) > 0 {
		return "", rules.Unknown, false
	}
	file, what, ok := links.Source(s.Services.Disk, doc, path.Type.Value(), value)
	return filepath.FromSlash(file), what, ok
}

// sourceAt is the file behind the source of a path at the offset.
func sourceAt(s *session.Snapshot, d *session.Document, doc *definition.Document, offset int) (string, bool) {
	if doc.Def == nil {
		return "", false
	}
	for _, path := range doc.Def.AllPaths() {
		if path.Source.Set() && path.Source.Node.Range.Contains(offset) {
			file, what, ok := source(s, d, doc, path)
			return file, ok && what == rules.File
		}
	}
	return "", false
}
