package action

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.lsp.dev/protocol"
)

// flowToBlock writes a collection in brackets or braces over lines, as the
// house style has it.
func flowToBlock(r *request) []offer {
	n := r.flowAt()
	if n == nil || len(n.Entries) == 0 || len(r.doc.Tree.Problems) > 0 {
		return nil
	}
	for _, c := range r.doc.Tree.Comments {
		if n.Range.Covers(c.Range) {
			return nil
		}
	}
	e := n.Owner()
	if e == nil || !n.Tag.Empty() || !n.Anchor.Empty() {
		return nil
	}
	indent := n.Parent.Indent + 2
	lines, ok := r.blockLines(n)
	if !ok {
		return nil
	}
	nl := r.d.Text.Newline() + strings.Repeat(" ", indent)
	body := nl + strings.Join(lines, nl)
	if e.Key == nil { // behind a dash the first member stays on its line
		body = " " + strings.Join(lines, nl)
	}
	title := "Write this list over lines"
	if n.Kind == syntax.Mapping {
		title = "Write this mapping over lines"
	}
	at := text.Range{Start: e.Mark.End, End: n.Range.End}
	return []offer{{title: title, kind: protocol.CodeActionKindRefactorRewrite, change: one(at, body)}}
}

// flowAt is the outermost collection in flow style around the selection, whose
// parent is in block style.
func (r *request) flowAt() *syntax.Node {
	c := r.doc.Tree.At(r.at.Start)
	n := c.Container
	switch {
	case c.Entry != nil && c.Entry.Value != nil && c.Entry.Value.Style == syntax.Flow:
		n = c.Entry.Value
	case c.Node != nil && n == nil:
		n = c.Node.Parent
	}
	var flow *syntax.Node
	for ; n != nil; n = n.Parent {
		if n.Style == syntax.Flow && n.Range.Covers(r.at) {
			flow = n
		}
	}
	if flow == nil || flow.Parent == nil || flow.Parent.Style != syntax.Block {
		return nil
	}
	return flow
}

// blockLines are the members of a collection, each with what is below it.
func (r *request) blockLines(n *syntax.Node) ([]string, bool) {
	var lines []string
	for i := range n.Entries {
		e := &n.Entries[i]
		lead := "-"
		if e.Key != nil {
			if e.Key.Kind != syntax.Scalar || e.Key.Raw(r.doc.Tree) == "" {
				return nil, false
			}
			lead = e.Key.Raw(r.doc.Tree) + ":"
		}
		value := e.Value
		if value.Kind != syntax.Mapping && value.Kind != syntax.Sequence || len(value.Entries) == 0 {
			raw := value.Raw(r.doc.Tree)
			if strings.ContainsAny(raw, "\r\n") {
				return nil, false
			}
			lines = append(lines, strings.TrimRight(lead+" "+raw, " "))
			continue
		}
		below, ok := r.blockLines(value)
		if !ok || !value.Tag.Empty() || !value.Anchor.Empty() {
			return nil, false
		}
		if e.Key == nil { // "- a: 1" and "- - 1"
			lines = append(lines, "- "+below[0])
			below = below[1:]
		} else {
			lines = append(lines, lead)
		}
		for _, l := range below {
			lines = append(lines, "  "+l)
		}
	}
	return lines, true
}
