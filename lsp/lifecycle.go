package lsp

import (
	"context"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// The phases of a connection, in their order.
const (
	phaseNew int32 = iota
	phaseRunning
	phaseShutdown
)

// lifecycle is where the connection stands. The zero value is its start.
type lifecycle struct {
	phase  atomic.Int32
	exited atomic.Bool
}

// gate refuses what LSP does not allow at this time.
func (l *lifecycle) gate(method string, call bool) error {
	if method == protocol.MethodExit {
		return nil
	}
	phase := l.phase.Load()
	switch {
	case method == protocol.MethodInitialize && phase == phaseNew:
		return nil
	case method == protocol.MethodInitialize:
		return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "initialize was sent before; it may be sent once")
	case phase == phaseNew:
		return jsonrpc2.Errorf(jsonrpc2.ServerNotInitialized, "%s came before initialize", method)
	case phase == phaseShutdown:
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "%s came after shutdown; only exit may follow", method)
	}
	return nil
}

// inline are the calls that are answered before the next message is read.
func (s *server) inline() map[string]rpc.Inline {
	return map[string]rpc.Inline{
		protocol.MethodInitialize: s.initialize,
		protocol.MethodShutdown: func(context.Context, jsonrpc2.RawMessage) (any, error) {
			s.life.phase.Store(phaseShutdown)
			s.builds.CancelAll()
			return nil, nil
		},
	}
}

// notifications are all that the client may tell the server.
func (s *server) notifications() map[string]rpc.Notification {
	return map[string]rpc.Notification{
		protocol.MethodInitialized:                        s.initialized,
		protocol.MethodExit:                               s.exit,
		protocol.MethodSetTrace:                           notification(s.setTrace),
		protocol.MethodWindowWorkDoneProgressCancel:       notification(s.cancelProgress),
		protocol.MethodTextDocumentDidOpen:                s.didOpen,
		protocol.MethodTextDocumentDidChange:              s.didChange,
		protocol.MethodTextDocumentDidClose:               s.didClose,
		protocol.MethodTextDocumentDidSave:                s.didSave,
		protocol.MethodWorkspaceDidChangeConfiguration:    notification(s.didChangeConfiguration),
		protocol.MethodWorkspaceDidChangeWorkspaceFolders: notification(s.didChangeWorkspaceFolders),
		protocol.MethodWorkspaceDidChangeWatchedFiles:     notification(s.didChangeWatchedFiles),
	}
}

// notification decodes the params of a notification.
func notification[P any](handle func(*P) error) rpc.Notification {
	return func(_ context.Context, params jsonrpc2.RawMessage) error {
		p, err := rpc.Decode[P](params)
		if err != nil {
			return err
		}
		return handle(p)
	}
}

func (s *server) exit(context.Context, jsonrpc2.RawMessage) error {
	s.life.exited.Store(true)
	s.stream.Stop()
	return nil
}

func (s *server) cancelProgress(p *protocol.WorkDoneProgressCancelParams) error {
	s.client.CancelProgress(p.Token)
	return nil
}
