package syntax

import (
	"fmt"
	"regexp"
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

var (
	// What go.yaml.in/yaml/v3 takes as a tag with the primary handle or a
	// standard one, and as an anchor's name.
	tagForm    = regexp.MustCompile(`^(!|!!?[A-Za-z0-9_\-;/?:@&=+$,.~*'()%[\]]*|!<[^<>]+>)$`)
	tagHandle  = regexp.MustCompile(`^![A-Za-z0-9_-]+!`)
	anchorForm = regexp.MustCompile(`^&[A-Za-z0-9_-]+$`)
)

// custom says whether the node has a tag of the text's own, which makes a
// string of any scalar.
func (p *parser) custom(n *Node) bool {
	return !n.Tag.Empty() && !strings.HasPrefix(p.s[n.Tag.Start:n.Tag.End], "!!")
}

// checkProps reports tags and anchors, which no definition needs, and gives a
// tagged scalar its type. DHI's exclusions begin with `!`, so that a forgotten
// quote makes a tag.
func (p *parser) checkProps(n *Node) {
	if !n.Tag.Empty() {
		p.checkTag(n)
	}
	if n.Anchor.Empty() {
		return
	}
	name := p.s[n.Anchor.Start:n.Anchor.End]
	switch {
	case !anchorForm.MatchString(name):
		p.quoteProblem(p.withProps(n), fmt.Sprintf("`%s` is no anchor: a value that begins with `&` has to be quoted", clip(name)))
	case n.Kind == Missing:
		p.trap(p.withProps(n), fmt.Sprintf("`%s` without quotes is an anchor and not text, so the value is empty: quote it", clip(name)))
	}
}

func (p *parser) checkTag(n *Node) {
	tag := p.s[n.Tag.Start:n.Tag.End]
	custom := p.custom(n)
	r := p.withProps(n)
	scalar := n.Kind == Missing || n.Kind == Scalar
	if scalar && (custom || tag == "!!str") {
		n.Type = String
	}
	switch {
	case !tagForm.MatchString(tag) || tagHandle.MatchString(tag):
		p.quoteProblem(r, fmt.Sprintf("`%s` is no tag: a value that begins with `!` has to be quoted", clip(tag)))
	case !custom:
	case n.Kind == Missing:
		p.trap(r, fmt.Sprintf("`%s` without quotes is a YAML tag and not text, so the value is empty: quote it", clip(tag)))
	case scalar && n.Style == Plain:
		p.trap(r, fmt.Sprintf("`%s` without quotes is a YAML tag and not part of the text: quote the value", clip(tag)))
	default:
		p.add1(Problem{Code: CodeTrap, Lenient: true, Range: n.Tag, Message: fmt.Sprintf("`%s` is a YAML tag, which means nothing in a definition: delete it", clip(tag)),
			Fix: "Delete the tag", Edits: []text.Edit{{Range: n.Tag}}})
	}
}

// withProps is the range of the node on its first line, properties included.
func (p *parser) withProps(n *Node) text.Range {
	r := text.Range{Start: n.start(), End: max(n.Tag.End, n.Anchor.End)}
	if n.Kind == Scalar && n.Range.Start >= r.End {
		r.End = min(n.Range.End, p.t.LineEnd(p.t.LineOf(r.Start)))
		if n.Range.Start > r.End {
			r.End = max(n.Tag.End, n.Anchor.End)
		}
	}
	return r
}

// trap reports text that every reader accepts and takes for something else
// than its writer means, with the fix to quote it.
func (p *parser) trap(r text.Range, message string) {
	p.add1(Problem{Code: CodeTrap, Lenient: true, Range: r, Message: message, Fix: "Quote the value", Edits: []text.Edit{{Range: r, New: quoteSingle(p.s[r.Start:r.End])}}})
}

// expressionComment reports `#{ … }` without quotes, which is a comment: of a
// value that begins at start, or of no value where start is the comment's own.
func (p *parser) expressionComment(start, hash, end int) {
	if hash+1 >= end || p.s[hash+1] != '{' {
		return
	}
	for end > hash && (p.s[end-1] == ' ' || p.s[end-1] == '\t') {
		end--
	}
	p.trap(text.Range{Start: start, End: end}, "`#{` behind a blank begins a comment, so the expression is lost: quote the whole value")
}
