// Package buildtest runs a real BuildKit, a registry and a stand-in frontend
// for tests. Tests that use it are skipped unless they run under
// testdata/buildkit/run.sh, which builds the programs and sees to it that
// nothing stays behind.
package buildtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programs is the variable that names the folder of the programs, state that
// of a file system on which overlay mounts work.
const (
	programs = "DHI_TEST_BUILDKIT"
	state    = "DHI_TEST_STATE"
)

// Patience is how long a test waits for what must come, such as a program that
// is to be ready. It bounds the harm of a failure and is no measure of speed.
const Patience = 2 * time.Minute

// Registry is a registry on loopback that stands in for dhi.io.
type Registry struct {
	// Host is its address, host:port.
	Host string
	// Files is served under http://Host/files/.
	Files string
	out   *output
}

// Log is what was asked of it so far, a request per line.
func (r *Registry) Log() string { return r.out.String() }

// Daemon is a running buildkitd.
type Daemon struct {
	// Addr is the unix address, TCP the second one when there is TLS.
	Addr, TCP string
	// Process is the daemon's.
	Process *os.Process
	out     *output
}

// Log is what the daemon printed.
func (d *Daemon) Log() string { return d.out.String() }

// NewRegistry starts a registry. auth is "" or USER:PASSWORD.
func NewRegistry(t testing.TB, auth string) *Registry {
	t.Helper()
	dir := folder(t)
	r := &Registry{Files: t.TempDir()}
	args := []string{"--frontend", filepath.Join(dir, "frontend"), "--files", r.Files}
	if auth != "" {
		args = append(args, "--auth", auth)
	}
	line, out, _ := start(t, exec.Command(filepath.Join(dir, "registry"), args...))
	r.Host, r.out = strings.TrimPrefix(line, "ready "), out
	return r
}

// Options of a daemon.
type Options struct {
	// Mirror is the registry asked instead of dhi.io; MirrorHost replaces
	// its address, for a mirror that does not answer.
	Mirror     *Registry
	MirrorHost string
	// Also are further mirrors, HOST=HOST:PORT.
	Also []string
	// CA, Cert and Key turn on mutual TLS on TCP.
	CA, Cert, Key string
	// Root is the state directory, a new one when empty.
	Root string
}

// NewDaemon starts buildkitd.
func NewDaemon(t testing.TB, o Options) *Daemon {
	t.Helper()
	dir := folder(t)
	root := o.Root
	if root == "" {
		root = StateDir(t)
	}
	d := &Daemon{Addr: "unix://" + filepath.Join(t.TempDir(), "s.sock")}
	args := []string{"--root", root, "--addr", d.Addr}
	host := o.MirrorHost
	if o.Mirror != nil {
		host = o.Mirror.Host
	}
	if host != "" {
		args = append(args, "--mirror", "dhi.io="+host)
	}
	for _, m := range o.Also {
		args = append(args, "--mirror", m)
	}
	if o.CA != "" {
		args = append(args, "--addr", "tcp://127.0.0.1:0", "--tlscacert", o.CA, "--tlscert", o.Cert, "--tlskey", o.Key)
	}
	_, out, process := start(t, exec.Command(filepath.Join(dir, "buildkitd"), args...))
	d.Process, d.out = process, out
	for _, line := range strings.Split(out.String(), "\n") {
		if addr, ok := strings.CutPrefix(line, "listening tcp://127.0.0.1:0 "); ok {
			d.TCP = "tcp://" + addr
		}
	}
	return d
}

// StateDir is an empty directory on which overlay mounts work.
func StateDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(os.Getenv(state), "root")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// Programs is the folder of buildkitd, registry and frontend. It skips the
// test when there is none.
func Programs(t testing.TB) string { return folder(t) }

func folder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv(programs)
	if dir == "" {
		t.Skip("needs a real BuildKit: run testdata/buildkit/run.sh")
	}
	return dir
}

// start runs the program until the test's end and returns its line that
// begins with "ready".
func start(t testing.TB, cmd *exec.Cmd) (string, *output, *os.Process) {
	t.Helper()
	out := &output{}
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = io.MultiWriter(out, w), out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		err := cmd.Wait()
		w.Close()
		ended <- err
	}()
	ready := make(chan string, 1)
	go func() {
		s := bufio.NewScanner(r)
		for s.Scan() {
			if strings.HasPrefix(s.Text(), "ready") {
				ready <- s.Text()
				break
			}
		}
		_, _ = io.Copy(io.Discard, r)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	select {
	case line := <-ready:
		return line, out, cmd.Process
	case err := <-ended:
		ended <- err
		t.Fatalf("%s ended before it was ready: %v\n%s", filepath.Base(cmd.Path), err, out.String())
	case <-time.After(Patience):
		t.Fatalf("%s was not ready in %s\n%s", filepath.Base(cmd.Path), Patience, out.String())
	}
	return "", nil, nil
}

// output collects what a program prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// Fault tells the stand-in frontend how to fail. It is passed as the build
// argument [FaultArg].
type Fault struct {
	// Crash ends the frontend with this code; Error is its own error.
	Crash int    `json:"crash,omitempty"`
	Error string `json:"error,omitempty"`
	// Name and Script add a step, run in Image (the frontend's by default).
	Name   string `json:"name,omitempty"`
	Script string `json:"script,omitempty"`
	Image  string `json:"image,omitempty"`
	// URL and Checksum add a download.
	URL      string `json:"url,omitempty"`
	Checksum string `json:"checksum,omitempty"`
	// Lines locate the fault, Unlocated strips every other location.
	Lines     [2]int `json:"lines"`
	Unlocated bool   `json:"unlocated,omitempty"`
}

// FaultArg is the build argument that a Fault is passed as.
const FaultArg = "DHI_TEST_FAULT"

func (f Fault) String() string {
	data, err := json.Marshal(f)
	if err != nil {
		return fmt.Sprintf(`{"error":%q}`, err)
	}
	return string(data)
}

// Fails is the script of a step that prints the log and ends with the code.
func Fails(code int, log string) string {
	return fmt.Sprintf("cat <<'END-OF-LOG'\n%s\nEND-OF-LOG\nexit %d", log, code)
}
