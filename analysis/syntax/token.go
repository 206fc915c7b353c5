package syntax

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func (p *parser) irregular() { p.tree.Regular = false }

func (p *parser) add1(pr Problem) {
	p.tree.Regular = false
	if len(p.tree.Problems) < maxProblems {
		p.tree.Problems = append(p.tree.Problems, pr)
	}
}

func (p *parser) problem(code string, r text.Range, message string) {
	p.add1(Problem{Code: code, Range: r, Message: message})
}

func (p *parser) problemFix(code string, r text.Range, message, title, replacement string) {
	p.add1(Problem{Code: code, Range: r, Message: message, Fix: title, Edits: []text.Edit{{Range: r, New: replacement}}})
}

// problemAt reports a problem with the place that explains it.
func (p *parser) problemAt(r text.Range, message string, related text.Range, relatedMessage string) {
	pr := Problem{Code: CodeSyntax, Range: r, Message: message}
	if !related.Empty() {
		pr.Related, pr.RelatedMessage = related, relatedMessage
	}
	p.add1(pr)
}

// strayLine reports a line that belongs nowhere, once for a run of them.
func (p *parser) strayLine(r text.Range, message string, related text.Range, relatedMessage string) {
	line := p.t.LineOf(r.Start)
	again := p.stray && p.strayAt >= line-1
	p.stray, p.strayAt = true, line
	if again {
		p.irregular()
		return
	}
	p.problemAt(r, message, related, relatedMessage)
}

var missingSpace = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*:[^\s:/]`)

func (p *parser) halfKeyProblem(word *Node) {
	w := word.Value
	if missingSpace.MatchString(w) {
		colon := word.Range.Start + strings.IndexByte(w, ':') + 1
		p.add1(Problem{
			Code: CodeSyntax, Range: word.Range, Message: fmt.Sprintf("expected a blank behind the colon: `%s: …`", w[:strings.IndexByte(w, ':')]),
			Fix: "Insert the blank", Edits: []text.Edit{{Range: text.At(colon), New: " "}},
		})
		return
	}
	p.problem(CodeSyntax, word.Range, fmt.Sprintf("expected `%s: value`: the colon is missing", clip(w)))
}

func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	cut := 40
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// checkRune handles a non-ASCII character at i and returns its length less one.
func (p *parser) checkRune(i int) int {
	r, n := utf8.DecodeRuneInString(p.s[i:])
	switch {
	case r == utf8.RuneError && n <= 1:
		p.irregular()
		if len(p.tree.Problems) < 20 {
			p.problem(CodeSyntax, text.Range{Start: i, End: i + 1}, fmt.Sprintf("byte 0x%02X is not valid UTF-8: save the file as UTF-8", p.s[i]))
		}
	case r == 0x85, r == 0x2028, r == 0x2029, r == 0xFEFF, r >= 0x80 && r < 0xA0, r == 0xFFFE, r == 0xFFFF:
		p.irregular()
	}
	return max(n-1, 0)
}

func (p *parser) column(offset int) int { return offset - p.t.LineStart(p.t.LineOf(offset)) }

func (p *parser) skip(i, end int) int {
	for i < end && (p.s[i] == ' ' || p.s[i] == '\t') {
		if p.s[i] == '\t' {
			p.irregular()
		}
		i++
	}
	return i
}

func (p *parser) comment(i, end int, alone bool) {
	p.tree.Comments = append(p.tree.Comments, Comment{text.Range{Start: i, End: end}, alone})
}

// trailing handles what follows a complete value on its line: nothing, a
// comment, or text that is too much.
func (p *parser) trailing(i, end int) {
	j := p.skip(i, end)
	if j == end {
		return
	}
	if p.s[j] == '#' && (j > i || j > 0 && (p.s[j-1] == ' ' || p.s[j-1] == '\t' || p.s[j-1] == '-' || p.s[j-1] == ':')) {
		p.comment(j, end, false)
		return
	}
	p.problem(CodeSyntax, text.Range{Start: j, End: end}, "unexpected text behind the value: quote the whole value, or delete what is too much")
}

// lineBody is the line's content from i without a trailing comment and blanks.
func (p *parser) lineBody(i, end int) text.Range {
	stop := end
	for j := i + 1; j < end; j++ {
		if p.s[j] == '#' && (p.s[j-1] == ' ' || p.s[j-1] == '\t') {
			p.comment(j, end, false)
			stop = j
			break
		}
	}
	for stop > i && (p.s[stop-1] == ' ' || p.s[stop-1] == '\t') {
		stop--
	}
	return text.Range{Start: i, End: stop}
}

// keyToken is a key and its colon.
type keyToken struct {
	ok    bool
	r     text.Range // as written, quotes included
	body  text.Range
	style Style
	value string
	colon int
}

// keyAt reads a key at i, if what stands there is one.
func (p *parser) keyAt(i, end int) keyToken {
	if i >= end {
		return keyToken{}
	}
	switch c := p.s[i]; c {
	case '"', '\'':
		close := p.closeQuote(i, end)
		if close < 0 {
			return keyToken{}
		}
		j := close + 1
		for j < end && (p.s[j] == ' ' || p.s[j] == '\t') {
			j++
		}
		if !p.colonAt(j, end) {
			return keyToken{}
		}
		k := keyToken{ok: true, r: text.Range{Start: i, End: close + 1}, body: text.Range{Start: i + 1, End: close}, colon: j, style: DoubleQuoted}
		if c == '\'' {
			k.style = SingleQuoted
		}
		k.value = p.decodeQuoted(k.body, k.style, nil)
		return k
	case '[', ']', '{', '}', '#', '|', '>', '@', '`', '%', ',', '&', '*', '!':
		return keyToken{}
	}
	return p.plainKey(i, end)
}

func (p *parser) plainKey(i, end int) keyToken {
	rest := p.s[i:end]
	for from := 0; ; {
		j := strings.IndexByte(rest[from:], ':')
		if j < 0 {
			return keyToken{}
		}
		j += from
		if p.colonAt(i+j, end) {
			if h := strings.Index(rest[:j], " #"); h >= 0 || strings.Contains(rest[:j], "\t#") {
				return keyToken{}
			}
			stop := i + j
			for stop > i && (p.s[stop-1] == ' ' || p.s[stop-1] == '\t') {
				stop--
			}
			if stop == i {
				return keyToken{}
			}
			r := text.Range{Start: i, End: stop}
			if stop-i > 128 || stop != i+j || strings.HasPrefix(rest, "? ") || strings.HasPrefix(rest, "...") || strings.HasPrefix(rest, "---") {
				p.irregular()
			}
			return keyToken{ok: true, r: r, body: r, value: p.s[i:stop], colon: i + j}
		}
		from = j + 1
	}
}

func (p *parser) colonAt(j, end int) bool {
	return j < end && p.s[j] == ':' && (j+1 == end || p.s[j+1] == ' ' || p.s[j+1] == '\t')
}

// closeQuote is the offset of the quote that closes the one at i, or -1.
func (p *parser) closeQuote(i, end int) int {
	q := p.s[i]
	for j := i + 1; j < end; j++ {
		switch {
		case p.s[j] == '\\' && q == '"':
			j++
		case p.s[j] != q:
		case q == '\'' && j+1 < end && p.s[j+1] == '\'':
			j++
		default:
			return j
		}
	}
	return -1
}

func (p *parser) keyNode(k keyToken) *Node {
	n := p.node(Scalar, k.style, k.r)
	n.Body, n.Value = k.body, k.value
	switch k.style {
	case Plain:
		n.Type = resolve(k.value)
		if n.Type != String || strings.Contains(k.value, "<<") || ambiguous(k.value) {
			p.irregular()
		}
	case DoubleQuoted:
		p.checkEscapes(k.body)
	}
	return n
}

// plainStart says whether the text at i can begin a plain scalar.
func (p *parser) plainStart(i, end int) bool {
	switch p.s[i] {
	case '[', ']', '{', '}', '#', '|', '>', '@', '`', '%', ',', '&', '*', '!', '"', '\'':
		return false
	case '-', '?', ':':
		return i+1 < end && p.s[i+1] != ' ' && p.s[i+1] != '\t'
	}
	return true
}
