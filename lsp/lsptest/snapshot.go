package lsptest

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Snapshot is what a request would see of a session with one open document,
// for tests that call a feature as the function it is. It has no client to
// speak to.
func Snapshot(t testing.TB, profile Profile, enc text.Encoding, u uri.URI, content string) (*session.Snapshot, *session.Document) {
	t.Helper()
	params, err := rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(profile.Params(t, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(nil)
	s.Update(func(state *session.State) {
		state.Capabilities = capability.Of(params)
		state.Encoding = enc
	})
	doc := session.NewDocument(u, "yaml", 1, content, enc)
	s.Put(doc)
	return s.Snapshot(), doc
}
