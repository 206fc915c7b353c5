package upgrade

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// zone says what kind of text a scalar is, which decides how a version in it
// is understood.
type zone uint8

const (
	// inText is anything that was expanded from variables: URLs, paths, purls,
	// scripts, arguments of actions.
	inText zone = iota
	inTag
	inVar
	inPin
	inReference
	inMapping
	// inDependency is an argument that names versions of others: go/bump.
	inDependency
	inName
	inEnvironment
	inSource
	// fixed never changes: directives of the format, identities, prose.
	fixed
)

// leaf is a scalar of the definition.
type leaf struct {
	node *syntax.Node
	path syntax.Path
	zone zone
	// key is the key that the scalar, or the list that it stands in, belongs to.
	key string
	// edits are in bytes of the decoded value.
	edits []swapped
}

type swapped struct {
	start, end int
	new        string
}

// value is the decoded scalar.
func (l *leaf) value() string { return l.node.Value }

// result is the value after the edits.
func (l *leaf) result() string {
	var b strings.Builder
	at := 0
	for _, e := range l.edits {
		b.WriteString(l.node.Value[at:e.start])
		b.WriteString(e.new)
		at = e.end
	}
	b.WriteString(l.node.Value[at:])
	return b.String()
}

// replace puts new in place of the bytes, unless an edit is there already.
func (l *leaf) replace(start, end int, new string) {
	if l.node.Value[start:end] == new {
		return
	}
	i := 0
	for i < len(l.edits) && l.edits[i].start < start {
		i++
	}
	if i > 0 && l.edits[i-1].end > start || i < len(l.edits) && l.edits[i].start < end {
		return
	}
	l.edits = append(l.edits[:i], append([]swapped{{start, end, new}}, l.edits[i:]...)...)
}

// unversioned are the top-level keys under which no version is looked for.
var unversioned = map[string]bool{
	"image": true, "variant": true, "flavor": true, "platforms": true, "dates": true, "os-release": true,
	"annotations": true, "accounts": true, "ports": true, "compression": true, "output": true,
}

// zones by the end of the path, the first that matches.
var zones = []struct {
	pattern []string
	zone    zone
}{
	{[]string{"packages", "[]"}, inPin},
	{[]string{"repositories", "[]"}, fixed},
	{[]string{"keyring", "[]"}, fixed},
	{[]string{"mappings", "*"}, inMapping},
	{[]string{"files", "[]", "url"}, inSource},
	{[]string{"environment", "*"}, inEnvironment},
}

// dependencyActions take versions of other products as arguments.
var dependencyActions = regexp.MustCompile(`^(?:go|npm|yarn|pnpm|composer|cargo|pip|gem|nuget)/bump|^(?:mvn|gradle|npm|yarn)/patch`)

// dhiReference finds values that are references of hardened images.
var dhiReference = regexp.MustCompile(`^(?:dhi\.io|dhi)/[a-z0-9][a-z0-9._-]*[:@]`)

// leaves collects the scalars in the order of the text.
func leaves(root *syntax.Node) []*leaf {
	var list []*leaf
	var walk func(n *syntax.Node, key string, dependency bool)
	walk = func(n *syntax.Node, key string, dependency bool) {
		switch n.Kind {
		case syntax.Scalar:
			l := &leaf{node: n, path: n.Path(), key: key}
			l.zone = zoneOf(l, dependency)
			list = append(list, l)
		case syntax.Mapping:
			uses := n.Get("uses")
			bump := uses != nil && uses.Kind == syntax.Scalar && dependencyActions.MatchString(uses.Value)
			for _, e := range n.Entries {
				if e.Value != nil && e.Key != nil {
					walk(e.Value, e.Key.Value, dependency || bump && e.Key.Value == "with")
				}
			}
		case syntax.Sequence:
			for _, e := range n.Entries {
				if e.Value != nil {
					walk(e.Value, key, dependency)
				}
			}
		}
	}
	walk(root, "", false)
	return list
}

func zoneOf(l *leaf, dependency bool) zone {
	if len(l.path) == 0 {
		return fixed
	}
	if dependency {
		return inDependency
	}
	if dhiReference.MatchString(l.node.Value) {
		return inReference
	}
	top := l.path[0].Key
	switch {
	case unversioned[top]:
		return fixed
	case top == "name" && len(l.path) == 1:
		return inName
	case top == "tags":
		return inTag
	case top == "vars":
		return inVar
	}
	for _, z := range zones {
		if inContents(l.path) && len(l.path) > len(z.pattern) && l.path[len(l.path)-len(z.pattern):].Match(z.pattern...) || z.zone == inEnvironment && l.path.Match(z.pattern...) {
			return z.zone
		}
	}
	return inText
}

// inContents tells what is installed from the arguments of steps.
func inContents(p syntax.Path) bool {
	for _, s := range p {
		if s.Key == "with" || s.Key == "spdx" {
			return false
		}
	}
	return true
}

// reference reads the leaf as a reference of a hardened image.
func (l *leaf) reference() (entry.Reference, string, bool) {
	if l.zone != inReference {
		return entry.Reference{}, "", false
	}
	r := entry.ParseReference(l.node.Value)
	name, ok := r.DHIName()
	return r, name, ok && r.Repository.Text != ""
}
