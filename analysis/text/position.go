package text

import (
	"unicode/utf8"
)

// Encoding is the unit in which a client counts the columns of a line.
type Encoding uint8

const (
	// UTF16 counts UTF-16 code units, the default of LSP.
	UTF16 Encoding = iota
	// UTF8 counts bytes.
	UTF8
	// UTF32 counts Unicode code points.
	UTF32
)

// Position is a 0-based line and column, the column in units of an Encoding.
type Position struct {
	Line, Column int
}

// Human is a 1-based line and column as people read them; columns count
// Unicode code points, and a byte order mark is not counted.
type Human struct {
	Line, Column int
}

// HumanRange is a span of human positions, its end exclusive.
type HumanRange struct {
	Start, End Human
}

// Position converts a byte offset. An offset inside a character is taken as
// that character's start.
func (t *Text) Position(offset int, enc Encoding) Position {
	offset = t.clamp(offset)
	line := t.LineOf(offset)
	start := t.starts[line]
	if t.ascii || enc == UTF8 {
		return Position{line, offset - start}
	}
	if offset-start > longLine {
		return Position{line, t.unitsBefore(offset, enc) - t.unitsBefore(start, enc)}
	}
	return Position{line, units(t.content[start:offset], enc)}
}

// Offset converts a position to a byte offset. A line behind the last is the
// end of the text; a column behind the line's end is the line's end; a column
// inside a character is the character's start.
func (t *Text) Offset(p Position, enc Encoding) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(t.starts) {
		return len(t.content)
	}
	start, end := t.LineStart(p.Line), t.LineEnd(p.Line)
	if p.Column <= 0 {
		return start
	}
	if t.ascii {
		return min(start+p.Column, end)
	}
	if enc != UTF8 && end-start > longLine {
		return t.offsetInLongLine(start, end, p.Column, enc)
	}
	return start + byteOf(t.content[start:end], p.Column, enc)
}

// Human converts a byte offset to the line and column people read.
func (t *Text) Human(offset int) Human {
	p := t.Position(offset, UTF32)
	if p.Line == 0 && t.BOM() > 0 && p.Column > 0 {
		p.Column--
	}
	return Human{p.Line + 1, p.Column + 1}
}

// HumanRange converts a byte range.
func (t *Text) HumanRange(r Range) HumanRange {
	return HumanRange{t.Human(r.Start), t.Human(r.End)}
}

// HumanBytes converts a byte range for programs that count columns in bytes of
// UTF-8, from 1; a byte order mark counts as it stands in the file.
func (t *Text) HumanBytes(r Range) HumanRange {
	human := func(offset int) Human {
		p := t.Position(offset, UTF8)
		return Human{p.Line + 1, p.Column + 1}
	}
	return HumanRange{human(r.Start), human(r.End)}
}

// OffsetOfHuman converts a 1-based line and code-point column.
func (t *Text) OffsetOfHuman(h Human) int {
	col := h.Column - 1
	if h.Line == 1 && t.BOM() > 0 {
		col++
	}
	return t.Offset(Position{h.Line - 1, col}, UTF32)
}

// units is the length of s in the encoding's units. Invalid bytes count as
// one unit each, as the U+FFFD that replaces them would.
func units(s string, enc Encoding) int {
	n := 0
	for _, r := range s {
		n += width(r, enc)
	}
	return n
}

func width(r rune, enc Encoding) int {
	if enc == UTF16 && r > 0xFFFF {
		return 2
	}
	return 1
}

// byteOf is the byte offset in s of the given column.
func byteOf(s string, column int, enc Encoding) int {
	if enc == UTF8 {
		column = min(column, len(s))
		for column > 0 && column < len(s) && !utf8.RuneStart(s[column]) {
			column--
		}
		return column
	}
	n := 0
	for i, r := range s {
		w := width(r, enc)
		if n+w > column {
			return i
		}
		n += w
	}
	return len(s)
}
