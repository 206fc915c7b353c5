package entry

import (
	"strings"
	"testing"
)

const hex64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParseReference(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"dhi.io/golang:1.27-dev@sha256:" + hex64, "dhi.io|golang|1.27-dev|sha256:" + hex64},
		{"nvidia/cuda:12", "|nvidia/cuda|12|"},
		{"dhi/build-pkg:0", "|dhi/build-pkg|0|"},
		{"localhost:5000/a/b", "localhost:5000|a/b||"},
		{"busybox", "|busybox||"},
		{"dhi.io/x:${VERSION}-debian13@${DIGEST}", "dhi.io|x|${VERSION}-debian13|${DIGEST}"},
		{"dhi.io/${NAME}:1", "dhi.io|${NAME}|1|"},
		{"${REFERENCE}", "|||"},
		{"${NAME}:1", "|${NAME}|1|"},
	} {
		r := ParseReference(tc.in)
		got := strings.Join([]string{r.Registry.Text, r.Repository.Text, r.Tag.Text, r.Digest.Text}, "|")
		if got != tc.want || len(r.Problems) > 0 {
			t.Errorf("ParseReference(%q) = %s %+v", tc.in, got, r.Problems)
		}
		if r.Whole != (tc.in == "${REFERENCE}") {
			t.Errorf("%q: whole %v", tc.in, r.Whole)
		}
		checkWords(t, tc.in, []Word{r.Registry, r.Repository, r.Tag, r.Digest})
	}
}

func TestReferenceProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{"", Malformed, "", "", "empty"},
		{" a", Malformed, " a", "a", "blanks"},
		{"https://dhi.io/x", Malformed, "https://", "dhi.io/x", "scheme"},
		{"dhi.io/X:1", Malformed, "X", "dhi.io/x:1", "lower case"},
		{"dhi.io/x:", Malformed, ":", "", "tag"},
		{"dhi.io/x:-a", Malformed, "-a", "", "no tag"},
		{"dhi.io/x@", Malformed, "@", "", "digest"},
		{"dhi.io/x@" + hex64, Malformed, hex64, "dhi.io/x@sha256:" + hex64, "sha256:"},
		{"dhi.io/x@sha256:" + hex64[1:], Malformed, hex64[1:], "", "63"},
		{"dhi.io/x@md5:12", Malformed, "md5:12", "", "no digest"},
		{"dhi.io/a..b:1", Malformed, "a..b", "", "no image name"},
		{"dhi.io/:1", Malformed, "", "", "name"},
		{"x_.io:a/b", Malformed, "x_.io:a", "", "registry"},
		{"dhi.io/x:${A", MalformedTemplate, "${A", "dhi.io/x:${A}", "not closed"},
	} {
		r := ParseReference(tc.in)
		tc.check(t, r.Problems)
	}
}

func TestDHIName(t *testing.T) {
	for in, want := range map[string]string{
		"dhi.io/golang:1": "golang", "dhi/golang": "golang", "docker.io/dhi/golang": "golang", "nvidia/cuda:1": "", "ghcr.io/dhi/x": "",
	} {
		r := ParseReference(in)
		if got, ok := r.DHIName(); ok != (want != "") || ok && got != want {
			t.Errorf("DHIName(%q) = %q %v", in, got, ok)
		}
	}
}

func TestParseUses(t *testing.T) {
	for _, tc := range []struct {
		in   string
		kind UsesKind
		want string
	}{
		{"go/build@v1", UsesAction, "go/build|v1|"},
		{"patch@v1", UsesAction, "patch|v1|"},
		{"cosign/verify-blob@v1", UsesAction, "cosign/verify-blob|v1|"},
		{"go/build", UsesEither, "go/build||go/build"},
		{"dhi/build-pkg:0", UsesImage, "||dhi/build-pkg"},
		{"dhi.io/golang:1@sha256:" + hex64, UsesImage, "||golang"},
		{"golang@sha256:" + hex64, UsesImage, "||golang"},
		{"${IMAGE}", UsesImage, "||"},
	} {
		u := ParseUses(tc.in)
		got := strings.Join([]string{u.Action.Text, u.Version.Text, u.Image.Repository.Text}, "|")
		if u.Kind != tc.kind || got != tc.want || len(u.Problems) > 0 {
			t.Errorf("ParseUses(%q) = %d %s %+v", tc.in, u.Kind, got, u.Problems)
		}
	}
	for _, tc := range []problemCase{
		{"go/build@", Malformed, "@", "", "expected a version"},
		{"go/build@1", Malformed, "1", "go/build@v1", "@v1"},
		{"go/build@latest", Malformed, "latest", "", "no version"},
		{"Go/build@v1", Malformed, "Go/build", "", "no action"},
	} {
		u := ParseUses(tc.in)
		tc.check(t, u.Problems)
	}
}
