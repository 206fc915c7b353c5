package lsp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// late finds every text that has "late" in it, in the slow phase.
func late(_ context.Context, _ *session.Snapshot, doc *session.Document) ([]diagnostic.Diagnostic, error) {
	if i := strings.Index(doc.Text.String(), "late"); i >= 0 {
		d := diagnostic.Diagnostic{Code: "late", Severity: diagnostic.Warning, Message: "Found late."}
		d.Range.Start, d.Range.End = i, i+4
		return []diagnostic.Diagnostic{d}, nil
	}
	return []diagnostic.Diagnostic{}, nil
}

const doc = uri.URI("file:///w/image.yaml")

var push = []lsptest.Profile{lsptest.Minimal, lsptest.Kate, lsptest.Emacs}
var pull = []lsptest.Profile{lsptest.VSCode, lsptest.Neovim, lsptest.Helix}

func TestPush(t *testing.T) {
	for _, profile := range push {
		t.Run(string(profile), func(t *testing.T) {
			c := lsptest.Start(t, lsp.Options{Fast: seeded, Slow: late}, lsptest.Config{Profile: profile})
			if c.Result.Capabilities.DiagnosticProvider != nil {
				t.Error("pull diagnostics were offered")
			}
			c.Open(doc, "yaml", "a mistake\n")
			if got := c.WaitDiagnostics(doc, 1); len(got.Diagnostics) != 1 || got.Diagnostics[0].Range != lsptest.Range(0, 2, 0, 9) {
				t.Errorf("opened: %+v", got)
			}
			c.Change(doc, 2, lsptest.Range(0, 2, 0, 9), "change")
			if got := c.WaitDiagnostics(doc, 2); len(got.Diagnostics) != 0 {
				t.Errorf("changed: %+v", got)
			}
			c.Replace(doc, 3, "late")
			if got := c.WaitDiagnostics(doc, 3); len(got.Diagnostics) != 1 || got.Diagnostics[0].Code != protocol.String("late") {
				t.Errorf("slow: %+v", got)
			}
			c.Close(doc)
			c.WaitFor("clearing", func(m lsptest.Message) bool {
				return m.Method == protocol.MethodTextDocumentPublishDiagnostics && !strings.Contains(string(m.Params), "version") && strings.Contains(string(m.Params), "[]")
			})
		})
	}
}

func TestPull(t *testing.T) {
	for _, profile := range pull {
		t.Run(string(profile), func(t *testing.T) {
			c := lsptest.Start(t, lsp.Options{Fast: seeded}, lsptest.Config{Profile: profile})
			if c.Result.Capabilities.DiagnosticProvider == nil {
				t.Fatal("pull diagnostics were not offered")
			}
			c.Open(doc, "yaml", "a mistake\n")
			first := full(t, c.Pull(doc, nil))
			if len(first.Items) != 1 || first.Kind != "full" {
				t.Errorf("first: %+v", first)
			}
			same, ok := c.Pull(doc, first.ResultID).(*protocol.RelatedUnchangedDocumentDiagnosticReport)
			if !ok || same.Kind != "unchanged" || same.ResultID != *first.ResultID {
				t.Errorf("again: %+v", same)
			}
			c.Change(doc, 2, lsptest.Range(0, 0, 0, 0), " ")
			if moved := full(t, c.Pull(doc, first.ResultID)); *moved.ResultID == *first.ResultID {
				t.Errorf("changed: %+v", moved)
			}
			if none := full(t, c.Pull("file:///w/other.yaml", nil)); len(none.Items) != 0 {
				t.Errorf("not open: %+v", none)
			}
			c.Close(doc)
			c.Sync()
			if n := c.Count(protocol.MethodTextDocumentPublishDiagnostics); n != 0 {
				t.Errorf("%d diagnostics were pushed to a client that pulls", n)
			}
		})
	}
}

func full(t *testing.T, report protocol.DocumentDiagnosticReport) *protocol.RelatedFullDocumentDiagnosticReport {
	t.Helper()
	r, ok := report.(*protocol.RelatedFullDocumentDiagnosticReport)
	if !ok {
		t.Fatalf("got %T", report)
	}
	return r
}

// A client that can be told to pull again gets the slow findings then; one
// that cannot waits for them.
func TestPullSlowPhase(t *testing.T) {
	for _, profile := range pull {
		t.Run(string(profile), func(t *testing.T) {
			c := lsptest.Start(t, lsp.Options{Fast: seeded, Slow: late}, lsptest.Config{Profile: profile})
			c.Open(doc, "yaml", "a mistake, found late\n")
			first := full(t, c.Pull(doc, nil))
			if profile == lsptest.Neovim { // no refresh
				if len(first.Items) != 2 {
					t.Errorf("%d findings", len(first.Items))
				}
				return
			}
			if len(first.Items) != 1 {
				t.Errorf("%d findings in the first answer", len(first.Items))
			}
			c.WaitMethod(protocol.MethodWorkspaceDiagnosticRefresh)
			if second := full(t, c.Pull(doc, first.ResultID)); len(second.Items) != 2 {
				t.Errorf("%d findings after the refresh", len(second.Items))
			}
		})
	}
}

func TestBurstOverTheWire(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{Fast: seeded, Slow: late}, lsptest.Config{})
	c.Open(doc, "yaml", "")
	c.WaitDiagnostics(doc, 1)
	before := len(c.Published(doc))
	for v := int32(2); v <= 31; v++ {
		c.Change(doc, v, lsptest.Range(0, 0, 0, 0), "mistake ")
	}
	last := c.WaitDiagnostics(doc, 31)
	c.Change(doc, 32, lsptest.Range(0, 0, 0, 0), "late ")
	c.WaitFor("the end", func(m lsptest.Message) bool { return strings.Contains(string(m.Params), "Found late") })
	n := 0
	for _, p := range c.Published(doc)[before:] {
		if v, _ := p.Version.Get(); v <= 31 {
			n++
		}
	}
	if n > 3 || len(last.Diagnostics) != 30 {
		t.Errorf("%d publishes, the last with %d findings", n, len(last.Diagnostics))
	}
}

func TestWorkspaceDiagnostics(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	paths := []string{write("a.yaml", "mistake"), write("b.yaml", "fine"), write("c.yaml", "mistake mistake"), filepath.Join(dir, "gone.yaml")}
	files := func(context.Context, *session.Snapshot) ([]string, error) { return paths, nil }
	c := lsptest.Start(t, lsp.Options{Fast: seeded, Files: files}, lsptest.Config{Profile: lsptest.VSCode})
	c.Open(uri.File(paths[2]), "yaml", "")

	ask := func(previous ...protocol.PreviousResultId) []protocol.WorkspaceDocumentDiagnosticReport {
		return lsptest.Ask[protocol.WorkspaceDiagnosticReport](c, protocol.MethodWorkspaceDiagnostic, &protocol.WorkspaceDiagnosticParams{PreviousResultIds: previous}).Items
	}
	first := ask()
	if len(first) != 1 {
		t.Fatalf("%d reports, want that of a.yaml alone", len(first))
	}
	report := first[0].(*protocol.WorkspaceFullDocumentDiagnosticReport)
	if report.URI != uri.File(paths[0]) || len(report.Items) != 1 || report.Kind != "full" {
		t.Errorf("got %+v", report)
	}
	write("b.yaml", "a mistake now")
	second := ask(protocol.PreviousResultId{URI: report.URI, Value: *report.ResultID})
	if len(second) != 2 {
		t.Fatalf("%d reports, want two", len(second))
	}
	if same, ok := second[0].(*protocol.WorkspaceUnchangedDocumentDiagnosticReport); !ok || same.Kind != "unchanged" {
		t.Errorf("a.yaml: %+v", second[0])
	}
	os.Remove(paths[0])
	third := ask(protocol.PreviousResultId{URI: report.URI, Value: *report.ResultID})
	gone, ok := third[0].(*protocol.WorkspaceFullDocumentDiagnosticReport)
	if !ok || gone.URI != report.URI || len(gone.Items) != 0 {
		t.Errorf("a removed file keeps its findings: %+v", third[0])
	}
}

// With nothing new a workspace pull is held until something is.
func TestWorkspacePullIsHeld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte("mistake"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := func(context.Context, *session.Snapshot) ([]string, error) { return []string{path}, nil }
	c := lsptest.Start(t, lsp.Options{Fast: seeded, Files: files}, lsptest.Config{Profile: lsptest.VSCode})
	first := lsptest.Ask[protocol.WorkspaceDiagnosticReport](c, protocol.MethodWorkspaceDiagnostic, nil)
	report := first.Items[0].(*protocol.WorkspaceFullDocumentDiagnosticReport)
	answered := make(chan error, 1)
	go func() {
		answered <- c.Request(protocol.MethodWorkspaceDiagnostic, &protocol.WorkspaceDiagnosticParams{
			PreviousResultIds: []protocol.PreviousResultId{{URI: report.URI, Value: *report.ResultID}},
		}, nil)
	}()
	c.Sync()
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: report.URI, Type: protocol.FileChangeTypeChanged}}})
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestEncodings(t *testing.T) {
	content := "é𝒳 mistake"
	for want, offered := range map[protocol.PositionEncodingKind][]string{
		"utf-8":  {"utf-32", "utf-8", "utf-16"},
		"utf-16": {"utf-16", "utf-32"},
		"utf-32": {"utf-32"},
	} {
		t.Run(string(want), func(t *testing.T) {
			c := lsptest.Start(t, lsp.Options{Fast: seeded}, lsptest.Config{Set: map[string]any{
				"capabilities": map[string]any{"general": map[string]any{"positionEncodings": offered}},
			}})
			if c.Result.Capabilities.PositionEncoding != want {
				t.Fatalf("negotiated %s", c.Result.Capabilities.PositionEncoding)
			}
			column := map[protocol.PositionEncodingKind]uint32{"utf-8": 7, "utf-16": 4, "utf-32": 3}[want]
			c.Open(doc, "yaml", content)
			got := c.WaitDiagnostics(doc, 1).Diagnostics
			if len(got) != 1 || got[0].Range != lsptest.Range(0, column, 0, column+7) {
				t.Errorf("range %+v", got)
			}
			c.Change(doc, 2, lsptest.Range(0, column, 0, column), "𝒳 ")
			wide := map[protocol.PositionEncodingKind]uint32{"utf-8": 5, "utf-16": 3, "utf-32": 2}[want]
			if got := c.WaitDiagnostics(doc, 2).Diagnostics; len(got) != 1 || got[0].Range.Start.Character != column+wide {
				t.Errorf("after an edit: %+v", got)
			}
		})
	}
}

// Every URI keeps the client's spelling, and every spelling is one document.
func TestURIs(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{Fast: seeded}, lsptest.Config{})
	for i, spelling := range [][2]uri.URI{
		{"untitled:Untitled-1", "untitled:Untitled-1"},
		{"vscode-remote://ssh-remote%2Bhost/w/a%20b.yaml", "vscode-remote://ssh-remote%2bhost/w/a%20b.yaml"},
		{"file:///C:/Users/x/a.yaml", "file:///c%3A/Users/x/a.yaml"},
		{"file:///w/a b/100%/x.yaml", "file:///w/a%20b/100%25/x.yaml"},
		{"file:///w/%C3%A9.yaml", "file:///w/é.yaml"},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			c.Open(spelling[0], "yaml", "fine")
			c.WaitDiagnostics(spelling[0], 1)
			c.Change(spelling[1], 2, lsptest.Range(0, 0, 0, 0), "mistake ")
			if got := c.WaitDiagnostics(spelling[0], 2); len(got.Diagnostics) != 1 {
				t.Errorf("%s is not %s", spelling[1], spelling[0])
			}
			c.WaitFor("diagnostics of exactly "+string(spelling[0]), func(m lsptest.Message) bool {
				return strings.Contains(string(m.Params), `"uri":"`+string(spelling[0])+`","version":2`)
			})
		})
	}
}
