package format

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// traits are the styles that can hold a value.
type traits struct{ plain, single, literal bool }

// traitsOf analyses a value by the rules of go.yaml.in/yaml/v3's emitter. With
// astral, characters beyond U+FFFF are written as they are; yaml.v3 escapes
// them.
func traitsOf(v string, astral bool) traits {
	t := traits{plain: true, single: true, literal: true}
	if v == "" {
		return traits{single: true}
	}
	if indicates(v) {
		t.plain = false
	}
	if c := v[0]; c == ' ' || c == '\n' {
		t.plain = false
	}
	switch v[len(v)-1] {
	case ' ':
		t.plain, t.literal = false, false
	case '\n':
		t.plain = false
	}
	for i, r := range v {
		switch {
		case r == '\t':
			t.plain, t.single = false, false
			if i == 0 || v[i-1] == '\n' {
				t.literal = false // a reader takes it for indentation
			}
		case r == '\n':
			t.plain = false
			if i > 0 && v[i-1] == ' ' {
				t.single, t.literal = false, false
			}
		case r == ' ':
			if i > 0 && v[i-1] == '\n' {
				t.single = false
			}
		case !printable(r, astral):
			return traits{}
		}
	}
	return t
}

// indicates says whether the value holds what means something in YAML where it
// stands.
func indicates(v string) bool {
	blankAt := func(i int) bool { return i >= len(v) || v[i] == ' ' || v[i] == '\t' || v[i] == '\n' || v[i] == '\r' }
	switch v[0] {
	case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return true
	case '-', '?', ':':
		if blankAt(1) {
			return true
		}
	}
	if strings.HasPrefix(v, "---") || strings.HasPrefix(v, "...") {
		return true
	}
	for i := 1; i < len(v); i++ {
		if v[i] == ':' && blankAt(i+1) || v[i] == '#' && blankAt(i-1) {
			return true
		}
	}
	return false
}

// printable says whether a character may stand in a scalar as it is. The line
// separators of Unicode do not: YAML 1.1 takes them for line breaks.
func printable(r rune, astral bool) bool {
	switch {
	case r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
		return false
	case r > 0xFFFF:
		return astral
	}
	return r == '\n' || r >= 0x20 && r <= 0x7E || r >= 0xA0
}

// scalar is a scalar on one line, or "" for one that wants a literal block.
func (p *printer) scalar(n *syntax.Node) string {
	v := n.Value
	if n.Style == syntax.Plain && (n.Type != syntax.String || typed(v)) {
		return v // a number, a boolean, a date: as it is written
	}
	t := traitsOf(v, strings.ContainsFunc(n.Raw(p.plan.tree), func(r rune) bool { return r > 0xFFFF }))
	switch {
	case strings.Contains(v, "\n"):
		if t.literal && !n.IsKey && strings.Trim(v, "\n") != "" {
			return ""
		}
	case v == "" || typed(v) || oldForm(v):
	case t.plain:
		return v
	case t.single:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	return doubleQuoted(v)
}

// typed says whether a plain scalar of that text is anything but a string to
// go.yaml.in/yaml/v3.
func typed(v string) bool {
	if v == "" {
		return true
	}
	if c := v[0]; (c < '0' || c > '9') && strings.IndexByte("+-.~<yYnNtTfFoO", c) < 0 {
		return false
	}
	n := yaml.Node{Kind: yaml.ScalarNode, Value: v}
	return n.ShortTag() != "!!str"
}

// base60 are the sexagesimal numbers of YAML 1.1 (https://yaml.org/type/).
var base60 = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$`)

// oldForm says whether YAML 1.1 takes the text for a boolean or a number.
func oldForm(v string) bool {
	if _, ok := syntax.YAML11Bool(v); ok {
		return true
	}
	c := v[0]
	return (c == '+' || c == '-' || c >= '0' && c <= '9') && strings.IndexByte(v, ':') > 0 && base60.MatchString(v)
}

// escapes are the short escapes that go.yaml.in/yaml/v3 writes.
var escapes = map[rune]string{
	0: `\0`, '\a': `\a`, '\b': `\b`, '\t': `\t`, '\n': `\n`, '\v': `\v`, '\f': `\f`, '\r': `\r`, 0x1b: `\e`,
	'"': `\"`, '\\': `\\`, 0x85: `\N`, 0x2028: `\L`, 0x2029: `\P`,
}

func doubleQuoted(v string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range v {
		esc, ok := escapes[r]
		switch {
		case ok:
			b.WriteString(esc)
		case printable(r, false):
			b.WriteRune(r)
		case r <= 0xFF:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// block is a block scalar: its header and its lines without indentation.
type block struct {
	header string
	lines  []string
}

// blockOf is the block that a scalar is written as, false for one line.
func (p *printer) blockOf(n *syntax.Node) (block, bool) {
	if n.Kind != syntax.Scalar || n.IsKey || strings.Trim(n.Value, "\n") == "" {
		return block{}, false
	}
	switch n.Style {
	case syntax.Folded:
		return p.folded(n)
	case syntax.Literal:
		if strings.Contains(n.Value, "\n") {
			return literal(n.Value), true
		}
	}
	if strings.Contains(n.Value, "\n") && p.scalar(n) == "" {
		return literal(n.Value), true
	}
	return block{}, false
}

func literal(v string) block {
	b := newBlock("|", v, v[0] == ' ' || v[0] == '\n' || v[0] == '\t')
	b.lines = strings.Split(strings.TrimSuffix(v, "\n"), "\n")
	return b
}

// newBlock makes the header. The indentation has to be named where the first
// line begins with a blank.
func newBlock(style, v string, blank bool) block {
	b := block{header: style}
	if blank {
		b.header += "2"
	}
	switch {
	case !strings.HasSuffix(v, "\n"):
		b.header += "-"
	case strings.HasSuffix(v, "\n\n"):
		b.header += "+"
	}
	return b
}

// folded keeps the lines of a folded scalar as they are, but for one that has
// a single line and no break at its end: it needs no block.
func (p *printer) folded(n *syntax.Node) (block, bool) {
	t, v := p.plan.tree.Text, n.Value
	text := strings.TrimLeft(v, "\n")
	at := p.plan.tree.SourceMap(n).Offset(len(v) - len(text))
	indent := at - t.LineStart(t.LineOf(at))
	var lines []string
	for line := t.LineOf(n.Body.Start); line <= t.LineOf(n.Body.End-1); line++ {
		lines = append(lines, dedent(t.Line(line), indent))
	}
	lines = trimEnd(lines)
	if len(lines) == 1 && !strings.HasSuffix(v, "\n") {
		return block{}, false
	}
	b := newBlock(">", v, lines[0] == "" || lines[0][0] == ' ' || lines[0][0] == '\t')
	b.lines = lines
	if strings.HasSuffix(v, "\n\n") {
		for range len(v) - len(strings.TrimRight(v, "\n")) - 1 {
			b.lines = append(b.lines, "")
		}
	}
	return b, true
}

// dedent removes up to n blanks from the start of a line.
func dedent(line string, n int) string {
	for ; n > 0 && strings.HasPrefix(line, " "); n-- {
		line = line[1:]
	}
	return line
}
