package format

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// printer writes a plan.
type printer struct {
	plan *plan
	out  strings.Builder
}

// step is the indentation of a level.
const step = 2

// print writes the whole text.
func (p *plan) print() string {
	p.out.Grow(p.doc.Text.Len() + p.doc.Text.Len()/8)
	d := p.doc.Directive
	if d.State != definition.NoDirective {
		p.out.WriteString("# syntax=" + d.RefValue + p.nl)
		if len(p.items)+len(p.head)+len(p.foot) > 0 {
			p.out.WriteString(p.nl)
		}
	}
	p.lines(p.head, 0)
	p.members(p.items, 0, false)
	p.lines(p.foot, 0)
	return p.out.String()
}

// lines writes comments and empty lines.
func (p *printer) lines(lines []string, indent int) {
	for _, l := range lines {
		switch {
		case l != "":
			p.indent(indent)
			p.out.WriteString(l)
			p.newline()
		case !p.belowEmptyLine():
			p.newline()
		}
	}
}

// belowEmptyLine says whether an empty line stands above already. It may be
// the end of a block scalar that keeps such lines and would take in another.
func (p *printer) belowEmptyLine() bool {
	return strings.HasSuffix(p.out.String(), p.plan.nl+p.plan.nl)
}

const blanks = "                                                                "

func (p *printer) indent(n int) {
	for ; n > len(blanks); n -= len(blanks) {
		p.out.WriteString(blanks)
	}
	p.out.WriteString(blanks[:n])
}

func (p *printer) newline() { p.out.WriteString(p.plan.nl) }

// members writes the entries of a collection; with inline the first begins on
// the line of a dash.
func (p *printer) members(items []*item, indent int, inline bool) {
	for i, it := range items {
		if !inline || i > 0 {
			p.lines(it.lead, indent)
			p.indent(indent)
		}
		p.entry(it, indent)
	}
}

func (p *printer) entry(it *item, indent int) {
	mark := "-"
	if it.key != nil {
		p.out.WriteString(p.scalar(it.key))
		mark = ":"
	}
	p.out.WriteString(mark)
	switch {
	case len(it.kids) > 0 && it.key == nil:
		p.out.WriteByte(' ')
		p.members(it.kids, indent+step, true)
	case len(it.kids) > 0:
		p.end(it)
		p.members(it.kids, indent+step, false)
	default:
		p.value(it, indent+step)
	}
	p.lines(it.foot, indent+step)
}

// end ends the line of an entry with the comment behind it.
func (p *printer) end(it *item) {
	if it.trail != "" {
		p.out.WriteString(" " + it.trail)
	}
	p.newline()
}

// value writes a value that has no members.
func (p *printer) value(it *item, indent int) {
	v := it.value
	if b, ok := p.blockOf(v); ok {
		p.out.WriteString(" " + b.header)
		p.end(it)
		p.block(b, indent)
		return
	}
	switch v.Kind {
	case syntax.Mapping:
		p.out.WriteString(" {}")
	case syntax.Sequence:
		p.out.WriteString(" []")
	case syntax.Scalar:
		p.out.WriteString(" " + p.scalar(v))
	}
	p.end(it)
}

func (p *printer) block(b block, indent int) {
	for _, l := range b.lines {
		if l != "" {
			p.indent(indent)
			p.out.WriteString(l)
		}
		p.newline()
	}
}
