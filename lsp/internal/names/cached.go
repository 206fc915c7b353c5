package names

import (
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// last keeps the names of the typed view they were found in: a change of the
// configuration can give a version another view.
type last struct {
	mu    sync.Mutex
	of    *definition.Document
	index *Index
}

var cached = session.Derive(func(*session.Document) *last { return &last{} })

// For is Of, computed once per version of a document.
func For(d *session.Document, doc *definition.Document) *Index {
	l := cached.Of(d)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of != doc {
		l.of, l.index = doc, Of(doc)
	}
	return l.index
}
