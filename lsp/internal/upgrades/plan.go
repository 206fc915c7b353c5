// Package upgrades takes what a definition pins to other versions, in one file
// or in all siblings, and remembers what an upgrade could not know: digests,
// checksums and commits that are those of the version before.
package upgrades

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

// File is what becomes of one file.
type File struct {
	Doc *session.Document
	// From and To are the versions of what is upgraded.
	From, To string
	Edits    []text.Edit
	Marks    []Mark
	Notes    []string
}

// Plan is an upgrade of one or several files.
type Plan struct {
	// Files begin with the one that was asked about.
	Files []File
}

// Make plans a change of a definition, with siblings also of those beside it
// that have the same version of the target.
func Make(s *session.Snapshot, d *session.Document, doc *definition.Document, c upgrade.Change, siblings bool) (*Plan, error) {
	first, err := one(d, doc, c)
	if err != nil {
		return nil, err
	}
	p := &Plan{Files: []File{first}}
	if !siblings {
		return p, nil
	}
	c.From = first.From
	for _, o := range Siblings(s, d) {
		f, err := one(o, engine.Document(s, o), c)
		var missing *upgrade.NotFound
		var other *upgrade.OtherVersion
		switch {
		case errors.Is(err, upgrade.ErrCurrent), errors.As(err, &missing), errors.As(err, &other):
		case err != nil:
			return nil, fmt.Errorf("%s: %w", path.Base(engine.PathOf(o.URI)), err)
		default:
			p.Files = append(p.Files, f)
		}
	}
	return p, nil
}

func one(d *session.Document, doc *definition.Document, c upgrade.Change) (File, error) {
	made, err := upgrade.Make(doc, c)
	if err != nil {
		return File{}, err
	}
	f := File{Doc: d, From: made.From, To: made.To, Edits: made.Edits, Notes: made.Notes}
	for _, r := range made.Refresh {
		at, _ := text.Map(r.Range, made.Edits)
		f.Marks = append(f.Marks, Mark{Target: c.Target, To: made.To, What: r.What, Path: r.Path, Value: r.Value, Of: r.Of, at: at})
	}
	return f, nil
}

// Several makes many changes of one definition, each on the text that the one
// before left. Changes that cannot be made are left out; made is the number of
// the others.
func Several(d *session.Document, doc *definition.Document, changes []upgrade.Change) (after string, marks []Mark, made int) {
	after = d.Text.String()
	released := false
	for _, c := range changes {
		// The release of a package definition counts once for all of them.
		c.KeepRelease = c.KeepRelease || released
		f, err := one(d, doc, c)
		if err != nil {
			continue
		}
		next, err := text.Apply(after, f.Edits)
		if err != nil {
			continue
		}
		doc = definition.New(doc.Path, text.New(next), definition.Options{})
		if doc.Def == nil {
			return d.Text.String(), nil, 0
		}
		after, marks, released = next, append(marks, f.Marks...), true
		made++
	}
	return after, marks, made
}

// Edits are those of all files, as code actions carry them.
func (p *Plan) Edits() []diagnostic.Edit {
	var out []diagnostic.Edit
	for i, f := range p.Files {
		file := ""
		if i > 0 {
			file, _ = session.Path(f.Doc.URI)
		}
		for _, e := range f.Edits {
			out = append(out, diagnostic.Edit{File: file, Range: e.Range, New: e.New})
		}
	}
	return out
}

// Marks are those of all files by document.
func (p *Plan) Marks() map[uri.URI][]Mark {
	out := map[uri.URI][]Mark{}
	for _, f := range p.Files {
		if len(f.Marks) > 0 {
			out[f.Doc.URI] = f.Marks
		}
	}
	return out
}

// Siblings are the other definitions of the same image in the same folder, as
// they are in the editor or else on disk.
func Siblings(s *session.Snapshot, d *session.Document) []*session.Document {
	view, self, ok := engine.View(s, d)
	if !ok || self.ImageName() == "" {
		return nil
	}
	var out []*session.Document
	for _, r := range view.Image(self.ImageName()) {
		if r.Path == self.Path || path.Dir(r.Path) != path.Dir(self.Path) || r.Image.Value != self.Image.Value {
			continue
		}
		if o, ok := convert.Target(s, d, filepath.FromSlash(r.Path)); ok {
			out = append(out, o)
		}
	}
	return out
}
