package lsptest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"
)

// Process is a server in a process of its own.
type Process struct {
	*Client
	Cmd *exec.Cmd
}

// StartProcess runs a command that serves on its stdin and stdout, and
// connects a client to it. Its stderr is the test's. The process is killed at
// the end of the test if it is still there.
func StartProcess(t testing.TB, cmd *exec.Cmd, cfg Config) *Process {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if cmd.Stderr == nil {
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return &Process{Connect(t, pipes{out, in}, cfg), cmd}
}

// ExitCode waits for the process to end by itself and returns its code.
func (p *Process) ExitCode() int {
	p.t.Helper()
	err := p.Cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("wait for the server: %v", err)
	}
	return p.Cmd.ProcessState.ExitCode()
}

// pipes are both directions of a process.
type pipes struct {
	io.ReadCloser
	in io.WriteCloser
}

func (p pipes) Write(b []byte) (int, error) { return p.in.Write(b) }

func (p pipes) Close() error { return errors.Join(p.in.Close(), p.ReadCloser.Close()) }
