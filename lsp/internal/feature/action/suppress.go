package action

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"go.lsp.dev/protocol"
)

// reason stands in a new comment for what the writer should say.
const reason = "say why"

// ignored finds the names in a comment that silences findings, see analysis.
var ignored = regexp.MustCompile(`#[ \t]*dhi-ls:[ \t]*ignore\[([^\]\n\r]*)\]`)

// suppressions silence the findings here, on their line or in the whole file.
func suppressions(r *request) []offer {
	var out []offer
	var seen []string
	for _, f := range r.found() {
		if _, known := rules.Find(f.Code); !known || slices.Contains(seen, f.Code) {
			continue
		}
		seen = append(seen, f.Code)
		if c, ok := r.ignoreHere(f); ok {
			out = append(out, r.suppression("Ignore "+f.Code+" here", f, c))
		}
		if c, ok := r.ignoreInFile(f.Code); ok {
			out = append(out, r.suppression("Ignore "+f.Code+" in this file", f, c))
		}
	}
	return out
}

func (r *request) suppression(title string, f diagnostic.Diagnostic, c change) offer {
	return offer{title: title, kind: protocol.CodeActionKindQuickFix, solves: r.solved(f), change: c}
}

// ignoreHere adds the rule to the comment that speaks of the finding's line,
// or puts one above the line, unless that would be part of a value.
func (r *request) ignoreHere(f diagnostic.Diagnostic) (change, bool) {
	row := r.d.Text.LineOf(f.Range.Start)
	if c, ok := r.extend(row, f.Code); ok {
		return c, true
	}
	for above := row - 1; above > 0; above-- {
		line := strings.TrimSpace(r.d.Text.Line(above))
		if line != "" && line[0] != '#' {
			break
		}
		if c, ok := r.extend(above, f.Code); ok && above >= r.firstRow() {
			return c, true
		}
	}
	if row == 0 || row <= r.firstRow() || !r.takesComment(row) {
		return change{}, false
	}
	line := r.d.Text.Line(row)
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	return r.comment(row, indent, f.Code), true
}

// ignoreInFile adds the rule to the comment that speaks of the whole file, or
// puts one below the syntax directive.
func (r *request) ignoreInFile(code string) (change, bool) {
	for row := range r.firstRow() {
		if c, ok := r.extend(row, code); ok {
			return c, true
		}
	}
	row := 0
	if strings.HasPrefix(strings.TrimPrefix(r.d.Text.Line(0), "\ufeff"), "#") {
		row = 1
	}
	if row >= r.d.Text.Lines() {
		return change{}, false
	}
	return r.comment(row, "", code), true
}

// firstRow is the line of the first key; comments before it speak of the
// whole file.
func (r *request) firstRow() int {
	if r.doc.Tree.Root == nil {
		return r.d.Text.Lines()
	}
	return r.d.Text.LineOf(r.doc.Tree.Root.Range.Start)
}

// extend adds the rule to the comment in the line.
func (r *request) extend(row int, code string) (change, bool) {
	m := ignored.FindStringSubmatchIndex(r.d.Text.Line(row))
	if m == nil {
		return change{}, false
	}
	names := r.d.Text.Line(row)[m[2]:m[3]]
	if slices.ContainsFunc(strings.Split(names, ","), func(n string) bool { return strings.TrimSpace(n) == code }) {
		return change{}, false
	}
	joint := ", "
	if strings.TrimSpace(names) == "" {
		joint = ""
	}
	return one(text.At(r.d.Text.LineStart(row)+m[3]), joint+code), true
}

// comment is a line of its own before the row.
func (r *request) comment(row int, indent, code string) change {
	start := fmt.Sprintf("%s# dhi-ls: ignore[%s] ", indent, code)
	nl := r.d.Text.Newline()
	at := r.d.Text.LineStart(row)
	if row == 0 {
		at = r.d.Text.BOM()
	}
	c := one(text.At(at), start+reason+nl)
	c.snippet = snippetText(start) + "${1:" + reason + "}" + snippetText(nl)
	return c
}

// snippetText escapes what would mean something in a snippet.
func snippetText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`).Replace(s)
}

// takesComment says whether a comment before the row is one to its readers,
// and not part of a value.
func (r *request) takesComment(row int) bool {
	start := r.d.Text.LineStart(row)
	n := r.doc.Tree.At(start + len(r.d.Text.Line(row)) - len(strings.TrimLeft(r.d.Text.Line(row), " "))).Node
	if n == nil || n.Kind != syntax.Scalar || n.Range.Start >= start {
		return true
	}
	if n.Style != syntax.Literal || !r.isScript(n) || n.Body.Start > start {
		return false
	}
	return harmless(n.Value, r.d.Text.LineOf(start)-r.d.Text.LineOf(n.Body.Start))
}

func (r *request) isScript(n *syntax.Node) bool {
	e := n.Owner()
	return e != nil && e.Key != nil && e.Key.Value == "runs"
}

// harmless says whether the script does the same with a comment before the
// line: inside a quote, a here-document or behind a backslash it would not.
func harmless(source string, line int) bool {
	lines := strings.SplitAfter(source, "\n")
	if line < 0 || line >= len(lines) || strings.Contains(source, "<<") { // a here-document is no argument
		return false
	}
	commented := strings.Join(lines[:line], "") + "# x\n" + strings.Join(lines[line:], "")
	before, after := script.Parse(source, script.Bash), script.Parse(commented, script.Bash)
	if len(before.Problems) != len(after.Problems) || len(before.Commands) != len(after.Commands) || before.Skipped != "" {
		return false
	}
	for i := range before.Commands {
		if !slices.EqualFunc(before.Commands[i].Args, after.Commands[i].Args, func(a, b script.Arg) bool { return a.Text == b.Text }) {
			return false
		}
	}
	return true
}

// explanations open the pages of the rules that report something here.
func explanations(r *request) []offer {
	var out []offer
	var seen []string
	for _, f := range r.found() {
		if _, known := rules.Find(f.Code); !known || slices.Contains(seen, f.Code) {
			continue
		}
		seen = append(seen, f.Code)
		title := "Explain " + f.Code
		out = append(out, offer{
			title: title, kind: protocol.CodeActionKindQuickFix, solves: r.solved(f),
			command: commandid.Of(title, commandid.Explain, commandid.Rule{Rule: f.Code}),
		})
	}
	return out
}
