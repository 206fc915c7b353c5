package action

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// insertTop puts a new key at the top level, where the schema has it. lines
// are the key and what is below it, without line breaks.
func (r *request) insertTop(key string, lines ...string) (diagnostic.Edit, bool) {
	root := r.doc.Tree.Root
	if root == nil || root.Kind != syntax.Mapping || root.Style != syntax.Block {
		return diagnostic.Edit{}, false
	}
	return r.insertKey(root, schema.Lookup(schema.Definition, nil), key, lines...)
}

// insertKey puts a new key into a block mapping, before the first key that
// the schema has behind it.
func (r *request) insertKey(m *syntax.Node, field *schema.Field, key string, lines ...string) (diagnostic.Edit, bool) {
	if m == nil || m.Kind != syntax.Mapping || m.Style != syntax.Block || len(m.Entries) == 0 {
		return diagnostic.Edit{}, false
	}
	order := field.Keys()
	place := slices.Index(order, key)
	before := len(m.Entries)
	for i := range m.Entries {
		if at := slices.Index(order, m.Entries[i].Key.Value); at > place {
			before = i
			break
		}
	}
	return r.insertEntry(m, before, lines...)
}

// insertEntry puts lines into a block collection as its member number index.
func (r *request) insertEntry(c *syntax.Node, index int, lines ...string) (diagnostic.Edit, bool) {
	nl := r.d.Text.Newline()
	indent := strings.Repeat(" ", c.Indent)
	if index == 0 {
		// The first member may stand behind a dash: "- name: x".
		first := c.Entries[0].Range.Start
		return diagnostic.Edit{Range: text.At(first), New: strings.Join(lines, nl+indent) + nl + indent}, true
	}
	last := r.d.Text.LineOf(contentEnd(r.d.Text, c.Entries[index-1].Range))
	block := indent + strings.Join(lines, nl+indent)
	if end := r.d.Text.FullLineRange(last); end.End > r.d.Text.LineEnd(last) {
		return diagnostic.Edit{Range: text.At(end.End), New: block + nl}, true
	}
	return diagnostic.Edit{Range: text.At(r.d.Text.LineEnd(last)), New: nl + block}, true
}

// contentEnd is the last byte of a range that is no blank.
func contentEnd(t *text.Text, r text.Range) int {
	return r.Start + max(0, len(strings.TrimRight(t.Slice(r), " \t\r\n"))-1)
}

// insertSorted puts "key: value" into a block mapping whose keys are sorted;
// into one that is not, at its end.
func (r *request) insertSorted(m *syntax.Node, key, value string) (diagnostic.Edit, bool) {
	line := key + ": " + value
	switch {
	case m == nil || m.Kind != syntax.Mapping:
		return diagnostic.Edit{}, false
	case m.Style == syntax.Flow && len(m.Entries) == 0:
		return diagnostic.Edit{}, false
	case m.Style == syntax.Flow:
		return diagnostic.Edit{Range: text.At(m.Entries[0].Range.Start), New: line + ", "}, true
	}
	keys := make([]string, len(m.Entries))
	for i := range m.Entries {
		keys[i] = m.Entries[i].Key.Value
	}
	index := len(keys)
	if slices.IsSorted(keys) {
		index, _ = slices.BinarySearch(keys, key)
	}
	return r.insertEntry(m, index, line)
}
