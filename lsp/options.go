// Package lsp is the language server: `dhi-ls serve`.
//
// [Serve] speaks LSP 3.18 over one stream. Notifications change the session in
// order; requests run concurrently, each over the immutable snapshot that
// stood when it arrived; every method is one pure function in
// internal/feature, named in the table of methods.go.
package lsp

import (
	"context"
	"errors"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/lsp/internal/diagnostics"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.uber.org/zap"
)

// Analyzer finds the problems of one document; see [Options].
type Analyzer = diagnostics.Analyzer

// Options configure a server. The zero value works.
type Options struct {
	// Logger takes the server's log; nil for none. It must not write to the
	// stream that is served.
	Logger *zap.Logger
	// Level is the logger's level. The client turns it up and down again by
	// $/setTrace; nil if it may not.
	Level *zap.AtomicLevel
	// Version is shown to the client.
	Version string
	// Fast and Slow are the two phases of diagnostics; nil for those of the
	// engine.
	Fast, Slow Analyzer
	// Files lists the definitions of the workspace, for diagnostics of what
	// is not open; nil for none.
	Files func(ctx context.Context, snapshot *session.Snapshot) ([]string, error)
	// Services answer what does not follow from the documents: see
	// [DefaultServices].
	Services *session.Services
	// BuildEnv is where builds look for builders, logins and plug-ins; the
	// zero value is the process's own environment.
	BuildEnv builder.Env
	// ParentInterval is how often the parent process is looked for. Default
	// two seconds.
	ParentInterval time.Duration
}

// DefaultServices are those of this machine: its disk, the configuration files
// on it, and the programs installed.
func DefaultServices() *session.Services { return engine.NewServices() }

func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Services == nil {
		o.Services = &session.Services{}
	}
	if o.Fast == nil {
		o.Fast, o.Slow, o.Files = engine.Fast, engine.Slow, engine.Files
	}
	if o.ParentInterval == 0 {
		o.ParentInterval = 2 * time.Second
	}
	return o
}

// Why a server ended other than by shutdown and exit.
var (
	// ErrNoShutdown: the client sent exit without shutdown before.
	ErrNoShutdown = errors.New("the client sent exit without shutdown")
	// ErrDisconnected: the client closed the connection without exit.
	ErrDisconnected = errors.New("the client closed the connection without shutdown and exit")
	// ErrParentGone: the process that started the server is dead.
	ErrParentGone = errors.New("the process that started the server has ended")
)

// ExitCode is the code with which the process ends after [Serve] returned
// err: 0 after shutdown and exit, else 1, as LSP wants it.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	return 1
}
