// Package text holds one version of a document's text and is the only place
// that converts between byte offsets, runes, UTF-16 units and the 1-based
// lines and columns people read.
//
// Everything else in dhi-ls speaks of a [Range] of bytes.
package text

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Range is a half-open span of byte offsets in a text.
type Range struct {
	Start, End int
}

// At returns the empty range at offset.
func At(offset int) Range { return Range{offset, offset} }

// Len is the number of bytes in the range.
func (r Range) Len() int { return r.End - r.Start }

// Empty reports whether the range holds no byte.
func (r Range) Empty() bool { return r.End <= r.Start }

// Contains reports whether offset lies in the range, its end included: a
// cursor that stands right behind a word still belongs to the word.
func (r Range) Contains(offset int) bool { return r.Start <= offset && offset <= r.End }

// Covers reports whether other lies wholly inside r.
func (r Range) Covers(other Range) bool { return r.Start <= other.Start && other.End <= r.End }

// Overlaps reports whether the ranges share a byte or touch at a cursor.
func (r Range) Overlaps(other Range) bool { return r.Start <= other.End && other.Start <= r.End }

// Shift moves the range by n bytes.
func (r Range) Shift(n int) Range { return Range{r.Start + n, r.End + n} }

// Union is the smallest range that covers both.
func (r Range) Union(other Range) Range {
	return Range{min(r.Start, other.Start), max(r.End, other.End)}
}

// Text is one immutable version of a document's text with its line index.
// Lines end in LF, CRLF or a lone CR, as in YAML and in LSP.
type Text struct {
	content string
	starts  []int
	ascii   bool
	long    longLines
}

const bom = "\uFEFF"

// New indexes content.
func New(content string) *Text {
	t := &Text{content: content, ascii: isASCII(content)}
	t.starts = make([]int, 1, 1+strings.Count(content, "\n"))
	if strings.IndexByte(content, '\r') >= 0 {
		t.startsWithCR()
		return t
	}
	for at := 0; ; {
		i := strings.IndexByte(content[at:], '\n')
		if i < 0 {
			return t
		}
		at += i + 1
		t.starts = append(t.starts, at)
	}
}

// startsWithCR finds the lines of a text that has a CR, which is rare.
func (t *Text) startsWithCR() {
	for i := 0; i < len(t.content); i++ {
		switch t.content[i] {
		case '\n':
			t.starts = append(t.starts, i+1)
		case '\r':
			if i+1 == len(t.content) || t.content[i+1] != '\n' {
				t.starts = append(t.starts, i+1)
			}
		}
	}
}

// isASCII looks at eight bytes at once: every text is asked.
func isASCII(s string) bool {
	for ; len(s) >= 8; s = s[8:] {
		if s[0]|s[1]|s[2]|s[3]|s[4]|s[5]|s[6]|s[7] >= utf8.RuneSelf {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// String is the whole text.
func (t *Text) String() string { return t.content }

// Len is the number of bytes of the text.
func (t *Text) Len() int { return len(t.content) }

// Full is the range of the whole text.
func (t *Text) Full() Range { return Range{0, len(t.content)} }

// Slice returns the text of r, clamped to the text.
func (t *Text) Slice(r Range) string {
	s, e := t.clamp(r.Start), t.clamp(r.End)
	if e < s {
		return ""
	}
	return t.content[s:e]
}

// BOM is the length in bytes of the byte order mark that opens the text, or 0.
func (t *Text) BOM() int {
	if strings.HasPrefix(t.content, bom) {
		return len(bom)
	}
	return 0
}

// Lines is the number of lines; a text that ends in a line break has an empty
// last line.
func (t *Text) Lines() int { return len(t.starts) }

// LineOf is the 0-based line of the byte offset.
func (t *Text) LineOf(offset int) int {
	offset = t.clamp(offset)
	return sort.Search(len(t.starts), func(i int) bool { return t.starts[i] > offset }) - 1
}

// LineStart is the offset of the first byte of the 0-based line, clamped.
func (t *Text) LineStart(line int) int {
	if line < 0 {
		return 0
	}
	if line >= len(t.starts) {
		return len(t.content)
	}
	return t.starts[line]
}

// LineEnd is the offset behind the last byte of the line, its break excluded.
func (t *Text) LineEnd(line int) int {
	end := t.LineStart(line + 1)
	start := t.LineStart(line)
	if line+1 >= len(t.starts) {
		return len(t.content)
	}
	if end > start && t.content[end-1] == '\n' {
		end--
	}
	if end > start && t.content[end-1] == '\r' {
		end--
	}
	return end
}

// LineRange is the range of the line without its break.
func (t *Text) LineRange(line int) Range { return Range{t.LineStart(line), t.LineEnd(line)} }

// FullLineRange is the range of the line with its break.
func (t *Text) FullLineRange(line int) Range {
	return Range{t.LineStart(line), t.LineStart(line + 1)}
}

// Line is the text of the 0-based line without its break.
func (t *Text) Line(line int) string { return t.Slice(t.LineRange(line)) }

// Newline is the line break the text uses: that of its first line, else LF.
func (t *Text) Newline() string {
	if len(t.starts) < 2 {
		return "\n"
	}
	return t.content[t.LineEnd(0):t.starts[1]]
}

func (t *Text) clamp(offset int) int {
	return min(max(offset, 0), len(t.content))
}
