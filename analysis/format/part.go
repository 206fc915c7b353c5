package format

import (
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// part is an entry that can be formatted by itself.
type part struct {
	item   *item
	scope  scope
	indent int
}

// partAround finds the smallest entry around the range that begins a line at
// its canonical column. Its item is nil if there is none.
func (p *plan) partAround(r text.Range) part {
	var best part
	items, s, indent := p.items, scope{field: schema.Lookup(kindOf(p.doc), nil)}, 0
	for {
		it := around(items, r)
		if it == nil {
			return best
		}
		s = s.child(it)
		if p.columnOf(it) == indent && p.opensLine(it) {
			best = part{it, s, indent}
		}
		items, indent = it.kids, indent+step
	}
}

func around(items []*item, r text.Range) *item {
	for _, it := range items {
		if it.above <= r.Start && r.End <= it.end {
			return it
		}
	}
	return nil
}

func (p *plan) columnOf(it *item) int {
	t := p.doc.Text
	return it.start - t.LineStart(t.LineOf(it.start))
}

// opensLine says whether only blanks stand before the entry.
func (p *plan) opensLine(it *item) bool {
	t := p.doc.Text
	from := t.LineStart(t.LineOf(it.start))
	for _, c := range []byte(t.Slice(text.Range{Start: from, End: it.start})) {
		if c != ' ' {
			return false
		}
	}
	return true
}

// spanOf are the lines of an entry, the comments above it included.
func (p *plan) spanOf(it *item) text.Range {
	t := p.doc.Text
	return text.Range{Start: t.LineStart(t.LineOf(it.above)), End: t.LineEnd(t.LineOf(it.end))}
}

// printPart writes an entry with the comments above it.
func (p *plan) printPart(part part) string {
	part.item.lead = trimStart(part.item.lead)
	p.members([]*item{part.item}, part.indent, false)
	return p.out.String()
}
