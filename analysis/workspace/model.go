// Package workspace is the model of all definitions below some folders: what
// package facts remembers of each, and who refers to whom. A model never
// changes; a changed file makes another one at a cost that does not grow with
// the workspace.
package workspace

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Model is one state of a workspace.
type Model struct {
	base *index
	// changed is what changed since the base was made, open what is laid over
	// all; both may be nil.
	changed, open *layer
}

// layer holds records that take the place of those below them, by path; nil
// stands for a file that is gone.
type layer struct {
	records map[string]*facts.Record
	index   func() *index
}

func newLayer(records map[string]*facts.Record) *layer {
	return &layer{records, sync.OnceValue(func() *index {
		var list []*facts.Record
		for _, r := range records {
			if r != nil {
				list = append(list, r)
			}
		}
		return newIndex(list)
	})}
}

// maxChanged is how many changes are kept beside the base before a new base is
// made.
const maxChanged = 256

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
	all := map[string]*facts.Record{}
	if m.changed != nil {
		maps.Copy(all, m.changed.records)
	}
	maps.Copy(all, changes)
	next := &Model{base: m.base, changed: newLayer(all), open: m.open}
	if len(all) <= maxChanged {
		return next
	}
	below := &Model{base: m.base, changed: next.changed}
	return &Model{base: newIndex(slices.Collect(below.All())), open: m.open}
}

// Over is the model with records in the place of those of their files, such as
// documents that are open; nil hides one. Its cost does not depend on how many
// changes the model has.
func (m *Model) Over(open map[string]*facts.Record) *Model {
	if len(open) == 0 {
		return m
	}
	return &Model{base: m.base, changed: m.changed, open: newLayer(open)}
}

// Record is what is known of the file, nil if nothing is.
func (m *Model) Record(path string) *facts.Record {
	for _, l := range []*layer{m.open, m.changed} {
		if l != nil {
			if r, ok := l.records[path]; ok {
				return r
			}
		}
	}
	return m.base.byPath[path]
}

// level is a part of a model with what lies over it.
type level struct {
	index *index
	above [2]*layer
}

// hides reports whether the record of the path is another one.
func (l *level) hides(path string) bool {
	for _, over := range l.above {
		if over != nil {
			if _, ok := over.records[path]; ok {
				return true
			}
		}
	}
	return false
}

// levels are the parts of the model from below.
func (m *Model) levels() iter.Seq[level] {
	return func(yield func(level) bool) {
		if !yield(level{m.base, [2]*layer{m.changed, m.open}}) {
			return
		}
		if m.changed != nil && !yield(level{m.changed.index(), [2]*layer{m.open}}) {
			return
		}
		if m.open != nil {
			yield(level{index: m.open.index()})
		}
	}
}

// All are the records, in no order that means anything but always the same.
func (m *Model) All() iter.Seq[*facts.Record] {
	return func(yield func(*facts.Record) bool) {
		for l := range m.levels() {
			for _, r := range l.index.all {
				if !l.hides(r.Path) && !yield(r) {
					return
				}
			}
		}
	}
}

// Len is the number of records.
func (m *Model) Len() int {
	n := 0
	for range m.All() {
		n++
	}
	return n
}
