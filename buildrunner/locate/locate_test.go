package locate_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/moby/buildkit/solver/pb"
)

const src = `# syntax=dhi.io/build:2-alpine3.23

name: Test
contents:
  packages:
    - '!mawk'
    - curl
    - nginx=1.29.5-r1
  files:
    - url: https://example.org/a.tgz
      checksum: "sha256:1111111111111111111111111111111111111111111111111111111111111111"
  builds:
    - name: build
      contents:
        packages:
          - curl
          - gcc
      pipeline:
        - name: compile
          runs: |
            set -eu
            make
        - name: build
          runs: |
            touch ö
`

func place(t *testing.T, c cause.Cause) diagnostic.Diagnostic {
	t.Helper()
	got := locate.Place(buildtest.NewDocument(src), []cause.Cause{c}, locate.Options{})
	if len(got) != 1 {
		t.Fatalf("%d findings", len(got))
	}
	return got[0]
}

func under(d diagnostic.Diagnostic) string { return src[d.Range.Start:d.Range.End] }

func located(start, from, end, to int32) []cause.Source {
	return []cause.Source{{Data: []byte(src), Ranges: []*pb.Range{{Start: &pb.Position{Line: start, Character: from}, End: &pb.Position{Line: end, Character: to}}}}}
}

func TestPlaces(t *testing.T) {
	D := cause.Definition
	cases := []struct {
		name string
		c    cause.Cause
		want string
	}{
		{"top level wins without a stage", cause.Cause{Class: D, Kind: cause.PackageNotFound, Subject: "nginx"}, "nginx=1.29.5-r1"},
		{"exclusion", cause.Cause{Class: D, Kind: cause.PackageConflict, Subject: "mawk"}, "'!mawk'"},
		{"dependent", cause.Cause{Class: D, Kind: cause.PackageNotFound, Subject: "so:libz", Via: []string{"gcc"}}, "gcc"},
		{"package nobody lists", cause.Cause{Class: D, Kind: cause.PackageNotFound, Subject: "zsh"}, "# syntax=dhi.io/build:2-alpine3.23"},
		{"line of the step", cause.Cause{Class: D, Kind: cause.CommandNotFound, Subject: "make", Line: 2, Vertex: "build/compile"}, "make"},
		{"line behind the script", cause.Cause{Class: D, Kind: cause.ShellLine, Line: 99, Vertex: "build/compile"}, "|\n            set -eu\n            make"},
		{"step named as its stage", cause.Cause{Class: D, Kind: cause.StepFailed, Vertex: "build: build"}, "|\n            touch ö"},
		{"whole lines", cause.Cause{Class: D, Kind: cause.Rejected, Sources: located(8, 0, 8, 0)}, "nginx=1.29.5-r1"},
		{"end before start", cause.Cause{Class: D, Kind: cause.Rejected, Sources: located(8, 0, 2, 0)}, "nginx=1.29.5-r1"},
		{"code points", cause.Cause{Class: D, Kind: cause.Rejected, Sources: located(10, 11, 10, 36)}, "https://example.org/a.tgz"},
		{"line that is not there", cause.Cause{Class: D, Kind: cause.Rejected, Sources: located(99, 0, 99, 0)}, "# syntax=dhi.io/build:2-alpine3.23"},
		{"another text", cause.Cause{Class: D, Kind: cause.Rejected, Sources: []cause.Source{{Data: []byte("x"), Ranges: located(8, 0, 8, 0)[0].Ranges}}}, "# syntax=dhi.io/build:2-alpine3.23"},
		{"environment", cause.Cause{Class: cause.Environment, Kind: cause.DiskFull, Sources: located(8, 0, 8, 0)}, "# syntax=dhi.io/build:2-alpine3.23"},
	}
	for _, c := range cases {
		if got := place(t, c.c); under(got) != c.want {
			t.Errorf("%s: on %q, want %q", c.name, under(got), c.want)
		}
	}
}

func TestStagesPackageWins(t *testing.T) {
	got := place(t, cause.Cause{Class: cause.Definition, Kind: cause.PackageNotFound, Subject: "curl", Vertex: "build: packages"})
	if want := strings.LastIndex(src, "curl"); got.Range.Start != want {
		t.Errorf("at %d, want %d", got.Range.Start, want)
	}
	if len(got.Related) == 0 || !strings.Contains(got.Related[0].Message, `stage "build"`) {
		t.Errorf("related %+v", got.Related)
	}
	top := place(t, cause.Cause{Class: cause.Definition, Kind: cause.PackageNotFound, Subject: "curl"})
	if want := strings.Index(src, "curl"); top.Range.Start != want {
		t.Errorf("at %d, want %d", top.Range.Start, want)
	}
}

func TestSeverities(t *testing.T) {
	for class, want := range map[cause.Class]diagnostic.Severity{cause.Definition: diagnostic.Error, cause.Environment: diagnostic.Info, cause.Unknown: diagnostic.Info} {
		if got := place(t, cause.Cause{Class: class, Kind: cause.Other, Sources: located(8, 0, 8, 0)}); got.Severity != want || got.Source != locate.Source {
			t.Errorf("%v: %v from %q", class, got.Severity, got.Source)
		}
	}
	if got := locate.Place(buildtest.NewDocument(src), []cause.Cause{{Class: cause.Canceled}}, locate.Options{}); len(got) != 0 {
		t.Errorf("a canceled build gives %+v", got)
	}
}

// A failure of which the text has nothing to show is not its writer's. The
// errors are those of BuildKit's daemon, in folders of its own.
func TestUntied(t *testing.T) {
	const withPath = src + "paths:\n  - path: /opt/app\n    source: app\n"
	D, E, U := cause.Definition, cause.Environment, cause.Unknown
	for _, c := range []struct {
		name  string
		e     cause.Evidence
		class cause.Class
		kind  cause.Kind
		under string
	}{
		{"the daemon's root", cause.Evidence{Text: "failed to solve: mkdir /home/ci/.local/share/buildkit/runc-overlayfs/content: permission denied"}, E, cause.BuilderFailed, "# syntax=dhi.io/build:2-alpine3.23"},
		{"the daemon's files", cause.Evidence{Text: "failed to solve: open /etc/buildkit/certs/ca.pem: no such file or directory"}, E, cause.BuilderFailed, "# syntax=dhi.io/build:2-alpine3.23"},
		{"the context's folder", cause.Evidence{Text: "failed to solve: lstat /srv/catalog: no such file or directory"}, E, cause.BuilderFailed, "# syntax=dhi.io/build:2-alpine3.23"},
		{"the daemon's folder, in a step", cause.Evidence{Text: "failed to solve: stat /srv/bk/runc-overlayfs/snapshots/12/fs: permission denied", Vertex: "build: compile"}, U, cause.PathFailed, "|\n            set -eu\n            make"},
		{"the daemon's folder, at a place", cause.Evidence{Text: "failed to solve: stat /srv/bk/runc-overlayfs/snapshots/12/fs: permission denied", Sources: locatedIn(withPath, 27)}, U, cause.PathFailed, "/opt/app"},
		{"the daemon's git", cause.Evidence{Text: `failed to solve: exec: "git": executable file not found in $PATH`, Vertex: "build: compile"}, E, cause.BuilderFailed, "# syntax=dhi.io/build:2-alpine3.23"},
		{"the definition's path", cause.Evidence{Text: "failed to solve: mkdir /opt/app: not a directory"}, D, cause.PathFailed, "/opt/app"},
		{"above the definition's path", cause.Evidence{Text: "failed to solve: mkdir /opt: not a directory"}, D, cause.PathFailed, "/opt/app"},
		{"below the definition's path", cause.Evidence{Text: "failed to solve: mkdir /opt/app/lib: file exists", Sources: locatedIn(withPath, 27)}, D, cause.PathFailed, "/opt/app"},
		{"the frontend's own image", cause.Evidence{Text: "failed to solve: failed to resolve source metadata for docker.io/tool/helper:3: docker.io/tool/helper:3: not found"}, U, cause.ImageNotFound, "# syntax=dhi.io/build:2-alpine3.23"},
		{"the frontend's own step", cause.Evidence{Text: "exit code: 1", Exited: true, ExitCode: 1, Vertex: "[internal] assemble"}, U, cause.StepFailed, "# syntax=dhi.io/build:2-alpine3.23"},
		{"a text that cannot be read", cause.Evidence{Text: "failed to solve: yaml: mapping values are not allowed"}, D, cause.SyntaxInvalid, "# syntax=dhi.io/build:2-alpine3.23"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := buildtest.NewDocument(withPath)
			found := cause.Find(c.e)
			settled := locate.Settle(doc, found)
			if len(settled) != 1 || settled[0].Class != c.class || settled[0].Kind != c.kind {
				t.Fatalf("%+v", settled)
			}
			if c.class != D && (settled[0].Remedy == "" || settled[0].Remedy == found[0].Remedy && found[0].Class == D) {
				t.Errorf("the remedy is %q", settled[0].Remedy)
			}
			placed := locate.Place(doc, found, locate.Options{})
			if d := placed[0]; withPath[d.Range.Start:d.Range.End] != c.under || (d.Severity == diagnostic.Error) != (c.class == D) {
				t.Errorf("%v on %q", d.Severity, withPath[d.Range.Start:d.Range.End])
			}
		})
	}
}

// locatedIn is a location that covers a line of the text.
func locatedIn(content string, line int32) []cause.Source {
	return []cause.Source{{Data: []byte(content), Ranges: []*pb.Range{{Start: &pb.Position{Line: line}, End: &pb.Position{Line: line}}}}}
}

func TestMessage(t *testing.T) {
	got := place(t, cause.Cause{Class: cause.Definition, Kind: cause.StepFailed, Title: "It failed.", Remedy: "Mend it.", Vertex: "build/compile", ExitCode: 2, Log: []string{"1", "2", "3", "4", "5", "6"}})
	want := "It failed.\nbuild/compile: exit code 2\n| 2\n| 3\n| 4\n| 5\n| 6"
	if got.Message != want || got.Help != "Mend it." || got.Code != "build-step-failed" {
		t.Errorf("%q %q %q", got.Message, got.Help, got.Code)
	}
}

func TestChecksumFix(t *testing.T) {
	one, two := strings.Repeat("1", 64), strings.Repeat("2", 64)
	got := place(t, cause.Cause{Class: cause.Definition, Kind: cause.ChecksumMismatch, Want: "sha256:" + one, Got: "sha256:" + two})
	if len(got.Fixes) != 1 || got.Fixes[0].Safe {
		t.Fatalf("fixes %+v", got.Fixes)
	}
	e := got.Fixes[0].Edits[0]
	fixed, err := text.Apply(src, []text.Edit{{Range: e.Range, New: e.New}})
	if err != nil || fixed != strings.Replace(src, one, two, 1) {
		t.Errorf("%v\n%s", err, fixed)
	}
	empty := place(t, cause.Cause{Class: cause.Definition, Kind: cause.ChecksumMismatch, Want: one, Got: "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
	if len(empty.Fixes) != 0 {
		t.Error("the checksum of nothing is offered")
	}
}

func TestShift(t *testing.T) {
	d := place(t, cause.Cause{Class: cause.Definition, Kind: cause.PackageNotFound, Subject: "nginx"})
	above := strings.Replace(src, "name: Test", "name: A longer name", 1)
	moved := locate.ShiftTo([]diagnostic.Diagnostic{d}, src, above)
	if len(moved) != 1 || above[moved[0].Range.Start:moved[0].Range.End] != "nginx=1.29.5-r1" {
		t.Errorf("after an edit above: %+v", moved)
	}
	if got := locate.ShiftTo([]diagnostic.Diagnostic{d}, src, strings.Replace(src, "nginx=1.29.5", "nginx=1.29.6", 1)); len(got) != 0 {
		t.Errorf("an edit of the node keeps %+v", got)
	}
	below := strings.Replace(src, "touch", "rm", 1)
	if got := locate.ShiftTo([]diagnostic.Diagnostic{d}, src, below); len(got) != 1 || got[0].Range != d.Range {
		t.Errorf("after an edit below: %+v", got)
	}
}

func TestWarnings(t *testing.T) {
	got := locate.Warnings(buildtest.NewDocument(src), []progress.Warning{
		{Text: "old", Source: &pb.SourceInfo{Data: []byte(src)}, Ranges: located(7, 0, 7, 0)[0].Ranges},
		{Text: "nowhere"},
	})
	if len(got) != 2 || got[0].Severity != diagnostic.Info || under(got[1]) != "curl" || got[1].Severity != diagnostic.Warning {
		t.Errorf("%+v", got)
	}
}

func FuzzPlace(f *testing.F) {
	f.Add(src, "nginx", "build: compile", "package-not-found", int32(8), int32(2), int32(3))
	f.Add("a: [", "a", "a", "checksum-mismatch", int32(1), int32(-5), int32(1<<30))
	f.Fuzz(func(t *testing.T, doc, subject, vertex, kind string, line, char, shell int32) {
		c := cause.Cause{Class: cause.Definition, Kind: cause.Kind(kind), Subject: subject, Want: subject, Got: subject, Vertex: vertex, Line: int(shell) & 0xff}
		c.Sources = []cause.Source{{Ranges: []*pb.Range{{Start: &pb.Position{Line: line, Character: char}, End: &pb.Position{Line: line - 1, Character: char}}}}}
		for _, d := range locate.Place(buildtest.NewDocument(doc), []cause.Cause{c}, locate.Options{}) {
			if d.Range.Start < 0 || d.Range.End < d.Range.Start || d.Range.End > len(doc) {
				t.Fatalf("range %+v of %d bytes", d.Range, len(doc))
			}
		}
	})
}
