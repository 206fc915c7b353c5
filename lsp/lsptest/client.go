// Package lsptest is a client for tests of the server: in process over a
// pipe, over a raw wire for messages no client should send, or with a real
// subprocess.
package lsptest

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Patience is how long a test waits for what must come. It bounds the harm of
// a failure and is no measure of speed: a machine that does much else may take
// ten times as long as this one for all that a test asks.
const Patience = 2 * time.Minute

// Config says what client to be.
type Config struct {
	Profile Profile // Minimal if empty
	// Options are the initialization options.
	Options any
	// Set changes members of the initialize request; see [Profile.Params].
	Set map[string]any
	// Settings answer workspace/configuration.
	Settings any
}

// Client is a client that has said initialize and initialized. It remembers
// what it was told.
type Client struct {
	t    testing.TB
	conn jsonrpc2.Conn
	cfg  Config
	// Result is the answer to initialize.
	Result protocol.InitializeResult

	mu       sync.Mutex
	arrived  *sync.Cond
	messages []Message
	answers  map[string]func(jsontext.Value) (any, error)
}

// Message is what the server sent unbidden.
type Message struct {
	Method string
	Params jsontext.Value
	Call   bool // it was a request, and was answered
}

// Start runs a server in this process and connects a client to it. Both end,
// in order, with the test.
func Start(t testing.TB, o lsp.Options, cfg Config) *Client {
	t.Helper()
	ours, theirs := net.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- lsp.Serve(context.Background(), theirs, o) }()
	c := Connect(t, ours, cfg)
	t.Cleanup(func() {
		c.Exit()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		case <-time.After(Patience):
			t.Error("the server did not end")
		}
	})
	return c
}

// Connect makes a client of a stream at whose other end a server waits.
func Connect(t testing.TB, stream io.ReadWriteCloser, cfg Config) *Client {
	t.Helper()
	if cfg.Profile == "" {
		cfg.Profile = Minimal
	}
	c := &Client{t: t, cfg: cfg, answers: make(map[string]func(jsontext.Value) (any, error))}
	c.arrived = sync.NewCond(&c.mu)
	c.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(stream), jsonrpc2.WithCodec(rpc.Codec{}))
	c.conn.Go(context.Background(), c.handle)
	set := map[string]any{"processId": os.Getpid()}
	if cfg.Options != nil {
		set["initializationOptions"] = cfg.Options
	}
	for name, value := range cfg.Set {
		set[name] = value
	}
	c.Call(protocol.MethodInitialize, cfg.Profile.Params(t, set), &c.Result)
	c.Notify(protocol.MethodInitialized, &protocol.InitializedParams{})
	return c
}

// handle keeps what the server says, and answers what it asks.
func (c *Client) handle(_ context.Context, req *jsonrpc2.Request) (any, error) {
	m := Message{Method: string([]byte(req.Method())), Params: jsontext.Value(req.Params()).Clone(), Call: req.IsCall()}
	c.mu.Lock()
	answer := c.answers[m.Method]
	c.messages = append(c.messages, m)
	c.arrived.Broadcast()
	c.mu.Unlock()
	switch {
	case !m.Call:
		return nil, nil
	case answer != nil:
		return answer(m.Params)
	case m.Method == protocol.MethodWorkspaceConfiguration:
		return c.configuration(m.Params)
	default:
		return nil, nil
	}
}

func (c *Client) configuration(params jsontext.Value) (any, error) {
	var p protocol.ConfigurationParams
	if err := protocol.Unmarshal(params, &p); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	values := make([]any, len(p.Items))
	for i := range values {
		values[i] = c.cfg.Settings
	}
	raw, err := json.Marshal(values)
	return jsonrpc2.RawMessage(raw), err
}

// Answer sets how requests of the server by this method are answered.
func (c *Client) Answer(method string, answer func(params jsontext.Value) (any, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers[method] = answer
}

// Exit says shutdown and exit and closes the stream. It may be called twice.
func (c *Client) Exit() {
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	_, err := c.conn.Call(ctx, protocol.MethodShutdown, nil, nil)
	if err != nil && !errors.Is(err, jsonrpc2.ErrClientClosing) && !errors.Is(err, jsonrpc2.ErrInvalidRequest) {
		c.t.Errorf("shutdown: %v", err)
	}
	_ = c.conn.Notify(ctx, protocol.MethodExit, nil) // gone already when called twice
	_ = c.conn.Close()
}

// HangUp closes the stream without a word.
func (c *Client) HangUp() { _ = c.conn.Close() }
