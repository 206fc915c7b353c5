package feature

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// image is the name of an image of the workspace at a place.
type image struct {
	s    *session.Snapshot
	d    *session.Document
	view workspace.View
	name string
	// at is the name without its registry.
	at text.Range
}

// imageAt is the image whose name, as the definition's own or in a reference,
// is at the position. Only an image that the workspace makes has a name that
// can be changed.
func imageAt(s *session.Snapshot, p *protocol.TextDocumentPositionParams) (*image, bool) {
	d, _, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, false
	}
	view, self, ok := engine.View(s, d)
	if !ok {
		return nil, false
	}
	offset := d.Offset(p.Position)
	spot, _ := engine.SpotAt(self, offset)
	i := &image{s: s, d: d, view: view}
	switch {
	case spot.Image != nil:
		i.name = self.ImageName()
		i.at, ok = ownName(d, *spot.Image, i.name)
	case spot.Reference != nil && spot.Reference.DHI:
		i.name = spot.Reference.Image
		i.at, ok = nameIn(d, spot.Reference)
	default:
		return nil, false
	}
	return i, ok && i.name != "" && (i.at.Contains(offset) || i.at.End == offset) && len(view.Image(i.name)) > 0
}

// ownName is where the name stands in a definition's image.
func ownName(d *session.Document, image facts.Text, name string) (text.Range, bool) {
	written := d.Text.Slice(image.Range)
	end := len(strings.TrimRight(written, `"'`))
	if name == "" || !strings.HasSuffix(written[:end], name) {
		return text.Range{}, false
	}
	return text.Range{Start: image.Range.Start + end - len(name), End: image.Range.Start + end}, true
}

// nameIn is where the name of the image stands in a reference.
func nameIn(d *session.Document, r *facts.Reference) (text.Range, bool) {
	written := d.Text.Slice(r.Range)
	name := written
	if i := strings.IndexAny(name, ":@"); i >= 0 {
		name = name[:i]
	}
	if !r.Exact || !strings.HasSuffix(name, "/"+r.Image) {
		return text.Range{}, false
	}
	return text.Range{Start: r.Range.Start + len(name) - len(r.Image), End: r.Range.Start + len(name)}, true
}

// reach says which files a rename changes.
func (i *image) reach() string {
	makers, files, places := len(i.view.Image(i.name)), map[string]bool{}, 0
	for _, u := range i.view.UsersOf(i.name, nil) {
		files[u.In.Path] = true
		places++
	}
	return fmt.Sprintf("Renaming the image %s changes %s and %s in %s",
		i.name, count(makers, "definition"), count(places, "reference"), count(len(files), "file"))
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// imageForm is the last part of a repository's name as the OCI distribution
// specification has it.
var imageForm = regexp.MustCompile(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)

// rename gives the image another name in all its definitions and in all
// references to it.
func (i *image) rename(to string) (*protocol.WorkspaceEdit, error) {
	switch {
	case to == i.name:
		return nil, nil
	case !imageForm.MatchString(to):
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%q cannot name an image: want small letters and digits with any of . _ - between them, and no registry", to)
	case len(i.view.Image(to)) > 0:
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "there is an image %s already: %s", to, filepath.Base(i.view.Image(to)[0].Path))
	}
	own := map[session.Key]bool{}
	var edits []diagnostic.Edit
	for _, r := range i.view.Image(i.name) {
		if err := i.edit(&edits, r, to, own); err != nil {
			return nil, err
		}
	}
	for _, r := range i.view.Referring(i.name) {
		if err := i.references(&edits, r, to); err != nil {
			return nil, err
		}
	}
	edit, ok := convert.WorkspaceEdit(i.s, i.d, edits)
	if !ok {
		return nil, jsonrpc2.Errorf(requestFailed, "a file that refers to the image cannot be read")
	}
	if honorsRenameAnnotations(i.s) {
		label := fmt.Sprintf("Rename the image %s to %s", i.name, to)
		convert.Annotate(i.s, edit, func(u uri.URI) convert.Annotation {
			if own[session.KeyOf(u)] {
				return convert.Annotation{ID: "definitions", Label: label, Description: "The definitions of the image. Their folder keeps its name."}
			}
			return convert.Annotation{ID: "references", Label: label + " in references", Description: "Tags and digests stay: the image must be published by its new name.", Confirm: true}
		})
	}
	return edit, nil
}

// target is the document of a record.
func (i *image) target(r *facts.Record) (d *session.Document, file string, err error) {
	if r.Path == engine.FileOf(i.d) {
		return i.d, "", nil
	}
	file = filepath.FromSlash(r.Path)
	d, ok := convert.Target(i.s, i.d, file)
	if !ok {
		return nil, "", jsonrpc2.Errorf(requestFailed, "%s cannot be read", file)
	}
	return d, file, nil
}

// edit renames the image in one of its definitions.
func (i *image) edit(edits *[]diagnostic.Edit, r *facts.Record, to string, own map[session.Key]bool) error {
	d, file, err := i.target(r)
	if err != nil {
		return err
	}
	at, ok := ownName(d, r.Image, i.name)
	if !ok {
		return jsonrpc2.Errorf(requestFailed, "%s makes the image by a name with variables in it: change it by hand", r.Path)
	}
	own[d.Key()] = true
	*edits = append(*edits, diagnostic.Edit{File: file, Range: at, New: to})
	return nil
}

// references renames the image in what one file refers to.
func (i *image) references(edits *[]diagnostic.Edit, r *facts.Record, to string) error {
	d, file, err := i.target(r)
	if err != nil {
		return err
	}
	seen := map[text.Range]bool{}
	for n := range r.References {
		ref := &r.References[n]
		if !ref.DHI || ref.Image != i.name || !ref.Exact {
			continue // a reference made of variables changes with them
		}
		if at, ok := nameIn(d, ref); ok && !seen[at] {
			seen[at] = true
			*edits = append(*edits, diagnostic.Edit{File: file, Range: at, New: to})
		}
	}
	return nil
}
