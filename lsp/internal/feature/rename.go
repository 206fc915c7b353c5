package feature

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// PrepareRename answers textDocument/prepareRename with the range of the name
// under the cursor, and with nothing where there is none. Where a rename
// reaches other files, a message says which.
func PrepareRename(_ context.Context, s *session.Snapshot, p *protocol.PrepareRenameParams) (protocol.PrepareRenameResult, error) {
	if i, ok := imageAt(s, &p.TextDocumentPositionParams); ok {
		announce(s, i.reach())
		return &protocol.PrepareRenamePlaceholder{Range: i.d.Range(i.at), Placeholder: i.name}, nil
	}
	d, _, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	if also := holding(s, d, at.Name); len(also) > 0 {
		var files []string
		for _, o := range also {
			files = append(files, path.Base(engine.PathOf(o.doc.URI)))
		}
		announce(s, fmt.Sprintf("Renaming the %s %s changes it in %s, too", at.Kind, at.Text, strings.Join(files, ", ")))
	}
	return &protocol.PrepareRenamePlaceholder{Range: d.Range(at.Range), Placeholder: d.Text.Slice(at.Range)}, nil
}

func announce(s *session.Snapshot, message string) {
	if s.Client != nil && message != "" {
		s.Client.Show(protocol.MessageTypeInfo, message)
	}
}

// Rename answers textDocument/rename. What cannot be renamed so is an error
// that the editor shows.
func Rename(_ context.Context, s *session.Snapshot, p *protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	if i, ok := imageAt(s, &p.TextDocumentPositionParams); ok {
		return i.rename(p.NewName)
	}
	d, index, at, ok := named(s, &p.TextDocumentPositionParams)
	if !ok {
		return nil, nil
	}
	edits, err := index.Rename(at.Name, p.NewName)
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%v", err)
	}
	more, err := renameBeside(s, d, at.Name, p.NewName)
	if err != nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%v", err)
	}
	edit, ok := convert.WorkspaceEdit(s, d, append(edits, more...))
	if !ok {
		return nil, nil
	}
	if len(more) > 0 && honorsRenameAnnotations(s) {
		label := fmt.Sprintf("Rename the %s %s", at.Kind, at.Text)
		convert.Annotate(s, edit, func(u uri.URI) convert.Annotation {
			if session.KeyOf(u) == d.Key() {
				return convert.Annotation{ID: "here", Label: label}
			}
			return convert.Annotation{ID: "siblings", Label: label + " in siblings", Description: "Other variants of the image have it by the same name."}
		})
	}
	return edit, nil
}

// honorsRenameAnnotations: the client shows the labels of a rename's edits.
func honorsRenameAnnotations(s *session.Snapshot) bool {
	document := s.Capabilities.Raw().TextDocument
	if document == nil || document.Rename == nil || document.Rename.HonorsChangeAnnotations == nil {
		return false
	}
	return *document.Rename.HonorsChangeAnnotations
}

// holder is another document that has a name, which is there called so.
type holder struct {
	doc   *session.Document
	index *names.Index
	name  names.Name
}

// holding are the other variants of the image in the same folder that declare
// the name.
func holding(s *session.Snapshot, d *session.Document, n names.Name) []holder {
	view, self, ok := engine.View(s, d)
	if !ok {
		return nil
	}
	var out []holder
	for _, r := range view.Variants(self) {
		if r.Path == self.Path || path.Dir(r.Path) != path.Dir(self.Path) {
			continue
		}
		o, ok := convert.Target(s, d, filepath.FromSlash(r.Path))
		if !ok {
			continue
		}
		doc := engine.Document(s, o)
		there, ok := sameName(doc, n)
		if !ok {
			continue
		}
		if index := names.For(o, doc); len(index.Declarations(there)) > 0 {
			out = append(out, holder{o, index, there})
		}
	}
	return out
}

// sameName is the name as another document knows it: a name of a build stage
// is of the stage that is called the same.
func sameName(doc *definition.Document, n names.Name) (names.Name, bool) {
	if doc.Def == nil {
		return n, false
	}
	if n.Stage == nil {
		return n, true
	}
	for i := range doc.Def.Contents.Builds {
		if b := &doc.Def.Contents.Builds[i]; n.Stage.Name.Set() && b.Name.Value() == n.Stage.Name.Value() {
			n.Stage = b
			return n, true
		}
	}
	return n, false
}

// renameBeside are the edits of the other variants.
func renameBeside(s *session.Snapshot, d *session.Document, n names.Name, to string) ([]diagnostic.Edit, error) {
	if to == n.Text {
		return nil, nil
	}
	var out []diagnostic.Edit
	for _, o := range holding(s, d, n) {
		edits, err := o.index.Rename(o.name, to)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(engine.PathOf(o.doc.URI)), err)
		}
		file, _ := session.Path(o.doc.URI)
		for _, e := range edits {
			e.File = file
			out = append(out, e)
		}
	}
	return out, nil
}
