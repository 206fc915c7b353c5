package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func checkPackageDuplicate(p *Pass) {
	p.eachTwin(func(s *packageScope, first, second *pkg) {
		if s.Stage == nil && first.meant.Version == second.meant.Version {
			p.reportTwin(first, second, s)
		}
	})
}

func checkBuildPackageDuplicate(p *Pass) {
	p.eachTwin(func(s *packageScope, first, second *pkg) {
		if s.Stage != nil && !first.meant.Exclude && first.meant.Version == second.meant.Version {
			p.reportTwin(first, second, s)
		}
	})
}

func checkBuildExclusionDuplicate(p *Pass) {
	p.eachTwin(func(s *packageScope, first, second *pkg) {
		if s.Stage != nil && first.meant.Exclude {
			p.reportTwin(first, second, s)
		}
	})
}

// eachTwin calls f for each entry whose name stands in the scope before.
func (p *Pass) eachTwin(f func(s *packageScope, first, second *pkg)) {
	scopes := p.packageScopes()
	for i := range scopes {
		s := &scopes[i]
		for j := range s.list {
			if k := &s.list[j]; k.twin >= 0 && k.twin != j {
				f(s, &s.list[k.twin], k)
			}
		}
	}
}

func (p *Pass) reportTwin(first, second *pkg, s *packageScope) {
	f := p.Report(second.Range(), "%s lists `%s` twice", s.ScopeName(), second.Value()).
		Related(first.Range(), "it is listed here already").Tag(diagnostic.Unnecessary)
	if e, ok := p.RemoveEntry(second.Node); ok {
		f.Fix("Remove the repetition", true, e)
	}
}

// checkPackageVersions reports a package with and without a version, and with
// two of them.
func checkPackageVersions(p *Pass) {
	p.eachTwin(func(s *packageScope, first, second *pkg) {
		a, b := first.meant, second.meant
		if a.Exclude || a.Version == b.Version && a.Operator == b.Operator {
			return
		}
		switch {
		case b.Version == "":
			p.reportUnpinned(second, first, s)
		case a.Version == "":
			p.reportUnpinned(first, second, s)
		default:
			p.Report(p.versionRange(second), "%s lists `%s` with two versions, %s and %s", s.ScopeName(), b.FullName(), a.Version, b.Version).
				Related(first.Range(), "the other version")
		}
	})
}

func (p *Pass) versionRange(k *pkg) text.Range {
	if k.HasTemplate || k.VersionRange.Empty() {
		return k.Range()
	}
	return p.In(k.Node, k.VersionRange)
}

func (p *Pass) reportUnpinned(loose, pinned *pkg, s *packageScope) {
	f := p.Report(loose.Range(), "%s lists `%s` without a version and as `%s`", s.ScopeName(), loose.meant.FullName(), pinned.meant.String()).
		Related(pinned.Range(), "the entry with a version")
	if e, ok := p.RemoveEntry(loose.Node); ok {
		f.Fix("Remove the entry without a version", true, e)
	}
}

// checkIncludedExcluded: of X and !X the former wins, so that the exclusion
// says nothing.
func checkIncludedExcluded(p *Pass) {
	scopes := p.packageScopes()
	for i := range scopes {
		s := &scopes[i]
		if len(s.excluded) == 0 {
			continue
		}
		for j := range s.list {
			k := &s.list[j]
			if k.twin != j || !k.meant.Exclude {
				continue
			}
			included, ok := s.included[k.meant.FullName()]
			if !ok {
				continue
			}
			f := p.Report(k.Range(), "`%s` has no effect, since `%s` is listed too and wins", k.Value(), s.list[included].Value()).
				Related(s.list[included].Range(), "the package is installed here").Tag(diagnostic.Unnecessary)
			if e, ok := p.RemoveEntry(k.Node); ok {
				f.Fix("Remove the exclusion", true, e)
			}
		}
	}
}

// checkPackagesSorted compares as the catalog sorts, by the bytes of the whole
// entry, and lets the order of names pass too.
func checkPackagesSorted(p *Pass) {
	var last *definition.PackageEntry
	for i := range p.Def.Contents.Packages {
		e := &p.Def.Contents.Packages[i]
		if !e.Set() {
			return
		}
		if last != nil && last.Exclude == e.Exclude && e.Value() < last.Value() && e.FullName() < last.FullName() {
			p.Report(e.Range(), "the packages are not sorted: `%s` belongs before `%s`", e.Value(), last.Value()).
				Help("dhi-ls fmt sorts them")
			return
		}
		last = e
	}
}

func checkExclusionsFirst(p *Pass) {
	installed := false
	for i := range p.Def.Contents.Packages {
		e := &p.Def.Contents.Packages[i]
		switch {
		case !e.Set():
		case !e.Exclude:
			installed = true
		case installed:
			p.Report(e.Range(), "`%s` stands behind installed packages: list exclusions first", strings.TrimSpace(e.Value())).
				Help("dhi-ls fmt sorts them")
			return
		}
	}
}
