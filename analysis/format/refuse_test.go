package format

import (
	"errors"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// TestRefusals names each reason for which a text is left alone, and its place.
func TestRefusals(t *testing.T) {
	const head = "# syntax=dhi.io/build:2-debian13\nimage: x\n"
	for _, c := range []struct {
		name, src, want string
	}{
		{"open bracket", head + "tags: [\n", "line 3, column 7: `[` is not closed"},
		{"tag", head + "contents:\n  packages:\n    - !gawk\n", "line 5, column 7: `!gawk` without quotes is a YAML tag"},
		{"standard tag", head + "name: !!str 1\n", "line 3, column 7: the tag `!!str` has no place"},
		{"anchor", head + "name: &n x\n", "line 3, column 7: the anchor `&n` has no place"},
		{"alias", head + "name: &n x\nvariant: *n\n", "line 3, column 7: the anchor `&n`"},
		{"merge key", head + "vars:\n  <<: {a: b}\n", "line 4, column 3: the merge key"},
		{"duplicate key", head + "image: y\n", "line 3, column 1: `image` is already set above"},
		{"two documents", head + "---\na: 1\n", "line 3, column 1: a second document begins here"},
		{"end marker", head + "...\n# lost\n", "line 3, column 1: a marker or an instruction to YAML readers"},
		{"YAML directive", "%YAML 1.2\n---\n" + head + "contents: {}\n", "line 1, column 1: a marker or an instruction to YAML readers"},
		{"marker with a comment", "--- # lost\n" + head + "contents: {}\n", "line 1, column 1: a marker or an instruction to YAML readers"},
		{"directive below", "\n" + head + "contents: {}\n", "line 1, column 1: the syntax directive has to be the first line"},
		{"tab", head + "vars:\n\ta: b\n", "line 4, column 1: tab in the indentation"},
		{"control character", head + "name: a\x01b\n", "line 3, column 8: control character U+0001"},
		{"invalid UTF-8", head + "name: a\xffb\n", "line 3, column 8: byte 0xFF is not valid UTF-8"},
		{"list at the top", "# syntax=dhi.io/build:2-debian13\n- a\n", "line 2, column 1: expected keys and values"},
		{"item that is none", head + "name: a\n  - b\n", "line 4, column 3: this is no list item"},
		{"long key", head + "? name\n: b\n", "line 3, column 1: `?` begins a key in YAML's long form"},
		{"scope of a suppression", head + "# dhi-ls: ignore[a]\nname: y # z\n", "line 3, column 1: `name` belongs first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Format(document("a.yaml", c.src))
			var r *Refusal
			if !errors.As(err, &r) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if _, err := Edits(document("a.yaml", c.src)); err == nil {
				t.Error("edits of a text that is refused")
			}
			if edits, err := RangeEdits(document("a.yaml", c.src), text.At(len(c.src)-2)); err == nil && !strings.Contains(c.name, "suppression") && c.name != "directive below" {
				t.Errorf("a part of it is formatted: %v", edits)
			}
		})
	}
}

func TestNotOurs(t *testing.T) {
	if _, err := Format(document("a.yaml", "a: 1\n")); !errors.Is(err, ErrNotOurs) {
		t.Errorf("got %v", err)
	}
	if _, err := RangeEdits(document("a.yaml", "a: 1\n"), text.At(0)); !errors.Is(err, ErrNotOurs) {
		t.Errorf("got %v", err)
	}
}

// TestRangeEdits formats the entry around the mark and nothing else.
func TestRangeEdits(t *testing.T) {
	const head = "# syntax=dhi.io/build:2-debian13\nimage: 'x'\n"
	for _, c := range []struct{ name, src, want string }{
		{"top-level entry", head + "t^ags: [a,   'b']\nname: 'y'\n", head + "tags:\n  - a\n  - b\nname: 'y'\n"},
		{"keys inside", head + "# about\naccounts:\n    run-as: x\n    r^oot: true\nname: 'y'\n", head + "# about\naccounts:\n  root: true\n  run-as: x\nname: 'y'\n"},
		{"item at its place", head + "tags:\n  - 'a'\n  - '^b' # c\n", head + "tags:\n  - 'a'\n  - b # c\n"},
		{"item elsewhere", head + "tags:\n- 'a'\n- '^b'\n", head + "tags:\n  - a\n  - b\n"},
		{"nothing to do", head + "tags:\n  - a^\n", head + "tags:\n  - a\n"},
		{"comment below", head + "tags:\n    - '^a'\n    # c\nname: 'y'\n", head + "tags:\n  - a\n  # c\nname: 'y'\n"},
		{"outside of all entries", "# syntax=dhi.io/build:2-debian13^\nimage: 'x'\n", "# syntax=dhi.io/build:2-debian13\n\nimage: x\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := strings.IndexByte(c.src, '^')
			src := strings.Replace(c.src, "^", "", 1)
			edits, err := RangeEdits(document("a.yaml", src), text.At(at))
			if err != nil {
				t.Fatal(err)
			}
			got, err := text.Apply(src, edits)
			if err != nil || got != c.want {
				t.Errorf("%v\n%s", err, got)
			}
		})
	}
}

// TestMinimalEdits changes the lines that have to change only.
func TestMinimalEdits(t *testing.T) {
	src := "# syntax=dhi.io/build:2-debian13\n\nname: A\nimage: 'x'\nvariant: runtime\ntags:\n  - a\n"
	edits, err := Edits(document("a.yaml", src))
	if err != nil || len(edits) != 1 {
		t.Fatalf("%v %v", edits, err)
	}
	at := strings.Index(src, "image: 'x'\n")
	want := text.Edit{Range: text.Range{Start: at, End: at + len("image: 'x'\n")}, New: "image: x\n"}
	if edits[0] != want {
		t.Errorf("got %+v, want %+v", edits[0], want)
	}
}
