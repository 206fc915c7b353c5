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

// entryOf is the entry of the image's own packages with the name that installs
// it, or excludes it.
func entryOf(r *facts.Record, name string, excluded bool) *facts.Package {
	for i := range r.Packages {
		if k := &r.Packages[i]; k.Stage == "" && k.Exclude == excluded && k.Name == name {
			return k
		}
	}
	return nil
}

func checkLinePackages(p *Pass) {
	lines := p.lines()
	if len(lines) == 0 {
		return
	}
	p.checkExcludedHere(lines)
	if len(lines) >= 2 {
		p.checkInAllOthers(lines)
	}
}

// checkExcludedHere finds packages that this line excludes and another one
// installs.
func (p *Pass) checkExcludedHere(lines []*facts.Record) {
	for i := range p.Self.Packages {
		k := &p.Self.Packages[i]
		if k.Stage != "" || !k.Exclude || entryOf(p.Self, k.Name, false) != nil {
			continue
		}
		for _, o := range lines {
			there := entryOf(o, k.Name, false)
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
func (p *Pass) checkInAllOthers(lines []*facts.Record) {
	for i := range lines[0].Packages {
		there := &lines[0].Packages[i]
		if there.Stage != "" || there.Exclude || strings.ContainsAny(there.Name, "0123456789") ||
			entryOf(p.Self, there.Name, false) != nil || entryOf(p.Self, there.Name, true) != nil || !inAll(lines[1:], there.Name) {
			continue
		}
		p.Report(p.packagesRange(), "`%s` is not among the packages, but all %d other versions of the image install it", there.Name, len(lines)).
			RelatedIn(lines[0].Path, there.Range, "installed here")
	}
}

func inAll(lines []*facts.Record, name string) bool {
	for _, o := range lines {
		if entryOf(o, name, false) == nil {
			return false
		}
	}
	return true
}
