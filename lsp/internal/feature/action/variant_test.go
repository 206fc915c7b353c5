package action

import (
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
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
@@ -1,23 +1,41 @@
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
     - '!libelogind0'
+    - apt
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
	got, ok := devText(doc)
	if diff := udiff.Unified("runtime", "dev", runtime, got); !ok || diff != wantDev {
		t.Errorf("got\n%s", diff)
	}
	made := analysis.Open("image/sample/debian-13/1-compat-dev.yaml", text.New(got), analysis.Options{})
	if again, _ := devText(made); again == "" || isRuntime(made) {
		t.Error("the dev variant is taken for a runtime")
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

// Half-typed and odd definitions give something or nothing, but no panic.
func TestDevVariantOfBrokenText(t *testing.T) {
	for end := range len(runtime) {
		doc := analysis.Open("1.yaml", text.New(runtime[:end]), analysis.Options{})
		if doc.Def != nil {
			devText(doc)
		}
	}
}
