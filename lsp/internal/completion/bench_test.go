package completion

import (
	"os"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// large repeats the stages of a definition until it has 66 KB, the size of
// the largest one in the public catalog.
func large(b testing.TB) string {
	raw, err := os.ReadFile("../../../examples/good/image/harbormaster.yaml")
	if err != nil {
		b.Fatal(err)
	}
	src := string(raw)
	start, end := strings.Index(src, "    - name: harbormaster"), strings.Index(src, "\naccounts:")
	stage := src[start:end]
	return src[:start] + strings.Repeat(stage, 66<<10/len(stage)) + src[end:]
}

// BenchmarkComplete completes at places of several kinds, in a version of the
// document that was completed in before, and in a new one, whose facts have to
// be collected.
func BenchmarkComplete(b *testing.B) {
	small, err := os.ReadFile("../../../examples/good/image/harbormaster.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for name, src := range map[string]string{"2KB": string(small), "66KB": large(b)} {
		d := analysis.Open("image/harbormaster/debian-13/3.yaml", text.New(src), analysis.Options{})
		facts := Collect(d)
		places := map[string]int{}
		for place, after := range map[string]string{
			"package": "- ca-certific", "licence": "licenses: Ap", "value": "run-as: ", "template": "${source.d", "action": "uses: go", "tag": "- 3.4.1",
		} {
			at := strings.LastIndex(src, after)
			if at < 0 {
				b.Fatal(after)
			}
			places[place] = at + len(after)
		}
		places["key"] = strings.Index(src, "\nvariant:") + 1
		for place, at := range places {
			b.Run(name+"/"+place, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if len(Complete(Request{Doc: d, Facts: facts, Offset: at, Snippets: true}).Items) == 0 {
						b.Fatal("nothing")
					}
				}
			})
		}
		b.Run(name+"/new version", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d := analysis.Open("image/harbormaster/debian-13/3.yaml", text.New(src), analysis.Options{})
				Complete(Request{Doc: d, Facts: Collect(d), Offset: places["value"], Snippets: true})
			}
		})
	}
}
