package rules

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// eachResolved calls f for the resolution of every scope on every platform.
func (p *Pass) eachResolved(f func(s *indexScope, v *indexPlatform, r *packages.Resolution)) {
	for _, s := range p.indexScopes() {
		for i := range s.platforms {
			if r, ok := p.resolution(s, &s.platforms[i]); ok {
				f(s, &s.platforms[i], r)
			}
		}
	}
}

// problemAt is where a problem of a resolution is reported.
func (p *Pass) problemAt(s *indexScope, v *indexPlatform, pr *packages.Problem) (text.Range, *pkg) {
	if pr.Entry < 0 || pr.Entry >= len(v.from) {
		if owner := s.Node.Entry("packages"); owner != nil && owner.Key != nil {
			return owner.Key.Range, nil
		}
		return s.list[0].Range(), nil
	}
	k := &s.list[v.from[pr.Entry]]
	return p.nameRange(k), k
}

func checkAmbiguous(p *Pass) {
	told := map[*pkg]bool{}
	p.eachResolved(func(s *indexScope, v *indexPlatform, r *packages.Resolution) {
		for i := range r.Problems {
			at, k := p.problemAt(s, v, &r.Problems[i])
			if r.Problems[i].Kind != packages.Ambiguous || k == nil || told[k] {
				continue
			}
			told[k] = true
			f := p.Report(at, "`%s` is provided by several packages, so that one has to be named", k.Value())
			if len(r.Problems[i].Choices) > 0 {
				f.Help("choose one of %s", short(quoted(r.Problems[i].Choices)))
			}
		}
	})
}

// checkUnsatisfiable reports why a set cannot be installed, unless an entry
// itself is the reason: the rules of names and versions report those.
func checkUnsatisfiable(p *Pass) {
	told := map[string]bool{}
	p.eachResolved(func(s *indexScope, v *indexPlatform, r *packages.Resolution) {
		for i := range r.Problems {
			pr := &r.Problems[i]
			at, k := p.problemAt(s, v, pr)
			if pr.Kind == packages.Ambiguous || k != nil && entryFails(v, pr) || told[s.ScopeName()+pr.Message] {
				continue
			}
			told[s.ScopeName()+pr.Message] = true
			reason := pr.Message
			if len(pr.Chain) > 0 {
				reason = pr.Chain[len(pr.Chain)-1]
			}
			f := p.Report(at, "the packages of %s cannot be installed for %s: %s", s.ScopeName(), v.name, reason)
			if len(pr.Chain) > 1 {
				f.Help("%s: %s", pr.Message, strings.Join(pr.Chain, "; "))
			}
		}
	})
}

// entryFails reports whether the entry is not there as it is written.
func entryFails(v *indexPlatform, pr *packages.Problem) bool {
	e := v.entry(v.from[pr.Entry])
	return e == nil || !e.fits
}

// checkRedundant reports an entry without a version that would be installed
// without being listed, on every platform.
func checkRedundant(p *Pass) {
	count, because, scopes := map[*pkg]int{}, map[*pkg]string{}, map[*pkg]*indexScope{}
	p.eachResolved(func(s *indexScope, v *indexPlatform, r *packages.Resolution) {
		if len(r.Problems) > 0 {
			return
		}
		g := newNeeds(p, s, v, r)
		for _, e := range v.entries {
			if e.entry.Version != "" || e.entry.Namespace != "" {
				continue
			}
			if by, ok := g.broughtBy(e.entry.Name); ok {
				k := &s.list[e.at]
				count[k]++
				because[k], scopes[k] = by, s
			}
		}
	})
	for _, s := range p.indexScopes() {
		for i := range s.list {
			k := &s.list[i]
			if by := because[k]; by != "" && count[k] == len(s.at.Platforms) && scopes[k] == s {
				f := p.Report(k.Range(), "`%s` is installed without being listed, since `%s` needs it", k.Value(), by)
				if e, ok := p.RemoveEntry(k.Node); ok {
					f.Fix("Remove the entry", false, e)
				}
			}
		}
	}
}

// needs is the graph of who needs whom in a resolution.
type needs struct {
	p      *Pass
	s      *indexScope
	v      *indexPlatform
	byName map[string]*packages.Installed
}

func newNeeds(p *Pass, s *indexScope, v *indexPlatform, r *packages.Resolution) *needs {
	g := &needs{p, s, v, make(map[string]*packages.Installed, len(r.Packages))}
	for i := range r.Packages {
		g.byName[r.Packages[i].Name] = &r.Packages[i]
	}
	return g
}

// broughtBy is a package that brings the wanted package along by itself.
func (g *needs) broughtBy(name string) (string, bool) {
	x := g.byName[name]
	if x == nil || !x.Wanted {
		return "", false
	}
	for _, n := range x.NeededBy {
		if n.By != "" && n.By != name && g.direct(n.Relation, name) && g.wanted(n.By, map[string]bool{name: true}) {
			return n.By, true
		}
	}
	return "", false
}

// wanted reports whether a package is there for an entry, without those seen.
func (g *needs) wanted(name string, seen map[string]bool) bool {
	x := g.byName[name]
	if x == nil || seen[name] {
		return false
	}
	seen[name] = true
	if x.Wanted {
		return true
	}
	for _, n := range x.NeededBy {
		if n.By != "" && g.wanted(n.By, seen) {
			return true
		}
	}
	return false
}

// direct reports whether a relation can be met by the package alone: with a
// choice, the entry may be what decides it.
func (g *needs) direct(relation, name string) bool {
	if strings.Contains(relation, "|") {
		return false
	}
	wanted := strings.FieldsFunc(relation, func(r rune) bool { return strings.ContainsRune(" (<>=~", r) })
	if len(wanted) == 0 {
		return false
	}
	target := wanted[0]
	if base, _, arch := strings.Cut(target, ":"); arch && g.s.at.Family == "debian" {
		target = base
	}
	if target == name {
		return true
	}
	for _, c := range g.p.Packages.Providers(g.s.at, g.v.name, target).Candidates {
		if c.Name != name {
			return false
		}
	}
	return len(g.p.Packages.Lookup(g.s.at, g.v.name, target).Candidates) == 0
}

// checkExclusionNeeded says what runs without what an exclusion keeps out.
func checkExclusionNeeded(p *Pass) {
	type fact struct {
		k        *pkg
		by, what string
	}
	var facts []fact
	p.eachResolved(func(s *indexScope, _ *indexPlatform, r *packages.Resolution) {
		for _, m := range r.Met {
			i, ok := s.excluded[m.Excluded]
			if !ok {
				continue
			}
			if one := (fact{&s.list[i], m.By, m.Relation}); !slices.Contains(facts, one) {
				facts = append(facts, one)
			}
		}
	})
	for len(facts) > 0 {
		first := facts[0]
		var by []string
		facts = slices.DeleteFunc(facts, func(f fact) bool {
			if f.k == first.k && !slices.Contains(by, "`"+f.by+"`") {
				by = append(by, "`"+f.by+"`")
			}
			return f.k == first.k
		})
		verb := "runs"
		if len(by) > 1 {
			verb = "run"
		}
		p.Report(first.k.Range(), "%s %s without `%s`, which `%s` keeps out", short(by), verb, first.what, first.k.Value())
	}
}

// checkDuplicateProvides reports two entries that provide the same name, which
// only one of them can stand for.
func checkDuplicateProvides(p *Pass) {
	for _, s := range p.indexScopes() {
		if len(s.platforms) == 0 {
			continue
		}
		first := map[string]int{}
		told := map[[2]int]bool{}
		for _, e := range s.platforms[0].entries {
			if len(e.found) == 0 {
				continue
			}
			for _, name := range standsFor(e.found[0]) {
				other, seen := first[name]
				if !seen {
					first[name] = e.at
					continue
				}
				pair := [2]int{other, e.at}
				if told[pair] || s.list[other].meant == nil || s.list[other].meant.Name == e.entry.Name {
					continue
				}
				told[pair] = true
				p.Report(p.nameOf(s, e.at), "`%s` and `%s` both provide `%s`", s.list[other].meant.FullName(), e.entry.FullName(), name).
					Related(p.nameOf(s, other), "the other package")
			}
		}
	}
}

// standsFor are the names that a package stands for beside its own: commands
// and virtual packages. Libraries and the like belong to one package each.
func standsFor(c packages.Candidate) []string {
	var out []string
	for _, relation := range c.Provides {
		name, _, _ := strings.Cut(relation, " ")
		name, _, _ = strings.Cut(name, "=")
		namespace, _, has := strings.Cut(name, ":")
		if name != c.Name && name != "" && (!has || namespace == "cmd") && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// checkIndexMissing says what is not checked and why: in the editor at each
// scope, elsewhere once for the whole run.
func checkIndexMissing(p *Pass) {
	source, ok := p.Packages.(packages.Index)
	if !ok {
		return
	}
	for _, s := range p.indexScopes() {
		var absent []packages.SourceStatus
		for _, st := range source.Status(s.at) {
			if st.State == packages.Known {
				continue
			}
			p.Notice(NoticeIndex, "%s", st.Problem)
			if st.State != packages.Closed {
				absent = append(absent, st)
			}
		}
		owner := s.Node.Entry("packages")
		if len(absent) == 0 || owner == nil || owner.Key == nil {
			continue
		}
		var names []string
		for _, st := range absent {
			if !slices.Contains(names, st.Repository) {
				names = append(names, st.Repository)
			}
		}
		p.Report(owner.Key.Range, "the packages are not checked against %s, whose index is missing or old", short(names)).
			Help("%s", absent[0].Problem)
	}
}

// NoticeIndex is the code of notices about package indexes that are not there.
const NoticeIndex = "index-missing"
