package syntax

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Flow collections over several lines are right where they are closed, however
// much their lines look like block style.
func TestFlowOverLines(t *testing.T) {
	for _, s := range []string{
		"a: [{b: c,\n  d: e}]\nf: g\n",
		"a: [\n  {b: c,\n   d: \"x\"},\n  e: f,\n  ]\ng: h\n",
		"a: {b:\n  c,\n  d: [e,\n    f]}\n",
		"- name: x\n  a: [{b: c,\n    d: e}]\n  g: h\n",
	} {
		tree := Parse(text.New(s))
		for _, p := range tree.Problems {
			t.Errorf("%q: %s", s, p.Message)
		}
	}
	// Not closed: what follows keeps its meaning.
	tree := Parse(text.New("a: [\n  b: c\n  d: e\nf: g\n"))
	if len(tree.Problems) == 0 || tree.Root.Get("f") == nil {
		t.Errorf("%d problems, f is %v", len(tree.Problems), tree.Root.Get("f"))
	}
}
