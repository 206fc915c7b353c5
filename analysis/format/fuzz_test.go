package format

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const fuzzPath = "image/fuzz/alpine-3.23/1.yaml"

func seeds(f *testing.F) {
	names, err := filepath.Glob("testdata/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b), uint16(20), uint16(60))
	}
	for _, s := range []string{
		"", "\n", "# a\n", "a: 1", "a: |\n  x", "a:\n- b\n # c\n- d\n", "- a\n", "a: {b: [c, {d: e}]} # f\n", "a: [ # b\n c # d\n , e ]\n",
		"b: 1\n\n# x\n\na: 2\n", "a: |+\n  x\n\n\nb: >-\n  y\n  z\n", "vars:\n  b: |+\n    x\n\n  # c\n  a: 1\n", "a: ! b\n", "a: &b c\n", "? a\n: b\n",
		"contents: {packages: [z, a]}\n", "contents:\n  packages:\n  - z # 1\n  -  # 2\n    a\n  # 3\n", "a: 'b\n\n  c'\n", "a: \"b\\\n  c\"\n", "--- # x\na: 1\n", "a: 1\n...\n# b\n",
		"vars:\n  a1b: 1\n  a01: 2\n  a-: 3\n  a10: 4\n  a9: 5\n", "a: >\n\n  x\n   y\n\n  z\n\n\n", "a:   # b\n  c   # d\n", "- - - a # b\n    # c\n", "a: \"\\u2028\\ud83d\"\n", "a:\r\n  - b\r\n  # c\r\n",
		"image: x\n# dhi-ls: ignore[a]\nname: y\n", "a: |2\n   x\n  y\n", "a: |1\n  x\n", "a: \"\tx\\n\\ty\"\n", "vars: {2: a, 1: b, on: c}\n",
	} {
		f.Add("# syntax=dhi.io/build:2-alpine3.23\n\n"+s, uint16(len(s)), uint16(3))
		f.Add(s, uint16(0), uint16(2))
	}
}

// FuzzFormat holds the formatter to what it promises for any text: no decoded
// value changes for us or for yaml.v3, every comment stays, a second run
// changes nothing, and formatting a part does not do more.
func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string, at, length uint16) {
		if len(s) > 1<<14 {
			return
		}
		doc := document(fuzzPath, s)
		out, err := Format(doc)
		if err != nil {
			checkRefusal(t, doc, err)
			return
		}
		checkSame(t, doc, out)
		again, err := Format(document(fuzzPath, out))
		if err != nil {
			t.Fatalf("the formatted text is refused: %v\n%q\n%q", err, s, out)
		}
		if again != out {
			t.Fatalf("not idempotent\n%q\n%q\n%q", s, out, again)
		}
		start := min(int(at), len(s))
		edits, err := RangeEdits(doc, text.Range{Start: start, End: min(start+int(length), len(s))})
		if err != nil {
			return
		}
		part, err := text.Apply(s, edits)
		if err != nil {
			t.Fatal(err)
		}
		checkSame(t, doc, part)
	})
}

func checkRefusal(t *testing.T, doc *definition.Document, err error) {
	var r *Refusal
	switch {
	case errors.Is(err, ErrNotOurs):
	case !errors.As(err, &r):
		t.Fatalf("an error of another type: %v", err)
	case r.Reason == "" || r.At.Line < 1 || r.At.Line > doc.Text.Lines():
		t.Fatalf("a refusal without reason or place: %+v", r)
	case strings.Contains(r.Reason, "please report"):
		t.Fatalf("%v\n%q", err, doc.Text.String())
	}
}

func checkSame(t *testing.T, doc *definition.Document, out string) {
	src := doc.Text.String()
	if got, want := commentsOf(out), commentsOf(src); !slices.Equal(got, want) {
		t.Fatalf("comments\n%q\nbecame\n%q\nof\n%q\n%q", want, got, src, out)
	}
	var before, after any
	if yaml.Unmarshal([]byte(src), &before) != nil {
		return
	}
	if err := yaml.Unmarshal([]byte(out), &after); err != nil {
		t.Fatalf("yaml.v3 rejects the formatted text: %v\n%q\n%q", err, src, out)
	}
	sortPackagesIn(before)
	sortPackagesIn(after)
	if !equal(before, after) {
		t.Fatalf("%#v became %#v\n%q\n%q", before, after, src, out)
	}
}

// commentsOf are the comments of a text in order of their bytes, without a
// directive.
func commentsOf(s string) []string {
	doc := document(fuzzPath, s)
	var out []string
	for _, c := range doc.Tree.Comments {
		if doc.Directive.State == definition.NoDirective || c.Range.Start != doc.Directive.Line.Start {
			out = append(out, strings.TrimRight(doc.Text.Slice(c.Range), " \t"))
		}
	}
	slices.Sort(out)
	return out
}

// FuzzScalar holds the style of strings to yaml.v3's encoder, but for what is
// done differently on purpose.
func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "a", "on", "1.0", "1:30", "a: b", " a", "a\nb", "a\n", "\n", "a \nb", "a\tb", "\ta", "é", "\u0085", "\u2028", "🚀", "~", "null", "<<", "!a", "- a", "-", "?", "...", "2026-01-02", "0o7", "a #b", "#a", "it's", "a\r\nb", "\x00", "x\n\n", "\n x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !validScalar(s) {
			return
		}
		var b bytes.Buffer
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(map[string]string{"vars": s}); err != nil {
			return
		}
		want := b.String()
		got, err := Format(document(fuzzPath, want))
		if err != nil {
			t.Fatalf("%v: %q", err, want)
		}
		if got != want {
			t.Fatalf("yaml.v3 writes %q, we %q", want, got)
		}
	})
}

// validScalar leaves out what yaml.v3 itself writes so that readers differ:
// its line separators, byte order marks, texts of breaks alone, and a tab that
// opens a literal block.
func validScalar(s string) bool {
	if strings.Trim(s, "\n") == "" && s != "" || strings.ContainsAny(s, "\u2028\u2029\ufeff\u0085\u00a0") || strings.ToValidUTF8(s, "") != s {
		return false
	}
	return !strings.HasPrefix(strings.TrimLeft(s, "\n "), "\t") && !strings.Contains(s, "\n\t")
}

// FuzzNatural holds the order of keys to yaml.v3's.
func FuzzNatural(f *testing.F) {
	for _, c := range [][2]string{{"a1", "a10"}, {"a2", "a10"}, {"a-b", "ab"}, {"a1b", "a12"}, {"a01", "a1"}, {"10", "9"}, {"A", "a"}, {"a_1", "a.1"}, {"v1.2", "v1.10"}, {"a100", "a1000"}, {"a10", "a1a"}} {
		f.Add(c[0], c[1])
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if a == b || strings.ToValidUTF8(a, "") != a || strings.ToValidUTF8(b, "") != b {
			return
		}
		raw, err := yaml.Marshal(map[string]int{a: 1, b: 2})
		if err != nil {
			return
		}
		var n yaml.Node
		if yaml.Unmarshal(raw, &n) != nil || len(n.Content[0].Content) != 4 {
			return
		}
		aFirst := n.Content[0].Content[1].Value == "1"
		if c := naturalCompare(a, b); c != 0 && naturalCompare(b, a) == -c && (c < 0) != aFirst {
			t.Fatalf("%q and %q: yaml.v3 writes them the other way round", a, b)
		}
	})
}
