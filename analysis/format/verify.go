package format

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// verify compares the formatted text with the document: the same values, the
// same comments, no new problem. It is the last line of defence, since a
// formatter that changes a definition is worse than none.
func verify(doc *definition.Document, out string) error {
	tree := syntax.Parse(text.New(out))
	for _, p := range tree.Problems {
		if !p.Lenient {
			return refuse(doc.Text, text.At(0), "the formatted text would not be read: %s (please report this)", p.Message)
		}
	}
	if doc.Directive.State == definition.NoDirective && hasDirective(tree.Text) {
		return refuse(doc.Text, text.At(0), "the syntax directive has to be the first line: move it there")
	}
	if n := differs(doc.Tree.Root, tree.Root, doc.Def != nil); n != nil {
		return refuse(doc.Text, n.Range, "the formatted text would read differently here: quote the value, or write it on one line")
	}
	if c, ok := lostComment(doc, tree); ok {
		return refuse(doc.Text, c.Range, "this comment would be lost: move it to a line of its own")
	}
	if !doc.Tree.Regular {
		return verifyStrict(doc, out)
	}
	return nil
}

// hasDirective says whether the first line is a syntax directive.
func hasDirective(t *text.Text) bool {
	first := definition.New("", text.New(t.Line(0)), definition.Options{})
	return first.Directive.State != definition.NoDirective
}

// differs returns the first node of a that reads otherwise in b, nil if none
// does. With sorted the image's packages may have another order.
func differs(a, b *syntax.Node, sorted bool) *syntax.Node {
	switch {
	case a == nil && b == nil:
		return nil
	case a == nil || b == nil:
		return &syntax.Node{}
	case a.Kind != b.Kind || a.Type != b.Type || a.Value != b.Value || len(a.Entries) != len(b.Entries):
		return a
	case a.Kind == syntax.Mapping:
		return differsMapping(a, b, sorted)
	case sorted && isPackages(a) && allScalars(a):
		if !slices.Equal(sortedValues(a), sortedValues(b)) {
			return a
		}
		return nil
	}
	for i := range a.Entries {
		if n := differs(a.Entries[i].Value, b.Entries[i].Value, sorted); n != nil {
			return n
		}
	}
	return nil
}

func differsMapping(a, b *syntax.Node, sorted bool) *syntax.Node {
	var moved map[string]*syntax.Entry // b's entries, made for the first key that has another place
	for i := range a.Entries {
		e, other := &a.Entries[i], &b.Entries[i]
		if !sameKey(e, other) {
			if moved == nil {
				moved = entriesOf(b)
			}
			if other = moved[e.Key.Value]; other == nil || !sameKey(e, other) {
				return e.Key
			}
		}
		if n := differs(e.Value, other.Value, sorted); n != nil {
			return n
		}
	}
	return nil
}

// sameKey compares keys. No key stands twice in a mapping that is formatted.
func sameKey(a, b *syntax.Entry) bool { return a.Key.Value == b.Key.Value && a.Key.Type == b.Key.Type }

func entriesOf(n *syntax.Node) map[string]*syntax.Entry {
	m := make(map[string]*syntax.Entry, len(n.Entries))
	for i := range n.Entries {
		m[n.Entries[i].Key.Value] = &n.Entries[i]
	}
	return m
}

func allScalars(n *syntax.Node) bool {
	for i := range n.Entries {
		if n.Entries[i].Value.Kind != syntax.Scalar {
			return false
		}
	}
	return true
}

// sortedValues are the values of a list of scalars with their types.
func sortedValues(n *syntax.Node) []string {
	values := make([]string, len(n.Entries))
	for i := range n.Entries {
		v := n.Entries[i].Value
		values[i] = v.Value + "\x00" + v.Type.String()
	}
	sort.Strings(values)
	return values
}

// lostComment returns a comment of the document that the new tree does not
// have as often.
func lostComment(doc *definition.Document, tree *syntax.Tree) (syntax.Comment, bool) {
	have := make(map[string]int, len(tree.Comments))
	for _, c := range tree.Comments {
		have[commentText(tree.Text, c)]++
	}
	directive := 0
	for _, c := range doc.Tree.Comments {
		if doc.Directive.State != definition.NoDirective && c.Range.Start == doc.Directive.Line.Start {
			directive = 1
			continue
		}
		s := commentText(doc.Text, c)
		if have[s]--; have[s] < 0 {
			return c, true
		}
	}
	if len(doc.Tree.Comments)-directive != len(tree.Comments)-directive && len(doc.Tree.Comments) > 0 {
		return doc.Tree.Comments[0], true
	}
	return syntax.Comment{}, false
}

// verifyStrict asks go.yaml.in/yaml/v3, for texts that readers may read
// differently: what it read before it has to read afterwards.
func verifyStrict(doc *definition.Document, out string) error {
	var before, after any
	if yaml.Unmarshal([]byte(doc.Text.String()), &before) != nil {
		return nil // it cannot read the text as it is
	}
	if err := yaml.Unmarshal([]byte(out), &after); err != nil {
		return refuse(doc.Text, text.At(0), "other YAML readers would reject the formatted text: %v (please report this)", err)
	}
	if doc.Def != nil {
		sortPackagesIn(before)
		sortPackagesIn(after)
	}
	if !equal(before, after) {
		return refuse(doc.Text, text.At(0), "YAML readers differ about this text, so that formatting could change what some of them read: quote what is not plain text")
	}
	return nil
}

func sortPackagesIn(v any) {
	root, _ := v.(map[string]any)
	contents, _ := root["contents"].(map[string]any)
	list, _ := contents["packages"].([]any)
	sort.SliceStable(list, func(i, j int) bool {
		return fmt.Sprintf("%T %v", list[i], list[i]) < fmt.Sprintf("%T %v", list[j], list[j])
	})
}

// equal is reflect.DeepEqual, but that not-a-number equals itself.
func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		m, ok := b.(map[string]any)
		if !ok || len(m) != len(a) {
			return false
		}
		for k, v := range a {
			if w, has := m[k]; !has || !equal(v, w) {
				return false
			}
		}
		return true
	case []any:
		l, ok := b.([]any)
		return ok && slices.EqualFunc(a, l, equal)
	case float64:
		f, ok := b.(float64)
		return ok && (f == a || math.IsNaN(f) && math.IsNaN(a))
	}
	return reflect.DeepEqual(a, b)
}
