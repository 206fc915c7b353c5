package definition

import (
	"strconv"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Field is a leaf of the definition: a scalar with its key. The zero Field is
// one that is absent.
type Field struct {
	// Key is the key's node; nil for items of lists and absent fields.
	Key *syntax.Node
	// Node is the value; nil where the field is absent.
	Node *syntax.Node
}

// Present reports whether the key (or item) stands in the text at all.
func (f Field) Present() bool { return f.Node != nil }

// Set reports whether the field holds a scalar that is not null.
func (f Field) Set() bool {
	return f.Node != nil && f.Node.Kind == syntax.Scalar && f.Node.Type != syntax.Null
}

// Value is the decoded text of the scalar, "" where there is none.
func (f Field) Value() string {
	if !f.Set() {
		return ""
	}
	return f.Node.Value
}

// Range is where the value stands, the key where the value is missing.
func (f Field) Range() text.Range {
	switch {
	case f.Node == nil:
		return text.Range{}
	case f.Node.Kind == syntax.Missing && f.Key != nil:
		return f.Key.Range
	}
	return f.Node.Range
}

// KeyRange is where the key stands, the value for items of lists.
func (f Field) KeyRange() text.Range {
	if f.Key != nil {
		return f.Key.Range
	}
	return f.Range()
}

// Int is the whole number the field holds.
func (f Field) Int() (int64, bool) {
	if !f.Set() || f.Node.Type != syntax.Int {
		return 0, false
	}
	n, err := strconv.ParseInt(f.Node.Value, 0, 64)
	return n, err == nil
}

// Bool is the truth value the field holds.
func (f Field) Bool() (value, ok bool) {
	if !f.Set() || f.Node.Type != syntax.Bool {
		return false, false
	}
	return f.Node.Value[0] == 't' || f.Node.Value[0] == 'T', true
}

// True reports whether the field holds true.
func (f Field) True() bool {
	v, ok := f.Bool()
	return v && ok
}

func field(n *syntax.Node, key string) Field {
	e := n.Entry(key)
	if e == nil {
		return Field{}
	}
	return Field{e.Key, e.Value.Deref()}
}

// fields are the items of the list behind the key. A single scalar counts as
// a list of one: the schema reports it, the rules still see it.
func fields(n *syntax.Node, key string) []Field {
	list := n.Get(key)
	if list == nil || list.Kind != syntax.Sequence {
		return nil
	}
	out := make([]Field, 0, len(list.Entries))
	for i := range list.Entries {
		out = append(out, Field{Node: list.Entries[i].Value.Deref()})
	}
	return out
}

// pairs are the entries of the mapping behind the key.
func pairs(n *syntax.Node, key string) []Field {
	m := n.Get(key)
	if m == nil || m.Kind != syntax.Mapping {
		return nil
	}
	out := make([]Field, 0, len(m.Entries))
	for i := range m.Entries {
		out = append(out, Field{m.Entries[i].Key, m.Entries[i].Value.Deref()})
	}
	return out
}

// Name is the key's text.
func (f Field) Name() string {
	if f.Key == nil {
		return ""
	}
	return f.Key.Value
}

func mappings(n *syntax.Node, key string) []*syntax.Node {
	list := n.Get(key)
	if list == nil || list.Kind != syntax.Sequence {
		return nil
	}
	out := make([]*syntax.Node, 0, len(list.Entries))
	for i := range list.Entries {
		if v := list.Entries[i].Value.Deref(); v.Kind == syntax.Mapping {
			out = append(out, v)
		}
	}
	return out
}
