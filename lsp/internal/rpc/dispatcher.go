// Package rpc is the layer between the bytes of a connection and typed
// functions: framing that survives odd messages, a codec, and a dispatcher
// that keeps notifications in order, runs requests concurrently, honours
// $/cancelRequest at once and turns a panic into an error answer.
package rpc

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// Request answers a call. It runs concurrently with everything else and reads
// only the snapshot, which was taken when the call arrived.
type Request[S any] func(ctx context.Context, snapshot S, params jsonrpc2.RawMessage) (any, error)

// Inline answers a call on the reading goroutine, before the next message is
// read. It must not call the client.
type Inline func(ctx context.Context, params jsonrpc2.RawMessage) (any, error)

// Notification handles a notification on the reading goroutine, in order.
type Notification func(ctx context.Context, params jsonrpc2.RawMessage) error

// Dispatcher routes messages by tables. Its fields are set before
// [Dispatcher.Handle] is used and never changed after.
type Dispatcher[S any] struct {
	Requests      map[string]Request[S]
	Inline        map[string]Inline
	Notifications map[string]Notification
	// Snapshot is what stands now.
	Snapshot func() S
	// Gate refuses messages that the life cycle does not allow; the error
	// answers a call and drops a notification.
	Gate func(method string, call bool) error
	Log  *zap.Logger

	running cancels
	scratch sync.Pool // of *[]byte
	// handlers are the handlers of calls, also those whose call was cancelled
	// and answered.
	handlers sync.WaitGroup
}

// Wait returns when no handler of a call runs any more. The connection must be
// closed.
func (d *Dispatcher[S]) Wait() { d.handlers.Wait() }

const methodCancel = "$/cancelRequest"

// Handle implements [jsonrpc2.Handler]. It never returns an error for a
// notification and never panics: either would end the connection.
func (d *Dispatcher[S]) Handle(pooled context.Context, req *jsonrpc2.Request) (any, error) {
	// The context of a request is recycled with it, so nothing may derive
	// from it; its parent lives as long as the connection.
	ctx := jsonrpc2.DetachContext(pooled)
	if !req.IsCall() {
		d.notify(ctx, req)
		return nil, nil
	}
	return d.call(ctx, pooled, req)
}

func (d *Dispatcher[S]) notify(ctx context.Context, req *jsonrpc2.Request) {
	method := req.Method()
	if method == methodCancel {
		d.running.cancel(req.Params())
		return
	}
	handle, known := d.Notifications[method]
	if !known {
		d.Log.Debug("notification ignored", zap.String("method", method))
		return
	}
	if err := d.Gate(method, false); err != nil {
		d.Log.Info("notification dropped", zap.String("method", method), zap.Error(err))
		return
	}
	defer d.recovered(method, nil)
	if err := handle(ctx, req.Params()); err != nil {
		d.Log.Warn("notification failed", zap.String("method", method), zap.Error(err))
	}
}

func (d *Dispatcher[S]) call(ctx, pooled context.Context, req *jsonrpc2.Request) (result any, err error) {
	method := req.Method()
	if err := d.Gate(method, true); err != nil {
		return nil, err
	}
	if inline, ok := d.Inline[method]; ok {
		defer d.recovered(method, &err)
		return inline(ctx, req.Params())
	}
	handle, known := d.Requests[method]
	if !known {
		return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "method %q is not offered by dhi-ls", method)
	}
	snapshot := d.Snapshot()
	// The handler may outlive the request, which is recycled.
	params := bytes.Clone(req.Params())
	ctx, done := d.running.add(ctx, req.ID())
	defer done()
	jsonrpc2.Async(pooled) // from here on the next message is read meanwhile
	answer := make(chan outcome, 1)
	d.handlers.Go(func() {
		result, err := d.protected(ctx, method, handle, snapshot, params)
		answer <- outcome{result, err}
	})
	select {
	case <-ctx.Done():
		return nil, wireError(ctx, nil)
	case o := <-answer:
		if err := wireError(ctx, o.err); err != nil {
			return nil, err
		}
		return o.result, nil
	}
}

// outcome is what a handler came to.
type outcome struct {
	result any
	err    error
}

func (d *Dispatcher[S]) protected(ctx context.Context, method string, handle Request[S], snapshot S, params jsonrpc2.RawMessage) (result any, err error) {
	defer d.recovered(method, &err)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	answer, err := handle(ctx, snapshot, params)
	if err != nil || ctx.Err() != nil {
		return nil, err
	}
	// Encoded here and not by the connection, whose only answer to a panic in
	// an encoder is to close.
	raw, err := d.encode(answer)
	return jsonrpc2.RawMessage(raw), err
}

// maxScratch is the size in bytes of the largest buffer that is kept.
const maxScratch = 256 << 10

// encode writes an answer in a buffer that has grown to the size of earlier
// answers, and copies it: growing one for each answer takes several times the
// memory.
func (d *Dispatcher[S]) encode(answer any) ([]byte, error) {
	if raw, ok := answer.(jsonrpc2.RawMessage); ok {
		return Codec{}.Marshal(raw) // as it is
	}
	scratch, _ := d.scratch.Get().(*[]byte)
	if scratch == nil {
		scratch = new([]byte)
	}
	raw, err := protocol.AppendMarshal((*scratch)[:0], answer)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(raw)
	if cap(raw) <= maxScratch {
		*scratch = raw
		d.scratch.Put(scratch) // from here on others write in it
	}
	return out, nil
}

// recovered, deferred, turns a panic into a log entry and, for calls, into an
// error answer.
func (d *Dispatcher[S]) recovered(method string, err *error) {
	r := recover()
	if r == nil {
		return
	}
	d.Log.Error("panic", zap.String("method", method), zap.Any("value", r), zap.ByteString("stack", debug.Stack()))
	if err != nil {
		*err = jsonrpc2.NewError(jsonrpc2.InternalError, fmt.Sprintf("%s: internal error (%v); the server goes on, its log has the details", method, r))
	}
}
