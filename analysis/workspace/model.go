// Package workspace is the model of all definitions below some folders: what
// package facts remembers of each, and who refers to whom. A model never
// changes; a changed file makes another one at a cost that does not grow with
// the workspace.
package workspace

import (
	"iter"
	"sort"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Model is one state of a workspace.
type Model struct {
	base *index
	// over holds what changed since the base was made, by path; nil stands for
	// a file that is gone.
	over map[string]*facts.Record
}

// maxOver is how many changes are kept beside the base before a new base is
// made. Every lookup looks through them.
const maxOver = 256

// New makes the model of the records.
func New(records []*facts.Record) *Model {
	return &Model{base: newIndex(records)}
}

// With is the model in which the file has another record, nil when it is gone.
func (m *Model) With(path string, r *facts.Record) *Model {
	return m.Update(map[string]*facts.Record{path: r})
}

// Update is the model with all the changes; nil stands for a file that is
// gone.
func (m *Model) Update(changes map[string]*facts.Record) *Model {
	over := make(map[string]*facts.Record, len(m.over)+len(changes))
	for path, r := range m.over {
		over[path] = r
	}
	for path, r := range changes {
		over[path] = r
	}
	next := &Model{base: m.base, over: over}
	if len(over) <= maxOver {
		return next
	}
	var all []*facts.Record
	for r := range next.All() {
		all = append(all, r)
	}
	return New(all)
}

// Record is what is known of the file, nil if nothing is.
func (m *Model) Record(path string) *facts.Record {
	if r, ok := m.over[path]; ok {
		return r
	}
	return m.base.byPath[path]
}

// All are the records, in no order that means anything but always the same.
func (m *Model) All() iter.Seq[*facts.Record] {
	return func(yield func(*facts.Record) bool) {
		for _, r := range m.base.all {
			if _, changed := m.over[r.Path]; !changed && !yield(r) {
				return
			}
		}
		for _, path := range m.changed() {
			if r := m.over[path]; r != nil && !yield(r) {
				return
			}
		}
	}
}

func (m *Model) changed() []string {
	paths := make([]string, 0, len(m.over))
	for path := range m.over {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}

// Len is the number of records.
func (m *Model) Len() int {
	n := len(m.base.all)
	for path, r := range m.over {
		_, had := m.base.byPath[path]
		switch {
		case had && r == nil:
			n--
		case !had && r != nil:
			n++
		}
	}
	return n
}

// name is something of that name in a workspace of several roots.
type name struct{ root, name string }

// index finds records. It does not change.
type index struct {
	all     []*facts.Record
	byPath  map[string]*facts.Record
	lookups [len(lookups)]map[name][]*facts.Record
	// pins are the uses of image:tag by its digest.
	pins map[name][]Pin
	// clashing are the images of which two definitions claim a tag.
	clashing map[name]bool
	// names are those of all images by root, in order.
	names func() map[string][]string
	// users are the records that list a package, made when first asked for.
	users func() map[name][]*facts.Record
}

// Pin is one use of an image by tag and digest.
type Pin = facts.Pin

func newIndex(records []*facts.Record) *index {
	x := &index{all: records, byPath: make(map[string]*facts.Record, len(records)), pins: map[name][]Pin{}, clashing: map[name]bool{}}
	sort.Slice(x.all, func(i, j int) bool { return x.all[i].Path < x.all[j].Path })
	for kind := range x.lookups {
		x.lookups[kind] = map[name][]*facts.Record{}
	}
	for _, r := range x.all {
		x.byPath[r.Path] = r
		root := r.Root()
		for kind, keys := range lookups {
			if lookup(kind) != byPackage { // that one is large, and seldom asked for
				collect(x.lookups[kind], root, r, keys)
			}
		}
		for _, p := range pinsOf(r) {
			key := name{root, p.Image}
			x.pins[key] = append(x.pins[key], p)
		}
	}
	for key, list := range x.lookups[byImage] {
		if len(list) > 1 && clash(list) {
			x.clashing[key] = true
		}
	}
	x.names = sync.OnceValue(x.imageNames)
	x.users = sync.OnceValue(x.packageUsers)
	return x
}

// collect adds the record to the lists of its keys, once to each.
func collect(to map[name][]*facts.Record, root string, r *facts.Record, keys keysOf) {
	for key := range keys(r) {
		n := name{root, key}
		if list := to[n]; len(list) == 0 || list[len(list)-1] != r {
			to[n] = append(list, r)
		}
	}
}

func (x *index) packageUsers() map[name][]*facts.Record {
	out := map[name][]*facts.Record{}
	for _, r := range x.all {
		collect(out, r.Root(), r, packageNames)
	}
	return out
}

// of are the lists of a lookup.
func (x *index) of(kind lookup) map[name][]*facts.Record {
	if kind == byPackage {
		return x.users()
	}
	return x.lookups[kind]
}

// clash reports whether a tag is in two of the definitions of an image.
func clash(list []*facts.Record) bool {
	owner := make(map[string]*facts.Record, 8*len(list))
	for _, r := range list {
		for i := range r.Tags {
			if first, ok := owner[r.Tags[i].Value]; ok && first != r {
				return true
			}
			owner[r.Tags[i].Value] = r
		}
	}
	return false
}

func (x *index) imageNames() map[string][]string {
	out := map[string][]string{}
	for n := range x.lookups[byImage] {
		out[n.root] = append(out[n.root], n.name)
	}
	for _, list := range out {
		sort.Strings(list)
	}
	return out
}

// folder is the folder whose files belong together: that of the image, chart
// or package, else that of the file.
func folder(r *facts.Record) string {
	if r.Place.InCatalog() {
		return r.Place.Section + "/" + r.Place.Format + "/" + r.Place.Name
	}
	return "."
}

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

// find looks a name up in the base and in what changed since.
func (v View) find(kind lookup, key string) []*facts.Record {
	v.asked.note(Question{kind, v.root, key})
	list := v.model.base.of(kind)[name{v.root, key}]
	if len(v.model.over) == 0 {
		return list
	}
	out := make([]*facts.Record, 0, len(list)+1)
	for _, r := range list {
		if _, changed := v.model.over[r.Path]; !changed {
			out = append(out, r)
		}
	}
	for _, path := range v.model.changed() {
		if r := v.model.over[path]; r != nil && r.Root() == v.root && lookups[kind].has(r, key) {
			out = append(out, r)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
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
	for _, r := range v.model.over {
		if r != nil && r.Root() == v.root && r.ImageName() == image {
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
	list := v.model.base.pins[name{v.root, key}]
	if len(v.model.over) == 0 {
		return list
	}
	var out []Pin
	for _, p := range list {
		if _, changed := v.model.over[p.In.Path]; !changed {
			out = append(out, p)
		}
	}
	for _, path := range v.model.changed() {
		if r := v.model.over[path]; r != nil && r.Root() == v.root {
			for _, p := range pinsOf(r) {
				if p.Image == key {
					out = append(out, p)
				}
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].In.Path < out[j].In.Path })
	return out
}

// Images are the names of all images that are defined, in order but for what
// changed last.
func (v View) Images() []string {
	v.asked.note(Question{allImages, v.root, ""})
	list := v.model.base.names()[v.root]
	for _, path := range v.model.changed() {
		r := v.model.over[path]
		if r == nil || r.Root() != v.root || !r.Kind.IsDefinition() || r.ImageName() == "" {
			continue
		}
		if _, known := v.model.base.of(byImage)[name{v.root, r.ImageName()}]; !known {
			list = append(list[:len(list):len(list)], r.ImageName())
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
