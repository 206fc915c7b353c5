package semdiff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/semdiff"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func open(content string) *definition.Document {
	return definition.New("a.yaml", text.New(content), definition.Options{})
}

const one = `# syntax=dhi.io/build:2-alpine3.23

name: Tool 1.x
image: dhi.io/tool
tags:
  - "1"
  - "1.2"
contents:
  packages:
    - a=1.0-r0
    - b
    - '!c'
  builds:
    - name: app
      contents:
        packages:
          - gcc
      pipeline:
        - name: prepare
          runs: |
            mkdir x
        - name: build
          runs: |
            make
            make install
accounts:
  run-as: nonroot
  users:
    - name: nonroot
      uid: 65532
      gid: 65532
environment:
  A: "1"
paths:
  - type: directory
    path: /data
    uid: 0
    gid: 0
    mode: "0755"
entrypoint:
  - /bin/tool
  - run
`

func TestSame(t *testing.T) {
	reordered := strings.NewReplacer("    - a=1.0-r0\n    - b\n", "    - b\n    - \"a=1.0-r0\" # why\n", "  - \"1\"\n  - \"1.2\"\n", "  - '1.2'\n  - '1'\n").Replace(one)
	if reordered == one {
		t.Fatal("nothing was put in another order")
	}
	list, err := semdiff.Compare(open(one), open(reordered))
	if err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}

func TestChanges(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"a=1.0-r0", "a=1.1-r0", "Packages changed a: a=1.0-r0 > a=1.1-r0"},
		{"    - b\n", "", "Packages removed b: b > "},
		{"    - b\n", "    - b\n    - d\n", "Packages added d:  > d"},
		{"'!c'", "c", "Packages changed c: !c > c"},
		{"- gcc", "- clang", "Stage app removed contents.packages[gcc]: gcc > \nStage app added contents.packages[clang]:  > clang"},
		{"make install", "make install-strip", "Stage app changed pipeline[build].runs: make\nmake install\n > make\nmake install-strip\n"},
		{"uid: 65532", "uid: 1000", "Accounts changed users[nonroot].uid: 65532 > 1000"},
		{"run-as: nonroot", "run-as: root", "Accounts changed run-as: nonroot > root"},
		{`"0755"`, `"0700"`, "Paths changed [/data].mode: 0755 > 0700"},
		{"  A: \"1\"", "  B: \"1\"", "Environment removed A: 1 > \nEnvironment added B:  > 1"},
		{"  - run\n", "  - serve\n", "Start changed entrypoint: [/bin/tool, run] > [/bin/tool, serve]"},
		{"2-alpine3.23", "2-alpine3.24", "Definition changed syntax: dhi.io/build:2-alpine3.23 > dhi.io/build:2-alpine3.24"},
		{"entrypoint:\n", "stop-signal: SIGINT\nentrypoint:\n", "Start added stop-signal:  > SIGINT"},
	} {
		other := strings.Replace(one, c.old, c.new, 1)
		list, err := semdiff.Compare(open(one), open(other))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ch := range list {
			got = append(got, fmt.Sprintf("%s %s %s: %s > %s", ch.Section, ch.Kind, ch.Label, ch.Old, ch.New))
		}
		if g := strings.Join(got, "\n"); g != c.want {
			t.Errorf("%q for %q:\n%s\nwant:\n%s", c.new, c.old, g, c.want)
		}
		back, _ := semdiff.Compare(open(other), open(one))
		if len(back) != len(list) {
			t.Errorf("%q: %d changes there, %d back", c.new, len(list), len(back))
		}
	}
}

func TestMoved(t *testing.T) {
	prepare := "        - name: prepare\n          runs: |\n            mkdir x\n"
	other := strings.Replace(one, prepare, "", 1)
	other = strings.Replace(other, "accounts:\n", prepare+"accounts:\n", 1)
	list, err := semdiff.Compare(open(one), open(other))
	if err != nil || len(list) != 1 || list[0].Kind != semdiff.Moved || list[0].New != "build, prepare" {
		t.Errorf("%+v %v", list, err)
	}
}

func FuzzCompare(f *testing.F) {
	f.Add(one, strings.ReplaceAll(one, "a", "b"))
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := open(a), open(b)
		list, err := semdiff.Compare(x, y)
		if err != nil {
			return
		}
		if a == b && len(list) > 0 {
			t.Fatalf("a text differs from itself: %+v", list)
		}
	})
}

// A table shows all values, wraps wide ones and steers no terminal.
func TestTable(t *testing.T) {
	list := []semdiff.Change{
		{Section: "Packages", Label: "curl", Kind: semdiff.Changed, Old: "curl=1", New: strings.Repeat("word ", 15) + "\x1b[31m"},
		{Section: "Tags", Label: "1", Kind: semdiff.Removed, Old: "1"},
		{Section: "Variables", Label: "EMPTY", Kind: semdiff.Added},
		{Section: "Stage a", Label: "runs", Kind: semdiff.Changed, Old: "a\nb\nc\n", New: "a\nx\nc\ny\n", Script: true},
	}
	got := semdiff.Table("one", "two", list, func(c *semdiff.Change) bool { return c.Label == "curl" })
	for _, want := range []string{
		"* curl                         | curl=1                                           | word word word word word word word word word\n",
		"                               |                                                  | word word word word word word ·[31m\n",
		"  1                            | 1                                                | -\n",
		"  EMPTY                        | -                                                | \"\"\n",
		"    line 2                     | b                                                | x\n",
		"    line 4                     |                                                  | y\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
