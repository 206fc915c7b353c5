package feature

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// buildLenses build the definition, and load what an image definition makes
// into the Docker engine.
func buildLenses(d *session.Document, doc *definition.Document) []protocol.CodeLens {
	at := d.Range(d.Text.LineRange(0))
	out := []protocol.CodeLens{{Range: at, Command: *commandid.Of("Build", commandid.Build, commandid.Building{URI: d.URI})}}
	if doc.Kind == definition.Image {
		out = append(out, protocol.CodeLens{Range: at, Command: *commandid.Of("Build and load", commandid.Build, commandid.Building{URI: d.URI, Load: true})})
	}
	return out
}
