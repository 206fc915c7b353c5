package entry

import (
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
)

// maskByte stands for every byte of a ${}. It is a letter no less than a hex
// digit, so that it is legal in names, versions, tags and URLs.
const maskByte = 'a'

// mask replaces every ${} of s by letters of equal length.
func mask(s string) (masked string, has bool) {
	if !strings.Contains(s, "${") {
		return s, false
	}
	t := expr.Parse(s)
	b := []byte(s)
	for i := range t.Parts {
		if t.Parts[i].Kind == expr.Literal {
			continue
		}
		for j := t.Parts[i].Range.Start; j < t.Parts[i].Range.End; j++ {
			b[j] = maskByte
		}
	}
	return string(b), true
}

// templateProblems are the problems of the substitutions themselves, which
// would hide the value's own.
func templateProblems(s string) []Problem {
	t := expr.Parse(s)
	var out []Problem
	for _, p := range t.Problems {
		if !p.Kind.Note() {
			out = append(out, Problem{Kind: MalformedTemplate, Range: p.Range, Message: p.Message, Fix: p.Fix, FixTitle: p.FixTitle})
		}
	}
	return out
}

// hasTemplate reports whether s holds a ${.
func hasTemplate(s string) bool { return strings.Contains(s, "${") }

func alnum(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

func nameByte(c byte) bool { return alnum(c) || strings.IndexByte("+-._", c) >= 0 }

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}
