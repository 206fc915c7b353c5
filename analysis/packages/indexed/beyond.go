package indexed

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
)

// Status tells of the indexes of a scope.
func (s *Source) Status(scope packages.Scope) []packages.SourceStatus {
	return slices.Clone(s.of(scope).statuses)
}

// Similar are names that the writer may have meant, nearest first.
func (s *Source) Similar(scope packages.Scope, name string, limit int) []packages.Candidate {
	c := s.of(scope)
	var list []packages.Candidate
	for _, n := range c.set.Similar(name, limit) {
		list = append(list, c.candidate(c.set, c.sources, n.Place, n.Missing))
	}
	return list
}

// Elsewhere finds the package in cached repositories of the family that the
// scope does not list, newest first.
func (s *Source) Elsewhere(scope packages.Scope, platform, name string) []packages.Candidate {
	c := s.of(scope)
	c.elsewhere.Do(func() { s.openOthers(c) })
	oci := index.CleanPlatform(platform)
	var list []packages.Candidate
	for _, v := range c.others.Versions(name) {
		for _, p := range v.Places {
			if oci == "" || c.otherAt[p.Source].Platform == oci {
				list = append(list, c.candidate(c.others, c.otherAt, p, nil))
			}
		}
	}
	return list
}

func (s *Source) openOthers(c *scoped) {
	listed := map[string]bool{}
	for _, st := range c.sources {
		listed[st.Repository.URL+" "+st.Repository.Suite+" "+st.Component] = true
	}
	var repositories []index.Repository
	seen := map[string]bool{}
	for _, st := range s.cache.List() {
		name := st.Repository.URL + " " + st.Repository.Suite + " " + st.Component
		if st.Repository.Family == c.family && !st.Contents && !listed[name] && !seen[name] && st.Usable() {
			seen[name] = true
			repositories = append(repositories, st.Repository)
		}
	}
	c.others = s.cache.Set(repositories, c.platforms)
	c.otherAt = c.others.Sources()
}

// Resolve computes what the entries install on a platform.
func (s *Source) Resolve(scope packages.Scope, platform string, entries []string) packages.Resolution {
	c := s.of(scope)
	key := c.key + "\x02" + platform + "\x02" + strings.Join(entries, "\x00")
	s.mu.Lock()
	out, ok := s.closures[key]
	s.mu.Unlock()
	if ok {
		return out
	}
	out = c.resolve(platform, entries)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.installed += 1 + len(out.Packages); s.installed > maxInstalled {
		clear(s.closures)
		s.installed = 1 + len(out.Packages)
	}
	s.closures[key] = out
	return out
}

func (c *scoped) resolve(platform string, entries []string) packages.Resolution {
	r := c.set.Resolve(index.Selection{Entries: entries, Platform: platform})
	out := packages.Resolution{State: c.state(platform).state, Size: r.Size, InstalledSize: r.InstalledSize}
	for _, p := range r.Packages {
		one := packages.Installed{
			Name: p.Name, Version: p.Version, Repository: placeName(c.sources[p.Place.Source].Source),
			Size: p.Size, InstalledSize: p.InstalledSize, Wanted: p.Wanted,
		}
		for _, n := range p.NeededBy {
			one.NeededBy = append(one.NeededBy, packages.Need{By: n.By, Relation: n.Relation})
		}
		out.Packages = append(out.Packages, one)
	}
	for _, m := range r.Met {
		out.Met = append(out.Met, packages.Met{By: m.By, Relation: m.Relation, Excluded: m.Excluded, Rule: m.Rule})
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, packages.Problem{
			Kind: packages.ProblemKind(p.Kind), Entry: p.Want, Message: p.Message, Chain: p.Chain, Choices: p.Choices,
		})
	}
	return out
}
