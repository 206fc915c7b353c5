package resolve

import (
	"cmp"
	"slices"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// debPackage is the candidate of a name in a resolution: apt knows one version
// per package.
type debPackage struct {
	*debInfo
	want      int  // in the request; -1 when a dependency brought it
	marked    bool // to be installed
	listed    bool // was marked once
	protected bool // its mark is not taken back
	discarded bool // it cannot be installed, or a protected package conflicts with it
	why       []string
}

// debPool are the packages of a resolution, made as they are met.
type debPool struct {
	archive    *DebianArchive
	pinned     map[string]version.Constraint
	candidates map[string]*debPackage // nil: there is none
	providing  map[string][]*debPackage
	room       []debPackage
}

func newDebianPool(archive *DebianArchive) *debPool {
	return &debPool{archive: archive, pinned: map[string]version.Constraint{}, candidates: make(map[string]*debPackage, 256), providing: make(map[string][]*debPackage, 256)}
}

// candidate is the version of a package that would be installed, or nil.
func (p *debPool) candidate(name string) *debPackage {
	if have, ok := p.candidates[name]; ok {
		return have
	}
	var info *debInfo
	if c, ok := p.pinned[name]; ok {
		info = p.archive.pick(name, c)
	} else {
		info = p.archive.candidate(name)
	}
	var found *debPackage
	if info != nil {
		if len(p.room) == 0 {
			p.room = make([]debPackage, 128)
		}
		found, p.room = &p.room[0], p.room[1:]
		*found = debPackage{debInfo: info, want: -1}
	}
	p.candidates[name] = found
	return found
}

// providers are the candidates that provide a name, without the package so
// named.
func (p *debPool) providers(name string) []*debPackage {
	if have, ok := p.providing[name]; ok {
		return have
	}
	var list []*debPackage
	for _, n := range p.archive.providers(name) {
		x := p.candidate(n)
		if x != nil && slices.ContainsFunc(x.provides, func(r deb.Relation) bool { return r.Name == name }) {
			list = append(list, x)
		}
	}
	p.providing[name] = list
	return list
}

// named calls use with the candidate of a name and its providers until it
// returns false.
func (p *debPool) named(name string, use func(*debPackage) bool) {
	if x := p.candidate(name); x != nil && !use(x) {
		return
	}
	for _, x := range p.providers(name) {
		if !use(x) {
			return
		}
	}
}

// satisfies says whether x meets a relation, by its name or by what it
// provides.
func (p *debPool) satisfies(x *debPackage, r deb.Relation) bool {
	if x.name == r.Name && version.Debian.Satisfies(x.version, r.Constraint) && p.qualifies(x, r) {
		return true
	}
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
	case "", "native", p.archive.arch:
		return true
	case "any":
		return x.flags&record.MultiArchAllowed != 0
	}
	return false
}

// solutions are the candidates left that meet a group, in apt's order: alternative
// by alternative, the package so named first, then its providers.
func (p *debPool) solutions(group debGroup) []*debPackage {
	var all []*debPackage
	for _, r := range group.any {
		from := len(all)
		p.named(r.Name, func(x *debPackage) bool {
			if !x.discarded && p.satisfies(x, r) && !slices.Contains(all, x) {
				all = append(all, x)
			}
			return true
		})
		if len(all)-from > 1 {
			slices.SortStableFunc(all[from:], func(a, b *debPackage) int { return compareDebianProviders(r.Name, a, b) })
		}
	}
	return all
}

// solvable says whether a candidate that is left meets a group.
func (p *debPool) solvable(group debGroup) bool {
	for _, r := range group.any {
		found := false
		p.named(r.Name, func(x *debPackage) bool {
			found = !x.discarded && p.satisfies(x, r)
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// compareDebianProviders is apt's order among the providers of a name: the
// package so named, essential ones, important ones, by priority, by age in
// apt's cache.
func compareDebianProviders(name string, a, b *debPackage) int {
	if r := boolInt(b.name == name) - boolInt(a.name == name); r != 0 {
		return r
	}
	for _, flag := range []record.Flags{record.Essential, record.Important} {
		if r := boolInt(b.flags&flag != 0) - boolInt(a.flags&flag != 0); r != 0 {
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
	if x.priority == 0 {
		return 6
	}
	return x.priority
}
