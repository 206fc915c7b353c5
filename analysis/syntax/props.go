package syntax

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// propsToken holds a tag and an anchor that stand before a node.
type propsToken struct {
	tag, anchor text.Range
	next        int
}

// props reads them; in a flow collection , and brackets end a name.
func (p *parser) props(i, end int, flow bool) propsToken {
	t := propsToken{next: i}
	for t.next < end && (p.s[t.next] == '!' || p.s[t.next] == '&') {
		j := t.next
		for j < end && p.s[j] != ' ' && p.s[j] != '\t' && (!flow || strings.IndexByte(",[]{}", p.s[j]) < 0) {
			j++
		}
		r := text.Range{Start: t.next, End: j}
		if p.s[t.next] == '!' && t.tag.Empty() {
			t.tag = r
		} else if p.s[t.next] == '&' && t.anchor.Empty() {
			t.anchor = r
		} else {
			break
		}
		p.irregular()
		t.next = p.skip(j, end)
	}
	return t
}

func (p *parser) applyProps(t propsToken, n *Node) {
	n.Tag, n.Anchor = t.tag, t.anchor
	if !t.anchor.Empty() {
		p.anchor(t.anchor, n)
	}
}

func (p *parser) anchor(r text.Range, n *Node) {
	if p.tree.anchors == nil {
		p.tree.anchors = map[string]*Node{}
	}
	p.tree.anchors[p.s[r.Start+1:r.End]] = n
}
