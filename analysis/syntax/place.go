package syntax

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

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
	pending := f.pending()
	v := pending.Value
	switch {
	case v.Kind == Missing:
		return p.openOr(Mapping, k.r.Start, c)
	case v.Kind == Scalar && v.Style == Plain && (v.ownLine || f.node.Kind == Sequence) && p.column(v.Range.Start) == c:
		return p.convert(f, c)
	case last.node != nil:
		return p.reattach(last, k, c)
	case f.node.Kind == Mapping:
		p.problem(CodeSyntax, k.r, fmt.Sprintf("`%s` is indented deeper than the keys beside it: move it to column %d", k.value, f.indent+1))
		return f.node
	}
	p.strayLine(k.r, fmt.Sprintf("`%s` belongs nowhere: the item above already has a value", k.value))
	return p.node(Mapping, Block, k.r)
}

// reattach takes a key at a column where no open mapping stands into the
// mapping it most likely belongs to.
func (p *parser) reattach(last frame, k keyToken, c int) *Node {
	n := last.node
	if n == nil {
		p.strayLine(k.r, fmt.Sprintf("`%s` is not expected here", k.value))
		return p.node(Mapping, Block, k.r)
	}
	p.push(n, last.indent)
	for n.Kind == Sequence && len(n.Entries) > 0 {
		v := n.Entries[len(n.Entries)-1].Value
		if v.Kind == Missing {
			p.problem(CodeSyntax, k.r, fmt.Sprintf("`%s` stands at column %d and so outside of the list item above: indent it deeper than the dash", k.value, c+1))
			return p.openOr(Mapping, k.r.Start, c)
		}
		if v.Kind != Mapping && v.Kind != Sequence || v.Style != Block {
			break
		}
		n = p.push(v, v.Indent)
	}
	if n.Kind == Mapping {
		p.problem(CodeSyntax, k.r, fmt.Sprintf("`%s` stands at column %d, the keys it belongs to at column %d: align them", k.value, c+1, n.Indent+1))
		return n
	}
	p.strayLine(k.r, fmt.Sprintf("`%s` is not expected here: the lines around it are items of a list", k.value))
	return p.node(Mapping, Block, k.r)
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
		p.strayLine(r, "this text belongs nowhere: the value above it is complete")
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
