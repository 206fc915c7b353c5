package rpc

import (
	"context"
	"encoding/json"
	"sync"

	"go.lsp.dev/jsonrpc2"
)

// cancels are the calls that run, by id. The zero value is ready.
type cancels struct {
	mu    sync.Mutex
	calls map[jsonrpc2.ID]*context.CancelFunc
}

// add registers a call. done must be called when it is answered.
func (c *cancels) add(parent context.Context, id jsonrpc2.ID) (ctx context.Context, done func()) {
	ctx, cancel := context.WithCancel(parent)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls = make(map[jsonrpc2.ID]*context.CancelFunc)
	}
	mine := &cancel
	c.calls[id] = mine
	return ctx, func() {
		c.mu.Lock()
		// A client may reuse an id too early; then the entry is another's.
		if c.calls[id] == mine {
			delete(c.calls, id)
		}
		c.mu.Unlock()
		cancel()
	}
}

// cancel serves $/cancelRequest. Unknown, null and malformed ids mean
// nothing: the call may have been answered already.
func (c *cancels) cancel(params jsonrpc2.RawMessage) {
	id, ok := cancelID(params)
	if !ok {
		return
	}
	c.mu.Lock()
	cancel := c.calls[id]
	c.mu.Unlock()
	if cancel != nil {
		(*cancel)()
	}
}

// cancelID reads the id without protocol.CancelParams, which holds 32 bits
// only.
func cancelID(params jsonrpc2.RawMessage) (jsonrpc2.ID, bool) {
	var p struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(params, &p) != nil {
		return jsonrpc2.ID{}, false
	}
	var n *int64
	if json.Unmarshal(p.ID, &n) == nil && n != nil {
		return jsonrpc2.NewNumberID(*n), true
	}
	var s *string
	if json.Unmarshal(p.ID, &s) == nil && s != nil {
		return jsonrpc2.NewStringID(*s), true
	}
	return jsonrpc2.ID{}, false
}
