package lsp

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"go.lsp.dev/protocol"
)

// capabilities are what this client is offered.
func (s *server) capabilities(client *capability.Client) *protocol.ServerCapabilities {
	offered := &protocol.ServerCapabilities{
		PositionEncoding: encodingKind(encoding(client)),
		TextDocumentSync: &protocol.TextDocumentSyncOptions{
			OpenClose: on(true),
			Change:    ptr(protocol.TextDocumentSyncKindIncremental),
			Save:      &protocol.SaveOptions{IncludeText: on(false)},
		},
		Workspace: &protocol.WorkspaceOptions{
			WorkspaceFolders: &protocol.WorkspaceFoldersServerCapabilities{
				Supported: on(true), ChangeNotifications: protocol.Boolean(true),
			},
		},
	}
	o := &offer{client: client, out: offered, has: func(method string) bool { return s.handles[method] != nil }}
	for method := range s.handles {
		if fill := offers[method]; fill != nil {
			fill(o)
		}
	}
	return offered
}

// offer is what a row of the offers table fills in.
type offer struct {
	client *capability.Client
	out    *protocol.ServerCapabilities
	has    func(method string) bool
}

// resolves is the resolveProvider of a method whose results may be completed
// by another.
func (o *offer) resolves(method string) *bool { return on(o.has(method)) }

func on(b bool) *bool { return &b }

func ptr[T any](v T) *T { return &v }
