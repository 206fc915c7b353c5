package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

func packageRules() []*Rule {
	return []*Rule{
		{ID: "package-malformed", Summary: "A package entry does not follow the grammar of entries", Level: always(diagnostic.Error), Kinds: Definitions, Fix: SafeFix, Check: checkPackageForm},
		{ID: "package-version-malformed-apk", Summary: "A pinned version is no apk version", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkAPKVersion},
		{ID: "package-version-malformed-deb", Summary: "A pinned version is no Debian version", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkDebVersion},
		{ID: "package-version-no-rel", Summary: "A pinned apk version lacks its -rN", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkNoRelease},
		{ID: "package-duplicate", Summary: "A package is listed twice at the top level", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkPackageDuplicate},
		{ID: "package-duplicate-versions", Summary: "A package is listed with different versions", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkPackageVersions},
		{ID: "package-included-and-excluded", Summary: "A package is both installed and excluded", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkIncludedExcluded},
		{ID: "build-package-duplicate", Summary: "A build stage lists a package twice", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkBuildPackageDuplicate},
		{ID: "build-package-exclusion-duplicate", Summary: "A build stage excludes a package twice", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkBuildExclusionDuplicate},
		{ID: "packages-unsorted", Summary: "The image's packages are not sorted", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkPackagesSorted},
		{ID: "packages-exclusions-not-first", Summary: "An excluded package stands behind installed ones", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkExclusionsFirst},
		{ID: "dev-no-package-manager", Summary: "A dev image has no package manager", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkDevPackageManager},
		{ID: "dev-debian-no-DEBIAN_FRONTEND", Summary: "A Debian dev image does not set DEBIAN_FRONTEND", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkDevFrontend},
		{ID: "runtime-has-package-manager", Summary: "A runtime image contains a package manager", Level: always(diagnostic.Warning), Kinds: Images, Check: checkRuntimePackageManager},
		{ID: "runtime-has-DEBIAN_FRONTEND", Summary: "A runtime image sets DEBIAN_FRONTEND", Level: always(diagnostic.Info), Kinds: Images, Fix: SafeFix, Check: checkRuntimeFrontend},
		{ID: "alpine-has-DEBIAN_FRONTEND", Summary: "An Alpine image sets DEBIAN_FRONTEND", Level: always(diagnostic.Warning), Kinds: Images, Fix: SafeFix, Check: checkAlpineFrontend},
		{ID: "alpine-no-baselayout-data", Summary: "An Alpine image has no alpine-baselayout-data", Level: always(diagnostic.Info), Kinds: Images, Fix: UnsafeFix, Check: checkBaselayout},
		{ID: "debian-no-base-files", Summary: "A Debian image has no base-files", Level: always(diagnostic.Info), Kinds: Images, Fix: UnsafeFix, Check: checkBaseFiles},
		{ID: "env-SSL_CERT_FILE-without-ca-certificates", Summary: "SSL_CERT_FILE names a file that nothing installs", Level: always(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkCertFile},
	}
}

// pkg is an entry of packages as its scope means it.
type pkg struct {
	*definition.PackageEntry
	// meant is the entry with its variables resolved, the entry itself where
	// it has none.
	meant *entry.Entry
	// twin is the index of the first entry of the scope with the same name
	// and exclusion, its own where there is none before, -1 where the name is
	// not known.
	twin int
}

// packageScope is a scope's packages, ready to be compared.
type packageScope struct {
	*definition.Contents
	list []pkg
	// included and excluded lead from a name to its first entry.
	included, excluded map[string]int
}

type sharedPackages struct{ packageScopes []packageScope }

// packageScopes are the scopes in the order of Scopes.
func (p *Pass) packageScopes() []packageScope {
	if p.shared.packageScopes == nil {
		scopes := p.Def.Scopes()
		p.shared.packageScopes = make([]packageScope, len(scopes))
		for i, s := range scopes {
			p.shared.packageScopes[i] = p.readPackages(s)
		}
	}
	return p.shared.packageScopes
}

func (p *Pass) readPackages(c *definition.Contents) packageScope {
	s := packageScope{Contents: c}
	if len(c.Packages) == 0 {
		return s
	}
	s.list = make([]pkg, 0, len(c.Packages))
	s.included = make(map[string]int, len(c.Packages))
	for i := range c.Packages {
		e := &c.Packages[i]
		k := pkg{e, &e.Entry, -1}
		if e.HasTemplate {
			if v, ok := p.Resolve(e.Source); ok {
				meant := entry.Parse(v)
				k.meant = &meant
			} else {
				k.meant = nil
			}
		}
		s.add(k)
	}
	return s
}

func (s *packageScope) add(k pkg) {
	i := len(s.list)
	if k.Set() && k.meant != nil && k.meant.Name != "" {
		if k.meant.Exclude && s.excluded == nil {
			s.excluded = map[string]int{}
		}
		names := s.included
		if k.meant.Exclude {
			names = s.excluded
		}
		first, seen := names[k.meant.FullName()]
		if !seen {
			first = i
			names[k.meant.FullName()] = i
		}
		k.twin = first
	}
	s.list = append(s.list, k)
}

// has reports whether the scope installs one of the packages.
func (s *packageScope) has(names ...string) (int, bool) {
	for _, name := range names {
		if i, ok := s.included[name]; ok {
			return i, true
		}
	}
	return 0, false
}

// unsure reports whether an entry's name is not known.
func (s *packageScope) unsure() bool {
	for i := range s.list {
		if s.list[i].meant == nil {
			return true
		}
	}
	return false
}

// packageFamily is the family of the scope's package manager.
func (p *Pass) packageFamily(s *packageScope) entry.Family { return p.repositoryFamily(s.Contents) }

// eachPackageProblem calls f for what the family's package manager does not
// take.
func (p *Pass) eachPackageProblem(f func(k *pkg, pr *entry.Problem)) {
	scopes := p.packageScopes()
	for i := range scopes {
		family := p.packageFamily(&scopes[i])
		for j := range scopes[i].list {
			k := &scopes[i].list[j]
			if !k.Set() || k.meant == nil {
				continue
			}
			problems := k.meant.Check(family)
			for n := range problems {
				f(k, &problems[n])
			}
		}
	}
}

func checkPackageForm(p *Pass) {
	for _, scope := range p.Def.Scopes() {
		for i := range scope.Packages {
			e := &scope.Packages[i]
			if !e.Set() {
				continue
			}
			for j := range e.Problems {
				if pr := e.Problems[j]; pr.Kind != entry.MalformedTemplate && !(j > 0 && e.Problems[j-1].Message == pr.Message) {
					pr.Range.End = sameProblemEnd(e.Problems[j:])
					p.reportEntryProblem(e.Field, &pr)
				}
			}
		}
	}
	p.eachPackageProblem(func(k *pkg, pr *entry.Problem) {
		if pr.Kind == entry.Malformed || pr.Kind == entry.UnusedForm {
			p.reportPackage(k, pr)
		}
	})
}

// sameProblemEnd is where the run of problems with the first one's message
// ends, so that one mistake is told once.
func sameProblemEnd(list []entry.Problem) int {
	end := list[0].Range.End
	for i := 1; i < len(list) && list[i].Message == list[0].Message; i++ {
		end = list[i].Range.End
	}
	return end
}

// reportPackage reports a problem of the entry that is meant.
func (p *Pass) reportPackage(k *pkg, pr *entry.Problem) {
	if !k.HasTemplate {
		p.reportEntryProblem(k.Field, pr)
		return
	}
	f := p.Report(k.Range(), "%s", pr.Message).Help("the entry reads %s", k.meant.String())
	if pr.Kind == entry.UnusedForm {
		f.AtMost(diagnostic.Warning)
	}
}

func checkAPKVersion(p *Pass) { p.checkVersions(entry.Alpine) }
func checkDebVersion(p *Pass) { p.checkVersions(entry.Debian) }

func (p *Pass) checkVersions(family entry.Family) {
	scopes := p.packageScopes()
	for i := range scopes {
		if p.packageFamily(&scopes[i]) != family {
			continue
		}
		for j := range scopes[i].list {
			k := &scopes[i].list[j]
			if !k.Set() || k.meant == nil || k.meant.Version == "" || hasProblem(k.meant, entry.Malformed) {
				continue
			}
			problems := k.meant.Check(family)
			for n := range problems {
				if problems[n].Kind == entry.MalformedVersion {
					p.reportPackage(k, &problems[n])
				}
			}
		}
	}
}

// hasProblem reports whether an entry has a problem of the kind, which is
// reported on its own.
func hasProblem(e *entry.Entry, kind entry.Kind) bool {
	for i := range e.Problems {
		if e.Problems[i].Kind == kind {
			return true
		}
	}
	return false
}

func checkNoRelease(p *Pass) {
	p.eachPackageProblem(func(k *pkg, pr *entry.Problem) {
		if pr.Kind == entry.NoRelease && !hasProblem(k.meant, entry.Malformed) {
			p.reportPackage(k, pr)
		}
	})
}
