package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// table aligns columns; the last one is never padded.
type table struct {
	head  []string
	right map[int]bool // columns of numbers
	rows  [][]string
}

// row adds a row; its cells may hold text of definitions, indexes or registries.
func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = report.Clean(c)
	}
	t.rows = append(t.rows, cells)
}

func (t *table) write(w io.Writer) error {
	width := make([]int, len(t.head))
	all := append([][]string{t.head}, t.rows...)
	for _, r := range all {
		for i, c := range r {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	out := bufio.NewWriter(w)
	for _, r := range all {
		for i, c := range r {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(c))
			switch {
			case t.right[i]:
				fmt.Fprint(out, pad, c)
			case i < len(r)-1:
				fmt.Fprint(out, c, pad)
			default:
				fmt.Fprint(out, c)
			}
			if i < len(r)-1 {
				fmt.Fprint(out, "  ")
			}
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}

// megabytes is a size for people, in units of 1000.
func megabytes(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}
