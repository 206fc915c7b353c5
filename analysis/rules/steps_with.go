package rules

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// withViolation is what a step's inputs break of their action's.
type withViolation struct {
	step *definition.Step
	schema.Violation
}

type sharedWith struct {
	with   []withViolation
	withOK bool
}

// withViolations are those of all steps with a known action.
func (p *Pass) withViolations() []withViolation {
	if p.shared.withOK {
		return p.shared.with
	}
	p.shared.withOK = true
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if !s.Uses.Set() || s.With != nil && s.With.Deref().Kind != syntax.Mapping && !s.With.IsNull() {
			return
		}
		var with any = map[string]any{}
		if s.With != nil && !s.With.IsNull() {
			with = s.With.Any()
		} else if !needsInputs(s.Uses.Value()) {
			return
		}
		for _, v := range schema.ValidateWith(s.Uses.Value(), with) {
			p.shared.with = append(p.shared.with, withViolation{s, v})
		}
	})
	return p.shared.with
}

// needsInputs reports whether the action cannot do without inputs.
func needsInputs(uses string) bool {
	field := schema.LookupWith(uses, nil)
	return field != nil && len(field.Required) > 0
}

// withNode is the place of a violation; nil where with is not written.
func (p *Pass) withNode(v *withViolation) *syntax.Node {
	n := v.step.With.Deref()
	for _, segment := range v.Path {
		if n = n.Deref(); n == nil {
			return nil
		}
		if i, err := strconv.Atoi(segment); err == nil && n.Kind == syntax.Sequence && i < len(n.Entries) {
			n = n.Entries[i].Value
			continue
		}
		n = n.Get(segment)
	}
	return n
}

func checkWithUnknown(p *Pass) {
	all := p.withViolations()
	for i := range all {
		v := &all[i]
		n := p.withNode(v)
		if v.Keyword != schema.UnknownField || n == nil || n.Owner() == nil || n.Owner().Key == nil {
			continue
		}
		at := n.Owner().Key.Range
		if v.Suggestion != "" {
			f := p.Report(at, "`%s` has no input `%s`; did you mean `%s`?", v.step.Uses.Value(), v.Name, v.Suggestion)
			if n.Parent.Entry(v.Suggestion) == nil {
				f.Fix("Change to "+v.Suggestion, false, Replace(at, v.Suggestion))
			}
			continue
		}
		f := p.Report(at, "`%s` has no input `%s`", v.step.Uses.Value(), v.Name)
		if len(v.Allowed) > 0 {
			f.Help("its known inputs are %s", strings.Join(v.Allowed, ", "))
		}
	}
}

func checkWithMissing(p *Pass) {
	all := p.withViolations()
	for i := range all {
		if v := &all[i]; v.Keyword == schema.MissingField {
			if !p.misspeltInput(v) {
				p.absent(p.Report(v.step.Uses.Range(), "`%s` lacks the input `%s`", v.step.Uses.Value(), v.Name), v.step.With, v.Name)
			}
		}
	}
}

// misspeltInput reports whether an unknown input of the step was most likely
// meant to be the missing one.
func (p *Pass) misspeltInput(missing *withViolation) bool {
	for i := range p.shared.with {
		if v := &p.shared.with[i]; v.step == missing.step && v.Keyword == schema.UnknownField && v.Suggestion == missing.Name {
			return true
		}
	}
	return false
}

// isVersionInput tells the inputs whose number is a version.
func isVersionInput(v *withViolation, n *syntax.Node) bool {
	return v.Keyword == schema.WrongType && v.Name == "version" && n != nil && (n.Type == syntax.Float || n.Type == syntax.Int)
}

func checkWithVersion(p *Pass) {
	all := p.withViolations()
	for i := range all {
		v := &all[i]
		n := p.withNode(v)
		if !isVersionInput(v, n) {
			continue
		}
		p.Report(n.Range, "the version `%s` is a number to YAML, which reads 1.10 as 1.1: quote it", p.Doc.Text.Slice(n.Range)).
			Fix("Quote the version", true, Replace(n.Range, strconv.Quote(p.Doc.Text.Slice(n.Range))))
	}
}

func checkWithValue(p *Pass) {
	all := p.withViolations()
	for i := range all {
		v := &all[i]
		n := p.withNode(v)
		if v.Keyword == schema.UnknownField || v.Keyword == schema.MissingField || isVersionInput(v, n) || n == nil {
			continue
		}
		at := n.Range
		if n.Kind == syntax.Missing && n.Owner() != nil {
			at = n.Owner().Range
		}
		f := p.Report(firstLine(p.Doc.Text, at), "%s: %s", v.step.Uses.Value(), v.Message())
		p.fixViolation(f, v.Violation, at, n)
	}
}

func checkWithEmpty(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if s.With == nil {
			return
		}
		for i := range s.With.Deref().Entries {
			e := &s.With.Deref().Entries[i]
			v := e.Value.Deref()
			if e.Key != nil && v != nil && (v.IsNull() || v.Kind == syntax.Scalar && v.Value == "" || v.Kind != syntax.Scalar && len(v.Entries) == 0) {
				p.Report(e.Key.Range, "the input `%s` is empty", e.Key.Value)
			}
		}
	})
}

// checkSubpackages compares the names of what a step packages: the package
// itself and its subpackages.
func checkSubpackages(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		list := s.With.Get("subpackages")
		if list == nil || list.Kind != syntax.Sequence {
			return
		}
		first := map[string]*syntax.Node{}
		names := []*syntax.Node{s.With.Get("name")}
		for _, item := range list.Items() {
			names = append(names, item.Get("name"))
		}
		for _, n := range names {
			if n == nil || n.Kind != syntax.Scalar || n.Value == "" {
				continue
			}
			if other, ok := first[n.Value]; ok {
				p.Report(n.Range, "two packages of the step are called `%s`: the second replaces the first, or the build stops", n.Value).
					Related(other.Range, "the other package")
				continue
			}
			first[n.Value] = n
		}
	})
}

// checkMetadataURL compares the project's URL in a package with the
// repositories that its definition checks out.
func checkMetadataURL(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		node := s.With.Get("url")
		if !s.Uses.Set() || node == nil || node.Kind != syntax.Scalar {
			return
		}
		value, known := p.Resolve(node.Value)
		project, ok := projectOf(value)
		if !known || !ok {
			return
		}
		sources := p.projects(project)
		if len(sources) == 0 {
			return
		}
		p.Report(node.Range, "`%s` is not among the repositories that the definition builds: `%s`", value, sources[0].name).
			Related(sources[0].at, "the repository that is checked out")
	})
}

type project struct {
	name string
	at   text.Range
}

// projects are the repositories of the same owner that the definition checks
// out; none where the project itself or one that cannot be told is among them.
func (p *Pass) projects(of string) []project {
	var out []project
	owner, _, _ := strings.Cut(of, "/")
	for _, scope := range p.Def.Scopes() {
		for _, f := range scope.Files {
			v, known := p.Resolve(f.URL.Value())
			name, ok := projectOf(v)
			if !known || name == of {
				return nil
			}
			if o, _, _ := strings.Cut(name, "/"); ok && o == owner && strings.HasPrefix(v, "git+") {
				out = append(out, project{name, f.URL.Range()})
			}
		}
	}
	return out
}

// projectOf is owner/name of a project at GitHub, in lower case.
func projectOf(s string) (string, bool) {
	u, err := url.Parse(strings.TrimPrefix(s, "git+"))
	if err != nil || u.Host != "github.com" {
		return "", false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 || parts[0] == "" {
		return "", false
	}
	return strings.ToLower(parts[0] + "/" + strings.TrimSuffix(parts[1], ".git")), true
}
