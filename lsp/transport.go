package lsp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Stdio is the stream of a server that an editor started. From now on
// whatever prints to os.Stdout prints to stderr, so that nothing can get
// between the messages. Where nobody asks for SIGPIPE, Go ends a program
// that writes to an stdout or stderr which nobody reads any more. An editor
// may close its ends once it has sent `exit`, and the server has work to end:
// so the signal is asked for, not ignored, which its child processes would
// inherit.
func Stdio() io.ReadWriteCloser {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	s := &stdio{in: os.Stdin, out: os.Stdout}
	os.Stdout = os.Stderr
	return s
}

type stdio struct{ in, out *os.File }

func (s *stdio) Read(p []byte) (int, error)  { return s.in.Read(p) }
func (s *stdio) Write(p []byte) (int, error) { return s.out.Write(p) }
func (s *stdio) Close() error                { return errors.Join(s.in.Close(), s.out.Close()) }

// address is a parsed transport spec.
type address struct{ network, name string }

// parseAddress reads "HOST:PORT", "unix:PATH" or "pipe:NAME".
func parseAddress(spec string) (address, error) {
	if path, ok := strings.CutPrefix(spec, "unix:"); ok && path != "" {
		return address{"unix", path}, nil
	}
	if name, ok := strings.CutPrefix(spec, "pipe:"); ok && name != "" {
		return address{"pipe", name}, nil
	}
	host, port, err := net.SplitHostPort(spec)
	if err != nil || port == "" {
		return address{}, fmt.Errorf("address %q: use HOST:PORT, unix:PATH or pipe:NAME", spec)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return address{"tcp", net.JoinHostPort(host, port)}, nil
}

// Listen opens what `--listen` names: "HOST:PORT" on the loopback interface,
// "unix:PATH", or "pipe:NAME". There is no authentication, so other
// interfaces are refused, and sockets are for their owner alone.
func Listen(spec string) (net.Listener, error) {
	a, err := parseAddress(spec)
	if err != nil {
		return nil, err
	}
	switch a.network {
	case "tcp":
		return listenLoopback(a.name)
	case "pipe":
		path, err := pipePath(a.name)
		if err != nil {
			return nil, err
		}
		return listenUnix(path)
	default:
		return listenUnix(a.name)
	}
}

func listenLoopback(name string) (net.Listener, error) {
	tcp, err := net.ResolveTCPAddr("tcp", name)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", name, err)
	}
	if !tcp.IP.IsLoopback() {
		return nil, fmt.Errorf("listen on %s: only loopback addresses such as 127.0.0.1 are allowed, for whoever connects may read files through the server", name)
	}
	return net.ListenTCP("tcp", tcp)
}

// listenUnix replaces a socket that a killed server left behind, but not one
// that is in use.
func listenUnix(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if conn, err := net.Dial("unix", path); err == nil {
			conn.Close()
			return nil, fmt.Errorf("listen on %s: another server is listening there", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("listen on %s: %w", path, err)
		}
	}
	listener, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		listener.Close()
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	return listener, nil
}

// Dial connects to a client that listens: what editors mean by `--socket=PORT`
// (here "127.0.0.1:PORT") and `--pipe=NAME` ("pipe:NAME").
func Dial(spec string) (io.ReadWriteCloser, error) {
	a, err := parseAddress(spec)
	if err != nil {
		return nil, err
	}
	if a.network == "pipe" && runtime.GOOS == "windows" {
		return dialPipe(a.name)
	}
	if a.network == "pipe" {
		a.network = "unix"
		if a.name, err = pipePath(a.name); err != nil {
			return nil, err
		}
	}
	conn, err := net.Dial(a.network, a.name)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", spec, err)
	}
	return conn, nil
}

// pipePath is the socket that stands for a named pipe outside of Windows: a
// bare name is one in the directory for temporary files.
func pipePath(name string) (string, error) {
	if runtime.GOOS == "windows" {
		return "", fmt.Errorf("pipe %s: on Windows use 127.0.0.1:PORT or unix:PATH", name)
	}
	if filepath.Base(name) == name {
		return filepath.Join(os.TempDir(), name), nil
	}
	return name, nil
}
