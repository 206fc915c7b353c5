package lsp_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	initializeMessage = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{}}}`
	shutdownMessage   = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
	exitMessage       = `{"jsonrpc":"2.0","method":"exit"}`
)

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name     string
		messages []string
		hangUp   bool
		want     error
	}{
		{"shutdown and exit", []string{initializeMessage, shutdownMessage, exitMessage}, false, nil},
		{"shutdown and hang up", []string{initializeMessage, shutdownMessage}, true, nil},
		{"exit alone", []string{initializeMessage, exitMessage}, false, lsp.ErrNoShutdown},
		{"exit before initialize", []string{exitMessage}, false, lsp.ErrNoShutdown},
		{"hang up", []string{initializeMessage}, true, lsp.ErrDisconnected},
		{"hang up at once", nil, true, lsp.ErrDisconnected},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := lsptest.StartWire(t, lsp.Options{})
			for _, m := range c.messages {
				if err := w.Send(m); err != nil {
					t.Fatal(err)
				}
			}
			if c.hangUp && len(c.messages) > 1 {
				w.Answer("9")
			}
			if c.hangUp {
				w.HangUp()
			}
			if err := <-w.Ended; !errors.Is(err, c.want) {
				t.Errorf("ended with %v, want %v", err, c.want)
			}
		})
	}
	if lsp.ExitCode(nil) != 0 || lsp.ExitCode(lsp.ErrNoShutdown) != 1 {
		t.Error("exit codes")
	}
}

func TestOrderOfLife(t *testing.T) {
	w := lsptest.StartWire(t, lsp.Options{Version: "1.2.3"})
	for _, step := range []struct {
		id, message string
		code        int
	}{
		{"1", `{"jsonrpc":"2.0","id":1,"method":"textDocument/hover"}`, -32002},
		{"2", `{"jsonrpc":"2.0","id":2,"method":"shutdown"}`, -32002},
		{"3", `{"jsonrpc":"2.0","id":3,"method":"initialize","params":[]}`, -32602},
		{"0", initializeMessage, 0},
		{"5", `{"jsonrpc":"2.0","id":5,"method":"initialize","params":{"capabilities":{}}}`, -32600},
		{"9", shutdownMessage, 0},
		{"7", `{"jsonrpc":"2.0","id":7,"method":"textDocument/hover"}`, -32600},
		{"8", `{"jsonrpc":"2.0","id":8,"method":"initialize","params":{"capabilities":{}}}`, -32600},
	} {
		if err := w.Send(step.message); err != nil {
			t.Fatal(err)
		}
		answer, ok := w.Answer(step.id)
		code := 0
		if answer.Error != nil {
			code = answer.Error.Code
		}
		if !ok || code != step.code {
			t.Errorf("%s: code %d, want %d", step.message, code, step.code)
		}
	}
}

// A capability of the wrong type costs the client that capability, no more.
func TestInitializeWithMistakes(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{Fast: seeded}, lsptest.Config{Set: map[string]any{
		"rootPath": 7,
		"capabilities": map[string]any{
			"general": map[string]any{"positionEncodings": []string{"utf-8"}},
			"textDocument": map[string]any{
				"diagnostic": map[string]any{},
				"hover":      map[string]any{"contentFormat": "markdown"},
				"completion": 12,
			},
			"window": []int{1},
		},
	}})
	if c.Result.Capabilities.DiagnosticProvider == nil || c.Result.Capabilities.PositionEncoding != "utf-8" {
		t.Errorf("the rest of initialize was lost: %+v", c.Result.Capabilities)
	}
	if c.Result.ServerInfo.Name != "dhi-ls" {
		t.Errorf("server info %+v", c.Result.ServerInfo)
	}
}

func TestContextEnds(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- lsp.Serve(ctx, theirs, lsp.Options{}) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

// stuck is a stream whose Read closing does not wake, as on a terminal.
type stuck struct {
	io.Writer
	wake chan struct{}
}

func (s stuck) Read([]byte) (int, error) {
	<-s.wake
	return 0, io.EOF
}
func (stuck) Close() error { return nil }

func TestStuckReadDoesNotKeepTheServer(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stream := stuck{io.Discard, make(chan struct{})}
	if err := lsp.Serve(ctx, stream, lsp.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	close(stream.wake)
}

func TestParentDies(t *testing.T) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skip("no sleep command: ", err)
	}
	ours, theirs := net.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- lsp.Serve(context.Background(), theirs, lsp.Options{ParentInterval: 5 * time.Millisecond})
	}()
	c := lsptest.Connect(t, ours, lsptest.Config{Set: map[string]any{"processId": parent.Process.Pid}})
	c.Sync()
	select {
	case err := <-ended:
		t.Fatalf("ended with %v while the parent lives", err)
	default:
	}
	parent.Process.Kill()
	parent.Wait()
	if err := <-ended; !errors.Is(err, lsp.ErrParentGone) {
		t.Errorf("ended with %v", err)
	}
	ours.Close()
}

// A parent that cannot be seen, in another container say, is not dead.
func TestUnknownParent(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{ParentInterval: time.Millisecond}, lsptest.Config{Set: map[string]any{"processId": 0x3ffffffe}})
	time.Sleep(20 * time.Millisecond)
	c.Sync()
}

func TestTraceTurnsTheLogUp(t *testing.T) {
	level := zap.NewAtomicLevelAt(zapcore.WarnLevel)
	c := lsptest.Start(t, lsp.Options{Level: &level}, lsptest.Config{})
	for _, step := range []struct {
		trace protocol.TraceValue
		want  zapcore.Level
	}{{"messages", zap.DebugLevel}, {"off", zap.WarnLevel}, {"verbose", zap.DebugLevel}, {"compact", zap.WarnLevel}} {
		c.Notify(protocol.MethodSetTrace, &protocol.SetTraceParams{Value: step.trace})
		c.Sync()
		if level.Level() != step.want {
			t.Errorf("trace %s: level %s, want %s", step.trace, level.Level(), step.want)
		}
	}
}

func TestNewLogger(t *testing.T) {
	if _, _, _, err := lsp.NewLogger("loud", ""); err == nil {
		t.Error("an unknown level was taken")
	}
	if _, _, _, err := lsp.NewLogger("info", t.TempDir()); err == nil {
		t.Error("a folder was taken for a log file")
	}
	log, _, closeLog, err := lsp.NewLogger("info", t.TempDir()+"/log")
	if err != nil {
		t.Fatal(err)
	}
	log.Info("hello")
	if err := closeLog(); err != nil {
		t.Error(err)
	}
}
