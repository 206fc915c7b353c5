package syntax

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// finish computes the ranges of collections and entries from what they hold.
func (p *parser) finish(n *Node) int {
	if n == nil {
		return 0
	}
	if n.Kind != Mapping && n.Kind != Sequence {
		return n.Range.End
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		if e.Key != nil && e.Key.hasProps() {
			p.checkProps(e.Key)
		}
		if e.Value.hasProps() {
			p.checkProps(e.Value)
		}
		start, end := e.Mark.Start, e.Mark.End
		if e.Key != nil {
			start, end = e.Key.start(), max(end, e.Key.Range.End)
		}
		if e.Mark.Empty() && e.Key == nil {
			start = e.Value.Range.Start
		}
		if e.Value.Kind != Missing || e.Value.hasProps() {
			end = max(end, p.finish(e.Value), e.Value.Tag.End, e.Value.Anchor.End)
		}
		e.Range = text.Range{Start: start, End: end}
	}
	if n.Style == Block && len(n.Entries) > 0 {
		n.Range = text.Range{Start: n.Entries[0].Range.Start, End: n.Entries[len(n.Entries)-1].Range.End}
		n.Body = n.Range
	}
	return n.Range.End
}

func (n *Node) hasProps() bool { return !n.Tag.Empty() || !n.Anchor.Empty() }

// start is where the node begins, its tag and anchor included.
func (n *Node) start() int {
	start := n.Range.Start
	if n.Kind == Missing && n.hasProps() {
		start = max(n.Tag.End, n.Anchor.End)
	}
	for _, r := range [...]text.Range{n.Tag, n.Anchor} {
		if !r.Empty() {
			start = min(start, r.Start)
		}
	}
	return start
}

// resolveAliases leads aliases to their nodes and reports those that lead
// nowhere.
func (p *parser) resolveAliases() {
	for _, n := range p.aliases {
		n.target = p.tree.anchors[n.Value]
		if n.target == nil {
			p.problemFix(CodeSyntax, n.Range, fmt.Sprintf("`*%s` is an alias, and nothing is anchored as `&%s`: quote the text if it is not meant as one", clip(n.Value), clip(n.Value)), "Quote the value", quoteSingle(p.s[n.Range.Start:n.Range.End]))
		}
	}
}
