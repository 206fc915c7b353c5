package indexed

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/record"
)

// Lookup finds the package of exactly this name for one platform, in each
// version and repository.
func (s *Source) Lookup(scope packages.Scope, platform, name string) packages.Answer {
	c := s.of(scope)
	a := c.begin(platform)
	oci := index.CleanPlatform(platform)
	for _, v := range c.set.Versions(name) {
		for _, p := range v.Places {
			if oci == "" || c.sources[p.Source].Platform == oci {
				a.Candidates = append(a.Candidates, c.candidate(c.set, c.sources, p, v.Missing))
			}
		}
	}
	return s.withCatalog(c, a, platform, name)
}

func (c *scoped) begin(platform string) packages.Answer {
	known := c.state(platform)
	return packages.Answer{State: known.state, Detail: known.detail, Sources: known.sources}
}

// candidate is all that an index says of a package at a place.
func (c *scoped) candidate(set *index.Set, sources []index.Status, p index.Place, missing []string) packages.Candidate {
	r, st := set.Package(p), sources[p.Source]
	out := packages.Candidate{
		Name: r.Name, Version: r.Version, Repository: placeName(st.Source), Platform: c.named(st.Platform),
		Description: r.Description, License: r.License, Homepage: r.Homepage, Size: r.Size, InstalledSize: r.InstalledSize,
		Origin: r.Origin, Missing: c.allNamed(missing),
	}
	c.relations(&out, &r)
	return out
}

func (c *scoped) relations(out *packages.Candidate, r *record.Package) {
	if c.family == index.Debian {
		out.Depends = append(commas(r.PreDepends), commas(r.Depends)...)
		out.Provides, out.Replaces = commas(r.Provides), commas(r.Replaces)
		out.Conflicts = append(commas(r.Conflicts), commas(r.Breaks)...)
		return
	}
	for _, d := range strings.Fields(r.Depends) {
		if strings.HasPrefix(d, "!") {
			out.Conflicts = append(out.Conflicts, d)
		} else {
			out.Depends = append(out.Depends, d)
		}
	}
	out.Provides, out.Replaces = strings.Fields(r.Provides), strings.Fields(r.Replaces)
}

func commas(field string) []string {
	if field == "" {
		return nil
	}
	list := strings.Split(field, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// Search finds names with the query as their prefix, then names like it. A
// query with a colon searches provided names such as cmd:sh.
func (s *Source) Search(scope packages.Scope, query string, limit int) packages.Answer {
	c := s.of(scope)
	a := c.begin("")
	if c.family == index.Alpine && strings.Contains(query, ":") {
		a.Candidates = c.provided(query, limit)
		return a
	}
	whole := strings.Contains(query, ":") // a provided name may be meant
	seen := map[string]bool{}
	add := func(list []index.Name, score func(index.Name) int) {
		a.Candidates = slices.Grow(a.Candidates, min(len(list), limit-len(a.Candidates)))
		for _, n := range list {
			if len(a.Candidates) >= limit || seen[n.Name] {
				continue
			}
			seen[n.Name] = true
			a.Candidates = append(a.Candidates, c.found(n, score(n), whole))
		}
	}
	add(c.set.Names(query, limit), func(index.Name) int { return 0 })
	a.Candidates = s.searchCatalog(c, a.Candidates, seen, query, limit)
	if query != "" && len(a.Candidates) < limit {
		add(c.set.Fuzzy(query, limit), func(n index.Name) int { return n.Score })
	}
	return a
}

// found is what a search says of a package; reading the whole of each package
// takes several times as long.
func (c *scoped) found(n index.Name, score int, whole bool) packages.Candidate {
	out := packages.Candidate{Name: n.Name, Version: n.Newest, Missing: c.allNamed(n.Missing)}
	if whole {
		out = c.candidate(c.set, c.sources, n.Place, n.Missing)
	} else if n.Newest != "" {
		st := c.sources[n.Place.Source]
		out.Repository, out.Platform, out.Description = placeName(st.Source), c.named(st.Platform), c.set.Description(n.Place)
	}
	out.Score = score
	return out
}

// provided are the provided names with a prefix, each with its first provider.
func (c *scoped) provided(prefix string, limit int) []packages.Candidate {
	var list []packages.Candidate
	for _, name := range c.set.ProvidedNames(prefix, limit) {
		by := c.set.Providers(name)
		if len(by) == 0 {
			continue
		}
		found := c.candidate(c.set, c.sources, by[0].Place, nil)
		found.Origin, found.Description = found.Name, strings.TrimSpace("from "+found.Name+": "+found.Description)
		found.Name = name
		list = append(list, found)
	}
	return list
}

// Providers finds packages that provide a virtual name, newest first, each
// name and version once per repository.
func (s *Source) Providers(scope packages.Scope, platform, name string) packages.Answer {
	c := s.of(scope)
	a := c.begin(platform)
	oci := index.CleanPlatform(platform)
	for _, p := range c.set.Providers(name) {
		if oci == "" || c.sources[p.Place.Source].Platform == oci {
			a.Candidates = append(a.Candidates, c.candidate(c.set, c.sources, p.Place, nil))
		}
	}
	slices.SortStableFunc(a.Candidates, func(x, y packages.Candidate) int {
		if x.Name != y.Name {
			return strings.Compare(x.Name, y.Name)
		}
		return s.Compare(scope.Family, y.Version, x.Version)
	})
	return a
}
