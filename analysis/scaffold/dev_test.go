package scaffold_test

import (
	"strings"
	"testing"

	udiff "github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const runtime = `# syntax=dhi.io/build:2-debian13

name: Sample 1.x (compat)
image: example.org/sample
variant: runtime
tags:
  - "1"
  - 1-debian
vars:
  SUFFIX: ""
contents:
  packages:
    - '!libelogind0'
    - bash
    - sample=1.2.3
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
cmd:
  - sample
`

const wantDev = `--- runtime
+++ dev
@@ -1,23 +1,44 @@
 # syntax=dhi.io/build:2-debian13
 
-name: Sample 1.x (compat)
+name: Sample 1.x (compat, dev)
 image: example.org/sample
-variant: runtime
+variant: dev
 tags:
-  - "1"
-  - 1-debian
+  - 1-dev
+  - 1-debian-dev
 vars:
-  SUFFIX: ""
+  SUFFIX: -dev
 contents:
   packages:
+    - '!gawk'
     - '!libelogind0'
+    - '!original-awk'
+    - apt
+    - base-files
     - bash
+    - ca-certificates
+    - coreutils
+    - diffutils
+    - dpkg
+    - findutils
+    - grep
+    - libc-bin
+    - mawk
+    - perl-base
     - sample=1.2.3
+    - sed
+    - util-linux
 accounts:
-  run-as: nonroot
+  root: true
+  run-as: root
   users:
     - name: nonroot
       uid: 65532
+      gid: 65532
+    - name: _apt
+      uid: 42
       gid: 65532
+environment:
+  DEBIAN_FRONTEND: noninteractive
 cmd:
   - sample
`

func TestDevVariant(t *testing.T) {
	doc := analysis.Open("image/sample/debian-13/1-compat.yaml", text.New(runtime), analysis.Options{})
	v := scaffold.Variation{Variant: "dev"}
	got, err := scaffold.Derive(doc, v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := udiff.Unified("runtime", "dev", runtime, got.Text); diff != wantDev {
		t.Errorf("got\n%s", diff)
	}
	made := analysis.Open(scaffold.PathOf(doc, v), text.New(got.Text), analysis.Options{})
	if again, err := scaffold.Derive(made, scaffold.Variation{Variant: "runtime"}); err == nil {
		t.Errorf("a runtime is made of the dev variant:\n%s", again.Text)
	}
	known := map[string]bool{}
	for _, d := range analysis.Fast(doc, analysis.Options{}).Diagnostics {
		known[d.Code] = true
	}
	for _, d := range analysis.Fast(made, analysis.Options{}).Diagnostics {
		if !known[d.Code] && d.Severity <= diagnostic.Warning {
			t.Errorf("the dev variant has a finding that its runtime has not: %s: %s", d.Code, d.Message)
		}
	}
}

// Half-typed and odd definitions give something or an error, but no panic.
func TestDeriveBrokenText(t *testing.T) {
	for end := range len(runtime) {
		doc := analysis.Open("1.yaml", text.New(runtime[:end]), analysis.Options{})
		for _, v := range []scaffold.Variation{{Variant: "dev"}, {Flavor: "slim"}, {Dist: "debian-12"}, {Dist: "alpine-3.23"}} {
			if out, err := scaffold.Derive(doc, v); err == nil && out.Text == "" {
				t.Errorf("nothing is made of\n%s", runtime[:end])
			}
		}
	}
}

func TestPathOf(t *testing.T) {
	dev := scaffold.Variation{Variant: "dev"}
	compat := scaffold.Variation{Flavor: "compat"}
	newer := scaffold.Variation{Dist: "alpine-3.24"}
	for _, c := range []struct {
		path string
		v    scaffold.Variation
		want string
	}{
		{"image/a/debian-13/1.yaml", dev, "image/a/debian-13/1-dev.yaml"},
		{"image/a/debian-13/1-dev.yaml", compat, "image/a/debian-13/1-compat-dev.yaml"},
		{"image/a/debian-13/1.yaml", newer, "image/a/alpine-3.24/1.yaml"},
		{"image/a/debian-13/1.yaml", scaffold.Variation{Dist: "alpine-3.24", Variant: "dev", Flavor: "compat"}, "image/a/alpine-3.24/1-compat-dev.yaml"},
		{"app.yml", newer, "app-alpine3.24.yml"},
		{"build/app-debian13-dev.yml", newer, "build/app-alpine3.24-dev.yml"},
	} {
		doc := definition.New(c.path, text.New(runtime), definition.Options{})
		if c.path == "image/a/debian-13/1-dev.yaml" || c.path == "app.yml" {
			doc = definition.New(c.path, text.New("# syntax=dhi.io/build:2-debian13\nvariant: dev\n"), definition.Options{})
		}
		if got := scaffold.PathOf(doc, c.v); got != c.want {
			t.Errorf("%s %+v: %s, want %s", c.path, c.v, got, c.want)
		}
	}
}

// know knows one image and one package of another distribution.
type know struct{}

func (know) Digest(image, tag string) (string, bool) {
	return "sha256:" + zeros, image == "golang" && tag == "1-alpine3.24-dev"
}

func (know) Packages(image string, dist definition.Dist, variant, flavor, except string) []string {
	if image != "sample" || variant != "dev" || except != "a-dev.yaml" {
		return nil
	}
	return []string{"!busybox", "git", "other"}
}

func (know) Version(pkg, pinned string, to definition.Dist) (string, bool) {
	return "1.2.3-r4", pkg == "thing" && to.Release == "3.24"
}

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// References and pins move to another release where it is known what they are
// there; the variables that repeat a digest move along.
func TestDeriveKnown(t *testing.T) {
	const old = "1111111111111111111111111111111111111111111111111111111111111111"
	doc := definition.New("a.yaml", text.New(`# syntax=dhi.io/build:2-alpine3.23

name: Sample 1.x
image: example.org/sample
variant: runtime
tags:
  - 1-alpine3.23
vars:
  GO_DIGEST: sha256:`+old+`
contents:
  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
  packages:
    - other=1-r0
    - thing=1.2.3-r0
  builds:
    - name: build
      uses: dhi/golang:1-alpine3.23-dev@sha256:`+old+`
`), definition.Options{})
	out, err := scaffold.Derive(doc, scaffold.Variation{Dist: "alpine-3.24", Known: know{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"GO_DIGEST: sha256:" + zeros, "uses: dhi/golang:1-alpine3.24-dev@sha256:" + zeros, "- thing=1.2.3-r4\n", "- other=1-r0\n", "v3.24/main"} {
		if !strings.Contains(out.Text, want) {
			t.Errorf("no %q in\n%s", want, out.Text)
		}
	}
	dev, err := scaffold.Derive(doc, scaffold.Variation{Variant: "dev", Known: know{}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(dev.Text, "    - git\n    - other=1-r0\n") || !strings.Contains(dev.Text, "    - busybox\n") {
		t.Errorf("packages of other dev variants:\n%s", dev.Text)
	}
	if notes := strings.Join(out.Notes, "\n"); !strings.Contains(notes, "other=1-r0 is pinned") || strings.Contains(notes, "thing=") {
		t.Errorf("notes: %s", notes)
	}
}
