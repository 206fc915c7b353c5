package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

const (
	reset  = "\x1b[0m"
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	blue   = "\x1b[1;34m"
	cyan   = "\x1b[1;36m"
	green  = "\x1b[1;32m"
	dim    = "\x1b[2m"
)

var severityColor = map[diagnostic.Severity]string{
	diagnostic.Error: red, diagnostic.Warning: yellow, diagnostic.Info: cyan, diagnostic.Hint: blue,
}

type painter struct {
	w     *bufio.Writer
	color bool
}

func (p painter) paint(color, s string) string {
	if !p.color {
		return s
	}
	return color + s + reset
}

func (p painter) printf(format string, args ...any) { fmt.Fprintf(p.w, format, args...) }

// writeText writes the findings in the manner of rustc and ruff.
func writeText(w io.Writer, r *Report, opt Options) error {
	p := painter{bufio.NewWriter(w), opt.Color}
	for i := range r.Findings {
		p.finding(&r.Findings[i])
	}
	for _, n := range r.Notices {
		p.printf("%s: %s\n", p.paint(bold, "notice"), Clean(n.Message))
	}
	if !opt.Quiet {
		p.summary(r)
	}
	return p.w.Flush()
}

func (p painter) finding(f *Finding) {
	color := severityColor[f.Severity]
	// Findings of a build tell the step and the end of its log below.
	title, more, _ := strings.Cut(f.Message, "\n")
	p.printf("%s%s %s\n", p.paint(color, f.Severity.String()), p.paint(bold, "["+Clean(f.Code)+"]:"), p.paint(bold, Clean(title)))
	gutter := len(strconv.Itoa(f.Range.Start.Line + len(f.Lines)))
	pad := strings.Repeat(" ", gutter)
	p.printf("%s%s %s:%d:%d\n", pad, p.paint(blue, "-->"), Clean(f.File), f.Range.Start.Line, f.Range.Start.Column)
	bar := p.paint(blue, "|")
	p.printf("%s %s\n", pad, bar)
	for i, line := range f.Lines {
		number := strconv.Itoa(f.Range.Start.Line + i)
		shown, from, to := excerpt(line, f.spanOf(i, line))
		p.printf("%s %s %s\n", p.paint(blue, strings.Repeat(" ", gutter-len(number))+number), bar, shown)
		p.printf("%s %s %s%s\n", pad, bar, strings.Repeat(" ", from), p.paint(color, strings.Repeat("^", max(1, to-from))))
	}
	for _, line := range lines(more) {
		p.printf("%s %s %s\n", pad, p.paint(blue, "="), Clean(line))
	}
	for i, line := range lines(f.Help) {
		label := "help:"
		if i > 0 {
			label = "     "
		}
		p.printf("%s %s %s %s\n", pad, p.paint(blue, "="), p.paint(bold, label), Clean(line))
	}
	for _, rel := range f.Related {
		p.printf("%s %s %s %s (%s:%d:%d)\n", pad, p.paint(blue, "="), p.paint(bold, "note:"), Clean(rel.Message), Clean(rel.File), rel.Range.Start.Line, rel.Range.Start.Column)
	}
	for _, fix := range f.Fixes {
		kind := "--fix"
		if !fix.Safe {
			kind = "--unsafe-fixes"
		}
		p.printf("%s %s %s %s (%s)\n", pad, p.paint(blue, "="), p.paint(bold, "fix:"), Clean(fix.Title), kind)
	}
	p.printf("\n")
}

// lines are the lines of s, none for an empty one.
func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// span is a range of code points of a line, 0-based.
type span struct{ from, to int }

func (f *Finding) spanOf(i int, line string) span {
	n := utf8.RuneCountInString(line)
	s := span{0, n}
	if i == 0 {
		s.from = f.Range.Start.Column - 1
	} else {
		s.from = n - utf8.RuneCountInString(strings.TrimLeft(line, " \t"))
	}
	if f.Range.Start.Line+i == f.Range.End.Line {
		s.to = f.Range.End.Column - 1
	}
	return s
}

const maxWidth = 140

// excerpt is the line as shown, cut to a window around the span, with the
// columns at which the span stands in it.
func excerpt(line string, s span) (shown string, from, to int) {
	runes := []rune(line)
	start := 0
	if len(runes) > maxWidth && s.from > maxWidth/2 {
		start = min(s.from-maxWidth/3, len(runes)-maxWidth)
	}
	end := min(len(runes), start+maxWidth)
	var b strings.Builder
	col := 0
	if start > 0 {
		b.WriteString("…")
		col = 1
	}
	from, to = -1, -1
	for i := start; i <= end; i++ {
		if i == s.from {
			from = col
		}
		if i == s.to {
			to = col
		}
		if i == end {
			break
		}
		visible := visibleRune(runes[i])
		b.WriteString(visible)
		col += width(visible)
	}
	if end < len(runes) {
		b.WriteString("…")
	}
	if from < 0 {
		from = col
	}
	if to < from {
		to = max(from, col)
		if s.to <= s.from {
			to = from
		}
	}
	return b.String(), from, to
}

// width is the number of terminal columns, wide East Asian characters and
// combining marks taken into account roughly.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r >= 0x1100 && (unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hangul, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) || r >= 0x1F300 && r <= 0x1FAFF):
			n += 2
		default:
			n++
		}
	}
	return n
}

func visibleRune(r rune) string {
	switch {
	case r == '\t':
		return "    "
	case r == utf8.RuneError || !unicode.IsPrint(r) && r != ' ':
		return "�"
	}
	return string(r)
}

// Clean makes text from files safe for a terminal: nothing in it can move the
// cursor, colour or hide what follows.
func Clean(s string) string {
	clean := true
	for _, r := range s {
		if !unicode.IsPrint(r) && r != ' ' {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		q := strconv.QuoteRune(r)
		b.WriteString(q[1 : len(q)-1])
	}
	return b.String()
}

func (p painter) summary(r *Report) {
	s := r.Summary
	var found []string
	for _, c := range []struct {
		n     int
		name  string
		color string
	}{{s.Errors, "error", red}, {s.Warnings, "warning", yellow}, {s.Infos, "info", cyan}, {s.Hints, "hint", blue}} {
		if c.n > 0 {
			found = append(found, p.paint(c.color, plural(c.n, c.name)))
		}
	}
	result := p.paint(green, "no findings")
	if len(found) > 0 {
		result = strings.Join(found, ", ")
	}
	p.printf("%s in %s", result, plural(s.Definitions, "definition"))
	var rest []string
	for _, c := range []struct {
		n    int
		text string
	}{
		{s.Skipped, "skipped as other files"}, {s.Suppressed, "suppressed"}, {s.Baselined, "in the baseline"}, {s.Fixed, "fixed"},
	} {
		if c.n > 0 {
			rest = append(rest, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	if len(rest) > 0 {
		p.printf(" %s", p.paint(dim, "("+strings.Join(rest, ", ")+")"))
	}
	p.printf("\n")
	if s.Fixable > 0 {
		p.printf("%s can be fixed with --fix\n", plural(s.Fixable, "finding"))
	}
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
