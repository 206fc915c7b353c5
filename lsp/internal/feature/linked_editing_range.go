package feature

import (
	"cmp"
	"context"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// accountWord is what may be typed in a name while its pair follows, as a
// regular expression of the client.
const accountWord = `[A-Za-z_][A-Za-z0-9_.-]*`

// LinkedEditingRange answers textDocument/linkedEditingRange: a user and the
// group of the same name are one name in many places.
func LinkedEditingRange(_ context.Context, s *session.Snapshot, p *protocol.LinkedEditingRangeParams) (*protocol.LinkedEditingRanges, error) {
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok || at.Kind != names.User && at.Kind != names.Group {
		return nil, nil
	}
	user, group := at.Name, at.Name
	user.Kind, group.Kind = names.User, names.Group
	if len(index.Declarations(user)) != 1 || len(index.Declarations(group)) != 1 {
		return nil, nil
	}
	var ranges []text.Range
	for _, o := range append(index.All(user), index.All(group)...) {
		if d.Text.Slice(o.Range) != at.Text {
			return nil, nil // written with escapes: not the same letters
		}
		ranges = append(ranges, o.Range)
	}
	slices.SortFunc(ranges, func(a, b text.Range) int { return cmp.Compare(a.Start, b.Start) })
	out := &protocol.LinkedEditingRanges{WordPattern: new(string)}
	*out.WordPattern = accountWord
	for _, r := range ranges {
		out.Ranges = append(out.Ranges, d.Range(r))
	}
	return out, nil
}
