// Package references says what is known of an image that is referred to: what
// the definitions of the workspace make, what its other references pin, and
// what the registry said.
package references

import (
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Known is where knowledge comes from.
type Known struct {
	// Images is nil where nothing was ever asked.
	Images images.Source
	// View is what the document sees of the workspace; Self is nil where that
	// is not read.
	View workspace.View
	Self *facts.Record
}

// Repository is what the registry said of the repository that a reference
// names, nil where nothing is known.
func (k Known) Repository(r *entry.Reference) *images.Repository {
	name, ok := images.NameOf(r)
	if !ok || k.Images == nil {
		return nil
	}
	return k.Images.Repository(name)
}

// Tag is a tag that an image has.
type Tag struct {
	Name string
	// Digest is what it stands for, empty where that is not known.
	Digest string
	// From says who tells: a file of the workspace, the registry.
	From []string
	// Made says that a definition of the workspace makes it.
	Made bool
}

// Tags are those of an image, newest first.
func (k Known) Tags(r *entry.Reference) []Tag {
	made := k.made(r)
	var names []string
	registry, asked := "", map[string]images.Tag{}
	var listed map[string]bool
	if found := k.Repository(r); found != nil && found.Usable() {
		names, asked = slices.Clone(found.Tags), found.Asked
		registry, listed = images.Registry(found.Name), make(map[string]bool, len(names))
		for _, name := range names {
			listed[name] = true
		}
	}
	for name, t := range asked {
		if t.Digest != "" && !listed[name] {
			listed[name] = true
			names = images.Insert(names, name)
		}
	}
	for name := range made {
		if !listed[name] {
			names = images.Insert(names, name)
		}
	}
	alone := []string{registry}
	out := make([]Tag, 0, len(names))
	for _, name := range names {
		t := Tag{Name: name, Digest: asked[name].Digest, From: made[name]}
		switch {
		case len(t.From) == 0:
			t.From = alone
		case listed[name]:
			t.Made, t.From = true, append(t.From, registry)
		default:
			t.Made = true
		}
		out = append(out, t)
	}
	return out
}

// made are the tags that definitions of the workspace make, with their files.
func (k Known) made(r *entry.Reference) map[string][]string {
	out := map[string][]string{}
	name, ok := r.DHIName()
	if !ok || k.Self == nil {
		return out
	}
	for _, d := range k.View.Image(name) {
		for _, t := range d.Tags {
			if !strings.Contains(t.Value, "${") {
				out[t.Value] = append(out[t.Value], Below(k.Self, d))
			}
		}
	}
	return out
}

// Digest is one that a tag stands for, or stood for.
type Digest struct {
	Digest string
	// Image is what the registry said of it; zero for nothing.
	images.Image
	// Current says that the registry has it behind the tag, Asked when it said
	// so.
	Current bool
	Asked   time.Time
	// Files are the files of the workspace, beside the document, that pin the
	// tag to it.
	Files []*facts.Record
}

// Digests are those that are known for the tag of a reference: the registry's
// first, then those of other references, the most used one first.
func (k Known) Digests(r *entry.Reference) []Digest {
	if r.Tag.Text == "" {
		return nil
	}
	var out []Digest
	found := k.Repository(r)
	if found != nil && found.Usable() {
		if t := found.Asked[r.Tag.Text]; t.Digest != "" {
			out = append(out, Digest{Digest: t.Digest, Image: found.Images[t.Digest], Current: true, Asked: t.Checked})
		}
	}
	for _, pin := range k.pins(r) {
		i := slices.IndexFunc(out, func(d Digest) bool { return d.Digest == pin.Digest })
		if i < 0 {
			i = len(out)
			out = append(out, Digest{Digest: pin.Digest})
			if found != nil {
				out[i].Image = found.Images[pin.Digest]
			}
		}
		out[i].Files = append(out[i].Files, pin.In)
	}
	slices.SortStableFunc(out, func(a, b Digest) int {
		if a.Current != b.Current {
			if a.Current {
				return -1
			}
			return 1
		}
		return len(b.Files) - len(a.Files)
	})
	return out
}

// pins are the uses of the tag by a digest in other files.
func (k Known) pins(r *entry.Reference) []facts.Pin {
	name, ok := r.DHIName()
	if !ok || k.Self == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(k.View.Pins(name, r.Tag.Text)), func(p facts.Pin) bool { return p.In.Path == k.Self.Path })
}

// Below is the path of another file below the root of the catalog.
func Below(self, other *facts.Record) string {
	if root := self.Root(); self.InCatalog() && root != "" {
		return strings.TrimPrefix(other.Path, root+"/")
	}
	return other.Path
}
