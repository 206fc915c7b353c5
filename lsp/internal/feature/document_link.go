package feature

import (
	"cmp"
	"context"
	"path/filepath"
	"regexp"
	"slices"
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

// DocumentLink answers textDocument/documentLink: addresses, also in scripts
// and comments, git refs, the pages of packages behind package URLs, the
// catalog's pages of images, the definitions of those without a page, and the
// files that paths are copied from, or that a stage finds where its paths put
// them. Variables are resolved for the first platform; what does not resolve
// is no link.
func DocumentLink(_ context.Context, s *session.Snapshot, p *protocol.DocumentLinkParams) ([]protocol.DocumentLink, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	l := linker{s: s, d: d, doc: doc}
	if doc.Def != nil {
		platform := "linux/amd64"
		if len(doc.Def.Platforms) > 0 && doc.Def.Platforms[0].Set() {
			platform = doc.Def.Platforms[0].Value()
		}
		l.env = engine.Env(doc, platform)
	}
	l.directive()
	l.node(doc.Tree.Root)
	if doc.Def != nil {
		for _, path := range doc.Def.AllPaths() {
			if file, what, ok := source(s, d, doc, path); ok {
				l.add(path.Source.Node.Body, string(uri.File(file)), sourceTips[what])
			}
		}
	}
	staged(s, d, doc, func(_ *syntax.Node, at text.Range, file string, what rules.Presence) bool {
		l.add(at, string(uri.File(file)), sourceTips[what])
		return true
	})
	l.addresses()
	slices.SortStableFunc(l.out, func(a, b protocol.DocumentLink) int {
		return cmp.Or(cmp.Compare(a.Range.Start.Line, b.Range.Start.Line), cmp.Compare(a.Range.Start.Character, b.Range.Start.Character))
	})
	return l.out, nil
}

var sourceTips = map[rules.Presence]string{rules.File: "Open the source", rules.Dir: "Show the folder"}

type linker struct {
	s   *session.Snapshot
	d   *session.Document
	doc *definition.Document
	env expr.Env
	out []protocol.DocumentLink
	// taken are the ranges of the links.
	taken []text.Range
}

// add makes a link of a part of the text that stands on one line.
func (l *linker) add(r text.Range, target, tip string) {
	if len(l.out) >= maxLinks || r.Empty() || l.d.Text.LineOf(r.Start) != l.d.Text.LineOf(r.End) {
		return
	}
	link := protocol.DocumentLink{Range: l.d.Range(r), Target: new(uri.URI), Tooltip: &tip}
	*link.Target = uri.URI(target)
	l.out, l.taken = append(l.out, link), append(l.taken, r)
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
			l.add(n.Body, page, "Show the package")
		} else if page, ok := l.hardened(resolved); ok {
			l.add(n.Body, page, "Show the image in the catalog")
		}
	case strings.HasPrefix(resolved, "git+"):
		if page, ok := links.URL(resolved); ok {
			l.add(n.Body, page, "Show the repository")
		}
	case strings.HasPrefix(resolved, "http"):
		if page, ok := links.URL(resolved); ok {
			l.add(n.Body, page, "Open the address")
		}
	case strings.HasPrefix(resolved, "dhi.io/"), strings.HasPrefix(resolved, "dhi/"):
		if page, ok := links.Catalog(resolved); ok {
			l.add(n.Body, page, "Show the image in the catalog")
		} else {
			l.definition(n.Body, resolved)
		}
	}
}

// directive links the frontend's image to its definition.
func (l *linker) directive() {
	if r := l.doc.Directive.Ref; !r.Empty() {
		l.definition(r, l.doc.Directive.RefValue)
	}
}

// definition links a reference to the definition that makes the image.
func (l *linker) definition(at text.Range, reference string) {
	if makers, exact := engine.MakersOf(l.s, l.d, reference); exact {
		l.add(at, string(uri.File(filepath.FromSlash(makers[0].In.Path))), "Open the definition")
	}
}

// hardened is the page of the image behind a package URL of type dhi, where
// the workspace makes that image.
func (l *linker) hardened(purl string) (string, bool) {
	name, ok := strings.CutPrefix(purl, "pkg:dhi/")
	name, _, _ = strings.Cut(name, "@")
	name, _, _ = strings.Cut(name, "?")
	if makers, _ := engine.MakersOf(l.s, l.d, "dhi/"+name); !ok || len(makers) == 0 {
		return "", false
	}
	return links.Catalog("dhi/" + name)
}

// address finds addresses in scripts and comments.
var address = regexp.MustCompile("https?://[A-Za-z0-9.-]+\\.[A-Za-z]+(?::[0-9]+)?(?:/[^\\s\"'`<>{}$\\\\|^]*)?")

// addresses links what stands written out anywhere else. An address that goes
// on with a variable is none.
func (l *linker) addresses() {
	content := l.d.Text.String()
	for _, m := range address.FindAllStringIndex(content, maxLinks) {
		r := text.Range{Start: m[0], End: m[1]}
		if m[1] < len(content) && strings.ContainsRune("$"+"{"+"\\", rune(content[m[1]])) {
			continue
		}
		found := strings.TrimRight(content[r.Start:r.End], ".,;:!?)]*")
		r.End = r.Start + len(found)
		if slices.ContainsFunc(l.taken, r.Overlaps) || l.inValue(r.Start) {
			continue
		}
		if page, ok := links.URL(found); ok {
			l.add(r, page, "Open the address")
		}
	}
}

// inValue: the offset is in a value of one line, of which it was decided
// whether it is a link.
func (l *linker) inValue(offset int) bool {
	at := l.doc.Tree.At(offset)
	n := at.Node
	if n == nil || n.Kind != syntax.Scalar || n.Style == syntax.Literal || n.Style == syntax.Folded || !n.Body.Contains(offset) {
		return false
	}
	return strings.HasPrefix(n.Value, "http") || strings.HasPrefix(n.Value, "git+") || strings.HasPrefix(n.Value, "deb ")
}

// repository links the address in a deb line.
func (l *linker) repository(n *syntax.Node) {
	r := entry.ParseRepository(n.Value, entry.Debian)
	if page, ok := links.URL(r.URL.Text); ok {
		l.add(l.doc.Tree.SourceMap(n).Range(r.URL.Range), page, "Open the repository")
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
