package convert

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Annotation says what kind of change an edit is, for clients that show it.
type Annotation struct {
	ID protocol.ChangeAnnotationIdentifier
	// Label is a short title, Description one sentence, empty for none.
	Label, Description string
	// Confirm has the client ask before it makes the change.
	Confirm bool
}

// Annotate labels the edits of each document for clients that take labels and
// versioned edits; others get the edit as it is.
func Annotate(snapshot *session.Snapshot, e *protocol.WorkspaceEdit, of func(uri.URI) Annotation) {
	if !snapshot.Capabilities.DocumentChanges() || !snapshot.Capabilities.ChangeAnnotations() {
		return
	}
	e.ChangeAnnotations = map[protocol.ChangeAnnotationIdentifier]protocol.ChangeAnnotation{}
	for _, change := range e.DocumentChanges {
		document, ok := change.(*protocol.TextDocumentEdit)
		if !ok {
			continue
		}
		a := of(document.TextDocument.URI)
		for i, edit := range document.Edits {
			if plain, ok := edit.(*protocol.TextEdit); ok {
				document.Edits[i] = &protocol.AnnotatedTextEdit{TextEdit: *plain, AnnotationID: a.ID}
			}
		}
		shown := protocol.ChangeAnnotation{Label: a.Label, NeedsConfirmation: &a.Confirm}
		if a.Description != "" {
			shown.Description = &a.Description
		}
		e.ChangeAnnotations[a.ID] = shown
	}
}
