package rules

import (
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspacePackageRules compare pins with the definitions that build the
// packages.
func workspacePackageRules() []*Rule {
	return []*Rule{
		{ID: "pinned-behind", Summary: "A package is pinned to another version than its definition builds", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkPinned},
		{ID: "pinned-unknown", Summary: "No definition builds a pinned package under its name any more", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkPinnedName},
	}
}

// checkPinnedName finds packages that were split by release line: nobody
// builds the name, but the name with the release line of the pin.
func checkPinnedName(p *Pass) {
	for i := range p.Self.Packages {
		k := &p.Self.Packages[i]
		if !k.Pinned() || k.Exclude || len(p.Workspace.Producers(k.Name)) > 0 {
			continue
		}
		name, maker := p.lined(k)
		if maker == nil {
			continue
		}
		f := p.Report(k.Range, "no definition builds `%s`, but `%s` builds `%s`", k.Name, p.short(maker), name)
		f.RelatedIn(maker.Path, productRange(maker, name), "built here")
		if k.Exact {
			f.Fix("Change to `"+name+"`", false, Replace(k.Range, name))
		}
	}
}

// lined is the package with the release line of the pin in its name, and a
// definition for the same distribution that builds it.
func (p *Pass) lined(k *facts.Package) (name string, maker *facts.Record) {
	version := dottedVersion.FindString(upstream(k.Version))
	base, dev := strings.CutSuffix(k.Name, "-dev")
	for version != "" {
		name = base + "-" + version
		if dev {
			name += "-dev"
		}
		for _, d := range p.Workspace.Producers(name) {
			if p.Self.Kind == definition.Chart || d.Dist == p.Self.Dist {
				return name, d
			}
		}
		cut := strings.LastIndexByte(version, '.')
		version = version[:max(cut, 0)]
	}
	return "", nil
}

func itoa(n int) string { return strconv.Itoa(n) }

func checkPinned(p *Pass) {
	for i := range p.Self.Packages {
		k := &p.Self.Packages[i]
		if !k.Pinned() {
			continue
		}
		made, maker := p.built(k)
		if maker == nil || made == k.Version {
			continue
		}
		f := p.pinFinding(k, made, maker)
		f.RelatedIn(maker.Path, productRange(maker, k.Name), "built here")
		if k.Exact {
			f.Fix("Change to `"+made+"`", false, Replace(k.VersionRange, made))
		}
	}
}

func (p *Pass) pinFinding(k *facts.Package, made string, maker *facts.Record) *Finding {
	if compareVersions(k.Version, made) > 0 {
		return p.Report(k.VersionRange, "`%s` is pinned ahead of its definition: `%s` builds `%s`", k.Name, p.short(maker), made)
	}
	return p.Report(k.VersionRange, "`%s` is pinned behind its definition: `%s` builds `%s`", k.Name, p.short(maker), made)
}

// built is the version of the package that a definition for the same
// distribution builds: the same as the pin if there is one, else the nearest.
// The maker is nil where nobody knows.
func (p *Pass) built(k *facts.Package) (version string, maker *facts.Record) {
	dist := p.Self.Dist
	for _, d := range p.Workspace.Producers(k.Name) {
		if p.Self.Kind != definition.Chart && d.Dist != dist || d.Path == p.Self.Path {
			continue
		}
		for i := range d.Products {
			m := &d.Products[i]
			if m.Name != k.Name {
				continue
			}
			if m.Version == "" {
				return "", nil
			}
			if sameBuild(m.Version, k.Version) {
				return k.Version, d
			}
			if maker == nil || nearer(upstream(k.Version), upstream(m.Version), upstream(version)) {
				version, maker = m.Version, d
			}
		}
	}
	if maker != nil && !sameForm(version, k.Version) {
		return "", nil
	}
	return version, maker
}

// sameBuild compares versions as the forms of the catalog allow: a repository
// may hold - for the ~ of a version.
func sameBuild(a, b string) bool { return a == b || separators.Replace(a) == separators.Replace(b) }

// upstream is a version without its epoch and its release.
func upstream(v string) string {
	if _, rest, ok := strings.Cut(v, ":"); ok {
		v = rest
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		v = v[:i]
	}
	return v
}

// sameForm keeps versions of different schemes apart, which cannot be
// compared: a release must look like the other one's.
func sameForm(a, b string) bool {
	return strings.Contains(a, "-r") == strings.Contains(b, "-r") && strings.Contains(a, ":") == strings.Contains(b, ":") &&
		strings.Contains(a, "+dhi") == strings.Contains(b, "+dhi") && strings.Contains(a, "-") == strings.Contains(b, "-")
}

func productRange(r *facts.Record, name string) text.Range {
	for i := range r.Products {
		if r.Products[i].Name == name {
			return r.Products[i].Range
		}
	}
	return r.Image.Range
}
