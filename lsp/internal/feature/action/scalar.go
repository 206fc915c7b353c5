package action

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// scalar writes a string as a YAML scalar: plain where every reader takes it
// for this string, else in quotes.
func scalar(v string, flow bool) string {
	if n := reread(v, flow); n != nil {
		return v
	}
	single := "'" + strings.ReplaceAll(v, "'", "''") + "'"
	if n := syntax.Parse(text.New("k: " + v)).Root.Get("k"); n != nil && n.Value == v {
		return strconv.Quote(v) // right but for its type, for which the house style is "
	}
	if strings.ContainsAny(v, "'\\") || strings.ContainsFunc(v, func(c rune) bool { return c < ' ' }) {
		return strconv.Quote(v)
	}
	return single
}

// reread is the plain scalar v as a reader sees it, nil where it would be
// something else.
func reread(v string, flow bool) *syntax.Node {
	source := "k: " + v + "\n"
	if flow {
		source = "k: [" + v + "]\n"
	}
	tree := syntax.Parse(text.New(source))
	n := tree.Root.Get("k")
	if flow && n != nil && n.Kind == syntax.Sequence && len(n.Entries) == 1 {
		n = n.Entries[0].Value
	}
	if n == nil || n.Kind != syntax.Scalar || n.Style != syntax.Plain || n.Value != v || n.Type != syntax.String || len(tree.Problems) > 0 {
		return nil
	}
	if _, trap := n.NumberTrap(); trap {
		return nil
	}
	return n
}

// replacement puts text in the place of a range of a scalar's value.
type replacement struct {
	at  text.Range
	new string
}

// rewrite makes the replacements in a scalar so that it then has the value
// they give; it is false where that cannot be written.
func rewrite(tree *syntax.Tree, n *syntax.Node, list []replacement) ([]diagnostic.Edit, bool) {
	slices.SortFunc(list, func(a, b replacement) int { return a.at.Start - b.at.Start })
	var value strings.Builder
	last := 0
	for _, r := range list {
		if r.at.Start < last || r.at.End > len(n.Value) {
			return nil, false
		}
		value.WriteString(n.Value[last:r.at.Start] + r.new)
		last = r.at.End
	}
	value.WriteString(n.Value[last:])
	if n.Style == syntax.Plain && (n.Body.Len() != len(n.Value) || reread(value.String(), inFlow(n)) == nil) {
		return []diagnostic.Edit{{Range: n.Range, New: scalar(value.String(), inFlow(n))}}, n.Tag.Empty() && n.Anchor.Empty()
	}
	written := tree.SourceMap(n)
	var edits []diagnostic.Edit
	for _, r := range list {
		fresh, ok := inStyle(n.Style, r.new)
		if !ok {
			return nil, false
		}
		edits = append(edits, diagnostic.Edit{Range: written.Range(r.at), New: fresh})
	}
	return edits, true
}

// inStyle writes a piece of a scalar.
func inStyle(style syntax.Style, s string) (string, bool) {
	switch style {
	case syntax.SingleQuoted:
		return strings.ReplaceAll(s, "'", "''"), !strings.Contains(s, "\n")
	case syntax.DoubleQuoted:
		quoted := strconv.Quote(s)
		return quoted[1 : len(quoted)-1], true
	}
	return s, !strings.ContainsAny(s, "\r\n")
}

func inFlow(n *syntax.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Style == syntax.Flow {
			return true
		}
	}
	return false
}

// scalars are the scalars below the node that are values, in the order of the
// text.
func scalars(n *syntax.Node) []*syntax.Node {
	var out []*syntax.Node
	if n == nil {
		return nil
	}
	if n.Kind == syntax.Scalar {
		return []*syntax.Node{n}
	}
	for i := range n.Entries {
		out = append(out, scalars(n.Entries[i].Value)...)
	}
	return out
}
