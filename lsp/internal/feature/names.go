package feature

import (
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// lastNames keeps the names of the typed view they were found in: a change of
// the configuration can give a version another view.
type lastNames struct {
	mu    sync.Mutex
	of    *definition.Document
	index *names.Index
}

var lastIndex = session.Derive(func(*session.Document) *lastNames { return &lastNames{} })

// namesOf are the names of a document, found once per version.
func namesOf(d *session.Document, doc *definition.Document) *names.Index {
	last := lastIndex.Of(d)
	last.mu.Lock()
	defer last.mu.Unlock()
	if last.of != doc {
		last.of, last.index = doc, names.Of(doc)
	}
	return last.index
}

// named is the name at a client's position.
func named(s *session.Snapshot, p *protocol.TextDocumentPositionParams) (*session.Document, *names.Index, names.Occurrence, bool) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil, names.Occurrence{}, false
	}
	index := namesOf(d, doc)
	at, ok := index.At(d.Offset(p.Position))
	return d, index, at, ok
}
