package client

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
)

// refresh is the state of one kind of refresh request: at most one is under
// way, and at most one waits behind it.
type refresh struct{ running, again bool }

// Refresh tells the client to fetch results of a kind again. It returns at
// once; requests made while one is under way are taken together.
func (c *Client) Refresh(kind capability.Refresh) {
	if !c.Capabilities().CanRefresh(kind) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.refreshes[kind]
	if r == nil {
		r = &refresh{}
		c.refreshes[kind] = r
	}
	if r.running {
		r.again = true
		return
	}
	r.running = true
	c.Go("refresh", func(ctx context.Context) { c.refreshLoop(ctx, kind, r) })
}

func (c *Client) refreshLoop(ctx context.Context, kind capability.Refresh, r *refresh) {
	for {
		c.logged("refresh", c.sendRefresh(ctx, kind))
		c.mu.Lock()
		if !r.again || ctx.Err() != nil {
			r.running = false
			c.mu.Unlock()
			return
		}
		r.again = false
		c.mu.Unlock()
	}
}

func (c *Client) sendRefresh(ctx context.Context, kind capability.Refresh) error {
	send := map[capability.Refresh]func(context.Context) error{
		capability.RefreshDiagnostics:    c.rpc.DiagnosticRefresh,
		capability.RefreshSemanticTokens: c.rpc.SemanticTokensRefresh,
		capability.RefreshInlayHints:     c.rpc.InlayHintRefresh,
		capability.RefreshCodeLenses:     c.rpc.CodeLensRefresh,
		capability.RefreshFolding:        c.rpc.FoldingRangeRefresh,
	}[kind]
	return send(ctx)
}

// RefreshAll tells the client that every kind of result may have changed,
// after new settings or a new package index.
func (c *Client) RefreshAll() {
	for kind := capability.RefreshDiagnostics; kind <= capability.RefreshFolding; kind++ {
		c.Refresh(kind)
	}
}
