package feature

import (
	"cmp"
	"context"
	"slices"

	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// References answers textDocument/references. Those of a user are the places
// of its name and of its uid, those of a group likewise.
func References(_ context.Context, s *session.Snapshot, p *protocol.ReferenceParams) ([]protocol.Location, error) {
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	var out []protocol.Location
	for _, o := range uses(index, at.Name) {
		if p.Context.IncludeDeclaration || !o.Declaration {
			out = append(out, d.Location(o.Range))
		}
	}
	return out, nil
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
