package format

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// SortPackages returns the edit that sorts one list of packages by the bytes of
// its entries, as Format sorts those of the image: each group by itself, the
// comment behind an entry moving with it. Nothing but the order changes, so
// that it works beside lines that are still being typed. It reports false where
// the list is sorted already, or where node is no list of plain values, each
// on lines of its own or all on one line.
func SortPackages(doc *definition.Document, node *syntax.Node) (text.Edit, bool) {
	if doc.Tree == nil || node == nil || node.Kind != syntax.Sequence || len(node.Entries) < 2 {
		return text.Edit{}, false
	}
	slots, ok := slotsOf(doc.Text, node)
	if !ok {
		return text.Edit{}, false
	}
	var groups [][]slot
	if node.Style == syntax.Flow {
		groups = [][]slot{slots}
	} else {
		groups = slotGroups(doc.Text, slots)
	}
	return sortSlots(doc.Text, slots, groups)
}

// slot is the place of an item behind its dash, its comment included.
type slot struct {
	value string
	at    text.Range
}

func slotsOf(t *text.Text, node *syntax.Node) ([]slot, bool) {
	slots := make([]slot, len(node.Entries))
	for i := range node.Entries {
		v := node.Entries[i].Value
		if v.Kind != syntax.Scalar || v.Style == syntax.Literal || v.Style == syntax.Folded || !v.Tag.Empty() || !v.Anchor.Empty() {
			return nil, false
		}
		slots[i] = slot{v.Value, v.Range}
		if node.Style == syntax.Block {
			slots[i].at.End = t.LineEnd(t.LineOf(v.Range.End))
			if t.LineOf(node.Entries[i].Mark.Start) != t.LineOf(v.Range.Start) {
				return nil, false
			}
		}
	}
	oneLine := t.LineOf(node.Range.Start) == t.LineOf(node.Range.End)
	return slots, node.Style == syntax.Block || oneLine
}

// slotGroups cuts the items where lines without an item stand between them. An
// item below a comment is in no group: it stays.
func slotGroups(t *text.Text, slots []slot) [][]slot {
	var out [][]slot
	from := 0
	for i := range slots {
		line := t.LineOf(slots[i].at.Start)
		switch {
		case line == 0:
		case isComment(t.Line(line - 1)):
			out = append(out, slots[from:i])
			from = i + 1
		case i > 0 && t.LineOf(slots[i-1].at.End) != line-1:
			out = append(out, slots[from:i])
			from = i
		}
	}
	return append(out, slots[from:])
}

func isComment(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " \t"), "#") }

func sortSlots(t *text.Text, slots []slot, groups [][]slot) (text.Edit, bool) {
	fill := make(map[int]text.Range, len(slots)) // what goes where
	changed := false
	for _, g := range groups {
		sorted := slices.Clone(g)
		slices.SortStableFunc(sorted, func(a, b slot) int { return strings.Compare(a.value, b.value) })
		for i := range g {
			fill[g[i].at.Start] = sorted[i].at
			changed = changed || sorted[i].at != g[i].at
		}
	}
	if !changed {
		return text.Edit{}, false
	}
	span := text.Range{Start: slots[0].at.Start, End: slots[len(slots)-1].at.End}
	var b strings.Builder
	at := span.Start
	for _, s := range slots {
		b.WriteString(t.Slice(text.Range{Start: at, End: s.at.Start}))
		from, ok := fill[s.at.Start]
		if !ok {
			from = s.at
		}
		b.WriteString(t.Slice(from))
		at = s.at.End
	}
	return text.Edit{Range: span, New: b.String()}, true
}
