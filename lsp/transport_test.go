package lsp_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

func TestListen(t *testing.T) {
	dir := t.TempDir()
	specs := []string{"127.0.0.1:0", "localhost:0", ":0", "unix:" + filepath.Join(dir, "s")}
	if runtime.GOOS != "windows" {
		specs = append(specs, "pipe:"+filepath.Join(dir, "p"))
	}
	for _, spec := range specs {
		t.Run(spec, func(t *testing.T) {
			listener, err := lsp.Listen(spec)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- lsp.ServeListener(ctx, listener, lsp.Options{}) }()
			target := spec
			if listener.Addr().Network() == "tcp" {
				target = listener.Addr().String()
			}
			for range 2 { // one after the other
				stream, err := lsp.Dial(target)
				if err != nil {
					t.Fatal(err)
				}
				c := lsptest.Connect(t, stream, lsptest.Config{})
				c.Sync()
				c.Exit()
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestListenRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"0.0.0.0:0":   "loopback",
		"[::]:0":      "loopback",
		"192.0.2.1:0": "loopback",
		"7000":        "use HOST:PORT",
		"unix:":       "use HOST:PORT",
		"pipe:":       "use HOST:PORT",
		"":            "use HOST:PORT",
	} {
		listener, err := lsp.Listen(spec)
		if err == nil {
			listener.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestSocketOfADeadServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Skip(err)
	}
	dead.SetUnlinkOnClose(false)
	if _, err := lsp.Listen("unix:" + path); err == nil || !strings.Contains(err.Error(), "another server") {
		t.Errorf("a socket in use was taken over: %v", err)
	}
	dead.Close()
	listener, err := lsp.Listen("unix:" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
}

func TestDialNothing(t *testing.T) {
	if _, err := lsp.Dial("unix:" + filepath.Join(t.TempDir(), "no")); err == nil {
		t.Error("connected to nothing")
	}
}
