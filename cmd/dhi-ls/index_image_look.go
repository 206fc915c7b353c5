package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/oci"
	"github.com/dhi-ls/dhi-ls/index/store"
	"github.com/dhi-ls/dhi-ls/schema"
)

// imageShelf is what registries said of some repositories of images.
type imageShelf struct {
	source *indexed.Images
	// names are those of the repositories, sorted.
	names []string
	// file is the definition that names them; empty for all that are cached.
	file string
}

// askedImage is a repository with the tag and the digest that were asked for.
type askedImage struct {
	*images.Repository
	tag, digest string
	// short says that it was asked for without its registry, so that others
	// may have the same name.
	short bool
	state index.State
}

// isImage tells the name of an image from that of a package, which has no
// slash inside: some packages provide /bin/sh.
func isImage(word string) bool { return strings.Index(word, "/") > 0 }

// find looks for a reference: one that is written out, or by the end of the
// names of repositories, where golang:1.26 stands for dhi.io/golang:1.26. The
// error says why nothing is known of those that it names; a word that names
// none, which may be a package, is no error.
func (s imageShelf) find(word string) ([]askedImage, error) {
	ref := entry.ParseReference(word)
	name, ok := images.NameOf(&ref)
	if !ok || len(ref.Problems) > 0 {
		if !isImage(word) {
			return nil, nil
		}
		return nil, usageError("%s is no reference to an image", word)
	}
	candidates, short := s.ending(ref.Registry.Text, ref.Repository.Text), true
	if slices.Contains(s.names, name) || isImage(word) && len(candidates) == 0 {
		candidates, short = []string{name}, false
	}
	if len(candidates) > 0 && s.file != "" && !slices.Contains(s.names, candidates[0]) {
		return nil, &exitError{exitFindings, fmt.Errorf("%s names no image %s", s.file, name)}
	}
	var found []askedImage
	var problem error
	for _, c := range candidates {
		st, _ := s.source.Cache().Lookup(c)
		one := askedImage{s.source.Repository(c), ref.Tag.Text, ref.Digest.Text, short, st.State}
		if !one.Usable() {
			problem = failed(fmt.Errorf("%s", one.Detail))
			continue
		}
		found = append(found, one)
	}
	if len(found) == 0 {
		return nil, problem
	}
	return found, nil
}

// ending are the repositories whose names end with the elements of a path.
func (s imageShelf) ending(registry, path string) []string {
	if registry != "" {
		path = registry + "/" + path
	}
	var list []string
	for _, n := range s.names {
		if strings.HasSuffix(n, "/"+path) {
			list = append(list, n)
		}
	}
	return list
}

// missing says that the registry lacks the tag or the digest.
func (a askedImage) missing() error {
	t, asked := a.Asked[a.tag]
	switch {
	case a.digest != "" && a.Images[a.digest].Missing:
		return &exitError{exitFindings, fmt.Errorf("the registry has no %s@%s", a.Name, a.digest)}
	case a.tag != "" && (asked && t.Digest == "" || !asked && a.Listed && !slices.Contains(a.Tags, a.tag)):
		return &exitError{exitFindings, fmt.Errorf("the registry has no tag %s of %s", a.tag, a.Name)}
	}
	return nil
}

// search finds repositories: those whose name, or an element of it, begins
// with the word, then names that hold its letters in order.
func (s imageShelf) search(word string, limit int) []oci.Status {
	if rest, ok := strings.CutPrefix(word, "dhi/"); ok {
		word = images.Hardened + "/" + rest
	}
	var found []store.Match
	for _, n := range s.names {
		if score, ok := likeness(word, n); ok {
			found = append(found, store.Match{Name: n, Score: score})
		}
	}
	slices.SortFunc(found, store.CompareMatches)
	var list []oci.Status
	for _, m := range found {
		st, _ := s.source.Cache().Lookup(m.Name)
		// One of which nothing is known but its name is no find; that it is
		// closed is worth knowing.
		if len(list) < limit && (st.Usable() || st.State == index.Closed) {
			list = append(list, st)
		}
	}
	return list
}

// likeness rates a repository by the best of its name, its path and the last
// element of that.
func likeness(word, name string) (best int, ok bool) {
	path := name[strings.IndexByte(name, '/')+1:]
	for _, part := range []string{name, path, path[strings.LastIndexByte(path, '/')+1:]} {
		if score, fits := store.FuzzyScore(word, part); fits && (!ok || score > best) {
			best, ok = score, true
		}
	}
	return best, ok
}

// like is the repository that a mistyped name most likely means.
func (s imageShelf) like(name string) (string, bool) {
	short := map[string]string{}
	var candidates []string
	for _, n := range s.names {
		last := n[strings.LastIndexByte(n, '/')+1:]
		short[last] = n
		candidates = append(candidates, last)
	}
	found, ok := schema.Suggest(name, candidates)
	return short[found], ok
}

// writeFoundImages lists repositories that a search found.
func writeFoundImages(w io.Writer, list []jsonImages) error {
	t := table{head: []string{"IMAGE", "TAGS", "NEWEST", "STATE"}, right: map[int]bool{1: true}}
	for _, j := range list {
		tags := "-"
		if j.Tags > 0 {
			tags = strconv.Itoa(j.Tags)
		}
		t.row(j.Image, tags, orDash(j.Newest), j.State)
	}
	return t.write(w)
}

// foundForJSON is a repository that a search found, with its newest tag.
func (s imageShelf) foundForJSON(st oci.Status) jsonImages {
	j := imagesForJSON(st)
	if r := s.source.Repository(st.Name); len(r.Tags) > 0 {
		j.Newest = r.Tags[0]
	}
	return j
}

type jsonTag struct {
	Image     string     `json:"image"`
	Tag       string     `json:"tag,omitempty"`
	Digest    string     `json:"digest,omitempty"`
	Created   *time.Time `json:"created,omitempty"`
	Platforms []string   `json:"platforms,omitempty"`
	Checked   *time.Time `json:"checked,omitempty"`
	Note      string     `json:"note,omitempty"`
	// Moved is the digest that the tag stands for, where another one was asked
	// for.
	Moved string `json:"moved,omitempty"`
	// Tags is how many there are, of a repository as a whole; State that of
	// the repository.
	Tags  int    `json:"tags,omitempty"`
	State string `json:"state,omitempty"`
}

// tagOf is all that is known of a tag and a digest.
func tagOf(r *images.Repository, tag, digest string) jsonTag {
	j := jsonTag{Image: r.Name, Tag: tag, Digest: digest}
	if digest == "" {
		j.Digest = r.Digest(tag)
	}
	if t, ok := r.Asked[tag]; ok {
		j.Checked = &t.Checked
	}
	if m, ok := r.Images[j.Digest]; ok {
		if !m.Created.IsZero() {
			j.Created = &m.Created
		}
		if digest != "" {
			j.Checked = &m.Checked
		}
		j.Platforms, j.Note = m.Platforms, m.Note
	} else if j.Digest == "" && tag != "" || digest != "" {
		j.Note = "the registry was not asked about it: dhi-ls index update asks about what definitions name"
	}
	return j
}

// shown is all that is known of what was asked for.
func (a askedImage) shown() jsonTag {
	j := tagOf(a.Repository, a.tag, a.digest)
	j.State = string(a.state)
	if a.tag == "" && a.digest == "" {
		j.Tags, j.Checked = len(a.Tags), &a.Checked
	}
	if now := a.Digest(a.tag); a.digest != "" && now != "" && now != a.digest {
		j.Moved = now
	}
	return j
}

// writeImage shows one image, or a whole repository.
func writeImage(w io.Writer, j jsonTag) {
	count, moved := "", ""
	if j.Tags > 0 {
		count = strconv.Itoa(j.Tags)
	}
	if j.Moved != "" {
		moved = "the tag stands for " + j.Moved
	}
	fields(w, [][2]string{
		{"image", j.Image}, {"tag", j.Tag}, {"digest", j.Digest}, {"moved", moved}, {"created", dateOf(j.Created)}, {"platforms", strings.Join(j.Platforms, ", ")},
		{"tags", count}, {"asked", dateOf(j.Checked)}, {"state", j.State}, {"note", j.Note},
	})
}

// show is all that is known of the images that a word names.
func (s imageShelf) show(word string) ([]jsonTag, error) {
	found, err := s.find(word)
	var list []jsonTag
	for _, a := range found {
		if missing := a.missing(); missing != nil {
			err = missing
			continue
		}
		list = append(list, a.shown())
	}
	if len(list) > 0 {
		err = nil
	}
	return list, err
}

// tags are those of the repositories that a word names which begin with its
// tag, and whether it leaves the registry open.
func (s imageShelf) tags(word string) (list []jsonTag, short bool, err error) {
	found, err := s.find(word)
	for _, a := range found {
		list, short = append(list, a.tags()...), a.short
	}
	if len(found) > 0 && len(list) == 0 {
		err = &exitError{exitFindings, fmt.Errorf("the registry has no tag of %s that begins with %s", found[0].Name, found[0].tag)}
	}
	return list, short, err
}

// tags are those of a repository that begin with the one that was asked for,
// newest first; without one all.
func (a askedImage) tags() []jsonTag {
	var list []jsonTag
	for _, tag := range a.Tags {
		if strings.HasPrefix(tag, a.tag) {
			one := tagOf(a.Repository, tag, "")
			one.Note = ""
			list = append(list, one)
		}
	}
	for _, tag := range askedBeside(a.Repository) {
		if strings.HasPrefix(tag, a.tag) {
			list = append(list, tagOf(a.Repository, tag, ""))
		}
	}
	return list
}

// askedBeside are the tags that are known though the registry lists none.
func askedBeside(r *images.Repository) []string {
	var list []string
	for tag, t := range r.Asked {
		if !r.Listed && t.Digest != "" {
			list = append(list, tag)
		}
	}
	return images.Newest(list)
}

// writeTags lists tags, with the names of their repositories where these were
// not asked for by them.
func writeTags(w io.Writer, list []jsonTag, named bool) error {
	t := table{head: []string{"TAG", "DIGEST", "CREATED", "PLATFORMS"}}
	if named {
		t.head = append(t.head, "IMAGE")
	}
	for _, j := range list {
		cells := []string{j.Tag, orDash(images.Short(j.Digest)), dateOf(j.Created), strings.Join(j.Platforms, " ")}
		if named {
			cells = append(cells, j.Image)
		}
		t.row(cells...)
	}
	return t.write(w)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func dateOf(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}
