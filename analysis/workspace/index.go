package workspace

import (
	"sort"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

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
	// users are the records that list a package.
	users *users
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
	x.users = newUsers(x.all)
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

// of are the records that a lookup finds by a name.
func (x *index) of(kind lookup, n name) []*facts.Record {
	if kind == byPackage {
		return x.users.of(n)
	}
	return x.lookups[kind][n]
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
