package text

import (
	"sort"
	"sync"
)

// A column is counted from the start of its line. In a line of many thousand
// characters with as many findings, tokens or hints that is quadratic, so that
// in a long line it is counted from a mark.

// markEvery is how many bytes lie between two marks, and longLine how far from
// the start of its line a place must be for marks to be worth it.
const (
	markEvery = 1 << 10
	longLine  = 4 * markEvery
)

// mark is the start of a character and how many units stand before it.
type mark struct{ offset, utf16, utf32 int }

func (m mark) units(enc Encoding) int {
	if enc == UTF16 {
		return m.utf16
	}
	return m.utf32
}

// longLines are the marks of a text, made when a long line is first counted.
type longLines struct {
	once  sync.Once
	marks []mark
}

func (l *longLines) of(content string) []mark {
	l.once.Do(func() {
		var at mark
		next := 0
		for i, r := range content {
			if i >= next {
				at.offset = i
				l.marks = append(l.marks, at)
				next = i + markEvery
			}
			at.utf16 += width(r, UTF16)
			at.utf32++
		}
	})
	return l.marks
}

// unitsBefore is how many units stand before the start of a character.
func (t *Text) unitsBefore(offset int, enc Encoding) int {
	marks := t.long.of(t.content)
	i := sort.Search(len(marks), func(i int) bool { return marks[i].offset > offset }) - 1
	if i < 0 {
		return 0
	}
	return marks[i].units(enc) + units(t.content[marks[i].offset:offset], enc)
}

// offsetInLongLine is the byte at a column of the line from start to end.
func (t *Text) offsetInLongLine(start, end, column int, enc Encoding) int {
	marks, before := t.long.of(t.content), t.unitsBefore(start, enc)
	i := sort.Search(len(marks), func(i int) bool { return marks[i].units(enc)-before > column || marks[i].offset > end }) - 1
	if i < 0 || marks[i].offset <= start {
		return start + byteOf(t.content[start:end], column, enc)
	}
	from := marks[i].offset
	return from + byteOf(t.content[from:end], column-(marks[i].units(enc)-before), enc)
}
