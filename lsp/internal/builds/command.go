package builds

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Command carries out a command of builds; known is false for others.
func (m *Manager) Command(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (answer any, known bool, err error) {
	switch p.Command {
	case commandid.Build:
		answer, err = command(p, func(o *Options) (any, error) { return m.build(ctx, snapshot, *o) })
	case commandid.CancelBuild:
		answer, err = command(p, func(d *commandid.Document) (any, error) { return Canceled{m.Cancel(d.URI)}, nil })
	case commandid.BuildLog:
		answer, err = command(p, m.buildLog)
	case commandid.BuildResult:
		answer, err = command(p, m.buildResult)
	default:
		return nil, false, nil
	}
	return answer, true, err
}

func command[A any](p *protocol.ExecuteCommandParams, run func(*A) (any, error)) (any, error) {
	var raw jsonrpc2.RawMessage
	if len(p.Arguments) > 0 {
		raw = jsonrpc2.RawMessage(p.Arguments[0])
	}
	args, err := rpc.Decode[A](raw)
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.Command, err)
	}
	return run(args)
}

// Canceled answers the command that cancels.
type Canceled struct {
	// Canceled is false when there was nothing to cancel.
	Canceled bool `json:"canceled"`
}

// LogText answers the command that asks for a log.
type LogText struct {
	Build   string `json:"build"`
	Running bool   `json:"running"`
	Text    string `json:"text"`
}

// build begins a build and, where that is asked for, waits for its end. The
// client that gives up waiting cancels it.
func (m *Manager) build(ctx context.Context, snapshot *session.Snapshot, o Options) (*Answer, error) {
	b, err := m.start(snapshot, o)
	if err != nil {
		return nil, err
	}
	if !o.Wait {
		return b.begun(), nil
	}
	select {
	case <-b.done:
		return b.answer, nil
	case <-ctx.Done():
		b.cancel(errCanceled)
		return nil, ctx.Err()
	}
}

func (m *Manager) buildLog(d *commandid.Document) (any, error) {
	b, ok := m.find(byDocument(d.URI))
	if !ok {
		return nil, rpc.Failed("%s was not built yet", d.URI)
	}
	return LogText{Build: b.id, Running: !b.hasEnded(), Text: b.log.String()}, nil
}

func (m *Manager) buildResult(d *commandid.Document) (any, error) {
	b, ok := m.find(byDocument(d.URI))
	switch {
	case !ok:
		return nil, rpc.Failed("%s was not built yet", d.URI)
	case !b.hasEnded():
		return b.begun(), nil
	}
	return b.answer, nil
}

func (b *build) hasEnded() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}
