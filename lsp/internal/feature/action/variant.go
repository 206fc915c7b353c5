package action

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// variants make other variants of the definition, as files beside it: the dev
// image of a runtime, the compat flavor, and what it is for each other
// distribution.
func variants(r *request) []offer {
	if r.doc.Def == nil || r.doc.Def.Root == nil || len(r.doc.Tree.Problems) > 0 || !r.atTop() {
		return nil
	}
	var out []offer
	for _, v := range variations(r.doc) {
		if o, ok := r.variant(v.title, v.Variation); ok {
			out = append(out, o)
		}
	}
	return out
}

// variation is one way in which a definition can be varied.
type variation struct {
	scaffold.Variation
	title string
}

func variations(doc *definition.Document) []variation {
	var out []variation
	if doc.Kind == definition.Image {
		if doc.Def.Variant.Value() == "runtime" {
			out = append(out, variation{scaffold.Variation{Variant: "dev"}, "Make the dev variant of this image"})
		}
		if !doc.Def.Flavor.Set() {
			out = append(out, variation{scaffold.Variation{Flavor: "compat"}, "Make the compat variant of this image"})
		}
	}
	if doc.Kind != definition.Image && doc.Kind != definition.Package || !doc.Dist().Known() {
		return out
	}
	for _, dist := range scaffold.Distributions() {
		if dist != doc.Dist().String() {
			out = append(out, variation{scaffold.Variation{Dist: dist}, "Make this " + doc.Kind.String() + " for " + dist})
		}
	}
	return out
}

// variant offers one variation where its file is not there yet. Clients that
// make files get the file; then, as the others at once, they carry out a
// command that shows it with what to check.
func (r *request) variant(title string, v scaffold.Variation) (offer, bool) {
	o := offer{title: title, kind: protocol.CodeActionKindRefactorRewrite}
	about := commandid.Variant{URI: r.d.URI, Dist: v.Dist, Variant: v.Variant, Flavor: v.Flavor}
	target, onDisk := variantFile(r.d, r.doc, v)
	if !onDisk || !createsFiles(r.s) {
		o.command = commandid.Of(title, commandid.MakeVariant, about)
		return o, true
	}
	if r.taken(target) {
		return o, false
	}
	o.later = func() (change, bool) {
		made, err := Derive(r.s, r.d, r.doc, v)
		if err != nil {
			return change{}, false
		}
		return change{file: &newFile{target, made.Text}}, true
	}
	o.then = commandid.Of(title, commandid.ShowVariant, about)
	return o, true
}

// Derive makes a variant with what the workspace knows.
func Derive(s *session.Snapshot, d *session.Document, doc *definition.Document, v scaffold.Variation) (*scaffold.Derived, error) {
	if view, _, ok := engine.View(s, d); ok {
		v.Known = view
	}
	return scaffold.Derive(doc, v)
}

// variantFile is where a variant belongs; false for a document that is no
// file.
func variantFile(d *session.Document, doc *definition.Document, v scaffold.Variation) (uri.URI, bool) {
	if _, ok := session.Path(d.URI); !ok {
		return "", false
	}
	return uri.File(filepath.FromSlash(scaffold.PathOf(doc, v))), true
}

// taken says whether the file is there already, on disk or in the editor.
func (r *request) taken(target uri.URI) bool {
	if _, open := r.s.Document(target); open {
		return true
	}
	file, ok := session.Path(target)
	return ok && r.s.Services.Disk != nil && r.s.Services.Disk.Stat(filepath.ToSlash(file)) == rules.File
}

// MakeVariant has the client make the variant as a file, or open it as a text
// that is not saved where it makes none. A client that can do neither is left
// with the text.
func MakeVariant(ctx context.Context, s *session.Snapshot, d *session.Document, doc *definition.Document, v scaffold.Variation) (made *scaffold.Derived, at uri.URI, err error) {
	if made, err = Derive(s, d, doc, v); err != nil {
		return nil, "", err
	}
	r := &request{ctx: ctx, s: s, d: d, doc: doc}
	if target, ok := variantFile(d, doc, v); ok && createsFiles(s) {
		if r.taken(target) {
			return nil, "", errors.New("there is a file for this variant already: " + target.Path())
		}
		edit, _ := createFile(s, &newFile{target, made.Text})
		return made, target, s.Client.ApplyEdit(ctx, "Make the variant", edit)
	}
	base := path.Base(scaffold.PathOf(doc, v))
	at, err = s.Client.OpenText(ctx, strings.TrimSuffix(base, path.Ext(base))+".yaml", made.Text)
	if err != nil {
		return made, "", nil // the answer has the text
	}
	return made, at, nil
}

// VariantFile is the file that a variant belongs in, "" for a document that is
// no file.
func VariantFile(d *session.Document, doc *definition.Document, v scaffold.Variation) uri.URI {
	target, _ := variantFile(d, doc, v)
	return target
}
