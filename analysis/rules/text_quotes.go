package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// typographic are quotes that word processors write.
const typographic = "“”„‟«»‘’‚‛"

// checkTypographicQuotes reports a value in such quotes: YAML knows none of
// them, so that they are a part of it.
func (p *Pass) checkTypographicQuotes(n *syntax.Node) {
	if n.Style != syntax.Plain || n.Value == "" || n.Value[0] < 0x80 {
		return
	}
	inner := strings.Trim(n.Value, typographic)
	start := strings.Index(n.Value, inner)
	if inner == "" || start <= 0 || start+len(inner) == len(n.Value) || strings.ContainsAny(inner, "\n\"\\") || n.Body.Len() != len(n.Value) {
		return
	}
	p.ReportAs(syntax.CodeTrap, n.Range, "the typographic quotes are part of the value: YAML knows \" and '").
		Fix("Write straight quotes", true, Replace(text.Range{Start: n.Body.Start, End: n.Body.End}, `"`+inner+`"`))
}
