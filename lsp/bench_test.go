package lsp_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
)

// BenchmarkRoundTrip is the way of a request through all layers and back.
func BenchmarkRoundTrip(b *testing.B) {
	c := lsptest.Start(b, lsp.Options{Fast: seeded}, lsptest.Config{Profile: lsptest.VSCode})
	c.Open(doc, "yaml", "x")
	params := &protocol.DocumentDiagnosticParams{TextDocument: lsptest.Doc(doc)}
	b.ReportAllocs()
	for b.Loop() {
		c.Call(protocol.MethodTextDocumentDiagnostic, params, nil)
	}
}

// BenchmarkEdit is an edit in a text of 66 KB until the server has taken it.
func BenchmarkEdit(b *testing.B) {
	c := lsptest.Start(b, lsp.Options{}, lsptest.Config{})
	c.Open(doc, "yaml", strings.Repeat("- a line of the text\n", 66<<10/21))
	b.ReportAllocs()
	for version := int32(2); b.Loop(); version++ {
		c.Change(doc, version, lsptest.Range(1500, 2, 1500, 2), "x")
		c.Sync()
	}
}

// BenchmarkInitialize is a whole life: start, initialize, shutdown, exit.
func BenchmarkInitialize(b *testing.B) {
	for b.Loop() {
		lsptest.Start(b, lsp.Options{Fast: seeded}, lsptest.Config{Profile: lsptest.VSCode}).Exit()
	}
}
