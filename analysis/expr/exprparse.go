package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// maxDepth bounds the nesting of parentheses, negations and ternaries.
const maxDepth = 200

// ParseExpr reads the text of an expression without its braces.
func ParseExpr(s string) *Expr {
	return parseExpr(s, text.Range{Start: 0, End: len(s)})
}

// parseExpr reads the expression in body, up to its closing brace.
func parseExpr(s string, body text.Range) *Expr {
	e := &Expr{source: s, Range: body}
	if body.Len() > MaxLength {
		e.tooLong(body)
		return e
	}
	e.tokens, e.Range.End, e.Closed = lex(s, body)
	p := &exprParser{e: e}
	e.Root = p.ternary()
	p.finish()
	if len(e.Problems) == 0 {
		check(e)
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int { return a.Range.Start - b.Range.Start })
	return e
}

func (e *Expr) tooLong(body text.Range) {
	e.Root = &Bad{Range: body}
	e.tokens = []token{{kind: tokEnd, r: text.At(body.Start)}}
	e.report(TooLong, body, "", fmt.Sprintf("the expression is longer than %d bytes and is not read", MaxLength))
	if end := len(strings.TrimRight(e.source[:body.End], " \t\r\n")); e.source[end-1] == '}' {
		e.Range.End = end - 1
		e.Closed = true
	}
}

func (e *Expr) report(kind ProblemKind, r text.Range, name, message string) *Problem {
	e.Problems = append(e.Problems, Problem{Kind: kind, Range: r, Message: message, Name: name})
	return &e.Problems[len(e.Problems)-1]
}

type exprParser struct {
	e     *Expr
	at    int
	depth int
	// failed stops further reports: what follows the first syntax problem is
	// its echo.
	failed bool
}

func (p *exprParser) peek() token { return p.e.tokens[p.at] }

func (p *exprParser) take() token {
	t := p.e.tokens[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

func (p *exprParser) fail(kind ProblemKind, r text.Range, message string) *Problem {
	if p.failed {
		return &Problem{}
	}
	p.failed = true
	return p.e.report(kind, r, "", message)
}

// finish reports what is left behind a whole expression.
func (p *exprParser) finish() {
	t := p.peek()
	switch {
	case t.kind == tokEnd:
	case t.kind == tokUnknown:
		p.unknown(t)
	case t.is(")"):
		p.fail(Syntax, t.r, "unexpected ): no parenthesis is open")
	case t.is(":"):
		p.fail(Syntax, t.r, "unexpected : without a ? before it")
	case t.is("."):
		p.fail(Syntax, t.r, "unexpected . : members belong to a name, as in target.arch")
	default:
		p.fail(Syntax, t.r, fmt.Sprintf("unexpected %s: expected an operator (|| && == != + ?) or the end of the expression", p.e.source[t.r.Start:t.r.End]))
	}
}

// singleOps are mistyped operators and what was meant.
var singleOps = map[string]string{"=": "==", "|": "||", "&": "&&"}

// unknown reports a token the grammar lacks.
func (p *exprParser) unknown(t token) {
	first := t.text[0]
	switch meant, single := singleOps[t.text]; {
	case single:
		p.fail(Syntax, t.r, fmt.Sprintf("unexpected %s: did you mean %s?", t.text, meant)).
			fix("Write "+meant, t.r, meant)
	case first == '\'' && len(t.text) > 1:
		quoted := `"` + t.text[1:len(t.text)-1] + `"`
		p.fail(UnknownSyntax, t.r, "strings of an expression are written in double quotes").
			fix("Use double quotes", t.r, quoted)
	case isDigit(first):
		p.fail(UnknownSyntax, t.r, fmt.Sprintf("numbers are not known in expressions: write the string \"%s\"", t.text))
	case first == '$':
		p.dollar(t)
	default:
		p.fail(UnknownSyntax, t.r, fmt.Sprintf("%q is not known in expressions: they have ||, &&, ==, !=, +, !, ? :, parentheses, strings, target.arch and definition.vars.NAME", t.text))
	}
}

func (p *exprParser) dollar(t token) {
	pr := p.fail(Syntax, t.r, "${NAME} is not substituted in an expression: write definition.vars.NAME")
	name := strings.TrimSuffix(strings.TrimPrefix(t.text, "${"), "}")
	switch {
	case shellName(name) == name && name != "":
		pr.fix("Write definition.vars."+name, t.r, "definition.vars."+name)
	case isBuiltinName(name):
		pr.fix("Write "+name, t.r, name)
	}
}

func (p *exprParser) ternary() Node {
	if p.depth++; p.depth > maxDepth {
		r := p.peek().r
		p.fail(TooLong, r, fmt.Sprintf("the expression is nested deeper than %d levels and is not read", maxDepth))
		p.at = len(p.e.tokens) - 1
		return &Bad{Range: text.At(r.Start)}
	}
	defer func() { p.depth-- }()
	cond := p.binary(0)
	if !p.peek().is("?") {
		return cond
	}
	p.take()
	then := p.ternary()
	if t := p.peek(); !t.is(":") {
		if t.kind == tokUnknown {
			p.unknown(t)
		}
		p.fail(Syntax, text.Range{Start: cond.Span().Start, End: then.Span().End}, "the condition has no second branch: expected : and the value for the other case")
		return &Ternary{Range: cond.Span().Union(then.Span()), Cond: cond, Then: then, Else: &Bad{Range: text.At(then.Span().End)}}
	}
	p.take()
	other := p.ternary()
	return &Ternary{Range: cond.Span().Union(other.Span()), Cond: cond, Then: then, Else: other}
}

// levels are the binary operators from the loosest to the tightest.
var levels = [][]string{{"||"}, {"&&"}, {"==", "!="}, {"+"}}

func (p *exprParser) binary(level int) Node {
	if level == len(levels) {
		return p.unary()
	}
	x := p.binary(level + 1)
	for t := p.peek(); t.kind == tokOp && slices.Contains(levels[level], t.text); t = p.peek() {
		p.take()
		y := p.binary(level + 1)
		x = &Binary{Range: x.Span().Union(y.Span()), Op: t.text, OpRange: t.r, X: x, Y: y}
	}
	return x
}

func (p *exprParser) unary() Node {
	var bangs []token
	for p.peek().is("!") {
		bangs = append(bangs, p.take())
	}
	x := p.operand()
	for i := len(bangs) - 1; i >= 0; i-- {
		x = &Unary{Range: bangs[i].r.Union(x.Span()), X: x}
	}
	return x
}

func (p *exprParser) operand() Node {
	t := p.peek()
	switch {
	case t.kind == tokString:
		p.take()
		if t.open {
			p.fail(Syntax, t.r, `the string is not closed: expected "`).fix("Close the string", text.At(t.r.End), `"`)
		}
		return &StringLit{Range: t.r, Value: t.text}
	case t.kind == tokIdent:
		return p.member()
	case t.is("("):
		return p.paren()
	case t.kind == tokUnknown:
		p.take()
		p.unknown(t)
		return &Bad{Range: t.r}
	case t.kind == tokEnd:
		p.fail(Syntax, p.missingAt(t), p.missing())
	default:
		p.fail(Syntax, t.r, fmt.Sprintf("unexpected %s: expected a string, target.arch, definition.vars.NAME or (", t.text))
	}
	return &Bad{Range: text.At(t.r.Start)}
}

// missingAt is the range of the operator whose operand is missing.
func (p *exprParser) missingAt(end token) text.Range {
	if p.at > 0 {
		return p.e.tokens[p.at-1].r
	}
	return text.Range{Start: p.e.Range.Start, End: end.r.Start}
}

func (p *exprParser) missing() string {
	if p.at == 0 {
		return "the expression is empty: expected a string, target.arch or definition.vars.NAME"
	}
	return fmt.Sprintf("the expression ends behind %s: expected a value", p.e.tokens[p.at-1].text)
}

func (p *exprParser) paren() Node {
	open := p.take()
	x := p.ternary()
	if t := p.peek(); t.is(")") {
		p.take()
		return &Paren{Range: open.r.Union(t.r), X: x}
	} else if t.kind == tokUnknown {
		p.unknown(t)
	}
	p.fail(Syntax, open.r, "the parenthesis is not closed: expected )").fix("Close the parenthesis", text.At(x.Span().End), ")")
	return &Paren{Range: open.r.Union(x.Span()), X: x}
}

func (p *exprParser) member() Node {
	t := p.take()
	if (t.text == "true" || t.text == "false") && !p.peek().is(".") {
		return &BoolLit{Range: t.r, Value: t.text == "true"}
	}
	m := &Member{Range: t.r, Names: []string{t.text}, Ranges: []text.Range{t.r}}
	for p.peek().is(".") {
		dot := p.take()
		seg := token{r: text.At(dot.r.End)}
		if n := p.peek(); n.kind == tokIdent && n.r.Start == dot.r.End {
			seg = p.take()
		} else {
			p.fail(Syntax, m.Range.Union(dot.r), fmt.Sprintf("expected a name behind %s.", m.Path()))
		}
		m.Names = append(m.Names, seg.text)
		m.Ranges = append(m.Ranges, seg.r)
		m.Range.End = seg.r.End
	}
	if t := p.peek(); t.is("(") {
		p.fail(UnknownSyntax, m.Range, fmt.Sprintf("%s(...): calls are not known in expressions", m.Path()))
	}
	return m
}
