package action

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"go.lsp.dev/protocol"
)

// fetchIndexes offers to fetch what package-index-missing misses.
func fetchIndexes(r *request) []offer {
	if r.s.Services.Indexes == nil || !r.s.Trusted {
		return nil
	}
	for _, f := range r.found() {
		if f.Code == "package-index-missing" {
			const title = "Fetch the package indexes"
			return []offer{{
				title: title, kind: protocol.CodeActionKindQuickFix, solves: r.solved(f), preferred: true,
				command: commandid.Of(title, commandid.IndexUpdate, commandid.Document{URI: r.d.URI}),
			}}
		}
	}
	return nil
}
