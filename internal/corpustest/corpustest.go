// Package corpustest lets tests read the public catalog where it is at hand:
// an unpacked copy that DHI_CORPUS names, or an archive beside the checkout.
package corpustest

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// Scalar is one string of a definition with the keys that lead to it; an
// element of a list adds the key "[]".
type Scalar struct {
	File  string
	Path  []string
	Value string
}

// Last is the last key of the path, list elements passed over.
func (s *Scalar) Last() string {
	for i := len(s.Path) - 1; i >= 0; i-- {
		if s.Path[i] != "[]" {
			return s.Path[i]
		}
	}
	return ""
}

// Under reports whether the path ends in the keys, list elements passed over.
func (s *Scalar) Under(keys ...string) bool {
	i := len(s.Path) - 1
	for k := len(keys) - 1; k >= 0; k-- {
		for i >= 0 && s.Path[i] == "[]" {
			i--
		}
		if i < 0 || s.Path[i] != keys[k] {
			return false
		}
		i--
	}
	return true
}

// Definition is one definition of the catalog, decoded.
type Definition struct {
	File    string
	Vars    map[string]string
	Scalars []Scalar
}

// Definitions decodes all definitions of the catalog. The test is skipped
// where there is none.
func Definitions(t testing.TB) []Definition {
	t.Helper()
	var out []Definition
	for _, f := range Files(t) {
		if !f.Definition() {
			continue
		}
		var root yaml.Node
		if err := yaml.Unmarshal([]byte(f.Content), &root); err != nil || len(root.Content) == 0 {
			t.Fatalf("%s: %v", f.Path, err)
		}
		d := Definition{File: f.Path, Vars: map[string]string{}}
		d.walk(root.Content[0], nil)
		for _, s := range d.Scalars {
			if len(s.Path) == 2 && s.Path[0] == "vars" {
				d.Vars[s.Path[1]] = s.Value
			}
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		t.Fatal("the catalog holds no definition")
	}
	return out
}

func (d *Definition) walk(n *yaml.Node, path []string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.walk(n.Content[i+1], append(path[:len(path):len(path)], n.Content[i].Value))
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			d.walk(item, append(path[:len(path):len(path)], "[]"))
		}
	case yaml.ScalarNode:
		d.Scalars = append(d.Scalars, Scalar{d.File, path, n.Value})
	}
}
