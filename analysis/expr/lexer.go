package expr

import (
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokString
	tokIdent
	tokOp // one of the operators, punctuation included
	tokUnknown
)

type token struct {
	kind tokenKind
	r    text.Range
	// text is the source of the token, for strings their decoded value.
	text string
	// open marks a string without its closing quote.
	open bool
}

func (t token) is(op string) bool { return t.kind == tokOp && t.text == op }

// operators, longest first.
var operators = []string{"||", "&&", "==", "!=", "?", ":", "+", "!", "(", ")", "."}

// lex splits body up to the } that closes the expression, or up to its end.
// closed tells which; end is the offset of that brace or of the end.
func lex(s string, body text.Range) (tokens []token, end int, closed bool) {
	i := body.Start
	for i < body.End {
		switch c := s[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case c == '}':
			return append(tokens, token{kind: tokEnd, r: text.At(i)}), i, true
		}
		t := next(s[:body.End], i)
		tokens = append(tokens, t)
		i = t.r.End
	}
	return append(tokens, token{kind: tokEnd, r: text.At(body.End)}), body.End, false
}

func next(s string, i int) token {
	c := s[i]
	switch {
	case c == '"':
		return lexString(s, i)
	case isLetter(c) || c == '_':
		name := shellName(s[i:])
		return token{kind: tokIdent, r: text.Range{Start: i, End: i + len(name)}, text: name}
	}
	for _, op := range operators {
		if strings.HasPrefix(s[i:], op) {
			return token{kind: tokOp, r: text.Range{Start: i, End: i + len(op)}, text: op}
		}
	}
	n := unknownLength(s[i:])
	return token{kind: tokUnknown, r: text.Range{Start: i, End: i + n}, text: s[i : i+n]}
}

// unknownLength takes numbers, ${NAME} and single-quoted strings as one token, else
// one character.
func unknownLength(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n > 0 {
		return n
	}
	if end := strings.IndexByte(s, '}'); end >= 0 && strings.HasPrefix(s, "${") {
		return end + 1
	}
	if s[0] == '\'' {
		if end := strings.IndexAny(s[1:], "'\n"); end >= 0 && s[1+end] == '\'' {
			return end + 2
		}
	}
	_, size := utf8.DecodeRuneInString(s)
	return size
}

var stringEscapes = map[byte]byte{'"': '"', '\\': '\\', 'n': '\n', 't': '\t', 'r': '\r'}

// lexString reads a double-quoted string. Without its closing quote it ends
// before a closing brace at the very end of the text, so that a half-typed
// string leaves the expression closed.
func lexString(s string, i int) token {
	var b strings.Builder
	for j := i + 1; j < len(s); j++ {
		switch c := s[j]; {
		case c == '"':
			return token{kind: tokString, r: text.Range{Start: i, End: j + 1}, text: b.String()}
		case c == '\\' && j+1 < len(s) && stringEscapes[s[j+1]] != 0:
			j++
			b.WriteByte(stringEscapes[s[j]])
		default:
			b.WriteByte(c)
		}
	}
	end := len(strings.TrimRight(s, " \t\r\n"))
	if s[end-1] == '}' && end-1 > i {
		end = max(i+1, len(strings.TrimRight(s[:end-1], " \t\r\n")))
	}
	end = max(end, i+1)
	return token{kind: tokString, r: text.Range{Start: i, End: end}, text: s[i+1 : end], open: true}
}
