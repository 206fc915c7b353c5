// Package semdiff tells what differs between two definitions in terms of what
// they define: packages, users, paths, stages, scripts. The order of keys and
// of what is a set, comments and quotes make no difference.
package semdiff

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Kind is how something differs.
type Kind string

// The kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	// Moved says that an ordered list has the same members in another order.
	Moved Kind = "moved"
)

// Change is one difference.
type Change struct {
	// Section groups changes for readers: Packages, Users, Stage build.
	Section string `json:"section"`
	// Path leads to the value; members of lists go by name:
	// contents.builds[app].pipeline[build].runs.
	Path string `json:"path"`
	// Label is the end of the path that the section does not say.
	Label string `json:"label"`
	Kind  Kind   `json:"kind"`
	Old   string `json:"old,omitempty"`
	New   string `json:"new,omitempty"`
	// Script says that the values are texts of several lines.
	Script bool `json:"script,omitempty"`
	// OldRange and NewRange are where the values stand, empty where absent.
	OldRange text.Range `json:"-"`
	NewRange text.Range `json:"-"`
}

// Compare lists what must change to get from a to b, in the order of the
// sections. Both must be definitions.
func Compare(a, b *definition.Document) ([]Change, error) {
	for _, d := range []*definition.Document{a, b} {
		if d == nil || d.Def == nil {
			return nil, fmt.Errorf("%s: not a DHI definition", pathOf(d))
		}
	}
	c := &comparer{}
	if a.Directive.RefValue != b.Directive.RefValue {
		c.list = append(c.list, Change{
			Section: definitionSection, Path: "syntax", Label: "syntax", Kind: Changed, Old: a.Directive.RefValue, New: b.Directive.RefValue,
			OldRange: a.Directive.Ref, NewRange: b.Directive.Ref,
		})
	}
	c.compare(nil, root(a), root(b))
	return sorted(c.list), nil
}

func pathOf(d *definition.Document) string {
	if d == nil {
		return "the document"
	}
	return d.Path
}

func root(d *definition.Document) *syntax.Node {
	if d.Def.Root == nil {
		return &syntax.Node{Kind: syntax.Mapping}
	}
	return d.Def.Root
}

// maxDepth bounds the descent; definitions have some fifteen levels.
const maxDepth = 200

// maxNodes bounds the nodes looked at: aliases can make a small text stand for
// a tree without end.
const maxNodes = 1 << 20

type comparer struct {
	list  []Change
	nodes int
}

// deeper reports whether to look at the members of a node.
func (c *comparer) deeper(path []step) bool {
	c.nodes++
	return len(path) < maxDepth && c.nodes < maxNodes
}

// step is one part of a path: a key, or the name of a member of a list.
type step struct {
	name   string
	member bool
}

func (c *comparer) compare(path []step, a, b *syntax.Node) {
	a, b = a.Deref(), b.Deref()
	deeper := c.deeper(path)
	switch {
	case a.Kind == syntax.Mapping && b.Kind == syntax.Mapping && deeper:
		c.members(path, entries(a), entries(b), false)
	case a.Kind == syntax.Sequence && b.Kind == syntax.Sequence && deeper:
		key := lastKey(path)
		if ordered[key] {
			if render(a) != render(b) {
				c.add(path, Changed, a, b)
			}
			return
		}
		c.members(path, items(a, key), items(b, key), inOrder[key])
	case a.IsNull() && b.IsNull():
	case render(a) != render(b) || a.Type != b.Type && a.Kind == b.Kind && a.Value != b.Value:
		c.add(path, Changed, a, b)
	}
}

// member is an entry of a mapping or a list with what identifies it.
type member struct {
	step step
	node *syntax.Node
}

// members compares what both sides have under the same name.
func (c *comparer) members(path []step, a, b []member, order bool) {
	left := map[string]*syntax.Node{}
	for _, m := range a {
		left[m.step.name] = m.node
	}
	right := map[string]*syntax.Node{}
	var common []string
	for _, m := range b {
		right[m.step.name] = m.node
		if left[m.step.name] != nil {
			common = append(common, m.step.name)
		}
	}
	at := 0
	moved := false
	for _, m := range a {
		other := right[m.step.name]
		if other == nil {
			c.whole(join(path, m.step), Removed, m.node)
			continue
		}
		moved = moved || at < len(common) && common[at] != m.step.name
		at++
		c.compare(join(path, m.step), m.node, other)
	}
	for _, m := range b {
		if left[m.step.name] == nil {
			c.whole(join(path, m.step), Added, m.node)
		}
	}
	if order && moved {
		c.list = append(c.list, change(path, Moved, names(a), names(b)))
	}
}

func join(path []step, s step) []step { return append(path[:len(path):len(path)], s) }

func names(list []member) string {
	var out []string
	for _, m := range list {
		out = append(out, m.step.name)
	}
	return strings.Join(out, ", ")
}

// whole reports something that one side alone has. A mapping of free keys and
// a list of names are told member by member.
func (c *comparer) whole(path []step, kind Kind, n *syntax.Node) {
	n = n.Deref()
	key := lastKey(path)
	deeper := c.deeper(path)
	switch {
	case deeper && n.Kind == syntax.Mapping && len(n.Entries) > 0 && !path[len(path)-1].member && key != "with":
		for _, m := range entries(n) {
			c.whole(join(path, m.step), kind, m.node)
		}
	case deeper && n.Kind == syntax.Sequence && len(n.Entries) > 0 && !ordered[key] && !under(path, "with"):
		for _, m := range items(n, key) {
			c.whole(join(path, m.step), kind, m.node)
		}
	case kind == Added:
		c.add(path, kind, nil, n)
	default:
		c.add(path, kind, n, nil)
	}
}

func under(path []step, key string) bool {
	for _, s := range path {
		if !s.member && s.name == key {
			return true
		}
	}
	return false
}

func (c *comparer) add(path []step, kind Kind, a, b *syntax.Node) {
	ch := change(path, kind, "", "")
	if a != nil {
		ch.Old, ch.OldRange = render(a), a.Range
		ch.Script = strings.Contains(strings.TrimSuffix(ch.Old, "\n"), "\n")
	}
	if b != nil {
		ch.New, ch.NewRange = render(b), b.Range
		ch.Script = ch.Script || strings.Contains(strings.TrimSuffix(ch.New, "\n"), "\n")
	}
	c.list = append(c.list, ch)
}

func change(path []step, kind Kind, old, new string) Change {
	section, label := sectionOf(path)
	return Change{Section: section, Path: pathString(path), Label: label, Kind: kind, Old: old, New: new}
}

func pathString(path []step) string {
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.member:
			b.WriteString("[" + s.name + "]")
		case i > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

func lastKey(path []step) string {
	for i := len(path) - 1; i >= 0; i-- {
		if !path[i].member {
			return path[i].name
		}
	}
	return ""
}

func entries(n *syntax.Node) []member {
	var list []member
	for _, e := range n.Entries {
		if e.Key != nil && e.Value != nil {
			list = append(list, member{step{e.Key.Value, false}, e.Value.Deref()})
		}
	}
	return unique(list)
}

// ordered lists mean something as a whole.
var ordered = map[string]bool{"entrypoint": true, "cmd": true, "command": true}

// inOrder lists have members with names whose order counts.
var inOrder = map[string]bool{"pipeline": true, "builds": true, "repositories": true, "ldflags": true}

// identity is the key that names the members of a list.
var identity = map[string][]string{
	"builds": {"name"}, "users": {"name"}, "groups": {"name"}, "files": {"path", "url"}, "paths": {"path"},
	"outputs": {"target", "source"}, "pipeline": {"name", "uses"}, "caches": {"path", "target"}, "secrets": {"id", "name"},
	"tests": {"name"}, "images": {"name"}, "subpackages": {"name"}, "attestations": {"predicate-type"}, "packages": {"name"},
}

// items names the members of a list.
func items(n *syntax.Node, key string) []member {
	var list []member
	for i, item := range n.Items() {
		if item != nil {
			list = append(list, member{step{itemName(item, key, i), true}, item})
		}
	}
	return unique(list)
}

func itemName(n *syntax.Node, key string, index int) string {
	if n.Kind == syntax.Scalar {
		if key == "packages" {
			e := entry.Parse(n.Value)
			if e.FullName() != "" {
				return e.FullName()
			}
		}
		return n.Value
	}
	if key == "artifacts" {
		if name := n.Get("name"); name != nil {
			r := entry.ParseReference(name.Value)
			if r.Repository.Text != "" {
				return strings.Trim(r.Registry.Text+"/"+r.Repository.Text, "/")
			}
			return name.Value
		}
	}
	for _, id := range identity[key] {
		if v := n.Get(id); v != nil && v.Kind == syntax.Scalar && v.Value != "" {
			return v.Value
		}
	}
	return strconv.Itoa(index + 1)
}

// unique tells members of the same name by their order.
func unique(list []member) []member {
	seen := map[string]int{}
	for i := range list {
		name := list[i].step.name
		seen[name]++
		if n := seen[name]; n > 1 {
			list[i].step.name = fmt.Sprintf("%s #%d", name, n)
		}
	}
	return list
}

// render writes a value for people: scalars as they are, collections in one
// line.
func render(n *syntax.Node) string {
	if n.Kind == syntax.Scalar || n.Kind == syntax.Alias {
		return n.Value
	}
	var b strings.Builder
	flow(&b, n, 0)
	return b.String()
}

func flow(b *strings.Builder, n *syntax.Node, depth int) {
	n = n.Deref()
	if depth > 40 || b.Len() > 64<<10 {
		b.WriteString("…")
		return
	}
	switch n.Kind {
	case syntax.Mapping:
		b.WriteByte('{')
		for i, m := range entries(n) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(m.step.name + ": ")
			flow(b, m.node, depth+1)
		}
		b.WriteByte('}')
	case syntax.Sequence:
		b.WriteByte('[')
		for i, item := range n.Items() {
			if i > 0 {
				b.WriteString(", ")
			}
			flow(b, item, depth+1)
		}
		b.WriteByte(']')
	case syntax.Scalar:
		if n.Type == syntax.String && (n.Value == "" || strings.ContainsAny(n.Value, ",[]{}\n\"")) {
			b.WriteString(strconv.Quote(n.Value))
		} else {
			b.WriteString(n.Value)
		}
	default:
		b.WriteString("null")
	}
}
