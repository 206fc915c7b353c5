package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// SelectionRange answers textDocument/selectionRange: the name, substitution,
// line, scalar, entry and collections around each position.
func SelectionRange(_ context.Context, s *session.Snapshot, p *protocol.SelectionRangeParams) ([]protocol.SelectionRange, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	out := make([]protocol.SelectionRange, 0, len(p.Positions))
	for _, position := range p.Positions {
		out = append(out, chain(d, around(d, doc, d.Offset(position))))
	}
	return out, nil
}

// chain makes ranges, from the outside in, nested selection ranges.
func chain(d *session.Document, ranges []text.Range) protocol.SelectionRange {
	var parent *protocol.SelectionRange
	for _, r := range ranges {
		parent = &protocol.SelectionRange{Range: d.Range(r), Parent: parent}
	}
	return *parent
}

// around are the ranges that hold the offset, from the outside in, each inside
// of the one before. The first is the whole text.
func around(d *session.Document, doc *definition.Document, offset int) []text.Range {
	nest := nest{offset: offset, ranges: []text.Range{d.Text.Full()}}
	for n := doc.Tree.Root; n != nil; {
		nest.add(n.Range)
		n = nest.enter(doc.Tree, n)
	}
	if len(nest.ranges) == 1 {
		nest.add(d.Text.LineRange(d.Text.LineOf(offset)))
	}
	if at, ok := names.For(d, doc).At(offset); ok {
		nest.add(at.Range)
	}
	return nest.ranges
}

type nest struct {
	offset int
	ranges []text.Range
}

// add appends a range if it holds the offset and is smaller than the last.
func (n *nest) add(r text.Range) {
	last := n.ranges[len(n.ranges)-1]
	if r.Contains(n.offset) && last.Covers(r) && r != last && r.Len() > 0 {
		n.ranges = append(n.ranges, r)
	}
}

// enter adds what is around the offset in a node and returns the node to go on
// with, nil at the innermost.
func (n *nest) enter(tree *syntax.Tree, node *syntax.Node) *syntax.Node {
	if node.Kind == syntax.Scalar {
		n.scalar(tree, node)
		return nil
	}
	for i := range node.Entries {
		e := &node.Entries[i]
		if !e.Range.Contains(n.offset) {
			continue
		}
		n.add(e.Range)
		if e.Key != nil && e.Key.Range.Contains(n.offset) {
			return e.Key
		}
		if e.Value.Range.Contains(n.offset) {
			return e.Value
		}
		return nil
	}
	return nil
}

// scalar adds the body, the line and the substitution around the offset.
func (n *nest) scalar(tree *syntax.Tree, node *syntax.Node) {
	n.add(node.Body)
	if node.Style == syntax.Literal || node.Style == syntax.Folded {
		line := tree.Text.LineOf(n.offset)
		content := tree.Text.LineRange(line)
		for content.Start < content.End && tree.Text.String()[content.Start] == ' ' {
			content.Start++
		}
		n.add(content)
	}
	parse := expr.Parse
	if owner := node.Owner(); owner != nil && owner.Key != nil && owner.Key.Value == "runs" {
		parse = expr.ParseScript
	}
	t := parse(node.Value)
	source := tree.SourceMap(node)
	for i := range t.Parts {
		if p := &t.Parts[i]; p.Kind != expr.Literal {
			n.add(source.Range(p.Range))
		}
	}
}
