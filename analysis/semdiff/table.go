package semdiff

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Widths of the columns of a table, in characters.
const (
	labelWidth = 30
	valueWidth = 48
)

// Table writes changes side by side, what a has in the left column and what b
// has in the right one, below the names of the two and the sections. Of
// scripts only the lines that differ are shown. marked, which may be nil, has
// a change marked with an asterisk.
func Table(a, b string, list []Change, marked func(*Change) bool) string {
	var w strings.Builder
	row(&w, "", a, b)
	w.WriteString(strings.Repeat("-", labelWidth+2*valueWidth+6) + "\n")
	section := ""
	for i := range list {
		c := &list[i]
		if c.Section != section {
			section = c.Section
			w.WriteString(printable(section) + "\n")
		}
		label := "  " + c.Label
		if marked != nil && marked(c) {
			label = "* " + c.Label
		}
		switch {
		case c.Script:
			scriptRows(&w, label, c.Old, c.New)
		case c.Kind == Moved:
			row(&w, label, "in the order "+c.Old, "in the order "+c.New)
		default:
			row(&w, label, value(c.Old, c.Kind != Added), value(c.New, c.Kind != Removed))
		}
	}
	return w.String()
}

// value tells an empty value from none.
func value(s string, there bool) string {
	switch {
	case !there:
		return "-"
	case s == "":
		return `""`
	}
	return s
}

// scriptRows are the lines of a script that differ, with the numbers of the
// lines.
func scriptRows(w *strings.Builder, label, old, new string) {
	old, new = whole(old), whole(new)
	row(w, label, "", "")
	for _, e := range udiff.Lines(old, new) {
		from := 1 + strings.Count(old[:e.Start], "\n")
		left, right := split(old[e.Start:e.End]), split(e.New)
		for i := range max(len(left), len(right)) {
			var l, r string
			at := fmt.Sprintf("    line %d", from+i)
			if i < len(left) {
				l = left[i]
			}
			if i < len(right) {
				r = right[i]
			}
			row(w, at, l, r)
		}
	}
}

// whole ends a text with a line break.
func whole(s string) string {
	if s == "" || strings.HasSuffix(s, "\n") {
		return s
	}
	return s + "\n"
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// row writes one row, on several lines where a cell is wide.
func row(w *strings.Builder, label, left, right string) {
	cells := [3][]string{wrap(label, labelWidth), wrap(left, valueWidth), wrap(right, valueWidth)}
	for i := range max(len(cells[0]), len(cells[1]), len(cells[2]), 1) {
		line := cell(cells[0], i, labelWidth) + " | " + cell(cells[1], i, valueWidth) + " | " + cell(cells[2], i, 0)
		w.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func cell(lines []string, i, width int) string {
	s := ""
	if i < len(lines) {
		s = lines[i]
	}
	return s + strings.Repeat(" ", max(0, width-len([]rune(s))))
}

// maxLines bounds the lines of a cell.
const maxLines = 12

// wrap breaks a text after so many characters, at a blank where there is one
// near.
func wrap(s string, width int) []string {
	runes := []rune(printable(s))
	var out []string
	for len(runes) > width && len(out) < maxLines {
		cut := width
		for i := width; i > width*2/3; i-- {
			if runes[i-1] == ' ' {
				cut = i
				break
			}
		}
		out = append(out, strings.TrimRight(string(runes[:cut]), " "))
		runes = runes[cut:]
	}
	if len(out) == maxLines && len(runes) > 0 {
		return append(out[:maxLines-1], "…")
	}
	return append(out, string(runes))
}

// printable makes control characters visible: a value must not steer a
// terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return '·'
		}
		return r
	}, s)
}
