package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspaceLineRules compare the release lines of an image with each other.
func workspaceLineRules() []*Rule {
	return []*Rule{
		{ID: "line-package-drift", Summary: "A release line lacks a package that the others install", Level: always(diagnostic.Info), Kinds: Images, Check: checkLinePackages},
	}
}

// lines are the definitions of other versions for the same distribution,
// variant and flavor.
func (p *Pass) lines() []*facts.Record {
	own, ok := p.Self.Var("SEMVER_VERSION")
	if !ok {
		return nil
	}
	var out []*facts.Record
	for _, o := range p.Workspace.Image(p.Self.ImageName()) {
		if o.Path == p.Self.Path || !sameLine(o, p.Self) || path.Dir(o.Path) != path.Dir(p.Self.Path) {
			continue
		}
		if v, ok := o.Var("SEMVER_VERSION"); ok && v.Value != own.Value {
			out = append(out, o)
		}
	}
	return out
}

// ownPackages are the packages of the image itself, by name.
func ownPackages(r *facts.Record, excluded bool) map[string]*facts.Package {
	out := map[string]*facts.Package{}
	for i := range r.Packages {
		if k := &r.Packages[i]; k.Stage == "" && k.Exclude == excluded {
			out[k.Name] = k
		}
	}
	return out
}

func checkLinePackages(p *Pass) {
	lines := p.lines()
	if len(lines) == 0 {
		return
	}
	has := ownPackages(p.Self, false)
	p.checkExcludedHere(lines, has)
	if len(lines) >= 2 {
		p.checkInAllOthers(lines, has)
	}
}

// checkExcludedHere finds packages that this line excludes and another one
// installs.
func (p *Pass) checkExcludedHere(lines []*facts.Record, has map[string]*facts.Package) {
	for i := range p.Self.Packages {
		k := &p.Self.Packages[i]
		if k.Stage != "" || !k.Exclude || has[k.Name] != nil {
			continue
		}
		for _, o := range lines {
			there := ownPackages(o, false)[k.Name]
			if there == nil {
				continue
			}
			p.Report(k.Range, "`%s` is excluded and not installed here, but `%s` installs it", k.Name, p.short(o)).
				RelatedIn(o.Path, there.Range, "installed here").
				Help("install it here too if the image needs it: an entry without ! wins")
			break
		}
	}
}

// checkInAllOthers finds packages that all other lines install, two at least.
// Names with digits follow the version of what they belong to.
func (p *Pass) checkInAllOthers(lines []*facts.Record, has map[string]*facts.Package) {
	excluded := ownPackages(p.Self, true)
	for i := range lines[0].Packages {
		there := &lines[0].Packages[i]
		if there.Stage != "" || there.Exclude || has[there.Name] != nil || excluded[there.Name] != nil ||
			strings.ContainsAny(there.Name, "0123456789") || !inAll(lines[1:], there.Name) {
			continue
		}
		p.Report(p.packagesRange(), "`%s` is not among the packages, but all %d other versions of the image install it", there.Name, len(lines)).
			RelatedIn(lines[0].Path, there.Range, "installed here")
	}
}

func inAll(lines []*facts.Record, name string) bool {
	for _, o := range lines {
		if ownPackages(o, false)[name] == nil {
			return false
		}
	}
	return true
}
