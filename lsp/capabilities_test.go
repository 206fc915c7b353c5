package lsp

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// Every row of the tables names a request of LSP that a client may send, and
// whatever has a handler is offered.
func TestTablesFit(t *testing.T) {
	known := make(map[string]bool)
	for _, m := range protocol.Methods {
		if m.Kind == "request" && m.Direction != protocol.DirectionServerToClient {
			known[m.Method] = true
		}
	}
	for method := range offers {
		if !known[method] {
			t.Errorf("%q is offered and is no request of LSP", method)
		}
	}
	for method := range features() {
		if _, ok := offers[method]; !ok {
			t.Errorf("%q has a handler and no offer", method)
		}
	}
	var missing []string
	for method := range offers {
		if features()[method] == nil && !strings.HasSuffix(method, "diagnostic") {
			missing = append(missing, method)
		}
	}
	slices.Sort(missing)
	t.Logf("without a handler: %s", strings.Join(missing, ", "))
}

// complete is a server in which every method has a handler.
func complete() *server {
	s := &server{handles: make(map[string]rpc.Request[*session.Snapshot])}
	for method := range offers {
		s.handles[method] = func(context.Context, *session.Snapshot, jsonrpc2.RawMessage) (any, error) { return nil, nil }
	}
	return s
}

// offered is what a client with these capabilities gets to see, as JSON.
func offered(t *testing.T, s *server, capabilities string) string {
	t.Helper()
	p, err := rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(`{"capabilities":` + capabilities + `}`))
	if err != nil {
		t.Fatal(err)
	}
	client := capability.Of(p)
	raw, err := protocol.Marshal(s.capabilities(&client))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestOffersObeyTheClient(t *testing.T) {
	for _, c := range []struct {
		name, capabilities, want, unwanted string
	}{
		{"no rename options without prepareSupport", `{}`, `"renameProvider":true`, `prepareProvider`},
		{"rename options", `{"textDocument":{"rename":{"prepareSupport":true}}}`, `"renameProvider":{"prepareProvider":true}`, ``},
		{"no action kinds without literals", `{}`, `"codeActionProvider":true`, `codeActionKinds`},
		{"action kinds", `{"textDocument":{"codeAction":{"codeActionLiteralSupport":{"codeActionKind":{"valueSet":[""]}}}}}`, `"source.fixAll.dhi-ls"`, ``},
		{"no pull for a client that is pushed to", `{"textDocument":{"publishDiagnostics":{}}}`, `"hoverProvider":true`, `diagnosticProvider`},
		{"pull", `{"textDocument":{"diagnostic":{}}}`, `"workspaceDiagnostics":true`, ``},
		{"utf-16 unless offered", `{}`, `"positionEncoding":"utf-16"`, ``},
		{"utf-16 when nothing offered is known", `{"general":{"positionEncodings":["utf-7"]}}`, `"positionEncoding":"utf-16"`, ``},
		{"resolve", `{}`, `"completionProvider":{"triggerCharacters"`, `"resolveProvider":false`},
		{"delta and range", `{}`, `"full":{"delta":true}`, `"range":false`},
	} {
		got := offered(t, complete(), c.capabilities)
		if !strings.Contains(got, c.want) || c.unwanted != "" && strings.Contains(got, c.unwanted) {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// What has no handler is not offered.
func TestNothingOfferedWithoutHandler(t *testing.T) {
	got := offered(t, &server{}, `{"textDocument":{"diagnostic":{}}}`)
	if strings.Contains(got, "Provider") {
		t.Errorf("offered: %s", got)
	}
}
