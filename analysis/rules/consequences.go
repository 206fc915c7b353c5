package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
)

// absence is what a finding misses: one of the keys of a mapping.
type absence struct {
	parent *syntax.Node
	keys   []string
}

// absent notes that the finding misses one of the keys in the mapping. It is
// dropped where a key that is misspelt or stands in a broken line may be it.
func (p *Pass) absent(f *Finding, parent *syntax.Node, keys ...string) *Finding {
	if p.absences == nil {
		p.absences = map[*diagnostic.Diagnostic]absence{}
	}
	p.absences[f.d] = absence{parent, keys}
	return f
}

// settle drops the findings that only follow from another mistake, which has
// one of its own: a key that is missing because it is misspelt, and what a
// line that is no YAML seems to say.
func (p *Pass) settle() {
	if len(p.absences) == 0 && len(p.Doc.Tree.Problems) == 0 {
		return
	}
	lines, accidents := p.unreadable()
	kept := p.out[:0]
	for _, d := range p.out {
		a, isAbsence := p.absences[d]
		switch {
		case isAbsence && p.excused(a):
		case isAbsence || ofParser[d.Code]:
			kept = append(kept, d)
		case lines[p.Doc.Text.LineOf(d.Range.Start)]:
		case accidentOf(d, accidents) != nil:
			// The cause is then as grave as what it leads to.
			cause := accidentOf(d, accidents)
			cause.Severity = min(cause.Severity, d.Severity)
		default:
			kept = append(kept, d)
		}
	}
	p.out = kept
}

// accidentOf is the finding about text that continues a value by accident
// which the range of d reaches into.
func accidentOf(d *diagnostic.Diagnostic, accidents []*diagnostic.Diagnostic) *diagnostic.Diagnostic {
	for _, a := range accidents {
		if d.Range.Start < a.Range.End && a.Range.Start < d.Range.End {
			return a
		}
	}
	return nil
}

// ofParser are the ids under which the parser itself reports.
var ofParser = map[string]bool{syntax.CodeSyntax: true, syntax.CodeTab: true, syntax.CodeTrap: true, syntax.CodeDuplicateKey: true, "yaml-strict": true}

// unreadable are the lines that are no YAML, and the findings about text that
// continues a value by accident.
func (p *Pass) unreadable() (lines map[int]bool, accidents []*diagnostic.Diagnostic) {
	lines = map[int]bool{}
	for _, pr := range p.Doc.Tree.Problems {
		if pr.Code == syntax.CodeSyntax && !pr.Lenient {
			lines[p.Doc.Text.LineOf(pr.Range.Start)] = true
		}
	}
	for _, r := range p.Doc.Tree.Displaced {
		lines[p.Doc.Text.LineOf(r.Start)] = true
	}
	for _, d := range p.out {
		if d.Code == syntax.CodeTrap && len(d.Related) > 0 {
			accidents = append(accidents, d)
		}
	}
	return lines, accidents
}

// excused reports whether what is missing may stand in the document, broken
// or misspelt.
func (p *Pass) excused(a absence) bool {
	broken := p.brokenLines()
	for _, key := range a.keys {
		if p.misspeltKey(a.parent, key) {
			return true
		}
		for line := range broken {
			rest, ok := strings.CutPrefix(strings.TrimLeft(p.Doc.Text.Line(line), " \t-"), key)
			if ok && (rest == "" || strings.IndexByte(": \t=", rest[0]) >= 0) {
				return true
			}
		}
	}
	return false
}

// misspeltKey reports whether the mapping has an unknown key that was most
// likely meant to be this one.
func (p *Pass) misspeltKey(parent *syntax.Node, key string) bool {
	parent = parent.Deref()
	for _, v := range p.violations() {
		if v.Keyword != schema.UnknownField || v.Suggestion != key {
			continue
		}
		if node, _ := p.Doc.Tree.Lookup(PathOf(p.Doc.Tree, v.Path)); node != nil && node.Parent == parent {
			return true
		}
	}
	return false
}

// damagedContents reports whether a line of the image's contents can't be
// read, or a part of its lists has the wrong form: what they hold is then not
// certain.
func (p *Pass) damagedContents() bool {
	if n := p.Def.Contents.Node; n != nil && len(p.Doc.Tree.Problems) > 0 {
		first, last := p.Doc.Text.LineOf(n.Range.Start), p.Doc.Text.LineOf(n.Range.End)
		for line := range p.brokenLines() {
			if line >= first && line <= last {
				return true
			}
		}
	}
	for _, v := range p.violations() {
		if len(v.Path) > 0 && len(v.Path) < 4 && v.Path[0] == "contents" && (v.Keyword == schema.WrongType || v.Keyword == schema.UnknownField) {
			return true
		}
	}
	return false
}

type sharedViolations struct {
	violations   []schema.Violation
	violationsOK bool
}

// violations are what the schema says of the document.
func (p *Pass) violations() []schema.Violation {
	if p.shared.violationsOK {
		return p.shared.violations
	}
	p.shared.violationsOK = true
	if root := p.Doc.Tree.Root; root != nil && root.Kind != syntax.Missing {
		p.shared.violations = schema.Validate(p.schemaKind(), root.Any())
	}
	return p.shared.violations
}
