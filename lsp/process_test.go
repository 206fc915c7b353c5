package lsp_test

import (
	"context"
	"fmt"
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
	p.Exit()
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
