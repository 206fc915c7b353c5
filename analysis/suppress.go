package analysis

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// A suppression is a comment "# dhi-ls: ignore[rule, ...] reason". It speaks
// for its own line, alone on a line for the next line that holds something,
// and before the first key for the whole file.
type suppression struct {
	comment text.Range
	ids     []suppressedID
	line    int // the line it speaks for, -1 for the whole file
}

type suppressedID struct {
	id   string // as written
	rule *rules.Rule
	at   text.Range
	used bool
}

var suppressionComment = regexp.MustCompile(`#[ \t]*dhi-ls:[ \t]*ignore(\[[^\]\n\r]*\]?)?`)

// suppress drops the findings that comments silence, and reports comments
// that silence nothing. A nil severity leaves those reports out.
func suppress(doc *definition.Document, found []diagnostic.Diagnostic, severity func(*rules.Rule) diagnostic.Severity) ([]diagnostic.Diagnostic, int) {
	if !strings.Contains(doc.Text.String(), "dhi-ls:") {
		return found, 0
	}
	list := suppressions(doc)
	if len(list) == 0 {
		return found, 0
	}
	kept := found[:0]
	dropped := 0
	for _, d := range found {
		if silenced(doc, list, d) {
			dropped++
			continue
		}
		kept = append(kept, d)
	}
	if severity != nil {
		kept = append(kept, reportSuppressions(doc, list, severity)...)
	}
	return kept, dropped
}

func silenced(doc *definition.Document, list []suppression, d diagnostic.Diagnostic) bool {
	line := doc.Text.LineOf(d.Range.Start)
	hit := false
	for i := range list {
		if list[i].line != -1 && list[i].line != line {
			continue
		}
		for j := range list[i].ids {
			if r := list[i].ids[j].rule; r != nil && r.ID == d.Code {
				list[i].ids[j].used = true
				hit = true
			}
		}
	}
	return hit
}

func suppressions(doc *definition.Document) []suppression {
	var list []suppression
	s := doc.Text.String()
	first := firstContentLine(doc)
	for _, m := range suppressionComment.FindAllStringIndex(s, -1) {
		alone, ok := commentAt(doc, m[0])
		if !ok {
			continue
		}
		line := doc.Text.LineOf(m[0])
		sup := suppression{comment: text.Range{Start: m[0], End: m[1]}, line: line}
		switch {
		case alone && line < first:
			sup.line = -1
		case alone:
			sup.line = nextContentLine(doc.Text, line)
		}
		sup.ids = suppressedIDs(s, sup.comment)
		list = append(list, sup)
	}
	return list
}

// commentAt says whether a comment of YAML, or of a script, begins at offset,
// and whether it stands alone on its line.
func commentAt(doc *definition.Document, offset int) (alone, ok bool) {
	for _, c := range doc.Tree.Comments {
		if c.Range.Start == offset {
			return c.Alone, true
		}
	}
	n := doc.Tree.At(offset).Node
	if n == nil || n.Style != syntax.Literal && n.Style != syntax.Folded {
		return false, false
	}
	before := doc.Text.Slice(text.Range{Start: doc.Text.LineStart(doc.Text.LineOf(offset)), End: offset})
	return strings.TrimSpace(before) == "", true
}

func firstContentLine(doc *definition.Document) int {
	if doc.Tree.Root == nil {
		return doc.Text.Lines()
	}
	return doc.Text.LineOf(doc.Tree.Root.Range.Start)
}

func nextContentLine(t *text.Text, line int) int {
	for line++; line < t.Lines(); line++ {
		if l := strings.TrimSpace(t.Line(line)); l != "" && l[0] != '#' {
			break
		}
	}
	return line
}

// suppressedIDs reads the names between the brackets.
func suppressedIDs(s string, comment text.Range) []suppressedID {
	open := strings.IndexByte(s[comment.Start:comment.End], '[')
	if open < 0 {
		return nil
	}
	at := comment.Start + open + 1
	var ids []suppressedID
	for _, part := range strings.Split(strings.TrimSuffix(s[at:comment.End], "]"), ",") {
		name := strings.TrimSpace(part)
		if name != "" {
			start := at + strings.Index(part, name)
			rule, _ := rules.Find(name)
			ids = append(ids, suppressedID{id: name, rule: rule, at: text.Range{Start: start, End: start + len(name)}})
		}
		at += len(part) + 1
	}
	return ids
}

func reportSuppressions(doc *definition.Document, list []suppression, severity func(*rules.Rule) diagnostic.Severity) []diagnostic.Diagnostic {
	var out []diagnostic.Diagnostic
	report := func(id string, r text.Range, message string) {
		rule, _ := rules.Find(id)
		if s := severity(rule); s != diagnostic.Off {
			out = append(out, diagnostic.Diagnostic{Code: id, Severity: s, Range: r, URL: rule.URL(), Message: message})
		}
	}
	for _, sup := range list {
		if len(sup.ids) == 0 {
			report("invalid-suppression", sup.comment, "name the rules to ignore: `# dhi-ls: ignore[rule-id] reason`")
		}
		for _, id := range sup.ids {
			switch {
			case id.rule == nil:
				report("invalid-suppression", id.at, unknownRule(id.id))
			case !id.used && id.rule.Need != rules.NeedsShellCheck && id.rule.Need != rules.NeedsIndex && id.rule.Need != rules.NeedsWorkspace && severity(id.rule) != diagnostic.Off:
				report("unused-suppression", id.at, fmt.Sprintf("`%s` reports nothing here: delete it from the comment", id.id))
			}
		}
	}
	return out
}

func unknownRule(id string) string {
	names := make([]string, 0, len(rules.All()))
	for _, r := range rules.All() {
		names = append(names, r.ID)
	}
	if s, ok := schema.Suggest(id, names); ok {
		return fmt.Sprintf("unknown rule `%s`; did you mean `%s`?", id, s)
	}
	return fmt.Sprintf("unknown rule `%s`: `dhi-ls rules` lists them", id)
}

// RuleName resolves an id or alias to the rule's id; for an unknown one it
// returns the message that says so. It is what package config needs.
func RuleName(name string) (idOrMessage string, ok bool) {
	if r, found := rules.Find(name); found {
		return r.ID, true
	}
	return unknownRule(name), false
}
