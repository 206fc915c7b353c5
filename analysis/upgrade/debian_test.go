package upgrade_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

const zeros = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

const rebuilt = `# syntax=dhi.io/build:2-debian13

image: dhi.io/pkg-z3
variant: runtime
tags:
  - 1-13.3-2-deb13u1-dhi1
  - 1-13.3-2-deb13u1-dhi1-debian13
vars:
  DEBIAN_DSC_CHECKSUM: ` + zeros + `
  DEBIAN_DSC_URL: https://deb.example.org/z3_13.3-2+deb13u1.dsc
  DEBIAN_FILENAME_VERSION: 13.3-2+deb13u1
  DEBIAN_ORIG_FILENAME: z3_13.3.orig.tar.xz
  DEBIAN_VERSION: 1:13.3-2+deb13u1
  DHI_REL: "1"
  DHI_VERSION: 1:13.3-2+deb13u1+dhi1
  TAG_VERSION: 1-13.3-2-deb13u1-dhi1
  UPSTREAM_VERSION: "13.3"
contents:
  builds:
    - name: z3
      contents:
        packages:
          - helper=1.0-1
        files:
          - url: https://deb.example.org/z3_13.3-2+deb13u1.dsc
            checksum: ` + zeros + `
            path: ${source.dir}/z3.dsc
      pipeline:
        - uses: deb/bump@v1
          with:
            version: 1:13.3-2+deb13u1+dhi1
`

// A package rebuilt from a Debian source has its version in five forms.
func TestDebianSource(t *testing.T) {
	all := `- 1-14.0-1-dhi0
- 1-14.0-1-dhi0-debian13
DEBIAN_DSC_URL: https://deb.example.org/z3_14.0-1.dsc
DEBIAN_FILENAME_VERSION: 14.0-1
DEBIAN_ORIG_FILENAME: z3_14.0.orig.tar.xz
DEBIAN_VERSION: 1:14.0-1
DHI_REL: "0"
DHI_VERSION: 1:14.0-1+dhi0
TAG_VERSION: 1-14.0-1-dhi0
UPSTREAM_VERSION: "14.0"
- url: https://deb.example.org/z3_14.0-1.dsc
version: 1:14.0-1+dhi0`
	again := `- 1-13.3-2-deb13u1-dhi2
- 1-13.3-2-deb13u1-dhi2-debian13
DHI_REL: "2"
DHI_VERSION: 1:13.3-2+deb13u1+dhi2
TAG_VERSION: 1-13.3-2-deb13u1-dhi2`
	for _, c := range []struct {
		change  upgrade.Change
		want    string
		refresh int
	}{
		{upgrade.Change{Version: "1:14.0-1"}, all, 2},
		{upgrade.Change{Version: "14.0-1"}, all, 2}, // the epoch stays
		{upgrade.Change{Target: "DEBIAN_VERSION", Version: "1:14.0-1"}, all, 2},
		{upgrade.Change{Version: "14.0-1+dhi3"}, strings.NewReplacer("dhi0", "dhi3", `"0"`, `"3"`).Replace(all), 2},
		{upgrade.Change{Version: "1:13.3-2+deb13u1+dhi2"}, again + "\nversion: 1:13.3-2+deb13u1+dhi2", 0},
		{upgrade.Change{Target: "helper", Version: "1.1-1"}, again + "\n- helper=1.1-1\nversion: 1:13.3-2+deb13u1+dhi2", 0},
	} {
		out, refresh := apply(t, rebuilt, c.change)
		if got := changed(rebuilt, out); got != c.want {
			t.Errorf("%+v:\n%s\nwant\n%s", c.change, got, c.want)
		}
		if len(refresh) != c.refresh {
			t.Errorf("%+v: to be refreshed: %+v", c.change, refresh)
		}
	}
	if _, _, err := upgrade.Plan(open("z3.yaml", rebuilt), upgrade.Change{Version: "14.0"}); err == nil || !strings.Contains(err.Error(), "Debian revision, as 14.0-1") {
		t.Errorf("without a revision: %v", err)
	}
}

// The product may have the version that the distribution has.
func TestVersionOfDistribution(t *testing.T) {
	content := `# syntax=dhi.io/build:2-alpine3.24

image: dhi.io/pkg-tagset
variant: runtime
tags:
  - 3.24-alpine3.24
  - 3.24-r0-alpine3.24
vars:
  REL: "0"
  VERSION: "3.24"
contents:
  builds:
    - name: tagset
      contents:
        files:
          - url: https://dl.example.org/alpine/v3.24/tagset-3.24.tar.gz
            path: /tmp/tagset-3.24.tar.gz
`
	want := `- 3.25-alpine3.24
- 3.25-r0-alpine3.24
VERSION: "3.25"
- url: https://dl.example.org/alpine/v3.24/tagset-3.25.tar.gz
path: /tmp/tagset-3.25.tar.gz`
	out, _ := apply(t, content, upgrade.Change{Version: "3.25"})
	if got := changed(content, out); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// An image made of its own package goes along with it, also where the package
// is pinned with a release that the product's version has not, or where the
// version has one and no pin.
func TestOwnPackage(t *testing.T) {
	head := "# syntax=dhi.io/build:2-alpine3.23\n\nname: Thing 1.x\nimage: dhi.io/thing\nvariant: runtime\ntags:\n  - 1.2.3-alpine3.23\n"
	for _, c := range []struct{ content, version, want string }{
		{
			head + "vars:\n  PKG_THING_REFERENCE: dhi/pkg-thing:1.2.3-alpine3.23@" + zeros + "\n  VERSION: 1.2.3\ncontents:\n  artifacts:\n    - name: dhi.io/pkg-thing:1.2.3-alpine3.23@" + zeros + "\n", "1.2.4",
			"- 1.2.4-alpine3.23\nPKG_THING_REFERENCE: dhi/pkg-thing:1.2.4-alpine3.23@" + zeros + "\nVERSION: 1.2.4\n- name: dhi.io/pkg-thing:1.2.4-alpine3.23@" + zeros,
		},
		{head + "vars:\n  VERSION: 1.2.3\ncontents:\n  packages:\n    - thing=1.2.3-r4\n", "1.2.4-r0", "- 1.2.4-alpine3.23\nVERSION: 1.2.4\n- thing=1.2.4-r0"},
		{head + "vars:\n  SEMVER_VERSION: 1.2.3\n  VERSION: 1.2.3-r4\n", "1.2.4-r0", "- 1.2.4-alpine3.23\nSEMVER_VERSION: 1.2.4\nVERSION: 1.2.4-r0"},
	} {
		out, _ := apply(t, c.content, upgrade.Change{Version: c.version})
		if got := changed(c.content, out); got != c.want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", c.content, got, c.want)
		}
	}
}
