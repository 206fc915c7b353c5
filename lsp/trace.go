package lsp

import (
	"fmt"
	"os"

	"go.lsp.dev/protocol"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// NewLogger makes a logger that writes lines to stderr, or to the end of a
// file, from a level on: "debug", "info", "warn" or "error". close flushes it.
func NewLogger(level, file string) (log *zap.Logger, at zap.AtomicLevel, closeLog func() error, err error) {
	at, err = zap.ParseAtomicLevel(level)
	if err != nil {
		return nil, at, nil, fmt.Errorf("log level %q: use debug, info, warn or error", level)
	}
	sink, closeLog := zapcore.Lock(os.Stderr), func() error { return nil }
	if file != "" {
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, at, nil, fmt.Errorf("log file: %w", err)
		}
		sink, closeLog = zapcore.Lock(f), f.Close
	}
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	config.EncodeLevel = zapcore.CapitalLevelEncoder
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(config), sink, at)), at, closeLog, nil
}

func (s *server) setTrace(p *protocol.SetTraceParams) error {
	s.setLevel(p.Value)
	return nil
}

// setLevel turns the log up while the client traces. Values that LSP does not
// know are taken for "off".
func (s *server) setLevel(trace protocol.TraceValue) {
	if s.Level == nil {
		return
	}
	s.config.quiet.Do(func() { s.config.quietLevel = s.Level.Level() })
	level := s.config.quietLevel
	if trace == protocol.TraceValueMessages || trace == protocol.TraceValueVerbose {
		level = min(level, zapcore.DebugLevel)
	}
	s.Level.SetLevel(level)
}
