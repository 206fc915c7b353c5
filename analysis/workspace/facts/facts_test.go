package facts_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

const image = `# syntax=dhi.io/build:2-alpine3.23

name: Sample 1.x (dev)
image: dhi.io/sample
variant: dev
tags:
  - 1-alpine3.23-dev
  - ${VERSION}-alpine3.23-dev
platforms:
  - linux/amd64
vars:
  GOLANG_REFERENCE: dhi/golang:1.26.7-alpine3.23-dev@sha256:052b3b915055006a27c42470eed5c65d7ee92d2c3de47ecaedcc6bbd36077b95
  VERSION: 1.4.2
contents:
  packages:
    - musl
    - '!gawk'
    - sample=${VERSION}-r0
    - "tool=2.0-r1"
  builds:
    - name: build
      uses: dhi.io/golang:1.26.7-alpine3.23-dev@sha256:052b3b915055006a27c42470eed5c65d7ee92d2c3de47ecaedcc6bbd36077b95
      paths:
        - type: file
          path: ${source.dir}/a.patch
          source: image/sample/a.patch
      outputs:
        - source: /out
          target: /usr/bin/sample
accounts:
  root: true
  run-as: root
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
ports:
  - 80/tcp
annotations:
  a: b
`

func recordOf(path, content string) *facts.Record {
	return facts.Of(definition.New(path, text.New(content), definition.Options{}))
}

// TestImage holds every fact to the place it is told to stand at.
func TestImage(t *testing.T) {
	r := recordOf("image/sample/alpine-3.23/1-dev.yaml", image)
	at := func(where text.Range) string { return image[where.Start:where.End] }
	if got := []string{at(r.Name.Range), at(r.Image.Range), at(r.Tags[0].Range), at(r.Users[0].Name.Range), at(r.Block("ports").KeyRange)}; !cmp.Equal(got,
		[]string{"Sample 1.x (dev)", "dhi.io/sample", "1-alpine3.23-dev", "nonroot", "ports"}) {
		t.Error(got)
	}
	if got := r.Tags[1].Value; got != "1.4.2-alpine3.23-dev" {
		t.Errorf("the tag with a variable is %q", got)
	}
	if r.ImageName() != "sample" || r.Version() != "1.4.2" || r.Dist.Release != "3.23" || !r.RootEnabled || r.TagIndent != "  - " {
		t.Errorf("%+v", r)
	}
	if b := r.Block("ports"); b.Raw != "ports:\n  - 80/tcp\n" || at(b.Range) != b.Raw {
		t.Errorf("%q", b.Raw)
	}
	var pins []string
	for _, p := range r.Packages {
		if p.Pinned() {
			pins = append(pins, p.Name+" "+p.Version+" "+at(p.VersionRange))
		}
	}
	if want := []string{"sample 1.4.2-r0 sample=${VERSION}-r0", "tool 2.0-r1 2.0-r1"}; !cmp.Equal(pins, want) {
		t.Error(cmp.Diff(want, pins))
	}
	if len(r.References) != 2 {
		t.Fatalf("%+v", r.References)
	}
	v, b := r.References[0], r.References[1]
	if v.Kind != facts.Variable || v.Name != "GOLANG_REFERENCE" || v.Pulls() || b.Kind != facts.Builder || b.Stage != "build" || !b.Pulls() {
		t.Errorf("%+v\n%+v", v, b)
	}
	for _, ref := range r.References {
		if ref.Image != "golang" || !ref.DHI || at(ref.TagRange) != "1.26.7-alpine3.23-dev" || at(ref.DigestRange) != ref.Digest {
			t.Errorf("%+v", ref)
		}
	}
	if len(r.Paths) != 1 || r.Paths[0].Source.Value != "image/sample/a.patch" || r.Paths[0].Stage != "build" || len(r.Targets) != 1 {
		t.Errorf("%+v", r.Paths)
	}
}

func TestProducts(t *testing.T) {
	head := "# syntax=dhi.io/build:2-%s\n\nimage: dhi.io/pkg-sample\nvariant: runtime\nvars:\n  PACKAGE_NAME: main/sample\n  REL: \"3\"\n  VERSION: 1.4.2\ncontents:\n  builds:\n    - name: s\n      pipeline:\n"
	for name, c := range map[string]struct {
		dist, steps string
		want        []string
	}{
		"plain abuild":     {"alpine3.23", "        - uses: abuild/build@v1\n", []string{"sample 1.4.2-r3"}},
		"build-pkg debian": {"debian13", "        - uses: dhi/build-pkg:0\n          with:\n            name: tool\n            version: 2.0\n            rel: 1\n            subpackages:\n              - name: tool-doc\n              - tool-extra\n", []string{"tool 2.0-1", "tool-doc 2.0-1", "tool-extra 2.0-1"}},
		"bump":             {"alpine3.23", "        - uses: abuild/bump@v1\n          with:\n            name: py3.13-x\n            subpackages:\n              $pkgname-pyc:\n                provides: y\n", []string{"py3.13-x 1.4.2-r3", "py3.13-x-pyc 1.4.2-r3"}},
		"words":            {"alpine3.23", "        - uses: abuild/apk@v1\n          with:\n            name: n\n            version: 9\n            rel: 0\n            subpackages: $pkgname-doc $pkgname-dev:_dev\n", []string{"n 9-r0", "n-doc 9-r0", "n-dev 9-r0"}},
		"unknown":          {"alpine3.23", "        - uses: abuild/apk@v1\n          with:\n            name: ${GONE}\n            version: 9\n            rel: 0\n", []string{"sample 1.4.2-r3"}},
	} {
		t.Run(name, func(t *testing.T) {
			dist := "alpine-3.23"
			if c.dist == "debian13" {
				dist = "debian-13"
			}
			r := recordOf("package/main/sample/"+dist+"/1.yaml", strings.Replace(head, "%s", c.dist, 1)+c.steps)
			var got []string
			for _, p := range r.Products {
				got = append(got, p.Name+" "+p.Version)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValuesAndOthers(t *testing.T) {
	r := recordOf("x/chart/sample/config/values.yaml", "a: ${one.tag}@${one.digest}\nb: ${two-x.registry} ${HOME} ${three.other}\n")
	var got []string
	for _, p := range r.Placeholders {
		got = append(got, p.Value)
	}
	if !cmp.Equal(got, []string{"one", "one", "two-x"}) || r.Root() != "x" || r.Place.Name != "sample" {
		t.Error(got, r.Root(), r.Place)
	}
	if r := recordOf("some/values.yaml", "a: 1\n"); r != nil {
		t.Errorf("remembered: %+v", r)
	}
	if a, b := recordOf("p/app.yaml", image), recordOf("q/app.yaml", image); a.Root() == b.Root() {
		t.Error("files of two folders outside of a catalog are compared")
	}
}

func TestRoundTrip(t *testing.T) {
	r := recordOf("image/sample/alpine-3.23/1-dev.yaml", image)
	got, ok := facts.Decode(r.Path, r.Encoded())
	if diff := cmp.Diff(r, got, cmp.AllowUnexported(facts.Record{})); !ok || diff != "" {
		t.Error(ok, diff)
	}
	for i := range r.Encoded() {
		facts.Decode(r.Path, r.Encoded()[:i]) // must not panic
	}
}

// FuzzOf holds that no text crashes, that ranges lie in the text and that the
// record survives being written.
func FuzzOf(f *testing.F) {
	f.Add(image)
	files, _ := filepath.Glob("../../rules/rulestest/base/*.yaml")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil {
			f.Add(string(b))
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, path := range []string{"image/a/debian-13/1.yaml", "package/apk/main/a/alpine-3.23/1.yaml", "chart/a/helm/1.yaml", "image/a/info.yaml", "chart/a/config/values.yaml"} {
			r := recordOf(path, s)
			if r == nil {
				continue
			}
			if got, ok := facts.Decode(path, r.Encoded()); !ok || !cmp.Equal(got, r, cmp.AllowUnexported(facts.Record{})) {
				t.Fatal("the record does not survive")
			}
			for _, x := range r.References {
				if x.Range.End > len(s) || x.TagRange.End > len(s) || x.DigestRange.End > len(s) {
					t.Fatalf("%+v lies outside of %d bytes", x, len(s))
				}
			}
			for _, b := range r.Blocks {
				if b.Range.End > len(s) || s[b.Range.Start:b.Range.End] != b.Raw {
					t.Fatalf("%+v is not at its place", b)
				}
			}
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(recordOf("image/sample/alpine-3.23/1-dev.yaml", image).Encoded())
	f.Fuzz(func(t *testing.T, s string) { facts.Decode("image/a/debian-13/1.yaml", s) })
}
