package syntax

import "strings"

// inside says whether the offset lies between the brackets of n; what is not
// closed goes on.
func inside(n *Node, offset int) bool {
	if n.Body == n.Range { // a pair without braces in a list
		return n.Range.Contains(offset)
	}
	return offset > n.Range.Start && (offset < n.Range.End || unclosed(n))
}

// unclosed says whether a quote or bracket is still open at the node's end.
func unclosed(n *Node) bool {
	switch n.Style {
	case SingleQuoted, DoubleQuoted, Flow:
		return n.Body.End == n.Range.End && n.Body != n.Range
	}
	return false
}

// inFlow describes a spot inside a collection in brackets or braces.
func (t *Tree) inFlow(at spot, n *Node) Cursor {
	for {
		i := n.before(at.offset + 1)
		if i < 0 {
			return t.newMember(at, n, 0)
		}
		e := &n.Entries[i]
		v := e.Value
		if (v.Kind == Mapping || v.Kind == Sequence) && inside(v, at.offset) && !t.comma(v.Range.End, at.offset) {
			n = v
			continue
		}
		if t.comma(e.Range.End, at.offset) {
			return t.newMember(at, n, i+1)
		}
		if unclosed(v) && v.Style != Flow && t.Text.LineOf(v.Range.End) < at.number {
			return t.newMember(at, n, i+1)
		}
		c, _ := t.inEntry(at, n, i)
		return c
	}
}

// comma says whether one stands in the text outside of comments.
func (t *Tree) comma(from, to int) bool {
	if from >= to {
		return false
	}
	s := t.Text.String()[from:to]
	for s != "" {
		i := strings.IndexAny(s, ",#")
		if i < 0 || s[i] == ',' {
			return i >= 0
		}
		end := strings.IndexAny(s[i:], "\r\n")
		if end < 0 {
			return false
		}
		s = s[i+end:]
	}
	return false
}
