package images

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

func TestNewest(t *testing.T) {
	tags := []string{"latest", "1", "1.26-alpine3.23-dev", "1.9", "1.26.3", "1.26", "1.26-alpine3.23", "nightly", "v2", "20260101", "99999999999999999999999", ""}
	want := []string{"99999999999999999999999", "20260101", "v2", "1.26.3", "1.26", "1.26-alpine3.23", "1.26-alpine3.23-dev", "1.9", "1", "", "latest", "nightly"}
	if got := Newest(tags); !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), strings.Join(want, " "))
	}
}

func TestNameOf(t *testing.T) {
	for source, want := range map[string]string{
		"dhi.io/golang:1.26@sha256:" + strings.Repeat("0", 64): "dhi.io/golang", "dhi/golang:1": "dhi.io/golang", "docker.io/dhi/golang": "dhi.io/golang",
		"alpine:3": "docker.io/library/alpine", "x/y:1": "docker.io/x/y", "10.0.0.1:5000/a/b:1": "10.0.0.1:5000/a/b", "dhi.io/golang:${TAG}": "dhi.io/golang",
		"dhi.io/${NAME}:1": "", "${REFERENCE}": "", "": "", "dhi.io/": "", "dhi.io/A": "", ":": "", "@": "", "dhi.io/golang:": "dhi.io/golang", "dhi.io/golang@": "dhi.io/golang",
	} {
		r := entry.ParseReference(source)
		if got, ok := NameOf(&r); got != want || ok != (want != "") {
			t.Errorf("%q: %q", source, got)
		}
	}
}

func FuzzNewest(f *testing.F) {
	f.Add("1.26 latest v1.2-x 1..2")
	f.Fuzz(func(t *testing.T, s string) {
		tags := strings.Split(s, " ")
		got := Newest(tags)
		again := Newest(got)
		for i := range tags {
			rest := slices.Delete(slices.Clone(got), i, i+1)
			if !sorted(Insert(rest, got[i])) {
				t.Errorf("%q is put out of order into %q", got[i], rest)
			}
		}
		if !slices.Equal(got, again) {
			t.Errorf("%q is ordered anew as %q", got, again)
		}
		slices.Sort(got)
		slices.Sort(tags)
		if !slices.Equal(got, tags) {
			t.Errorf("%q became %q", tags, got)
		}
	})
}

func sorted(tags []string) bool {
	return slices.IsSortedFunc(tags, func(a, b string) int { return keyOf(a).compare(keyOf(b)) })
}
