package syntax

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// flow reads a collection in brackets or braces, over several lines where it
// is closed there. What is not closed ends where the block structure goes on.
func (p *parser) flow(i, end, parentIndent int) *Node {
	first := p.line
	limit, lastLine := p.flowLimit(i, end, parentIndent, false)
	n, clean := p.tryFlow(i, limit)
	if !clean {
		// Perhaps it was never closed, and ran into what follows it.
		if shorter, line := p.flowLimit(i, end, parentIndent, true); shorter < limit {
			p.forgetFlow(n)
			limit, lastLine = shorter, line
			n, _ = p.tryFlow(i, limit)
		}
	}
	if n.node.Range.Len() != 2 || lastLine != first {
		p.irregular()
	}
	if n.closed {
		closeLine := p.t.LineOf(max(n.node.Range.End-1, i))
		p.trailing(n.node.Range.End, p.t.LineEnd(closeLine))
		p.line = closeLine + 1
	} else {
		p.line = lastLine + 1
	}
	return n.node
}

// flowAttempt is a flow collection and what the parser knew before it.
type flowAttempt struct {
	node               *Node
	closed             bool
	problems, comments int
}

// tryFlow reads up to the limit; clean says that the collection is closed and
// without a problem.
func (p *parser) tryFlow(i, limit int) (a flowAttempt, clean bool) {
	a = flowAttempt{problems: len(p.tree.Problems), comments: len(p.tree.Comments)}
	f := &flowParser{p: p, i: i, end: limit}
	a.node = f.collection(0)
	a.closed = f.closed
	return a, a.closed && len(p.tree.Problems) == a.problems
}

// forgetFlow takes back what an attempt reported.
func (p *parser) forgetFlow(a flowAttempt) {
	p.tree.Problems = p.tree.Problems[:a.problems]
	p.tree.Comments = p.tree.Comments[:a.comments]
}

// flowLimit is how far an open bracket may reach: to the line that is not
// indented deeper than its parent, or, if it is wary, to the one that looks
// like block style.
func (p *parser) flowLimit(i, end, parentIndent int, wary bool) (limit, lastLine int) {
	limit, lastLine = end, p.line
	for line := p.line + 1; line < p.t.Lines(); line++ {
		j, stop := p.contentOf(line)
		if j == stop {
			continue
		}
		ind := j - p.t.LineStart(line)
		closing := p.s[j] == ']' || p.s[j] == '}'
		if ind <= parentIndent && !(closing && ind == parentIndent) {
			break
		}
		if wary && (p.isDash(j, stop) || p.s[i] == '[' && p.blockKeyLine(j, stop)) {
			break
		}
		limit, lastLine = stop, line
		if closing && ind <= parentIndent {
			break
		}
	}
	return limit, lastLine
}

// blockKeyLine says whether the line looks like `key:` or `key: value` of
// block style rather than a part of a flow sequence.
func (p *parser) blockKeyLine(i, end int) bool {
	k := p.keyAt(i, end)
	return k.ok && !strings.ContainsAny(p.s[k.r.Start:k.r.End], ",]}")
}

type flowParser struct {
	p      *parser
	i, end int
	closed bool
}

func (f *flowParser) skip() {
	s := f.p.s
	for f.i < f.end {
		switch s[f.i] {
		case ' ', '\t', '\n', '\r':
			f.i++
		case '#':
			if f.i > 0 && strings.IndexByte(" \t\n\r", s[f.i-1]) < 0 {
				return
			}
			stop := f.p.t.LineEnd(f.p.t.LineOf(f.i))
			f.p.comment(f.i, stop, false)
			f.i = min(stop, f.end)
		default:
			return
		}
	}
}

// collection reads from the bracket at f.i to the one that closes it.
func (f *flowParser) collection(depth int) *Node {
	p := f.p
	start := f.i
	kind, close := Sequence, byte(']')
	if p.s[start] == '{' {
		kind, close = Mapping, '}'
	}
	n := p.node(kind, Flow, text.At(start))
	f.i++
	for {
		f.skip()
		if f.i >= f.end {
			p.problem(CodeSyntax, text.Range{Start: start, End: start + 1}, fmt.Sprintf("`%c` is not closed: expected `%c`", p.s[start], close))
			f.closed = false
			break
		}
		c := p.s[f.i]
		if c == close {
			f.i++
			f.closed = true
			break
		}
		switch c {
		case ',':
			p.problem(CodeSyntax, text.Range{Start: f.i, End: f.i + 1}, "expected a value before `,`")
			f.i++
			continue
		case ']', '}':
			p.problem(CodeSyntax, text.Range{Start: f.i, End: f.i + 1}, fmt.Sprintf("expected `%c` here", close))
			f.i++
			continue
		}
		before := f.i
		f.member(n, depth)
		f.separator(close)
		if f.i == before {
			f.i++
		}
	}
	n.Range = text.Range{Start: start, End: f.i}
	n.Body = text.Range{Start: start + 1, End: max(start+1, f.i-1)}
	if !f.closed {
		n.Body.End = f.i
	}
	return n
}

func (f *flowParser) separator(close byte) {
	f.skip()
	if f.i >= f.end || f.p.s[f.i] == close {
		return
	}
	switch f.p.s[f.i] {
	case ',':
		f.i++
		return
	case ']', '}':
		return // the wrong bracket, which collection reports
	}
	f.p.problem(CodeSyntax, text.Range{Start: f.i, End: f.i + 1}, fmt.Sprintf("expected `,` or `%c`", close))
}

// member reads one item or one `key: value` of the collection.
func (f *flowParser) member(n *Node, depth int) {
	p := f.p
	at := f.i
	first := f.node(depth)
	f.skip()
	colon := f.i < f.end && p.s[f.i] == ':'
	if n.Kind == Sequence {
		index := p.add(n, nil, text.At(at), at)
		if !colon {
			p.setValue(n, index, first)
			return
		}
		m := p.node(Mapping, Flow, text.At(at))
		p.setValue(n, index, m)
		f.pair(m, first, depth)
		m.Range = text.Range{Start: at, End: f.i}
		m.Body = m.Range
		return
	}
	if !colon {
		p.add(n, first, text.At(first.Range.End), first.Range.End)
		p.problem(CodeSyntax, first.Range, fmt.Sprintf("expected `%s: value`", clip(first.Value)))
		return
	}
	f.pair(n, first, depth)
}

func (f *flowParser) pair(m, key *Node, depth int) {
	p := f.p
	index := p.add(m, key, text.Range{Start: f.i, End: f.i + 1}, f.i+1)
	p.checkDuplicate(m, index)
	f.i++
	f.skip()
	if f.i >= f.end || strings.IndexByte(",]}", p.s[f.i]) >= 0 {
		return
	}
	p.setValue(m, index, f.node(depth))
}

// node reads a scalar, an alias or a nested collection.
func (f *flowParser) node(depth int) *Node {
	p := f.p
	props := p.props(f.i, min(f.end, p.t.LineEnd(p.t.LineOf(f.i))), true)
	f.i = props.next
	f.skip()
	var n *Node
	switch {
	case f.i >= f.end:
		n = p.node(Missing, Plain, text.At(f.i))
	case p.s[f.i] == '[' || p.s[f.i] == '{':
		if depth >= maxDepth {
			p.problem(CodeSyntax, text.At(f.i), fmt.Sprintf("nested deeper than %d levels", maxDepth))
			n = p.node(Scalar, Plain, text.Range{Start: f.i, End: f.end})
			f.i = f.end
			break
		}
		n = f.collection(depth + 1)
	case p.s[f.i] == '"' || p.s[f.i] == '\'':
		n = f.quoted()
	case p.s[f.i] == '*':
		n = p.aliasNode(f.word())
	default:
		r := f.word()
		if !r.Empty() && strings.IndexByte("@`%|>:", p.s[r.Start]) >= 0 {
			p.quoteProblem(r, cannotBegin(p.s[r.Start]))
		}
		n = p.node(Scalar, Plain, r)
		n.Value = p.decodePlain(r, nil)
		n.Type = resolve(n.Value)
	}
	p.applyProps(props, n)
	return n
}

func (f *flowParser) quoted() *Node {
	p := f.p
	style := DoubleQuoted
	if p.s[f.i] == '\'' {
		style = SingleQuoted
	}
	close := p.closeQuote(f.i, f.end)
	if close < 0 {
		stop := min(f.end, p.t.LineEnd(p.t.LineOf(f.i)))
		p.problem(CodeSyntax, text.Range{Start: f.i, End: stop}, fmt.Sprintf("the quote `%c` is not closed", p.s[f.i]))
		n := p.node(Scalar, style, text.Range{Start: f.i, End: stop})
		n.Body.Start = f.i + 1
		n.Value = p.decodeQuoted(n.Body, style, nil)
		f.i = stop
		return n
	}
	n := p.node(Scalar, style, text.Range{Start: f.i, End: close + 1})
	n.Body = text.Range{Start: f.i + 1, End: close}
	n.Value = p.decodeQuoted(n.Body, style, nil)
	if style == DoubleQuoted {
		p.checkEscapes(n.Body)
	}
	f.i = close + 1
	return n
}

// word is a plain scalar in a flow collection: up to , ] } : or a comment.
func (f *flowParser) word() text.Range {
	s := f.p.s
	start := f.i
	for f.i < f.end {
		c := s[f.i]
		if strings.IndexByte(",[]{}", c) >= 0 {
			break
		}
		if c == ':' && (f.i+1 >= f.end || strings.IndexByte(" \t\n\r,[]{}", s[f.i+1]) >= 0) {
			break
		}
		if c == '#' && f.i > start && strings.IndexByte(" \t\n\r", s[f.i-1]) >= 0 {
			break
		}
		f.i++
	}
	end := f.i
	for end > start && strings.IndexByte(" \t\n\r", s[end-1]) >= 0 {
		end--
	}
	return text.Range{Start: start, End: end}
}
