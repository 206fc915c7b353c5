package engine

import (
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// Spot is what of the workspace is named at a place of a document. At most one
// field is set.
type Spot struct {
	Reference *facts.Reference
	Package   *facts.Package
	Product   *facts.Product
	// Tag is one of the document's own tags, Image its own image.
	Tag   *facts.Text
	Image *facts.Text
}

// SpotAt is what a record has at the offset.
func SpotAt(r *facts.Record, offset int) (Spot, bool) {
	for i := range r.References {
		if x := &r.References[i]; x.Range.Contains(offset) || x.Range.End == offset {
			return Spot{Reference: x}, true
		}
	}
	for i := range r.Packages {
		if p := &r.Packages[i]; p.Range.Contains(offset) || p.Range.End == offset || p.VersionRange.Contains(offset) || p.VersionRange.Len() > 0 && p.VersionRange.End == offset {
			return Spot{Package: p}, true
		}
	}
	for i := range r.Products {
		if p := &r.Products[i]; p.Named && (p.Range.Contains(offset) || p.Range.End == offset) {
			return Spot{Product: p}, true
		}
	}
	for i := range r.Tags {
		if t := &r.Tags[i]; t.Range.Contains(offset) || t.Range.End == offset {
			return Spot{Tag: t}, true
		}
	}
	if r.Image.Present() && (r.Image.Range.Contains(offset) || r.Image.Range.End == offset) {
		return Spot{Image: &r.Image}, true
	}
	return Spot{}, false
}

// distOf is the distribution that a package is installed in; of a chart it is
// not known.
func distOf(r *facts.Record) definition.Dist {
	if r.Kind == definition.Chart {
		return definition.Dist{}
	}
	return r.Dist
}

// TargetsAt are the definitions that make the image or build the package at
// the offset.
func TargetsAt(s *session.Snapshot, d *session.Document, offset int) []workspace.Target {
	view, self, ok := View(s, d)
	if !ok {
		return nil
	}
	doc := Document(s, d)
	if r := doc.Directive.Ref; !r.Empty() && (r.Contains(offset) || r.End == offset) {
		targets, _ := MakersOf(s, d, doc.Directive.RefValue)
		return targets
	}
	if from := includedFrom(doc, offset); from != "" {
		targets, _ := MakersOf(s, d, from)
		return targets
	}
	spot, _ := SpotAt(self, offset)
	switch {
	case spot.Reference != nil:
		targets, _ := view.Resolve(spot.Reference)
		return targets
	case spot.Package != nil:
		targets := view.Built(spot.Package.Name, distOf(self))
		return slices.DeleteFunc(targets, func(t workspace.Target) bool { return t.In.Path == self.Path })
	}
	return nil
}

// UsesAt are the places of the workspace that name what stands at the offset.
func UsesAt(s *session.Snapshot, d *session.Document, offset int) []workspace.Use {
	view, self, ok := View(s, d)
	if !ok {
		return nil
	}
	if uses := placeholdersOf(view, self, offset); uses != nil {
		return uses
	}
	spot, _ := SpotAt(self, offset)
	switch {
	case spot.Reference != nil:
		return view.UsersOf(spot.Reference.Image, nil)
	case spot.Package != nil:
		return view.UsersOfPackage(spot.Package.Name, distOf(self))
	case spot.Product != nil:
		return view.UsersOfPackage(spot.Product.Name, self.Dist)
	case spot.Tag != nil:
		return view.UsersOf(self.ImageName(), []facts.Text{*spot.Tag})
	case spot.Image != nil:
		uses := view.UsersOf(self.ImageName(), nil)
		for i := range self.Products {
			uses = append(uses, view.UsersOfPackage(self.Products[i].Name, self.Dist)...)
		}
		return uses
	}
	return nil
}
