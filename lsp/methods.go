package lsp

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/action"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/hover"
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
		protocol.MethodTextDocumentHover:                request(hover.Hover),
		protocol.MethodTextDocumentCompletion:           request(feature.Completion),
		protocol.MethodCompletionItemResolve:            request(feature.CompletionItemResolve),
		protocol.MethodTextDocumentDefinition:           request(feature.Definition),
		protocol.MethodTextDocumentReferences:           request(feature.References),
		protocol.MethodTextDocumentDocumentHighlight:    request(feature.DocumentHighlight),
		protocol.MethodTextDocumentPrepareRename:        request(feature.PrepareRename),
		protocol.MethodTextDocumentRename:               request(feature.Rename),
		protocol.MethodTextDocumentLinkedEditingRange:   request(feature.LinkedEditingRange),
		protocol.MethodTextDocumentDocumentSymbol:       request(feature.DocumentSymbol),
		protocol.MethodTextDocumentPrepareCallHierarchy: request(feature.PrepareCallHierarchy),
		protocol.MethodCallHierarchyIncomingCalls:       request(feature.CallHierarchyIncomingCalls),
		protocol.MethodCallHierarchyOutgoingCalls:       request(feature.CallHierarchyOutgoingCalls),
		protocol.MethodWorkspaceSymbol:                  request(feature.WorkspaceSymbol),
		protocol.MethodTextDocumentFoldingRange:         request(feature.FoldingRange),
		protocol.MethodTextDocumentSelectionRange:       request(feature.SelectionRange),
		protocol.MethodTextDocumentSignatureHelp:        request(feature.SignatureHelp),
		protocol.MethodTextDocumentDocumentLink:         request(feature.DocumentLink),
		protocol.MethodTextDocumentInlayHint:            request(feature.InlayHint),
		protocol.MethodTextDocumentCodeLens:             request(feature.CodeLens),
		protocol.MethodTextDocumentFormatting:           request(feature.Formatting),
		protocol.MethodTextDocumentRangeFormatting:      request(feature.RangeFormatting),
		protocol.MethodTextDocumentRangesFormatting:     request(feature.RangesFormatting),
		protocol.MethodTextDocumentOnTypeFormatting:     request(feature.OnTypeFormatting),
		protocol.MethodTextDocumentCodeAction:           request(action.CodeAction),
		protocol.MethodCodeActionResolve:                request(action.Resolve),
	}
}

// requests are all methods: the features, and those that need the server.
func (s *server) requests() map[string]rpc.Request[*session.Snapshot] {
	table := features()
	table[protocol.MethodTextDocumentSemanticTokensFull] = request(s.tokens.Full)
	table[protocol.MethodTextDocumentSemanticTokensFullDelta] = request(s.tokens.Delta)
	table[protocol.MethodTextDocumentSemanticTokensRange] = request(s.tokens.Range)
	table[protocol.MethodWorkspaceExecuteCommand] = request(s.executeCommand)
	table[protocol.MethodWorkspaceTextDocumentContent] = request(s.textDocumentContent)
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

// executeCommand carries out the commands that need the server, and leaves the
// others to their features.
func (s *server) executeCommand(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	if answer, known, err := s.builds.Command(ctx, snapshot, p); known {
		return answer, err
	}
	switch p.Command {
	case commandid.ImageUpdate:
		return s.updateImages(ctx, snapshot, p)
	case commandid.IndexUpdate:
		return s.updateIndexes(ctx, snapshot, p)
	case commandid.Upgrade:
		return s.upgrade(ctx, snapshot, p)
	case commandid.ToRefresh:
		return s.toRefresh(ctx, snapshot, p)
	case commandid.Reload:
	default:
		return feature.ExecuteCommand(ctx, snapshot, p)
	}
	s.config.fetch(s)
	s.filesChanged(true)
	return nil, nil
}
