package lsp_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/internal/builds"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

const buildable = "# syntax=dhi.io/build:2-alpine3.23\n\nname: Sample\n"

// buildServer has no builder but the one at the address.
func buildServer(t *testing.T, address string) lsp.Options {
	t.Helper()
	home := t.TempDir()
	o := services()
	o.BuildEnv = builder.Env{
		Getenv:     func(name string) string { return map[string]string{"BUILDKIT_HOST": address}[name] },
		Home:       home,
		Sockets:    []string{},
		EngineHost: "unix://" + filepath.Join(home, "docker.sock"),
	}
	return o
}

// nowhere is an address at which nothing listens.
const nowhere = "unix:///nowhere/buildkitd.sock"

// silent is a builder that takes connections and never says a word.
func silent(t *testing.T) string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
		for _, c := range open {
			c.Close()
		}
	})
	return "unix://" + socket
}

func trusting(profile lsptest.Profile) lsptest.Config {
	return lsptest.Config{Profile: profile, Options: map[string]any{"trusted": true}}
}

// source writes a definition and opens it.
func openFile(t *testing.T, c *lsptest.Client, content string) uri.URI {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sample.yaml")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	u := uri.File(file)
	c.Open(u, "yaml", content)
	return u
}

func buildOf(t *testing.T, c *lsptest.Client, u uri.URI, options map[string]any) builds.Answer {
	t.Helper()
	args := map[string]any{"uri": u}
	for k, v := range options {
		args[k] = v
	}
	var a builds.Answer
	if err := execute(c, "dhi-ls.build", args, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

var waiting = map[string]any{"wait": true}

func TestBuildIsRefused(t *testing.T) {
	untrusting := lsptest.Start(t, buildServer(t, nowhere), lsptest.Config{})
	u := openFile(t, untrusting, buildable)
	if err := execute(untrusting, "dhi-ls.build", map[string]any{"uri": u}, nil); err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("without trust: %v", err)
	}
	c := lsptest.Start(t, buildServer(t, nowhere), trusting(lsptest.Minimal))
	other := openFile(t, c, "a: b\n")
	for _, f := range []struct {
		argument any
		want     string
	}{
		{map[string]any{"uri": other}, "no definition that can be built"},
		{map[string]any{"uri": "file:///nowhere/a.yaml"}, "cannot be read"},
		{map[string]any{"uri": "untitled:a.yaml"}, "neither open nor a file"},
		{nil, "no document is named"},
		{map[string]any{"uri": openFile(t, c, buildable), "outputs": []string{"type=oci"}}, "dest"},
		{map[string]any{"uri": 7}, "dhi-ls.build"},
	} {
		if err := execute(c, "dhi-ls.build", f.argument, nil); err == nil || !strings.Contains(err.Error(), f.want) {
			t.Errorf("%v: %v, want %q", f.argument, err, f.want)
		}
	}
	c.Open("untitled:b.yaml", "yaml", buildable)
	if err := execute(c, "dhi-ls.build", map[string]any{"uri": "untitled:b.yaml"}, nil); err == nil || !strings.Contains(err.Error(), "save it first") {
		t.Errorf("no folder: %v", err)
	}
	for _, id := range []string{"dhi-ls.buildLog", "dhi-ls.buildResult"} {
		if err := execute(c, id, map[string]any{"uri": other}, nil); err == nil || !strings.Contains(err.Error(), "not built yet") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// buildFindings are the latest pushed diagnostics of builds.
func buildFindings(p protocol.PublishDiagnosticsParams) []protocol.Diagnostic {
	var out []protocol.Diagnostic
	for _, d := range p.Diagnostics {
		if source, _ := d.Source.Get(); source == "dhi-ls build" {
			out = append(out, d)
		}
	}
	return out
}

// waitFindings waits until a push has n findings of builds.
func waitFindings(c *lsptest.Client, u uri.URI, version int32, n int) []protocol.Diagnostic {
	var found []protocol.Diagnostic
	c.WaitFor("findings of the build", func(m lsptest.Message) bool {
		var p protocol.PublishDiagnosticsParams
		if m.Method != protocol.MethodTextDocumentPublishDiagnostics || protocol.Unmarshal(m.Params, &p) != nil {
			return false
		}
		v, _ := p.Version.Get()
		found = buildFindings(p)
		return v == version && len(found) == n
	})
	return found
}

// nth waits for the nth message of a method since the start.
func nth(c *lsptest.Client, method string, n int) {
	c.WaitFor(method, func(m lsptest.Message) bool {
		if m.Method == method {
			n--
		}
		return n == 0
	})
}

func messageOf(d protocol.Diagnostic) string {
	s, _ := d.Message.(protocol.String)
	return string(s)
}

func TestBuildWithoutABuilder(t *testing.T) {
	c := lsptest.Start(t, buildServer(t, nowhere), trusting(lsptest.Minimal))
	u := openFile(t, c, buildable)
	a := buildOf(t, c, u, waiting)
	if a.State != builds.StateFailed || a.Findings != 1 || !strings.Contains(a.Message, "nowhere") {
		t.Errorf("answer %+v", a)
	}
	found := waitFindings(c, u, 1, 1)
	if found[0].Severity != protocol.DiagnosticSeverityInformation || found[0].Range.Start.Line != 0 || found[0].Range.End.Line != 0 {
		t.Errorf("an environment's fault is %+v", found[0])
	}
	asked := c.WaitMethod(protocol.MethodWindowShowMessageRequest)
	for _, want := range []string{"dhi-ls doctor", `"type":2`, "Build again"} {
		if !strings.Contains(string(asked.Params), want) {
			t.Errorf("the message lacks %s: %s", want, asked.Params)
		}
	}
	// The finding moves with the text, says of which version it is, and goes
	// with its line.
	c.Change(u, 2, lsptest.Range(2, 0, 2, 0), "# a comment\n")
	if got := messageOf(waitFindings(c, u, 2, 1)[0]); !strings.Contains(got, "from the build of version 1; the text has changed since") {
		t.Errorf("after an edit: %q", got)
	}
	c.Change(u, 3, lsptest.Range(0, 0, 0, 0), " ")
	c.Change(u, 4, lsptest.Range(0, 0, 0, 34), "# syntax=dhi.io/build:2-debian13")
	waitFindings(c, u, 4, 0)
	var result builds.Answer
	if err := execute(c, "dhi-ls.buildResult", map[string]any{"uri": u}, &result); err != nil || result.State != builds.StateFailed || !strings.HasPrefix(result.Command, "docker buildx build ") {
		t.Errorf("%v %+v", err, result)
	}
}

// A client that pulls is told to pull again.
func TestBuildFindingsArePulled(t *testing.T) {
	c := lsptest.Start(t, buildServer(t, nowhere), trusting(lsptest.VSCode))
	u := openFile(t, c, buildable)
	before := c.Count(protocol.MethodWorkspaceDiagnosticRefresh)
	buildOf(t, c, u, waiting)
	nth(c, protocol.MethodWorkspaceDiagnosticRefresh, before+1)
	report, ok := c.Pull(u, nil).(*protocol.RelatedFullDocumentDiagnosticReport)
	if !ok || len(buildFindings(protocol.PublishDiagnosticsParams{Diagnostics: report.Items})) != 1 {
		t.Errorf("%+v", report)
	}
	if n := c.Count(protocol.MethodTextDocumentPublishDiagnostics); n != 0 {
		t.Errorf("%d pushes", n)
	}
}

func TestBuildAgainFromTheMessage(t *testing.T) {
	c := lsptest.Start(t, buildServer(t, nowhere), trusting(lsptest.Minimal))
	var once sync.Once
	c.Answer(protocol.MethodWindowShowMessageRequest, func(jsontext.Value) (any, error) {
		var chosen any
		once.Do(func() { chosen = map[string]string{"title": "Build again"} })
		return chosen, nil
	})
	u := openFile(t, c, buildable)
	buildOf(t, c, u, waiting)
	nth(c, protocol.MethodWindowShowMessageRequest, 2)
}

func state(t *testing.T, c *lsptest.Client, u uri.URI, want builds.State) {
	t.Helper()
	for {
		var a builds.Answer
		if err := execute(c, "dhi-ls.buildResult", map[string]any{"uri": u}, &a); err != nil {
			t.Fatal(err)
		}
		if a.State == want {
			return
		}
		if a.State != builds.StateRunning {
			t.Fatalf("the build is %s, want %s", a.State, want)
		}
	}
}

func TestBuildsAreCanceled(t *testing.T) {
	c := lsptest.Start(t, buildServer(t, silent(t)), lsptest.Config{Profile: lsptest.Kate, Options: map[string]any{"trusted": true}})
	u, v := openFile(t, c, buildable), openFile(t, c, buildable)
	if a := buildOf(t, c, u, nil); a.State != builds.StateRunning || a.Build == "" {
		t.Fatalf("answer %+v", a)
	}
	buildOf(t, c, v, nil)
	var log builds.LogText
	if err := execute(c, "dhi-ls.buildLog", map[string]any{"uri": v}, &log); err != nil || !log.Running {
		t.Errorf("two at once: %v %+v", err, log)
	}
	for left := 2; left > 0; left-- {
		begun := left
		m := c.WaitFor("progress", func(m lsptest.Message) bool {
			if m.Method == protocol.MethodProgress && strings.Contains(string(m.Params), `"begin"`) {
				begun--
			}
			return begun == 0
		})
		if !strings.Contains(string(m.Params), "Building sample.yaml") || !strings.Contains(string(m.Params), `"cancellable":true`) {
			t.Errorf("progress %s", m.Params)
		}
	}
	var canceled builds.Canceled
	if err := execute(c, "dhi-ls.cancelBuild", map[string]any{"uri": u}, &canceled); err != nil || !canceled.Canceled {
		t.Errorf("%v %+v", err, canceled)
	}
	state(t, c, u, builds.StateCanceled)
	if err := execute(c, "dhi-ls.cancelBuild", map[string]any{"uri": u}, &canceled); err != nil || canceled.Canceled {
		t.Errorf("a second time: %v %+v", err, canceled)
	}
	// The other one by its progress, whichever of the two that is.
	c.Notify(protocol.MethodWindowWorkDoneProgressCancel, map[string]any{"token": "dhi-ls/1"})
	c.Notify(protocol.MethodWindowWorkDoneProgressCancel, map[string]any{"token": "dhi-ls/2"})
	state(t, c, v, builds.StateCanceled)
}

// A build that runs when the client leaves ends with it: goleak looks.
func TestBuildEndsWithTheServer(t *testing.T) {
	c := lsptest.Start(t, buildServer(t, silent(t)), trusting(lsptest.Minimal))
	buildOf(t, c, openFile(t, c, buildable), nil)
}

func TestSecondBuild(t *testing.T) {
	address := silent(t)
	c := lsptest.Start(t, buildServer(t, address), trusting(lsptest.Minimal))
	u := openFile(t, c, buildable)
	first := make(chan builds.Answer, 1)
	begun := buildOf(t, c, u, nil)
	go func() {
		var a builds.Answer
		_ = execute(c, "dhi-ls.build", map[string]any{"uri": u, "wait": true}, &a)
		first <- a
	}()
	for { // until the second one runs, which has another id
		var log builds.LogText
		if err := execute(c, "dhi-ls.buildLog", map[string]any{"uri": u}, &log); err != nil {
			t.Fatal(err)
		}
		if log.Build != begun.Build {
			break
		}
	}
	buildOf(t, c, u, nil)
	if a := <-first; a.State != builds.StateSuperseded {
		t.Errorf("the second is %+v", a)
	}

	refusing := lsptest.Start(t, buildServer(t, address), lsptest.Config{Options: map[string]any{"trusted": true, "build": map[string]any{"onSecond": "refuse"}}})
	u = openFile(t, refusing, buildable)
	buildOf(t, refusing, u, nil)
	if err := execute(refusing, "dhi-ls.build", map[string]any{"uri": u}, nil); err == nil || !strings.Contains(err.Error(), "being built already") {
		t.Errorf("refused: %v", err)
	}
}

func TestBuildOnSave(t *testing.T) {
	save := func(c *lsptest.Client, u uri.URI) {
		c.Notify(protocol.MethodTextDocumentDidSave, &protocol.DidSaveTextDocumentParams{TextDocument: lsptest.Doc(u)})
		c.Sync()
	}
	built := func(c *lsptest.Client, u uri.URI) bool {
		return execute(c, "dhi-ls.buildLog", map[string]any{"uri": u}, nil) == nil
	}
	for _, w := range []struct {
		options map[string]any
		want    bool
	}{
		{map[string]any{"trusted": true}, false},
		{map[string]any{"trusted": true, "build": map[string]any{"onSave": true}}, true},
		{map[string]any{"build": map[string]any{"onSave": true}}, false},
	} {
		c := lsptest.Start(t, buildServer(t, nowhere), lsptest.Config{Options: w.options})
		u := openFile(t, c, buildable)
		save(c, u)
		if got := built(c, u); got != w.want {
			t.Errorf("%v: built %v", w.options, got)
		}
	}
}

// The log and the status go to clients that declare them.
func TestBuildNotifications(t *testing.T) {
	capabilities := map[string]any{
		"experimental": map[string]any{"dhi-ls/buildLog": true, "dhi-ls/status": true},
		"workspace":    map[string]any{"textDocumentContent": map[string]any{}},
		"window":       map[string]any{"showDocument": map[string]any{"support": true}},
	}
	cfg := trusting(lsptest.Minimal)
	cfg.Set = map[string]any{"capabilities": capabilities}
	c := lsptest.Start(t, buildServer(t, nowhere), cfg)
	c.Answer(protocol.MethodWindowShowMessageRequest, func(jsontext.Value) (any, error) {
		return map[string]string{"title": "Show log"}, nil
	})
	u := openFile(t, c, buildable)
	a := buildOf(t, c, u, waiting)
	c.WaitFor("the end of the log", func(m lsptest.Message) bool {
		var l builds.Log
		return m.Method == builds.MethodLog && json.Unmarshal(m.Params, &l) == nil && l.Ended != nil && l.Ended.State == builds.StateFailed && l.Build == a.Build
	})
	c.WaitFor("a status of the build", func(m lsptest.Message) bool {
		return m.Method == "dhi-ls/status" && strings.Contains(string(m.Params), `"building":true`)
	})
	c.WaitFor("the status behind it", func(m lsptest.Message) bool {
		return m.Method == "dhi-ls/status" && strings.Contains(string(m.Params), `"building":false`)
	})
	opened := c.WaitMethod(protocol.MethodWindowShowDocument)
	if !strings.Contains(string(opened.Params), string(a.Log)) || !strings.HasPrefix(string(a.Log), "dhi-ls-build:/") {
		t.Errorf("opened %s, log %s", opened.Params, a.Log)
	}
	if got := lsptest.Ask[protocol.TextDocumentContentResult](c, "workspace/textDocumentContent", map[string]any{"uri": "dhi-ls-build:/77/x.log"}); !strings.Contains(got.Text, "no longer there") {
		t.Errorf("an old log: %q", got.Text)
	}
	_ = lsptest.Ask[protocol.TextDocumentContentResult](c, "workspace/textDocumentContent", map[string]any{"uri": a.Log})
	if err := c.Request("workspace/textDocumentContent", map[string]any{"uri": "other:/x"}, nil); err == nil {
		t.Error("a virtual document of another scheme")
	}
}

// Clients that open files but know no virtual documents get the log as one,
// which goes with the server.
func TestBuildLogAsFile(t *testing.T) {
	cfg := trusting(lsptest.Minimal)
	cfg.Set = map[string]any{"capabilities": map[string]any{"window": map[string]any{"showDocument": map[string]any{"support": true}}}}
	t.Setenv("TMPDIR", t.TempDir())
	var file string
	t.Run("session", func(t *testing.T) {
		c := lsptest.Start(t, buildServer(t, nowhere), cfg)
		c.Answer(protocol.MethodWindowShowMessageRequest, func(jsontext.Value) (any, error) {
			return map[string]string{"title": "Show log"}, nil
		})
		buildOf(t, c, openFile(t, c, buildable), waiting)
		var p protocol.ShowDocumentParams
		if err := protocol.Unmarshal(c.WaitMethod(protocol.MethodWindowShowDocument).Params, &p); err != nil {
			t.Fatal(err)
		}
		file = p.URI.FsPath()
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
	})
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}
