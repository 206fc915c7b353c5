package resolve

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// DebianArchive is what Debian repositories say of the packages that
// resolutions met so far, read once for all of them. It is safe for concurrent
// use.
type DebianArchive struct {
	repositories []Repository
	arch         string

	mu         sync.RWMutex
	candidates map[string]*debInfo // without pins; nil: there is none
	provided   map[string][]string
}

// NewDebianArchive is that of repositories for an architecture.
func NewDebianArchive(repositories []Repository, arch string) *DebianArchive {
	return &DebianArchive{repositories: repositories, arch: arch, candidates: map[string]*debInfo{}, provided: map[string][]string{}}
}

// debInfo is a version of a package. It does not change.
type debInfo struct {
	name, version string
	flags         record.Flags
	priority      int32
	repo, row     int
	born          [2]int // repository and place where its name first comes up: apt's order

	depends  []debGroup     // Pre-Depends and Depends
	breaks   []deb.Relation // Conflicts and Breaks
	provides []deb.Relation
}

// debGroup is a dependency: any of its relations meets it.
type debGroup struct {
	any  []deb.Relation
	text string
}

func groupsOf(field, arch string) []debGroup {
	parsed, _ := deb.ParseRelations(field, arch)
	list := make([]debGroup, len(parsed))
	for i, group := range parsed {
		parts := make([]string, len(group))
		for j, r := range group {
			parts[j] = r.String()
		}
		list[i] = debGroup{group, strings.Join(parts, " | ")}
	}
	return list
}

// candidate is the version of a package that apt would install, or nil.
func (a *DebianArchive) candidate(name string) *debInfo {
	a.mu.RLock()
	have, ok := a.candidates[name]
	a.mu.RUnlock()
	if ok {
		return have
	}
	have = a.pick(name, version.Constraint{Op: version.Any})
	a.mu.Lock()
	defer a.mu.Unlock()
	if first, ok := a.candidates[name]; ok {
		return first
	}
	a.candidates[name] = have
	return have
}

// pick is the best version of a package that a constraint allows, or nil.
func (a *DebianArchive) pick(name string, c version.Constraint) *debInfo {
	rows := a.rows(name)
	for _, r := range rows {
		if c.Unbound() || version.Debian.Satisfies(r.version, c) {
			return a.read(name, r, a.born(rows))
		}
	}
	return nil
}

// debRow is a version of a package in a repository.
type debRow struct {
	repo, row int
	version   string
}

// rows are all versions of a name, best first: by priority, then version, then
// the order of the repositories.
func (a *DebianArchive) rows(name string) []debRow {
	var list []debRow
	for i, r := range a.repositories {
		from, to := r.Index.Rows(name)
		for row := from; row < to; row++ {
			list = append(list, debRow{i, row, r.Index.Version(row)})
		}
	}
	if len(list) < 2 {
		return list
	}
	slices.SortStableFunc(list, func(x, y debRow) int {
		if c := cmp.Compare(a.priority(y.repo), a.priority(x.repo)); c != 0 {
			return c
		}
		return version.CompareDebian(y.version, x.version)
	})
	return list
}

func (a *DebianArchive) priority(repo int) int {
	if n := a.repositories[repo].Priority; n != 0 {
		return n
	}
	return 500
}

func (a *DebianArchive) born(rows []debRow) [2]int {
	first := [2]int{len(a.repositories), 0}
	for _, r := range rows {
		place := [2]int{r.repo, a.repositories[r.repo].Index.Born(r.row)}
		if slices.Compare(place[:], first[:]) < 0 {
			first = place
		}
	}
	return first
}

func (a *DebianArchive) read(name string, r debRow, born [2]int) *debInfo {
	rec := a.repositories[r.repo].Index.Relations(r.row)
	x := &debInfo{name: name, version: r.version, flags: rec.Flags, priority: rec.Priority, repo: r.repo, row: r.row, born: born}
	x.depends = append(groupsOf(rec.PreDepends, a.arch), groupsOf(rec.Depends, a.arch)...)
	for _, field := range []string{rec.Conflicts, rec.Breaks} {
		groups, _ := deb.ParseRelations(field, a.arch)
		for _, g := range groups {
			x.breaks = append(x.breaks, g...)
		}
	}
	groups, _ := deb.ParseRelations(rec.Provides, a.arch)
	for _, g := range groups {
		x.provides = append(x.provides, g[0])
	}
	return x
}

// providers are the names of packages that provide a name in some version,
// without the package so named.
func (a *DebianArchive) providers(name string) []string {
	a.mu.RLock()
	have, ok := a.provided[name]
	a.mu.RUnlock()
	if ok {
		return have
	}
	for _, r := range a.repositories {
		for _, row := range r.Index.Providers(name) {
			if n := r.Index.RowName(row); n != name && !slices.Contains(have, n) {
				have = append(have, n)
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.provided[name] = have
	return have
}
