package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

func syntaxRules() []*Rule {
	rules := []*Rule{
		{ID: syntax.CodeSyntax, Summary: "The text is not valid YAML", Level: always(diagnostic.Error), Kinds: Everything, Fix: SafeFix},
		{ID: syntax.CodeDuplicateKey, Summary: "A mapping holds a key twice", Level: always(diagnostic.Error), Kinds: Everything},
		{ID: syntax.CodeTab, Summary: "A tab stands in the indentation", Level: always(diagnostic.Error), Kinds: Everything, Fix: SafeFix},
		{ID: syntax.CodeTrap, Summary: "YAML reads the text in another way than it looks", Level: always(diagnostic.Warning), Kinds: Everything, Fix: SafeFix},
		{ID: "yaml-strict", Summary: "Other YAML readers reject the text", Level: always(diagnostic.Warning), Kinds: Everything},
	}
	shareCheck(rules, checkSyntax)
	return rules
}

// checkSyntax reports the problems the parser found, each under its own id.
func checkSyntax(p *Pass) {
	p.checkTraps(p.Doc.Tree.Root)
	for _, pr := range p.problems() {
		f := p.ReportAs(pr.Code, pr.Range, "%s", pr.Message)
		if pr.Fix != "" {
			edits := make([]diagnostic.Edit, len(pr.Edits))
			for i, e := range pr.Edits {
				edits[i] = Replace(e.Range, e.New)
			}
			f.Fix(pr.Fix, true, edits...)
		}
		if !pr.Related.Empty() {
			f.Related(pr.Related, "%s", pr.RelatedMessage)
		}
	}
}

// checkTraps looks for strings that readers of YAML 1.1 take for something
// else, and for quotes that are none.
func (p *Pass) checkTraps(n *syntax.Node) {
	n = n.Deref()
	if n == nil {
		return
	}
	for i := range n.Entries {
		v := n.Entries[i].Value
		switch v.Kind {
		case syntax.Mapping, syntax.Sequence:
			p.checkTraps(v)
		case syntax.Scalar:
			p.checkTypographicQuotes(v)
			if !mayTrap(v) {
				continue
			}
			if trap, ok := v.NumberTrap(); ok && !trap.Sure {
				p.ReportAs(syntax.CodeTrap, v.Range, "%s: quote it", trap.Message).Fix(trap.Fix, true, Replace(trap.Edit.Range, trap.Edit.New))
			}
		}
	}
}

// mayTrap is a cheap test before the thorough one.
func mayTrap(n *syntax.Node) bool {
	if n.Style != syntax.Plain || n.Type != syntax.String || n.Value == "" {
		return false
	}
	c := n.Value[0]
	return len(n.Value) <= 3 && strings.IndexByte("yYnNoO", c) >= 0 || c >= '0' && c <= '9' && strings.ContainsAny(n.Value, ":-")
}

// problems are the parser's own, and for text outside of the part of YAML
// that all readers read alike those of the other readers.
func (p *Pass) problems() []syntax.Problem {
	tree := p.Doc.Tree
	if tree.Regular {
		return tree.Problems
	}
	return append(tree.Problems[:len(tree.Problems):len(tree.Problems)], syntax.SecondOpinion(tree)...)
}
