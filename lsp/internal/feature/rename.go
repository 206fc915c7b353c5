package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// PrepareRename answers textDocument/prepareRename with the range of the name
// under the cursor, and with nothing where there is none.
func PrepareRename(_ context.Context, s *session.Snapshot, p *protocol.PrepareRenameParams) (protocol.PrepareRenameResult, error) {
	d, _, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	return &protocol.PrepareRenamePlaceholder{Range: d.Range(at.Range), Placeholder: d.Text.Slice(at.Range)}, nil
}

// Rename answers textDocument/rename. What cannot be renamed so is an error
// that the editor shows.
func Rename(_ context.Context, s *session.Snapshot, p *protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	edits, err := index.Rename(at.Name, p.NewName)
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%v", err)
	}
	edit, ok := convert.WorkspaceEdit(s, d, edits)
	if !ok {
		return nil, nil
	}
	return edit, nil
}
