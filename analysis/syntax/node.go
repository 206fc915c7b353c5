// Package syntax turns any text into a tree with a byte range for every key,
// value, item, comment and scalar body.
//
// The tree is tolerant: half-typed text is the normal state of a document in
// an editor, so a tree exists for every input, the parts that are broken are
// described by [Problem]s at their true place, and the parts around them keep
// their meaning. The tree decodes scalars itself; docs/architecture.md says
// why, and the tests hold its values to those of goccy/go-yaml and
// go.yaml.in/yaml/v3.
package syntax

import (
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Kind is what a node is.
type Kind uint8

const (
	// Missing stands where a value could stand and none does; it reads as null.
	Missing Kind = iota
	// Scalar is a plain, quoted or block scalar.
	Scalar
	// Mapping holds entries with keys.
	Mapping
	// Sequence holds entries without keys.
	Sequence
	// Alias refers to an anchored node.
	Alias
)

// Style is how a node is written.
type Style uint8

const (
	// Plain is an unquoted scalar.
	Plain Style = iota
	// SingleQuoted is a 'scalar'.
	SingleQuoted
	// DoubleQuoted is a "scalar".
	DoubleQuoted
	// Literal is a block scalar behind |.
	Literal
	// Folded is a block scalar behind >.
	Folded
	// Block is a collection by indentation.
	Block
	// Flow is a collection in brackets or braces.
	Flow
)

// Type is what a scalar reads as in YAML's core schema.
type Type uint8

const (
	// String is any quoted scalar and every plain one that is nothing else.
	String Type = iota
	// Null is an empty value, ~ or null.
	Null
	// Bool is true or false.
	Bool
	// Int is a whole number.
	Int
	// Float is a number with a fraction or exponent.
	Float
)

func (t Type) String() string {
	return [...]string{"string", "null", "boolean", "integer", "number"}[t]
}

// Node is a value (or a key) of the tree. Nodes are immutable once parsed.
type Node struct {
	Kind  Kind
	Style Style
	Type  Type
	// IsKey tells a mapping key from a value.
	IsKey   bool
	ownLine bool // a plain scalar that begins its line
	// Indent is the column in bytes at which the entries of a block
	// collection stand.
	Indent int
	// Range covers the node as written: quotes, brackets, block header.
	Range text.Range
	// Body is the inside of a scalar: without quotes, for block scalars the
	// content lines from the first one's start to the last break.
	Body text.Range
	// Value is the decoded scalar, or an alias' name.
	Value string
	// Tag and Anchor are the ranges of the node's properties, empty if absent.
	Tag, Anchor text.Range
	// Parent is the collection that holds the node, nil at the root.
	Parent *Node
	// Index is the node's place among the parent's entries.
	Index int
	// Entries are the members of a collection in order of the text.
	Entries []Entry

	target    *Node // of an alias
	blockHead blockHead
}

// Entry is one member of a mapping or a sequence.
type Entry struct {
	// Key is the entry's key; nil in a sequence.
	Key *Node
	// Mark is the ':' or '-', empty where it is not typed yet.
	Mark text.Range
	// Value is never nil; its kind may be Missing.
	Value *Node
	// Range reaches from the key or dash to the end of the value.
	Range text.Range
}

// Comment is a comment from # to the end of its line.
type Comment struct {
	Range text.Range
	// Alone says that nothing else stands on the line.
	Alone bool
}

// Problem is something the text does wrong as YAML.
type Problem struct {
	// Code is the id of the rule that reports it.
	Code    string
	Range   text.Range
	Message string
	// Fix is the title of a repair, empty if none is certain.
	Fix   string
	Edits []text.Edit
	// Related is the place of an explanation, empty if none.
	Related        text.Range
	RelatedMessage string
	// Lenient says that common readers accept the text all the same.
	Lenient bool
}

// Tree is the parsed form of one text.
type Tree struct {
	Text     *text.Text
	Root     *Node
	Comments []Comment
	Problems []Problem
	// Displaced are keys that stand at a wrong column like the one before them,
	// of which a problem tells.
	Displaced []text.Range
	// Regular says that the text uses only the part of YAML that every
	// reader reads alike, so that no second opinion is needed. All of the
	// public catalog is regular.
	Regular bool

	anchors map[string]*Node
}

// Deref follows an alias to its anchored node.
func (n *Node) Deref() *Node {
	for i := 0; n != nil && n.Kind == Alias && i < 8; i++ {
		if n.target == nil {
			return n
		}
		n = n.target
	}
	return n
}

// Entry returns the first entry of a mapping with the key, merge keys
// included, or nil.
func (n *Node) Entry(key string) *Entry {
	budget := maxMerges
	return n.entry(key, &budget)
}

// maxMerges bounds the mappings that one look-up goes through by merge keys,
// which can refer to each other without end.
const maxMerges = 64

func (n *Node) entry(key string, budget *int) *Entry {
	n = n.Deref()
	if n == nil || n.Kind != Mapping || *budget <= 0 {
		return nil
	}
	*budget--
	merges := false
	for i := range n.Entries {
		if n.Entries[i].Key.Value == key {
			return &n.Entries[i]
		}
		merges = merges || n.Entries[i].Key.isMerge()
	}
	if !merges {
		return nil
	}
	for i := range n.Entries {
		if !n.Entries[i].Key.isMerge() {
			continue
		}
		v := n.Entries[i].Value.Deref()
		if v.Kind != Sequence {
			if e := v.entry(key, budget); e != nil {
				return e
			}
			continue
		}
		for j := range v.Entries {
			if e := v.Entries[j].Value.entry(key, budget); e != nil {
				return e
			}
		}
	}
	return nil
}

func (n *Node) isMerge() bool { return n.Value == "<<" && n.Style == Plain }

// Get returns the value of the key in a mapping, or nil.
func (n *Node) Get(key string) *Node {
	if e := n.Entry(key); e != nil {
		return e.Value.Deref()
	}
	return nil
}

// At follows a path of keys and returns the value there, or nil.
func (n *Node) At(keys ...string) *Node {
	for _, k := range keys {
		if n = n.Get(k); n == nil {
			return nil
		}
	}
	return n
}

// Items returns the values of a sequence, aliases followed.
func (n *Node) Items() []*Node {
	n = n.Deref()
	if n == nil || n.Kind != Sequence {
		return nil
	}
	items := make([]*Node, len(n.Entries))
	for i := range n.Entries {
		items[i] = n.Entries[i].Value.Deref()
	}
	return items
}

// IsNull reports whether the node reads as null.
func (n *Node) IsNull() bool {
	return n == nil || n.Kind == Missing || n.Kind == Scalar && n.Type == Null
}

// Owner is the entry that holds the node as key or value, nil for the root.
func (n *Node) Owner() *Entry {
	if n == nil || n.Parent == nil || n.Index >= len(n.Parent.Entries) {
		return nil
	}
	return &n.Parent.Entries[n.Index]
}

// Segment is one step of a path: a key, or an index where Key is empty and
// Index is not negative.
type Segment struct {
	Key   string
	Index int
}

// Key makes a key segment.
func Key(k string) Segment { return Segment{k, -1} }

// Index makes an index segment.
func Index(i int) Segment { return Segment{"", i} }

// IsIndex tells an index from a key.
func (s Segment) IsIndex() bool { return s.Index >= 0 }

func (s Segment) String() string {
	if s.IsIndex() {
		return strconv.Itoa(s.Index)
	}
	return s.Key
}

// Path leads from the root to a node.
type Path []Segment

// String writes the path as contents.packages[12].
func (p Path) String() string {
	var b strings.Builder
	for i, s := range p {
		switch {
		case s.IsIndex():
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
		case i > 0:
			b.WriteString("." + s.Key)
		default:
			b.WriteString(s.Key)
		}
	}
	return b.String()
}

// Strings returns the segments, indexes in decimal.
func (p Path) Strings() []string {
	out := make([]string, len(p))
	for i, s := range p {
		out[i] = s.String()
	}
	return out
}

// Match reports whether the path has the form of pattern, in which "*" stands
// for any segment and "[]" for any index.
func (p Path) Match(pattern ...string) bool {
	if len(p) != len(pattern) {
		return false
	}
	for i, want := range pattern {
		switch {
		case want == "*":
		case want == "[]":
			if !p[i].IsIndex() {
				return false
			}
		case p[i].IsIndex() || p[i].Key != want:
			return false
		}
	}
	return true
}

// Path is the node's path. A key has the path of its entry.
func (n *Node) Path() Path {
	depth := 0
	for m := n; m != nil && m.Parent != nil; m = m.Parent {
		depth++
	}
	p := make(Path, depth)
	for m := n; m != nil && m.Parent != nil; m = m.Parent {
		depth--
		e := &m.Parent.Entries[m.Index]
		if e.Key != nil {
			p[depth] = Key(e.Key.Value)
		} else {
			p[depth] = Index(m.Index)
		}
	}
	return p
}

// Lookup follows a path from the root as far as it leads, and says whether it
// leads to its end.
func (t *Tree) Lookup(p Path) (*Node, bool) {
	n := t.Root
	for _, s := range p {
		d := n.Deref()
		if d == nil {
			return n, false
		}
		var next *Node
		if s.IsIndex() {
			if d.Kind == Sequence && s.Index < len(d.Entries) {
				next = d.Entries[s.Index].Value
			}
		} else if e := d.Entry(s.Key); e != nil {
			next = e.Value
		}
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}
