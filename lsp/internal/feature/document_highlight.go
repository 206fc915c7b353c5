package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// DocumentHighlight answers textDocument/documentHighlight: the places of the
// name under the cursor, written where it is defined.
func DocumentHighlight(_ context.Context, s *session.Snapshot, p *protocol.DocumentHighlightParams) ([]protocol.DocumentHighlight, error) {
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	var out []protocol.DocumentHighlight
	for _, o := range index.All(at.Name) {
		kind := protocol.DocumentHighlightKindRead
		if o.Declaration {
			kind = protocol.DocumentHighlightKindWrite
		}
		out = append(out, protocol.DocumentHighlight{Range: d.Range(o.Range), Kind: kind})
	}
	return out, nil
}
