package syntax

import (
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Role is the kind of place a cursor stands at.
type Role uint8

const (
	// RoleKey is a key, half-typed or whole, or a place where one can begin.
	RoleKey Role = iota
	// RoleValue is the value of a key.
	RoleValue
	// RoleItem is an item of a list.
	RoleItem
	// RoleScalar is the body of a block scalar, such as a script.
	RoleScalar
	// RoleComment is inside a comment.
	RoleComment
	// RoleDirective is the comment on the first line.
	RoleDirective
)

func (r Role) String() string {
	return [...]string{"key", "value", "item", "scalar", "comment", "directive"}[r]
}

// Cursor describes the place of one offset in the text.
type Cursor struct {
	Offset int
	Role   Role
	// Path leads to the value or item at hand, for a key to the mapping that
	// holds it. An item that is not typed yet has the index it would get.
	Path Path
	// Container is the mapping or sequence whose member is at hand; nil where
	// there is none yet.
	Container *Node
	// Entry is the member of Container at the cursor, nil if it is not typed
	// yet.
	Entry *Entry
	// Node is the key or scalar under the cursor, or nil.
	Node *Node
	// Prefix is the text from the word's start to the cursor.
	Prefix string
	// Replace is what a completion replaces: the whole word or scalar, of a
	// quoted one the part between the quotes, of a longer one its part on
	// this line. It contains the cursor and is empty where nothing stands.
	Replace text.Range
	// Indent is the column at which a member of Container belongs; for a
	// value, the column for the members of a collection put there.
	Indent int
	// InFlow says that Container is written in brackets or braces.
	InFlow bool
	// Quote is SingleQuoted or DoubleQuoted inside quotes, else Plain.
	Quote Style
	// OwnLine says that only blanks stand before the word on its line.
	OwnLine bool
	// NeedsDash says that an item typed here lacks its dash.
	NeedsDash bool
	// NeedsSpace says that the cursor stands right behind a colon or dash.
	NeedsSpace bool
	// Alternative is a second reading of the place: where a list stands at
	// the column of its key, an item of the list or the mapping's next key.
	Alternative *Cursor
}

// Siblings are the keys or the scalar items that Container holds besides the
// member at the cursor.
func (c Cursor) Siblings() []string {
	if c.Container == nil {
		return nil
	}
	var out []string
	for i := range c.Container.Entries {
		e := &c.Container.Entries[i]
		switch {
		case e == c.Entry:
		case e.Key != nil:
			out = append(out, e.Key.Value)
		case e.Value.Kind == Scalar:
			out = append(out, e.Value.Value)
		}
	}
	return out
}

// spot is an offset with its line.
type spot struct {
	number     int
	start, end int
	first      int // offset of the line's first character that is not blank
	offset     int
}

func (s spot) blank() bool { return s.first == s.end }

// place is an entry of an open block collection; its index is -1 where the
// collection begins only behind the cursor.
type place struct {
	coll  *Node
	index int
}

// At describes the place at the byte offset. It answers for any offset of any
// text, broken ones included.
func (t *Tree) At(offset int) Cursor {
	at := t.spot(offset)
	s := t.Text.String()
	if c := t.commentAt(at); c != nil {
		if c.Alone && at.offset <= c.Range.Start && at.number > 0 {
			return t.onBlank(at, at.offset-at.start)
		}
		if at.offset > c.Range.Start || at.number == 0 && c.Alone {
			role := RoleComment
			if at.number == 0 && c.Alone {
				role = RoleDirective
			}
			start := min(c.Range.Start, at.offset)
			return Cursor{Offset: at.offset, Role: role, Prefix: s[start:at.offset], Replace: text.Range{Start: start, End: c.Range.End}}
		}
	}
	if at.blank() {
		return t.onBlank(at, at.offset-at.start)
	}
	if c, ok := t.onContent(at); ok {
		return c
	}
	return t.onStray(at)
}

func (t *Tree) spot(offset int) spot {
	offset = min(max(offset, 0), t.Text.Len())
	n := t.Text.LineOf(offset)
	at := spot{number: n, start: t.Text.LineStart(n), end: t.Text.LineEnd(n)}
	if n == 0 {
		at.start += t.Text.BOM()
	}
	at.offset = min(max(offset, at.start), at.end)
	s := t.Text.String()
	at.first = at.start
	for at.first < at.end && (s[at.first] == ' ' || s[at.first] == '\t') {
		at.first++
	}
	return at
}

// commentAt is the comment on the line of the spot, or nil.
func (t *Tree) commentAt(at spot) *Comment {
	i := sort.Search(len(t.Comments), func(i int) bool { return t.Comments[i].Range.Start >= at.start })
	if i < len(t.Comments) && t.Comments[i].Range.Start <= at.end {
		return &t.Comments[i]
	}
	return nil
}

// before is the index of the last entry that begins before limit, or -1.
func (n *Node) before(limit int) int {
	return sort.Search(len(n.Entries), func(i int) bool { return n.Entries[i].Range.Start >= limit }) - 1
}

// places are the block collections that are open at limit, outermost first.
func (t *Tree) places(limit int) []place {
	out := make([]place, 0, 12)
	for n := t.Root; n != nil && n.Style == Block && (n.Kind == Mapping || n.Kind == Sequence); {
		i := n.before(limit)
		out = append(out, place{n, i})
		if i < 0 {
			break
		}
		n = n.Entries[i].Value
	}
	return out
}

// onContent describes a spot on a line that holds something.
func (t *Tree) onContent(at spot) (Cursor, bool) {
	off := max(at.offset, at.first)
	places := t.places(off + 1)
	if len(places) == 0 {
		return t.onRoot(at)
	}
	leaf := places[len(places)-1]
	if leaf.index < 0 && len(places) > 1 {
		leaf = places[len(places)-2]
	}
	if leaf.index < 0 {
		return Cursor{}, false
	}
	return t.inEntry(at, leaf.coll, leaf.index)
}

// onRoot describes a spot in a text whose root is no block collection.
func (t *Tree) onRoot(at spot) (Cursor, bool) {
	n := t.Root
	switch {
	case n == nil:
		return Cursor{}, false
	case n.Style == Flow && inside(n, at.offset):
		return t.inFlow(at, n), true
	case n.Kind == Scalar && n.Range.Contains(at.offset):
		return t.inScalar(at, Cursor{Offset: at.offset, Role: RoleValue, Replace: text.At(at.offset)}, n), true
	}
	return Cursor{}, false
}

// inEntry describes a spot on the entry, or reports that the entry does not
// reach the spot's line.
func (t *Tree) inEntry(at spot, coll *Node, index int) (Cursor, bool) {
	e := &coll.Entries[index]
	off := at.offset
	if coll.Style == Block {
		off = max(off, at.first)
	}
	onLine := t.Text.LineOf(max(e.Mark.End, e.Range.Start)) == at.number
	if k := e.Key; k != nil && (e.Mark.Empty() || off <= e.Mark.Start) {
		if e.Mark.Empty() && !onLine && coll.Style == Block {
			return Cursor{}, false
		}
		if c, ok := t.behindBareColon(at, coll, e); ok {
			return c, true
		}
		return t.onKey(at, coll, e), true
	}
	c := t.member(at, coll, index)
	c.Entry = e
	if e.Key == nil && off <= e.Mark.Start && !e.Mark.Empty() {
		return c, true // before the dash
	}
	c.NeedsSpace = !e.Mark.Empty() && off == e.Mark.End
	c.NeedsDash = e.Key == nil && e.Mark.Empty() && coll.Style == Block
	v := e.Value
	if c.NeedsDash && index > 0 {
		c.Alternative = t.nextKey(at, coll)
	}
	if bare, ok := t.bareFirstKey(at, coll, v); ok {
		return bare, true
	}
	switch {
	case v.Kind == Scalar && v.Style >= Literal:
		return t.inBlockScalar(at, c, v)
	case v.Style == Flow && (v.Kind == Mapping || v.Kind == Sequence):
		if inside(v, at.offset) {
			return t.inFlow(at, v), true
		}
	case v.Kind == Scalar || v.Kind == Alias:
		return t.aroundScalar(at, c, v, onLine)
	}
	for _, r := range [...]text.Range{v.Tag, v.Anchor} {
		if !r.Empty() && r.Contains(at.offset) {
			c.Replace, c.Prefix = r, t.Text.Slice(text.Range{Start: r.Start, End: at.offset})
		}
	}
	return c, onLine || coll.Style == Flow || t.Text.LineOf(e.Range.End) == at.number
}

// member starts the description of an entry's value.
func (t *Tree) member(at spot, coll *Node, index int) Cursor {
	c := Cursor{Offset: at.offset, Role: RoleValue, Container: coll, Replace: text.At(at.offset), InFlow: coll.Style == Flow, Indent: coll.Indent}
	c.OwnLine = at.offset <= at.first
	if coll.Kind == Sequence {
		c.Role = RoleItem
		c.Path = append(coll.Path(), Index(index))
		return c
	}
	c.Indent += 2
	c.Path = coll.Path()
	if index >= 0 && index < len(coll.Entries) {
		c.Path = append(c.Path, Key(coll.Entries[index].Key.Value))
	}
	return c
}

func (t *Tree) onKey(at spot, coll *Node, e *Entry) Cursor {
	c := Cursor{Offset: at.offset, Role: RoleKey, Path: coll.Path(), Container: coll, Entry: e, Node: e.Key, Indent: coll.Indent, InFlow: coll.Style == Flow}
	c.OwnLine = e.Key.Range.Start == at.first
	c.Replace = text.At(at.offset)
	if at.offset < e.Key.Range.Start {
		return c // in the indentation before the key
	}
	return t.inScalar(at, c, e.Key)
}

// behindBareColon describes the value in `key:value`, which YAML reads as one
// word: the writer is at the value.
func (t *Tree) behindBareColon(at spot, coll *Node, e *Entry) (Cursor, bool) {
	if !e.Mark.Empty() {
		return Cursor{}, false
	}
	c := Cursor{Path: coll.Path(), Container: coll, Entry: e, Indent: coll.Indent + 2, InFlow: coll.Style == Flow}
	return t.bareColon(at, c, e.Key)
}

// bareFirstKey describes the value in a first `key:value`: on a line of its
// own below a key, or in a list whose other items are mappings.
func (t *Tree) bareFirstKey(at spot, coll *Node, v *Node) (Cursor, bool) {
	if v.Kind != Scalar || v.Style != Plain || coll.Style != Block {
		return Cursor{}, false
	}
	if coll.Kind == Mapping {
		if !v.ownLine {
			return Cursor{}, false
		}
		return t.bareColon(at, Cursor{Path: v.Path(), Indent: coll.Indent + 4}, v)
	}
	if len(coll.Entries) < 2 {
		return Cursor{}, false
	}
	for i := range coll.Entries {
		if o := coll.Entries[i].Value; o != v && o.Kind != Mapping {
			return Cursor{}, false
		}
	}
	return t.bareColon(at, Cursor{Path: v.Path(), Indent: coll.Indent + 4}, v)
}

// bareColon describes the word behind the colon of a `key:value`.
func (t *Tree) bareColon(at spot, c Cursor, word *Node) (Cursor, bool) {
	if word.Style != Plain || !missingSpace.MatchString(word.Value) {
		return Cursor{}, false
	}
	colon := strings.IndexByte(word.Value, ':')
	start := word.Range.Start + colon + 1
	if at.offset < start {
		return Cursor{}, false
	}
	c.Offset, c.Role, c.Path, c.Node, c.NeedsSpace = at.offset, RoleValue, append(c.Path, Key(word.Value[:colon])), word, true
	c.Replace = clipTo(text.Range{Start: start, End: word.Range.End}, at)
	c.Prefix = t.Text.Slice(text.Range{Start: c.Replace.Start, End: at.offset})
	return c, true
}

// aroundScalar describes a spot before, in or behind a scalar of one or more
// lines.
func (t *Tree) aroundScalar(at spot, c Cursor, v *Node, onLine bool) (Cursor, bool) {
	switch {
	case at.offset < v.Range.Start:
		if t.Text.LineOf(v.Range.Start) != at.number {
			return c, onLine || c.InFlow
		}
		if at.offset > at.first {
			c.Node = v
			c.Replace = text.Range{Start: at.offset, End: min(v.Range.End, at.end)}
		}
		return c, true
	case at.offset <= v.Range.End:
		return t.inScalar(at, c, v), true
	case t.Text.LineOf(v.Range.End) != at.number && !unclosed(v) && !c.InFlow:
		return c, false
	case v.Style == Plain && !c.InFlow && v.Kind == Scalar:
		return t.inScalar(at, c, v), true // blanks behind a word: it may go on
	}
	return c, true
}

// inScalar fills in the word under the cursor.
func (t *Tree) inScalar(at spot, c Cursor, v *Node) Cursor {
	c.Node = v
	r := v.Range
	if v.Style == SingleQuoted || v.Style == DoubleQuoted {
		if at.offset == v.Range.Start || at.offset == v.Range.End && !unclosed(v) {
			c.Replace = clipTo(r, at)
			if at.offset == v.Range.Start {
				return c
			}
			c.Prefix = t.Text.Slice(text.Range{Start: c.Replace.Start, End: at.offset})
			return c
		}
		r, c.Quote = v.Body, v.Style
	}
	c.OwnLine = max(v.Range.Start, at.start) <= at.first
	c.Replace = clipTo(r, at)
	c.Prefix = t.Text.Slice(text.Range{Start: c.Replace.Start, End: at.offset})
	return c
}

// clipTo is the part of r on the spot's line, without indentation, and in any
// case with the spot in it.
func clipTo(r text.Range, at spot) text.Range {
	r = text.Range{Start: max(r.Start, at.first), End: min(r.End, at.end)}
	r.Start = min(r.Start, at.offset)
	r.End = max(r.End, at.offset)
	return r
}

func (t *Tree) inBlockScalar(at spot, c Cursor, v *Node) (Cursor, bool) {
	if at.offset < v.Body.Start || at.number == t.Text.LineOf(v.Range.Start) {
		c.Node = v
		if v.Range.Start <= at.offset {
			c.Replace = text.Range{Start: v.Range.Start, End: max(at.offset, min(v.Range.End, at.end))}
			c.Prefix = t.Text.Slice(text.Range{Start: v.Range.Start, End: at.offset})
		}
		return c, true
	}
	if at.offset > v.Range.End {
		return c, false
	}
	return t.inBody(at, c, v), true
}

// inBody describes a spot in the lines of a block scalar; the word there is
// what stands between blanks.
func (t *Tree) inBody(at spot, c Cursor, v *Node) Cursor {
	c.Role, c.Node, c.NeedsDash, c.NeedsSpace = RoleScalar, v, false, false
	s := t.Text.String()
	start, end := at.offset, at.offset
	for start > at.start && s[start-1] != ' ' && s[start-1] != '\t' {
		start--
	}
	for end < at.end && s[end] != ' ' && s[end] != '\t' {
		end++
	}
	c.Replace, c.Prefix = text.Range{Start: start, End: end}, s[start:at.offset]
	c.OwnLine = start == at.first
	c.Indent = v.blockHead.indent
	return c
}

// newMember describes a place where a member can be put into the collection.
func (t *Tree) newMember(at spot, coll *Node, index int) Cursor {
	if coll.Kind == Sequence {
		c := t.member(at, coll, index)
		c.NeedsDash = coll.Style == Block
		return c
	}
	return Cursor{
		Offset: at.offset, Role: RoleKey, Path: coll.Path(), Container: coll, Replace: text.At(at.offset), Indent: coll.Indent,
		InFlow: coll.Style == Flow, OwnLine: at.offset <= at.first,
	}
}
