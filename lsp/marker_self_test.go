package lsp_test

import (
	"strings"
	"testing"
)

// TestMarkerFailures holds the harness to notice what is wrong.
func TestMarkerFailures(t *testing.T) {
	const head = "-- a.yaml --\n# syntax=dhi.io/build:2-alpine3.23\n"
	for _, c := range []struct{ name, archive, want string }{
		{"no finding", head + "image: a\n#@ diag(\"image\", \"yaml-syntax\", \"\")\n", "no such finding"},
		{"unnamed finding", head + "image: [\n#@ nodiag()\n", "no marker names"},
		{"wrong message", head + "image: [\n#@ diag(\"[\", \"yaml-syntax\", \"^x\")\n", "no such finding"},
		{"place", head + "image: a\n#@ diag(\"x\", \"yaml-syntax\", \"\")\n", "not in the line"},
		{"kind", head + "image: a\n#@ nonsense()\n", "no such marker"},
		{"unused golden", head + "image: a\n#@ loc(a, \"a\")\n-- @x --\n", "no marker asks for @x"},
		{"unknown member", "-- client.json --\n{\"x\": 1}\n" + head + "image: a\n#@ loc(a, \"a\")\n", "client.json"},
		{"nothing to do", "-- a.yaml --\nimage: a\n", "has markers"},
		{"grammar", head + "image: a\n#@ loc(a \"a\")\n", "want a comma"},
		{"first line", "-- a.yaml --\n#@ nodiag()\n", "line above"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var said []string
			a, err := parseArchive([]byte(c.archive))
			if err != nil {
				said = append(said, err.Error())
			} else {
				for _, err := range a.runAll(t, false) {
					said = append(said, err.Error())
				}
			}
			if !strings.Contains(strings.Join(said, "\n"), c.want) {
				t.Errorf("want %q, got %q", c.want, said)
			}
		})
	}
}

// TestGoldenFailure holds goldens to be compared, and written when asked.
func TestGoldenFailure(t *testing.T) {
	r := &markerRun{archive: &archive{goldens: map[string]string{"a": "1\n"}, used: map[string]bool{}}}
	if err := r.golden(arg{kind: goldenArg, text: "a"}, "1"); err != nil {
		t.Error(err)
	}
	if err := r.golden(arg{kind: goldenArg, text: "a"}, "2"); err == nil || !strings.Contains(err.Error(), "+2") {
		t.Errorf("another result: %v", err)
	}
	if err := r.golden(arg{kind: goldenArg, text: "b"}, "2"); err == nil {
		t.Error("a golden that is not there was met")
	}
	r = &markerRun{archive: &archive{goldens: map[string]string{}, used: map[string]bool{}}, write: true}
	if err := r.golden(arg{kind: goldenArg, text: "b"}, "2"); err != nil || r.goldens["b"] != "2\n" {
		t.Errorf("%v, %q", err, r.goldens)
	}
	if err := r.golden(arg{kind: goldenArg, text: "b"}, "3"); err == nil {
		t.Error("a second marker changed a golden that was just written")
	}
}

// TestVariants holds the ways of writing a text to lead back to it.
func TestVariants(t *testing.T) {
	const base = "a: WIDE b\nWIDE: \"é\"\n\n"
	for _, v := range variants {
		w := v.write(base)
		if plain(w.text.String()) != base {
			t.Errorf("%s: %q", v.name, w.text.String())
		}
		for i := range len(base) + 1 {
			back, err := w.origin(w.forth[i])
			if inside := i < len(base) && base[i]&0xc0 == 0x80; inside {
				continue
			}
			if err != nil || back != i {
				t.Errorf("%s: byte %d leads to %d and back to %d, %v", v.name, i, w.forth[i], back, err)
			}
		}
		if v.crlf {
			if at := w.forth[strings.Index(base, "\n")]; w.text.String()[at:at+2] != "\r\n" {
				t.Errorf("%s: no CRLF at %d", v.name, at)
			} else if _, err := w.origin(at + 1); err == nil {
				t.Errorf("%s: a place inside of a line break was taken", v.name)
			}
		}
	}
}
