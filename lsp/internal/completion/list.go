package completion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// maxItems is the most that is sent at once; more is not read by people.
const maxItems = 100

type ranked struct {
	item        int
	class, cost int
}

// list filters and orders the items by what is typed, and writes their edits.
func (p *place) list() List {
	order := make([]ranked, 0, len(p.items))
	type key struct{ label, block string }
	seen := make(map[key]bool, len(p.items))
	for i := range p.items {
		it := &p.items[i]
		if it.Filter == "" {
			it.Filter = it.Label
		}
		class, cost := match(p.filterFor(it), it.Filter)
		if class == noMatch {
			continue
		}
		if seen[key{it.Label, it.block}] {
			continue
		}
		seen[key{it.Label, it.block}] = true
		order = append(order, ranked{i, class, cost})
	}
	slices.SortStableFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.cost, b.cost), cmp.Compare(p.items[a.item].tier, p.items[b.item].tier))
	})
	out := List{Incomplete: p.truncated || len(order) < len(p.items) && p.typed != ""}
	if len(order) > maxItems {
		order, out.Incomplete = order[:maxItems], true
	}
	out.Items = p.ordered(order)
	for i := range out.Items {
		out.Items[i] = p.finish(out.Items[i])
	}
	return out
}

// ordered are the items in an order. Where they stand in it already, as a
// hundred names of packages do, they are not copied.
func (p *place) ordered(order []ranked) []Item {
	same := true
	for i, r := range order {
		same = same && r.item == i
	}
	if same {
		return p.items[:len(order)]
	}
	out := make([]Item, len(order))
	for i, r := range order {
		out[i] = p.items[r.item]
	}
	return out
}

// filterFor is the typed text that an item is compared with.
func (p *place) filterFor(it *Item) string {
	if it.word == nil {
		return p.typed
	}
	return p.Doc.Text.Slice(text.Range{Start: it.word.Start, End: p.cur.Offset})
}

// finish writes the item's edit.
func (p *place) finish(it Item) Item {
	switch {
	case it.isBlock:
		p.finishBlock(&it)
	case it.word != nil:
		it.Replace = *it.word
		if it.Text == "" && it.value != "" {
			p.finishPart(&it)
		}
	default:
		p.finishScalar(&it)
	}
	it.Replace.Start = min(it.Replace.Start, p.cur.Offset)
	it.Replace.End = max(it.Replace.End, p.cur.Offset)
	it.Insert = text.Range{Start: it.Replace.Start, End: p.cur.Offset}
	return it
}

// finishScalar replaces the whole scalar by the item's value.
func (p *place) finishScalar(it *Item) {
	it.Replace = p.cur.Replace
	if it.Text == "" {
		it.Text = quote(it.value, p.cur.Quote, p.cur.InFlow, p.wantsString())
	}
	lead := p.lead()
	if strings.Contains(lead, "\n") {
		it.Edits = append(it.Edits, p.trimBefore(it.Replace.Start)...)
	}
	it.Text = lead + it.Text
	p.reindent(it)
}

// finishPart replaces a word of the scalar, or all of it where the new value
// needs quotes that are not there.
func (p *place) finishPart(it *Item) {
	t := p.Doc.Text
	whole := p.cur.Replace
	if p.cur.Quote != syntax.Plain {
		it.Text = escape(it.value, p.cur.Quote)
		return
	}
	if !whole.Covers(*it.word) {
		it.Text = p.lead() + it.value
		return
	}
	before := t.Slice(text.Range{Start: whole.Start, End: it.word.Start})
	after := t.Slice(text.Range{Start: it.word.End, End: whole.End})
	scalar := before + it.value + after
	quoted := quote(scalar, syntax.Plain, p.cur.InFlow, p.wantsString())
	if quoted != scalar || p.lead() != "" {
		it.Replace, it.Text, it.Filter = whole, p.lead()+quoted, before+it.Filter
		p.reindent(it)
		return
	}
	it.Text = it.value
}

// lead is what has to stand before a value where the writer left it out.
func (p *place) lead() string {
	c := &p.cur
	item := c.Role == syntax.RoleItem || c.Role == syntax.RoleValue && strings.HasSuffix(p.shape, "[]")
	switch {
	case c.InFlow && c.NeedsSpace:
		return " "
	case c.InFlow || !item && !c.NeedsSpace:
		return ""
	case c.Role == syntax.RoleItem && c.NeedsDash, c.Role == syntax.RoleValue && item && c.OwnLine:
		return "- "
	case c.Role == syntax.RoleValue && item:
		return p.Doc.Text.Newline() + strings.Repeat(" ", c.Indent) + "- "
	case c.NeedsSpace:
		return " "
	}
	return ""
}

// reindent moves a line to the column where the member belongs.
func (p *place) reindent(it *Item) {
	c := &p.cur
	if !c.OwnLine || c.InFlow || c.Quote != syntax.Plain || c.Container == nil && c.Role != syntax.RoleKey {
		return
	}
	t := p.Doc.Text
	start := t.LineStart(t.LineOf(c.Offset))
	if t.LineOf(c.Offset) == 0 {
		start += t.BOM()
	}
	blanks := t.Slice(text.Range{Start: start, End: it.Replace.Start})
	switch {
	case strings.Trim(blanks, " \t") != "" || len(blanks) == c.Indent && !strings.Contains(blanks, "\t"):
	case strings.Contains(blanks, "\t"):
		it.Edits = append(it.Edits, text.Edit{Range: text.Range{Start: start, End: it.Replace.Start}})
		it.Text = strings.Repeat(" ", c.Indent) + it.Text
	case len(blanks) > c.Indent:
		it.Edits = append(it.Edits, text.Edit{Range: text.Range{Start: start + c.Indent, End: it.Replace.Start}})
	default:
		it.Text = strings.Repeat(" ", c.Indent-len(blanks)) + it.Text
	}
}
