package syntax

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// In each text the value of k is decoded; every pair is a part of the value
// and what it has to be in the file.
var sourceMaps = []struct {
	name, text, value string
	parts             [][2]string
}{
	{"plain", "k: one two # c\n", "one two", [][2]string{{"one", "one"}, {"two", "two"}, {"one two", "one two"}}},
	{"plain, not ASCII", "k: größe é\n", "größe é", [][2]string{{"ö", "ö"}, {"é", "é"}, {"e é", "e é"}}},
	{"plain, folded", "k: one\n   two\n\n   three\n", "one two\nthree", [][2]string{{"one", "one"}, {"two", "two"}, {"three", "three"}, {"one two", "one\n   two"}}},
	{"single quotes", "k: 'it''s #{ x }' # c\n", "it's #{ x }", [][2]string{{"it'", "it'"}, {"s", "s"}, {"#{ x }", "#{ x }"}, {"'s", "''s"}}},
	{"single quotes, folded", "k: 'one\n  two'\n", "one two", [][2]string{{"one", "one"}, {"two", "two"}}},
	{"double quotes", `k: "one two"` + "\n", "one two", [][2]string{{"two", "two"}}},
	{"escapes", `k: "a\n\u00e9b\x41\t"` + "\n", "a\né" + "bA\t", [][2]string{{"a", "a"}, {"\n", `\n`}, {"é", `\u00e9`}, {"b", "b"}, {"A", `\x41`}, {"\t", `\t`}, {"ébA", `\u00e9b\x41`}}},
	{"escaped quotes", `k: "say \"hi\" now"` + "\n", `say "hi" now`, [][2]string{{`"hi"`, `\"hi\"`}, {"now", "now"}}},
	{"escaped break", "k: \"one\\\n   two\"\n", "onetwo", [][2]string{{"one", "one"}, {"two", "two"}}},
	{"double quotes, folded", "k: \"one\n\n  two\"\n", "one\ntwo", [][2]string{{"one", "one"}, {"two", "two"}}},
	{"literal", "k: |\n  one\n\n    two ${x}\nz: 1\n", "one\n\n  two ${x}\n", [][2]string{{"one", "one"}, {"two", "two"}, {"${x}", "${x}"}, {"  two", "  two"}, {"one\n\n  two", "one\n\n    two"}}},
	{"literal, not ASCII", "k: |\n  é ö\n  ü\n", "é ö\nü\n", [][2]string{{"ö", "ö"}, {"ü", "ü"}}},
	{"literal, stripped", "k: |-\n  one\n  two\n\n", "one\ntwo", [][2]string{{"two", "two"}}},
	{"literal, kept", "k: |+\n  one\n\n", "one\n\n", [][2]string{{"one", "one"}}},
	{"literal, indentation given", "k: |2\n    one\n   two\n", "  one\n two\n", [][2]string{{"one", "one"}, {" two", " two"}}},
	{"folded", "k: >\n  one\n  two\n\n  three\n    deep\n", "one two\nthree\n  deep\n", [][2]string{{"one", "one"}, {"two", "two"}, {"three", "three"}, {"  deep", "  deep"}}},
	{"flow", "k: [x, 'a''b']\n", "a'b", [][2]string{{"a", "a"}, {"b", "b"}, {"'b", "''b"}}},
}

func TestSourceMap(t *testing.T) {
	for _, c := range sourceMaps {
		for name, src := range map[string]string{"LF": c.text, "CRLF": strings.ReplaceAll(c.text, "\n", "\r\n"), "BOM": "\ufeff" + c.text, "deeper": "a: ü\n" + c.text} {
			tree := Parse(text.New(src))
			n := tree.Root.Get("k")
			if n.Kind == Sequence {
				n = n.Entries[1].Value
			}
			if n.Value != c.value {
				t.Errorf("%s %s: value %q, want %q", c.name, name, n.Value, c.value)
				continue
			}
			m := tree.SourceMap(n)
			for _, part := range c.parts {
				at := strings.Index(c.value, part[0])
				got := tree.Text.Slice(m.Range(text.Range{Start: at, End: at + len(part[0])}))
				want := part[1]
				if name == "CRLF" {
					want = strings.ReplaceAll(want, "\n", "\r\n")
				}
				if got != want {
					t.Errorf("%s %s: %q is %q in the file, want %q", c.name, name, part[0], got, want)
				}
			}
			copied(t, tree, n)
		}
	}
}

// copied holds every byte of a value that the map calls copied to the same
// byte of the file.
func copied(t *testing.T, tree *Tree, n *Node) {
	t.Helper()
	m, s := tree.SourceMap(n), tree.Text.String()
	for _, r := range m.runs {
		for k := range r.length {
			if i := r.value + k; i < len(n.Value) && (m.Offset(i) != r.file+k || s[r.file+k] != n.Value[i]) {
				t.Fatalf("byte %d of %q leads to %d, %q", i, n.Value, m.Offset(i), s[m.Offset(i)])
			}
		}
	}
	for i := range len(n.Value) {
		if at := m.Offset(i); at < n.Range.Start || at > max(n.Range.End, n.Body.End) {
			t.Fatalf("byte %d of %q leads to %d, out of %v", i, n.Value, at, n.Range)
		}
	}
}

// TestSourceMapDefinitions maps every scalar of whole definitions.
func TestSourceMapDefinitions(t *testing.T) {
	for _, src := range append(ownDefinitions(t), corpusDefinitions(100)...) {
		for _, version := range []string{src, strings.ReplaceAll(src, "\n", "\r\n")} {
			tree := Parse(text.New(version))
			var walk func(n *Node)
			walk = func(n *Node) {
				if n.Kind == Scalar {
					copied(t, tree, n)
				}
				for i := range n.Entries {
					if k := n.Entries[i].Key; k != nil {
						copied(t, tree, k)
					}
					walk(n.Entries[i].Value)
				}
			}
			walk(tree.Root)
		}
	}
}

func TestSourceMapOfOthers(t *testing.T) {
	tree := Parse(text.New("a:\nb: [c]\n"))
	for _, key := range []string{"a", "b"} {
		n := tree.Root.Get(key)
		m := tree.SourceMap(n)
		if got := m.Range(text.Range{Start: 0, End: 3}); got.Start > tree.Text.Len() || got.End != n.Range.End {
			t.Errorf("%s: %v", key, got)
		}
	}
}
