// Package tokens colours definitions: it answers the requests for semantic
// tokens, and keeps what it answered for the next difference.
package tokens

import (
	"slices"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
)

// Types and Modifiers are the legend: a token is sent as an index into Types
// and a set of bits, one for each modifier.
var (
	Types = []string{
		"variable", "property", "function", "namespace", "operator", "number", "keyword", "string", "comment", "parameter",
		"type", "regexp", "enumMember",
	}
	Modifiers = []string{"declaration", "readonly", "deprecated", "defaultLibrary"}
)

// kind is an index into Types in the low bits, Modifiers above.
type kind uint16

const (
	variable kind = iota
	property
	function
	namespace
	operator
	number
	keyword
	str
	comment
	parameter
	typ
	regex
	enumMember

	declaration    kind = 1 << 8
	readonly       kind = 1 << 9
	deprecated     kind = 1 << 10
	defaultLibrary kind = 1 << 11

	none kind = 0xffff
)

// token is a stretch of one line.
type token struct {
	at   text.Range
	kind kind
}

// kept are the tokens of a version, found when first asked for.
type kept struct {
	once sync.Once
	list []token
}

var found = session.Derive(func(*session.Document) *kept { return &kept{} })

// of are the tokens of a version, in the order of the text.
func of(d *session.Document, doc *definition.Document) []token {
	k := found.Of(d)
	k.once.Do(func() { k.list = find(doc) })
	return k.list
}

// find walks the tree once.
func find(doc *definition.Document) []token {
	w := &walker{doc: doc, tree: doc.Tree}
	w.directive()
	kind := schema.Definition
	if doc.Kind == definition.Info {
		kind = schema.Info
	}
	w.node(doc.Tree.Root, schema.Lookup(kind, nil))
	slices.SortStableFunc(w.out, func(a, b token) int { return a.at.Start - b.at.Start })
	return disjoint(w.out)
}

// disjoint drops what overlaps with what came before, which aliases and
// broken text can bring about.
func disjoint(list []token) []token {
	out := list[:0]
	end := 0
	for _, t := range list {
		if t.at.Start >= end && !t.at.Empty() {
			out = append(out, t)
			end = t.at.End
		}
	}
	return out
}

// walker collects tokens.
type walker struct {
	doc  *definition.Document
	tree *syntax.Tree
	out  []token
}

// add takes a range of the file, split into lines.
func (w *walker) add(r text.Range, k kind) {
	t := w.doc.Text
	for line := t.LineOf(r.Start); r.Start < r.End; line++ {
		end := min(r.End, t.LineEnd(line))
		if end > r.Start {
			w.out = append(w.out, token{text.Range{Start: r.Start, End: end}, k})
		}
		if line+1 >= t.Lines() {
			return
		}
		r.Start = max(r.Start, t.LineStart(line+1))
	}
}

func (w *walker) directive() {
	d := w.doc.Directive
	if d.State != definition.OurDirective {
		return
	}
	w.add(text.Range{Start: d.Ref.Start, End: max(d.Ref.Start, d.TagRange.Start-1)}, namespace)
	w.add(d.TagRange, number)
}

// node walks a value that the field describes, if one does.
func (w *walker) node(n *syntax.Node, f *schema.Field) {
	if n == nil {
		return
	}
	switch n.Kind {
	case syntax.Scalar:
		w.scalar(n, f)
	case syntax.Sequence:
		var items *schema.Field
		if f != nil {
			items = f.Items
		}
		for i := range n.Entries {
			w.node(n.Entries[i].Value, items)
		}
	case syntax.Mapping:
		w.mapping(n, f)
	}
}

func (w *walker) mapping(n *syntax.Node, f *schema.Field) {
	for i := range n.Entries {
		e := &n.Entries[i]
		field := member(f, e.Key.Value)
		if e.Key.Kind == syntax.Scalar {
			w.key(e.Key, f, field)
		}
		if f != nil && e.Key.Value == "with" {
			field = inputs(n)
		}
		w.node(e.Value, field)
	}
}

// inputs describes the inputs of a step.
func inputs(step *syntax.Node) *schema.Field {
	uses := step.Get("uses")
	if uses == nil {
		return nil
	}
	return schema.LookupWith(uses.Value, nil)
}

func member(f *schema.Field, key string) *schema.Field {
	if f == nil {
		return nil
	}
	if p := f.Property(key); p != nil {
		return p
	}
	return f.Additional
}

// key colours the keys of the format; in free maps the user's own names.
func (w *walker) key(key *syntax.Node, parent, field *schema.Field) {
	switch {
	case parent == nil:
		w.templates(key)
	case parent.Role == "vars":
		w.add(key.Range, variable|declaration)
	case parent.Property(key.Value) != nil:
		w.add(key.Range, property)
	case field != nil && parent.Role == "action-inputs":
		w.add(key.Range, parameter)
	case parent.Role == "package-map":
		w.add(key.Range, typ)
	default:
		w.templates(key)
	}
}
