package expr

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const (
	// MaxLength bounds, in bytes, one build expression.
	MaxLength = 64 << 10
	// maxSubstitution bounds how far, in bytes, the brace that closes a
	// substitution is looked for.
	maxSubstitution = 1024
)

// Parse reads a value of a definition. It accepts any text: what is half
// typed becomes a part with Closed unset and a problem.
func Parse(s string) Template {
	p := &parser{s: s}
	if at := leadingExpression(s); at >= 0 {
		p.expression(at)
	}
	p.template()
	return Template{Source: s, Parts: p.parts, Problems: p.problems}
}

// leadingExpression is the offset of the #{ that opens s behind blanks, or -1.
func leadingExpression(s string) int {
	trimmed := strings.TrimLeft(s, " \t\r\n")
	if strings.HasPrefix(trimmed, "#{") {
		return len(s) - len(trimmed)
	}
	return -1
}

// ParseScript reads the substitutions of a runs script. They look like those
// of the shell, so that nothing is reported, and what can only be the shell's
// is of kind Shell.
func ParseScript(s string) Template {
	p := &parser{s: s, script: true}
	p.template()
	return Template{Source: s, Parts: p.parts}
}

type parser struct {
	script   bool
	s        string
	at       int // everything before is in parts
	parts    []Part
	problems []Problem
}

func (p *parser) report(kind ProblemKind, r text.Range, name, message string) *Problem {
	p.problems = append(p.problems, Problem{Kind: kind, Range: r, Message: message, Name: name})
	return &p.problems[len(p.problems)-1]
}

func (pr *Problem) fix(title string, r text.Range, with string) {
	pr.FixTitle, pr.Fix = title, &text.Edit{Range: r, New: with}
}

// literalTo closes the text before a substitution.
func (p *parser) literalTo(end int) {
	if end > p.at {
		r := text.Range{Start: p.at, End: end}
		p.parts = append(p.parts, Part{Kind: Literal, Range: r, Closed: true})
	}
	p.at = max(p.at, end)
}

func (p *parser) add(part Part) {
	p.literalTo(part.Range.Start)
	p.parts = append(p.parts, part)
	p.at = part.Range.End
}

// template reads from p.at to the end of the string.
func (p *parser) template() {
	for i := p.at; i < len(p.s); {
		i = p.step(i)
	}
	p.literalTo(len(p.s))
}

// step looks at byte i and returns where to go on.
func (p *parser) step(i int) int {
	j := strings.IndexByte(p.s[i:], '$')
	if !p.script {
		j = strings.IndexAny(p.s[i:], "$#{")
	}
	if j < 0 {
		return len(p.s)
	}
	i += j
	rest := p.s[i:]
	switch {
	case strings.HasPrefix(rest, "${"):
		p.substitution(i)
		return p.at
	case p.script:
		return i + 1
	case rest[0] == '$':
		return p.dollar(i)
	case strings.HasPrefix(rest, "#{"):
		return p.embedded(i)
	case rest[0] == '{':
		return p.brace(i)
	}
	return i + 1
}

// expression reads the #{ at offset open, which starts the string.
func (p *parser) expression(open int) {
	body := text.Range{Start: open + 2, End: len(p.s)}
	e := parseExpr(p.s, body)
	part := Part{Kind: Expression, Closed: e.Closed, Expr: e}
	part.Range = text.Range{Start: open, End: e.Range.End}
	if e.Closed {
		part.Range.End++
	}
	p.add(part)
	if !e.Closed {
		end := open + len(strings.TrimRight(p.s[open:], " \t\r\n"))
		pr := p.report(Unclosed, text.Range{Start: open, End: open + 2}, "", "the expression is not closed: expected } at its end")
		pr.fix("Close the expression", text.At(end), " }")
	}
	p.problems = append(p.problems, e.Problems...)
	if rest := p.s[part.Range.End:]; strings.TrimSpace(rest) != "" {
		p.report(NotWhole, text.Range{Start: part.Range.End, End: len(p.s)}, "",
			"text follows the expression: an expression is the whole value; join text with +")
	}
}

// embedded notes a #{ in the middle of text.
func (p *parser) embedded(i int) int {
	end := strings.IndexByte(p.s[i:], '}')
	if end >= 0 {
		p.report(NotWhole, text.Range{Start: i, End: i + end + 1}, "",
			"an expression is the whole value: put the text into the expression and join it with +")
	}
	return i + 2
}

// dollar notes $NAME.
func (p *parser) dollar(i int) int {
	name := shellName(p.s[i+1:])
	if name == "" || escaped(p.s, i) || i > 0 && p.s[i-1] == '$' {
		return i + 1
	}
	r := text.Range{Start: i, End: i + 1 + len(name)}
	pr := p.report(ShellVariable, r, name, fmt.Sprintf("$%s is not substituted here: write ${%s}", name, name))
	pr.fix("Write ${"+name+"}", r, "${"+name+"}")
	return r.End
}

var lookAlike = regexp.MustCompile(`^\{([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)\}`)

// brace notes {NAME} and @{NAME}.
func (p *parser) brace(i int) int {
	m := lookAlike.FindStringSubmatch(p.s[i:min(len(p.s), i+128)])
	if m == nil || len(m[1]) < 2 || strings.HasPrefix(p.s[i+len(m[0]):], "}") {
		return i + 1
	}
	start := i
	if i > 0 {
		switch c := p.s[i-1]; {
		case c == '@':
			start--
		case strings.IndexByte(`{%\&#!^$`, c) >= 0:
			return i + 1
		}
	}
	r := text.Range{Start: start, End: i + len(m[0])}
	pr := p.report(LooksLikeVariable, r, m[1], fmt.Sprintf("%s is not substituted: write ${%s}", p.s[r.Start:r.End], m[1]))
	pr.fix("Write ${"+m[1]+"}", r, "${"+m[1]+"}")
	return r.End
}

// escaped reports an odd number of backslashes before i.
func escaped(s string, i int) bool {
	n := 0
	for i-n > 0 && s[i-n-1] == '\\' {
		n++
	}
	return n%2 == 1
}

func shellName(s string) string {
	n := 0
	for n < len(s) && (isLetter(s[n]) || s[n] == '_' || n > 0 && isDigit(s[n])) {
		n++
	}
	return s[:n]
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// SubstitutionAt reads the one substitution of a runs script whose ${ stands
// at the offset open.
func SubstitutionAt(s string, open int) Part {
	p := &parser{s: s, script: true, at: open}
	p.substitution(open)
	return p.parts[len(p.parts)-1]
}
