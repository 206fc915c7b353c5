package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

const shellCheckRule = "shellcheck"

// shellCheckLevels are our severities for ShellCheck's: its errors are grave
// for a script, but none proves that the image is wrong.
var shellCheckLevels = map[string]diagnostic.Severity{
	"error": diagnostic.Warning, "warning": diagnostic.Info, "info": diagnostic.Hint, "style": diagnostic.Hint,
}

// unassigned is ShellCheck's remark on variables that nothing assigns.
const unassigned = 2154

// RunShellCheck runs ShellCheck on all scripts and reports what it says at its
// place in the file. The error is that of the first script that could not be
// checked; the others are reported all the same.
func (p *Pass) RunShellCheck(ctx context.Context, sc *script.ShellCheck) error {
	rule, ok := p.find(shellCheckRule)
	if !ok || p.severity(rule) == diagnostic.Off || !rule.Kinds.Has(p.Doc.Kind) {
		return nil
	}
	p.rule = rule
	var scripts []ScriptRef
	var inputs []script.Input
	for _, s := range p.Scripts() {
		// A script with a syntax error is reported as such.
		if len(s.Script.Problems) == 0 && s.Script.Skipped == "" {
			scripts = append(scripts, s)
			inputs = append(inputs, script.Input{Source: s.Script.Source, Dialect: s.Script.Dialect})
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	results, err := sc.Run(ctx, inputs)
	for i := range results {
		for j := range results[i].Findings {
			p.reportShellCheck(&scripts[i], &results[i].Findings[j])
		}
	}
	return err
}

func (p *Pass) reportShellCheck(s *ScriptRef, remark *script.Finding) {
	if remark.Code == unassigned && s.inherits(remark.Message) {
		return
	}
	f := p.Report(p.In(s.Node, remark.Range), "SC%d: %s", remark.Code, strings.TrimSuffix(remark.Message, "."))
	f.d.URL = fmt.Sprintf("https://www.shellcheck.net/wiki/SC%d", remark.Code)
	f.d.Source = shellCheckRule
	level, ok := shellCheckLevels[remark.Level]
	if !ok {
		level = diagnostic.Hint
	}
	f.AtMost(level)
	// Only in a literal block does the text stand as the shell reads it.
	if len(remark.Edits) == 0 || s.Node.Style != syntax.Literal {
		return
	}
	edits := make([]diagnostic.Edit, len(remark.Edits))
	for i, e := range remark.Edits {
		if strings.Contains(e.New, "\n") {
			return
		}
		edits[i] = Replace(p.In(s.Node, e.Range), e.New)
	}
	f.Fix(fmt.Sprintf("Apply ShellCheck's change for SC%d", remark.Code), false, edits...)
}

// inherits reports whether the variable that the remark begins with comes
// from the environment of the step or the stage.
func (s *ScriptRef) inherits(message string) bool {
	name, _, _ := strings.Cut(message, " ")
	for _, env := range [][]definition.Field{s.Step.Environment, s.Stage.Environment} {
		for _, f := range env {
			if f.Name() == name {
				return true
			}
		}
	}
	return false
}
