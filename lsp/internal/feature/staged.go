package feature

import (
	"path/filepath"
	"regexp"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/links"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// sourceDir finds files below the folder of a build's sources, in values and
// in scripts.
var sourceDir = regexp.MustCompile("\\$\\{source\\.dir\\}(?:/[^\\s/\"'`$(){}\\[\\];,:|&<>*?\\\\]+)+")

// staged calls f for the places of a document that name a local file by the
// path under which the stage's paths put it there, until f returns false.
func staged(s *session.Snapshot, d *session.Document, doc *definition.Document, f func(n *syntax.Node, at text.Range, file string, what rules.Presence) bool) {
	if _, isFile := session.Path(d.URI); !isFile || doc.Def == nil || s.Services.Disk == nil {
		return
	}
	for i := range doc.Def.Contents.Builds {
		b := &doc.Def.Contents.Builds[i]
		if len(b.Paths) == 0 || b.Node == nil {
			continue
		}
		if !scalars(b.Node, func(n *syntax.Node) bool {
			for _, m := range sourceDir.FindAllStringIndex(n.Value, -1) {
				file, what, ok := links.Staged(s.Services.Disk, doc, b, n.Value[m[0]:m[1]])
				if !ok {
					continue
				}
				at := doc.Tree.SourceMap(n).Range(text.Range{Start: m[0], End: m[1]})
				if !f(n, at, filepath.FromSlash(file), what) {
					return false
				}
			}
			return true
		}) {
			return
		}
	}
}

// scalars calls f for the scalars below a stage but for its paths, which say
// themselves where they come from.
func scalars(n *syntax.Node, f func(*syntax.Node) bool) bool {
	if n == nil {
		return true
	}
	if n.Kind == syntax.Scalar {
		return f(n)
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key != nil && e.Key.Value == "paths" {
			continue
		}
		if !scalars(e.Value, f) {
			return false
		}
	}
	return true
}

// stagedAt is the local file that is named at the offset.
func stagedAt(s *session.Snapshot, d *session.Document, doc *definition.Document, offset int) (file string, ok bool) {
	staged(s, d, doc, func(_ *syntax.Node, at text.Range, found string, what rules.Presence) bool {
		if (at.Contains(offset) || at.End == offset) && what == rules.File {
			file, ok = found, true
		}
		return !ok
	})
	return file, ok
}
