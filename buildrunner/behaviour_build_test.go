//go:build buildkit

package buildrunner_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"go.uber.org/goleak"
)

func build(t *testing.T, req buildrunner.Request) (*buildrunner.Result, error) {
	t.Helper()
	var r buildrunner.Runner
	defer r.Wait()
	return r.Run(t.Context(), req, buildrunner.Events{})
}

func TestCredentials(t *testing.T) {
	reg := buildtest.NewRegistry(t, "user:secret")
	cases := []struct {
		name, login string
		ok          bool
	}{{"right", "user:secret", true}, {"wrong", "user:other", false}, {"none", "", false}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
			req := request(t, d, project(t, definition))
			dir := t.TempDir()
			req.Env = environment(t, map[string]string{"DOCKER_CONFIG": dir})
			if c.login != "" {
				write(t, filepath.Join(dir, "config.json"), fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, reg.Host, base64.StdEncoding.EncodeToString([]byte(c.login))))
			}
			res, err := build(t, req)
			if c.ok != (err == nil) {
				t.Fatalf("error %v", err)
			}
			if c.ok {
				return
			}
			f := res.Failures[0]
			if f.Class != cause.Environment || f.Kind != cause.NotLoggedIn || f.Action != "login" || !strings.Contains(f.Remedy, "docker login dhi.io") {
				t.Errorf("cause %+v", f)
			}
			if code := buildrunner.ExitCode(err); code != buildrunner.ExitEnvironment {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

func TestPush(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	req := request(t, d, project(t, definition))
	req.Tags, req.Push = []string{reg.Host + "/mine/demo:1"}, true
	res, err := build(t, req)
	if err != nil {
		t.Fatal(err)
	}
	if res.Digest == "" || !strings.Contains(reg.Log(), "PUT /v2/mine/demo/manifests/1") {
		t.Errorf("digest %q, registry:\n%s", res.Digest, reg.Log())
	}
	req.Tags = []string{reg.Host + "/denied/demo:1"}
	res, err = build(t, req)
	if err == nil || res.Failures[0].Kind != cause.NotEntitled {
		t.Errorf("a forbidden push: %v %+v", err, res.Failures)
	}
}

func TestSeveralPlatforms(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	req := request(t, d, project(t, definition))
	req.Platforms = []string{"linux/amd64", "linux/arm64"}
	req.Inspect = true
	req.AsInGuide()
	res, err := build(t, req)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Images) != 2 || res.Images[0].Platform != "linux/amd64" || res.Images[1].Platform != "linux/arm64" {
		t.Fatalf("images %+v", res.Images)
	}
	for _, img := range res.Images {
		if img.SBOM == nil || img.Provenance == nil {
			t.Errorf("%s has SBOM %v, provenance %d bytes", img.Platform, img.SBOM, len(img.Provenance))
		}
	}
}

func TestSecretsAndOutput(t *testing.T) {
	text := strings.Replace(definition, "        - name: write\n", "        - name: write\n          secrets:\n            - id: token\n              env: TOKEN\n", 1)
	text = strings.Replace(text, "echo made", `echo "$TOKEN $BUILD_ARG"`, 1)
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	req := request(t, d, project(t, text))
	secret := filepath.Join(t.TempDir(), "secret")
	write(t, secret, "hush")
	dest := t.TempDir()
	req.Secrets = []buildrunner.Secret{{ID: "token", File: secret}}
	req.BuildArgs = map[string]string{"STEP_ARG": "arg"}
	req.Outputs = []buildrunner.Output{{Type: "local", Dest: dest}}
	req.CacheTo = []buildrunner.Cache{{Type: "local", Attrs: map[string]string{"dest": filepath.Join(t.TempDir(), "cache")}}}
	if _, err := build(t, req); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"opt/made": "hush arg\n", "etc/demo.conf": "demo\n"} {
		if got, err := os.ReadFile(filepath.Join(dest, file)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", file, got, err)
		}
	}
}

func TestIgnoreFile(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	file := project(t, definition)
	write(t, filepath.Join(buildrunner.ContextRoot(file), ".dockerignore"), "config\n")
	res, err := build(t, request(t, d, file))
	if err == nil || res.Failures[0].Kind != cause.SourceNotFound {
		t.Fatalf("%v %+v", err, res.Failures)
	}
}

func TestRemoteDefinition(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	text := definition[:strings.Index(definition, "paths:")] + "cmd:\n  - /bin/sh\n"
	write(t, filepath.Join(reg.Files, "1.yaml"), text)
	req := request(t, d, "http://"+reg.Host+"/files/1.yaml")
	if res, err := build(t, req); err != nil {
		t.Fatalf("%v %+v", err, res.Failures)
	}
}

func TestCheckAndWarnings(t *testing.T) {
	text := strings.Replace(definition, "cmd:\n", "os-release:\n  home-url: https://example.org/\ncmd:\n", 1)
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	for _, check := range []bool{true, false} {
		req := request(t, d, project(t, text))
		req.Check = check
		res, err := build(t, req)
		if err != nil || len(res.Warnings) != 1 || res.CanLint != check {
			t.Fatalf("check %v: %v, %+v", check, err, res)
		}
		found := locate.Warnings(buildplace.Parse(text), res.Warnings)
		if got := text[found[0].Range.Start:found[0].Range.End]; got != "home-url: https://example.org/" {
			t.Errorf("check %v: the warning stands on %q", check, got)
		}
	}
	req := request(t, d, project(t, strings.Replace(text, "variant: runtime", "variant: wrong", 1)))
	req.Check = true
	res, err := build(t, req)
	if buildrunner.ExitCode(err) != buildrunner.ExitDefinition {
		t.Fatalf("%v %+v", err, res)
	}
	req = request(t, d, project(t, strings.Replace(text, "build:2-alpine3.23", "build:no-lint", 1)))
	req.Check = true
	res, err = build(t, req)
	if err != nil || res.CanLint || len(res.Notes) == 0 {
		t.Errorf("a frontend without lint: %v %+v", err, res)
	}
}

// sleeper builds a step that says it has begun and ignores SIGTERM, and
// returns when the step runs.
func sleeper(t *testing.T, r *buildrunner.Runner, ctx context.Context, req buildrunner.Request, marker string) <-chan error {
	t.Helper()
	req.BuildArgs = map[string]string{buildtest.FaultArg: buildtest.Fault{Name: "[dhi] sleep", Script: "trap '' TERM; echo begun; sleep 600; echo " + marker}.String()}
	begun, done := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() {
		_, err := r.Run(ctx, req, buildrunner.Events{Progress: func(e progress.Event) {
			if e.Kind == progress.Log && e.Line == "begun" {
				once.Do(func() { close(begun) })
			}
		}})
		done <- err
	}()
	select {
	case <-begun:
	case err := <-done:
		t.Fatalf("ended before the step began: %v", err)
	}
	return done
}

// running reports whether a process echoes the marker.
func running(marker string) bool { return buildtest.Running("echo " + marker) }

func TestCancelEndsTheStep(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	afterStart := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var r buildrunner.Runner
	done := sleeper(t, &r, ctx, request(t, d, project(t, definition)), "marker-cancel")
	if !running("marker-cancel") {
		t.Fatal("the step's process cannot be seen")
	}
	at := time.Now()
	cancel()
	err := <-done
	t.Logf("cancel answered after %s", time.Since(at))
	if !errors.Is(err, context.Canceled) || buildrunner.ExitCode(err) != buildrunner.ExitCanceled {
		t.Errorf("error %v", err)
	}
	r.Wait()
	t.Logf("nothing left after %s", time.Since(at))
	for deadline := time.Now().Add(buildtest.Patience); running("marker-cancel"); {
		if time.Now().After(deadline) {
			t.Fatal("the step's process is still there")
		}
		time.Sleep(10 * time.Millisecond)
	}
	goleak.VerifyNone(t, afterStart)
}

// A daemon that does not move must not keep the caller: Run has to return
// while it is stopped.
func TestCancelWithFrozenDaemon(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var r buildrunner.Runner
	done := sleeper(t, &r, ctx, request(t, d, project(t, definition)), "marker-frozen")
	if err := d.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	cancel()
	err := <-done
	t.Logf("cancel of a frozen daemon answered after %s", time.Since(at))
	if err := d.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	r.Wait()
}

func TestDaemonDies(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	var r buildrunner.Runner
	done := sleeper(t, &r, t.Context(), request(t, d, project(t, definition)), "marker-dies")
	if err := d.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	err := <-done
	var f *buildrunner.Failure
	if !errors.As(err, &f) || f.Causes[0].Class != cause.Environment || f.Causes[0].Kind != cause.DaemonLost {
		t.Errorf("error %#v", err)
	}
	r.Wait()
}

func TestSeveralBuildsAtOnce(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	var r buildrunner.Runner
	var wg sync.WaitGroup
	for i := range 4 {
		req := request(t, d, project(t, strings.Replace(definition, "echo made", fmt.Sprint("echo ", i), 1)))
		wg.Go(func() {
			if _, err := r.Run(t.Context(), req, buildrunner.Events{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestDiskFull(t *testing.T) {
	small := buildtest.StateDir(t)
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=40m"); err != nil {
		t.Skip("cannot mount: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(small, syscall.MNT_DETACH) })
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, ""), Root: small})
	req := request(t, d, project(t, definition))
	req.BuildArgs = map[string]string{buildtest.FaultArg: buildtest.Fault{Name: "[dhi] fill", Script: "/bin/busybox dd if=/dev/zero of=/target/big bs=1M count=200"}.String()}
	res, err := build(t, req)
	if err == nil || res.Failures[0].Kind != cause.DiskFull || res.Failures[0].Class != cause.Environment {
		t.Errorf("%v %+v", err, res.Failures)
	}
}

func TestLogIsBounded(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	req := request(t, d, project(t, definition))
	req.BuildArgs = map[string]string{buildtest.FaultArg: buildtest.Fault{Name: "[dhi] talk", Script: "/bin/busybox seq 100000; exit 1"}.String()}
	log := progress.NewBuffer(64 << 10)
	lines := 0
	var r buildrunner.Runner
	res, err := r.Run(t.Context(), req, buildrunner.Events{Log: log, Progress: func(e progress.Event) {
		if e.Kind == progress.Log {
			lines++
		}
	}})
	if err == nil {
		t.Fatal("built")
	}
	t.Logf("%d lines came, %d were dropped, %d bytes are kept", lines, log.Dropped(), len(log.String()))
	if n := len(log.String()); n > 64<<10+100 {
		t.Errorf("%d bytes are kept", n)
	}
	if n := len(res.Failures[0].Log); n > 200 {
		t.Errorf("%d lines of the step are kept", n)
	}
}
