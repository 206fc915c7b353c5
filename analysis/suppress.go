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
	report := func(id string, r text.Range, message string, fixes ...diagnostic.Fix) {
		rule, _ := rules.Find(id)
		if s := severity(rule); s != diagnostic.Off {
			out = append(out, diagnostic.Diagnostic{Code: id, Severity: s, Range: r, URL: rule.URL(), Message: message, Fixes: fixes})
		}
	}
	for _, sup := range list {
		if len(sup.ids) == 0 {
			report("invalid-suppression", sup.comment, "name the rules to ignore: `# dhi-ls: ignore[rule-id] reason`")
		}
		for i, id := range sup.ids {
			switch {
			case id.rule == nil:
				report("invalid-suppression", id.at, unknownRule(id.id), suggestRule(id)...)
			case id.unused(severity):
				report("unused-suppression", id.at, fmt.Sprintf("`%s` reports nothing here: delete it from the comment", id.id), sup.without(doc.Text, i, severity))
			}
		}
	}
	return out
}

// unused says that the rule has looked at the document and reported nothing
// that the comment silences. Rules that need more than the document may not
// have run.
func (id suppressedID) unused(severity func(*rules.Rule) diagnostic.Severity) bool {
	return id.rule != nil && !id.used && id.rule.Need == rules.NeedsNothing && severity(id.rule) != diagnostic.Off
}

// without removes one rule from the comment, and the comment where nothing is
// left of it.
func (s suppression) without(t *text.Text, i int, severity func(*rules.Rule) diagnostic.Severity) diagnostic.Fix {
	left := 0
	for _, id := range s.ids {
		if !id.unused(severity) {
			left++
		}
	}
	if left == 0 {
		return diagnostic.Fix{Title: "Remove the comment", Safe: true, Edits: []diagnostic.Edit{{Range: wholeComment(t, s.comment)}}}
	}
	r := s.ids[i].at
	if i+1 < len(s.ids) {
		r.End = s.ids[i+1].at.Start
	} else {
		r.Start = s.ids[i-1].at.End
	}
	return diagnostic.Fix{Title: "Remove `" + s.ids[i].id + "` from the comment", Safe: true, Edits: []diagnostic.Edit{{Range: r}}}
}

// wholeComment is the comment to the end of its line with the blanks before
// it, and with its line where it stands alone.
func wholeComment(t *text.Text, comment text.Range) text.Range {
	line := t.LineOf(comment.Start)
	start := t.LineStart(line)
	before := t.Slice(text.Range{Start: start, End: comment.Start})
	if kept := len(strings.TrimRight(before, " \t")); kept > 0 {
		return text.Range{Start: start + kept, End: t.LineEnd(line)}
	}
	return t.FullLineRange(line)
}

func suggestRule(id suppressedID) []diagnostic.Fix {
	s, ok := schema.Suggest(id.id, ruleNames())
	if !ok {
		return nil
	}
	return []diagnostic.Fix{{Title: "Change to `" + s + "`", Edits: []diagnostic.Edit{{Range: id.at, New: s}}}}
}

func ruleNames() []string {
	names := make([]string, 0, len(rules.All()))
	for _, r := range rules.All() {
		names = append(names, r.ID)
	}
	return names
}

func unknownRule(id string) string {
	if s, ok := schema.Suggest(id, ruleNames()); ok {
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
