package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func buildRules() []*Rule {
	return []*Rule{
		{ID: "build-no-outputs", Summary: "Nothing of a build stage gets into the image", Level: always(diagnostic.Warning), Kinds: Images, Check: checkNoOutputs},
		{ID: "build-no-pipeline", Summary: "A build stage has no steps", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkNoPipeline},
		{ID: "build-name-missing", Summary: "A build stage has no name", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkStageName},
		{ID: "build-name-duplicate", Summary: "Two build stages have the same name", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkStageNames},
		{ID: "output-field-missing", Summary: "An output lacks a field", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkOutputFields},
		{ID: "output-target-not-absolute", Summary: "The target of an output is not absolute", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkOutputTarget},
		{ID: "output-root-without-diff", Summary: "An output copies the whole file system of its stage", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkOutputRoot},
		{ID: "output-diff-not-root", Summary: "An output has diff, but is not the whole file system", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkOutputDiff},
		{ID: "output-not-written", Summary: "Nothing of a stage writes the source of an output", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkOutputWritten},
		{ID: "output-duplicate", Summary: "A stage copies the same source to the same target twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkOutputDuplicate},
	}
}

// eachStage calls f for every build stage.
func (p *Pass) eachStage(f func(*definition.Build)) {
	for i := range p.Def.Contents.Builds {
		f(&p.Def.Contents.Builds[i])
	}
}

// stageRange is where a stage as a whole is reported: its name, or its first
// line.
func (p *Pass) stageRange(b *definition.Build) text.Range {
	if b.Name.Set() {
		return b.Name.Range()
	}
	return firstLine(p.Doc.Text, b.Node.Range)
}

// emptyList reports whether a key is absent or holds an empty list.
func emptyList(n *syntax.Node, key string) bool {
	v := n.Get(key)
	return v == nil || v.IsNull() || v.Kind == syntax.Sequence && len(v.Entries) == 0
}

// publishers are the actions that hand over what they build themselves.
var publishers = []string{"dhi/build-pkg", "abuild/", "dpkg/build", "dpkg/upload", "deb/build", "helm/"}

func publishes(b *definition.Build) bool {
	for i := range b.Pipeline {
		for _, name := range publishers {
			if strings.HasPrefix(b.Pipeline[i].Uses.Value(), name) {
				return true
			}
		}
	}
	return false
}

func checkNoOutputs(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		if emptyList(b.Node, "outputs") && emptyList(b.Node, "attestations") && !publishes(b) {
			f := p.Report(p.stageRange(b), "%s has no `outputs` and no `attestations`: nothing of it gets into the image", b.Contents.ScopeName()).
				Help("name in `outputs` what to copy into the image, or remove the stage")
			p.absent(f, b.Node, "outputs", "attestations")
		}
	})
}

func checkNoPipeline(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		if emptyList(b.Node, "pipeline") {
			p.absent(p.Report(p.stageRange(b), "%s has no steps: expected a `pipeline`", b.Contents.ScopeName()), b.Node, "pipeline")
		}
	})
}

func checkStageName(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		if b.Name.Value() == "" {
			p.absent(p.Report(firstLine(p.Doc.Text, b.Node.Range), "the build stage has no `name`: messages of the build cannot say which stage they mean"), b.Node, "name")
		}
	})
}

func checkStageNames(p *Pass) {
	builds := p.Def.Contents.Builds
	for i := range builds {
		for j := 0; j < i; j++ {
			if name := builds[i].Name; name.Value() != "" && name.Value() == builds[j].Name.Value() {
				p.Report(name.Range(), "two build stages are called `%s`", name.Value()).Related(builds[j].Name.Range(), "the other stage")
				break
			}
		}
	}
}

func (p *Pass) eachOutput(f func(*definition.Build, *definition.Output)) {
	p.eachStage(func(b *definition.Build) {
		for i := range b.Outputs {
			f(b, &b.Outputs[i])
		}
	})
}

func checkOutputFields(p *Pass) {
	p.eachOutput(func(_ *definition.Build, o *definition.Output) {
		for _, field := range []struct {
			name string
			definition.Field
			needed bool
		}{{"source", o.Source, true}, {"target", o.Target, true}, {"uid", o.UID, false}, {"gid", o.GID, false}} {
			if field.Present() {
				continue
			}
			f := p.absent(p.Report(firstLine(p.Doc.Text, o.Node.Range), "the output has no `%s`", field.name), o.Node, field.name)
			if !field.needed {
				f.AtMost(diagnostic.Warning).Help("name the owner of the files: uid: 0 and gid: 0 are root")
			}
		}
	})
}

func checkOutputTarget(p *Pass) {
	p.eachOutput(func(_ *definition.Build, o *definition.Output) {
		if !o.Target.Set() {
			return
		}
		target, _ := p.Resolve(o.Target.Value())
		if strings.HasPrefix(target, "/") || strings.HasPrefix(target, "${") || strings.HasPrefix(target, "#{") {
			return
		}
		f := p.Report(o.Target.Range(), "`%s` is not absolute: the target is a path in the image, which starts with /", o.Target.Value())
		if target != "" {
			at := p.In(o.Target.Node, text.At(0))
			f.Fix("Write /"+o.Target.Value(), false, Replace(text.At(at.Start), "/"))
		}
	})
}

func checkOutputRoot(p *Pass) {
	p.eachOutput(func(b *definition.Build, o *definition.Output) {
		if o.Source.Value() != "/" || o.Target.Value() != "/" || o.Diff.Present() && !isFalse(o.Diff) {
			return
		}
		f := p.Report(o.Source.Range(), "the whole file system of %s gets into the image, with all packages it was built with", b.Contents.ScopeName()).
			Help("with `diff: true`, only what the steps changed does")
		p.fixDiff(f, o)
	})
}

func isFalse(f definition.Field) bool {
	v, ok := f.Bool()
	return ok && !v
}

func (p *Pass) fixDiff(f *Finding, o *definition.Output) {
	switch {
	case o.Diff.Present():
		f.Fix("Set diff: true", false, Replace(o.Diff.Range(), "true"))
	case o.Node.Style == syntax.Block && o.Node.Entries[len(o.Node.Entries)-1].Value.Kind == syntax.Scalar:
		last := o.Node.Entries[len(o.Node.Entries)-1]
		if last.Value.Style == syntax.Literal || last.Value.Style == syntax.Folded {
			return
		}
		f.Fix("Add diff: true", false, Replace(text.At(last.Value.Range.End), p.Doc.Text.Newline()+spaces(o.Node.Indent)+"diff: true"))
	}
}

func checkOutputDiff(p *Pass) {
	p.eachOutput(func(_ *definition.Build, o *definition.Output) {
		if o.Diff.True() && o.Source.Set() && o.Target.Set() && (o.Source.Value() != "/" || o.Target.Value() != "/") {
			p.Report(o.Diff.Range(), "`diff` is mostly for the whole file system: this output is `%s` to `%s`", o.Source.Value(), o.Target.Value()).
				Help("without `diff`, the directory is copied as it is")
		}
	})
}

func checkOutputDuplicate(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		for i := range b.Outputs {
			for j := 0; j < i; j++ {
				first, second := &b.Outputs[j], &b.Outputs[i]
				if !second.Source.Set() || !second.Target.Set() || first.Source.Value() != second.Source.Value() || first.Target.Value() != second.Target.Value() {
					continue
				}
				p.reportOutputTwin(first, second)
				break
			}
		}
	})
}

func (p *Pass) reportOutputTwin(first, second *definition.Output) {
	f := p.Report(second.Source.Range(), "`%s` is copied to `%s` twice", second.Source.Value(), second.Target.Value()).
		Related(first.Source.Range(), "it is copied here already")
	if !sameNode(first.Node, second.Node) {
		return
	}
	f.Tag(diagnostic.Unnecessary)
	if e, ok := p.RemoveEntry(second.Node); ok {
		f.Fix("Remove the repetition", true, e)
	}
}

// sameNode reports whether two nodes read alike; mappings are compared
// without regard to the order of their keys.
func sameNode(a, b *syntax.Node) bool {
	a, b = a.Deref(), b.Deref()
	if a == nil || b == nil || a.Kind != b.Kind || len(a.Entries) != len(b.Entries) {
		return a == b
	}
	if a.Kind == syntax.Scalar {
		return a.Type == b.Type && a.Value == b.Value
	}
	for i := range a.Entries {
		other := b.Entries[i].Value
		if a.Kind == syntax.Mapping {
			if a.Entries[i].Key == nil {
				return false
			}
			e := b.Entry(a.Entries[i].Key.Value)
			if e == nil {
				return false
			}
			other = e.Value
		}
		if !sameNode(a.Entries[i].Value, other) {
			return false
		}
	}
	return true
}
