package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

const served = `# syntax=dhi.io/build:2-alpine3.23

name: Sample
image: example.org/sample
variant: runtime
tags:
  - "1"
platforms:
  - linux/amd64
contents:
  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
  packages:
    - busybox
accounts:
  run-as: nobody-knows
`

// TestServe runs the program as an editor does: built, in a process of its
// own, over pipes.
func TestServe(t *testing.T) {
	program := filepath.Join(t.TempDir(), "dhi-ls")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for name, test := range map[string]func(*testing.T, server){
		"a whole life": wholeLife, "burst": burst, "exit without shutdown": rudeExit, "the client hangs up": hangUp,
		"the parent dies": orphaned, "garbage": garbage, "a signal": signalled,
	} {
		t.Run(name, func(t *testing.T) { test(t, server{program}) })
	}
}

// server starts the built program.
type server struct{ program string }

func (s server) command(t *testing.T) *exec.Cmd {
	cmd := exec.Command(s.program, "serve", "--stdio")
	cmd.Env = append(os.Environ(), "DHI_LS_INDEX_DIR=off", "HOME="+t.TempDir())
	return cmd
}

func (s server) start(t *testing.T, cfg lsptest.Config) *lsptest.Process {
	return lsptest.StartProcess(t, s.command(t), cfg)
}

func ends(t *testing.T, p *lsptest.Process, want int) {
	t.Helper()
	if code := p.ExitCode(); code != want {
		t.Errorf("exit code %d, want %d", code, want)
	}
}

func wholeLife(t *testing.T, s server) {
	u := uri.File(filepath.Join(t.TempDir(), "1.yaml"))
	p := s.start(t, lsptest.Config{Profile: lsptest.Emacs})
	if p.Result.ServerInfo.Name != "dhi-ls" || p.Result.Capabilities.HoverProvider == nil || p.Result.Capabilities.CompletionProvider == nil {
		t.Errorf("initialize: %+v", p.Result)
	}
	p.Open(u, "yaml", served)
	found := p.WaitDiagnostics(u, 1)
	if !strings.Contains(fmt.Sprint(found.Diagnostics), "run-as-undefined") {
		t.Errorf("diagnostics: %+v", found)
	}
	p.Change(u, 2, lsptest.Range(15, 10, 15, 22), "root")
	if found := p.WaitDiagnostics(u, 2); strings.Contains(fmt.Sprint(found.Diagnostics), "run-as-undefined") {
		t.Errorf("diagnostics after the edit: %+v", found)
	}
	if hover := lsptest.Ask[*protocol.Hover](p.Client, protocol.MethodTextDocumentHover, lsptest.At(u, 4, 2)); hover == nil {
		t.Error("no hover")
	}
	p.Close(u)
	p.Exit()
	ends(t, p, 0)
}

// Edits sent back to back are told of in few publishes, the last of them of
// the last version. How few depends on how often this process and the server
// are held up meanwhile; the scheduler's own tests count them.
func burst(t *testing.T, s server) {
	const edits = 30
	u := uri.File(filepath.Join(t.TempDir(), "1.yaml"))
	p := s.start(t, lsptest.Config{})
	p.Open(u, "yaml", served)
	p.WaitDiagnostics(u, 1)
	for version := int32(2); version <= edits+1; version++ {
		p.Change(u, version, lsptest.Range(15, 10, 15, 10), "x") // a new message each time
	}
	p.WaitDiagnostics(u, edits+1)
	p.Exit()
	ends(t, p, 0)
	all := p.Published(u)[1:]
	if len(all) > edits/2 {
		t.Errorf("%d publishes for %d edits", len(all), edits)
	}
	if last, _ := all[len(all)-1].Version.Get(); last != edits+1 {
		t.Errorf("the last publish is of version %d", last)
	}
}

func rudeExit(t *testing.T, s server) {
	p := s.start(t, lsptest.Config{})
	p.Notify(protocol.MethodExit, nil)
	ends(t, p, 1)
	p.HangUp()
}

func hangUp(t *testing.T, s server) {
	p := s.start(t, lsptest.Config{})
	p.HangUp()
	ends(t, p, 1)
}

func orphaned(t *testing.T, s server) {
	parent := exec.Command("sleep", "60")
	if err := parent.Start(); err != nil {
		t.Skip("no sleep command: ", err)
	}
	p := s.start(t, lsptest.Config{Set: map[string]any{"processId": parent.Process.Pid}})
	p.Sync()
	_ = parent.Process.Kill()
	_ = parent.Wait()
	ends(t, p, 1)
	p.HangUp()
}

// What is no message ends the server with an error and without a word on
// standard output.
func garbage(t *testing.T, s server) {
	for _, input := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"Content-Length: -5\r\n\r\n{}",
		"Content-Length: 99999999999999999999\r\n\r\n",
		"Content-Length: 4\r\n\r\n{{{{",
		"\x00\x01\x02\xff" + strings.Repeat("\n", 10000),
		"Content-Length: 100\r\n\r\n{",
	} {
		cmd := s.command(t)
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.Output()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		if code := cmd.ProcessState.ExitCode(); code != 1 {
			t.Errorf("%.20q: exit code %d", input, code)
		}
		if strings.Contains(string(out), "panic") || len(out) > 0 && !strings.HasPrefix(string(out), "Content-Length:") {
			t.Errorf("%.20q: printed %q", input, out)
		}
	}
}

func signalled(t *testing.T, s server) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows sends no signals")
	}
	cmd := s.command(t)
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
	// An answer tells that the server is up.
	body := `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
	fmt.Fprintf(in, "Content-Length: %d\r\n\r\n%s", len(body), body)
	if _, err := io.ReadFull(out, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() == 0 {
		t.Errorf("ended with %v", err)
	}
	_ = in.Close()
}
