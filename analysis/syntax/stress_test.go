package syntax

import (
	"runtime"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// hostile texts grow with n. Each must be read in time and memory linear in
// its size: at these sizes a square would not end.
var hostile = []struct {
	name string
	make func(n int) string
}{
	{"dashes on a line", func(n int) string { return strings.Repeat("- ", n) }},
	{"open brackets", func(n int) string { return "a: " + strings.Repeat("[", n) }},
	{"open braces with keys", func(n int) string { return "a: " + strings.Repeat("{b: ", n) }},
	{"brackets over lines", func(n int) string { return "a: [" + strings.Repeat("b,\n  ", n) + "]\n" }},
	{"keys of one mapping", func(n int) string { return numbered(n, "key", ": 1\n") }},
	{"equal keys", func(n int) string { return strings.Repeat("a: 1\n", n) }},
	{"half-typed keys", func(n int) string { return numbered(n, "key", "\n") }},
	{"keys ever deeper", func(n int) string {
		var b strings.Builder
		for i := range min(n, 1500) {
			b.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return b.String()
	}},
	{"open quotes", func(n int) string { return strings.Repeat("a: \"b\n", n) }},
	{"open quotes above deep lines", func(n int) string { return "a: 'b\n" + strings.Repeat("    - 'c\n", n) }},
	{"open brackets above deep lines", func(n int) string { return strings.Repeat("a: [b\n    c\n", n) }},
	{"a line of 8 MB", func(n int) string { return "a: " + strings.Repeat("word ", n*16) + "\n" }},
	{"a quoted line", func(n int) string { return "a: \"" + strings.Repeat(`\n x`, n) + "\"\n" }},
	{"colons", func(n int) string { return strings.Repeat("a:b", n) + "\n" }},
	{"comments in a script", func(n int) string { return "a: |\n  b\n" + strings.Repeat("# c\n", n) + "  d\n" }},
	{"empty lines", func(n int) string { return "a: b\n" + strings.Repeat("\n", n) + "c: d\n" }},
	{"a value of many lines", func(n int) string { return "a: b\n" + strings.Repeat("  c\n", n) }},
	{"stray lines", func(n int) string { return "a: 'b'\n" + strings.Repeat("  c\n", n) }},
	{"items to the left", func(n int) string { return "a:\n    - b\n" + strings.Repeat("  - c\n    - d\n", n) }},
	{"aliases", func(n int) string { return "a: &x 1\n" + numbered(n, "k", ": *x\n") }},
	{"tags", func(n int) string { return strings.Repeat("- !a b\n", n) }},
	{"control characters", func(n int) string { return strings.Repeat("\x01", n) }},
	{"invalid bytes", func(n int) string { return strings.Repeat("\xff", n) }},
	{"carriage returns", func(n int) string { return strings.Repeat("a: b\r", n) }},
}

func numbered(n int, before, after string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(before)
		for k := i; k > 0; k /= 26 {
			b.WriteByte(byte('a' + k%26))
		}
		b.WriteString(after)
	}
	return b.String()
}

// allocated is the memory that f takes.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestHostile reads each hostile text at two sizes and compares the memory.
func TestHostile(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			read := func(n int) uint64 {
				src := text.New(h.make(n))
				return allocated(func() {
					tree := Parse(src)
					if tree.Root != nil {
						tree.Root.Any()
					}
					for o := 0; o <= src.Len(); o += 1 + src.Len()/20 {
						tree.At(o)
					}
				})
			}
			const n = 50_000
			if once, twice := read(n), read(2*n); twice > 3*once+1<<20 {
				t.Errorf("%d bytes for %d, %d for %d", once, n, twice, 2*n)
			}
		})
	}
}

// TestAliasBombs reads aliases that stand for more and more of each other.
func TestAliasBombs(t *testing.T) {
	var lists, merges strings.Builder
	lists.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	merges.WriteString("a0: &a0 {x: 1}\n")
	for i := 1; i < 12; i++ {
		name, below := string(rune('a'+i)), string(rune('a'+i-1))
		if i == 1 {
			below = "a0"
		}
		lists.WriteString(name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+below+", ", 9), ", ") + "]\n")
		merges.WriteString(name + ": &" + name + "\n  <<: [" + strings.TrimSuffix(strings.Repeat("*"+below+", ", 9), ", ") + "]\n")
	}
	for _, src := range []string{lists.String(), merges.String(), "a: &a [*a, *a]\n", "a: &a\n  <<: *a\nb: *a\n", "a: &a\n  b: *a\n"} {
		tree := Parse(text.New(src))
		used := allocated(func() { tree.Root.Any() })
		if used > 64<<20 {
			t.Errorf("%d bytes for %q…", used, src[:min(len(src), 40)])
		}
		for i := range tree.Root.Entries {
			tree.Root.Entries[i].Value.Get("no such key")
		}
		SecondOpinion(tree)
	}
}
