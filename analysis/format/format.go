// Package format brings definitions into canonical form.
//
// The form is that of the public catalog: the syntax directive, an empty line,
// then YAML as go.yaml.in/yaml/v3 writes it at an indentation of two, keys in
// the order of the schema, free maps in natural order, the image's packages
// sorted. Every definition of the catalog is in this form already. What people
// add in files of their own is kept: comments stay with their entries, and
// empty lines keep dividing lists into groups that are sorted one by one.
//
// No decoded value ever changes: the new text is parsed again and compared
// before anybody gets to see it.
package format

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// ErrNotOurs says that a document is neither a definition nor an info file.
var ErrNotOurs = errors.New("not a DHI definition")

// Refusal says why a text is not formatted.
type Refusal struct {
	// Range is what stands in the way.
	Range text.Range
	// At is where Range begins, for people.
	At text.Human
	// Reason says what is wrong and how to mend it.
	Reason string
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", r.At.Line, r.At.Column, r.Reason)
}

func refuse(t *text.Text, r text.Range, format string, args ...any) *Refusal {
	return &Refusal{Range: r, At: t.Human(r.Start), Reason: fmt.Sprintf(format, args...)}
}

// Format returns the canonical form of the document's text. The error is
// ErrNotOurs or a *Refusal.
func Format(doc *definition.Document) (string, error) {
	if err := check(doc); err != nil {
		return "", err
	}
	p, err := newPlan(doc)
	if err != nil {
		return "", err
	}
	if err := p.arrangeRoot(); err != nil {
		return "", err
	}
	out := p.print()
	if out == doc.Text.String() {
		return out, nil
	}
	return out, verify(doc, out)
}

// Edits returns the changes that bring the text into canonical form, none if
// it is there already. They touch only the lines that change. Errors are those
// of Format.
func Edits(doc *definition.Document) ([]text.Edit, error) {
	out, err := Format(doc)
	if err != nil {
		return nil, err
	}
	return diff(doc.Text.String(), out, 0), nil
}

// RangeEdits returns the changes that bring the smallest part around the range
// into canonical form: an entry with all that belongs to it. Its place among
// its siblings stays. Where no part of the text stands at its canonical column
// the whole text is formatted. Errors are those of Format.
func RangeEdits(doc *definition.Document, r text.Range) ([]text.Edit, error) {
	if err := check(doc); err != nil {
		return nil, err
	}
	p, err := newPlan(doc)
	if err != nil {
		return nil, err
	}
	part := p.partAround(r)
	if part.item == nil {
		return Edits(doc)
	}
	src := doc.Text.String()
	span := p.spanOf(part.item)
	if err := p.arrange(part.item, part.scope); err != nil {
		return nil, err
	}
	fresh := strings.TrimSuffix(p.printPart(part), p.nl)
	edits := diff(src[span.Start:span.End], fresh, span.Start)
	out, err := text.Apply(src, edits)
	if err != nil {
		return nil, err
	}
	if out == src {
		return nil, nil
	}
	return edits, verify(doc, out)
}

// diff is the change from before, which begins at the offset, to after.
func diff(before, after string, offset int) []text.Edit {
	if before == after {
		return nil
	}
	var edits []text.Edit
	for _, e := range udiff.Lines(before, after) {
		edits = append(edits, text.Edit{Range: text.Range{Start: e.Start, End: e.End}.Shift(offset), New: e.New})
	}
	return edits
}

// kindOf is the schema of the document.
func kindOf(doc *definition.Document) schema.Kind {
	if doc.Kind == definition.Info {
		return schema.Info
	}
	return schema.Definition
}

// isPackages says whether a node is the list of the image's packages, the one
// list that canonical form sorts.
func isPackages(n *syntax.Node) bool {
	if n == nil || n.Kind != syntax.Sequence {
		return false
	}
	return keyOf(n) == "packages" && keyOf(n.Parent) == "contents" && n.Parent.Parent != nil && n.Parent.Parent.Parent == nil
}

// keyOf is the key that holds a node, "" where none does.
func keyOf(n *syntax.Node) string {
	e := n.Owner()
	if e == nil || e.Key == nil {
		return ""
	}
	return e.Key.Value
}
