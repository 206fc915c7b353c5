// Package completion finds what may stand at a place of a definition: keys and
// whole blocks from the schema, values from the tables of the format, names
// from the document, packages from the index. It speaks in bytes; package
// feature tells the client.
package completion

import (
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/references"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// Request is a place in a document, with what may be asked about it.
type Request struct {
	Doc    *definition.Document
	Facts  *Facts
	Offset int
	// Packages answers from cached indexes; nil if there are none.
	Packages packages.Source
	// References tells of images: those of the workspace, and of registries.
	References references.Known
	// Disk and ListDir tell of the files beside the document; nil where
	// nothing is known of them.
	Disk    rules.Disk
	ListDir func(dir string) []string
	// Today is the date as YYYY-MM-DD.
	Today string
	// Snippets says that items may hold tab stops.
	Snippets bool
}

// List is the answer: items in order, the best first.
type List struct {
	Items []Item
	// Incomplete says that there is more than Items: the client has to ask
	// again when more is typed.
	Incomplete bool
}

// Item is one thing that may stand at the place.
type Item struct {
	Label string
	Kind  protocol.CompletionItemKind
	// Detail belongs right behind the label, Description away from it.
	Detail, Description string
	// Filter is what the typed text is compared with.
	Filter string
	// Text replaces the bytes of Replace. Its lines are indented from column
	// 0 on. In a snippet $1 and the like are tab stops.
	Text    string
	Snippet bool
	// Insert is the part of Replace before the cursor, which is replaced
	// where the client keeps what follows.
	Replace, Insert text.Range
	// Edits change other places.
	Edits      []text.Edit
	Deprecated bool
	Preselect  bool
	// Command is run afterwards, if not empty.
	Command, CommandTitle string
	// Reference is the image that the command is about, if it is about one.
	Reference string
	// Doc says where the documentation is; see [Documentation].
	Doc Doc

	// tier orders items that match alike, lower first.
	tier int
	// value is the scalar to write, where Text is not given. nested keys
	// and blocks are given by block instead.
	value, block string
	isBlock      bool
	// word is the part of the value to be replaced; nil for all of it.
	word *text.Range
}

// Tiers of items: how likely they are at the place.
const (
	tierNext   = iota // follows from what stands around the place
	tierLikely        // the usual
	tierKnown         // known in the document
	tierTable         // known to the tables of the format
	tierRare
	tierLast
)

// place is a place with what the schema says about it.
type place struct {
	*Request
	cur   syntax.Cursor
	kind  schema.Kind
	path  []string
	shape string
	field *schema.Field
	// uses is the action, below the `with` of a step.
	uses string
	// build is the index of the build stage around the place, -1 outside.
	build int
	// typed is the part of the value before the cursor that filters items.
	typed string

	items []Item
	// narrow says that a part of the value is completed, for which whole
	// values are no answer.
	narrow bool
	// truncated says that a source had more.
	truncated bool
}

// Complete lists what may stand at the place.
func Complete(r Request) List {
	r.Offset = snap(r.Doc.Text, r.Offset)
	if r.Doc.Tree == nil {
		p := &place{Request: &r, build: -1, cur: syntax.Cursor{Offset: r.Offset}}
		p.directive()
		return p.list()
	}
	cur := r.Doc.Tree.At(r.Offset)
	p := r.at(cur)
	list := p.answer()
	if cur.Alternative == nil {
		return list
	}
	other := r.at(*cur.Alternative).answer()
	list.Items = append(list.Items, other.Items...)
	list.Incomplete = list.Incomplete || other.Incomplete
	return list
}

// snap moves an offset to where a cursor can stand: not behind a line's end,
// not before a byte order mark, not inside a character.
func snap(t *text.Text, offset int) int {
	offset = min(max(offset, t.BOM()), t.Len())
	offset = min(offset, t.LineEnd(t.LineOf(offset)))
	for s := t.String(); offset > 0 && offset < len(s) && !utf8.RuneStart(s[offset]); {
		offset--
	}
	return offset
}

func (r *Request) at(cur syntax.Cursor) *place {
	p := &place{Request: r, cur: cur, build: -1, typed: cur.Prefix, kind: schema.Definition}
	if r.Doc.Kind == definition.Info {
		p.kind = schema.Info
	}
	p.unindent()
	p.locate()
	return p
}

// answer asks who knows something of the place.
func (p *place) answer() List {
	switch {
	case p.cur.Role == syntax.RoleDirective || p.onFirstLine():
		p.directive()
	case p.cur.Role == syntax.RoleComment:
		p.bareExpression()
	case p.behindEntry() || p.foreign():
	case p.inTemplate():
	case p.cur.Role == syntax.RoleScalar:
	case p.cur.Role == syntax.RoleKey:
		p.keys(p.cur.Indent)
	case p.cur.Role == syntax.RoleItem:
		p.item(p.cur.Indent)
	default:
		p.atValue()
	}
	return p.list()
}

// onFirstLine: a directive may begin there as long as nothing else does.
func (p *place) onFirstLine() bool {
	t := p.Doc.Text
	if t.LineOf(p.Offset) != 0 || p.Doc.Kind == definition.Info {
		return false
	}
	return isDirectivePrefix(t.Line(0)[t.BOM():])
}

// behindEntry: the cursor stands before the key or dash of an entry, where
// nothing can be put.
func (p *place) behindEntry() bool {
	e := p.cur.Entry
	if e == nil {
		return false
	}
	if p.cur.Role == syntax.RoleKey {
		return e.Key != nil && p.cur.Offset < e.Key.Range.Start
	}
	return e.Key == nil && !e.Mark.Empty() && p.cur.Offset <= e.Mark.Start
}

// foreign: an alias, tag or anchor, which the format has no use for.
func (p *place) foreign() bool {
	return p.cur.Node != nil && p.cur.Node.Kind == syntax.Alias && !p.isPackage()
}

// unindent takes an empty line that is indented too far for a new key.
func (p *place) unindent() {
	c := &p.cur
	n := c.Node
	if c.Role != syntax.RoleValue || !c.OwnLine || n == nil || n.Kind != syntax.Scalar || n.Style != syntax.Plain ||
		n.Range.Contains(c.Offset) || c.Container == nil || c.Container.Kind != syntax.Mapping {
		return
	}
	p.cur = syntax.Cursor{Offset: c.Offset, Role: syntax.RoleKey, Path: c.Path[:len(c.Path)-1], Container: c.Container,
		Replace: text.At(c.Offset), Indent: c.Container.Indent, OwnLine: true}
}

// locate finds the place in the schema.
func (p *place) locate() {
	p.path = p.cur.Path.Strings()
	p.shape = shapeOf(p.cur.Path)
	if p.cur.Path.Match("contents", "builds", "[]") || len(p.path) > 3 && p.path[1] == "builds" && p.path[0] == "contents" {
		p.build = p.cur.Path[2].Index
	}
	if uses, rest, ok := p.below("with"); ok {
		p.uses = uses
		p.field = schema.LookupWith(uses, rest)
		return
	}
	p.field = schema.Lookup(p.kind, p.path)
	p.field = p.variant(p.field)
}

// below finds the action of the step in whose inputs the place is, and the
// path below them.
func (p *place) below(key string) (uses string, rest []string, ok bool) {
	if len(p.path) < 6 || p.build < 0 || p.path[3] != "pipeline" || p.path[5] != key {
		return "", nil, false
	}
	step, _ := p.Doc.Tree.Lookup(p.cur.Path[:5])
	if v := step.Get("uses"); v != nil {
		uses = v.Value
	}
	return uses, p.path[6:], true
}

// variant chooses among the forms of a mapping by what is written already.
func (p *place) variant(f *schema.Field) *schema.Field {
	if f == nil || f.Discriminator == "" || p.cur.Container == nil {
		return f
	}
	if v := p.cur.Container.Get(f.Discriminator); v != nil {
		if chosen := f.Variant(v.Value); chosen != nil {
			return chosen
		}
	}
	return f
}

// shapeOf writes a path with [] for every index: contents.builds[].name.
func shapeOf(path syntax.Path) string {
	var b []byte
	for i, s := range path {
		if s.IsIndex() {
			b = append(b, "[]"...)
			continue
		}
		if i > 0 {
			b = append(b, '.')
		}
		b = append(b, s.Key...)
	}
	return string(b)
}

// atValue completes the value of a key: a scalar, or the first member of a
// collection.
func (p *place) atValue() {
	f := p.field
	switch {
	case f == nil:
		p.values()
	case f.Items != nil && f.Allows(schema.TypeArray):
		if f.Allows(schema.TypeString) {
			p.values()
		}
		p.path = append(p.path, "0")
		p.shape += "[]"
		p.field = p.variant(f.Items)
		p.item(p.cur.Indent)
	case isMapping(f):
		p.keys(p.cur.Indent)
	default:
		p.values()
	}
}

// item completes an item of a list: a scalar, or the first key of a mapping
// whose dash stands at the column.
func (p *place) item(column int) {
	if isMapping(p.field) {
		p.keys(column + 2)
		return
	}
	p.values()
}

func isMapping(f *schema.Field) bool {
	return f != nil && (len(f.Properties) > 0 || f.Additional != nil || f.Role == "action-inputs") && f.Allows(schema.TypeObject)
}

// add puts items into the answer.
func (p *place) add(items ...Item) { p.items = append(p.items, items...) }

// value adds a scalar.
func (p *place) value(tier int, value, description string) {
	p.add(Item{Label: value, value: value, Description: description, Kind: protocol.CompletionItemKindValue, tier: tier})
}
