package workspace

import (
	"iter"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// View is what one root of the workspace sees of the model.
type View struct {
	model *Model
	root  string
	asked *Asked
}

// View is the model as a file sees it.
func (m *Model) View(of *facts.Record) View { return m.ViewOf(of.Root()) }

// ViewOf is the model as the files of a root see it; see facts.RootOf.
func (m *Model) ViewOf(root string) View { return View{model: m, root: root} }

// find looks a name up in all levels of the model.
func (v View) find(kind lookup, key string) []*facts.Record {
	v.asked.note(Question{kind, v.root, key})
	return gather(v.model, func(x *index) []*facts.Record { return x.of(kind, name{v.root, key}) }, func(r *facts.Record) *facts.Record { return r })
}

// gather joins what the levels of a model hold, without what is hidden, by
// path.
func gather[T any](m *Model, list func(*index) []T, in func(T) *facts.Record) []T {
	var out []T
	parts := 0
	for l := range m.levels() {
		found := list(l.index)
		if len(found) == 0 {
			continue
		}
		if !slices.ContainsFunc(found, func(t T) bool { return l.hides(in(t).Path) }) {
			if parts++; parts == 1 && out == nil {
				out = found[:len(found):len(found)]
				continue
			}
			out = append(out, found...)
			continue
		}
		parts++
		for _, t := range found {
			if !l.hides(in(t).Path) {
				out = append(out, t)
			}
		}
	}
	if parts > 1 {
		slices.SortStableFunc(out, func(a, b T) int { return strings.Compare(in(a).Path, in(b).Path) })
	}
	return out
}

// Image are the definitions of the image, by path. The name is without its
// registry.
func (v View) Image(image string) []*facts.Record { return v.find(byImage, image) }

// Clashing reports whether two definitions of the image may claim the same
// tag; false is certain.
func (v View) Clashing(image string) bool {
	v.asked.note(Question{byImage, v.root, image})
	if v.model.base.clashing[name{v.root, image}] {
		return true
	}
	for _, l := range []*layer{v.model.changed, v.model.open} {
		if l != nil && len(l.index().of(byImage, name{v.root, image})) > 0 {
			return true
		}
	}
	return false
}

// Folder are the records of the folder of the image, chart or package that r
// belongs to, r among them, by path.
func (v View) Folder(r *facts.Record) []*facts.Record { return v.find(byFolder, folder(r)) }

// Producers are the definitions that build a package of the name, by path.
func (v View) Producers(pkg string) []*facts.Record { return v.find(byProduct, pkg) }

// Referring are the definitions that name the hardened image in a reference,
// by path.
func (v View) Referring(image string) []*facts.Record { return v.find(byReference, image) }

// Displayed are the info files with the display name, in any case, by path.
func (v View) Displayed(display string) []*facts.Record {
	return v.find(byDisplayName, strings.ToLower(display))
}

// pinsOf are the pins of a record, each content once.
func pinsOf(r *facts.Record) []Pin {
	var out []Pin
	for i := range r.References {
		ref := &r.References[i]
		if !ref.Pulls() || ref.Tag == "" || ref.Digest == "" {
			continue
		}
		p := Pin{Image: ref.Image + ":" + ref.Tag, Digest: ref.Digest, In: r, Range: ref.DigestRange}
		known := false
		for _, have := range out {
			known = known || have.Image == p.Image && have.Digest == p.Digest
		}
		if !known {
			out = append(out, p)
		}
	}
	return out
}

// Pins are the uses of the image with the tag by a digest, each file once for
// each digest, by path.
func (v View) Pins(image, tag string) []Pin {
	return v.pinned(image + ":" + tag)
}

func (v View) pinned(key string) []Pin {
	v.asked.note(Question{byPin, v.root, key})
	return gather(v.model, func(x *index) []Pin { return x.pins[name{v.root, key}] }, func(p Pin) *facts.Record { return p.In })
}

// Images are the names of all images that are defined, in order but for what
// changed last.
func (v View) Images() []string {
	v.asked.note(Question{allImages, v.root, ""})
	list := v.model.base.names()[v.root]
	for _, l := range []*layer{v.model.changed, v.model.open} {
		if l == nil {
			continue
		}
		for _, image := range l.index().names()[v.root] {
			if _, known := v.model.base.lookups[byImage][name{v.root, image}]; !known && !slices.Contains(list[len(v.model.base.names()[v.root]):], image) {
				list = append(list[:len(list):len(list)], image)
			}
		}
	}
	return list
}

// Records are all records of the root.
func (v View) Records() iter.Seq[*facts.Record] {
	return func(yield func(*facts.Record) bool) {
		v.asked.note(Question{allRecords, v.root, ""})
		for r := range v.model.All() {
			if r.Root() == v.root && !yield(r) {
				return
			}
		}
	}
}
