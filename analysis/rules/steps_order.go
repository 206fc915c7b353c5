package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// comesFirst names, for an action, those that prepare what it works on. In a
// stage of the public catalog with both, none of them stands behind it.
var comesFirst = map[string][]string{
	"abuild/build":   {"abuild/setup"},
	"abuild/bump":    {"abuild/setup"},
	"abuild/disable": {"abuild/setup"},
	"abuild/apk":     {"abuild/setup"},
	"dpkg/patch":     {"dpkg/source"},
	"dpkg/bump":      {"dpkg/source", "dpkg/patch"},
	"dpkg/build":     {"dpkg/source", "dpkg/patch", "dpkg/bump"},
	"go/build":       {"go/hermetic"},
	"go/hermetic":    {"go/bump"},
	"mvn/patch":      {"mvn/mirror"},
	"helm/cmd":       {"helm/rudder"},
	"helm/package":   {"helm/rudder", "helm/cmd"},
}

// actionName is an action without its version.
func actionName(s *definition.Step) string {
	name, _, _ := strings.Cut(s.Uses.Value(), "@")
	return name
}

func checkStepOrder(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		for i := range b.Pipeline {
			s := &b.Pipeline[i]
			if !s.Uses.Set() {
				continue
			}
			for _, first := range comesFirst[actionName(s)] {
				p.checkComesFirst(b, i, first)
			}
			p.checkUsedEarlier(b, i)
		}
	})
}

// checkComesFirst reports the step where the action that has to stand before
// it only stands behind it.
func (p *Pass) checkComesFirst(b *definition.Build, i int, first string) {
	var later *definition.Step
	for j := range b.Pipeline {
		if actionName(&b.Pipeline[j]) != first {
			continue
		}
		if j < i {
			return
		}
		later = &b.Pipeline[j]
		break
	}
	if later == nil {
		return
	}
	p.Report(b.Pipeline[i].Uses.Range(), "`%s` stands before `%s`, which prepares what it works on", b.Pipeline[i].Uses.Value(), later.Uses.Value()).
		Related(later.Uses.Range(), "the step that has to come first")
}

// checkUsedEarlier finds scripts that use the program which the step builds
// only after them.
func (p *Pass) checkUsedEarlier(b *definition.Build, i int) {
	output := b.Pipeline[i].With.Get("output")
	if output == nil || actionName(&b.Pipeline[i]) != "go/build" || !strings.HasPrefix(output.Value, "${target.dir}/") {
		return
	}
	for j := 0; j < i; j++ {
		runs := b.Pipeline[j].Runs
		at, ok := wordIn(runs.Value(), output.Value)
		if !ok || writtenBefore(b, j, output.Value) {
			continue
		}
		p.Report(p.In(runs.Node, at), "`%s` is built only by a later step", output.Value).
			Related(output.Range, "the step that builds it")
		return
	}
}

// writtenBefore reports whether a step before the one with the index, or the
// script itself by the look of it, has a hand in the file.
func writtenBefore(b *definition.Build, index int, file string) bool {
	for j := 0; j < index; j++ {
		if out := b.Pipeline[j].With.Get("output"); out != nil && out.Value == file {
			return true
		}
		if _, ok := wordIn(b.Pipeline[j].Runs.Value(), file); ok {
			return true
		}
	}
	for _, line := range strings.Split(b.Pipeline[index].Runs.Value(), "\n") {
		at, ok := wordIn(line, file)
		if !ok {
			continue
		}
		before, rest := strings.Trim(line[:at.Start], "\"' \t"), strings.Trim(line[at.End:], "\"' ")
		if rest == "" && len(strings.Fields(before)) > 1 || strings.ContainsAny(before, ">=") {
			return true // the target of a copy, a redirection or an assignment
		}
	}
	return false
}

// wordIn finds the path as a whole word.
func wordIn(s, path string) (text.Range, bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], path)
		if i < 0 {
			return text.Range{}, false
		}
		i += from
		end := i + len(path)
		if end == len(s) || strings.IndexByte(" \t\n\"';)|&", s[end]) >= 0 {
			return text.Range{Start: i, End: end}, true
		}
		from = end
	}
}
