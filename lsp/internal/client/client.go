// Package client is the server's side of what it says and asks unbidden:
// diagnostics, messages, progress, edits, registrations. It obeys the
// capabilities: what a client cannot do is not sent.
package client

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// Client speaks to the client. Its calls wait for an answer, so they must not
// be made while a notification is handled: the answer could not be read.
type Client struct {
	ctx  context.Context // ends with the connection
	conn jsonrpc2.Conn
	rpc  protocol.Client
	log  *zap.Logger
	caps atomic.Pointer[capability.Client]
	wg   sync.WaitGroup

	mu        sync.Mutex
	tokens    map[string]context.CancelFunc // progress that the client may cancel
	lastToken int
	refreshes map[capability.Refresh]*refresh

	statusMu sync.Mutex
	status   Status         // as the server told it last
	builder  *BuilderStatus // nil until a build has begun
	index    *IndexStatus   // nil without any
	indexing bool           // some are being fetched
}

// New makes a client of a connection. ctx ends what the client does in the
// background.
func New(ctx context.Context, conn jsonrpc2.Conn, log *zap.Logger) *Client {
	c := &Client{
		ctx: ctx, conn: conn, rpc: protocol.ClientDispatcher(conn), log: log,
		tokens: make(map[string]context.CancelFunc), refreshes: make(map[capability.Refresh]*refresh),
	}
	c.caps.Store(&capability.Client{})
	return c
}

// Declare sets what the client can do, known from initialize.
func (c *Client) Declare(caps capability.Client) { c.caps.Store(&caps) }

// Capabilities is what the client can do.
func (c *Client) Capabilities() *capability.Client { return c.caps.Load() }

// Go runs work in the background; [Client.Wait] waits for it. A panic is
// logged and ends that work alone.
func (c *Client) Go(name string, work func(ctx context.Context)) {
	c.wg.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				c.log.Error("panic", zap.String("work", name), zap.Any("value", r), zap.Stack("stack"))
			}
		}()
		work(c.ctx)
	})
}

// Context ends with the connection.
func (c *Client) Context() context.Context { return c.ctx }

// Wait returns when all background work has ended.
func (c *Client) Wait() { c.wg.Wait() }

// logged notes that something could not be sent.
func (c *Client) logged(what string, err error) {
	if err != nil && c.ctx.Err() == nil {
		c.log.Warn("could not send", zap.String("what", what), zap.Error(err))
	}
}

// PublishDiagnostics shows the diagnostics of a document version.
func (c *Client) PublishDiagnostics(p *protocol.PublishDiagnosticsParams) {
	c.logged("diagnostics", c.rpc.PublishDiagnostics(c.ctx, p))
}

// Log writes to the client's log.
func (c *Client) Log(level protocol.MessageType, message string) {
	c.logged("log message", c.rpc.LogMessage(c.ctx, &protocol.LogMessageParams{Type: level, Message: message}))
}

// Show shows a message to the user.
func (c *Client) Show(level protocol.MessageType, message string) {
	c.logged("message", c.rpc.ShowMessage(c.ctx, &protocol.ShowMessageParams{Type: level, Message: message}))
}

// Ask shows a message with buttons. It returns the title of the one that was
// pressed, or "" when the message was dismissed.
func (c *Client) Ask(ctx context.Context, level protocol.MessageType, message string, titles ...string) (string, error) {
	actions := make([]protocol.MessageActionItem, len(titles))
	for i, t := range titles {
		actions[i].Title = t
	}
	chosen, err := c.rpc.ShowMessageRequest(ctx, &protocol.ShowMessageRequestParams{Type: level, Message: message, Actions: actions})
	if err != nil || chosen == nil {
		return "", err
	}
	return chosen.Title, nil
}
