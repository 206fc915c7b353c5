package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func variableRules() []*Rule {
	return []*Rule{
		{ID: "var-undefined", Summary: "A variable is used that `vars` does not define", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkVarUndefined},
		{ID: "var-cycle", Summary: "A variable refers to itself", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkVarCycle},
		{ID: "var-name-style", Summary: "The name of a variable is not in capitals", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkVarNames},
		{ID: "builtin-unknown", Summary: "A built-in value is used that does not exist", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkBuiltins},
		{ID: "substitution-malformed", Summary: "A substitution is not written as ${NAME}", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkSubstitutions},
		{ID: "substitution-no-match", Summary: "The regular expression of a substitution does not match the variable", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkSubstitutionMatch},
		{ID: "expr-malformed", Summary: "A build expression can't be understood", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkExpressions},
		{ID: "expr-target-unknown", Summary: "A build expression uses a member that is not known", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkExprMembers},
		{ID: "expr-arch-unknown", Summary: "A build expression compares target.arch with a value it never has", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkExprArch},
		{ID: "expr-var-undefined", Summary: "A build expression uses a variable that `vars` does not define", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkExprVars},
	}
}

// foreign reports whether a scalar may hold substitutions that are not the
// format's: the inputs and environments of steps, whose ${NAME} may be the
// shell's, the text of files, and the arguments of a shell.
func (p *Pass) foreign(t *ScalarTemplate) bool {
	if t.Context == InShell || t.Context == InScript {
		return true
	}
	return p.verbatim(t)
}

// verbatim reports whether a scalar is the text of a file or an argument of
// the image's command, in which a shell or another program finds its own.
func (p *Pass) verbatim(t *ScalarTemplate) bool {
	if !t.Key && ownerName(t.Node) == "content" {
		return true
	}
	list := t.Node.Parent
	if list == nil || list.Kind != syntax.Sequence {
		return false
	}
	owner := list.Owner()
	return owner != nil && owner.Key != nil && (owner.Key.Value == "cmd" || owner.Key.Value == "entrypoint") && list.Parent == p.Def.Root
}

// ours calls f for the templates that only the build frontend fills in.
func (p *Pass) ours(f func(*ScalarTemplate)) {
	list := p.Templates()
	for i := range list {
		if !p.foreign(&list[i]) {
			f(&list[i])
		}
	}
}

func checkVarUndefined(p *Pass) {
	p.ours(func(t *ScalarTemplate) {
		for i := range t.Template.Parts {
			part := &t.Template.Parts[i]
			if part.Kind != expr.Variable || part.Name == "" || !expr.IsVarName(part.Name) {
				continue
			}
			if _, ok := p.Var(part.Name); ok || t.selfReference(part.Name) {
				continue
			}
			if t.Context == InVars && !p.usedVars()[ownerName(t.Node)] {
				continue // the catalog keeps vars whose value was inlined elsewhere
			}
			p.reportUndefined(t.Node, part.NameRange, part.Name)
		}
	})
}

func ownerName(n *syntax.Node) string {
	if owner := n.Owner(); owner != nil && owner.Key != nil {
		return owner.Key.Value
	}
	return ""
}

// selfReference is env-self-reference: a variable of the environment that
// adds to its own value.
func (t *ScalarTemplate) selfReference(name string) bool {
	return t.Context == InEnvironment && !t.Key && ownerName(t.Node) == name
}

// usedVars are the variables that something outside of vars uses, directly or
// through other variables.
func (p *Pass) usedVars() map[string]bool {
	if p.shared.used == nil {
		p.shared.used = p.findUsedVars()
	}
	return p.shared.used
}

func (p *Pass) findUsedVars() map[string]bool {
	used := map[string]bool{}
	var add func(name string)
	refs := func(s string) {
		t := expr.Parse(s)
		for _, r := range t.References() {
			if !r.Builtin {
				add(r.Name)
			}
		}
	}
	add = func(name string) {
		if used[name] {
			return
		}
		used[name] = true
		if v, ok := p.Var(name); ok {
			refs(v.Value())
		}
	}
	for _, t := range p.Templates() {
		if t.Context == InVars {
			continue
		}
		for _, r := range t.Template.References() {
			if !r.Builtin {
				add(r.Name)
			}
		}
	}
	for i := range p.Def.Contents.Builds {
		for _, s := range p.Def.Contents.Builds[i].Pipeline {
			if strings.Contains(s.Runs.Value(), "${") {
				t := expr.ParseScript(s.Runs.Value())
				for _, r := range t.References() {
					add(r.Name)
				}
			}
		}
	}
	return used
}

func (p *Pass) reportUndefined(n *syntax.Node, name text.Range, what string) {
	at := p.In(n, name)
	f := p.Report(at, "`%s` is not defined in `vars`", what)
	names := p.varNames()
	for _, b := range expr.Builtins(false) {
		names = append(names, b.Name)
	}
	if meant, ok := schema.Suggest(what, names); ok {
		f.Help("did you mean `%s`?", meant)
		f.Fix("Change to `"+meant+"`", false, Replace(at, meant))
		return
	}
	f.Help("add it to `vars`, or write the value itself")
}

func (p *Pass) varNames() []string {
	names := make([]string, len(p.Def.Vars))
	for i, v := range p.Def.Vars {
		names[i] = v.Name()
	}
	return names
}

func checkVarCycle(p *Pass) {
	env := p.Env("linux/amd64")
	for _, v := range p.Def.Vars {
		if !strings.Contains(v.Value(), "${") && !strings.Contains(v.Value(), "#{") {
			continue
		}
		_, open := expr.Value(v.Name(), env)
		for _, o := range open {
			if o.Reason == expr.Cycle && o.Name == v.Name() {
				p.Report(v.Range(), "%s", o.Message).Help("give one of them a value of its own")
				break
			}
		}
	}
}

func checkVarNames(p *Pass) {
	for _, v := range p.Def.Vars {
		name := v.Name()
		if name == "" || isUpperSnake(name) {
			continue
		}
		p.Report(v.KeyRange(), "`%s` is not written in capitals, as the variables of the catalog are", shorten(name)).Help("rename it here and where it is used")
	}
}

func isUpperSnake(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'A' || c > 'Z') && c != '_' && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// checkBuiltins looks at every place, scripts included: a dotted name is no variable of a shell
// either. In scripts and inputs the text may be another program's, so that
// only names that begin like ours are judged.
func checkBuiltins(p *Pass) {
	checkScriptBuiltins(p)
	list := p.Templates()
	for i := range list {
		t := &list[i]
		foreign := p.foreign(t)
		for j := range t.Template.Parts {
			part := &t.Template.Parts[j]
			if part.Kind != expr.Builtin || !part.Closed {
				continue
			}
			if _, ok := expr.LookupBuiltin(part.Name, foreign); ok {
				continue
			}
			if root, _, _ := strings.Cut(part.Name, "."); foreign && root != "source" && root != "target" {
				continue
			}
			p.reportBuiltin(t.Node, part, foreign)
		}
	}
}

func (p *Pass) reportBuiltin(n *syntax.Node, part *expr.Part, foreign bool) {
	at := p.In(n, part.NameRange)
	f := p.Report(at, "`%s` is no built-in value", part.Name)
	if foreign {
		f.AtMost(diagnostic.Warning)
	}
	if _, ok := expr.LookupBuiltin(part.Name, true); ok {
		f.AtMost(diagnostic.Warning).Help("the public catalog uses it only in `runs`")
		return
	}
	infos := expr.Builtins(foreign)
	names := make([]string, len(infos))
	for i, b := range infos {
		names[i] = b.Name
	}
	if meant, ok := schema.Suggest(part.Name, names); ok {
		f.Help("did you mean `%s`?", meant)
		f.Fix("Change to `"+meant+"`", false, Replace(at, meant))
		return
	}
	f.Help("the built-in values are %s", strings.Join(names, ", "))
}

// grave says which problems of a substitution prove that the value is wrong.
var grave = map[expr.ProblemKind]bool{
	expr.Unclosed: true, expr.WrongCloser: true, expr.EmptyName: true, expr.BadName: true, expr.BadRegex: true, expr.Doubled: true,
}

func checkSubstitutions(p *Pass) {
	list := p.Templates()
	for i := range list {
		t := &list[i]
		if p.foreign(t) {
			continue
		}
		for j := range t.Template.Problems {
			p.checkSubstitution(t, &t.Template.Problems[j])
		}
	}
}

func (p *Pass) checkSubstitution(t *ScalarTemplate, pr *expr.Problem) {
	if inExpression(t, pr) {
		return
	}
	declared := func() bool { _, ok := p.Var(pr.Name); return ok }
	var f *Finding
	switch {
	case grave[pr.Kind]:
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message)
	case pr.Kind == expr.ShellExpansion:
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message).AtMost(diagnostic.Warning)
	case pr.Kind == expr.NoGroup:
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message).AtMost(diagnostic.Warning)
	case pr.Kind == expr.LooksLikeVariable && declared():
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message)
	case pr.Kind == expr.ShellVariable && dottedBuiltin(t.Template.Source[pr.Range.Start:]) != "":
		p.reportBareBuiltin(t, pr)
		return
	case pr.Kind == expr.ShellVariable && declared() && t.Context != InVars:
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message)
	case pr.Kind == expr.NotWhole && t.Context == InVars:
		f = p.Report(p.In(t.Node, pr.Range), "%s", pr.Message).AtMost(diagnostic.Warning)
	default:
		return
	}
	if t.Context == InVars && !p.usedVars()[ownerName(t.Node)] {
		f.AtMost(diagnostic.Warning)
	}
	if pr.Fix != nil {
		f.Fix(pr.FixTitle, false, Replace(p.In(t.Node, pr.Fix.Range), pr.Fix.New))
	}
}

// dottedBuiltin is the built-in value that the text names without braces, such
// as $source.dir.
func dottedBuiltin(s string) string {
	for _, b := range expr.Builtins(true) {
		if rest, ok := strings.CutPrefix(s, "$"+b.Name); ok && (rest == "" || !isWordByte(rest[0])) {
			return b.Name
		}
	}
	return ""
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *Pass) reportBareBuiltin(t *ScalarTemplate, pr *expr.Problem) {
	name := dottedBuiltin(t.Template.Source[pr.Range.Start:])
	at := p.In(t.Node, text.Range{Start: pr.Range.Start, End: pr.Range.Start + 1 + len(name)})
	p.Report(at, "$%s is not substituted: write ${%s}", name, name).Fix("Write ${"+name+"}", false, Replace(at, "${"+name+"}"))
}

// inExpression tells the problems of a #{ } from those of substitutions.
func inExpression(t *ScalarTemplate, pr *expr.Problem) bool {
	for i := range t.Template.Parts {
		part := &t.Template.Parts[i]
		if part.Expr != nil && part.Range.Covers(pr.Range) && pr.Kind != expr.NotWhole {
			return true
		}
	}
	return false
}

// checkSubstitutionMatch evaluates ${NAME:regex} where NAME is known.
func checkSubstitutionMatch(p *Pass) {
	p.ours(func(t *ScalarTemplate) {
		if t.Context == InVars {
			return // a leftover of the catalog, mostly
		}
		for i := range t.Template.Parts {
			part := &t.Template.Parts[i]
			if part.Kind != expr.Variable || !part.HasRegex || !part.Closed {
				continue
			}
			source := t.Template.Source[part.Range.Start:part.Range.End]
			_, open := expr.Resolve(source, p.Env(p.firstPlatform()))
			for _, o := range open {
				if o.Reason == expr.NoMatch && len(o.Via) == 0 {
					p.Report(p.In(t.Node, part.RegexRange), "%s", o.Message)
				}
			}
		}
	})
}

func (p *Pass) firstPlatform() string {
	if len(p.Def.Platforms) > 0 && p.Def.Platforms[0].Set() {
		return p.Def.Platforms[0].Value()
	}
	return "linux/amd64"
}

// evaluated calls f for the templates whose #{ } the build evaluates: all but
// the inputs of steps and verbatim text.
func (p *Pass) evaluated(f func(*ScalarTemplate)) {
	list := p.Templates()
	for i := range list {
		t := &list[i]
		if p.verbatim(t) || t.Context == InShell && (t.Node.Parent == nil || ownerName(t.Node.Parent) != "environment") {
			continue
		}
		f(t)
	}
}

// expressionProblems reports the problems of the given kinds inside of build
// expressions, at most as gravely as the table says.
func (p *Pass) expressionProblems(kinds map[expr.ProblemKind]diagnostic.Severity) {
	p.evaluated(func(t *ScalarTemplate) {
		for j := range t.Template.Problems {
			pr := &t.Template.Problems[j]
			severity, ok := kinds[pr.Kind]
			if !ok || !inExpression(t, pr) {
				continue
			}
			found := p.Report(p.In(t.Node, pr.Range), "%s", pr.Message).AtMost(severity)
			if pr.Fix != nil {
				found.Fix(pr.FixTitle, false, Replace(p.In(t.Node, pr.Fix.Range), pr.Fix.New))
			}
		}
	})
}

func checkExpressions(p *Pass) {
	p.expressionProblems(map[expr.ProblemKind]diagnostic.Severity{
		expr.Unclosed: diagnostic.Error, expr.Syntax: diagnostic.Error, expr.TooLong: diagnostic.Warning,
		expr.UnknownSyntax: diagnostic.Warning, expr.TypeMismatch: diagnostic.Warning,
	})
}

func checkExprMembers(p *Pass) {
	p.expressionProblems(map[expr.ProblemKind]diagnostic.Severity{expr.UnknownMember: diagnostic.Warning})
}

func checkExprArch(p *Pass) {
	p.expressionProblems(map[expr.ProblemKind]diagnostic.Severity{expr.UnknownArch: diagnostic.Error})
}

func checkExprVars(p *Pass) {
	p.evaluated(func(t *ScalarTemplate) {
		for j := range t.Template.Parts {
			part := &t.Template.Parts[j]
			if part.Expr == nil {
				continue
			}
			for _, r := range part.Expr.References() {
				if r.Builtin || r.Name == "" {
					continue
				}
				if _, ok := p.Var(r.Name); !ok {
					p.reportUndefined(t.Node, r.Range, r.Name)
				}
			}
		}
	})
}
