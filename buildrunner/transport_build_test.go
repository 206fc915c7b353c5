//go:build buildkit

package buildrunner_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
)

// stdioSocket makes this test binary stand in for "buildctl dial-stdio".
const stdioSocket = "DHI_TEST_STDIO"

func init() {
	socket := os.Getenv(stdioSocket)
	if socket == "" {
		return
	}
	conn, err := net.Dial("unix", socket)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		_, _ = io.Copy(conn, os.Stdin)
		_ = conn.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(os.Stdout, conn)
	os.Exit(0)
}

// The programs that carry a connection are stand-ins: they note how they were
// called and connect to the daemon's socket.
func TestTransports(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	called := filepath.Join(bin, "called")
	script := fmt.Sprintf("#!/bin/sh\necho \"${0##*/} $*\" >>%s\n%s=%s exec %s\n", called, stdioSocket, strings.TrimPrefix(d.Addr, "unix://"), self)
	for _, program := range []string{"docker", "podman", "nerdctl", "kubectl", "ssh"} {
		if err := os.WriteFile(filepath.Join(bin, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for addr, want := range map[string]string{
		"docker-container://bk":      "docker exec -i bk buildctl dial-stdio",
		"podman-container://bk":      "podman exec -i bk buildctl dial-stdio",
		"nerdctl-container://bk":     "nerdctl exec -i bk buildctl dial-stdio",
		"kube-pod://bk?namespace=ci": "kubectl --context= --namespace=ci exec",
		"ssh://me@far.example":       "ssh -l me",
	} {
		req := request(t, d, project(t, definition))
		req.Builder = builder.Options{Spec: addr}
		if res, err := build(t, req); err != nil {
			t.Errorf("%s: %v %+v", addr, err, res.Failures)
		}
		if log, _ := os.ReadFile(called); !strings.Contains(string(log), want) {
			t.Errorf("%s: called %s", addr, log)
		}
	}
}
