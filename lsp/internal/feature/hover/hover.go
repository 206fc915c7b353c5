// Package hover says what stands under the cursor: what a value means and
// resolves to, what a field is for, and why a rule complains.
package hover

import (
	"context"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// Hover answers textDocument/hover.
func Hover(_ context.Context, s *session.Snapshot, p *protocol.HoverParams) (*protocol.Hover, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	h := newPlace(s, d, doc, d.Offset(p.Position))
	for _, part := range parts {
		part(h)
	}
	if len(h.sections) == 0 {
		return nil, nil
	}
	out := &protocol.Hover{Contents: markup.Content(s.Capabilities.HoverMarkup(), strings.Join(h.sections, "\n\n---\n\n"))}
	if h.at.Len() > 0 {
		r := d.Range(h.at)
		out.Range = &r
	}
	return out, nil
}

// parts are what a hover is made of, in this order.
var parts = []func(*place){
	(*place).directive,
	(*place).comment,
	(*place).template,
	(*place).variable,
	(*place).account,
	(*place).value,
	(*place).elsewhere,
	(*place).documentation,
	(*place).findings,
}

// place is what is under the cursor, and what has been said of it.
type place struct {
	s      *session.Snapshot
	d      *session.Document
	doc    *definition.Document
	offset int
	cursor syntax.Cursor
	// node is the key or scalar under the cursor, nil between them.
	node *syntax.Node
	// path leads to the value, also from its key.
	path []string
	// field is what the schema knows of the path, nil for nothing.
	field *schema.Field
	// action is the step's, where the path leads into its `with`.
	action *schema.Action

	sections []string
	at       text.Range
}

func newPlace(s *session.Snapshot, d *session.Document, doc *definition.Document, offset int) *place {
	h := &place{s: s, d: d, doc: doc, offset: offset, cursor: doc.Tree.At(offset)}
	if n := h.cursor.Node; n != nil && n.Range.Contains(offset) {
		h.node = n
		h.path = n.Path().Strings()
		h.at = n.Range
		h.lookup()
	}
	return h
}

// lookup finds the field at the path.
func (h *place) lookup() {
	if h.doc.Kind == definition.Info {
		h.field = schema.Lookup(schema.Info, h.path)
		return
	}
	with := slices.Index(h.path, "with")
	if with > 0 && with < len(h.path)-1 && h.inStep(with) {
		if step, ok := h.doc.Tree.Lookup(h.node.Path()[:with]); ok {
			if uses := step.Get("uses"); uses != nil && uses.Kind == syntax.Scalar {
				if action, ok := schema.LookupAction(uses.Value); ok {
					h.action = &action
				}
				h.field = schema.LookupWith(uses.Value, h.path[with+1:])
			}
		}
		return
	}
	h.field = schema.Lookup(schema.Definition, h.path)
}

func (h *place) inStep(with int) bool {
	return h.node.Path()[:with].Match("contents", "builds", "[]", "pipeline", "[]")
}

// isValue reports whether the cursor is in a scalar that is no key.
func (h *place) isValue() bool { return h.node != nil && !h.node.IsKey && h.node.Kind == syntax.Scalar }

// say adds a section. r narrows the range that the hover is for, if it is not
// empty.
func (h *place) say(section string, r text.Range) {
	if section = strings.TrimSpace(section); section == "" {
		return
	}
	h.sections = append(h.sections, section)
	if r.Len() > 0 && r.Contains(h.offset) && (h.at.Empty() || h.at.Covers(r)) {
		h.at = r
	}
}

// in maps a range of the scalar's value to the file.
func (h *place) in(r text.Range) text.Range { return h.doc.Tree.SourceMap(h.node).Range(r) }

// within is the offset of the cursor in the scalar's decoded value.
func (h *place) within() int {
	source := h.doc.Tree.SourceMap(h.node)
	low, high := 0, len(h.node.Value)
	for low < high { // the last byte of the value that is not behind the cursor
		middle := (low + high + 1) / 2
		if source.Offset(middle) <= h.offset {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// scope is the contents around the place.
func (h *place) scope() *definition.Contents {
	def := h.doc.Def
	if def == nil {
		return nil
	}
	for i := range def.Contents.Builds {
		b := &def.Contents.Builds[i]
		if b.Node != nil && b.Node.Range.Contains(h.offset) {
			return b.Contents
		}
	}
	return def.Contents
}

// platforms are those that the definition is built for.
func (h *place) platforms() []string {
	var out []string
	for _, f := range h.doc.Def.Platforms {
		if f.Set() && !strings.Contains(f.Value(), "${") && !slices.Contains(out, f.Value()) {
			out = append(out, f.Value())
		}
	}
	if len(out) == 0 {
		for _, p := range schema.Platforms() {
			out = append(out, p.Name)
		}
	}
	return out
}
