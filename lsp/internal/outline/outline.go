// Package outline is the table of contents of a definition.
package outline

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Kind is what a symbol is.
type Kind uint8

const (
	// Key is a key with a scalar.
	Key Kind = iota
	// Map is a key with a mapping, or an item that is one.
	Map
	// List is a key with a list.
	List
	// Item is a scalar item of a list.
	Item
	// Variable is a variable of vars.
	Variable
	// Constant is a key of an environment or of annotations.
	Constant
	// Package, Repository, Stage, Step, File, User and Group are items of the
	// lists that have them.
	Package
	Repository
	Stage
	Step
	File
	User
	Group
)

// Symbol is one line of the outline.
type Symbol struct {
	// Name is never empty.
	Name, Detail string
	Kind         Kind
	// Range is all of it, NameRange the part to show; it lies inside Range.
	Range, NameRange text.Range
	Children         []Symbol
}

// kinds by the form of the path; the first that matches counts.
var kinds = []struct {
	pattern []string
	kind    Kind
}{
	{[]string{"vars", "*"}, Variable},
	{[]string{"environment", "*"}, Constant},
	{[]string{"annotations", "*"}, Constant},
	{[]string{"labels", "*"}, Constant},
	{[]string{"paths", "[]"}, File},
	{[]string{"accounts", "users", "[]"}, User},
	{[]string{"accounts", "groups", "[]"}, Group},
	{[]string{"contents", "packages", "[]"}, Package},
	{[]string{"contents", "repositories", "[]"}, Repository},
	{[]string{"contents", "files", "[]"}, File},
	{[]string{"contents", "artifacts", "[]"}, File},
	{[]string{"contents", "builds", "[]"}, Stage},
	{[]string{"contents", "builds", "[]", "environment", "*"}, Constant},
	{[]string{"contents", "builds", "[]", "paths", "[]"}, File},
	{[]string{"contents", "builds", "[]", "accounts", "users", "[]"}, User},
	{[]string{"contents", "builds", "[]", "accounts", "groups", "[]"}, Group},
	{[]string{"contents", "builds", "[]", "contents", "packages", "[]"}, Package},
	{[]string{"contents", "builds", "[]", "contents", "repositories", "[]"}, Repository},
	{[]string{"contents", "builds", "[]", "contents", "files", "[]"}, File},
	{[]string{"contents", "builds", "[]", "contents", "artifacts", "[]"}, File},
	{[]string{"contents", "builds", "[]", "pipeline", "[]"}, Step},
	{[]string{"contents", "builds", "[]", "outputs", "[]"}, File},
}

// titles are the keys by which an item that is a mapping is called.
var titles = []string{"name", "path", "target", "url", "purl", "id", "uses", "source", "type", "key"}

// maxDepth ends outlines of mappings in mappings in mappings; no definition is
// deeper than 12.
const maxDepth = 32

// maxDetail is how many bytes of a value are shown.
const maxDetail = 80

// Of makes the outline of a tree.
func Of(tree *syntax.Tree) []Symbol {
	if tree.Root == nil {
		return nil
	}
	var path syntax.Path
	return children(tree.Root, &path)
}

func children(n *syntax.Node, path *syntax.Path) []Symbol {
	if len(n.Entries) == 0 || len(*path) >= maxDepth {
		return nil
	}
	out := make([]Symbol, 0, len(n.Entries))
	for i := range n.Entries {
		e := &n.Entries[i]
		segment := syntax.Index(i)
		if e.Key != nil {
			segment = syntax.Key(e.Key.Value)
		}
		*path = append(*path, segment)
		out = append(out, symbol(e, i, path))
		*path = (*path)[:len(*path)-1]
	}
	return out
}

func symbol(e *syntax.Entry, index int, path *syntax.Path) Symbol {
	s := Symbol{Range: e.Range, Children: children(e.Value, path)}
	switch {
	case e.Key != nil:
		s.Name, s.NameRange = line(e.Key.Value), e.Key.Range
		s.Kind = map[syntax.Kind]Kind{syntax.Mapping: Map, syntax.Sequence: List}[e.Value.Kind]
		s.Detail = scalar(e.Value)
	case e.Value.Kind == syntax.Scalar:
		s.Name, s.NameRange, s.Kind = scalar(e.Value), e.Value.Range, Item
	default:
		s.Kind = Map
		s.Name, s.NameRange = title(e.Value)
	}
	if s.Name == "" {
		s.Name = "[" + strconv.Itoa(index) + "]"
		if e.Key != nil {
			s.Name = "(no name)"
		}
	}
	if !s.Range.Covers(s.NameRange) || s.NameRange.Empty() {
		s.NameRange = text.At(s.Range.Start)
	}
	for _, k := range kinds {
		if path.Match(k.pattern...) {
			s.Kind = k.kind
			break
		}
	}
	return s
}

// title is what an item that is a mapping is called, and where that stands.
func title(n *syntax.Node) (string, text.Range) {
	if n.Kind != syntax.Mapping {
		return "", text.Range{}
	}
	for _, key := range titles {
		if v := n.Get(key); v != nil && v.Kind == syntax.Scalar && strings.TrimSpace(v.Value) != "" {
			return line(v.Value), v.Range
		}
	}
	return "", text.Range{}
}

func scalar(n *syntax.Node) string {
	if n.Kind != syntax.Scalar {
		return ""
	}
	return line(n.Value)
}

// line is the first line of a value that is not blank, shortened.
func line(s string) string {
	s = strings.TrimSpace(s)
	first, _, more := strings.Cut(s, "\n")
	first = strings.TrimSpace(first)
	if len(first) > maxDetail {
		cut := maxDetail
		for cut > 0 && !utf8.RuneStart(first[cut]) {
			cut--
		}
		first, more = first[:cut], true
	}
	if more {
		first += "…"
	}
	return first
}
