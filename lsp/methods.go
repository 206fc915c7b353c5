package lsp

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/action"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// features is the table of the methods that are pure functions of a snapshot.
// A method is offered to clients exactly when it has a row here (see offers
// for how it is offered). To add one, write internal/feature/NAME.go with
//
//	func Name(ctx context.Context, snapshot *session.Snapshot, p *protocol.NameParams) (R, error)
//
// and its row here.
func features() map[string]rpc.Request[*session.Snapshot] {
	return map[string]rpc.Request[*session.Snapshot]{
		protocol.MethodTextDocumentCodeAction: request(action.CodeAction),
		protocol.MethodCodeActionResolve:      request(action.Resolve),
	}
}

// requests are all methods: the features, and those that need the server.
func (s *server) requests() map[string]rpc.Request[*session.Snapshot] {
	table := features()
	if s.Fast != nil {
		table[protocol.MethodTextDocumentDiagnostic] = request(s.checks.Document)
	}
	if s.Fast != nil && s.Files != nil {
		table[protocol.MethodWorkspaceDiagnostic] = request(s.checks.Workspace)
	}
	return table
}

// request makes a typed function a row of the table.
func request[P, R any](answer func(context.Context, *session.Snapshot, *P) (R, error)) rpc.Request[*session.Snapshot] {
	return func(ctx context.Context, snapshot *session.Snapshot, params jsonrpc2.RawMessage) (any, error) {
		p, err := rpc.Decode[P](params)
		if err != nil {
			return nil, err
		}
		return answer(ctx, snapshot, p)
	}
}
