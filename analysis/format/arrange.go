package format

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// scope says what the schema knows about a place.
type scope struct {
	field *schema.Field
	// free says that keys are free, there and below: vars, or the inputs of
	// actions. Where neither is known the order of keys stays.
	free bool
}

func (s scope) child(it *item) scope {
	if s.free || s.field == nil {
		return s
	}
	next := s.field.Items
	if it.key != nil {
		if next = s.field.Property(it.key.Value); next == nil {
			next = s.field.Additional
		}
	}
	return scope{next, next != nil && next.Items == nil && len(next.Properties) == 0}
}

// arrangeRoot brings all entries into canonical order.
func (p *plan) arrangeRoot() error {
	top := scope{field: schema.Lookup(kindOf(p.doc), nil)}
	for _, it := range p.items {
		if err := p.arrange(it, top.child(it)); err != nil {
			return err
		}
	}
	if len(p.items) == 0 {
		p.foot = trimBlanks(p.foot)
		return nil
	}
	first := p.items[0]
	p.head = trimBlanks(detach(first))
	orderKeys(p.items, top)
	if p.items[0] != first {
		p.head = append(p.head, takeSuppressions(first)...)
		if err := p.keepScope(p.items[0]); err != nil {
			return err
		}
	}
	p.items[0].lead = trimStart(p.items[0].lead)
	if len(p.head) > 0 {
		p.head = append(p.head, "")
	}
	p.foot = trimEnd(p.foot)
	return nil
}

// arrange brings what belongs to an entry into canonical order.
func (p *plan) arrange(it *item, s scope) error {
	for _, kid := range it.kids {
		if err := p.arrange(kid, s.child(kid)); err != nil {
			return err
		}
	}
	it.foot = trimEnd(it.foot)
	if len(it.kids) == 0 {
		if it.value.Kind != syntax.Missing {
			it.lead = append(it.lead, comments(it.foot)...)
			it.foot = nil
		}
		return nil
	}
	first := it.kids[0]
	head := detach(first)
	switch {
	case it.value.Kind == syntax.Mapping:
		orderKeys(it.kids, s)
	case isPackages(it.value) && p.doc.Def != nil:
		sortPackages(it.kids)
	}
	top := it.kids[0]
	top.lead = append(trimStart(head), top.lead...)
	if it.key == nil {
		p.hoist(it, top)
	}
	return nil
}

// hoist moves comments to above the dash of an item: between the dash and the
// first of its entries there is no line for them.
func (p *plan) hoist(it, top *item) {
	if it.trail != "" {
		it.lead = append(it.lead, it.trail)
		it.trail = ""
	}
	it.lead = append(it.lead, comments(top.lead)...)
	top.lead = nil
}

// detach takes the comments that an empty line divides from the entry below,
// and that line: they are the heading of what follows. What is left belongs to
// the entry.
func detach(it *item) []string {
	cut := len(it.lead)
	for cut > 0 && it.lead[cut-1] != "" {
		cut--
	}
	head := it.lead[:cut:cut]
	it.lead = it.lead[cut:]
	return head
}

// orderKeys sorts the entries of a mapping: in the order of the schema, or in
// natural order inside of each group that empty lines divide. Unknown keys
// stand last, in the order of the text.
func orderKeys(items []*item, s scope) {
	switch {
	case s.free:
		for _, group := range groups(items, func(it *item) bool { return slices.Contains(it.lead, "") }) {
			sortGroup(group, func(a, b *item) int { return naturalCompare(a.key.Value, b.key.Value) })
		}
	case s.field != nil && len(s.field.Properties) > 0:
		orderBySchema(items, s.field)
	}
}

func orderBySchema(items []*item, f *schema.Field) {
	if inOrder(items, f) {
		return
	}
	rank := make(map[*item]int, len(items))
	for _, it := range items {
		rank[it] = slices.IndexFunc(f.Properties, func(p *schema.Field) bool { return p.Name == it.key.Value })
		if rank[it] < 0 {
			rank[it] = len(f.Properties)
		}
	}
	first := items[0]
	slices.SortStableFunc(items, func(a, b *item) int { return rank[a] - rank[b] })
	top := items[0]
	if top == first {
		return
	}
	// The entry that comes first needs no empty line above it any more; the
	// one that was first takes it over.
	if len(top.lead) > 0 && top.lead[0] == "" {
		top.lead = top.lead[1:]
		first.lead = append([]string{""}, first.lead...)
	}
}

// inOrder says whether the keys follow the schema already.
func inOrder(items []*item, f *schema.Field) bool {
	next := 0
	for _, it := range items {
		for next < len(f.Properties) && f.Properties[next].Name != it.key.Value {
			next++
		}
		if next == len(f.Properties) {
			return false
		}
	}
	return true
}

// groups cuts the items before each that begins a group.
func groups(items []*item, begins func(*item) bool) [][]*item {
	var out [][]*item
	from := 0
	for i := 1; i <= len(items); i++ {
		if i == len(items) || begins(items[i]) {
			out = append(out, items[from:i])
			from = i
		}
	}
	return out
}

// sortGroup sorts a group, above which its heading and empty line stay.
func sortGroup(group []*item, compare func(a, b *item) int) {
	if slices.IsSortedFunc(group, compare) {
		return
	}
	heading := detach(group[0])
	slices.SortStableFunc(group, compare)
	group[0].lead = append(heading, group[0].lead...)
}

// sortPackages sorts the items of a list by their bytes, each group by itself.
// A group begins at an empty line and at a comment line. The item below a
// comment stays there: nobody can tell a comment about one package from the
// heading of several.
func sortPackages(items []*item) {
	for _, it := range items {
		if it.value.Kind != syntax.Scalar {
			return
		}
	}
	for _, group := range groups(items, func(it *item) bool { return len(it.lead) > 0 }) {
		if lead := group[0].lead; len(lead) > 0 && lead[len(lead)-1] != "" {
			group = group[1:]
		}
		if len(group) > 0 {
			sortGroup(group, func(a, b *item) int { return strings.Compare(a.value.Value, b.value.Value) })
		}
	}
}

// takeSuppressions takes the comments above what was the first entry that
// silence findings in the whole file: they have to stay above the first entry.
func takeSuppressions(it *item) []string {
	var taken, rest []string
	for _, l := range it.lead {
		if isSuppression(l) {
			taken = append(taken, l)
		} else {
			rest = append(rest, l)
		}
	}
	it.lead = rest
	return taken
}

func isSuppression(comment string) bool {
	_, rest, found := strings.Cut(comment, "dhi-ls:")
	return found && strings.HasPrefix(strings.TrimLeft(rest, " \t"), "ignore")
}

// keepScope keeps a comment that silences findings of one line from standing
// above the first entry, where it would speak for the whole file.
func (p *plan) keepScope(first *item) error {
	moved := takeSuppressions(first)
	if len(moved) == 0 {
		return nil
	}
	if len(moved) > 1 || first.trail != "" {
		return refuse(p.doc.Text, text.Range{Start: first.above, End: first.start},
			"`%s` belongs first, and the comment above it would then silence findings in the whole file: put it behind the key", first.key.Value)
	}
	first.trail = moved[0]
	return nil
}

func comments(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l != "" {
			out = append(out, l)
		}
	}
	return out
}

func trimStart(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

func trimEnd(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func trimBlanks(lines []string) []string { return trimStart(trimEnd(lines)) }
