package syntax

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.yaml.in/yaml/v3"
)

// A truth is the place of a key or scalar as yaml.v3 gives it.
type truth struct {
	path     Path
	role     Role
	from, to int // the scalar's text, where it stands on one line
	node     *yaml.Node
	parent   *yaml.Node
	index    int  // among the parent's members
	first    bool // the first key of its mapping
	value    *yaml.Node
}

// truths lists all keys and scalars of an intact text.
func truths(t testing.TB, src string) []truth {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
		t.Fatal(err)
	}
	w := walker{text: text.New(src)}
	for _, n := range doc.Content {
		w.walk(n, truth{role: RoleValue, node: n})
	}
	return w.out
}

type walker struct {
	text *text.Text
	out  []truth
}

func (w *walker) walk(n *yaml.Node, at truth) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			w.scalar(truth{path: at.path, role: RoleKey, node: k, parent: n, index: i / 2, first: i == 0, value: v})
			w.walk(v, truth{path: join(at.path, Key(k.Value)), role: RoleValue, node: v, parent: n, index: i / 2})
		}
	case yaml.SequenceNode:
		for i, v := range n.Content {
			w.walk(v, truth{path: join(at.path, Index(i)), role: RoleItem, node: v, parent: n, index: i})
		}
	case yaml.ScalarNode:
		w.scalar(at)
	}
}

func join(p Path, s Segment) Path { return append(append(Path(nil), p...), s) }

func (w *walker) scalar(at truth) {
	if at.node.Tag == "!!null" && at.node.Value == "" {
		return
	}
	at.from = w.text.OffsetOfHuman(text.Human{Line: at.node.Line, Column: at.node.Column})
	at.to = -1
	line := w.text.LineEnd(w.text.LineOf(at.from))
	rest := w.text.String()[at.from:line]
	switch {
	case at.node.Style == 0 && strings.HasPrefix(rest, at.node.Value):
		at.to = at.from + len(at.node.Value)
	case at.node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		if end := strings.IndexByte(rest[1:], rest[0]); end >= 0 && rest[1:1+end] == at.node.Value {
			at.to = at.from + end + 2
		}
	}
	w.out = append(w.out, at)
}

func (at truth) block() bool {
	return at.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}

// ownDefinitions are the texts of testdata/definitions.
func ownDefinitions(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/definitions/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no test definitions: %v", err)
	}
	var texts []string
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	return texts
}

// TestIntact asks for the place of every key and scalar of intact texts, at
// its start, in its middle and at its end, and in the lines of every script.
func TestIntact(t *testing.T) {
	nth := 12
	if os.Getenv("DHI_FULL") != "" {
		nth = 1
	}
	asked, wrong := 0, 0
	for _, src := range append(ownDefinitions(t), corpusDefinitions(nth)...) {
		for _, version := range []string{src, strings.ReplaceAll(src, "\n", "\r\n"), "\ufeff" + src} {
			tree := Parse(text.New(version))
			for _, at := range truths(t, version) {
				offsets := []int{at.from}
				if at.to > at.from {
					offsets = append(offsets, (at.from+at.to)/2, at.to)
				}
				for _, o := range offsets {
					c := tree.At(o)
					if asked++; c.Role != at.role || c.Path.String() != at.path.String() {
						if wrong++; wrong < 20 {
							t.Errorf("%v: %v %s, want %v %s", tree.Text.Human(o), c.Role, c.Path, at.role, at.path)
						}
					}
				}
				if body := tree.Text.LineStart(tree.Text.LineOf(at.from)+1) + at.node.Column; at.block() && body < tree.Text.Len() {
					c := tree.At(body)
					if asked++; c.Role != RoleScalar || c.Path.String() != at.path.String() {
						if wrong++; wrong < 20 {
							t.Errorf("%v: %v %s in the script of %s", tree.Text.Human(body), c.Role, c.Path, at.path)
						}
					}
				}
			}
		}
	}
	t.Logf("%d places, %d wrong", asked, wrong)
}
