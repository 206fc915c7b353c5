package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func stepRules() []*Rule {
	return []*Rule{
		{ID: "step-empty", Summary: "A step does nothing", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkStepEmpty},
		{ID: "step-uses-and-runs", Summary: "A step has both an action and a script", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkUsesAndRuns},
		{ID: "step-unknown-action", Summary: "A step uses an action that is not known", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkAction},
		{ID: "step-uses-image-no-digest", Summary: "The image that a step runs in is not pinned", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkStepImage},
		{ID: "step-runs-without-name", Summary: "A step with a script has no name", Level: Level{diagnostic.Hint, diagnostic.Info}, Kinds: Definitions, Check: checkStepName},
		{ID: "duplicate-step", Summary: "A stage has the same step twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkStepTwins},
		{ID: "step-with-unknown-key", Summary: "An action has no such input", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkWithUnknown},
		{ID: "step-with-missing-key", Summary: "An action lacks an input that it needs", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkWithMissing},
		{ID: "step-with-invalid-value", Summary: "An input of an action has the wrong type", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkWithValue},
		{ID: "step-with-version-number", Summary: "A version is written as a number", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkWithVersion},
		{ID: "step-with-empty", Summary: "An input of an action is empty", Level: always(diagnostic.Off), Kinds: Definitions, Check: checkWithEmpty},
		{ID: "duplicate-subpackage", Summary: "Two packages of a step have the same name", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkSubpackages},
		{ID: "step-input-missing", Summary: "A step reads a file that nothing puts into its stage", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkStepInputs},
		{ID: "step-order", Summary: "A step stands before the one that prepares what it works on", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkStepOrder},
		{ID: "copied-metadata-url", Summary: "A package names another repository than it is built from", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkMetadataURL},
	}
}

// eachStep calls f for every step of every stage.
func (p *Pass) eachStep(f func(*definition.Build, *definition.Step)) {
	p.eachStage(func(b *definition.Build) {
		for i := range b.Pipeline {
			f(b, &b.Pipeline[i])
		}
	})
}

// stepRange is where a step as a whole is reported: its name, or its first
// line.
func (p *Pass) stepRange(s *definition.Step) text.Range {
	if s.Name.Set() {
		return s.Name.Range()
	}
	return firstLine(p.Doc.Text, s.Node.Range)
}

func checkStepEmpty(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if !s.Uses.Present() && !s.Runs.Present() && !misspelt(s) {
			p.Report(p.stepRange(s), "the step does nothing: expected `uses` or `runs`")
		}
	})
}

// stepPath leads to a step in the schema.
var stepPath = []string{"contents", "builds", "*", "pipeline", "*"}

// misspelt reports whether the step has a key that is not known, which is
// reported on its own and may be what uses or runs was meant to be.
func misspelt(s *definition.Step) bool {
	field := schema.Lookup(schema.Definition, stepPath)
	if field == nil {
		return false
	}
	for i := range s.Node.Entries {
		if k := s.Node.Entries[i].Key; k != nil && field.Property(k.Value) == nil {
			return true
		}
	}
	return false
}

func checkUsesAndRuns(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if !s.Uses.Set() || !s.Runs.Set() {
			return
		}
		if _, known := schema.LookupAction(s.Uses.Value()); known && !schema.IsImageAction(s.Uses.Value()) {
			p.Report(s.Runs.Key.Range, "the step has both the action `%s` and a script: an action runs none", s.Uses.Value()).
				Related(s.Uses.Range(), "the action").Help("make it two steps")
		}
	})
}

func checkAction(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if s.Uses.Set() && !strings.Contains(s.Uses.Value(), "${") {
			p.checkUses(s.Uses)
		}
	})
}

func (p *Pass) checkUses(f definition.Field) {
	if _, known := schema.LookupAction(f.Value()); known {
		return
	}
	u := entry.ParseUses(f.Value())
	if u.Kind == entry.UsesImage {
		if len(u.Image.Problems) > 0 {
			pr := &u.Image.Problems[0]
			p.Report(p.In(f.Node, pr.Range), "`%s` is neither an action nor an image: %s", f.Value(), pr.Message)
		}
		return
	}
	suggestion := nearestAction(u)
	if u.Kind == entry.UsesEither && suggestion == "" {
		return // an image without a tag
	}
	message := "unknown action `" + f.Value() + "`"
	if len(u.Problems) > 0 && suggestion == "" {
		message += ": " + u.Problems[0].Message
	}
	if suggestion == "" {
		p.Report(f.Range(), "%s", message)
		return
	}
	p.Report(f.Range(), "%s; did you mean `%s`?", message, suggestion).
		Fix("Change to "+suggestion, false, Replace(p.In(f.Node, text.Range{Start: 0, End: len(f.Value())}), suggestion))
}

// actionAliases are other names of the tools that actions are called by.
var actionAliases = map[string]string{
	"maven": "mvn", "golang": "go", "yaml": "yq", "apk": "abuild", "alpine": "abuild", "debian": "dpkg", "node": "npm", "nodejs": "npm",
}

// nearestAction is the action that was likely meant: the newest version of
// the same name, or a similar name.
func nearestAction(u entry.Uses) string {
	name := u.Action.Text
	actions := schema.Actions()
	if tool, verb, ok := strings.Cut(name, "/"); ok && actionAliases[tool] != "" {
		if s := newestAction(actions, actionAliases[tool]+"/"+verb); s != "" {
			return s
		}
	}
	if s := newestAction(actions, name); s != "" {
		return s
	}
	names := make([]string, 0, len(actions))
	for _, a := range actions {
		if !a.Image {
			n, _, _ := strings.Cut(a.Uses, "@")
			names = append(names, n)
		}
	}
	if near, ok := schema.Suggest(name, names); ok {
		return newestAction(actions, near)
	}
	return ""
}

// newestAction is the last version of the action; the list is sorted.
func newestAction(actions []schema.Action, name string) string {
	newest := ""
	for _, a := range actions {
		if n, _, ok := strings.Cut(a.Uses, "@"); ok && n == name && !a.Image {
			newest = a.Uses
		}
	}
	return newest
}

// officialBuilder is used by its major version, without a digest, by design.
const officialBuilder = "dhi/build-pkg"

func checkStepImage(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if !s.Uses.Set() {
			return
		}
		uses, known := p.Resolve(s.Uses.Value())
		if !known {
			return
		}
		u := entry.ParseUses(uses)
		if u.Kind == entry.UsesEither && nearestAction(u) != "" || u.Kind == entry.UsesAction {
			return
		}
		r := &u.Image
		if len(r.Problems) > 0 || r.Digest.Text != "" || strings.TrimPrefix(r.Repository.Text, "dhi.io/") == officialBuilder {
			return
		}
		f := p.Report(s.Uses.Range(), "the image `%s` is not pinned: its tag may lead to another image tomorrow", uses).
			Help("append @sha256: and the digest")
		p.pinFix(f, &imageRef{Field: s.Uses, Reference: u.Image, Exact: uses == s.Uses.Value(), Stage: true})
	})
}

func checkStepName(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if s.Runs.Set() && s.Name.Value() == "" {
			p.Report(s.Runs.Key.Range, "the step has no `name`: messages of the build cannot say which step they mean").Help("say in a few words what the script does")
		}
	})
}

func checkStepTwins(p *Pass) {
	p.eachStage(func(b *definition.Build) {
		for i := range b.Pipeline {
			for j := 0; j < i; j++ {
				if p.reportStepTwin(&b.Pipeline[j], &b.Pipeline[i], j == i-1) {
					break
				}
			}
		}
	})
}

// reportStepTwin reports a step that stands in the stage before, and a name
// that two steps share. Steps without a name may repeat, but not one right
// behind the other.
func (p *Pass) reportStepTwin(first, second *definition.Step, adjacent bool) bool {
	if first.Name.Value() != second.Name.Value() {
		return false
	}
	same := sameNode(first.Node, second.Node)
	if second.Name.Value() == "" && !(same && adjacent) {
		return false
	}
	if !same {
		p.Report(second.Name.Range(), "two steps of the stage are called `%s`", second.Name.Value()).
			Related(first.Name.Range(), "the other step").AtMost(diagnostic.Info)
		return true
	}
	f := p.Report(p.stepRange(second), "the step stands in the stage twice").Related(p.stepRange(first), "the same step")
	if e, ok := p.RemoveEntry(second.Node); ok {
		f.Fix("Remove the repetition", false, e)
	}
	return true
}
