package engine

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/references"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// Known is what a document may know of the images that it refers to.
func Known(s *session.Snapshot, d *session.Document) references.Known {
	k := references.Known{Images: s.Services.Images}
	if view, self, ok := View(s, d); ok {
		k.View, k.Self = view, self
	}
	return k
}
