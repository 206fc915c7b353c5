package rpc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a dispatcher over a pipe, with methods that misbehave on demand.
type bench struct {
	t       testing.TB
	conn    jsonrpc2.Conn // the client's end
	clock   atomic.Int64  // the state; notifications advance it
	seen    []int         // arguments of "note", in order of handling
	release chan struct{} // lets "wait" go on
	waiting chan struct{} // "wait" has begun
	logs    *observer.ObservedLogs
}

func (b *bench) dispatcher(log *zap.Logger) *Dispatcher[int64] {
	return &Dispatcher[int64]{
		Requests: map[string]Request[int64]{
			"now": func(_ context.Context, s int64, _ jsonrpc2.RawMessage) (any, error) { return s, nil },
			"wait": func(ctx context.Context, s int64, _ jsonrpc2.RawMessage) (any, error) {
				b.waiting <- struct{}{}
				select {
				case <-b.release:
					return s, nil
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			},
			"stubborn": func(context.Context, int64, jsonrpc2.RawMessage) (any, error) {
				b.waiting <- struct{}{}
				<-b.release
				b.clock.Add(100)
				return "too late", nil
			},
			"typed": func(_ context.Context, _ int64, p jsonrpc2.RawMessage) (any, error) {
				return Decode[protocol.HoverParams](p)
			},
			"panic":   func(context.Context, int64, jsonrpc2.RawMessage) (any, error) { panic("boom") },
			"fail":    func(context.Context, int64, jsonrpc2.RawMessage) (any, error) { return nil, errors.New("no luck") },
			"encode":  func(context.Context, int64, jsonrpc2.RawMessage) (any, error) { return badValue{}, nil },
			"nothing": func(context.Context, int64, jsonrpc2.RawMessage) (any, error) { return nil, nil },
		},
		Inline: map[string]Inline{
			"inline":      func(context.Context, jsonrpc2.RawMessage) (any, error) { return b.clock.Load(), nil },
			"inlinepanic": func(context.Context, jsonrpc2.RawMessage) (any, error) { panic("boom") },
		},
		Notifications: map[string]Notification{
			"note": func(_ context.Context, p jsonrpc2.RawMessage) error {
				n, err := Decode[int](p)
				if err == nil {
					b.seen = append(b.seen, *n)
					b.clock.Add(1)
				}
				return err
			},
			"notepanic": func(context.Context, jsonrpc2.RawMessage) error { panic("boom") },
		},
		Snapshot: b.clock.Load,
		Gate: func(method string, _ bool) error {
			if method == "forbidden" {
				return jsonrpc2.ErrInvalidRequest
			}
			return nil
		},
		Log: log,
	}
}

// badValue cannot be encoded: its encoder panics.
type badValue struct{}

func (badValue) MarshalJSON() ([]byte, error) { panic("bad value") }

func start(t testing.TB) *bench {
	core, logs := observer.New(zap.InfoLevel)
	b := &bench{t: t, release: make(chan struct{}), waiting: make(chan struct{}, 100), logs: logs}
	ours, theirs := net.Pipe()
	server := jsonrpc2.NewConn(NewStream(theirs, zap.New(core)), jsonrpc2.WithCodec(Codec{}))
	server.Go(context.Background(), b.dispatcher(zap.New(core)).Handle)
	b.conn = jsonrpc2.NewConn(jsonrpc2.NewStream(ours), jsonrpc2.WithCodec(Codec{}))
	b.conn.Go(context.Background(), jsonrpc2.MethodNotFoundHandler)
	t.Cleanup(func() {
		b.conn.Close()
		server.Close()
	})
	return b
}

func (b *bench) call(method string, params, result any) error {
	return protocol.Call(context.Background(), b.conn, method, params, result)
}

func code(err error) int {
	var e *jsonrpc2.Error
	if errors.As(err, &e) {
		return int(e.Code)
	}
	return 0
}

func TestAnswers(t *testing.T) {
	b := start(t)
	for _, c := range []struct {
		method string
		params any
		code   int
	}{
		{"now", nil, 0},
		{"nothing", nil, 0},
		{"unknown", nil, -32601},
		{"unknown", 1, -32601},
		{"forbidden", nil, -32600},
		{"panic", nil, -32603},
		{"inlinepanic", nil, -32603},
		{"encode", nil, -32603},
		{"fail", nil, -32803},
		{"typed", nil, 0},
		{"typed", jsonrpc2.RawMessage(`{"position":"x"}`), -32602},
		{"typed", jsonrpc2.RawMessage(`[]`), -32602},
		{"now", nil, 0}, // still there after all that
	} {
		if got := code(b.call(c.method, c.params, nil)); got != c.code {
			t.Errorf("%s(%v): code %d, want %d", c.method, c.params, got, c.code)
		}
	}
	if n := b.logs.FilterMessage("panic").Len(); n != 3 {
		t.Errorf("%d panics were logged, want 3", n)
	}
	for _, entry := range b.logs.FilterMessage("panic").All() {
		stack, _ := entry.ContextMap()["stack"].(string)
		if !strings.Contains(stack, "dispatcher_test.go") {
			t.Errorf("the log of the panic has no useful stack: %q", stack)
		}
	}
}

func TestNotificationsInOrder(t *testing.T) {
	b := start(t)
	const n = 500
	for i := range n {
		if err := b.conn.Notify(context.Background(), "note", i); err != nil {
			t.Fatal(err)
		}
		if i%50 == 0 {
			b.conn.Notify(context.Background(), "note", "no number")
			b.conn.Notify(context.Background(), "notepanic", nil)
			b.conn.Notify(context.Background(), "$/unknown", i)
		}
	}
	if err := b.call("inline", nil, nil); err != nil {
		t.Fatal(err)
	}
	if len(b.seen) != n {
		t.Fatalf("%d notifications were handled, want %d", len(b.seen), n)
	}
	for i, v := range b.seen {
		if v != i {
			t.Fatalf("notification %d came as number %d", v, i)
		}
	}
}

// A request answers for the state that stood when it arrived, although it
// runs on while notifications change it.
func TestSnapshotOfArrival(t *testing.T) {
	b := start(t)
	b.conn.Notify(context.Background(), "note", 0)
	answer := make(chan int64, 1)
	go func() {
		var s int64
		if err := b.call("wait", nil, &s); err != nil {
			t.Error(err)
		}
		answer <- s
	}()
	<-b.waiting
	b.conn.Notify(context.Background(), "note", 1)
	var now int64
	if err := b.call("now", nil, &now); err != nil || now != 2 {
		t.Errorf("a second request, sent while the first runs: %d, %v", now, err)
	}
	close(b.release)
	if s := <-answer; s != 1 {
		t.Errorf("the first request answered for state %d, want 1", s)
	}
}

func TestCancel(t *testing.T) {
	for _, id := range []string{"5", `"five"`, "99999999999"} {
		t.Run(id, func(t *testing.T) {
			b, w := startRaw(t)
			w.send(`{"jsonrpc":"2.0","id":` + id + `,"method":"wait"}`)
			<-b.waiting
			w.send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":` + id + `}}`)
			got := w.recv()
			if !strings.Contains(got, `"code":-32800`) || !strings.Contains(got, `"id":`+id) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// A call is answered when it is cancelled, though its handler does not heed
// that; what the handler comes to afterwards is sent to nobody.
func TestCancelAnswersAtOnce(t *testing.T) {
	b, w := startRaw(t)
	w.send(`{"jsonrpc":"2.0","id":5,"method":"stubborn"}`)
	<-b.waiting
	w.send(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":5}}`)
	if got := w.recv(); !strings.Contains(got, `"code":-32800`) || !strings.Contains(got, `"id":5`) {
		t.Fatalf("got %s", got)
	}
	close(b.release)
	for b.clock.Load() < 100 {
		time.Sleep(time.Millisecond)
	}
	// The id is free again, and the next answer is that of the next call.
	w.send(`{"jsonrpc":"2.0","id":5,"method":"now"}`)
	if got := w.recv(); !strings.Contains(got, `"result":100`) {
		t.Errorf("after the handler ended: %s", got)
	}
}

// raw is the client's end without a client.
type raw struct {
	t  testing.TB
	c  net.Conn
	in *bufio.Reader
}

func startRaw(t testing.TB) (*bench, *raw) {
	b := &bench{t: t, release: make(chan struct{}), waiting: make(chan struct{}, 100)}
	ours, theirs := net.Pipe()
	server := jsonrpc2.NewConn(NewStream(theirs, zap.NewNop()), jsonrpc2.WithCodec(Codec{}))
	server.Go(context.Background(), b.dispatcher(zap.NewNop()).Handle)
	t.Cleanup(func() {
		ours.Close()
		server.Close()
	})
	return b, &raw{t, ours, bufio.NewReader(ours)}
}

func (r *raw) send(body string) {
	fmt.Fprintf(r.c, "Content-Length: %d\r\n\r\n%s", len(body), body)
}

func (r *raw) recv() string {
	var n int
	if _, err := fmt.Fscanf(r.in, "Content-Length: %d\r\n\r\n", &n); err != nil {
		r.t.Fatal(err)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r.in, body); err != nil {
		r.t.Fatal(err)
	}
	return string(body)
}

// JSON that is no message is answered, and reading goes on.
func TestNotAMessage(t *testing.T) {
	for body, want := range map[string]int{
		`{}`:                -32600,
		`{"jsonrpc":"2.0"}`: -32600,
		`{"jsonrpc":"1.0","id":1,"method":"now"}`:            -32600,
		`{"jsonrpc":"2.0","id":1.5,"method":"now"}`:          -32600,
		`{"jsonrpc":"2.0","id":{},"method":"now"}`:           -32600,
		`{"jsonrpc":"2.0","id":1,"method":7}`:                -32600,
		`{"jsonrpc":"2.0","id":1,"method":"now","result":1}`: -32600,
		`"text"`: -32600,
		`17`:     -32600,
		`null`:   -32600,
		`[]`:     -32600,
	} {
		_, w := startRaw(t)
		w.send(body)
		var got struct{ Error struct{ Code int } }
		if err := json.Unmarshal([]byte(w.recv()), &got, json.MatchCaseInsensitiveNames(true)); err != nil {
			t.Fatal(err)
		}
		if got.Error.Code != want {
			t.Errorf("%s: code %d, want %d", body, got.Error.Code, want)
		}
		w.send(`{"jsonrpc":"2.0","id":2,"method":"now"}`)
		if got := w.recv(); !strings.Contains(got, `"id":2`) {
			t.Errorf("after %s: %s", body, got)
		}
	}
}

func TestBatch(t *testing.T) {
	_, w := startRaw(t)
	w.send(`[{"jsonrpc":"2.0","id":1,"method":"now"},7,{"jsonrpc":"2.0","method":"note","params":1},{"jsonrpc":"2.0","id":2,"method":"panic"}]`)
	var answers []struct {
		ID    *int `json:"id"`
		Error *struct {
			Code int `json:"code"`
		} `json:"error"`
	}
	body := w.recv()
	if err := json.Unmarshal([]byte(body), &answers); err != nil || len(answers) != 3 {
		t.Fatalf("%s: %v", body, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	b := start(t)
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
			defer cancel()
			if i%2 == 0 {
				protocol.Call(ctx, b.conn, "wait", nil, nil)
				return
			}
			var s int64
			if err := b.call("now", nil, &s); err != nil {
				t.Error(err)
			}
			b.conn.Notify(context.Background(), "note", i)
		})
	}
	wg.Wait()
}
