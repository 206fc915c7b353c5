package convert

import (
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// fileEdit are the edits of one document.
type fileEdit struct {
	target *session.Document
	edits  []protocol.TextEdit
}

// WorkspaceEdit makes the engine's edits one edit for the client. It fails
// when an edit is for a file that cannot be read.
func WorkspaceEdit(snapshot *session.Snapshot, doc *session.Document, edits []diagnostic.Edit) (*protocol.WorkspaceEdit, bool) {
	var files []*fileEdit
	byKey := make(map[session.Key]*fileEdit)
	for _, e := range edits {
		target, ok := Target(snapshot, doc, e.File)
		if !ok {
			return nil, false
		}
		file := byKey[target.Key()]
		if file == nil {
			file = &fileEdit{target: target}
			byKey[target.Key()] = file
			files = append(files, file)
		}
		file.edits = append(file.edits, protocol.TextEdit{Range: target.Range(e.Range), NewText: e.New})
	}
	if snapshot.Capabilities.DocumentChanges() {
		return versioned(files), true
	}
	return unversioned(files), true
}

// versioned says which version the edits are for, so that a client can refuse
// them when the document has moved on.
func versioned(files []*fileEdit) *protocol.WorkspaceEdit {
	out := &protocol.WorkspaceEdit{}
	for _, file := range files {
		change := &protocol.TextDocumentEdit{}
		change.TextDocument.URI = file.target.URI
		if file.target.Open {
			change.TextDocument.Version = &file.target.Version
		}
		for i := range file.edits {
			change.Edits = append(change.Edits, &file.edits[i])
		}
		out.DocumentChanges = append(out.DocumentChanges, change)
	}
	return out
}

func unversioned(files []*fileEdit) *protocol.WorkspaceEdit {
	out := &protocol.WorkspaceEdit{Changes: make(map[uri.URI][]protocol.TextEdit)}
	for _, file := range files {
		out.Changes[file.target.URI] = file.edits
	}
	return out
}
