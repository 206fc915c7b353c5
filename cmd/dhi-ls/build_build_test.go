//go:build buildkit

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
)

// buildTool is a builder and an environment of its own.
type buildTool struct {
	t      *testing.T
	daemon *buildtest.Daemon
}

func newBuildTool(t *testing.T) *buildTool {
	t.Helper()
	b := &buildTool{t, buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})}
	t.Setenv("BUILDKIT_HOST", b.daemon.Addr)
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	t.Setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
	return b
}

// build runs dhi-ls build and holds it to its exit code.
func (b *buildTool) build(code int, args ...string) (stdout, stderr string) {
	b.t.Helper()
	var out, err bytes.Buffer
	got := run(append([]string{"build"}, args...), streams{strings.NewReader(""), &out, &err})
	if got != code {
		b.t.Fatalf("%v ended with %d, want %d\n%s\n%s", args, got, code, out.String(), err.String())
	}
	return out.String(), err.String()
}

func has(t *testing.T, what, s string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(s, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, s)
		}
	}
}

func TestBuild(t *testing.T) {
	b := newBuildTool(t)
	file := buildtest.NewProject(t, buildtest.Demo)
	meta, image := filepath.Join(t.TempDir(), "meta.json"), filepath.Join(t.TempDir(), "image.tar")
	out, progress := b.build(0, file, "--guide", "--inspect=all", "--tag", "demo:1", "--output", "type=oci,dest="+image, "--metadata-file", meta, "--progress", "plain")
	has(t, "the summary", out, "Built "+file, "digest  sha256:", "tag     demo:1", "image   linux/amd64", "SBOM of ", "Layers of linux/amd64", "in all",
		"PACKAGE", "LICENSE", "busybox", "Provenance of linux/amd64")
	has(t, "the progress", progress, "Building with "+b.daemon.Addr, "[dhi] prepare: write")
	for _, f := range []string{meta, image} {
		if info, err := os.Stat(f); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	out, progress = b.build(0, file, "--quiet")
	if progress != "" || !strings.HasPrefix(out, "sha256:") {
		t.Errorf("quiet: %q %q", out, progress)
	}
	out, progress = b.build(0, file, "--format", "json")
	if !json.Valid([]byte(out)) {
		t.Errorf("not JSON: %s", out)
	}
	has(t, "the summary beside JSON", progress, "Built "+file, "digest  sha256:", "image   linux/amd64")
	out, _ = b.build(0, file, "--output", "type=tar,dest=-")
	has(t, "the archive", out, "etc/demo.conf", "opt/made")
	if strings.Contains(out, "Built ") {
		t.Error("the summary stands in the archive")
	}
}

func TestBuildFindings(t *testing.T) {
	b := newBuildTool(t)
	file := buildtest.NewProject(t, strings.Replace(buildtest.Demo, "echo made >", "no-such-command >", 1))
	out, errs := b.build(1, file, "--color", "never")
	has(t, "the finding", out, "error[build-", "-->", "1.yaml:21:", "no-such-command > /target/opt/made", "exit code 127", "1 error in 1 definition")
	if strings.Contains(errs, "dhi-ls: ") {
		t.Errorf("the definition's fault is told as one of the environment:\n%s", errs)
	}
	out, _ = b.build(1, file, "--format", "github")
	has(t, "the annotation", out, "::error file=", "line=21,")
	out, _ = b.build(1, file, "--format", "sarif")
	has(t, "the SARIF", out, `"startLine": 21`)

	warned := buildtest.NewProject(t, strings.Replace(buildtest.Demo, "cmd:\n", "os-release:\n  home-url: https://example.org/\ncmd:\n", 1))
	out, _ = b.build(0, warned, "--check", "--color", "never")
	has(t, "the lint", out, "warning[build-warning]", "home-url: https://example.org/", "1 warning in 1 definition")
	out, _ = b.build(0, file, "--check")
	has(t, "a clean lint", out, "no findings")

	crash := buildtest.FaultArg + "=" + buildtest.Fault{Crash: 3}.String()
	out, errs = b.build(3, file, "--build-arg", crash)
	if out != "" {
		t.Errorf("a crash of the frontend is told as a finding:\n%s", out)
	}
	has(t, "the message", errs, "dhi-ls: ", "frontend")
}

func TestBuildRemote(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	b := &buildTool{t, d}
	t.Setenv("BUILDKIT_HOST", d.Addr)
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	text := buildtest.Demo[:strings.Index(buildtest.Demo, "paths:")] + "cmd:\n  - /bin/sh\n"
	for name, content := range map[string]string{"good.yaml": text, "bad.yaml": strings.Replace(text, "echo made >", "no-such-command >", 1)} {
		if err := os.WriteFile(filepath.Join(reg.Files, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b.build(0, "http://"+reg.Host+"/files/good.yaml")
	out, _ := b.build(1, "http://"+reg.Host+"/files/bad.yaml", "--color", "never")
	has(t, "the finding", out, "bad.yaml:21:", "no-such-command > /target/opt/made")
}

// TestBuildInterrupted sends SIGINT to the program itself.
func TestBuildInterrupted(t *testing.T) {
	b := newBuildTool(t)
	file := buildtest.NewProject(t, buildtest.Demo)
	program := filepath.Join(t.TempDir(), "dhi-ls")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// JSON escapes the ampersands, so that the flag is not taken for the step.
	const script = "sleep 600 && echo marker-cli"
	sleeper := buildtest.Fault{Name: "[dhi] sleep", Script: "trap '' TERM; " + script}
	cmd := exec.Command(program, "build", file, "--progress", "plain", "--build-arg", buildtest.FaultArg+"="+sleeper.String())
	var printed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait(t, "the step", func() bool { return buildtest.Running(script) })
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("ended with %v\n%s\n%s", cmd.ProcessState, printed.String(), b.daemon.Log())
	}
	wait(t, "the end of the step", func() bool { return !buildtest.Running(script) })
}

// wait polls for what must become true.
func wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(buildtest.Patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
	}
}
