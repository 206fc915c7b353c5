package syntax

import (
	"os"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	goccy "github.com/goccy/go-yaml"
	goccyparser "github.com/goccy/go-yaml/parser"
	"go.yaml.in/yaml/v3"
)

// benchTexts are an own definition of 2 KB repeated to three sizes: the
// median, the 95th percentile and the largest of the public catalog.
func benchTexts(b *testing.B) map[string]string {
	own, err := os.ReadFile("testdata/definitions/image.yaml")
	if err != nil {
		b.Fatal(err)
	}
	head, _, _ := strings.Cut(string(own), "accounts:\n")
	stage := string(own)[strings.Index(string(own), "    - name: heron\n      uses: golang"):strings.Index(string(own), "  artifacts:\n")]
	build := func(size int) string {
		var s strings.Builder
		s.WriteString(head[:strings.Index(head, "  artifacts:\n")])
		for s.Len() < size {
			s.WriteString(stage)
		}
		return s.String()
	}
	return map[string]string{"2KB": build(1900), "10KB": build(9_000), "66KB": build(65_000)}
}

// BenchmarkParse compares the tree with the two libraries on the same texts.
func BenchmarkParse(b *testing.B) {
	texts := benchTexts(b)
	for _, size := range []string{"2KB", "10KB", "66KB"} {
		src := texts[size]
		bytes := []byte(src)
		run := func(name string, f func()) {
			b.Run(size+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
			})
		}
		run("tree", func() { Parse(text.New(src)) })
		run("tree+values", func() { Parse(text.New(src)).Root.Any() })
		run("goccy-parser", func() {
			if _, err := goccyparser.ParseBytes(bytes, goccyparser.ParseComments); err != nil {
				b.Fatal(err)
			}
		})
		run("goccy-values", func() {
			var v any
			if err := goccy.Unmarshal(bytes, &v); err != nil {
				b.Fatal(err)
			}
		})
		run("yaml.v3-node", func() {
			var n yaml.Node
			if err := yaml.Unmarshal(bytes, &n); err != nil {
				b.Fatal(err)
			}
		})
		run("yaml.v3-values", func() {
			var v any
			if err := yaml.Unmarshal(bytes, &v); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkCursor asks for places all over a text.
func BenchmarkCursor(b *testing.B) {
	for size, src := range benchTexts(b) {
		b.Run(size, func(b *testing.B) {
			tree := Parse(text.New(src))
			b.ReportAllocs()
			offset := 0
			for b.Loop() {
				offset = (offset + 7919) % len(src)
				tree.At(offset)
			}
		})
	}
}
