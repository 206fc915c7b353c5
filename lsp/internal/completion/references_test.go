package completion

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/images"
)

func TestReferencePart(t *testing.T) {
	for _, test := range []struct {
		source     string // with ^ for the cursor
		part       int
		name, word string
	}{
		{"^", namePart, "", ""},
		{"dhi.io/gol^", namePart, "", "dhi.io/gol"},
		{"dhi.io/gol^ang:1@sha256:0", namePart, "", "dhi.io/golang"},
		{"dhi.io/golang:^", tagPart, "dhi.io/golang", ""},
		{"dhi.io/golang:1^.2@sha256:0", tagPart, "dhi.io/golang", "1.2"},
		{"dhi.io/golang:1.2@^", digestPart, "dhi.io/golang:1.2", ""},
		{"dhi.io/golang@sha^256:0", digestPart, "dhi.io/golang", "sha256:0"},
		{"10.0.0.1:50^00/x:1", namePart, "", "10.0.0.1:5000/x"},
		{"10.0.0.1:5000/x:1^", tagPart, "10.0.0.1:5000/x", "1"},
		{"localhost:5^", tagPart, "localhost", "5"},
	} {
		at := strings.Index(test.source, "^")
		source := strings.Replace(test.source, "^", "", 1)
		r, part, word := referencePart(source, at)
		if part != test.part || r.Source != test.name || source[word.Start:word.End] != test.word {
			t.Errorf("%s: part %d of %q, %q", test.source, part, r.Source, source[word.Start:word.End])
		}
	}
}

func FuzzReferencePart(f *testing.F) {
	f.Add("dhi.io/golang:1.26@sha256:00", 9)
	f.Add("a:b/@:@", 3)
	f.Fuzz(func(t *testing.T, source string, at int) {
		if at < 0 || at > len(source) {
			return
		}
		r, part, word := referencePart(source, at)
		if word.Start > word.End || word.End > len(source) || part != namePart && at < word.Start {
			t.Fatalf("%q at %d: part %d, %v", source, at, part, word)
		}
		images.NameOf(&r)
	})
}
