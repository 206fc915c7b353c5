package rules

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func indexRules() []*Rule {
	return []*Rule{
		{ID: "package-unknown-in-index", Summary: "No repository of the scope has the package", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Fix: UnsafeFix, Check: checkUnknownPackage},
		{ID: "package-other-release-only", Summary: "Only a repository of another release has the package", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Check: checkOtherRelease},
		{ID: "package-version-unavailable", Summary: "No repository of the scope has the version that is pinned", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Fix: UnsafeFix, Check: checkVersionAvailable},
		{ID: "package-platform-missing", Summary: "The package is not there for one of the platforms", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Check: checkPlatformMissing},
		{ID: "package-virtual-ambiguous", Summary: "Several packages provide the name of the entry", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Check: checkAmbiguous},
		{ID: "package-unsatisfiable", Summary: "The packages cannot be installed together", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsIndex, Check: checkUnsatisfiable},
		{ID: "package-redundant", Summary: "Another package brings the package along", Level: Level{diagnostic.Hint, diagnostic.Off}, Kinds: Definitions, Need: NeedsIndex, Fix: UnsafeFix, Check: checkRedundant},
		{ID: "package-exclusion-needed", Summary: "A package runs without a dependency, which is excluded", Level: Level{diagnostic.Info, diagnostic.Hint}, Kinds: Definitions, Need: NeedsIndex, Check: checkExclusionNeeded},
		{ID: "package-duplicate-provides", Summary: "Two listed packages provide the same", Level: always(diagnostic.Hint), Kinds: Definitions, Need: NeedsIndex, Check: checkDuplicateProvides},
		{ID: "package-index-missing", Summary: "Package names cannot be checked, since an index is missing or old", Level: always(diagnostic.Hint), Kinds: Definitions, Need: NeedsIndex, Check: checkIndexMissing},
	}
}

// eachUnknown calls f for every entry that no platform of its scope has,
// where all of them could be looked at, with where else it is.
func (p *Pass) eachUnknown(f func(s *indexScope, e *indexEntry, elsewhere []packages.Candidate)) {
	for _, s := range p.indexScopes() {
		if !s.complete() {
			continue
		}
		for i := range s.platforms[0].entries {
			e := &s.platforms[0].entries[i]
			if !p.everywhere(s, e.at, (*indexEntry).missing) {
				continue
			}
			var elsewhere []packages.Candidate
			if source, ok := p.Packages.(packages.Index); ok {
				elsewhere = source.Elsewhere(s.at, s.platforms[0].name, e.entry.FullName())
			}
			f(s, e, elsewhere)
		}
	}
}

// everywhere reports whether test holds for the entry on every platform.
func (p *Pass) everywhere(s *indexScope, at int, test func(*indexEntry) bool) bool {
	for i := range s.platforms {
		e := s.platforms[i].entry(at)
		if e == nil || !test(e) {
			return false
		}
	}
	return true
}

func (v *indexPlatform) entry(at int) *indexEntry {
	for i := range v.entries {
		if v.entries[i].at == at {
			return &v.entries[i]
		}
	}
	return nil
}

// releaseOf is the release that a repository's name tells: v3.23, edge,
// trixie; a suite loses what follows its code name, as in trixie-updates.
var releaseOf = regexp.MustCompile(`/(v[0-9]+\.[0-9]+|edge)(?:/|$)|^\S+ ([a-z]+)(?:-\S+)?(?: |$)`)

func releaseIn(repository string) string {
	m := releaseOf.FindStringSubmatch(repository)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// sameRelease keeps the candidates of releases that the scope lists, or of
// none that is known.
func sameRelease(s *indexScope, source packages.Index, list []packages.Candidate) (same, other []packages.Candidate) {
	var own []string
	for _, st := range source.Status(s.at) {
		own = append(own, releaseIn(st.Repository))
	}
	for _, c := range list {
		if r := releaseIn(c.Repository); r == "" || slices.Contains(own, r) {
			same = append(same, c)
		} else {
			other = append(other, c)
		}
	}
	return same, other
}

func checkUnknownPackage(p *Pass) {
	p.eachUnknown(func(s *indexScope, e *indexEntry, elsewhere []packages.Candidate) {
		source, full := p.Packages.(packages.Index)
		if full {
			same, other := sameRelease(s, source, elsewhere)
			if len(same) == 0 && len(other) > 0 {
				return // package-other-release-only says so
			}
			elsewhere = same
		}
		name := e.entry.FullName()
		f := p.Report(p.nameOf(s, e.at), "`%s` is in none of %s", name, s.where())
		switch similar := p.similar(s, name); {
		case len(elsewhere) > 0:
			f.Help("it is in %s, which this scope does not list", short(repositoriesOf(elsewhere)))
		case len(similar) > 0:
			f.Help("did you mean %s?", short(quoted(similar)))
			if at, ok := p.replaceable(s, e.at, (*entry.Entry).FullNameRange); ok {
				for _, word := range similar {
					f.Fix(fmt.Sprintf("Write %s", word), false, Replace(at, word))
				}
			}
		}
	})
}

// similar are names that may be meant.
func (p *Pass) similar(s *indexScope, name string) []string {
	source, ok := p.Packages.(packages.Index)
	if !ok {
		return nil
	}
	var out []string
	for _, c := range source.Similar(s.at, name, 3) {
		out = append(out, c.Name)
	}
	return out
}

func quoted(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = "`" + s + "`"
	}
	return out
}

func checkOtherRelease(p *Pass) {
	p.eachUnknown(func(s *indexScope, e *indexEntry, elsewhere []packages.Candidate) {
		source, full := p.Packages.(packages.Index)
		if !full {
			return
		}
		same, other := sameRelease(s, source, elsewhere)
		if len(same) > 0 || len(other) == 0 {
			return
		}
		p.Report(p.nameOf(s, e.at), "`%s` is in none of %s, but in %s of another release, %s", e.entry.FullName(), s.where(), short(repositoriesOf(other)), releaseIn(other[0].Repository)).
			Help("packages of another release need libraries of that release: look for what this release calls it, or build it")
	})
}

func checkVersionAvailable(p *Pass) {
	for _, s := range p.indexScopes() {
		if !s.complete() {
			continue
		}
		for i := range s.platforms[0].entries {
			e := &s.platforms[0].entries[i]
			wrong := func(e *indexEntry) bool { return !e.missing() && !e.fits }
			if e.entry.Version == "" || !p.everywhere(s, e.at, wrong) {
				continue
			}
			p.reportVersion(s, e)
		}
	}
}

func (p *Pass) reportVersion(s *indexScope, e *indexEntry) {
	at := p.versionRange(&s.list[e.at])
	f := p.Report(at, "`%s` has no version %s in %s", e.entry.FullName(), e.entry.Version, s.where())
	f.Help("there is %s", short(versionsOf(e.found)))
	newest := e.found[0].Version
	if place, ok := p.replaceable(s, e.at, func(e *entry.Entry) text.Range { return e.VersionRange }); ok && e.entry.Operator == "=" {
		f.Fix("Pin to "+newest, false, Replace(place, newest))
	}
}

// versionsOf are the versions of candidates with their repositories.
func versionsOf(list []packages.Candidate) []string {
	var out []string
	for _, c := range list {
		if v := c.Version + " in " + c.Repository; !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// checkPlatformMissing reports what one platform has and another lacks, in
// the version that is wanted.
func checkPlatformMissing(p *Pass) {
	for _, s := range p.indexScopes() {
		for at := range s.list {
			var have, lack []string
			for i := range s.platforms {
				switch e := s.platforms[i].entry(at); {
				case e == nil:
				case e.fits:
					have = append(have, s.platforms[i].name)
				default:
					lack = append(lack, s.platforms[i].name)
				}
			}
			if len(have) == 0 || len(lack) == 0 {
				continue
			}
			p.Report(p.nameOf(s, at), "`%s` is there for %s, but not for %s", s.list[at].Value(), short(have), short(lack)).
				Help("the build for %s fails: list it only in definitions for the others, or find what stands in for it", short(lack))
		}
	}
}
