package format

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// scramble writes a definition anew with other orders of keys and packages,
// other quotes, brackets instead of lines and another indentation, so that it
// means the same.
func scramble(t testing.TB, content string, rnd *rand.Rand) string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(content), &doc); err != nil {
		t.Fatal(err)
	}
	head := ""
	if strings.HasPrefix(content, "# syntax=") {
		head, _, _ = strings.Cut(content, "\n")
		head += "\n" + strings.Repeat("\n", rnd.IntN(3))
	}
	scrambleNode(doc.Content[0], nil, rnd)
	dropComments(&doc)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2 + rnd.IntN(5))
	if rnd.IntN(2) == 0 {
		e.CompactSeqIndent()
	}
	if err := e.Encode(&doc); err != nil {
		t.Fatal(err)
	}
	return head + b.String()
}

func dropComments(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, c := range n.Content {
		dropComments(c)
	}
}

func scrambleNode(n *yaml.Node, path []string, rnd *rand.Rand) {
	switch n.Kind {
	case yaml.MappingNode:
		pairs := len(n.Content) / 2
		rnd.Shuffle(pairs, func(i, j int) {
			n.Content[2*i], n.Content[2*j] = n.Content[2*j], n.Content[2*i]
			n.Content[2*i+1], n.Content[2*j+1] = n.Content[2*j+1], n.Content[2*i+1]
		})
		for i := 0; i < len(n.Content); i += 2 {
			scrambleNode(n.Content[i], nil, rnd)
			scrambleNode(n.Content[i+1], append(path[:len(path):len(path)], n.Content[i].Value), rnd)
		}
	case yaml.SequenceNode:
		if strings.Join(path, ".") == "contents.packages" {
			rnd.Shuffle(len(n.Content), func(i, j int) { n.Content[i], n.Content[j] = n.Content[j], n.Content[i] })
		}
		for _, c := range n.Content {
			scrambleNode(c, append(path[:len(path):len(path)], "[]"), rnd)
		}
	case yaml.ScalarNode:
		if n.Tag == "!!str" {
			n.Style = []yaml.Style{0, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle}[rnd.IntN(4)]
			if strings.Contains(n.Value, "\n") && n.Style == yaml.SingleQuotedStyle {
				n.Style = yaml.DoubleQuotedStyle // yaml.v3 writes what other readers reject
			}
		}
		return
	}
	if len(path) > 0 && rnd.IntN(4) == 0 {
		n.Style = yaml.FlowStyle
	}
}

func checkScrambled(t *testing.T, path, content string, rnd *rand.Rand) {
	t.Helper()
	mixed := scramble(t, content, rnd)
	got, err := Format(document(path, mixed))
	if err != nil {
		t.Errorf("%s: %v\n%s", path, err, mixed)
		return
	}
	if got != content {
		t.Errorf("%s: %s", path, firstDifference(content, got))
	}
}

// TestScrambled brings mixed-up definitions back into the very bytes they had.
func TestScrambled(t *testing.T) {
	golden, err := os.ReadFile("testdata/plain.golden")
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		checkScrambled(t, "image/pelican/alpine-3.23/1.yaml", string(golden), rnd)
		if t.Failed() {
			return
		}
	}
}

// TestScrambledCorpus does so with every fourth file of the catalog.
func TestScrambledCorpus(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	files := corpus(t)
	failed := 0
	for i, f := range files {
		if i%4 != 0 {
			continue
		}
		t.Run("", func(t *testing.T) {
			checkScrambled(t, f.path, f.content, rnd)
			if t.Failed() {
				failed++
			}
		})
		if failed > 5 {
			t.Fatal("and more")
		}
	}
}

func TestSortPackages(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"sorted", "  - a\n  - b\n", ""},
		{"block", "  - b # two\n  - '!z'\n  - a", "  - '!z'\n  - a\n  - b # two"},
		{"groups", "  - c\n  - b\n\n  - z\n  - a\n  # stays\n  - y\n  - x\n  - w\n", "  - b\n  - c\n\n  - a\n  - z\n  # stays\n  - y\n  - w\n  - x\n"},
		{"flow", "  [b, 'a', \"c\"] # x\n", "  ['a', b, \"c\"] # x\n"},
		{"flow over lines", "  [b,\n   a]\n", ""},
		{"not plain", "  - b\n  - {a: 1}\n", ""},
		{"tag", "  - b\n  - !a\n", ""},
		{"broken beside", "  - b\n  - a\nx: [\n", "  - a\n  - b\nx: [\n"},
		{"value below the dash", "  - b\n  -\n    a\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "# syntax=dhi.io/build:2-debian13\nimage: x\ncontents:\n packages:\n" + c.list
			doc := document("a.yaml", src)
			edit, ok := SortPackages(doc, doc.Tree.Root.At("contents", "packages"))
			if ok != (c.want != "") {
				t.Fatalf("reports %v", ok)
			}
			if !ok {
				return
			}
			got, err := text.Apply(src, []text.Edit{edit})
			if err != nil || !strings.HasSuffix(got, "packages:\n"+c.want) {
				t.Errorf("%v\n%s", err, got)
			}
		})
	}
}
