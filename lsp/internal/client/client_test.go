package client

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/goleak"
	"go.uber.org/zap"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// editor is the other end: it keeps what it is told and answers by a table.
type editor struct {
	mu      sync.Mutex
	got     []string // "method params"
	answers map[string]func(params string) (any, error)
}

func (e *editor) handle(ctx context.Context, req *jsonrpc2.Request) (any, error) {
	method, params := strings.Clone(req.Method()), string(req.Params())
	e.mu.Lock()
	e.got = append(e.got, method+" "+params)
	answer := e.answers[method]
	e.mu.Unlock()
	if answer == nil || !req.IsCall() {
		return nil, nil
	}
	jsonrpc2.Async(ctx)
	return answer(params)
}

// all is what has come, as one string.
func (e *editor) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.Join(e.got, "\n")
}

func connect(t *testing.T, capabilities string, answers map[string]func(string) (any, error)) (*Client, *editor) {
	p, err := rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(`{"capabilities":` + capabilities + `}`))
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	e := &editor{answers: answers}
	far := jsonrpc2.NewConn(jsonrpc2.NewStream(theirs), jsonrpc2.WithCodec(rpc.Codec{}))
	far.Go(context.Background(), e.handle)
	near := jsonrpc2.NewConn(jsonrpc2.NewStream(ours), jsonrpc2.WithCodec(rpc.Codec{}))
	near.Go(context.Background(), jsonrpc2.MethodNotFoundHandler)
	ctx, cancel := context.WithCancel(context.Background())
	c := New(ctx, near, zap.NewNop())
	c.Declare(capability.Of(p))
	t.Cleanup(func() {
		cancel()
		near.Close()
		far.Close()
		c.Wait()
	})
	return c, e
}

// sync waits until the editor has handled what was sent.
func (e *editor) sync(t *testing.T, c *Client) {
	t.Helper()
	if _, err := c.conn.Call(context.Background(), "sync", nil, nil); err != nil {
		t.Fatal(err)
	}
}

func TestProgress(t *testing.T) {
	c, e := connect(t, `{"window":{"workDoneProgress":true}}`, nil)
	_, p := c.Begin(context.Background(), "Update", nil)
	p.Report("half", 50)
	p.Report("dropped: too soon", 51)
	p.End("done")
	p.End("twice")
	p.Report("late", 1)
	e.sync(t, c)
	want := strings.Join([]string{
		`window/workDoneProgress/create {"token":"dhi-ls/1"}`,
		`$/progress {"token":"dhi-ls/1","value":{"kind":"begin","title":"Update","cancellable":true}}`,
		`$/progress {"token":"dhi-ls/1","value":{"kind":"report","message":"half","percentage":50}}`,
		`$/progress {"token":"dhi-ls/1","value":{"kind":"end","message":"done"}}`,
		`sync `,
	}, "\n")
	if got := e.all(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestProgressIsCancelled(t *testing.T) {
	c, _ := connect(t, `{"window":{"workDoneProgress":true}}`, nil)
	ctx, p := c.Begin(context.Background(), "Update", nil)
	c.CancelProgress(protocol.String("other"))
	c.CancelProgress(protocol.Integer(1))
	if ctx.Err() != nil {
		t.Error("cancelled by another token")
	}
	c.CancelProgress(protocol.String("dhi-ls/1"))
	if ctx.Err() == nil {
		t.Error("not cancelled")
	}
	p.End("")
	c.CancelProgress(protocol.String("dhi-ls/1")) // after the end: nothing
}

// With the token of a request there is nothing to create, and no capability
// is needed; without either the work goes on unseen.
func TestProgressWithoutCreate(t *testing.T) {
	c, e := connect(t, `{}`, nil)
	_, p := c.Begin(context.Background(), "Check", protocol.Integer(7))
	p.End("")
	ctx, silent := c.Begin(context.Background(), "Update", nil)
	silent.Report("x", -1)
	if ctx.Err() != nil {
		t.Error("ended by itself")
	}
	silent.End("")
	if ctx.Err() == nil {
		t.Error("End did not release the context")
	}
	e.sync(t, c)
	if got := e.all(); strings.Count(got, "\n") != 2 || !strings.Contains(got, `{"token":7,"value":{"kind":"end"}}`) {
		t.Errorf("got %s", got)
	}
}

func TestProgressRefused(t *testing.T) {
	c, e := connect(t, `{"window":{"workDoneProgress":true}}`, map[string]func(string) (any, error){
		"window/workDoneProgress/create": func(string) (any, error) { return nil, errors.New("no") },
	})
	_, p := c.Begin(context.Background(), "Update", nil)
	p.End("")
	e.sync(t, c)
	if strings.Contains(e.all(), "$/progress") {
		t.Errorf("progress was sent for a token that the client refused: %s", e.all())
	}
}

// Any number of refreshes while one is under way makes one more.
func TestRefreshesAreTakenTogether(t *testing.T) {
	entered, release := make(chan struct{}, 100), make(chan struct{})
	c, e := connect(t, `{"workspace":{"inlayHint":{"refreshSupport":true}}}`, map[string]func(string) (any, error){
		"workspace/inlayHint/refresh": func(string) (any, error) {
			entered <- struct{}{}
			<-release
			return nil, nil
		},
	})
	c.Refresh(capability.RefreshInlayHints)
	<-entered
	for range 20 {
		c.Refresh(capability.RefreshInlayHints)
		c.RefreshAll()
	}
	close(release)
	<-entered
	c.Wait()
	if n := strings.Count(e.all(), "refresh"); n != 2 {
		t.Errorf("%d refreshes: %s", n, e.all())
	}
}

func TestApplyEdit(t *testing.T) {
	edit := &protocol.WorkspaceEdit{}
	c, _ := connect(t, `{}`, nil)
	if err := c.ApplyEdit(context.Background(), "Fix", edit); !errors.Is(err, ErrUnsupported) {
		t.Errorf("got %v", err)
	}
	for answer, ok := range map[string]bool{`{"applied":true}`: true, `{"applied":false}`: false, `null`: false} {
		c, _ := connect(t, `{"workspace":{"applyEdit":true}}`, map[string]func(string) (any, error){
			"workspace/applyEdit": func(string) (any, error) { return jsonrpc2.RawMessage(answer), nil },
		})
		if err := c.ApplyEdit(context.Background(), "Fix", edit); (err == nil) != ok {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestAskAndOpen(t *testing.T) {
	c, e := connect(t, `{"window":{"showDocument":{"support":true}}}`, map[string]func(string) (any, error){
		"window/showMessageRequest": func(string) (any, error) { return jsonrpc2.RawMessage(`{"title":"Yes"}`), nil },
		"window/showDocument":       func(string) (any, error) { return jsonrpc2.RawMessage(`{"success":true}`), nil },
	})
	answer, err := c.Ask(context.Background(), protocol.MessageTypeInfo, "Update the index?", "Yes", "No")
	if answer != "Yes" || err != nil {
		t.Errorf("%q, %v", answer, err)
	}
	if err := c.Open(context.Background(), "https://example.org/rule", true, nil); err != nil {
		t.Error(err)
	}
	if !strings.Contains(e.all(), `"external":true`) {
		t.Errorf("got %s", e.all())
	}
}

// A client that answers with fewer values than asked has none for the rest.
func TestConfigurationShort(t *testing.T) {
	c, _ := connect(t, `{}`, map[string]func(string) (any, error){
		"workspace/configuration": func(string) (any, error) { return jsonrpc2.RawMessage(`[{"a":1}]`), nil },
	})
	values, err := c.Configuration(context.Background(), "dhi-ls", "file:///a", "file:///b")
	if err != nil || len(values) != 3 || string(values[0]) != `{"a":1}` || string(values[2]) != "null" {
		t.Errorf("%v, %v", values, err)
	}
}

func TestStatusNeedsTheCapability(t *testing.T) {
	c, e := connect(t, `{}`, nil)
	c.Status(Status{Health: HealthOK})
	e.sync(t, c)
	willing, f := connect(t, `{"experimental":{"dhi-ls/status":true}}`, nil)
	willing.Status(Status{Health: HealthOK, Message: "Ready."})
	f.sync(t, willing)
	if e.all() != "sync " || !strings.Contains(f.all(), `dhi-ls/status {"health":"ok","busy":false,"message":"Ready."}`) {
		t.Errorf("got %q and %q", e.all(), f.all())
	}
}

func TestStatusKeepsTheBuilder(t *testing.T) {
	c, e := connect(t, `{"experimental":{"dhi-ls/status":true}}`, nil)
	c.Building(BuilderStatus{Name: "b", Building: true})
	c.Status(Status{Health: HealthWarning})
	c.Building(BuilderStatus{Name: "b"})
	e.sync(t, c)
	for _, want := range []string{
		`{"health":"ok","busy":true,"builder":{"name":"b","loggedIn":false,"building":true}}`,
		`{"health":"warning","busy":true,"builder":{"name":"b","loggedIn":false,"building":true}}`,
		`{"health":"warning","busy":false,"builder":{"name":"b","loggedIn":false,"building":false}}`,
	} {
		if !strings.Contains(e.all(), want) {
			t.Errorf("%s is not among %s", want, e.all())
		}
	}
}

func TestPanicInTheBackground(t *testing.T) {
	c, _ := connect(t, `{}`, nil)
	c.Go("test", func(context.Context) { panic("boom") })
	c.Wait()
}
