package workspace

import (
	"sync"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// users find the records that list a package, of which there are many in each
// and for which few ask. To look through all records takes a fifth of what
// lists of them take, so that they are made when it was done that often.
type users struct {
	all   []*facts.Record
	asked atomic.Int32
	lists func() *mentions
}

const looksBeforeLists = 5

func newUsers(all []*facts.Record) *users {
	u := &users{all: all}
	u.lists = sync.OnceValue(func() *mentions { return newMentions(all) })
	return u
}

// of are the records of a root that list a package.
func (u *users) of(n name) []*facts.Record {
	if u.asked.Load() < looksBeforeLists {
		u.asked.Add(1)
		return u.look(n)
	}
	var out []*facts.Record
	for _, i := range u.lists().of(n.name) {
		if r := u.all[i]; r.Root() == n.root {
			out = append(out, r)
		}
	}
	return out
}

func (u *users) look(n name) []*facts.Record {
	var out []*facts.Record
	for _, r := range u.all {
		for i := range r.Packages {
			if p := &r.Packages[i]; p.Name == n.name && !p.Exclude {
				if r.Root() == n.root {
					out = append(out, r)
				}
				break
			}
		}
	}
	return out
}

// mentions are lists of records by package: numbers in one array, which takes a
// fraction of the time and the memory that a list for each name would.
type mentions struct {
	// ids number the names; those that mention the name of number i are
	// records[starts[i]:starts[i+1]], ascending.
	ids     map[string]uint32
	starts  []uint32
	records []uint32
}

func newMentions(all []*facts.Record) *mentions {
	m := &mentions{ids: map[string]uint32{}}
	var names, in []uint32    // of each mention, in the order of the records
	var latest, next []uint32 // of each name: the record after its last one, the number of its records
	for i, r := range all {
		for key := range packageNames(r) {
			id, ok := m.ids[key]
			if !ok {
				id = uint32(len(next))
				m.ids[key] = id
				latest, next = append(latest, 0), append(next, 0)
			}
			if latest[id] == uint32(i)+1 { // each record once
				continue
			}
			latest[id] = uint32(i) + 1
			next[id]++
			names, in = append(names, id), append(in, uint32(i))
		}
	}
	m.starts = make([]uint32, len(next)+1)
	for id, n := range next {
		m.starts[id+1] = m.starts[id] + n
		next[id] = m.starts[id]
	}
	m.records = make([]uint32, len(in))
	for i, id := range names {
		m.records[next[id]] = in[i]
		next[id]++
	}
	return m
}

// of are the numbers of the records that mention a name.
func (m *mentions) of(key string) []uint32 {
	id, ok := m.ids[key]
	if !ok {
		return nil
	}
	return m.records[m.starts[id]:m.starts[id+1]]
}
