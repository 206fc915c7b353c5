//go:build buildkit

package lsp_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/lsp/internal/builds"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// editor is a client of the program itself, over stdio, with a BuildKit of its
// own.
func editor(t *testing.T) (*lsptest.Process, *buildtest.Registry) {
	t.Helper()
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	program := filepath.Join(t.TempDir(), "dhi-ls")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "../cmd/dhi-ls").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "serve")
	home := t.TempDir()
	cmd.Env = append(os.Environ(), "BUILDKIT_HOST="+d.Addr, "DOCKER_CONFIG="+home, "DOCKER_HOST=unix:///nowhere/docker.sock", "DHI_LS_INDEX_DIR=off")
	p := lsptest.StartProcess(t, cmd, lsptest.Config{
		Options: map[string]any{"trusted": true},
		Set: map[string]any{"capabilities": map[string]any{
			"experimental": map[string]any{builds.MethodLog: true, "dhi-ls/status": true},
			"window":       map[string]any{"workDoneProgress": true},
			"textDocument": map[string]any{"publishDiagnostics": map[string]any{"relatedInformation": true, "versionSupport": true}},
		}},
	})
	t.Cleanup(func() {
		p.Exit()
		if code := p.ExitCode(); code != 0 {
			t.Errorf("the server ended with %d\n%s", code, d.Log())
		}
	})
	return p, reg
}

func openProject(t *testing.T, p *lsptest.Process, content string) uri.URI {
	t.Helper()
	u := uri.File(buildtest.NewProject(t, content))
	p.Open(u, "yaml", content)
	return u
}

// reports are the messages of progress in the order in which they came.
func reports(c *lsptest.Client) []string {
	var out []string
	for _, m := range c.Messages() {
		if m.Method == protocol.MethodProgress {
			out = append(out, string(m.Params))
		}
	}
	return out
}

func TestEditorBuilds(t *testing.T) {
	p, _ := editor(t)
	u := openProject(t, p, buildtest.Demo)
	good := buildOf(t, p.Client, u, map[string]any{"wait": true, "guide": true})
	if good.State != builds.StateOK || good.Digest == "" || len(good.Images) != 1 || len(good.Images[0].Packages) == 0 || !good.Images[0].Provenance || good.Images[0].Size == 0 {
		t.Fatalf("the good build: %+v", good)
	}
	shown := strings.Join(reports(p.Client), "\n")
	for _, want := range []string{"Building 1.yaml", `"percentage":`, "Built 1.yaml in"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the progress lacks %s:\n%s", want, shown)
		}
	}

	// A mistake that is not saved.
	broken := strings.Replace(buildtest.Demo, "echo made >", "no-such-command >", 1)
	p.Replace(u, 2, broken)
	bad := buildOf(t, p.Client, u, waiting)
	if bad.State != builds.StateFailed || bad.Findings != 1 {
		t.Fatalf("the bad build: %+v", bad)
	}
	found := waitFindings(p.Client, u, 2, 1)[0]
	line := uint32(strings.Count(broken[:strings.Index(broken, "no-such-command")], "\n"))
	if found.Range != lsptest.Range(line, 12, line, 12+uint32(len("no-such-command > /target/opt/made"))) || found.Severity != protocol.DiagnosticSeverityError {
		t.Errorf("the finding is %+v", found)
	}
	for _, want := range []string{"no-such-command", "exit code 127"} {
		if !strings.Contains(messageOf(found), want) {
			t.Errorf("the message lacks %s: %s", want, messageOf(found))
		}
	}
	if len(found.RelatedInformation) == 0 || !strings.Contains(found.RelatedInformation[0].Message, "prepare") {
		t.Errorf("related: %+v", found.RelatedInformation)
	}

	// It moves with an edit above, says so, and goes when it is mended.
	p.Change(u, 3, lsptest.Range(1, 0, 1, 0), "# above\n")
	if moved := waitFindings(p.Client, u, 3, 1)[0]; moved.Range.Start.Line != line+1 || !strings.Contains(messageOf(moved), "version 2") {
		t.Errorf("moved: %+v", moved)
	}
	p.Replace(u, 4, buildtest.Demo)
	waitFindings(p.Client, u, 4, 0)
	if again := buildOf(t, p.Client, u, waiting); again.State != builds.StateOK || again.Findings != 0 {
		t.Errorf("mended: %+v", again)
	}
	if again := buildOf(t, p.Client, u, waiting); again.Digest == "" || len(again.Images) != 1 || again.Images[0].Size == 0 {
		t.Errorf("without attestations: %+v", again)
	}
	var log builds.LogText
	if err := execute(p.Client, "dhi-ls.buildLog", map[string]any{"uri": u}, &log); err != nil || log.Running {
		t.Errorf("%v %+v", err, log)
	}
	states := map[builds.StepState]bool{}
	for _, m := range p.Messages() {
		var l builds.Log
		if m.Method != builds.MethodLog || json.Unmarshal(m.Params, &l) != nil {
			continue
		}
		for _, s := range l.Steps {
			states[s.State] = true
			if s.Number == 0 || s.Name == "" {
				t.Errorf("a step without a name or number: %+v", s)
			}
		}
	}
	for _, want := range []builds.StepState{builds.StepDone, builds.StepCached, builds.StepFailed} {
		if !states[want] {
			t.Errorf("no step is %s: %v", want, states)
		}
	}
}

// TestEditorKeepsFindings: a build that goes on while the text changes, and
// the frontend's warning.
func TestEditorKeepsFindings(t *testing.T) {
	p, _ := editor(t)
	text := strings.Replace(buildtest.Demo, "cmd:\n", "os-release:\n  home-url: https://example.org/\ncmd:\n", 1)
	text = strings.Replace(text, "echo made >", "sleep 1; echo made >", 1)
	u := openProject(t, p, text)
	buildOf(t, p.Client, u, nil)
	p.WaitFor("the step", func(m lsptest.Message) bool {
		return m.Method == builds.MethodLog && strings.Contains(string(m.Params), "prepare: write")
	})
	p.Change(u, 2, lsptest.Range(1, 0, 1, 0), "# one\n# two\n")
	p.Change(u, 3, lsptest.Range(5, 0, 5, 0), "# three\n")
	found := waitFindings(p.Client, u, 3, 1)[0]
	line := uint32(strings.Count(text[:strings.Index(text, "home-url")], "\n")) + 3
	if found.Severity != protocol.DiagnosticSeverityWarning || found.Range.Start.Line != line {
		t.Errorf("the warning is %+v, want line %d", found, line)
	}
}

func TestEditorCancelsAStep(t *testing.T) {
	p, _ := editor(t)
	u := openProject(t, p, buildtest.Demo)
	const script = "sleep 600 && echo marker-editor"
	fault := buildtest.Fault{Name: "[dhi] sleep", Script: "trap '' TERM; echo begun; " + script}
	for round, cancel := range []func(token any){
		func(any) { _ = execute(p.Client, "dhi-ls.cancelBuild", map[string]any{"uri": u}, nil) },
		func(token any) {
			p.Notify(protocol.MethodWindowWorkDoneProgressCancel, map[string]any{"token": token})
		},
	} {
		begun := buildOf(t, p.Client, u, map[string]any{"buildArgs": map[string]string{buildtest.FaultArg: fault.String()}, "noCache": true})
		logged := func(what string, match func(builds.Log) bool) {
			p.WaitFor(what, func(m lsptest.Message) bool {
				var l builds.Log
				return m.Method == builds.MethodLog && json.Unmarshal(m.Params, &l) == nil && l.Build == begun.Build && match(l)
			})
		}
		logged("the step's line", func(l builds.Log) bool { return strings.Contains(strings.Join(l.Lines, "\n"), "begun") })
		if !buildtest.Running(script) {
			t.Fatal("the step's process cannot be seen")
		}
		at := time.Now()
		cancel(fmt.Sprintf("dhi-ls/%d", round+1))
		logged("the end of the build", func(l builds.Log) bool { return l.Ended != nil && l.Ended.State == builds.StateCanceled })
		t.Logf("cancel answered after %s", time.Since(at))
		for deadline := time.Now().Add(lsptest.Patience); buildtest.Running(script); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the step's process is still there")
			}
		}
		t.Logf("the process was gone after %s", time.Since(at))
	}
}

// TestEditorFixesAChecksum: a wrong checksum comes with the right one.
func TestEditorFixesAChecksum(t *testing.T) {
	p, reg := editor(t)
	if err := os.WriteFile(filepath.Join(reg.Files, "a.txt"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Repeat("0", 64)
	text := strings.Replace(buildtest.Demo, "  builds:\n", "  files:\n    - url: http://"+reg.Host+"/files/a.txt\n      checksum: sha256:"+wrong+"\n      path: /opt/a.txt\n  builds:\n", 1)
	u := openProject(t, p, text)
	buildOf(t, p.Client, u, waiting)
	found := waitFindings(p.Client, u, 1, 1)[0]
	if !strings.Contains(fmt.Sprint(found.Code), "checksum-mismatch") {
		t.Fatalf("%+v", found)
	}
	line := uint32(strings.Count(text[:strings.Index(text, wrong)], "\n"))
	if found.Range.Start.Line != line {
		t.Errorf("line %d, want %d", found.Range.Start.Line, line)
	}
}

// TestEditorWithManyLines measures the server while a step prints 100,000
// lines that the client is sent.
func TestEditorWithManyLines(t *testing.T) {
	// A daemon clips what a step prints unless it is told not to.
	t.Setenv("BUILDKIT_STEP_LOG_MAX_SIZE", "-1")
	t.Setenv("BUILDKIT_STEP_LOG_MAX_SPEED", "-1")
	p, _ := editor(t)
	u := openProject(t, p, buildtest.Demo)
	loud := buildtest.Fault{Name: "[dhi] loud", Script: `i=0; while [ $i -lt 100000 ]; do echo "line $i of many, some eighty bytes long, as compilers print them all day long"; i=$((i+1)); done`}
	before := peak(t, p.Cmd.Process.Pid)
	a := buildOf(t, p.Client, u, map[string]any{"wait": true, "buildArgs": map[string]string{buildtest.FaultArg: loud.String()}})
	after := peak(t, p.Cmd.Process.Pid)
	lines, dropped := 0, 0
	for _, m := range p.Messages() {
		var l builds.Log
		if m.Method == builds.MethodLog && json.Unmarshal(m.Params, &l) == nil {
			lines, dropped = lines+len(l.Lines), dropped+l.Dropped
		}
	}
	t.Logf("%s; peak memory %d MiB before, %d MiB after; %d lines came, %d were left out", a.Message, before>>20, after>>20, lines, dropped)
	if a.State != builds.StateOK {
		t.Fatalf("%+v", a)
	}
	if lines+dropped < 100_000 {
		t.Errorf("%d lines came and %d were left out, and 100,000 were printed", lines, dropped)
	}
	var log builds.LogText
	if err := execute(p.Client, "dhi-ls.buildLog", map[string]any{"uri": u}, &log); err != nil || !strings.Contains(log.Text, "line 99999 of many") || len(log.Text) > 3<<20 {
		t.Errorf("the log: %v, %d bytes", err, len(log.Text))
	}
	if grown := after - before; grown > 96<<20 {
		t.Errorf("the build took %d MiB", grown>>20)
	}
}

// peak is the most memory that the process has had, in bytes.
func peak(t *testing.T, pid int) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range strings.Split(string(raw), "\n") {
		var kb int
		if n, _ := fmt.Sscanf(l, "VmHWM: %d kB", &kb); n == 1 {
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}
