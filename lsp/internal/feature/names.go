package feature

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// named is the name at a client's position.
func named(s *session.Snapshot, p *protocol.TextDocumentPositionParams) (*session.Document, *names.Index, names.Occurrence, bool) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil, names.Occurrence{}, false
	}
	index := names.For(d, doc)
	at, ok := index.At(d.Offset(p.Position))
	return d, index, at, ok
}
