package feature

import (
	"context"
	"errors"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Formatting answers textDocument/formatting: the canonical form. The client's
// wishes for the size of tabs do not count, for the form is one.
func Formatting(_ context.Context, s *session.Snapshot, p *protocol.DocumentFormattingParams) ([]protocol.TextEdit, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	return formatted(d)(format.Edits(doc))
}

// RangeFormatting answers textDocument/rangeFormatting: the entry around the
// range.
func RangeFormatting(_ context.Context, s *session.Snapshot, p *protocol.DocumentRangeFormattingParams) ([]protocol.TextEdit, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	return formatted(d)(format.RangeEdits(doc, d.Bytes(p.Range)))
}

// RangesFormatting answers textDocument/rangesFormatting.
func RangesFormatting(_ context.Context, s *session.Snapshot, p *protocol.DocumentRangesFormattingParams) ([]protocol.TextEdit, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	var all []text.Edit
	for _, r := range p.Ranges {
		edits, err := format.RangeEdits(doc, d.Bytes(r))
		if err != nil {
			return formatted(d)(nil, err)
		}
		for _, e := range edits {
			if !slices.ContainsFunc(all, func(o text.Edit) bool { return o.Range.Overlaps(e.Range) }) {
				all = append(all, e)
			}
		}
	}
	return formatted(d)(all, nil)
}

// requestFailed is LSP's code for a request that is well formed and cannot be
// fulfilled all the same.
const requestFailed jsonrpc2.Code = -32803

// formatted converts edits. A refusal is an error: who asked for a form wants
// to know why there is none.
func formatted(d *session.Document) func([]text.Edit, error) ([]protocol.TextEdit, error) {
	return func(edits []text.Edit, err error) ([]protocol.TextEdit, error) {
		var refusal *format.Refusal
		switch {
		case errors.Is(err, format.ErrNotOurs):
			return nil, nil
		case errors.As(err, &refusal):
			return nil, jsonrpc2.Errorf(requestFailed, "not formatted: %v", refusal)
		case err != nil:
			return nil, err
		}
		out := make([]protocol.TextEdit, len(edits))
		for i, e := range edits {
			out[i] = protocol.TextEdit{Range: d.Range(e.Range), NewText: e.New}
		}
		return out, nil
	}
}
