package syntax

import "github.com/dhi-ls/dhi-ls/analysis/text"

// onBlank says where a text typed at the column of an empty line would go.
func (t *Tree) onBlank(at spot, col int) Cursor {
	places := t.places(at.start)
	if c, ok := t.insideValue(at, places, col); ok {
		return c
	}
	var outer *place
	for len(places) > 0 && places[len(places)-1].coll.Indent > col {
		outer = &places[len(places)-1]
		places = places[:len(places)-1]
	}
	if len(places) == 0 {
		if outer != nil {
			return t.newMember(at, outer.coll, outer.index+1)
		}
		return Cursor{Offset: at.offset, Role: RoleKey, Replace: text.At(at.offset), OwnLine: true, Container: blockRoot(t.Root)}
	}
	top := places[len(places)-1]
	if top.coll.Indent == col || top.index < 0 {
		c := t.newMember(at, top.coll, top.index+1)
		c.Alternative = t.alternative(at, places)
		return c
	}
	if outer != nil {
		return t.newMember(at, outer.coll, outer.index+1)
	}
	return t.ownLineValue(at, top, col)
}

func blockRoot(n *Node) *Node {
	if n != nil && n.Kind == Mapping && n.Style == Block {
		return n
	}
	return nil
}

// insideValue answers where the innermost open value takes the empty line in.
func (t *Tree) insideValue(at spot, places []place, col int) (Cursor, bool) {
	if len(places) == 0 {
		return t.onRoot(at)
	}
	p := places[len(places)-1]
	if p.index < 0 {
		return Cursor{}, false
	}
	v := p.coll.Entries[p.index].Value
	deeper := col > p.coll.Indent
	c := t.member(at, p.coll, p.index)
	c.Entry = &p.coll.Entries[p.index]
	switch {
	case v.Kind == Scalar && v.Style >= Literal:
		body := at.offset <= v.Range.End
		if v.blockHead.indent > 0 {
			body = body || col >= v.blockHead.indent
		} else {
			body = body || deeper
		}
		return t.inBody(at, c, v), body
	case v.Style == Flow && v.Kind != Scalar:
		if at.offset < v.Range.End || unclosed(v) && deeper {
			return t.inFlow(at, v), true
		}
	case v.Kind == Scalar && at.offset < v.Range.End:
		return t.inScalar(at, c, v), true
	}
	return Cursor{}, false
}

// ownLineValue describes an empty line that is indented deeper than the entry
// above: what is typed there is the entry's value or continues it.
func (t *Tree) ownLineValue(at spot, p place, col int) Cursor {
	c := t.member(at, p.coll, p.index)
	e := &p.coll.Entries[p.index]
	c.Entry, c.OwnLine, c.Indent = e, true, col
	if e.Value.Kind == Scalar {
		c.Node = e.Value
	}
	return c
}

// alternative is the second reading at a column where both a mapping's key
// and an item of its last entry's list can stand.
func (t *Tree) alternative(at spot, places []place) *Cursor {
	top := places[len(places)-1]
	if top.coll.Kind == Sequence {
		return t.nextKey(at, top.coll)
	}
	if top.index < 0 {
		return nil
	}
	if e := &top.coll.Entries[top.index]; e.Value.Kind == Missing && !e.Mark.Empty() && e.Value.Tag.Empty() {
		c := t.ownLineValue(at, top, top.coll.Indent)
		c.NeedsDash = true
		return &c
	}
	return nil
}

// onStray describes a line that the tree could not use, by its column.
func (t *Tree) onStray(at spot) Cursor {
	c := t.onBlank(at, at.first-at.start)
	if at.offset < at.first || c.Role == RoleScalar {
		return c
	}
	end := at.end
	s := t.Text.String()
	for end > at.offset && (s[end-1] == ' ' || s[end-1] == '\t') {
		end--
	}
	c.OwnLine = true
	c.Prefix, c.Replace = s[at.first:at.offset], text.Range{Start: at.first, End: end}
	return c
}

// nextKey is the place of a key at the column of a list that stands at the
// column of its own key, else nil.
func (t *Tree) nextKey(at spot, list *Node) *Cursor {
	outer := list.Parent
	if list.Style != Block || outer == nil || outer.Kind != Mapping || outer.Indent != list.Indent {
		return nil
	}
	c := t.newMember(at, outer, 0)
	return &c
}
