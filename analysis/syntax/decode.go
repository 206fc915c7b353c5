package syntax

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// recorder collects where runs of a decoded value stand in the file.
type recorder struct {
	out  strings.Builder
	runs []run
}

// run says that the decoded bytes from value on stand in the file from file
// on, one by one for length bytes; where length is 0 they are one escape of
// width bytes or a folded break.
type run struct{ value, file, length, width int }

func (r *recorder) copy(s string, from, to int) {
	if to <= from {
		return
	}
	r.runs = append(r.runs, run{r.out.Len(), from, to - from, 0})
	r.out.WriteString(s[from:to])
}

// put writes text for a break of the file.
func (r *recorder) put(v string, from int) { r.escape(v, from, 0) }

// escape writes text that stands for width bytes of the file.
func (r *recorder) escape(v string, from, width int) {
	r.runs = append(r.runs, run{r.out.Len(), from, 0, width})
	r.out.WriteString(v)
}

// decodePlain folds a plain scalar that covers several lines.
func (p *parser) decodePlain(body text.Range, r *recorder) string {
	if r == nil {
		r = &recorder{}
	}
	p.fold(body, r, func(from, to int) { r.copy(p.s, from, to) }, true)
	return r.out.String()
}

// fold writes the lines of a flow scalar: a single break becomes a blank,
// n+1 breaks become n line feeds.
func (p *parser) fold(body text.Range, r *recorder, write func(from, to int), comments bool) {
	firstLine, lastLine := p.t.LineOf(body.Start), p.t.LineOf(body.End)
	breaks, escaped := 0, false
	for line := firstLine; line <= lastLine; line++ {
		from, to := p.t.LineStart(line), p.t.LineEnd(line)
		if line == firstLine {
			from = body.Start
		} else {
			for from < to && (p.s[from] == ' ' || p.s[from] == '\t') {
				from++
			}
		}
		to = min(to, body.End)
		if comments {
			if h := strings.Index(p.s[from:max(from, to)], " #"); h >= 0 {
				to = from + h
			}
		}
		if line < lastLine {
			for to > from && (p.s[to-1] == ' ' || p.s[to-1] == '\t') && !p.escapedBlank(from, to) {
				to--
			}
		}
		if line > firstLine {
			if from >= to && line < lastLine {
				breaks++
				continue
			}
			switch {
			case escaped:
				if breaks > 0 {
					r.put(strings.Repeat("\n", breaks), from)
				}
			case breaks > 0:
				r.put(strings.Repeat("\n", breaks), from)
			default:
				r.put(" ", from)
			}
			breaks = 0
		}
		escaped = !comments && line < lastLine && p.endsInEscape(from, to)
		if escaped {
			write(from, to-1)
		} else {
			write(from, to)
		}
	}
}

// escapedBlank says that the blank before to is escaped and so kept.
func (p *parser) escapedBlank(from, to int) bool { return p.endsInEscape(from, to-1) }

// endsInEscape says whether an odd number of backslashes stands before to.
func (p *parser) endsInEscape(from, to int) bool {
	n := 0
	for j := to - 1; j >= from && p.s[j] == '\\'; j-- {
		n++
	}
	return n%2 == 1
}

// decodeQuoted decodes the inside of a quoted scalar.
func (p *parser) decodeQuoted(body text.Range, style Style, r *recorder) string {
	s := p.s[body.Start:max(body.Start, body.End)]
	special := byte('\'')
	if style == DoubleQuoted {
		special = '\\'
	}
	if r == nil {
		if strings.IndexByte(s, special) < 0 && !strings.ContainsAny(s, "\r\n") {
			return s
		}
		r = &recorder{}
	}
	write := func(from, to int) { p.unquoteSingle(from, to, r) }
	if style == DoubleQuoted {
		write = func(from, to int) { p.unescape(from, to, r) }
	}
	if style == SingleQuoted {
		p.foldSingle(body, r, write)
	} else {
		p.fold(body, r, write, false)
	}
	return r.out.String()
}

// foldSingle is fold for text in which a backslash means nothing.
func (p *parser) foldSingle(body text.Range, r *recorder, write func(from, to int)) {
	if p.t.LineOf(body.Start) == p.t.LineOf(body.End) {
		write(body.Start, body.End)
		return
	}
	firstLine, lastLine := p.t.LineOf(body.Start), p.t.LineOf(body.End)
	breaks := 0
	for line := firstLine; line <= lastLine; line++ {
		from, to := max(p.t.LineStart(line), body.Start), min(p.t.LineEnd(line), body.End)
		for line > firstLine && from < to && (p.s[from] == ' ' || p.s[from] == '\t') {
			from++
		}
		for line < lastLine && to > from && (p.s[to-1] == ' ' || p.s[to-1] == '\t') {
			to--
		}
		if line > firstLine {
			if from >= to && line < lastLine {
				breaks++
				continue
			}
			if breaks > 0 {
				r.put(strings.Repeat("\n", breaks), from)
			} else {
				r.put(" ", from)
			}
			breaks = 0
		}
		write(from, to)
	}
}

func (p *parser) unquoteSingle(from, to int, r *recorder) {
	for from < to {
		q := strings.IndexByte(p.s[from:to], '\'')
		if q < 0 {
			r.copy(p.s, from, to)
			return
		}
		r.copy(p.s, from, from+q+1)
		from += q + 2
	}
}

var simpleEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r",
	'e': "\x1b", ' ': " ", '"': "\"", '/': "/", '\\': "\\", 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func (p *parser) unescape(from, to int, r *recorder) {
	for from < to {
		b := strings.IndexByte(p.s[from:to], '\\')
		if b < 0 {
			r.copy(p.s, from, to)
			return
		}
		r.copy(p.s, from, from+b)
		from += b
		v, n := escape(p.s[from:to])
		if n == 0 { // not an escape: keep it as it stands
			r.copy(p.s, from, from+1)
			from++
			continue
		}
		r.escape(v, from, n)
		from += n
	}
}

// escape decodes the escape s begins with; n is its length, 0 if it is none.
func escape(s string) (v string, n int) {
	if len(s) < 2 {
		return "", 0
	}
	if v, ok := simpleEscapes[s[1]]; ok {
		return v, 2
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[1]]
	if digits == 0 || len(s) < 2+digits {
		return "", 0
	}
	code, err := strconv.ParseUint(s[2:2+digits], 16, 32)
	if err != nil || code > utf8.MaxRune || code >= 0xD800 && code < 0xE000 {
		return "", 0
	}
	return string(rune(code)), 2 + digits
}

// checkEscapes reports what is no escape in a double-quoted scalar.
func (p *parser) checkEscapes(body text.Range) {
	for i := body.Start; i < body.End; i++ {
		if p.s[i] != '\\' {
			continue
		}
		if i+1 < body.End && (p.s[i+1] == '\n' || p.s[i+1] == '\r') {
			i++
			continue
		}
		_, n := escape(p.s[i:body.End])
		if n == 0 {
			_, w := utf8.DecodeRuneInString(p.s[i+1:])
			end := min(i+1+w, body.End)
			p.problemFix(CodeSyntax, text.Range{Start: i, End: end}, fmt.Sprintf("`%s` is no escape sequence: write `\\\\` for a backslash, or use single quotes", p.s[i:end]), "Escape the backslash", `\`+p.s[i:end])
			continue
		}
		if strings.IndexByte(`"\nt`, p.s[i+1]) < 0 {
			p.irregular()
		}
		i += n - 1
	}
}

// decodeBlock decodes a literal or folded scalar.
func (p *parser) decodeBlock(n *Node, r *recorder) string {
	if n.Body.Empty() {
		return ""
	}
	if r == nil {
		r = &recorder{}
		r.out.Grow(n.Body.Len())
	}
	first, last := p.t.LineOf(n.Body.Start), p.t.LineOf(n.Body.End-1)
	if n.Style == Literal {
		p.literal(first, last, n.blockHead.indent, r)
	} else {
		p.folded(first, last, n.blockHead.indent, r)
	}
	out := r.out.String()
	switch n.blockHead.chomp {
	case '-':
		return strings.TrimRight(out, "\n")
	case '+':
		return out
	}
	trimmed := strings.TrimRight(out, "\n")
	if trimmed == "" || len(trimmed) == len(out) { // empty, or ended by the text's end
		return trimmed
	}
	return trimmed + "\n"
}

// blockLine is the content of a line without the block's indentation.
func (p *parser) blockLine(line, indent int) (from, to int) {
	from, to = p.t.LineStart(line), p.t.LineEnd(line)
	for k := 0; k < indent && from < to && p.s[from] == ' '; k++ {
		from++
	}
	return from, to
}

func (p *parser) literal(first, last, indent int, r *recorder) {
	for line := first; line <= last; line++ {
		from, to := p.blockLine(line, indent)
		r.copy(p.s, from, to)
		if to < p.t.LineStart(line+1) {
			r.put("\n", to)
		}
	}
}

func (p *parser) folded(first, last, indent int, r *recorder) {
	breaks := 0
	started, deep := false, false
	for line := first; line <= last; line++ {
		from, to := p.blockLine(line, indent)
		if from >= to {
			breaks++
			continue
		}
		more := p.s[from] == ' ' || p.s[from] == '\t'
		switch {
		case !started:
			r.put(strings.Repeat("\n", breaks), from)
		case more || deep:
			r.put(strings.Repeat("\n", breaks+1), from)
		case breaks > 0:
			r.put(strings.Repeat("\n", breaks), from)
		default:
			r.put(" ", from)
		}
		r.copy(p.s, from, to)
		started, deep, breaks = true, more, 0
	}
	if p.t.LineEnd(last) < p.t.LineStart(last+1) {
		breaks++
	}
	r.put(strings.Repeat("\n", breaks), p.t.LineEnd(last))
}

// Map says where the bytes of a decoded scalar stand in the file.
type Map struct {
	runs []run
	end  int // file offset behind the scalar's last byte
	size int
}

// SourceMap maps offsets of n.Value to the file.
func (t *Tree) SourceMap(n *Node) Map {
	if n.Kind != Scalar {
		return Map{end: n.Range.End}
	}
	p := &parser{t: t.Text, s: t.Text.String(), tree: &Tree{Text: t.Text}}
	r := &recorder{}
	switch n.Style {
	case SingleQuoted, DoubleQuoted:
		p.decodeQuoted(n.Body, n.Style, r)
	case Literal, Folded:
		p.decodeBlock(n, r)
	default:
		p.decodePlain(n.Body, r)
	}
	return Map{runs: r.runs, end: n.Body.End, size: len(n.Value)}
}

// Offset is the file offset of the value's byte at offset.
func (m Map) Offset(offset int) int {
	if len(m.runs) == 0 {
		return m.end
	}
	if offset >= m.size {
		last := m.runs[len(m.runs)-1]
		return min(last.file+last.length+last.width, m.end)
	}
	at := m.runs[m.run(offset)]
	return at.file + min(max(offset-at.value, 0), at.length)
}

// run is the index of the run that holds the value's byte at offset.
func (m Map) run(offset int) int {
	return max(sort.Search(len(m.runs), func(i int) bool { return m.runs[i].value > offset })-1, 0)
}

// Range maps a range of the value.
func (m Map) Range(r text.Range) text.Range {
	start := m.Offset(r.Start)
	if r.End <= r.Start || len(m.runs) == 0 {
		return text.At(start)
	}
	// The end is where the last byte ends, not where the next one begins:
	// between them may lie an indentation.
	last := min(r.End, m.size) - 1
	end := m.Offset(last) + 1
	if at := m.runs[m.run(last)]; at.length == 0 {
		end = max(at.file+at.width, at.file+1)
	}
	return text.Range{Start: start, End: max(start, min(end, m.end))}
}
