package syntax

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// placeKey finds the mapping for a key at column c, opening one if need be.
func (p *parser) placeKey(k keyToken, c int) *Node {
	last := p.pop(c, true)
	f := p.top()
	if f == nil {
		if p.tree.Root == nil {
			return p.open(Mapping, k.r.Start, c)
		}
		return p.reattach(last, k, c)
	}
	if f.indent == c {
		return f.node
	}
	v := f.pending().Value
	switch {
	case v.Kind == Missing:
		return p.openOr(Mapping, k.r.Start, c)
	case p.halfTyped(f, c):
		m := p.convert(f, p.column(v.Range.Start))
		if m.Indent == c {
			return m
		}
		return p.openOr(Mapping, k.r.Start, c)
	case last.node != nil:
		return p.reattach(last, k, c)
	case f.node.Kind == Mapping:
		p.deeper(f, k, c)
		return f.node
	}
	p.strayLine(k.r, fmt.Sprintf("`%s` belongs nowhere: the item above already has a value", k.value), p.above(), "the item above")
	return p.node(Mapping, Block, k.r)
}

// halfTyped says whether the pending value of the frame is a word that the
// line at column c makes a key that lacks its colon.
func (p *parser) halfTyped(f *frame, c int) bool {
	v := f.pending().Value
	if v.Kind != Scalar || v.Style != Plain || p.t.LineOf(v.Range.Start) != p.t.LineOf(v.Range.End) {
		return false
	}
	at := p.column(v.Range.Start)
	return v.ownLine && at <= c || f.node.Kind == Sequence && at == c
}

// deeper reports a key right of the mapping's other keys, once for a run of
// them.
func (p *parser) deeper(f *frame, k keyToken, c int) {
	above := p.above()
	line := p.t.LineOf(k.r.Start)
	again := p.deep.node == f.node && p.deep.indent == c && p.t.LineOf(p.deepAt) >= p.t.LineOf(above.Start)
	p.deep, p.deepAt = frame{f.node, c}, k.r.Start
	if again || p.stray && p.strayAt == line-1 {
		p.irregular()
		p.tree.Displaced = append(p.tree.Displaced, k.r)
		return
	}
	p.problemAt(k.r, fmt.Sprintf("`%s` is indented deeper than the keys beside it: move it to column %d", k.value, f.indent+1), above, "beside this key")
}

// above is the key or dash of the entry read last.
func (p *parser) above() text.Range {
	f := p.top()
	if f == nil {
		return text.Range{}
	}
	return f.pending().head()
}

// head is the entry's key or else its dash.
func (e *Entry) head() text.Range {
	if e.Key != nil {
		return e.Key.Range
	}
	return e.Mark
}

// reattach takes a key at a column where no open mapping stands into the
// mapping it most likely belongs to.
func (p *parser) reattach(last frame, k keyToken, c int) *Node {
	n := last.node
	if n == nil {
		p.strayLine(k.r, fmt.Sprintf("`%s` is not expected here", k.value), text.Range{}, "")
		return p.node(Mapping, Block, k.r)
	}
	p.push(n, last.indent)
	for n.Kind == Sequence && len(n.Entries) > 0 {
		v := n.Entries[len(n.Entries)-1].Value
		if v.Kind == Missing {
			p.problemAt(k.r, fmt.Sprintf("`%s` stands at column %d and so outside of the list item above: indent it deeper than the dash", k.value, c+1), p.above(), "the list item")
			return p.openOr(Mapping, k.r.Start, c)
		}
		if v.Kind != Mapping && v.Kind != Sequence || v.Style != Block {
			break
		}
		n = p.push(v, v.Indent)
	}
	if m := p.aboveList(n, c); m != nil {
		n = m
	}
	if n.Kind == Mapping {
		p.misaligned(n, c, k.r, fmt.Sprintf("`%s` stands", k.value), "the keys it belongs to")
		return n
	}
	p.strayLine(k.r, fmt.Sprintf("`%s` is not expected here: the lines around it are items of a list", k.value), p.above(), "the item above")
	return p.node(Mapping, Block, k.r)
}

// aboveList is the mapping whose last value is the list on top of the stack,
// where a key at column c stands left of the list's items and right of the
// mapping's keys: it is one of them. The list is closed.
func (p *parser) aboveList(n *Node, c int) *Node {
	m := n.Parent
	if n.Kind != Sequence || m == nil || m.Kind != Mapping || m.Style != Block || c >= n.Indent || c <= m.Indent {
		return nil
	}
	if below := len(p.stack) - 2; below < 0 || p.stack[below].node != m {
		return nil
	}
	p.stack = p.stack[:len(p.stack)-1]
	return m
}

// misaligned reports a member of the top frame's collection at another column
// than those before it. After a single member the new column counts, unless the
// old one is the usual step of two from its parent: that shows which of the two
// is wrong.
func (p *parser) misaligned(n *Node, c int, r text.Range, subject, others string) {
	first := n.Entries[0].head()
	if len(n.Entries) > 1 {
		p.problemAt(r, fmt.Sprintf("%s at column %d, %s at column %d: align them", subject, c+1, others, n.Indent+1), p.above(), "at another column")
		return
	}
	was := n.Indent
	if n.Parent == nil && was == 0 || n.Parent != nil && n.Parent.Style == Block && was == n.Parent.Indent+2 {
		p.problemAt(r, fmt.Sprintf("%s at column %d, %s at column %d: align them", subject, c+1, others, was+1), first, "at another column")
		return
	}
	n.Indent, p.top().indent = c, c
	if n.Parent != nil && n.Parent.Style == Block && was != n.Parent.Indent+2 && c == n.Parent.Indent+2 {
		p.problemAt(first, fmt.Sprintf("this stands at column %d, and what follows beside it at column %d: align them", was+1, c+1), r, "at another column")
		return
	}
	p.problemAt(r, fmt.Sprintf("%s at column %d, %s at column %d: align them", subject, c+1, others, was+1), first, "at another column")
}

// convert turns a word that stood alone where a mapping begins into the
// mapping's first, half-typed key.
func (p *parser) convert(f *frame, c int) *Node {
	word := f.pending().Value
	m := p.node(Mapping, Block, text.At(word.Range.Start))
	p.setValue(f.node, len(f.node.Entries)-1, m)
	p.push(m, c)
	p.halfKey(m, word)
	return m
}

func (p *parser) halfKey(m *Node, word *Node) {
	p.add(m, word, text.At(word.Range.End), word.Range.End)
	p.irregular()
	p.halfKeyProblem(word)
}

// otherLine reads a line that is neither item nor entry: a value on its own
// line, or a word that is on its way to become a key or an item.
func (p *parser) otherLine(i, end, c int) {
	last := p.pop(c, true)
	f := p.top()
	plain := p.plainStart(i, end)
	switch {
	case f == nil && p.tree.Root == nil:
		p.rootValue(i, end, c, plain)
	case f == nil:
		p.word(last, i, end)
	case last.node != nil && last.node.Kind == Sequence && f.pending().Value == last.node && (last.indent == c || f.indent != c):
		p.push(last.node, last.indent)
		p.dashless(last.node, i, end)
	case f.indent == c && f.node.Kind == Mapping:
		p.word(*f, i, end)
	case f.pending().Value.Kind == Missing:
		p.value(f.node, len(f.node.Entries)-1, i, end, f.indent)
		f.pending().Value.ownLine = true
	default:
		p.word(last, i, end)
	}
}

// rootValue reads the first line of a text that has no mapping yet.
func (p *parser) rootValue(i, end, c int, plain bool) {
	if plain {
		m := p.open(Mapping, i, c)
		p.word(frame{m, c}, i, end)
		return
	}
	p.irregular()
	holder := p.node(Sequence, Block, text.At(i))
	index := p.add(holder, nil, text.At(i), i)
	p.value(holder, index, i, end, -1)
	root := holder.Entries[index].Value
	root.Parent, root.Index = nil, 0
	p.tree.Root = root
	if root.Style == Flow {
		return
	}
	p.problem(CodeSyntax, root.Range, "a definition is a mapping: write `key: value` lines")
}

// word takes a line without a colon as a half-typed key of the frame.
func (p *parser) word(f frame, i, end int) {
	r := p.lineBody(i, end)
	if f.node == nil || f.node.Kind != Mapping {
		if f.node != nil && f.node.Kind == Sequence {
			p.push(f.node, f.indent)
			p.dashless(f.node, i, end)
			return
		}
		p.strayLine(r, "this text belongs nowhere: the value above it is complete", p.above(), "the value above")
		return
	}
	if top := p.top(); top == nil || top.node != f.node {
		p.push(f.node, f.indent)
	}
	key := p.node(Scalar, Plain, r)
	key.Value = p.s[r.Start:r.End]
	p.halfKey(f.node, key)
}

// dashless takes a line that stands in a list without a dash as a new item.
func (p *parser) dashless(seq *Node, i, end int) {
	r := p.lineBody(i, end)
	p.irregular()
	index := p.add(seq, nil, text.At(i), i)
	p.problemFix(CodeSyntax, r, "expected `- ` before this list item", "Insert the dash", "- "+p.s[r.Start:r.End])
	v := p.node(Scalar, Plain, r)
	v.Value, v.Type = p.s[r.Start:r.End], resolve(p.s[r.Start:r.End])
	p.setValue(seq, index, v)
}
