package expr

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// PlaceKind says what a cursor stands in.
type PlaceKind uint8

const (
	// InText: plain text, nothing to complete.
	InText PlaceKind = iota
	// InName: the name of ${NAME}, also right behind ${.
	InName
	// InRegex: the regular expression of ${NAME:regex}.
	InRegex
	// InOperand: where an operand of a build expression may start or is typed.
	InOperand
	// InMember: behind a dot in a build expression; Path is what stands before.
	InMember
	// InString: inside a string of a build expression; Path is the member it
	// is compared with, if any.
	InString
	// InOperator: behind a whole operand, where an operator may follow.
	InOperator
)

// Place is where a cursor stands in a template.
type Place struct {
	Kind PlaceKind
	// Part is the index in Parts, -1 in an empty string.
	Part int
	// Prefix is what is typed of the word before the cursor.
	Prefix string
	// Replace is the range of the whole word, to be replaced by a choice.
	Replace text.Range
	// Closed says that the closing brace is there already.
	Closed bool
	// Path is the dotted path, see InMember and InString.
	Path string
}

// At tells what stands at the offset, in bytes.
func (t *Template) At(offset int) Place {
	offset = min(max(offset, 0), len(t.Source))
	place := Place{Part: t.PartAt(offset), Replace: text.At(offset)}
	if place.Part < 0 {
		return place
	}
	part := &t.Parts[place.Part]
	place.Closed = part.Closed
	switch {
	case part.Kind == Literal:
	case part.Expr != nil:
		part.Expr.at(offset, &place)
	case part.HasRegex && offset >= part.RegexRange.Start && part.RegexRange.Contains(offset):
		place.Kind = InRegex
		place.set(t.Source, part.RegexRange, offset)
	case part.NameRange.Contains(offset):
		place.Kind = InName
		place.set(t.Source, part.NameRange, offset)
	}
	return place
}

func (p *Place) set(s string, r text.Range, offset int) {
	p.Replace = r
	p.Prefix = s[r.Start:offset]
}

// at finds the token the cursor is in or behind.
func (e *Expr) at(offset int, place *Place) {
	if offset < e.Range.Start || offset > e.Range.End {
		return
	}
	cur := -1
	for i, t := range e.tokens {
		if t.kind != tokEnd && t.r.Start < offset && offset <= t.r.End {
			cur = i
		}
	}
	switch {
	case cur < 0:
		place.Kind = e.expects(offset)
		return
	case e.tokens[cur].kind == tokIdent:
		place.set(e.source, e.tokens[cur].r, offset)
		place.Kind, place.Path = e.word(cur)
	case e.tokens[cur].is("."):
		place.Kind = InMember
		place.Path = e.pathBefore(cur)
		if n := e.tokens[cur+1]; n.kind == tokIdent && n.r.Start == offset {
			place.Replace = n.r
		}
	case e.tokens[cur].kind == tokString:
		e.inString(cur, offset, place)
	default:
		place.Kind = e.expects(offset)
	}
}

func (e *Expr) word(i int) (PlaceKind, string) {
	if i > 0 && e.tokens[i-1].is(".") {
		return InMember, e.pathBefore(i - 1)
	}
	return InOperand, ""
}

// pathBefore is the dotted path that ends before the dot at token index dot.
func (e *Expr) pathBefore(dot int) string {
	var names []string
	for i := dot; i > 0 && e.tokens[i].is(".") && e.tokens[i-1].kind == tokIdent; i -= 2 {
		names = append([]string{e.tokens[i-1].text}, names...)
		if i < 2 {
			break
		}
	}
	return strings.Join(names, ".")
}

func (e *Expr) inString(i, offset int, place *Place) {
	t := e.tokens[i]
	inner := text.Range{Start: t.r.Start + 1, End: t.r.End}
	if !t.open {
		inner.End--
		if offset == t.r.End {
			place.Kind = InOperator
			return
		}
	}
	place.Kind = InString
	place.set(e.source, inner, offset)
	if i >= 4 && (e.tokens[i-1].is("==") || e.tokens[i-1].is("!=")) && e.tokens[i-2].kind == tokIdent && e.tokens[i-3].is(".") {
		place.Path = e.pathBefore(i-3) + "." + e.tokens[i-2].text
	}
}

// expects says whether an operand or an operator is due at offset.
func (e *Expr) expects(offset int) PlaceKind {
	last := token{kind: tokOp}
	for _, t := range e.tokens {
		if t.kind != tokEnd && t.r.End <= offset {
			last = t
		}
	}
	if last.kind == tokString || last.kind == tokIdent || last.is(")") {
		return InOperator
	}
	return InOperand
}
