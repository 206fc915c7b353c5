package resolve

import (
	"cmp"
	"slices"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// debPackage is the candidate of a name: apt knows one version per package.
type debPackage struct {
	name, version string
	record        record.Package
	repo, row     int
	born          [2]int // repository and place where its name first comes up: apt's order

	depends  [][]deb.Relation // Pre-Depends and Depends
	breaks   []deb.Relation   // Conflicts and Breaks
	provides []deb.Relation
	parsed   bool

	want      int  // in the request; -1 when a dependency brought it
	marked    bool // to be installed
	listed    bool // was marked once
	protected bool // its mark is not taken back
	discarded bool // it cannot be installed, or a protected package conflicts with it
	why       []string
}

// debPool loads packages as they are met.
type debPool struct {
	repositories []Repository
	arch         string
	pinned       map[string]version.Constraint
	candidates   map[string]*debPackage // nil: there is none
	providing    map[string][]*debPackage
}

func newDebianPool(repositories []Repository, arch string) *debPool {
	return &debPool{
		repositories: repositories, arch: arch, pinned: map[string]version.Constraint{},
		candidates: map[string]*debPackage{}, providing: map[string][]*debPackage{},
	}
}

// debRow is a version of a package in a repository.
type debRow struct {
	repo, row int
	version   string
}

// rows are all versions of a name, best first: by priority, then version, then
// the order of the repositories.
func (p *debPool) rows(name string) []debRow {
	var list []debRow
	for i, r := range p.repositories {
		from, to := r.Index.Rows(name)
		for row := from; row < to; row++ {
			list = append(list, debRow{i, row, r.Index.Version(row)})
		}
	}
	slices.SortStableFunc(list, func(a, b debRow) int {
		if c := cmp.Compare(p.priority(b.repo), p.priority(a.repo)); c != 0 {
			return c
		}
		return version.CompareDebian(b.version, a.version)
	})
	return list
}

func (p *debPool) priority(repo int) int {
	if n := p.repositories[repo].Priority; n != 0 {
		return n
	}
	return 500
}

// candidate is the version of a package that would be installed, or nil.
func (p *debPool) candidate(name string) *debPackage {
	if have, ok := p.candidates[name]; ok {
		return have
	}
	var found *debPackage
	rows := p.rows(name)
	for _, r := range rows {
		if c, ok := p.pinned[name]; ok && !version.Debian.Satisfies(r.version, c) {
			continue
		}
		rec := p.repositories[r.repo].Index.Relations(r.row)
		found = &debPackage{name: name, version: r.version, record: rec, repo: r.repo, row: r.row, born: p.born(rows), want: -1}
		break
	}
	p.candidates[name] = found
	return found
}

func (p *debPool) born(rows []debRow) [2]int {
	first := [2]int{len(p.repositories), 0}
	for _, r := range rows {
		place := [2]int{r.repo, p.repositories[r.repo].Index.Born(r.row)}
		if slices.Compare(place[:], first[:]) < 0 {
			first = place
		}
	}
	return first
}

// parse reads a package's relations on their first use.
func (p *debPool) parse(x *debPackage) {
	if x.parsed {
		return
	}
	x.parsed = true
	before, _ := deb.ParseRelations(x.record.PreDepends, p.arch)
	after, _ := deb.ParseRelations(x.record.Depends, p.arch)
	x.depends = append(before, after...)
	for _, field := range []string{x.record.Conflicts, x.record.Breaks} {
		groups, _ := deb.ParseRelations(field, p.arch)
		for _, g := range groups {
			x.breaks = append(x.breaks, g...)
		}
	}
	groups, _ := deb.ParseRelations(x.record.Provides, p.arch)
	for _, g := range groups {
		x.provides = append(x.provides, g[0])
	}
}

// providers are the candidates that provide a name, without the package so
// named.
func (p *debPool) providers(name string) []*debPackage {
	if have, ok := p.providing[name]; ok {
		return have
	}
	var list []*debPackage
	for _, r := range p.repositories {
		for _, row := range r.Index.Providers(name) {
			x := p.candidate(r.Index.RowName(row))
			if x == nil || x.name == name || slices.Contains(list, x) {
				continue
			}
			if p.parse(x); slices.ContainsFunc(x.provides, func(r deb.Relation) bool { return r.Name == name }) {
				list = append(list, x)
			}
		}
	}
	p.providing[name] = list
	return list
}

// satisfies says whether x meets a relation, by its name or by what it
// provides.
func (p *debPool) satisfies(x *debPackage, r deb.Relation) bool {
	if x.name == r.Name && version.Debian.Satisfies(x.version, r.Constraint) && p.qualifies(x, r) {
		return true
	}
	p.parse(x)
	return slices.ContainsFunc(x.provides, func(have deb.Relation) bool {
		if have.Name != r.Name {
			return false
		}
		// A provided name without a version meets no versioned relation.
		return r.Constraint.Unbound() || have.Constraint.Version != "" && version.Debian.Satisfies(have.Constraint.Version, r.Constraint)
	})
}

// qualifies says whether the architecture qualifier lets x through: any asks
// for Multi-Arch: allowed.
func (p *debPool) qualifies(x *debPackage, r deb.Relation) bool {
	switch r.Qualifier {
	case "", "native", p.arch:
		return true
	case "any":
		return x.record.Flags&record.MultiArchAllowed != 0
	}
	return false
}

// solutions are the candidates left that meet a group, in apt's order: alternative
// by alternative, the package so named first, then its providers.
func (p *debPool) solutions(group []deb.Relation) []*debPackage {
	var all []*debPackage
	for _, r := range group {
		var list []*debPackage
		for _, x := range append([]*debPackage{p.candidate(r.Name)}, p.providers(r.Name)...) {
			if x != nil && !x.discarded && p.satisfies(x, r) {
				list = append(list, x)
			}
		}
		slices.SortStableFunc(list, func(a, b *debPackage) int { return compareDebianProviders(r.Name, a, b) })
		for _, x := range list {
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	return all
}

// compareDebianProviders is apt's order among the providers of a name: the
// package so named, essential ones, important ones, by priority, by age in
// apt's cache.
func compareDebianProviders(name string, a, b *debPackage) int {
	if r := boolInt(b.name == name) - boolInt(a.name == name); r != 0 {
		return r
	}
	for _, flag := range []record.Flags{record.Essential, record.Important} {
		if r := boolInt(b.record.Flags&flag != 0) - boolInt(a.record.Flags&flag != 0); r != 0 {
			return r
		}
	}
	if r := cmp.Compare(rank(a), rank(b)); r != 0 {
		return r
	}
	return slices.Compare(b.born[:], a.born[:])
}

// rank is the priority, an unknown one last.
func rank(x *debPackage) int32 {
	if x.record.Priority == 0 {
		return 6
	}
	return x.record.Priority
}
