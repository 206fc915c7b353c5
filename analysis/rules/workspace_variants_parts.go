package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// checkVariantParts finds parts of the runtime that its dev variant lacks: dev
// variants add, and take nothing away. In the 579 pairs of half of the public
// catalog they have all variables, groups, stages, outputs, artifacts and
// environment variables of their runtimes, and all packages and directories
// but for a pair each, where they were forgotten.
func checkVariantParts(p *Pass) {
	t, ok := p.twins()
	if !ok || t.dev != p.Self {
		return
	}
	p.lacks(t, "environment variable", keysOf(t.dev, "environment"), keysOf(t.runtime, "environment"))
	p.lacks(t, "variable", itemsOf(t.dev.Vars), itemsOf(t.runtime.Vars))
	p.lacks(t, "group", accountsOf(t.dev.Groups), accountsOf(t.runtime.Groups))
	p.lacks(t, "build stage", t.dev.Stages, t.runtime.Stages)
	p.lacks(t, "artifact", artifactsOf(t.dev), artifactsOf(t.runtime))
	p.lacks(t, "directory", directoriesOf(t.dev), p.unnamed(t, directoriesOf(t.runtime)))
	p.lacksPackage(t)
	p.lacksTargets(t)
}

// lacksPackage compares the packages without what a dev variant takes in
// another build of: NAME-dev, and a JDK for a JRE.
func (p *Pass) lacksPackage(t twins) {
	have := map[string]bool{}
	for i := range t.dev.Packages {
		if k := &t.dev.Packages[i]; k.Stage == "" && !k.Exclude {
			have[plainPackage(k.Name)] = true
		}
	}
	if len(have) == 0 {
		return
	}
	for i := range t.runtime.Packages {
		k := &t.runtime.Packages[i]
		if k.Stage != "" || k.Exclude || have[plainPackage(k.Name)] {
			continue
		}
		p.Report(p.packagesRange(), "package `%s` of `%s` is missing: dev variants have all that their runtime has", k.Name, p.short(t.runtime)).
			RelatedIn(t.runtime.Path, k.Range, "the package there")
		return
	}
}

// otherBuilds are what tells two builds of one package apart.
var otherBuilds = strings.NewReplacer("-dev", "", "-jre", "", "-jdk", "", "ca-certificates-bundle", "ca-certificates")

func plainPackage(name string) string { return otherBuilds.Replace(name) }

// unnamed leaves out the directories that a variable of the dev variant names:
// env-path-not-created and env-path-unmade say that those are missing.
func (p *Pass) unnamed(t twins, dirs []facts.Text) []facts.Text {
	env := t.dev.Block("environment")
	if env == nil {
		return dirs
	}
	return slices.DeleteFunc(dirs, func(d facts.Text) bool {
		return slices.ContainsFunc(env.Items, func(i facts.Item) bool { return i.Value == d.Value })
	})
}

// directoriesOf are the directories that the image's paths make.
func directoriesOf(r *facts.Record) []facts.Text {
	var out []facts.Text
	for i := range r.Paths {
		if c := &r.Paths[i]; c.Stage == "" && c.Type == "directory" {
			out = append(out, c.Path)
		}
	}
	return out
}

// lacks reports the first of the runtime's parts that the dev variant does not
// have. One is enough: more are mostly of one mistake.
func (p *Pass) lacks(t twins, what string, own, other []facts.Text) {
	for _, part := range other {
		if part.Value == "" || strings.Contains(part.Value, "${") || slices.ContainsFunc(own, func(o facts.Text) bool { return o.Value == part.Value || strings.Contains(o.Value, "${") }) {
			continue
		}
		at := t.dev.Image.Range
		if len(own) > 0 {
			at = own[0].Range
		}
		f := p.Report(at, "%s `%s` of `%s` is missing: dev variants have all that their runtime has", what, shorten(part.Value), p.short(t.runtime))
		f.RelatedIn(t.runtime.Path, part.Range, "the %s there", what)
		if near := nearlyPart(part.Value, own, other); near.Present() {
			f.d.Range = near.Range
			f.Help("is `%s` meant to be it?", shorten(near.Value))
		}
		return
	}
}

// nearlyPart is a part that only own has, and that is nearly the one wanted.
func nearlyPart(want string, own, other []facts.Text) facts.Text {
	for _, o := range own {
		if oneEdit(o.Value, want) && !slices.ContainsFunc(other, func(have facts.Text) bool { return have.Value == o.Value }) {
			return o
		}
	}
	return facts.Text{}
}

// lacksTargets compares where outputs go. A missing stage says it for its
// outputs.
func (p *Pass) lacksTargets(t twins) {
	if len(t.dev.Stages) < len(t.runtime.Stages) {
		return
	}
	for _, target := range t.runtime.Targets {
		if strings.Contains(target, "${") || slices.ContainsFunc(t.dev.Targets, func(have string) bool { return within(path.Clean(target), have) || strings.Contains(have, "${") }) {
			continue
		}
		at := t.dev.Image.Range
		if len(t.dev.Stages) > 0 {
			at = t.dev.Stages[0].Range
		}
		p.Report(at, "no output goes to `%s`, as one of `%s` does: dev variants have all that their runtime has", shorten(target), p.short(t.runtime)).
			RelatedIn(t.runtime.Path, t.runtime.Image.Range, "the runtime variant")
		return
	}
}

// keysOf are the keys of a block, where they stand.
func keysOf(r *facts.Record, key string) []facts.Text {
	b := r.Block(key)
	if b == nil {
		return nil
	}
	out := make([]facts.Text, len(b.Items))
	for i := range b.Items {
		out[i] = facts.Text{Value: b.Items[i].Key, Range: b.Items[i].Range}
	}
	return out
}

func itemsOf(items []facts.Item) []facts.Text {
	out := make([]facts.Text, len(items))
	for i := range items {
		out[i] = facts.Text{Value: items[i].Key, Range: items[i].Range}
	}
	return out
}

func accountsOf(list []facts.Account) []facts.Text {
	out := make([]facts.Text, len(list))
	for i := range list {
		out[i] = list[i].Name
	}
	return out
}

// artifactsOf are the images of the artifacts at the top level.
func artifactsOf(r *facts.Record) []facts.Text {
	var out []facts.Text
	for i := range r.References {
		if ref := &r.References[i]; ref.Kind == facts.Artifact && ref.Stage == "" {
			out = append(out, facts.Text{Value: ref.Image, Range: text.Range{Start: ref.Range.Start, End: ref.Range.End}})
		}
	}
	return out
}

// compareEnvironment compares the versions that both variants tell in their
// environment.
func (p *Pass) compareEnvironment(t twins) {
	env := t.dev.Block("environment")
	if env == nil {
		return
	}
	for i := range env.Items {
		own := &env.Items[i]
		other, ok := valueOf(t.runtime, own.Key)
		if !ok || !strings.HasSuffix(own.Key, "_VERSION") || other == own.Value || strings.Contains(own.Value+other, "${") {
			continue
		}
		p.Report(own.Range, "`%s` is `%s`, but `%s` in `%s`", own.Key, shorten(own.Value), shorten(other), p.short(t.runtime)).
			RelatedIn(t.runtime.Path, t.runtime.Block("environment").KeyRange, "the environment there")
	}
}
