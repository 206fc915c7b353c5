package lsp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/internal/builds"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/diagnostics"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/internal/tokens"
	"github.com/dhi-ls/dhi-ls/lsp/internal/upgrades"
	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
)

// grace is how long the end waits for work that does not heed its context,
// and for a read that closing does not wake.
const grace = 2 * time.Second

// server serves one client.
type server struct {
	Options
	stop    context.CancelCauseFunc
	stream  *rpc.Stream
	client  *client.Client
	session *session.Session
	checks  *diagnostics.Scheduler
	tokens  tokens.Store
	builds  *builds.Manager
	life    lifecycle
	config  configuration
	reports configReports
	indexes indexUpdates
	model   workspaceModel
	marks   upgrades.Marks
	handles map[string]rpc.Request[*session.Snapshot]
}

// Serve speaks LSP over the stream until the client sends exit, closes the
// stream or dies, or ctx ends. It closes the stream, and leaves nothing
// running. The error says how it ended, for [ExitCode].
func Serve(ctx context.Context, stream io.ReadWriteCloser, o Options) error {
	o = o.withDefaults()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)

	stream = rpc.NewOutbox(stream)
	s := &server{Options: o, stop: stop, stream: rpc.NewStream(stream, o.Logger)}
	s.stream.OnEnd = func(err error) { stop(ended(err)) }
	conn := jsonrpc2.NewConn(s.stream, jsonrpc2.WithCodec(rpc.Codec{}))
	s.client = client.New(ctx, conn, o.Logger)
	s.session = session.New(s.client)
	s.session.Update(func(state *session.State) { state.Services = o.Services })
	s.builds = s.newBuilds()
	s.checks = diagnostics.New(diagnostics.Config{
		Fast: o.Fast, Slow: s.slowPhase(), Files: o.Files, More: s.moreFindings, Across: engine.AcrossFile,
		Publish: s.client.PublishDiagnostics, Client: s.client, Log: o.Logger,
	})
	s.handles = s.requests()
	dispatcher := s.dispatcher()
	conn.Go(ctx, dispatcher.Handle)
	<-ctx.Done()

	within(grace, func() {
		stream.Close()
		conn.Close()
		dispatcher.Wait()
		s.client.Wait()
		s.builds.Close()
	}, func() { o.Logger.Warn("something did not end in time") })
	return s.verdict(context.Cause(ctx))
}

// ended is the cause of the end that a read error means.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe) || errors.Is(err, net.ErrClosed) || errors.Is(err, os.ErrClosed) {
		return ErrDisconnected
	}
	return err
}

// verdict is what Serve returns when it ended for the cause.
func (s *server) verdict(cause error) error {
	orderly := s.life.phase.Load() == phaseShutdown
	switch {
	case s.life.exited.Load() && orderly, orderly && errors.Is(cause, ErrDisconnected):
		return nil
	case s.life.exited.Load():
		return ErrNoShutdown
	default:
		s.Logger.Info("ended", zap.Error(cause))
		return cause
	}
}

// within waits for work, but not longer than d.
func within(d time.Duration, work, late func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		late()
	}
}

func (s *server) dispatcher() *rpc.Dispatcher[*session.Snapshot] {
	return &rpc.Dispatcher[*session.Snapshot]{
		Requests:      s.handles,
		Inline:        s.inline(),
		Notifications: s.notifications(),
		Snapshot:      s.session.Snapshot,
		Gate:          s.life.gate,
		Log:           s.Logger,
	}
}

// ServeListener serves every client that connects, until ctx ends. Each has a
// session of its own. It is for debugging: editors start the server on stdio.
func ServeListener(ctx context.Context, listener net.Listener, o Options) error {
	o = o.withDefaults()
	unlisten := context.AfterFunc(ctx, func() { listener.Close() })
	defer unlisten()
	var clients sync.WaitGroup
	defer clients.Wait()
	for {
		conn, err := listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		clients.Go(func() {
			err := Serve(ctx, conn, o)
			o.Logger.Info("client gone", zap.NamedError("end", err))
		})
	}
}
