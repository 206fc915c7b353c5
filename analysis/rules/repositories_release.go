package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/schema"
)

func checkRepositoryRelease(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		release, ok := r.meant.AlpineRelease()
		if !ok || release.Text == "edge" || !isAlpineURL(&r.meant) {
			continue
		}
		want := p.releaseWanted(r.scope)
		if want.Family != string(schema.Alpine) || !want.Known() || release.Text == "v"+want.Release {
			continue
		}
		if r.meant.IsDHI() && p.listsRelease(r.scope, want.Release) {
			continue
		}
		f := p.Report(p.repositoryAt(r, release), "the repository is of Alpine %s, but the definition is for Alpine %s", release.Text[1:], want.Release)
		if !r.line.HasTemplate {
			f.Fix("Use Alpine "+want.Release, false, Replace(p.In(r.field.Node, release.Range), "v"+want.Release))
		}
	}
}

// listsRelease reports whether the scope lists a repository of the release.
// Beside it, the hardened packages of the release before are a bridge until
// those of the release are complete.
func (p *Pass) listsRelease(scope *definition.Contents, release string) bool {
	all := p.allRepositories()
	for i := range all {
		if all[i].scope != scope {
			continue
		}
		if w, ok := all[i].meant.AlpineRelease(); ok && w.Text == "v"+release {
			return true
		}
	}
	return false
}

// movingSuites are Debian's names for what is not a release.
var movingSuites = map[string]bool{"sid": true, "unstable": true, "testing": true, "experimental": true}

// formerCodenames are releases that nothing is built for any more.
var formerCodenames = map[string]bool{"buster": true, "bullseye": true, "stretch": true, "forky": true, "duke": true}

// debianCodename is the codename in a suite such as trixie-backports, "" if
// the suite is not one of Debian's.
func debianCodename(suite string) string {
	name, _, _ := strings.Cut(suite, "-")
	name, _, _ = strings.Cut(name, "/")
	if _, ok := schema.DistributionOfCodename(name); ok || formerCodenames[name] || movingSuites[name] {
		return name
	}
	return ""
}

func checkRepositorySuite(p *Pass) {
	all := p.allRepositories()
	for i := range all {
		r := &all[i]
		if r.meant.Family != entry.Debian || !r.known {
			continue
		}
		want := p.releaseWanted(r.scope)
		d, ok := schema.LookupDistribution(schema.Debian, want.Release)
		if !ok || want.Family != string(schema.Debian) {
			continue
		}
		name := debianCodename(r.meant.Suite.Text)
		if name == "" || name == d.Codename {
			continue
		}
		suite := r.meant.Suite
		suite.Range.End = suite.Range.Start + len(name)
		f := p.Report(p.repositoryAt(r, suite), "the suite is of %s, but the definition is for Debian %s (%s)", debianName(name), d.Release, d.Codename)
		if !isOwnRepository(&r.meant) && !r.meant.IsDHI() {
			// Some vendors publish for one release only.
			f.AtMost(diagnostic.Info)
		}
		if !r.line.HasTemplate {
			f.Fix("Use "+d.Codename, false, Replace(p.In(r.field.Node, suite.Range), d.Codename))
		}
	}
}

func debianName(codename string) string {
	if d, ok := schema.DistributionOfCodename(codename); ok {
		return "Debian " + d.Release + " (" + codename + ")"
	}
	return "Debian " + codename
}

// checkRepositoryOrder wants hardened packages before Alpine's own, as the
// repositories are asked in this order.
func checkRepositoryOrder(p *Pass) {
	all := p.allRepositories()
	var own *repository
	var last *definition.Contents
	for i := range all {
		r := &all[i]
		if own != nil && own.scope != r.scope {
			own = nil
		}
		switch {
		case r.meant.Family != entry.Alpine:
		case own == nil && r.meant.Host() == "dl-cdn.alpinelinux.org":
			own = r
		case own != nil && r.meant.IsDHI() && last != r.scope:
			last = r.scope
			p.Report(r.field.Range(), "the repository of hardened packages stands behind Alpine's own: list it first").
				Related(own.field.Range(), "Alpine's own repository")
		}
	}
}

func checkNoRepositories(p *Pass) {
	top := p.Def.Contents
	if p.repositoryFamily(top) != entry.Alpine || p.Doc.Place.InCatalog() && p.Doc.Place.Dist.Family != string(schema.Alpine) {
		return
	}
	for _, scope := range p.Def.Scopes() {
		if len(scope.EffectiveRepositories()) > 0 || !installs(scope) || scope.Stage != nil && scope.Stage.Uses.Set() {
			continue
		}
		at := scope.Node.Entry("packages")
		if e := scope.Node.Entry("repositories"); e != nil {
			if v := e.Value.Deref(); v != nil && len(v.Entries) > 0 {
				continue // half-typed items
			}
			at = e
		}
		p.Report(at.Key.Range, "`contents` installs Alpine packages but lists no repository, and Alpine has none by default").
			Help("add `repositories` with https://dl-cdn.alpinelinux.org/alpine/v%s/main", p.releaseOr(scope, "3.23"))
		return
	}
}

// installs reports whether the scope installs a package.
func installs(scope *definition.Contents) bool {
	for i := range scope.Packages {
		if pkg := &scope.Packages[i]; pkg.Set() && !pkg.Exclude && pkg.Entry.Name != "" {
			return true
		}
	}
	return false
}

func (p *Pass) releaseOr(scope *definition.Contents, other string) string {
	if d := p.releaseWanted(scope); d.Release != "" {
		return d.Release
	}
	return other
}
