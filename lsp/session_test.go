package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// probe is an analyzer that shows what a request sees of the session.
type probe struct {
	mu   sync.Mutex
	seen []string
}

func (p *probe) analyze(_ context.Context, s *session.Snapshot, doc *session.Document) ([]diagnostic.Diagnostic, error) {
	settings := s.Settings(doc.URI)
	var folders []string
	for _, f := range s.Folders {
		folders = append(folders, string(f.URI))
	}
	state := fmt.Sprintf("trusted=%v variables=%v folders=%s", s.Trusted, settings.InlayHints.Variables, strings.Join(folders, ","))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, state)
	return []diagnostic.Diagnostic{{Severity: diagnostic.Info, Message: state}}, nil
}

// see waits until the diagnostics say what is wanted.
func see(t *testing.T, c *lsptest.Client, want string) {
	t.Helper()
	c.WaitFor(want, func(m lsptest.Message) bool {
		return m.Method == protocol.MethodTextDocumentPublishDiagnostics && strings.Contains(string(m.Params), want)
	})
}

func TestTrustAndSettings(t *testing.T) {
	off := map[string]any{"inlayHints": map[string]any{"variables": false}}
	section := map[string]any{"dhi-ls": off}
	capabilities := map[string]any{"capabilities": map[string]any{"workspace": map[string]any{"configuration": true}}}
	for _, c := range []struct {
		name string
		cfg  lsptest.Config
		push any // settings of a didChangeConfiguration
		want string
	}{
		{"nothing said", lsptest.Config{}, nil, "trusted=false variables=true"},
		{"trusted", lsptest.Config{Options: map[string]any{"trusted": true}}, nil, "trusted=true variables=true"},
		{"trusted is a string", lsptest.Config{Options: map[string]any{"trusted": "true"}}, nil, "trusted=false"},
		{"options", lsptest.Config{Options: off}, nil, "variables=false"},
		{"pushed section", lsptest.Config{}, section, "variables=false"},
		{"pushed bare", lsptest.Config{}, off, "variables=false"},
		{"asked for", lsptest.Config{Settings: off, Set: capabilities}, nil, "variables=false"},
		{"a push is not believed when one can ask", lsptest.Config{Settings: off, Set: capabilities}, map[string]any{"dhi-ls": map[string]any{}}, "variables=false"},
		{"settings cannot give trust", lsptest.Config{Settings: map[string]any{"trusted": true, "inlayHints": map[string]any{"variables": false}}, Set: capabilities}, nil, "trusted=false variables=false"},
		{"wrong settings are the default", lsptest.Config{Options: map[string]any{"inlayHints": map[string]any{"variables": 7}}}, nil, "variables=true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &probe{}
			client := lsptest.Start(t, lsp.Options{Fast: p.analyze}, c.cfg)
			if c.push != nil {
				client.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": c.push})
			}
			client.Open(doc, "yaml", "x")
			see(t, client, c.want)
		})
	}
}

// Settings that are not used are told, once.
func TestWrongSettingsAreTold(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{}, lsptest.Config{Options: map[string]any{"inlayHint": true, "codeLens": map[string]any{"biuld": true}}})
	for _, want := range []string{"unknown setting dhi-ls.inlayHint", "setting dhi-ls.codeLens is not used"} {
		c.WaitFor(want, func(m lsptest.Message) bool {
			return m.Method == protocol.MethodWindowLogMessage && strings.Contains(string(m.Params), want)
		})
	}
	if n := c.Count(protocol.MethodWindowLogMessage); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestFolders(t *testing.T) {
	p := &probe{}
	c := lsptest.Start(t, lsp.Options{Fast: p.analyze}, lsptest.Config{Set: map[string]any{
		"workspaceFolders": []any{map[string]any{"uri": "file:///a", "name": "a"}},
	}})
	c.Open(doc, "yaml", "x")
	see(t, c, "folders=file:///a\"")
	c.Notify(protocol.MethodWorkspaceDidChangeWorkspaceFolders, &protocol.DidChangeWorkspaceFoldersParams{Event: protocol.WorkspaceFoldersChangeEvent{
		Added:   []protocol.WorkspaceFolder{{URI: "file:///b", Name: "b"}, {URI: "file:///c", Name: "c"}},
		Removed: []protocol.WorkspaceFolder{{URI: "file:///a", Name: "a"}},
	}})
	see(t, c, "folders=file:///b,file:///c\"")
}

func TestRootURIAndPath(t *testing.T) {
	for _, set := range []map[string]any{{"rootUri": "file:///root"}, {"rootPath": "/root"}, {"rootUri": "file:///root", "rootPath": "/other"}} {
		p := &probe{}
		c := lsptest.Start(t, lsp.Options{Fast: p.analyze}, lsptest.Config{Set: set})
		c.Open(doc, "yaml", "x")
		see(t, c, "folders=file:///root\"")
	}
}

func TestRegistrations(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{}, lsptest.Config{Profile: lsptest.VSCode})
	params := string(c.WaitMethod(protocol.MethodClientRegisterCapability).Params)
	for _, want := range []string{"workspace/didChangeConfiguration", `"section":"dhi-ls"`, "workspace/didChangeWatchedFiles", "**/.dhi-ls.yaml"} {
		if !strings.Contains(params, want) {
			t.Errorf("no %s in %s", want, params)
		}
	}
	c.WaitMethod("dhi-ls/status")
	kate := lsptest.Start(t, lsp.Options{}, lsptest.Config{Profile: lsptest.Kate})
	kate.WaitMethod(protocol.MethodWorkspaceConfiguration)
	kate.Sync()
	if n := kate.Count(protocol.MethodClientRegisterCapability) + kate.Count("dhi-ls/status"); n != 0 {
		t.Errorf("%d messages that Kate did not declare", n)
	}
}

// A client that refuses what it offered does no harm.
func TestClientRefuses(t *testing.T) {
	cfg := lsptest.Config{Profile: lsptest.VSCode}
	c := lsptest.Start(t, lsp.Options{Fast: seeded}, cfg)
	refuse := func(jsontext.Value) (any, error) { return nil, errors.New("no") }
	for _, method := range []string{protocol.MethodWorkspaceConfiguration, protocol.MethodClientRegisterCapability, protocol.MethodWorkspaceDiagnosticRefresh} {
		c.Answer(method, refuse)
	}
	c.Notify(protocol.MethodWorkspaceDidChangeConfiguration, nil)
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: "file:///w/.dhi-ls.yaml", Type: 2}}})
	c.Open(doc, "yaml", "mistake")
	if got := full(t, c.Pull(doc, nil)); len(got.Items) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestWatchedFilesRefresh(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{Fast: seeded}, lsptest.Config{Profile: lsptest.VSCode})
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: "file:///w/.dhi-ls.yaml", Type: 2}}})
	for _, method := range []string{
		protocol.MethodWorkspaceDiagnosticRefresh, protocol.MethodWorkspaceCodeLensRefresh, protocol.MethodWorkspaceInlayHintRefresh,
		protocol.MethodWorkspaceSemanticTokensRefresh, protocol.MethodWorkspaceFoldingRangeRefresh,
	} {
		c.WaitMethod(method)
	}
}

// A document stays in step with the client's whatever the client sends.
func TestOddChanges(t *testing.T) {
	for _, c := range []struct{ name, changes, want string }{
		{"reversed range", `[{"range":{"start":{"line":0,"character":7},"end":{"line":0,"character":0}},"text":"mistake!"}]`, "mistake!"},
		{"null rangeLength", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"rangeLength":null,"text":"mistake "}]`, "mistake 0123456"},
		{"negative position", `[{"range":{"start":{"line":-1,"character":-5},"end":{"line":0,"character":0}},"text":"mistake "}]`, "mistake 0123456"},
		{"behind the end", `[{"range":{"start":{"line":9,"character":9},"end":{"line":99,"character":9}},"text":" mistake"}]`, "0123456 mistake"},
		{"huge numbers", `[{"range":{"start":{"line":1e300,"character":4294967296},"end":{"line":1e300,"character":0}},"text":" mistake"}]`, "0123456 mistake"},
		{"range is null", `[{"range":null,"text":"mistake"}]`, "mistake"},
		{"unknown member", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0},"x":1},"y":2,"text":"mistake "}]`, "mistake 0123456"},
		{"no text is skipped", `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":7}}},{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"text":"mistake "}]`, "mistake 0123456"},
		{"several", `[{"text":"ab"},{"range":{"start":{"line":0,"character":1},"end":{"line":0,"character":1}},"text":" mistake "}]`, "a mistake b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			texts := make(chan string, 10)
			watch := func(ctx context.Context, s *session.Snapshot, d *session.Document) ([]diagnostic.Diagnostic, error) {
				texts <- d.Text.String()
				return seeded(ctx, s, d)
			}
			client := lsptest.Start(t, lsp.Options{Fast: watch}, lsptest.Config{})
			client.Open(doc, "yaml", "0123456")
			client.WaitDiagnostics(doc, 1)
			<-texts
			client.Notify(protocol.MethodTextDocumentDidChange, jsontext.Value(`{"textDocument":{"uri":"`+string(doc)+`","version":null},"contentChanges":`+c.changes+`}`))
			client.WaitDiagnostics(doc, 2)
			if got := <-texts; got != c.want {
				t.Errorf("the text is %q, want %q", got, c.want)
			}
		})
	}
}

func TestUnknownCommand(t *testing.T) {
	c := lsptest.Start(t, lsp.Options{}, lsptest.Config{})
	err := c.Request(protocol.MethodWorkspaceExecuteCommand, map[string]any{"command": "dhi-ls.none"}, nil)
	if !errors.Is(err, jsonrpc2.ErrInvalidParams) && !errors.Is(err, jsonrpc2.ErrMethodNotFound) {
		t.Errorf("got %v", err)
	}
}
