package completion

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// checkList holds the answers to what LSP and the editors want of them.
func checkList(t testing.TB, d *text.Text, offset int, list List) {
	t.Helper()
	offset = snap(d, offset)
	for _, it := range list.Items {
		r := it.Replace
		if !r.Contains(offset) || r.End > d.Len() || d.LineOf(r.Start) != d.LineOf(r.End) {
			t.Fatalf("%q at %d replaces %v", it.Label, offset, r)
		}
		if it.Insert.Start != r.Start || it.Insert.End != offset || it.Label == "" {
			t.Fatalf("%q at %d inserts %v, replaces %v", it.Label, offset, it.Insert, r)
		}
		for _, e := range it.Edits {
			if e.Range.Start < r.End && r.Start < e.Range.End {
				t.Fatalf("%q at %d: edits overlap: %v, %v", it.Label, offset, e.Range, r)
			}
		}
		if _, err := text.Apply(d.String(), append([]text.Edit{{Range: r, New: it.Text}}, it.Edits...)); err != nil {
			t.Fatalf("%q at %d: %v", it.Label, offset, err)
		}
	}
}

func FuzzComplete(f *testing.F) {
	for _, s := range []string{"a: ^", "contents:\n  packages:\n    - !x\n\t- y: [", "vars:\n  A: '#{ target.", "paths: {type: ${", "\ufeff# syntax=dhi.io/build:2-", "accounts:\r\n  users:\r\n  - \r\n"} {
		f.Add("# syntax=dhi.io/build:2-debian13\n"+s, uint16(len(s)+33), true)
		f.Add(s, uint16(len(s)), false)
	}
	f.Fuzz(func(t *testing.T, src string, offset uint16, snippets bool) {
		d := analysis.Open("image/x/debian-13/1.yaml", text.New(src), analysis.Options{})
		at := min(int(offset), len(src))
		list := Complete(Request{Doc: d, Facts: Collect(d), Offset: at, Snippets: snippets, Packages: shelf})
		checkList(t, d.Text, at, list)
	})
}

// TestBroken completes at random places of definitions with random damage.
func TestBroken(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	pieces := []string{"\n", "  ", "- ", ": ", "\"", "'", "${", "#{", "}", "[", "{", "\t", "!", "&a", "*", "|\n", "é", "\r\n", "=", "~"}
	for _, s := range ownDefinitions(t) {
		for range 1500 {
			at := rng.Intn(len(s.content))
			cut := min(len(s.content), at+rng.Intn(30))
			src := s.content[:at] + pieces[rng.Intn(len(pieces))] + s.content[cut:]
			if rng.Intn(4) == 0 {
				src = strings.ReplaceAll(src, "\n", "\r\n")
			}
			offset := min(len(src), max(0, at+rng.Intn(12)-4))
			d := analysis.Open(s.path, text.New(src), analysis.Options{})
			checkList(t, d.Text, offset, Complete(Request{Doc: d, Facts: Collect(d), Offset: offset, Snippets: true}))
		}
	}
}
