package buildplace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
)

// src has every kind of node at both levels where it can be.
const src = `# syntax=dhi.io/build:2-alpine3.23

name: Test
image: dhi.io/test
vars:
  VERSION: 1.29.5
  NAME: nginx
platforms:
  - linux/amd64
  - linux/arm64
contents:
  repositories:
    - https://example.org/alpine
  keyring:
    - https://example.org/key.pub
  packages:
    - '!mawk'
    - curl
    - ${NAME}=${VERSION}-r1
  files:
    - url: '#{target.arch == "amd64" ? "https://example.org/x64.tgz" : "https://example.org/arm.tgz"}'
      checksum: "sha256:1111111111111111111111111111111111111111111111111111111111111111"
  artifacts:
    - name: dhi.io/pkg-a:1
      includes: [opt/**, "usr/*"]
  builds:
    - name: build
      uses: golang@1
      shell: /bin/bash -c
      work-dir: /work
      contents:
        packages:
          - gcc
      pipeline:
        - name: compile
          work-dir: /work/src
          run-as: nobody
          secrets:
            - id: token
          runs: |
            set -eu
            make ${VERSION}

              touch ö
        - runs: echo plain
        - name: folded
          privileged: true
          runs: >-
            echo a
            b

            echo c
        - name: quoted
          runs: "echo one\necho \"twö\""
      outputs:
        - source: /out
          target: /
    - pipeline:
        - name: lone
          uses: deploy
paths:
  - path: /etc/x
    source: config/x
accounts:
  run-as: nonroot
  users:
    - name: nonroot
  groups:
    - name: staff
`

var kinds = []locate.Kind{
	locate.Directive, locate.Package, locate.Repository, locate.Key, locate.FileURL, locate.FileChecksum, locate.Artifact,
	locate.Include, locate.Uses, locate.Path, locate.PathSource, locate.OutputSource, locate.OutputTarget, locate.User,
	locate.Group, locate.RunAs, locate.Stage, locate.Step, locate.Runs, locate.Shell, locate.WorkDir, locate.Secret,
	locate.Privileged, locate.Value,
}

// same holds the document to buildtest's, which is made of another parser.
func same(t *testing.T, content string) {
	t.Helper()
	ours, theirs := buildplace.Parse(content), buildtest.NewDocument(content)
	for _, k := range kinds {
		got, want := ours.Nodes(k), theirs.Nodes(k)
		if len(got) != len(want) {
			t.Errorf("%s: %d nodes, want %d", k, len(got), len(want))
			continue
		}
		for i := range got {
			g, w := got[i], want[i]
			// The stand-in guesses the ends of scalars with escapes or folds.
			if strings.ContainsAny(content[w.Range.Start:w.Range.Start+1], `"'>|`) {
				w.Range.End = g.Range.End
			}
			if g.Range != w.Range || g.Value != w.Value || g.Stage != w.Stage || g.Step != w.Step || g.StepIndex != w.StepIndex || g.Kind != w.Kind {
				t.Errorf("%s %d: %+v %q, want %+v %q", k, i, g, content[g.Range.Start:g.Range.End], w, content[w.Range.Start:w.Range.End])
			}
		}
	}
}

func TestSameAsStandIn(t *testing.T) {
	same(t, src)
	if got := len(buildplace.Parse(src).Nodes(locate.Platform)); got != 2 {
		t.Errorf("%d platforms", got)
	}
}

func TestSameOnCatalog(t *testing.T) {
	dir := os.Getenv("DHI_CORPUS")
	if dir == "" {
		t.Skip("no catalog: set DHI_CORPUS")
	}
	files, err := filepath.Glob(filepath.Join(dir, "image", "*", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no definitions below %s: %v", dir, err)
	}
	for i, f := range files {
		if i%20 != 0 {
			continue
		}
		content, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(content), "# syntax=") {
			same(t, string(content))
		}
		if t.Failed() {
			t.Fatal(f)
		}
	}
}

func TestRanges(t *testing.T) {
	d := buildplace.Parse(src)
	for k, want := range map[locate.Kind][]string{
		locate.Directive: {"# syntax=dhi.io/build:2-alpine3.23"},
		locate.Package:   {"'!mawk'", "curl", "${NAME}=${VERSION}-r1", "gcc"},
		locate.Include:   {"opt/**", `"usr/*"`},
		locate.WorkDir:   {"/work", "/work/src"},
		locate.Runs: {
			"|\n            set -eu\n            make ${VERSION}\n\n              touch ö", "echo plain",
			">-\n            echo a\n            b\n\n            echo c", `"echo one\necho \"twö\""`,
		},
	} {
		got := d.Nodes(k)
		if len(got) != len(want) {
			t.Errorf("%s: %+v", k, got)
			continue
		}
		for i := range got {
			if s := src[got[i].Range.Start:got[i].Range.End]; s != want[i] {
				t.Errorf("%s %d: %q, want %q", k, i, s, want[i])
			}
		}
	}
}

func TestScriptLines(t *testing.T) {
	for _, variant := range []struct{ name, content string }{
		{"LF", src}, {"CRLF", strings.ReplaceAll(src, "\n", "\r\n")}, {"BOM", "\ufeff" + src},
	} {
		d := buildplace.Parse(variant.content)
		runs := d.Nodes(locate.Runs)
		for _, c := range []struct {
			script, line int
			want         string
			ok           bool
		}{
			{0, 1, "set -eu", true}, {0, 2, "make ${VERSION}", true}, {0, 3, "", true}, {0, 4, "touch ö", true},
			{0, 5, "", false}, {0, 0, "", false}, {0, -1, "", false},
			{1, 1, "echo plain", true}, {1, 2, "", false},
			{2, 2, "echo c", true},
			{3, 1, "echo one", true}, {3, 2, `echo \"twö\"`, true}, {3, 3, "", false},
		} {
			r, ok := d.ScriptLine(runs[c.script], c.line)
			if got := d.Text().Slice(r); ok != c.ok || ok && got != c.want {
				t.Errorf("%s: script %d line %d: %q %v, want %q %v", variant.name, c.script, c.line, got, ok, c.want, c.ok)
			}
		}
	}
	if _, ok := buildplace.Parse(src).ScriptLine(locate.Node{Range: text.Range{Start: 1}}, 1); ok {
		t.Error("a node that is no script has a line")
	}
}

func TestResolved(t *testing.T) {
	d := buildplace.Parse(src)
	if got := d.Nodes(locate.Package)[2].Resolved; len(got) != 1 || got[0] != "nginx=1.29.5-r1" {
		t.Errorf("package %q", got)
	}
	if got := d.Nodes(locate.FileURL)[0].Resolved; len(got) != 2 || got[0] != "https://example.org/x64.tgz" || got[1] != "https://example.org/arm.tgz" {
		t.Errorf("URL %q", got)
	}
	found := locate.Place(d, []cause.Cause{{Class: cause.Definition, Kind: cause.VersionNotFound, Subject: "nginx"}}, locate.Options{})
	if got := src[found[0].Range.Start:found[0].Range.End]; got != "${NAME}=${VERSION}-r1" {
		t.Errorf("a package by its value: on %q", got)
	}
}

// The tree knows better than other readers where the YAML is broken.
func TestSyntaxStandsOnTheFault(t *testing.T) {
	content := "# syntax=dhi.io/build:2-alpine3.23\nimage: x\nvariant: [runtime\ntags:\n  - a\n"
	res := &buildrunner.Result{Failures: []cause.Cause{{Class: cause.Definition, Kind: cause.SyntaxInvalid, Line: 2}}}
	found := buildplace.Parse(content).Findings(res, locate.Options{})
	if got := found[0].Range; len(found) != 1 || got.Start < strings.Index(content, "[runtime") || got.Start > strings.Index(content, "tags:") {
		t.Errorf("on %q", content[got.Start:got.End])
	}
}

func TestNoTree(t *testing.T) {
	for _, content := range []string{"", "\ufeff", "# only", "a: [", "- x\n- y", "runs", "\t", "contents: {builds: [{pipeline: [{runs: "} {
		d := buildplace.Parse(content)
		found := locate.Place(d, []cause.Cause{{Class: cause.Definition, Kind: cause.ShellLine, Line: 1, Subject: "x"}}, locate.Options{})
		if len(found) != 1 {
			t.Errorf("%q: %+v", content, found)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(src, "nginx", "build: compile", "package-not-found", 2)
	f.Add("a: [", "a", "a", "checksum-mismatch", 1)
	f.Add("contents:\n  builds:\n  - pipeline:\n    - runs: \"\\\n  a\"\n", "a", "", "shell-line", 1)
	f.Fuzz(func(t *testing.T, content, subject, vertex, kind string, line int) {
		d := buildplace.Parse(content)
		c := cause.Cause{Class: cause.Definition, Kind: cause.Kind(kind), Subject: subject, Want: subject, Got: subject, Vertex: vertex, Line: line}
		for _, found := range locate.Place(d, []cause.Cause{c}, locate.Options{}) {
			valid(t, content, found.Range)
		}
		for _, n := range d.Nodes(locate.Runs) {
			for i := -1; i < 5; i++ {
				if r, ok := d.ScriptLine(n, i); ok {
					valid(t, content, r)
				}
			}
		}
	})
}

func valid(t *testing.T, content string, r text.Range) {
	t.Helper()
	if r.Start < 0 || r.End < r.Start || r.End > len(content) {
		t.Fatalf("range %+v of %d bytes", r, len(content))
	}
}

// What the text does not show is not blamed on it, by findings, messages and
// exit code alike.
func TestSettle(t *testing.T) {
	path := func(subject string) cause.Cause {
		return cause.Cause{Class: cause.Definition, Kind: cause.PathFailed, Subject: subject, Title: "x"}
	}
	for _, c := range []struct {
		subject       string
		code, outside int
	}{{"/etc/x", buildrunner.ExitDefinition, 0}, {"/srv/bk/content", buildrunner.ExitEnvironment, 1}} {
		failure := &buildrunner.Failure{Causes: []cause.Cause{path(c.subject)}}
		res := &buildrunner.Result{Failures: failure.Causes}
		buildplace.Parse(src).Settle(res, failure)
		if got := buildrunner.ExitCode(failure); got != c.code {
			t.Errorf("%s: exit code %d, want %d", c.subject, got, c.code)
		}
		if got := buildplace.Outside(res.Failures); len(got) != c.outside {
			t.Errorf("%s: outside %+v", c.subject, got)
		}
	}
}
