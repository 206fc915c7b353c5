package feature

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// References answers textDocument/references. Those of a user are the places
// of its name and of its uid, those of a group likewise. Those of an image, a
// tag, a package or a local file stand in all files of the workspace.
func References(_ context.Context, s *session.Snapshot, p *protocol.ReferenceParams) ([]protocol.Location, error) {
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return usesElsewhere(s, p), nil
	}
	var out []protocol.Location
	for _, o := range uses(index, at.Name) {
		if p.Context.IncludeDeclaration || !o.Declaration {
			out = append(out, d.Location(o.Range))
		}
	}
	return out, nil
}

// maxUses bounds how many places of a workspace are named.
const maxUses = 2000

// usesElsewhere are the places of the workspace that name the image, the tag
// or the package at the position.
func usesElsewhere(s *session.Snapshot, p *protocol.ReferenceParams) []protocol.Location {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil
	}
	offset := d.Offset(p.Position)
	var out []protocol.Location
	if p.Context.IncludeDeclaration {
		out = append(out, made(s, d, offset)...)
	}
	uses := engine.UsesAt(s, d, offset)
	if len(uses) == 0 {
		uses = usesOfFile(s, d, doc, offset)
	}
	reader := convert.Reader{Snapshot: s, Doc: d}
	for _, u := range uses[:min(len(uses), maxUses)] {
		if at, ok := reader.Location(u.In.Path, u.Range); ok {
			out = append(out, at)
		}
	}
	return out
}

// usesOfFile are the paths of the workspace that take the local file at the
// offset as their source.
func usesOfFile(s *session.Snapshot, d *session.Document, doc *definition.Document, offset int) []workspace.Use {
	view, self, ok := engine.View(s, d)
	if !ok || !self.InCatalog() {
		return nil
	}
	file, ok := sourceAt(s, d, doc, offset)
	if !ok {
		file, ok = stagedAt(s, d, doc, offset)
	}
	below, inside := strings.CutPrefix(filepath.ToSlash(file), self.Root()+"/")
	if !ok || !inside {
		return nil
	}
	return view.UsersOfFile(below)
}

// uses are all places of a name, and those of the number that goes with it.
func uses(index *names.Index, n names.Name) []names.Occurrence {
	out := index.All(n)
	numbers := map[names.Name]bool{}
	if n.Kind == names.User {
		for _, u := range index.Users(n) {
			numbers[names.Name{Kind: names.UID, Text: names.Number(u.UID), Stage: n.Stage}] = true
		}
	}
	if n.Kind == names.Group {
		for _, g := range index.Groups(n) {
			numbers[names.Name{Kind: names.GID, Text: names.Number(g.GID), Stage: n.Stage}] = true
		}
	}
	for number := range numbers {
		for _, o := range index.All(number) {
			if !o.Declaration {
				out = append(out, o)
			}
		}
	}
	slices.SortFunc(out, func(a, b names.Occurrence) int { return cmp.Compare(a.Range.Start, b.Range.Start) })
	return out
}
