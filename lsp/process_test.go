package lsp_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.uber.org/goleak"
)

// serveVariable makes the test binary a server on stdio.
const serveVariable = "DHI_LS_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) != "" {
		stream := lsp.Stdio()
		fmt.Println("a stray print, which must not get between the messages")
		o := lsp.Options{Fast: seeded, ParentInterval: 10 * time.Millisecond}
		os.Exit(lsp.ExitCode(lsp.Serve(context.Background(), stream, o)))
	}
	goleak.VerifyTestMain(m)
}

func subprocess(t *testing.T, cfg lsptest.Config) *lsptest.Process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveVariable+"=1")
	return lsptest.StartProcess(t, cmd, cfg)
}

func TestProcessShutsDown(t *testing.T) {
	p := subprocess(t, lsptest.Config{Profile: lsptest.Emacs})
	p.Open(doc, "yaml", "a mistake")
	if got := p.WaitDiagnostics(doc, 1); len(got.Diagnostics) != 1 {
		t.Errorf("got %+v", got)
	}
	p.Exit()
	if code := p.ExitCode(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestProcessExitsWithoutShutdown(t *testing.T) {
	p := subprocess(t, lsptest.Config{})
	p.Notify("exit", nil)
	if code := p.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	p.HangUp()
}

func TestProcessLosesItsClient(t *testing.T) {
	p := subprocess(t, lsptest.Config{})
	p.HangUp()
	if code := p.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
}

// The stream stays open when an editor is killed whose pipes another process
// has inherited.
func TestProcessLosesItsParent(t *testing.T) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skip("no sleep command: ", err)
	}
	p := subprocess(t, lsptest.Config{Set: map[string]any{"processId": parent.Process.Pid}})
	p.Sync()
	_ = parent.Process.Kill()
	_ = parent.Wait()
	if code := p.ExitCode(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	p.HangUp()
}

// A client that reads no more must not kill the server, which has an end to
// come to, and whose exit code the client may want.
func TestProcessIsNotReadFrom(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []string // answered and read
		after  []string // sent when nobody reads
		code   int
	}{
		{"after shutdown", []string{initializeMessage, shutdownMessage}, []string{`{"jsonrpc":"2.0","id":3,"method":"x"}`, exitMessage}, 0},
		{"without shutdown", []string{initializeMessage}, []string{`{"jsonrpc":"2.0","id":3,"method":"x"}`, `{"jsonrpc":"2.0","id":4,"method":"x"}`}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), serveVariable+"=1")
			cmd.Stderr = os.Stderr
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			read := bufio.NewReader(out)
			for _, m := range c.before {
				fmt.Fprint(in, lsptest.Framed(m))
				var n int64
				if _, err := fmt.Fscanf(read, "Content-Length: %d\r\n\r\n", &n); err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyN(io.Discard, read, n); err != nil {
					t.Fatal(err)
				}
			}
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			for _, m := range c.after {
				_, _ = io.WriteString(in, lsptest.Framed(m)) // it may have gone by the last
			}
			_ = in.Close()
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d (%v), want %d", code, cmd.ProcessState, c.code)
			}
		})
	}
}
