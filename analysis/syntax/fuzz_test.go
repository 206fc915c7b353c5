package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	goccy "github.com/goccy/go-yaml"
	"go.yaml.in/yaml/v3"
)

const sample = `# syntax=dhi.io/build:2-alpine3.23

name: Sample 1.x
image: example.org/sample
tags:
  - "1.0"
  - 1-alpine
contents:
  packages:
    - '!gawk'
    - bash=5.2-r1
  builds:
    - name: one
      pipeline:
        - name: step
          runs: |
            set -eux -o pipefail

            echo "${target.dir}"
          with:
            deps: []
            output: a b  # kept
accounts:
  root: true
  users:
  - name: app
    uid: 65532
`

var seeds = []string{
	sample, "", "a", "a:", "- ", "a: b: c", "a: 'b\n c'\n", "k: |\n  x\n y\n", "- - - a\n", "{a: [b, {c: d}]}", "a: &x 1\nb: *x\n",
	"a: !x\nb: 1\n", "\tb: 1\n", "a:\r\n  - b\r\n", "\ufeffa: 1\n", "a: \"\\u00e9\\\n  b\"\n", "a: >\n  x\n  y\n\n    z\n",
	"? a\n: b\n", "a:\n  b\n  c: d\n", "a: [\n", "a: {b\nc: d\n", "%x\n---\na: 1\n---\nb: 2\n", "a: 0x1f\nb: 1_000\nc: .5\nd: 1e3\n",
	"<<: {a: 1}\nb: 2\n", "a: 'it''s'\n", "a: \"x: y\" # c\n", "a: - b\n", "a: @b\n", "A: |\n 0", "B:\n-\nC:", "a: 2024-1-2", ".5_:", "b: |\n a ", "\"\\-\":", "a: 1e3_", "a: |-\n : \n", "a: |\n x\n  ", "<<:", "00<<: ", "...:", "{}\n#", "{A:0\n0", "x: |+\n  a\n\n\ny: |-\n  b\n",
}

// FuzzParse holds the tree to what it promises for any text: ranges inside of
// the text, children inside of parents, and for regular text the values that
// both goccy/go-yaml and yaml.v3 read.
func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 1<<16 {
			return
		}
		tree := Parse(text.New(s))
		checkRanges(t, tree)
		checkCursors(t, tree)
		if complaint := disagreement(s); complaint != "" {
			t.Fatalf("%s\n%q", complaint, s)
		}
	})
}

// disagreement says how goccy/go-yaml or yaml.v3 reads a text other than the
// tree that calls it regular; it is empty where all agree.
func disagreement(s string) string {
	tree := Parse(text.New(s))
	if !tree.Regular || tree.Root == nil {
		return ""
	}
	got := tree.Root.Any()
	var want, other any
	if err := yaml.Unmarshal([]byte(s), &want); err != nil {
		return fmt.Sprintf("regular, but yaml.v3 rejects it: %v", err)
	}
	if !equal(got, stringKeys(want)) {
		return fmt.Sprintf("yaml.v3 reads %#v, the tree %#v", want, got)
	}
	if err := goccy.Unmarshal([]byte(s), &other); err != nil {
		return fmt.Sprintf("regular, but goccy rejects it: %v", err)
	}
	if !equal(got, goccyInts(other)) {
		return fmt.Sprintf("goccy reads %#v, the tree %#v", other, got)
	}
	return ""
}

// checkCursors asks for places all over the text.
func checkCursors(t *testing.T, tree *Tree) {
	size := tree.Text.Len()
	for o := 0; o <= size; o += 1 + size/64 {
		c := tree.At(o)
		switch {
		case !c.Replace.Contains(c.Offset) || c.Replace.Start < 0 || c.Replace.End > size:
			t.Fatalf("at %d: replaces %v\n%q", o, c.Replace, tree.Text.String())
		case c.Prefix != "" && !strings.HasSuffix(tree.Text.String()[:c.Offset], c.Prefix):
			t.Fatalf("at %d: prefix %q\n%q", o, c.Prefix, tree.Text.String())
		case tree.Text.LineOf(c.Replace.Start) != tree.Text.LineOf(c.Replace.End):
			t.Fatalf("at %d: replaces %v, more than a line\n%q", o, c.Replace, tree.Text.String())
		}
		c.Siblings()
	}
}

func checkRanges(t *testing.T, tree *Tree) {
	size := tree.Text.Len()
	var walk func(n *Node)
	walk = func(n *Node) {
		if n == nil {
			return
		}
		if n.Range.Start < 0 || n.Range.End > size || n.Range.End < n.Range.Start || n.Body.Start > n.Body.End || n.Body.End > size {
			t.Fatalf("range %v body %v outside of the text (%d)\n%q", n.Range, n.Body, size, tree.Text.String())
		}
		if n.Kind == Scalar {
			m := tree.SourceMap(n)
			for i := 0; i <= len(n.Value); i += max(1, len(n.Value)/16) {
				if at := m.Offset(i); at < 0 || at > size {
					t.Fatalf("source map leads to %d", at)
				}
			}
		}
		for i := range n.Entries {
			e := &n.Entries[i]
			if e.Value.Parent != n || e.Value.Index != i {
				t.Fatalf("entry %d: the value does not know its place\n%q", i, tree.Text.String())
			}
			walk(e.Key)
			walk(e.Value)
		}
	}
	walk(tree.Root)
	for _, p := range tree.Problems {
		if p.Range.Start < 0 || p.Range.End > size || p.Range.End < p.Range.Start || p.Message == "" {
			t.Fatalf("problem %+v", p)
		}
	}
	if strings.Trim(tree.Text.String(), " \t\r\n") == "" && tree.Root != nil {
		t.Fatal("a tree out of nothing")
	}
}

// stringKeys makes the keys of yaml.v3's maps strings, as the tree has them.
func stringKeys(v any) any {
	switch v := v.(type) {
	case map[any]any:
		return nil
	case map[string]any:
		for k := range v {
			v[k] = stringKeys(v[k])
		}
	case []any:
		for i := range v {
			v[i] = stringKeys(v[i])
		}
	}
	return v
}

// goccyInts makes goccy's unsigned numbers ints.
func goccyInts(v any) any {
	switch v := v.(type) {
	case uint64:
		return int(v)
	case int64:
		return int(v)
	case map[string]any:
		for k := range v {
			v[k] = goccyInts(v[k])
		}
	case []any:
		for i := range v {
			v[i] = goccyInts(v[i])
		}
	}
	return v
}
