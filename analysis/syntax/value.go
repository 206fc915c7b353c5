package syntax

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// value reads the value that begins at i into the entry and leaves p.line
// behind it. Lines that belong to it are indented deeper than parentIndent.
func (p *parser) value(coll *Node, index, i, end, parentIndent int) {
	props := p.props(i, end, false)
	i = props.next
	if i == end || p.s[i] == '#' {
		v := coll.Entries[index].Value
		p.applyProps(props, v)
		p.trailing(i, end)
		p.line++
		return
	}
	n := p.valueNode(i, end, parentIndent)
	p.applyProps(props, n)
	p.setValue(coll, index, n)
}

func (p *parser) valueNode(i, end, parentIndent int) *Node {
	switch c := p.s[i]; c {
	case '|', '>':
		if n := p.blockScalar(i, end, parentIndent); n != nil {
			return n
		}
		r := p.lineBody(i, end)
		p.quoteProblem(r, fmt.Sprintf("`%c` begins a block scalar, and nothing may follow it on the line: quote the value if it is meant as text", c))
		return p.rawPlain(r)
	case '"', '\'':
		return p.quoted(i, end, parentIndent)
	case '[', '{':
		return p.flow(i, end, parentIndent)
	case '*':
		return p.alias(i, end)
	case '@', '`', '%', ',', ']', '}':
		r := p.lineBody(i, end)
		p.quoteProblem(r, cannotBegin(c))
		return p.rawPlain(r)
	case '-', '?', ':':
		if !p.plainStart(i, end) {
			r := p.lineBody(i, end)
			p.quoteProblem(r, fmt.Sprintf("`%c ` cannot begin a value here: put it on a line of its own, or quote the value", c))
			return p.rawPlain(r)
		}
	}
	return p.plain(i, end, parentIndent)
}

func cannotBegin(c byte) string {
	if c == '`' {
		return "a value cannot begin with a backtick: quote it"
	}
	return fmt.Sprintf("a value cannot begin with `%c`: quote it", c)
}

func (p *parser) quoteProblem(r text.Range, message string) {
	p.problemFix(CodeSyntax, r, message, "Quote the value", quoteSingle(p.s[r.Start:r.End]))
}

func quoteSingle(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// rawPlain takes one line as a string although YAML would not, and moves on.
func (p *parser) rawPlain(r text.Range) *Node {
	n := p.node(Scalar, Plain, r)
	n.Value = p.s[r.Start:r.End]
	p.line++
	return n
}

func (p *parser) alias(i, end int) *Node {
	r := p.lineBody(i, end)
	p.irregular()
	p.line++
	return p.aliasNode(r)
}

func (p *parser) aliasNode(r text.Range) *Node {
	n := p.node(Alias, Plain, r)
	n.Value = p.s[r.Start+1 : r.End]
	p.aliases = append(p.aliases, n)
	return n
}

// plain reads a plain scalar with the lines that continue it.
func (p *parser) plain(i, end, parentIndent int) *Node {
	comments := len(p.tree.Comments)
	r := p.lineBody(i, end)
	commented := len(p.tree.Comments) > comments
	if commented {
		p.expressionComment(r.Start, p.tree.Comments[comments].Range.Start, end)
	}
	p.checkColon(r)
	p.line++
	last := r
	lines := 1
	for line := p.line; !commented && line < p.t.Lines(); line++ {
		j, stop := p.contentOf(line)
		if j == stop {
			continue // blank lines count only when text follows
		}
		if !p.continues(line, j, stop, parentIndent) {
			break
		}
		p.checkDash(r, j, stop)
		comments = len(p.tree.Comments)
		last = p.lineBody(j, stop)
		commented = len(p.tree.Comments) > comments
		p.line = line + 1
		lines++
	}
	n := p.node(Scalar, Plain, text.Range{Start: r.Start, End: last.End})
	if lines == 1 {
		n.Value = p.s[r.Start:r.End]
	} else {
		p.irregular()
		n.Value = p.decodePlain(n.Body, nil)
	}
	n.Type = resolve(n.Value)
	switch {
	case n.Type == Int || n.Type == Float:
		p.checkNumber(n)
	case n.Type == String && ambiguous(n.Value):
		p.irregular()
	}
	return n
}

// checkNumber marks numbers that readers do not all read alike.
func (p *parser) checkNumber(n *Node) {
	for i := 0; i < len(n.Value); i++ {
		c := n.Value[i]
		if !isDigit(c) && c != '.' && !(c == '-' && i == 0) || i > 14 || i == 0 && c == '.' {
			p.irregular()
			return
		}
	}
	if len(n.Value) > 1 && n.Value[0] == '0' && isDigit(n.Value[1]) || strings.HasPrefix(n.Value, "-0") || strings.HasSuffix(n.Value, ".") {
		p.irregular()
	}
}

var timestamp = regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}($|[Tt ])`)

// ambiguous says whether a plain string is a timestamp or a number to some
// readers.
func ambiguous(s string) bool {
	if !isDigit(s[0]) && strings.IndexByte(".+-", s[0]) < 0 {
		return false
	}
	if len(s) >= 8 && s[4] == '-' && timestamp.MatchString(s) {
		return true
	}
	return strings.Trim(s, "0123456789._eE+-") == "" && strings.ContainsAny(s, "_eE")
}

// contentOf is the range of the line without indentation.
func (p *parser) contentOf(line int) (start, end int) {
	start, end = p.t.LineStart(line), p.t.LineEnd(line)
	for start < end && (p.s[start] == ' ' || p.s[start] == '\t') {
		start++
	}
	return start, end
}

// continues says whether the line carries on a plain scalar.
func (p *parser) continues(line, i, end, parentIndent int) bool {
	ind := i - p.t.LineStart(line)
	if ind <= parentIndent || p.s[i] == '#' {
		return false
	}
	if ind == 0 && (strings.HasPrefix(p.s[i:end], "---") || strings.HasPrefix(p.s[i:end], "...")) {
		return false
	}
	if k := p.keyAt(i, end); k.ok {
		return false
	}
	return true
}

// checkDash reports a line at i that continues the scalar and looks like an
// item of a list.
func (p *parser) checkDash(scalar text.Range, i, end int) {
	message := "this is no list item: it is indented under a value and so continues its text"
	if !p.isDash(i, end) {
		if p.s[i] != '-' || p.s[scalar.Start] != '-' {
			return
		}
		message = "this is no list item and continues the text above: put a blank behind the dashes"
	}
	p.add1(Problem{Code: CodeTrap, Lenient: true, Range: text.Range{Start: i, End: end}, Message: message, Related: scalar, RelatedMessage: "the value that goes on"})
}

// checkColon reports `key: a: b`.
func (p *parser) checkColon(r text.Range) {
	s := p.s[r.Start:r.End]
	for from := 0; ; {
		j := strings.IndexByte(s[from:], ':')
		if j < 0 {
			return
		}
		j += from
		if j+1 == len(s) || s[j+1] == ' ' || s[j+1] == '\t' {
			p.problemFix(CodeSyntax, r, "`: ` inside an unquoted value reads as a second key: quote the value", "Quote the value", quoteSingle(s))
			return
		}
		from = j + 1
	}
}

// quoted reads a quoted scalar, over several lines where it is closed there.
func (p *parser) quoted(i, end, parentIndent int) *Node {
	style := DoubleQuoted
	if p.s[i] == '\'' {
		style = SingleQuoted
	}
	close, line := p.closeOver(i, end, parentIndent)
	if close < 0 {
		p.problem(CodeSyntax, text.Range{Start: i, End: end}, fmt.Sprintf("the quote `%c` is not closed on this line", p.s[i]))
		p.stray, p.strayAt = true, p.line // what follows belongs to it
		n := p.node(Scalar, style, text.Range{Start: i, End: end})
		n.Body.Start = i + 1
		n.Value = p.decodeQuoted(n.Body, style, nil)
		p.line++
		return n
	}
	n := p.node(Scalar, style, text.Range{Start: i, End: close + 1})
	n.Body = text.Range{Start: i + 1, End: close}
	n.Value = p.decodeQuoted(n.Body, style, nil)
	if style == DoubleQuoted {
		p.checkEscapes(n.Body)
	}
	if line != p.line {
		p.irregular()
	}
	p.trailing(close+1, p.t.LineEnd(line))
	p.line = line + 1
	return n
}

// closeOver finds the closing quote on this or a following line that still
// belongs to the scalar.
func (p *parser) closeOver(i, end, parentIndent int) (close, line int) {
	if close = p.closeQuote(i, end); close >= 0 {
		return close, p.line
	}
	limit := end
	for line = p.line + 1; line < p.t.Lines(); line++ {
		j, stop := p.contentOf(line)
		if j < stop && j-p.t.LineStart(line) <= parentIndent {
			break
		}
		limit = stop
	}
	if close = p.closeQuote(i, limit); close < 0 {
		return -1, 0
	}
	return close, p.t.LineOf(close)
}

// blockHead is the header of a block scalar.
type blockHead struct {
	chomp  byte // '-', '+' or 0
	indent int  // content column
}

// blockScalar reads a literal or folded scalar, or returns nil where the
// header is none.
func (p *parser) blockScalar(i, end, parentIndent int) *Node {
	head, explicit, headEnd, ok := p.blockHeader(i, end)
	if !ok {
		return nil
	}
	style := Literal
	if p.s[i] == '>' {
		style = Folded
	}
	if j := p.skip(headEnd, end); j < end {
		p.comment(j, end, false)
	}
	p.line++
	first := p.line
	contentIndent := -1
	if explicit > 0 {
		contentIndent = max(parentIndent, 0) + explicit
		p.irregular()
	}
	lastContent := first
	for ; p.line < p.t.Lines(); p.line++ {
		start, stop := p.t.LineStart(p.line), p.t.LineEnd(p.line)
		j := start
		for j < stop && p.s[j] == ' ' {
			j++
		}
		if j == stop {
			if contentIndent >= 0 && j-start > contentIndent {
				lastContent = p.line + 1 // blanks behind the indentation are content
				p.irregular()
			}
			continue
		}
		ind := j - start
		if p.s[j] == '\t' && ind > parentIndent && (contentIndent < 0 || ind < contentIndent) {
			p.problemFix(CodeTab, text.Range{Start: j, End: j + 1}, "tab in the indentation: YAML wants blanks only", "Replace the tab by blanks", "  ")
		}
		if p.s[j] == '#' && contentIndent > parentIndent && ind < contentIndent && p.goesOn(contentIndent) {
			p.problemFix(CodeSyntax, text.Range{Start: j, End: stop}, fmt.Sprintf("this line is indented by %d, less than the block's text by %d, and so ends the block: indent it", ind, contentIndent),
				"Indent the line", strings.Repeat(" ", contentIndent-ind)+p.s[j:stop])
			lastContent = p.line + 1
			continue
		}
		if ind <= parentIndent || ind == 0 && (strings.HasPrefix(p.s[j:stop], "---") || strings.HasPrefix(p.s[j:stop], "...")) {
			break
		}
		if contentIndent < 0 {
			contentIndent = ind
			p.checkLeadingBlanks(first, p.line, ind)
		}
		if ind < contentIndent {
			if p.s[j] == '#' {
				break
			}
			p.problem(CodeSyntax, text.Range{Start: j, End: stop}, fmt.Sprintf("this line is indented by %d, the block's first line by %d: indent it at least as deep", ind, contentIndent))
		}
		lastContent = p.line + 1
	}
	p.line = max(lastContent, first)
	return p.blockNode(i, headEnd, style, head, first, contentIndent)
}

// goesOn says whether the block scalar's text continues below a comment line
// that is indented less. What it finds holds up to the line it found.
func (p *parser) goesOn(contentIndent int) bool {
	for line := max(p.line, p.bodyUntil) + 1; line < p.t.Lines(); line++ {
		j, stop := p.contentOf(line)
		if j == stop || p.s[j] == '#' {
			continue
		}
		if j-p.t.LineStart(line) < contentIndent {
			return false
		}
		p.bodyUntil = line - 1
		return true
	}
	return false
}

// checkLeadingBlanks marks blocks whose empty first lines hold more blanks
// than their first text line has: readers differ about them.
func (p *parser) checkLeadingBlanks(first, line, indent int) {
	for l := first; l < line; l++ {
		if p.t.LineEnd(l)-p.t.LineStart(l) > indent {
			p.irregular()
		}
	}
}

func (p *parser) blockNode(i, headEnd int, style Style, head blockHead, first, contentIndent int) *Node {
	n := p.node(Scalar, style, text.Range{Start: i, End: headEnd})
	// Trailing blank lines belong to the body: with |+ they are content.
	bodyEnd := p.line
	for bodyEnd < p.t.Lines() && p.t.Line(bodyEnd) == "" && head.chomp == '+' {
		bodyEnd++
	}
	head.indent = max(contentIndent, 0)
	n.blockHead = head
	n.Body = text.Range{Start: p.t.LineStart(first), End: p.t.LineStart(bodyEnd)}
	if p.line > first {
		n.Range.End = p.t.LineEnd(p.line - 1)
	} else {
		n.Body = text.At(headEnd)
		p.irregular()
	}
	if style == Folded || head.chomp == '+' || p.endsInBlank(n.Body, head) {
		p.irregular()
	}
	n.Value = p.decodeBlock(n, nil)
	return n
}

// endsInBlank says whether the block's last line ends in a blank that readers
// do not all keep.
func (p *parser) endsInBlank(body text.Range, head blockHead) bool {
	if head.chomp != '-' && body.End < len(p.s) {
		return false
	}
	s := strings.TrimRight(p.s[body.Start:body.End], "\n")
	return strings.HasSuffix(s, " ")
}

func (p *parser) blockHeader(i, end int) (head blockHead, explicit, next int, ok bool) {
	j := i + 1
	for ; j < end && j < i+3; j++ {
		switch c := p.s[j]; {
		case (c == '-' || c == '+') && head.chomp == 0:
			head.chomp = c
		case c >= '1' && c <= '9' && explicit == 0:
			explicit = int(c - '0')
		default:
			goto rest
		}
	}
rest:
	k := p.skip(j, end)
	if k < end && (p.s[k] != '#' || k == j) {
		return head, 0, 0, false
	}
	return head, explicit, j, true
}
