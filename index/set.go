package index

import (
	"slices"
	"sync"

	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/resolve"
	"github.com/dhi-ls/dhi-ls/index/store"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// Set is the indexes of a scope's repositories for the platforms of a
// definition, as they stood when it was made. Its answers never change, and it
// is safe for concurrent use.
type Set struct {
	family    Family
	scheme    version.Scheme
	platforms []string
	status    []Status
	indexes   []*store.Index // nil where the status is not usable

	mu       sync.Mutex
	archives map[string]*resolve.DebianArchive // by platform
}

// Set opens the indexes of repositories for OCI platforms such as linux/arm64.
// It always succeeds: what is not there shows in the statuses.
func (c *Cache) Set(repositories []Repository, ociPlatforms []string) *Set {
	s := &Set{family: Debian}
	if len(repositories) > 0 {
		s.family = repositories[0].Family
	}
	s.scheme = s.family.Versions()
	for _, p := range ociPlatforms {
		if p = CleanPlatform(p); !slices.Contains(s.platforms, p) {
			s.platforms = append(s.platforms, p)
		}
	}
	m := c.load()
	for _, source := range Sources(repositories, ociPlatforms) {
		st, x := c.status(source, m)
		if st.State == Damaged {
			// Another process may have replaced it since the manifest was read.
			m, _ = c.dir.Load()
			st, x = c.status(source, m)
		}
		s.status = append(s.status, st)
		s.indexes = append(s.indexes, x)
	}
	return s
}

// Family is that of the repositories.
func (s *Set) Family() Family { return s.family }

// Platforms are the OCI platforms, without linux/.
func (s *Set) Platforms() []string { return slices.Clone(s.platforms) }

// Sources are the indexes with their states; a Place's Source counts in them.
func (s *Set) Sources() []Status { return slices.Clone(s.status) }

// Complete says whether every index of a platform is there and fresh, so that
// what none of them holds does not exist. An empty platform asks for all.
func (s *Set) Complete(oci string) bool {
	oci = CleanPlatform(oci)
	any := false
	for _, st := range s.status {
		if oci != "" && st.Platform != oci {
			continue
		}
		any = true
		if st.State != Fresh {
			return false
		}
	}
	return any
}

// Gaps are the sources that are not fresh.
func (s *Set) Gaps() []Status {
	var list []Status
	for _, st := range s.status {
		if st.State != Fresh {
			list = append(list, st)
		}
	}
	return list
}

// Place is where a version of a package is.
type Place struct {
	Source int // in Sources
	row    int
}

// Name is a package name with what completion shows of it.
type Name struct {
	Name   string
	Score  int    // of a fuzzy search
	Newest string // version
	Place  Place  // of the newest
	// Missing are the platforms that surely lack the package.
	Missing []string
}

// Names are the packages with a prefix, in byte order, at most limit.
func (s *Set) Names(prefix string, limit int) []Name {
	var words []string
	for _, x := range s.distinct() {
		from, to := x.Names(prefix)
		for i := from; i < min(to, from+limit); i++ {
			words = append(words, x.Name(i))
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return s.describe(words[:min(len(words), limit)])
}

// distinct are the usable indexes, each once.
func (s *Set) distinct() []*store.Index {
	var list []*store.Index
	for _, x := range s.indexes {
		if x != nil && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

func (s *Set) describe(words []string) []Name {
	list := make([]Name, 0, len(words))
	for _, w := range words {
		list = append(list, s.Name(w))
	}
	return list
}

// Name describes one name; its Newest is empty when no index has it.
func (s *Set) Name(name string) Name {
	n := Name{Name: name}
	var have []string
	for i, x := range s.indexes {
		if x == nil {
			continue
		}
		from, to := x.Rows(name)
		if from == to {
			continue
		}
		have = append(have, s.status[i].Platform)
		if v := x.Version(from); n.Newest == "" || s.scheme.Compare(v, n.Newest) > 0 {
			n.Newest, n.Place = v, Place{i, from}
		}
	}
	n.Missing = s.missing(have)
	return n
}

// missing are the platforms that are not among have although all their indexes
// are there.
func (s *Set) missing(have []string) []string {
	var list []string
	for _, p := range s.platforms {
		if !slices.Contains(have, p) && s.usable(p) {
			list = append(list, p)
		}
	}
	return list
}

func (s *Set) usable(oci string) bool {
	any := false
	for i, st := range s.status {
		if st.Platform != oci {
			continue
		}
		any = true
		if s.indexes[i] == nil {
			return false
		}
	}
	return any
}

// Fuzzy are the packages whose names hold the query's letters in order, best
// first, at most limit.
func (s *Set) Fuzzy(query string, limit int) []Name {
	return s.merge(limit, func(x *store.Index) []store.Match { return x.Fuzzy(query, limit) })
}

// Similar are the packages whose names are at most two typing errors away,
// nearest first: what the writer may have meant.
func (s *Set) Similar(name string, limit int) []Name {
	distance := 2
	if len(name) < 5 {
		distance = 1
	}
	return s.merge(limit, func(x *store.Index) []store.Match { return x.Similar(name, distance, limit) })
}

func (s *Set) merge(limit int, search func(*store.Index) []store.Match) []Name {
	var all []store.Match
	for _, x := range s.distinct() {
		all = append(all, search(x)...)
	}
	slices.SortFunc(all, store.CompareMatches)
	all = slices.Compact(all)
	list := make([]Name, 0, min(limit, len(all)))
	for _, m := range all[:min(limit, len(all))] {
		n := s.Name(m.Name)
		n.Score = m.Score
		list = append(list, n)
	}
	return list
}

// Version is one version of a package and where it is.
type Version struct {
	Version string
	Places  []Place
	// Missing are the platforms that surely lack this version.
	Missing []string
}

// Versions are all versions of a package, newest first.
func (s *Set) Versions(name string) []Version {
	var list []Version
	for i, x := range s.indexes {
		if x == nil {
			continue
		}
		from, to := x.Rows(name)
		for r := from; r < to; r++ {
			list = addVersion(list, x.Version(r), Place{i, r})
		}
	}
	slices.SortFunc(list, func(a, b Version) int { return s.scheme.Compare(b.Version, a.Version) })
	for i := range list {
		var have []string
		for _, p := range list[i].Places {
			have = append(have, s.status[p.Source].Platform)
		}
		list[i].Missing = s.missing(have)
	}
	return list
}

func addVersion(list []Version, v string, p Place) []Version {
	for i := range list {
		if list[i].Version == v {
			list[i].Places = append(list[i].Places, p)
			return list
		}
	}
	return append(list, Version{Version: v, Places: []Place{p}})
}

// Newest is the newest version of a package for a platform.
func (s *Set) Newest(name, oci string) (string, Place, bool) {
	oci = CleanPlatform(oci)
	for _, v := range s.Versions(name) {
		for _, p := range v.Places {
			if s.status[p.Source].Platform == oci {
				return v.Version, p, true
			}
		}
	}
	return "", Place{}, false
}

// Package is all that the index says at a place.
func (s *Set) Package(p Place) record.Package {
	if p.Source < 0 || p.Source >= len(s.indexes) || s.indexes[p.Source] == nil {
		return record.Package{}
	}
	return s.indexes[p.Source].Package(p.row)
}

// Description is the description alone of the package at a place.
func (s *Set) Description(p Place) string {
	if p.Source < 0 || p.Source >= len(s.indexes) || s.indexes[p.Source] == nil {
		return ""
	}
	return s.indexes[p.Source].Description(p.row)
}

// Lookup finds a package in a version, or in its newest one when version is
// empty.
func (s *Set) Lookup(name, v string) (record.Package, Place, bool) {
	for _, have := range s.Versions(name) {
		if v == "" || s.scheme.Compare(have.Version, v) == 0 {
			return s.Package(have.Places[0]), have.Places[0], true
		}
	}
	return record.Package{}, Place{}, false
}

// Provider is a package that provides a name.
type Provider struct {
	Name, Version string
	Place         Place
}

// Providers are the packages that provide a virtual name, such as cmd:psql,
// so:libc.musl-x86_64.so.1 or awk; each package and version once per index.
func (s *Set) Providers(name string) []Provider {
	var list []Provider
	for i, x := range s.indexes {
		if x == nil {
			continue
		}
		for _, r := range x.Providers(name) {
			list = append(list, Provider{Name: x.RowName(r), Version: x.Version(r), Place: Place{i, r}})
		}
	}
	return list
}

// ProvidedNames are the virtual names with a prefix, such as cmd:, in byte
// order, at most limit.
func (s *Set) ProvidedNames(prefix string, limit int) []string {
	var words []string
	for _, x := range s.distinct() {
		words = append(words, x.ProvidedNames(prefix, limit)...)
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(limit, len(words))]
}
