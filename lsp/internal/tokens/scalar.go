package tokens

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// painter gives every byte of a decoded scalar its kind; what is painted later
// lies above.
type painter struct {
	kinds []kind
}

func newPainter(n int) *painter {
	p := &painter{make([]kind, n)}
	for i := range p.kinds {
		p.kinds[i] = none
	}
	return p
}

func (p *painter) paint(r text.Range, k kind) {
	for i := max(0, r.Start); i < min(r.End, len(p.kinds)); i++ {
		p.kinds[i] = k
	}
}

// roles colour scalars by what their field means.
func roles() map[string]func(p *painter, n *syntax.Node) {
	return map[string]func(*painter, *syntax.Node){
		"package":         paintEntry,
		"package-name":    whole(typ),
		"package-list":    words(typ),
		"action":          paintUses,
		"builder":         paintUses,
		"image-reference": paintReference,
		"chart-image":     paintReference,
		"repository":      paintRepository,
		"script":          paintScript,
		"user":            whole(variable),
		"user-name":       whole(variable | declaration),
		"group-name":      whole(variable | declaration),
		"stage-name":      whole(variable | declaration),
		"var":             whole(variable),
		"octal-mode":      whole(number),
		"version":         whole(number),
		"regex":           whole(regex),
	}
}

func whole(k kind) func(*painter, *syntax.Node) {
	return func(p *painter, n *syntax.Node) { p.paint(text.Range{End: len(n.Value)}, k) }
}

// words paints what blanks part.
func words(k kind) func(*painter, *syntax.Node) {
	return func(p *painter, n *syntax.Node) {
		for i, c := range []byte(n.Value) {
			if c != ' ' && c != '\n' && c != '\t' {
				p.kinds[i] = k
			}
		}
	}
}

// table is built once.
var table = roles()

func (w *walker) scalar(n *syntax.Node, f *schema.Field) {
	var paint func(*painter, *syntax.Node)
	if f != nil {
		paint = table[f.Role]
		if paint == nil && slices.Contains(f.Enum, n.Value) {
			paint = whole(enumMember)
		}
	}
	if paint == nil {
		w.templates(n)
		return
	}
	p := newPainter(len(n.Value))
	paint(p, n)
	if f.Role != "script" {
		p.template(n.Value, expr.Parse)
	}
	w.painted(n, p)
}

// templates colours a scalar of which nothing is known but its ${} and #{}.
func (w *walker) templates(n *syntax.Node) {
	if n.Kind != syntax.Scalar || !strings.Contains(n.Value, "${") && !strings.Contains(n.Value, "#{") {
		return
	}
	p := newPainter(len(n.Value))
	p.template(n.Value, expr.Parse)
	w.painted(n, p)
}

// painted takes the stretches of a scalar, line by line.
func (w *walker) painted(n *syntax.Node, p *painter) {
	direct := n.Body.Len() == len(n.Value)
	var written syntax.Map
	if !direct {
		written = w.tree.SourceMap(n)
	}
	for i := 0; i < len(p.kinds); {
		start, k := i, p.kinds[i]
		for i < len(p.kinds) && p.kinds[i] == k && n.Value[i] != '\n' {
			i++
		}
		if i == start { // a line break
			i++
			continue
		}
		if k == none {
			continue
		}
		r := text.Range{Start: start, End: i}
		if direct {
			w.add(r.Shift(n.Body.Start), k)
		} else {
			w.add(written.Range(r), k)
		}
	}
}

// template paints ${} and #{}.
func (p *painter) template(value string, parse func(string) expr.Template) {
	t := parse(value)
	for _, part := range t.Parts {
		if part.Kind == expr.Literal || part.Kind == expr.Shell {
			continue
		}
		p.braces(part)
		switch part.Kind {
		case expr.Variable:
			p.paint(part.NameRange, variable)
			p.paint(part.RegexRange, regex)
		case expr.Builtin:
			p.paint(part.NameRange, variable|readonly|defaultLibrary)
		case expr.Expression:
			p.expression(part.Expr)
		}
	}
}

func (p *painter) braces(part expr.Part) {
	p.paint(part.Range, none)
	p.paint(text.Range{Start: part.Range.Start, End: part.Range.Start + 2}, operator)
	if part.Closed {
		p.paint(text.Range{Start: part.Range.End - 1, End: part.Range.End}, operator)
	}
	if part.HasRegex {
		p.paint(text.Range{Start: part.NameRange.End, End: part.NameRange.End + 1}, operator)
	}
}

func (p *painter) expression(e *expr.Expr) {
	if e == nil {
		return
	}
	expr.Walk(e.Root, func(n expr.Node) bool {
		switch n := n.(type) {
		case *expr.StringLit:
			p.paint(n.Range, str)
		case *expr.BoolLit:
			p.paint(n.Range, keyword)
		case *expr.Binary:
			p.paint(n.OpRange, operator)
		case *expr.Member:
			p.member(n)
		}
		return true
	})
}

// member paints definition.vars.NAME as the variable it names, and what the
// build provides as such.
func (p *painter) member(m *expr.Member) {
	if _, at, ok := m.Var(); ok {
		p.paint(text.Range{Start: m.Range.Start, End: at.Start}, namespace)
		p.paint(at, variable)
		return
	}
	p.paint(m.Range, variable|readonly|defaultLibrary)
}

func paintEntry(p *painter, n *syntax.Node) {
	e := entry.Parse(n.Value)
	name := typ
	if e.Exclude {
		name |= deprecated
	}
	p.paint(e.ExcludeRange, keyword)
	p.paint(e.NamespaceRange, namespace)
	p.paint(e.NameRange, name)
	p.paint(e.OperatorRange, operator)
	p.paint(e.VersionRange, number)
}

func paintUses(p *painter, n *syntax.Node) {
	u := entry.ParseUses(n.Value)
	if u.Kind == entry.UsesImage {
		paintReference(p, n)
		return
	}
	p.paint(u.Action.Range, function)
	p.paint(u.Version.Range, number)
}

func paintReference(p *painter, n *syntax.Node) {
	r := entry.ParseReference(n.Value)
	p.paint(r.NameRange(), namespace)
	p.paint(r.Tag.Range, number)
	p.paint(r.Digest.Range, number)
}

func paintRepository(p *painter, n *syntax.Node) {
	r := entry.ParseRepository(n.Value, entry.UnknownFamily)
	p.paint(r.Type.Range, keyword)
	for _, o := range r.Options {
		p.paint(o.Key.Range, parameter)
		p.paint(o.Value.Range, str)
	}
	p.paint(r.Tag.Range, variable)
	p.paint(r.Suite.Range, number)
	for _, c := range r.Components {
		p.paint(c.Range, enumMember)
	}
}

// shell colours the parts of scripts.
var shell = map[script.TokenKind]kind{
	script.TokenComment: comment, script.TokenKeyword: keyword, script.TokenCommand: function,
	script.TokenFunction: function | declaration, script.TokenOption: parameter, script.TokenString: str,
	script.TokenVariable: variable, script.TokenOperator: operator,
}

func paintScript(p *painter, n *syntax.Node) {
	dialect := script.Bash
	if step := n.Parent; step != nil && step.Get("shell") != nil {
		dialect = script.DialectOf(step.Get("shell").Value)
	}
	for _, t := range script.Tokens(n.Value, dialect) {
		p.paint(t.Range, shell[t.Kind])
	}
	// What DHI replaces is told from what the shell does by its dots.
	t := expr.ParseScript(n.Value)
	for _, part := range t.Parts {
		if part.Kind == expr.Builtin || part.Kind == expr.Variable && part.HasRegex {
			p.template(n.Value[:part.Range.End], func(string) expr.Template { return expr.Template{Parts: []expr.Part{part}} })
		}
	}
}
