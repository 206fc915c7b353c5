package rpc

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync/atomic"

	"go.lsp.dev/jsonrpc2"
	"go.uber.org/zap"
)

// frames is what the header stream of jsonrpc2 offers beside its interface:
// whole JSON bodies.
type frames interface {
	ReadFrame(ctx context.Context) ([]byte, int64, error)
	WriteFrame(ctx context.Context, data []byte) (int64, error)
}

// Stream frames messages by LSP's headers. Where jsonrpc2's own stream ends
// the connection at a body that is JSON but no JSON-RPC message, this one
// answers with an error and reads on; only broken framing or broken JSON ends
// it.
type Stream struct {
	jsonrpc2.Stream
	frames  frames
	log     *zap.Logger
	stopped atomic.Bool
	// OnEnd is told why reading ended, before the connection is. It is set
	// before the connection starts.
	OnEnd func(error)
}

var (
	_ jsonrpc2.Stream = (*Stream)(nil)
	_ frames          = (*Stream)(nil)
)

// NewStream frames the bytes of conn.
func NewStream(conn io.ReadWriteCloser, log *zap.Logger) *Stream {
	inner := jsonrpc2.NewHeaderStream(conn)
	return &Stream{Stream: inner, frames: inner.(frames), log: log}
}

// Stop makes the next read report the end of the stream. It serves `exit`,
// which arrives on the reading goroutine and so finds it between two frames,
// where closing a file would not wake a blocked read anyway.
func (s *Stream) Stop() { s.stopped.Store(true) }

// ReadFrame returns the next body that is a JSON-RPC message or a batch.
func (s *Stream) ReadFrame(ctx context.Context) ([]byte, int64, error) {
	frame, n, err := s.readMessage(ctx)
	if err != nil && s.OnEnd != nil {
		s.OnEnd(err)
	}
	return frame, n, err
}

func (s *Stream) readMessage(ctx context.Context) ([]byte, int64, error) {
	for {
		if s.stopped.Load() {
			return nil, 0, io.EOF
		}
		frame, n, err := s.frames.ReadFrame(ctx)
		if err != nil {
			return nil, 0, err
		}
		werr := check(frame)
		if werr == nil {
			return frame, n, nil
		}
		s.log.Warn("odd message", zap.String("problem", werr.Message), zap.ByteString("start", beginning(frame)))
		if _, err := s.frames.WriteFrame(ctx, jsonrpc2.AppendResponse(nil, jsonrpc2.ID{}, nil, werr)); err != nil {
			return nil, 0, err
		}
		if werr.Code == jsonrpc2.ParseError {
			return nil, 0, werr
		}
	}
}

// WriteFrame writes an encoded body.
func (s *Stream) WriteFrame(ctx context.Context, data []byte) (int64, error) {
	return s.frames.WriteFrame(ctx, data)
}

// check tells a message from other JSON and from what is no JSON at all.
func check(frame []byte) *jsonrpc2.Error {
	if isArray(frame) {
		if _, err := jsonrpc2.ParseRequests(frame); err != nil {
			return badFrame(frame, err)
		}
		return nil
	}
	if _, err := jsonrpc2.ScanMessageView(frame); err != nil {
		return badFrame(frame, err)
	}
	return nil
}

func badFrame(frame []byte, err error) *jsonrpc2.Error {
	if !json.Valid(frame) {
		return jsonrpc2.NewError(jsonrpc2.ParseError, "the message is not valid JSON")
	}
	var detail *jsonrpc2.Error
	if errors.As(err, &detail) {
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "the message is JSON but no JSON-RPC 2.0 message: %s", detail.Message)
	}
	return jsonrpc2.NewError(jsonrpc2.InvalidRequest, "the message is JSON but no JSON-RPC 2.0 message")
}

func isArray(frame []byte) bool {
	for _, c := range frame {
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c == '['
		}
	}
	return false
}

// beginning is the start of a message, short enough for a log line.
func beginning(frame []byte) []byte { return frame[:min(len(frame), 120)] }
