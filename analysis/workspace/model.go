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
	all       []*facts.Record
	byPath    map[string]*facts.Record
	images    map[name][]*facts.Record
	products  map[name][]*facts.Record
	referring map[name][]*facts.Record
	folders   map[name][]*facts.Record
	displayed map[name][]*facts.Record
	// pins are the records that pull image:tag by its digest.
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
	x := &index{
		all: records, byPath: make(map[string]*facts.Record, len(records)), images: map[name][]*facts.Record{},
		products: map[name][]*facts.Record{}, referring: map[name][]*facts.Record{}, folders: map[name][]*facts.Record{},
		pins: map[name][]Pin{}, displayed: map[name][]*facts.Record{},
	}
	sort.Slice(x.all, func(i, j int) bool { return x.all[i].Path < x.all[j].Path })
	for _, r := range x.all {
		x.byPath[r.Path] = r
		root := r.Root()
		add := func(m map[name][]*facts.Record, key string) {
			list := m[name{root, key}]
			if key != "" && (len(list) == 0 || list[len(list)-1] != r) {
				m[name{root, key}] = append(list, r)
			}
		}
		if r.Kind.IsDefinition() {
			add(x.images, r.ImageName())
		}
		add(x.folders, folder(r))
		add(x.displayed, strings.ToLower(r.DisplayName.Value))
		for i := range r.Products {
			add(x.products, r.Products[i].Name)
		}
		for i := range r.References {
			if r.References[i].DHI {
				add(x.referring, r.References[i].Image)
			}
		}
		for _, p := range pinsOf(r) {
			key := name{root, p.Image}
			x.pins[key] = append(x.pins[key], p)
		}
	}
	x.clashing = map[name]bool{}
	for key, list := range x.images {
		if len(list) > 1 && clash(list) {
			x.clashing[key] = true
		}
	}
	x.names = sync.OnceValue(x.imageNames)
	x.users = sync.OnceValue(x.packageUsers)
	return x
}

func (x *index) packageUsers() map[name][]*facts.Record {
	out := map[name][]*facts.Record{}
	for _, r := range x.all {
		root := r.Root()
		for i := range r.Packages {
			key := name{root, r.Packages[i].Name}
			if list := out[key]; !r.Packages[i].Exclude && (len(list) == 0 || list[len(list)-1] != r) {
				out[key] = append(list, r)
			}
		}
	}
	return out
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
	for n := range x.images {
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
}

// View is the model as a file sees it.
func (m *Model) View(of *facts.Record) View { return View{m, of.Root()} }

// ViewOf is the model as the files of a root see it; see facts.RootOf.
func (m *Model) ViewOf(root string) View { return View{m, root} }

// find looks a name up in an index of the base and in what changed since.
func (v View) find(in map[name][]*facts.Record, key string, has func(*facts.Record) bool) []*facts.Record {
	list := in[name{v.root, key}]
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
		if r := v.model.over[path]; r != nil && r.Root() == v.root && has(r) {
			out = append(out, r)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// Image are the definitions of the image, by path. The name is without its
// registry.
func (v View) Image(image string) []*facts.Record {
	return v.find(v.model.base.images, image, func(r *facts.Record) bool { return r.Kind.IsDefinition() && r.ImageName() == image })
}

// Clashing reports whether two definitions of the image may claim the same
// tag; false is certain.
func (v View) Clashing(image string) bool {
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
func (v View) Folder(r *facts.Record) []*facts.Record {
	key := folder(r)
	return v.find(v.model.base.folders, key, func(o *facts.Record) bool { return folder(o) == key })
}

// Producers are the definitions that build a package of the name, by path.
func (v View) Producers(pkg string) []*facts.Record {
	return v.find(v.model.base.products, pkg, func(r *facts.Record) bool {
		for i := range r.Products {
			if r.Products[i].Name == pkg {
				return true
			}
		}
		return false
	})
}

// Referring are the definitions that name the hardened image in a reference,
// by path.
func (v View) Referring(image string) []*facts.Record {
	return v.find(v.model.base.referring, image, func(r *facts.Record) bool {
		for i := range r.References {
			if r.References[i].DHI && r.References[i].Image == image {
				return true
			}
		}
		return false
	})
}

// Displayed are the info files with the display name, in any case, by path.
func (v View) Displayed(display string) []*facts.Record {
	key := strings.ToLower(display)
	return v.find(v.model.base.displayed, key, func(r *facts.Record) bool { return strings.ToLower(r.DisplayName.Value) == key })
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
	key := image + ":" + tag
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
	list := v.model.base.names()[v.root]
	for _, path := range v.model.changed() {
		r := v.model.over[path]
		if r == nil || r.Root() != v.root || !r.Kind.IsDefinition() || r.ImageName() == "" {
			continue
		}
		if _, known := v.model.base.images[name{v.root, r.ImageName()}]; !known {
			list = append(list[:len(list):len(list)], r.ImageName())
		}
	}
	return list
}

// Records are all records of the root.
func (v View) Records() iter.Seq[*facts.Record] {
	return func(yield func(*facts.Record) bool) {
		for r := range v.model.All() {
			if r.Root() == v.root && !yield(r) {
				return
			}
		}
	}
}
