package lsp_test

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// wide is what the word narrow becomes in the non-ASCII variant: runes of two,
// three and four bytes, of one and two UTF-16 units.
const (
	narrow = "WIDE"
	wide   = "Ä中𝄞ß"
)

// variant is a way to write the same text.
type variant struct {
	name           string
	crlf, bom, wid bool
}

var variants = []variant{
	{name: "lf"},
	{name: "crlf", crlf: true},
	{name: "bom", bom: true},
	{name: "wide", wid: true},
	{name: "all", crlf: true, bom: true, wid: true},
}

// written is a text in a variant, with the way back.
type written struct {
	base, text *text.Text
	// forth leads from bytes of base to those of text; back the other way, -1
	// where no byte of base stands.
	forth, back []int
}

// write makes the variant of a text.
func (v variant) write(base string) *written {
	w := &written{base: text.New(base), forth: make([]int, 0, len(base)+1)}
	var out strings.Builder
	emit := func(original, s string) {
		at := len(w.forth)
		for i := range len(original) {
			w.forth = append(w.forth, out.Len()+min(i, len(s)))
		}
		for i := range len(s) {
			back := -1
			if i == 0 {
				back = at
			}
			w.back = append(w.back, back)
		}
		out.WriteString(s)
	}
	if v.bom {
		out.WriteString("\ufeff")
		w.back = append(w.back, 0, -1, -1)
	}
	for i := 0; i < len(base); {
		switch {
		case v.crlf && base[i] == '\n':
			emit("\n", "\r\n")
			i++
		case v.wid && strings.HasPrefix(base[i:], narrow):
			for j, r := range []rune(wide) {
				emit(narrow[j:j+1], string(r))
			}
			i += len(narrow)
		default:
			_, size := utf8.DecodeRuneInString(base[i:])
			emit(base[i:i+size], base[i:i+size])
			i += size
		}
	}
	w.forth, w.back = append(w.forth, out.Len()), append(w.back, len(base))
	w.text = text.New(out.String())
	return w
}

// plain undoes the variant in a piece of text.
func plain(s string) string {
	return strings.NewReplacer("\ufeff", "", "\r\n", "\n", wide, narrow).Replace(s)
}

// origin is the byte of base at a byte of the text; the break of a line is one
// place.
func (w *written) origin(offset int) (int, error) {
	if offset < 0 || offset >= len(w.back) || w.back[offset] < 0 {
		return 0, fmt.Errorf("byte %d is inside of a character", offset)
	}
	return w.back[offset], nil
}

// show writes a range of base as 3:5-9 or 3:5-4:1, counted from 1.
func (w *written) show(start, end int) string {
	h := w.base.HumanRange(text.Range{Start: start, End: end})
	if h.Start.Line == h.End.Line {
		return fmt.Sprintf("%d:%d-%d", h.Start.Line, h.Start.Column, h.End.Column)
	}
	return fmt.Sprintf("%d:%d-%d:%d", h.Start.Line, h.Start.Column, h.End.Line, h.End.Column)
}
