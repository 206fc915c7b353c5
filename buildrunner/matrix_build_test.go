//go:build buildkit

package buildrunner_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
)

// matrixDefinition builds as it is. HOST is the registry's address. The lines
// of the pipeline are counted on by cases that give a location.
const matrixDefinition = `# syntax=dhi.io/build:2-debian13

name: Matrix
image: dhi.io/matrix
variant: runtime
tags:
  - "1.0"
platforms:
  - linux/amd64
contents:
  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
    - deb https://packages.example.org/deb trixie main
  keyring:
    - https://packages.example.org/key.gpg
  packages:
    - '!libelogind0'
    - busybox
    - nginx=1.29.5-r1
    - openssl
    - libssl3t64
    - redis-server=6:8.0.5-1rl1~trixie1
    - tini
  files:
    - url: http://HOST/files/source.tar.gz
      checksum: sha256:SUM
      path: /opt/source.tar.gz
  artifacts:
    - name: dhi.io/pkg-stand-in:1
      includes:
        - opt/**
  builds:
    - name: compile
      contents:
        packages:
          - gcc
          - make=4.4.1-r3
      pipeline:
        - name: prepare
          runs: |
            set -eu
            mkdir -p /target/work
            touch /target/work/done
        - name: install
          runs: |
            set -eu
            make DESTDIR=/out install || true
            cp -a /target/work /target/copy
            echo "at ${PREFIX-}"
            chown builder:builder /target/copy || true
    - name: docs
      contents:
        packages:
          - gcc
      pipeline:
        - name: install
          runs: mkdir -p /target/docs
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
    - name: www-data
      uid: 33
      gid: 33
paths:
  - type: directory
    path: /var/lib/matrix
    uid: 65532
    gid: 65532
    mode: "0755"
  - type: file
    path: /etc/demo.conf
    source: config/demo.conf
    uid: 0
    gid: 0
    mode: "0644"
os-release:
  name: Matrix
  home-url: https://example.org/
  bug-report-url: https://example.org/bugs
cmd:
  - /bin/sh
`

// failureCase is one failure and where it belongs.
type failureCase struct {
	name  string
	fault buildtest.Fault
	// replace changes the definition, old and new in turns.
	replace []string
	change  func(*buildrunner.Request)
	class   cause.Class
	kind    cause.Kind
	// node is the text that the finding must stand on, exactly; "" is the
	// syntax directive.
	node string
}

func step(name string, code int, log string) buildtest.Fault {
	return buildtest.Fault{Name: name, Script: buildtest.Fails(code, log), Unlocated: true}
}

// compile is the step that cases without a location name.
const compile = "[dhi] compile: install"

func TestFailureMatrix(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	write(t, filepath.Join(reg.Files, "source.tar.gz"), "source\n")
	cases := append(append(definitionCases(), packageCases()...), environmentCases(t, reg)...)
	exact, class, definition := 0, 0, 0
	var table strings.Builder
	for _, c := range cases {
		got, where, kind := c.run(t, d, reg)
		okClass := got == c.class && kind == c.kind
		want := c.node
		if want == "" {
			want = strings.SplitN(matrixDefinition, "\n", 2)[0]
			if strings.HasPrefix(firstReplacement(c), "# syntax") {
				want = firstReplacement(c)
			}
		}
		want = fill(want, reg)
		okNode := where == want
		if okClass {
			class++
		}
		if okNode {
			exact++
		}
		if c.class == cause.Definition {
			definition++
		}
		fmt.Fprintf(&table, "%-34s %-12s %-20s class=%-5v node=%-5v %s\n", c.name, got, kind, okClass, okNode, strings.SplitN(where, "\n", 2)[0])
		if !okClass {
			t.Errorf("%s: class %v kind %s, want %v %s", c.name, got, kind, c.class, c.kind)
		}
		if !okNode {
			t.Logf("%s: on %q, want %q", c.name, where, want)
		}
	}
	t.Logf("\n%s%d causes (%d of the definition): %d in the right class, %d on the exact node", table.String(), len(cases), definition, class, exact)
	if len(cases) < 40 {
		t.Errorf("only %d causes", len(cases))
	}
	if exact*100 < 95*len(cases) {
		t.Errorf("only %d of %d on the exact node", exact, len(cases))
	}
}

func firstReplacement(c failureCase) string {
	if len(c.replace) < 2 {
		return ""
	}
	return c.replace[1]
}

func fill(text string, reg *buildtest.Registry) string {
	return strings.NewReplacer("HOST", reg.Host, "SUM", checksum("source\n")).Replace(text)
}

// run builds the case and says what came of it: the class, the text under the
// finding, and the kind.
func (c failureCase) run(t *testing.T, d *buildtest.Daemon, reg *buildtest.Registry) (cause.Class, string, cause.Kind) {
	t.Helper()
	text := fill(strings.NewReplacer(c.replace...).Replace(matrixDefinition), reg)
	req := request(t, d, project(t, text))
	if c.fault != (buildtest.Fault{}) {
		req.BuildArgs = map[string]string{buildtest.FaultArg: c.fault.String()}
	}
	if c.change != nil {
		c.change(&req)
	}
	var r buildrunner.Runner
	res, err := r.Run(t.Context(), req, buildrunner.Events{})
	if err == nil || len(res.Failures) == 0 {
		t.Errorf("%s: built, or failed without a cause: %v", c.name, err)
		return cause.Unknown, "", ""
	}
	doc := buildplace.Parse(text)
	doc.Settle(res, err)
	found := doc.Findings(&buildrunner.Result{Failures: res.Failures[:1]}, locate.Options{})
	if testing.Verbose() && res.Failures[0].Kind != c.kind {
		t.Logf("%s: %+v\n%s", c.name, res.Failures[0], err)
	}
	return res.Failures[0].Class, doc.Text().Slice(found[0].Range), res.Failures[0].Kind
}
