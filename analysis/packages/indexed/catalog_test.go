package indexed

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

const mailPackage = `# syntax=dhi.io/build:2-alpine3.23

image: dhi.io/pkg-sample-mail
variant: runtime
tags:
  - 1.4.2-r3-alpine3.23
platforms:
  - linux/amd64
vars:
  REL: "3"
  VERSION: 1.4.2
contents:
  builds:
    - name: sample-mail
      contents:
        packages:
          - build-base
      pipeline:
        - name: build
          uses: abuild/apk@v1
          with:
            name: sample-mail
            rel: ${REL}
            subpackages:
              - sample-mail-doc
              - $pkgname-openrc
            version: ${VERSION}
`

const debPackage = `# syntax=dhi.io/build:2-debian13

image: dhi.io/pkg-sample-tool
variant: runtime
tags:
  - 2.0.0-1-debian13
platforms:
  - linux/amd64
contents:
  builds:
    - name: sample-tool
      pipeline:
        - uses: dhi/build-pkg:0
          with:
            name: sample-tool
            rel: "1"
            subpackages: "sample-tool-doc:doc ${pkgname}-dbg"
            version: 2.0.0
`

func writeCatalog(t testing.TB) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"package/apk/main/sample-mail/alpine-3.23/1.yaml": mailPackage,
		"package/main/sample-tool/debian-13/2.yaml":       debPackage,
		"package/main/broken/debian-13/2.yaml":            "contents: [",
		"image/sample/debian-13/1.yaml":                   debPackage,
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestCatalogScan(t *testing.T) {
	got := NewCatalog(writeCatalog(t)).read()
	for _, c := range []struct {
		dist          definition.Dist
		name, version string
	}{
		{definition.Dist{Family: "alpine", Release: "3.23"}, "sample-mail", "1.4.2-r3"},
		{definition.Dist{Family: "alpine", Release: "3.23"}, "sample-mail-doc", "1.4.2-r3"},
		{definition.Dist{Family: "alpine", Release: "3.23"}, "sample-mail-openrc", "1.4.2-r3"},
		{definition.Dist{Family: "debian", Release: "13"}, "sample-tool", "2.0.0-1"},
		{definition.Dist{Family: "debian", Release: "13"}, "sample-tool-doc", "2.0.0-1"},
		{definition.Dist{Family: "debian", Release: "13"}, "sample-tool-dbg", "2.0.0-1"},
	} {
		if list := got[c.dist][c.name]; len(list) != 1 || list[0].version != c.version {
			t.Errorf("%v %s: %v, want %s", c.dist, c.name, list, c.version)
		}
	}
	if n := len(got[definition.Dist{Family: "debian", Release: "13"}]); n != 3 {
		t.Errorf("%d packages for Debian, want 3: images build none", n)
	}
	if n := len(NewCatalog(t.TempDir()).read()); n != 0 {
		t.Errorf("%d distributions in an empty folder", n)
	}
}

// BenchmarkCatalogScan reads the package definitions of the corpus.
func BenchmarkCatalogScan(b *testing.B) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		b.Skip("DHI_CORPUS names no catalog")
	}
	for b.Loop() {
		n := 0
		for _, m := range NewCatalog(root).read() {
			n += len(m)
		}
		b.ReportMetric(float64(n), "names")
	}
}
