package format

import (
	"math"
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// item is an entry of the tree with the comments and empty lines around it.
type item struct {
	key, value *syntax.Node
	// lead stands above the entry: comments, and "" for empty lines.
	lead []string
	// trail is the comment behind the entry, on the line of its key or scalar.
	trail string
	// kids are the members of a collection.
	kids []*item
	// foot stands below the last of them.
	foot []string

	start int // source offset of the entry
	above int // source offset of the first comment in lead, or start
	end   int // source offset behind all that belongs to the entry
}

// plan is a document taken apart, to be put together in canonical form.
type plan struct {
	doc  *definition.Document
	tree *syntax.Tree
	nl   string
	// head stands above the first entry and stays there, foot at the end.
	head, foot []string
	items      []*item

	gaps []gap
	next int

	printer
}

// gap is a comment or an empty line between entries.
type gap struct {
	at, end int
	line    int
	column  int
	text    string // "" for an empty line
	alone   bool
}

func newPlan(doc *definition.Document) (*plan, error) {
	p := &plan{doc: doc, tree: doc.Tree, nl: newline(doc.Text)}
	p.printer.plan = p
	p.collectGaps()
	if p.tree.Root == nil {
		p.foot = texts(p.gaps)
		return p, nil
	}
	p.items = p.collection(p.tree.Root, math.MaxInt)
	rest := p.take(math.MaxInt)
	if len(p.items) > 0 && p.tree.Root.Style == syntax.Block {
		rest = p.settle(p.items[len(p.items)-1], p.tree.Root.Indent, rest)
	}
	p.foot = texts(rest)
	return p, nil
}

// newline is the line break that the text uses.
func newline(t *text.Text) string {
	nl := t.Newline()
	if nl == "\r" && strings.Contains(t.String(), "\n") {
		return "\n"
	}
	return nl
}

// collectGaps lists the comments and empty lines outside of scalars in the
// order of the text, without the directive.
func (p *plan) collectGaps() {
	t := p.doc.Text
	for _, c := range p.tree.Comments {
		if p.isDirective(c) {
			continue
		}
		line := t.LineOf(c.Range.Start)
		p.gaps = append(p.gaps, gap{
			at: c.Range.Start, end: c.Range.End, line: line, column: c.Range.Start - t.LineStart(line),
			text: commentText(t, c), alone: strings.Trim(t.Slice(text.Range{Start: t.LineStart(line), End: c.Range.Start}), " \t\ufeff") == "",
		})
	}
	var spans []text.Range
	if p.tree.Root != nil {
		spans = longScalars(t, p.tree.Root, nil)
	}
	for line := range t.Lines() - 1 {
		start := t.LineStart(line)
		for len(spans) > 0 && spans[0].End <= start {
			spans = spans[1:]
		}
		if len(spans) > 0 && spans[0].Start < start || strings.Trim(t.Line(line), " \t\ufeff") != "" {
			continue
		}
		p.gaps = append(p.gaps, gap{at: start, end: start, line: line, alone: true})
	}
	sort.SliceStable(p.gaps, func(i, j int) bool { return p.gaps[i].at < p.gaps[j].at })
}

func (p *plan) isDirective(c syntax.Comment) bool {
	d := p.doc.Directive
	return d.State != definition.NoDirective && c.Range.Start == d.Line.Start
}

func commentText(t *text.Text, c syntax.Comment) string {
	return strings.TrimRight(t.Slice(c.Range), " \t")
}

// longScalars are the ranges of the scalars that cover several lines.
func longScalars(t *text.Text, n *syntax.Node, out []text.Range) []text.Range {
	if n.Kind == syntax.Scalar {
		end := max(n.Range.End, n.Body.End)
		if t.LineOf(n.Range.Start) != t.LineOf(end) {
			out = append(out, text.Range{Start: n.Range.Start, End: end})
		}
	}
	for i := range n.Entries {
		out = longScalars(t, n.Entries[i].Value, out)
	}
	return out
}

// take hands out the gaps before the offset.
func (p *plan) take(offset int) []gap {
	from := p.next
	for p.next < len(p.gaps) && p.gaps[p.next].at < offset {
		p.next++
	}
	return p.gaps[from:p.next]
}

// texts are the lines of gaps, at most one empty one in a row.
func texts(gaps []gap) []string {
	var out []string
	for _, g := range gaps {
		if g.text == "" && len(out) > 0 && out[len(out)-1] == "" {
			continue
		}
		out = append(out, g.text)
	}
	return out
}

// collection takes a collection apart. What stands at limit or behind it on
// the same line belongs to another entry.
func (p *plan) collection(n *syntax.Node, limit int) []*item {
	items := make([]*item, len(n.Entries))
	if n.Style == syntax.Flow {
		limit = min(limit, n.Range.End)
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		it := &item{key: e.Key, value: e.Value, start: e.Range.Start, above: e.Range.Start, end: e.Range.End}
		pending := p.take(it.start)
		if i > 0 && n.Style == syntax.Block {
			pending = p.settle(items[i-1], n.Indent, pending)
		}
		it.setLead(pending)
		stop := limit
		if i+1 < len(n.Entries) {
			stop = n.Entries[i+1].Range.Start
		}
		p.value(it, stop)
		items[i] = it
	}
	return items
}

func (it *item) setLead(gaps []gap) {
	it.lead = texts(gaps)
	for _, g := range gaps {
		if g.text != "" {
			it.above = g.at
			return
		}
	}
}

// value takes an entry's value apart, with the comments in and behind it.
func (p *plan) value(it *item, limit int) {
	v := it.value
	if len(v.Entries) == 0 {
		p.within(it, p.take(v.Range.End))
		p.behind(it, lastLine(p.doc.Text, v), limit)
		return
	}
	first := v.Entries[0].Range.Start
	for p.next < len(p.gaps) && p.gaps[p.next].at < first && !p.gaps[p.next].alone {
		p.within(it, p.take(p.gaps[p.next].at+1))
	}
	it.kids = p.collection(v, limit)
	if v.Style == syntax.Flow {
		for _, g := range p.take(v.Range.End) {
			it.extend(g)
			if g.text != "" {
				it.foot = append(it.foot, g.text)
			}
		}
		p.behind(it, p.doc.Text.LineOf(v.Range.End), limit)
	}
	it.end = max(it.end, it.kids[len(it.kids)-1].end)
}

// lastLine is the line behind whose content a comment may follow a scalar.
func lastLine(t *text.Text, v *syntax.Node) int {
	if v.Style == syntax.Literal || v.Style == syntax.Folded {
		return t.LineOf(v.Range.Start)
	}
	return t.LineOf(v.Range.End)
}

// within gives an entry the comments between its key and its value's end.
func (p *plan) within(it *item, gaps []gap) {
	for _, g := range gaps {
		it.extend(g)
		switch {
		case g.text == "":
		case g.alone:
			it.lead = append(it.lead, g.text)
		default:
			it.addTrail(g.text)
		}
	}
}

// behind gives an entry the comment behind it on the line.
func (p *plan) behind(it *item, line, limit int) {
	if p.next == len(p.gaps) {
		return
	}
	if g := p.gaps[p.next]; !g.alone && g.line == line && g.at < limit {
		p.within(it, p.take(g.at+1))
	}
}

func (it *item) extend(g gap) { it.end = max(it.end, g.end) }

// addTrail sets the trailing comment. One line holds only one: an earlier one
// goes above.
func (it *item) addTrail(comment string) {
	if it.trail != "" {
		it.lead = append(it.lead, it.trail)
	}
	it.trail = comment
}

// settle gives the comments below an entry that are indented like its members
// to the collections inside of it, and returns the rest, which belongs to what
// follows at the column.
func (p *plan) settle(above *item, column int, pending []gap) []gap {
	chain := chainOf(above)
	used := 0
	for i, g := range pending {
		if g.text == "" {
			continue
		}
		for len(chain) > 0 && !chain[len(chain)-1].takes(g, column) {
			chain = chain[:len(chain)-1]
		}
		if len(chain) == 0 {
			break
		}
		owner := chain[len(chain)-1].item
		if i > used {
			owner.foot = append(owner.foot, "")
		}
		owner.foot = append(owner.foot, g.text)
		for it := above; ; it = it.kids[len(it.kids)-1] {
			it.extend(g)
			if it == owner || len(it.kids) == 0 {
				break
			}
		}
		used = i + 1
	}
	return pending[used:]
}

// link is an entry that a comment at the column or further right belongs to.
type link struct {
	item   *item
	column int
}

// takes says whether a comment belongs to the entry rather than to what follows
// at the column below. Where a list stands at the column of its key, a comment
// there is one of its items only if it looks like one.
func (l link) takes(g gap, below int) bool {
	if g.column == below && l.column == below && l.item.value.Kind == syntax.Sequence {
		return strings.HasPrefix(strings.TrimLeft(g.text, "# \t"), "- ")
	}
	return g.column > below && g.column >= l.column
}

// chainOf are the collections that an entry ends with, the innermost last.
func chainOf(it *item) []link {
	var chain []link
	for {
		v := it.value
		switch {
		case v.Kind == syntax.Missing && v.Parent.Style == syntax.Block:
			return append(chain, link{it, v.Parent.Indent + 1})
		case len(it.kids) == 0 || v.Style != syntax.Block:
			return chain
		}
		chain = append(chain, link{it, v.Indent})
		it = it.kids[len(it.kids)-1]
	}
}
