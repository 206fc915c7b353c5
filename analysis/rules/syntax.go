package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

func syntaxRules() []*Rule {
	return []*Rule{
		{ID: syntax.CodeSyntax, Summary: "The text is not valid YAML", Level: always(diagnostic.Error), Kinds: Everything, Fix: SafeFix, Check: checkSyntax},
		{ID: syntax.CodeDuplicateKey, Summary: "A mapping holds a key twice", Level: always(diagnostic.Error), Kinds: Everything},
		{ID: syntax.CodeTab, Summary: "A tab stands in the indentation", Level: always(diagnostic.Error), Kinds: Everything, Fix: SafeFix},
		{ID: syntax.CodeTrap, Summary: "YAML reads the text in another way than it looks", Level: always(diagnostic.Warning), Kinds: Everything, Fix: SafeFix},
		{ID: "yaml-strict", Summary: "Other YAML readers reject the text", Level: always(diagnostic.Warning), Kinds: Everything},
	}
}

// checkSyntax reports the problems the parser found, each under its own id.
func checkSyntax(p *Pass) {
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

// problems are the parser's own, and for text outside of the part of YAML
// that all readers read alike those of the other readers.
func (p *Pass) problems() []syntax.Problem {
	tree := p.Doc.Tree
	if tree.Regular {
		return tree.Problems
	}
	return append(tree.Problems[:len(tree.Problems):len(tree.Problems)], syntax.SecondOpinion(tree)...)
}
