package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// A definition without findings is told to be clean: not silent, as a document
// that is none of ours is.
func TestCleanDefinition(t *testing.T) {
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.Emacs})
	const off = "# syntax=dhi.io/build:2-alpine3.23\n# dhi-ls: ignore[%s] a test\n"
	clean := faulty
	c.Open(doc, "yaml", clean)
	var rules []string
	for _, d := range c.WaitDiagnostics(doc, 1).Diagnostics {
		rules = append(rules, string(d.Code.(protocol.String)))
	}
	clean = strings.Replace(clean, "# syntax=dhi.io/build:2-alpine3.23\n", fmt.Sprintf(off, strings.Join(rules, ", ")), 1)
	const u = uri.URI("file:///w/clean.yaml")
	c.Open(u, "yaml", clean)
	if got := c.WaitDiagnostics(u, 1); len(got.Diagnostics) != 0 {
		t.Errorf("got %+v", got)
	}
}
