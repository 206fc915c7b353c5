package action

import (
	"strconv"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.lsp.dev/protocol"
)

// inline puts the value of a variable where it is used.
func inline(r *request) []offer {
	if r.doc.Def == nil {
		return nil
	}
	v, use, ok := r.variable()
	if !ok || !v.Set() || !expr.IsVarName(v.Name()) {
		return nil
	}
	var out []offer
	if use != nil {
		if c, n := r.inlined(v, use); n > 0 {
			out = append(out, offer{title: "Inline ${" + v.Name() + "} here", kind: protocol.CodeActionKindRefactorInline, change: c})
		}
	}
	c, n := r.inlined(v, nil)
	if n == 0 {
		return out
	}
	removed := v.Key
	if len(v.Key.Parent.Entries) == 1 {
		removed = r.doc.Tree.Root.Entry("vars").Key
	}
	if drop, ok := rules.RemoveEntry(r.doc.Tree, removed); ok {
		c.edits = append(c.edits, drop)
		out = append(out, offer{title: "Inline the variable " + v.Name(), kind: protocol.CodeActionKindRefactorInline, change: c})
	}
	return out
}

// variable is the variable at the cursor, and where it is used there the
// scalar that does.
func (r *request) variable() (v definition.Field, use *syntax.Node, ok bool) {
	n := r.doc.Tree.At(r.at.Start).Node
	if n == nil {
		return v, nil, false
	}
	if path := n.Path(); path.Match("vars", "*") {
		value := expr.Parse(n.Value)
		if v, ok := r.doc.Def.Var(path[1].Key); ok && (n.IsKey || value.Plain()) {
			return v, nil, true
		}
	}
	for _, ref := range r.references(n) {
		if r.doc.Tree.SourceMap(n).Range(ref.Range).Overlaps(r.at) {
			v, ok := r.doc.Def.Var(ref.Name)
			return v, n, ok
		}
	}
	return v, nil, false
}

// template reads a scalar as the build does.
func (r *request) template(n *syntax.Node) expr.Template {
	if r.isScript(n) {
		return expr.ParseScript(n.Value)
	}
	return expr.Parse(n.Value)
}

func (r *request) references(n *syntax.Node) []expr.Reference {
	if n.Kind != syntax.Scalar {
		return nil
	}
	t := r.template(n)
	return t.References()
}

// inlined replaces the uses of a variable, only those in one scalar if it is
// given. There are none where one of them cannot be replaced.
func (r *request) inlined(v definition.Field, only *syntax.Node) (change, int) {
	var c change
	count := 0
	for _, n := range scalars(r.doc.Tree.Root) {
		if n == v.Node || only != nil && n != only {
			continue
		}
		list, ok := r.uses(n, v)
		if !ok {
			return change{}, 0
		}
		if len(list) == 0 {
			continue
		}
		edits, ok := rewrite(r.doc.Tree, n, list)
		if !ok {
			return change{}, 0
		}
		c.edits = append(c.edits, edits...)
		count += len(list)
	}
	return c, count
}

// uses are the replacements in one scalar; false where one is not possible.
func (r *request) uses(n *syntax.Node, v definition.Field) ([]replacement, bool) {
	var out []replacement
	t := r.template(n)
	for _, ref := range t.References() {
		if ref.Builtin || ref.Name != v.Name() {
			continue
		}
		if r.isScript(n) && assigns(n.Value, v.Name()) {
			return nil, false // the name is the shell's
		}
		i := t.PartAt(ref.Range.Start)
		if i < 0 || !t.Parts[i].Closed {
			return nil, false
		}
		part := t.Parts[i]
		var new replacement
		var ok bool
		switch {
		case ref.InExpression:
			new, ok = inExpression(n, ref, v)
		case part.HasRegex:
			value, left := expr.Resolve(n.Value[part.Range.Start:part.Range.End], expr.Env{Vars: r.raw})
			new, ok = replacement{part.Range, value}, len(left) == 0
		default:
			whole := part.Range.Start == 0 && part.Range.End == len(n.Value)
			value := expr.Parse(v.Value())
			new, ok = replacement{part.Range, v.Value()}, whole || !holdsExpression(value)
		}
		if !ok {
			return nil, false
		}
		out = append(out, new)
	}
	return out, true
}

func (r *request) raw(name string) (string, bool) {
	v, ok := r.doc.Def.Var(name)
	return v.Value(), ok && v.Set()
}

func holdsExpression(t expr.Template) bool {
	for _, p := range t.Parts {
		if p.Kind == expr.Expression {
			return true
		}
	}
	return false
}

// inExpression puts a string in the place of definition.vars.NAME.
func inExpression(n *syntax.Node, ref expr.Reference, v definition.Field) (replacement, bool) {
	const path = "definition.vars."
	value := expr.Parse(v.Value())
	start := ref.Range.Start - len(path)
	ok := value.Plain() && start >= 0 && n.Value[start:ref.Range.Start] == path
	return replacement{text.Range{Start: start, End: ref.Range.End}, strconv.Quote(v.Value())}, ok
}

// assigns says whether a script gives the variable a value of its own.
func assigns(source, name string) bool {
	for _, v := range script.Parse(source, script.Bash).Variables {
		if v.Name == name && v.Use == script.Assigned {
			return true
		}
	}
	return false
}
