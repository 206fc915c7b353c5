package upgrade_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
)

const tool = `# syntax=dhi.io/build:2-alpine3.23

name: Tool 0.x
image: dhi.io/tool
variant: runtime
tags:
  - "0"
  - "0.9"
  - 0.9.4
platforms:
  - linux/amd64
vars:
  COMMIT_SHA: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
  GOLANG_VERSION: 1.26.6-r0
  HELPER_VERSION: 0.9.4
  SEMVER_MAJOR_MINOR_VERSION: "0.9"
  SEMVER_MAJOR_VERSION: "0"
  SEMVER_VERSION: 0.9.4
  VERSION: 0.9.4
contents:
  packages:
    - helper=0.9.4-r1
  builds:
    - name: tool
      contents:
        packages:
          - golang-1.26=1.26.6-r0
          - golang-1.26-oci-config=1.26.6-r0
          - other=1.26.6-r0
        files:
          - url: git+https://example.com/acme/tool.git#v0.9.4
            checksum: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
            path: ${source.dir}/tool
            uid: 0
            gid: 0
      pipeline:
        - uses: go/bump@v2
          with:
            deps:
              - example.com/x@v0.9.4
        - name: build
          runs: |
            make VERSION=0.9.4 OTHER=10.9.4
environment:
  TOOL_VERSION: 0.9.4
`

func apply(t *testing.T, content string, c upgrade.Change) (string, []upgrade.Place) {
	t.Helper()
	edits, refresh, err := upgrade.Plan(open("tool.yaml", content), c)
	if err != nil {
		t.Fatal(err)
	}
	out, err := text.Apply(content, edits)
	if err != nil {
		t.Fatal(err)
	}
	return out, refresh
}

// changed are the lines that are not as before, joined.
func changed(before, after string) string {
	b, a := strings.Split(before, "\n"), strings.Split(after, "\n")
	var list []string
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			list = append(list, strings.TrimSpace(a[i]))
		}
	}
	return strings.Join(list, "\n")
}

func TestPlan(t *testing.T) {
	product := `- "0.10"
- 0.10.0
SEMVER_MAJOR_MINOR_VERSION: "0.10"
SEMVER_VERSION: 0.10.0
VERSION: 0.10.0
- url: git+https://example.com/acme/tool.git#v0.10.0
make VERSION=0.10.0 OTHER=10.9.4
TOOL_VERSION: 0.10.0`
	golang := `GOLANG_VERSION: 1.26.7-r0
- golang-1.26=1.26.7-r0
- golang-1.26-oci-config=1.26.7-r0`
	for _, c := range []struct {
		change  upgrade.Change
		want    string
		refresh int
	}{
		{upgrade.Change{Version: "0.10.0"}, product, 2},
		{upgrade.Change{Target: "tool", Version: "0.10.0"}, product, 2},
		{upgrade.Change{Target: "acme/tool", Version: "0.10.0"}, product, 2},
		{upgrade.Change{Target: "golang-1.26", Version: "1.26.7-r0"}, golang, 0},
		{upgrade.Change{Target: "pkg:apk/alpine/golang-1.26", Version: "1.26.7-r0"}, golang, 0},
		{upgrade.Change{Target: "GOLANG_VERSION", Version: "1.26.7-r0"}, golang, 0},
		{upgrade.Change{Target: "helper", Version: "0.9.5-r0"}, "HELPER_VERSION: 0.9.5\n- helper=0.9.5-r0", 0},
		{upgrade.Change{Target: "example.com/x", Version: "0.10.0"}, "- example.com/x@v0.10.0", 0},
	} {
		out, refresh := apply(t, tool, c.change)
		if got := changed(tool, out); got != c.want {
			t.Errorf("%+v:\n%s\nwant:\n%s", c.change, got, c.want)
		}
		if len(refresh) != c.refresh {
			t.Errorf("%+v: %d places to refresh, want %d: %+v", c.change, len(refresh), c.refresh, refresh)
		}
		for _, p := range refresh {
			if tool[p.Range.Start:p.Range.End] != p.Value {
				t.Errorf("%+v: range of %s holds %q", c.change, p.Path, tool[p.Range.Start:p.Range.End])
			}
		}
	}
}

// TestQuotes holds a version that becomes a number, or stops being one, to the
// quotes it needs.
func TestQuotes(t *testing.T) {
	two, _ := apply(t, tool, upgrade.Change{Version: "1.0"})
	for _, want := range []string{"  - \"1.0\"\n", "  VERSION: \"1.0\"\n", "name: Tool 1.x\n", "  TOOL_VERSION: \"1.0\"\n", "#v1.0\n"} {
		if !strings.Contains(two, want) {
			t.Errorf("no %q in\n%s", want, two)
		}
	}
	three, _ := apply(t, two, upgrade.Change{Version: "1.0.1"})
	if !strings.Contains(three, "  VERSION: 1.0.1\n") {
		t.Errorf("the quotes stayed:\n%s", three)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		change upgrade.Change
		want   string
	}{
		{upgrade.Change{Target: "nonesuch", Version: "1"}, "no version of"},
		{upgrade.Change{Target: "golang-1.26", Version: "1.26.7"}, "with its release"},
		{upgrade.Change{Target: "golang-1.26", Version: "1.26.5-r0"}, "newer"},
		{upgrade.Change{Target: "golang-1.26", Version: "1.26.7-r0", From: "1.25.0-r0"}, "not at 1.25.0-r0"},
		{upgrade.Change{Target: "golang-1.26"}, "to which version"},
	} {
		_, _, err := upgrade.Plan(open("tool.yaml", tool), c.change)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want one with %q", c.change, err, c.want)
		}
	}
	if _, _, err := upgrade.Plan(open("tool.yaml", tool), upgrade.Change{Version: "0.9.4"}); !errors.Is(err, upgrade.ErrCurrent) {
		t.Errorf("the same version again: %v", err)
	}
}

const packaged = `# syntax=dhi.io/build:2-alpine3.23

image: dhi.io/pkg-thing
variant: runtime
tags:
  - 2.0.1-alpine3.23
  - 2.0.1-r3-alpine3.23
vars:
  PACKAGE_NAME: thing
  REL: "3"
  VERSION: 2.0.1
contents:
  builds:
    - name: thing
      contents:
        packages:
          - rust=1.97.0-r0
      pipeline:
        - uses: dhi/build-pkg:0
          with:
            name: thing
            rel: 3
            version: 2.0.1
`

func TestPackageRelease(t *testing.T) {
	for _, c := range []struct {
		change upgrade.Change
		want   string
	}{
		{upgrade.Change{Version: "2.0.2"}, "- 2.0.2-alpine3.23\n- 2.0.2-r0-alpine3.23\nREL: \"0\"\nVERSION: 2.0.2\nrel: 0\nversion: 2.0.2"},
		{upgrade.Change{Version: "2.0.2-r7"}, "- 2.0.2-alpine3.23\n- 2.0.2-r7-alpine3.23\nREL: \"7\"\nVERSION: 2.0.2\nrel: 7\nversion: 2.0.2"},
		{upgrade.Change{Version: "2.0.1-r4"}, "- 2.0.1-r4-alpine3.23\nREL: \"4\"\nrel: 4"},
		{upgrade.Change{Target: "rust", Version: "1.97.1-r0"}, "- 2.0.1-r4-alpine3.23\nREL: \"4\"\n- rust=1.97.1-r0\nrel: 4"},
		{upgrade.Change{Target: "rust", Version: "1.97.1-r0", KeepRelease: true}, "- rust=1.97.1-r0"},
	} {
		out, _ := apply(t, packaged, c.change)
		if got := changed(packaged, out); got != c.want {
			t.Errorf("%+v:\n%s\nwant:\n%s", c.change, got, c.want)
		}
	}
}

func FuzzPlan(f *testing.F) {
	f.Add(tool, "golang-1.26", "1.26.7-r0")
	f.Add(packaged, "", "3")
	f.Add(tool, "dhi/x:1-y", "v")
	f.Add("# syntax=dhi.io/build:2-alpine3.23\nvars:\n  VERSION: v\ncontents:\n  files:\n    - url: a/b#v\n", "a/b", "v")
	f.Fuzz(func(t *testing.T, content, target, version string) {
		edits, refresh, err := upgrade.Plan(open("f.yaml", content), upgrade.Change{Target: target, Version: version})
		if err != nil {
			return
		}
		if _, err := text.Apply(content, edits); err != nil {
			t.Fatalf("edits that do not apply: %v", err)
		}
		for _, p := range refresh {
			if p.Range.Start < 0 || p.Range.End > len(content) || p.Range.Start > p.Range.End {
				t.Fatalf("range %v of %d bytes", p.Range, len(content))
			}
		}
	})
}
