package lsptest

import (
	"context"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Request sends a request and decodes the answer into result, a pointer or
// nil. The error is the server's.
func (c *Client) Request(method string, params, result any) error {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	return c.RequestContext(ctx, method, params, result)
}

// RequestContext is Request that sends $/cancelRequest when ctx ends.
func (c *Client) RequestContext(ctx context.Context, method string, params, result any) error {
	return protocol.Call(ctx, c.conn, method, raw(params), result)
}

// Call is Request that must succeed.
func (c *Client) Call(method string, params, result any) {
	c.t.Helper()
	if err := c.Request(method, params, result); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// Ask is Call with a typed result.
func Ask[R any](c *Client, method string, params any) R {
	c.t.Helper()
	var result R
	c.Call(method, params, &result)
	return result
}

// Notify sends a notification.
func (c *Client) Notify(method string, params any) {
	c.t.Helper()
	if err := c.conn.Notify(context.Background(), method, raw(params)); err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
}

// raw lets encoded params pass through the codec.
func raw(params any) any {
	if v, ok := params.(jsontext.Value); ok {
		return jsonrpc2.RawMessage(v)
	}
	return params
}

// Open opens a document as version 1.
func (c *Client) Open(u uri.URI, language, content string) {
	c.t.Helper()
	c.Notify(protocol.MethodTextDocumentDidOpen, &protocol.DidOpenTextDocumentParams{TextDocument: protocol.TextDocumentItem{
		URI: u, LanguageID: protocol.LanguageKind(language), Version: 1, Text: content,
	}})
}

// Replace sends a whole new text.
func (c *Client) Replace(u uri.URI, version int32, content string) {
	c.t.Helper()
	c.change(u, version, &protocol.TextDocumentContentChangeWholeDocument{Text: content})
}

// Change replaces a range, in the units of the negotiated encoding.
func (c *Client) Change(u uri.URI, version int32, r protocol.Range, content string) {
	c.t.Helper()
	c.change(u, version, &protocol.TextDocumentContentChangePartial{Range: r, Text: content})
}

func (c *Client) change(u uri.URI, version int32, changes ...protocol.TextDocumentContentChangeEvent) {
	c.t.Helper()
	p := &protocol.DidChangeTextDocumentParams{ContentChanges: changes}
	p.TextDocument.URI, p.TextDocument.Version = u, version
	c.Notify(protocol.MethodTextDocumentDidChange, p)
}

// Close closes a document.
func (c *Client) Close(u uri.URI) {
	c.t.Helper()
	c.Notify(protocol.MethodTextDocumentDidClose, &protocol.DidCloseTextDocumentParams{TextDocument: Doc(u)})
}

// Doc identifies a document.
func Doc(u uri.URI) protocol.TextDocumentIdentifier { return protocol.TextDocumentIdentifier{URI: u} }

// At is a position in a document, for the params that have one.
func At(u uri.URI, line, character uint32) protocol.TextDocumentPositionParams {
	return protocol.TextDocumentPositionParams{
		TextDocument: Doc(u), Position: protocol.Position{Line: line, Character: character},
	}
}

// Range is a range in a document.
func Range(startLine, startCharacter, endLine, endCharacter uint32) protocol.Range {
	return protocol.Range{
		Start: protocol.Position{Line: startLine, Character: startCharacter},
		End:   protocol.Position{Line: endLine, Character: endCharacter},
	}
}

// Pull asks for the diagnostics of a document.
func (c *Client) Pull(u uri.URI, previous *string) protocol.DocumentDiagnosticReport {
	c.t.Helper()
	return Ask[protocol.DocumentDiagnosticReport](c, protocol.MethodTextDocumentDiagnostic, &protocol.DocumentDiagnosticParams{
		TextDocument: Doc(u), PreviousResultID: previous,
	})
}

// WaitFor returns the first message of the server, sent at any time since the
// start, for which match is true. It fails the test if none comes.
func (c *Client) WaitFor(what string, match func(Message) bool) Message {
	c.t.Helper()
	deadline := time.Now().Add(Patience)
	wake := time.AfterFunc(Patience, c.arrived.Broadcast)
	defer wake.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	for seen := 0; ; {
		for ; seen < len(c.messages); seen++ {
			if match(c.messages[seen]) {
				return c.messages[seen]
			}
		}
		if !time.Now().Before(deadline) {
			c.t.Fatalf("%s did not come; the server sent %d messages", what, len(c.messages))
		}
		c.arrived.Wait()
	}
}

// WaitMethod waits for a message of a method.
func (c *Client) WaitMethod(method string) Message {
	c.t.Helper()
	return c.WaitFor(method, func(m Message) bool { return m.Method == method })
}

// WaitDiagnostics waits until diagnostics of a version of a document have
// been pushed, and returns the first such push.
func (c *Client) WaitDiagnostics(u uri.URI, version int32) protocol.PublishDiagnosticsParams {
	c.t.Helper()
	var found protocol.PublishDiagnosticsParams
	c.WaitFor("diagnostics of "+string(u), func(m Message) bool {
		p, ok := published(m)
		v, _ := p.Version.Get()
		found = p
		return ok && sameURI(p.URI, u) && v == version
	})
	return found
}

// Published is all that has been pushed for a document so far.
func (c *Client) Published(u uri.URI) []protocol.PublishDiagnosticsParams {
	var out []protocol.PublishDiagnosticsParams
	for _, m := range c.Messages() {
		if p, ok := published(m); ok && sameURI(p.URI, u) {
			out = append(out, p)
		}
	}
	return out
}

// sameURI compares two spellings: decoding has changed that of a message.
func sameURI(a, b uri.URI) bool { return session.KeyOf(a) == session.KeyOf(b) }

func published(m Message) (protocol.PublishDiagnosticsParams, bool) {
	var p protocol.PublishDiagnosticsParams
	if m.Method != protocol.MethodTextDocumentPublishDiagnostics {
		return p, false
	}
	return p, protocol.Unmarshal(m.Params, &p) == nil
}

// Messages is all that the server has sent unbidden so far.
func (c *Client) Messages() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Message(nil), c.messages...)
}

// Count is how many messages of a method have come so far.
func (c *Client) Count(method string) int {
	n := 0
	for _, m := range c.Messages() {
		if m.Method == method {
			n++
		}
	}
	return n
}

// Sync returns when the server has handled all that was sent before.
func (c *Client) Sync() {
	c.t.Helper()
	// An unknown method is answered in order and does nothing.
	_ = c.Request("dhi-ls/test/sync", nil, nil)
}
