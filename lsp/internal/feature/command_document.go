package feature

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/action"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// ours is the open definition that a command is about. What a person asked for
// is refused in words where it is none.
func ours(s *session.Snapshot, u uri.URI) (*session.Document, *definition.Document, error) {
	d, doc, ok := engine.Ours(s, u)
	if !ok {
		return nil, nil, jsonrpc2.Errorf(requestFailed, "%q is no definition that is open in the editor", u)
	}
	return d, doc, nil
}

// fixedAll is the answer to dhi-ls.fixAll.
type fixedAll struct {
	// Fixed is the number of findings that were mended.
	Fixed int `json:"fixed"`
}

func fixAll(ctx context.Context, s *session.Snapshot, p *commandid.Document) (*fixedAll, error) {
	d, doc, err := ours(s, p.URI)
	if err != nil {
		return nil, err
	}
	edits, n := action.FixAll(ctx, s, d, doc)
	if n == 0 {
		return &fixedAll{}, ctx.Err()
	}
	edit, ok := convert.WorkspaceEdit(s, d, edits)
	if !ok {
		return &fixedAll{}, nil
	}
	if err := s.Client.ApplyEdit(ctx, "Fix all safely fixable findings", edit); err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	return &fixedAll{Fixed: n}, nil
}

// shownProblems is the answer to dhi-ls.showProblems.
type shownProblems struct {
	counts
	// Message says the counts in words.
	Message string `json:"message"`
}

// showProblems leads to the gravest finding. Clients with a list of problems
// show that instead of asking the server.
func showProblems(ctx context.Context, s *session.Snapshot, p *commandid.Document) (*shownProblems, error) {
	d, _, err := ours(s, p.URI)
	if err != nil {
		return nil, err
	}
	list := slices.Clone(engine.Findings(s, d).Diagnostics)
	slices.SortStableFunc(list, func(a, b diagnostic.Diagnostic) int { return cmp.Compare(a.Severity, b.Severity) })
	answer := &shownProblems{counts: countOf(list)}
	answer.Message = answer.counts.String()
	if len(list) == 0 {
		s.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf("%s: no problems", d.URI.Path()))
		return answer, nil
	}
	at := d.Range(list[0].Range)
	if s.Client.Open(ctx, d.URI, false, &at) != nil {
		human := d.Text.Human(list[0].Range.Start)
		s.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf("%s. Line %d: %s", answer.Message, human.Line, list[0].Message))
	}
	return answer, ctx.Err()
}
