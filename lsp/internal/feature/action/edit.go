package action

import (
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"

	udiff "github.com/aymanbagabas/go-udiff"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// unsafeChange is the id of the annotation of changes that need a look.
const unsafeChange protocol.ChangeAnnotationIdentifier = "unsafe"

// newFile is a file that an action makes.
type newFile struct {
	uri     uri.URI
	content string
}

// edit is the offer's change for the client; it is false where the client
// cannot take it.
func (r *request) edit(o *offer) (*protocol.WorkspaceEdit, bool) {
	if o.change.file != nil {
		return createFile(r.s, o.change.file)
	}
	out, ok := convert.WorkspaceEdit(r.s, r.d, o.change.edits)
	if !ok || len(o.change.edits) == 0 {
		return nil, false
	}
	switch {
	case o.change.snippet != "" && takesSnippets(r.s):
		withSnippet(out, o.change.snippet)
	case o.unsafe && takesAnnotations(r.s):
		// It asks for no confirmation: the person has picked this one action, and
		// can undo it.
		convert.Annotate(r.s, out, func(uri.URI) convert.Annotation {
			return convert.Annotation{ID: unsafeChange, Label: o.title, Description: "This may change what is built."}
		})
	}
	return out, true
}

// takesAnnotations: edits of code actions may be labelled.
func takesAnnotations(s *session.Snapshot) bool {
	document := s.Capabilities.Raw().TextDocument
	if !s.Capabilities.DocumentChanges() || !s.Capabilities.ChangeAnnotations() || document == nil || document.CodeAction == nil {
		return false
	}
	honors := document.CodeAction.HonorsChangeAnnotations
	return honors != nil && *honors
}

// takesSnippets: edits may hold tab stops.
func takesSnippets(s *session.Snapshot) bool {
	w := s.Capabilities.Raw().Workspace
	if !s.Capabilities.DocumentChanges() || w == nil || w.WorkspaceEdit == nil {
		return false
	}
	yes := w.WorkspaceEdit.SnippetEditSupport
	return yes != nil && *yes
}

func withSnippet(e *protocol.WorkspaceEdit, snippet string) {
	document, ok := e.DocumentChanges[0].(*protocol.TextDocumentEdit)
	if !ok || len(document.Edits) != 1 {
		return
	}
	if plain, ok := document.Edits[0].(*protocol.TextEdit); ok {
		document.Edits[0] = &protocol.SnippetTextEdit{
			Range: plain.Range, Snippet: protocol.StringValue{Kind: "snippet", Value: snippet},
		}
	}
}

// createsFiles: the client makes files for the server.
func createsFiles(s *session.Snapshot) bool {
	w := s.Capabilities.Raw().Workspace
	return s.Capabilities.DocumentChanges() && w != nil && w.WorkspaceEdit != nil &&
		slices.Contains(w.WorkspaceEdit.ResourceOperations, protocol.ResourceOperationKindCreate)
}

func createFile(s *session.Snapshot, f *newFile) (*protocol.WorkspaceEdit, bool) {
	if !createsFiles(s) {
		return nil, false
	}
	never := false
	fill := &protocol.TextDocumentEdit{Edits: []protocol.TextDocumentEditElement{&protocol.TextEdit{NewText: f.content}}}
	fill.TextDocument.URI = f.uri
	return &protocol.WorkspaceEdit{DocumentChanges: []protocol.DocumentChange{
		&protocol.CreateFile{Kind: "create", URI: f.uri, Options: &protocol.CreateFileOptions{Overwrite: &never, IgnoreIfExists: &never}},
		fill,
	}}, true
}

// difference are the edits that make after of before, line by line, so that
// cursors elsewhere stay.
func difference(before, after string) []diagnostic.Edit {
	var edits []diagnostic.Edit
	for _, e := range udiff.Lines(before, after) {
		edits = append(edits, diagnostic.Edit{Range: text.Range{Start: e.Start, End: e.End}, New: e.New})
	}
	return edits
}

func editsOf(edits []text.Edit) []diagnostic.Edit {
	out := make([]diagnostic.Edit, len(edits))
	for i, e := range edits {
		out[i] = diagnostic.Edit{Range: e.Range, New: e.New}
	}
	return out
}
