package format

import (
	"bytes"
	"math/rand/v2"
	"sort"
	"testing"

	"go.yaml.in/yaml/v3"
)

// sizes are corpus definitions of the median size, of the 95th percentile, and
// the largest.
func sizes(b *testing.B) []struct{ name, content string } {
	var all []string
	for _, f := range corpus(b) {
		if document(f.path, f.content).Def != nil {
			all = append(all, f.content)
		}
	}
	sort.Slice(all, func(i, j int) bool { return len(all[i]) < len(all[j]) })
	return []struct{ name, content string }{
		{"median", all[len(all)/2]}, {"p95", all[len(all)*95/100]}, {"largest", all[len(all)-1]},
	}
}

// BenchmarkFormat formats a definition from its text, its tree not yet built.
func BenchmarkFormat(b *testing.B) {
	for _, s := range sizes(b) {
		b.Run(s.name, func(b *testing.B) { benchmarkFormat(b, s.content) })
	}
}

// BenchmarkFormatScrambled formats mixed-up definitions, so that the result is
// verified as well.
func BenchmarkFormatScrambled(b *testing.B) {
	for _, s := range sizes(b) {
		mixed := scramble(b, s.content, rand.New(rand.NewPCG(1, 1)))
		b.Run(s.name, func(b *testing.B) { benchmarkFormat(b, mixed) })
	}
}

func benchmarkFormat(b *testing.B, content string) {
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Format(document("a.yaml", content)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkYAML3 is the floor: yaml.v3 decodes and encodes the same texts.
func BenchmarkYAML3(b *testing.B) {
	for _, s := range sizes(b) {
		b.Run(s.name, func(b *testing.B) {
			b.SetBytes(int64(len(s.content)))
			b.ReportAllocs()
			for b.Loop() {
				var n yaml.Node
				if err := yaml.Unmarshal([]byte(s.content), &n); err != nil {
					b.Fatal(err)
				}
				var out bytes.Buffer
				e := yaml.NewEncoder(&out)
				e.SetIndent(2)
				if err := e.Encode(&n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
