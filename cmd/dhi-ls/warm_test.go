package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/workspacetest"
)

var edits = flag.Int("edits", 60, "how many random edits TestWarm makes")

// checkRun is the outcome of a check of this folder.
func checkRun(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(append([]string{"check", "--no-index", "--format", "json", "--min-severity", "hint"}, args...), streams{strings.NewReader(""), &out, &errs})
	return fmt.Sprintf("%d\n%s%s", code, out.String(), errs.String())
}

// TestWarm makes random edits in a workspace, and holds what a run finds that
// may use the results of earlier ones to what one finds that may not.
func TestWarm(t *testing.T) {
	t.Setenv("DHI_LS_CACHE", t.TempDir())
	root := t.TempDir()
	t.Chdir(root)
	for group := range 2 {
		for _, f := range workspacetest.Group(group) {
			if err := workspacetest.WriteFile(root, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	e := &editor{t: t, rand: rand.New(rand.NewSource(1)), saved: map[string]string{}}
	found := 0
	for i := range *edits {
		what := e.edit()
		args := []string{"."}
		if i%5 == 4 {
			args = []string{"image/app-0-a", "chart"}
		}
		cold := checkRun(t, append(args, "--no-cache")...)
		found += strings.Count(cold, `"code"`)
		for _, again := range []string{"first", "second"} {
			if diff := cmp.Diff(cold, checkRun(t, args...)); diff != "" {
				t.Fatalf("edit %d (%s), %s run: %s", i, what, again, diff)
			}
		}
	}
	if found < *edits {
		t.Errorf("only %d findings: the edits are too tame", found)
	}
}

// TestWarmStamps: a file that was long the same is not read again, and is when
// it changed, be it by a tool that restores its size and times.
func TestWarmStamps(t *testing.T) {
	t.Setenv("DHI_LS_CACHE", t.TempDir())
	root := t.TempDir()
	t.Chdir(root)
	for _, f := range workspacetest.Group(0) {
		if err := workspacetest.WriteFile(root, f); err != nil {
			t.Fatal(err)
		}
	}
	clean := checkRun(t, ".")
	time.Sleep(2100 * time.Millisecond) // until the file system's times can be trusted
	if diff := cmp.Diff(clean, checkRun(t, ".")); diff != "" {
		t.Fatal(diff)
	}
	path := "image/app-0-a/debian-13/1.yaml"
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, other := range []string{strings.Replace(string(content), "8080/tcp", "9090/tcp", 1), string(content)} {
		if err := os.WriteFile(path, []byte(other), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(checkRun(t, "--no-cache", "."), checkRun(t, ".")); diff != "" {
			t.Error(diff)
		}
	}
	// Unreadable, or another thing of the name.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(checkRun(t, "--no-cache", "."), checkRun(t, ".")); diff != "" {
		t.Error(diff)
	}
}

// editor changes files of the working directory at random.
type editor struct {
	t     *testing.T
	rand  *rand.Rand
	saved map[string]string
}

// replacements are edits that rules across files find, or that must not
// disturb them.
var replacements = [][2]string{
	{"8080/tcp", "9090/tcp"}, {"1.4.2-alpine3.23", "1.4.3-alpine3.23"}, {"1.4.2-debian13", "1.5-debian13"},
	{"REL: \"3\"", "REL: \"4\""}, {"image: dhi.io/app-0-a", "image: dhi.io/app-0-b"}, {"image: dhi.io/app-1-b", "image: dhi.io/app-0-b"},
	{"sha256:0", "sha256:1"}, {"@sha256:", "@sha256:f"}, {"uid: 65532", "uid: 65533"}, {"VERSION: 1.4.2", "VERSION: 1.4.9"},
	{"display-name: app-0-a", "display-name: app-0-b"}, {"# syntax=", "# other="}, {"\n\n", "\n# a comment\n\n"},
	{"entrypoint:", "cmd:"}, {"linux/arm64", "linux/riscv64"}, {"pkg-lib-0-a", "pkg-lib-0-aa"}, {"variant: dev", "variant: runtime"},
	{"- ca-certificates", "- ca-certificates\n    - lib-0-a=1.4.2-r2"}, {"ports:", "# dhi-ls: ignore[variant-drift] it is so\nports:"},
	{"name: app\n", "name: appp\n"}, {"source: chart/", "source: charts/"}, {"/opt/", "/srv/"},
}

// edit changes, adds, removes or restores a file.
func (e *editor) edit() string {
	paths := e.files()
	path := paths[e.rand.Intn(len(paths))]
	switch n := e.rand.Intn(20); {
	case n == 0:
		e.remove(path)
		return "remove " + path
	case n == 1:
		to := filepath.ToSlash(filepath.Join(filepath.Dir(path), fmt.Sprintf("2-%d.yaml", e.rand.Intn(5))))
		e.write(to, e.read(path))
		return "copy " + path + " to " + to
	case n < 5 && len(e.saved) > 0:
		return e.restore()
	case n == 5:
		config := []string{"", "rules:\n  variant-drift: error\n", "rules:\n  tag-not-unique: off\n", "prefixes:\n  - registry.example.com\n", "exclude:\n  - chart\n"}[e.rand.Intn(5)]
		e.write([]string{".", "image", "image/app-0-a"}[e.rand.Intn(3)]+"/.dhi-ls.yaml", config)
		return "configure " + config
	}
	content := e.read(path)
	start := e.rand.Intn(len(replacements))
	for i := range replacements {
		r := replacements[(start+i)%len(replacements)]
		if e.rand.Intn(2) == 0 {
			r[0], r[1] = r[1], r[0]
		}
		if next := strings.Replace(content, r[0], r[1], 1); next != content {
			e.write(path, next)
			return fmt.Sprintf("%s: %q for %q", path, r[1], r[0])
		}
	}
	return "nothing"
}

// restore puts a file back as it once was.
func (e *editor) restore() string {
	var paths []string
	for path := range e.saved {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	path := paths[e.rand.Intn(len(paths))]
	e.write(path, e.saved[path])
	return "restore " + path
}

func (e *editor) files() []string {
	var out []string
	_ = filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasPrefix(d.Name(), ".") {
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	return out
}

func (e *editor) read(path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		e.t.Fatal(err)
	}
	return string(content)
}

func (e *editor) write(path, content string) {
	if old, err := os.ReadFile(path); err == nil {
		if _, known := e.saved[path]; !known {
			e.saved[path] = string(old)
		}
	}
	if err := workspacetest.WriteFile(".", workspacetest.File{Path: path, Content: content}); err != nil {
		e.t.Fatal(err)
	}
}

func (e *editor) remove(path string) {
	if _, known := e.saved[path]; !known {
		e.saved[path] = e.read(path)
	}
	if err := os.Remove(path); err != nil {
		e.t.Fatal(err)
	}
}

// TestWarmQuestions changes, for every question that a rule may ask about
// other files, one file so that the answer is another, and holds what is then
// found in a file that stayed the same to what a run without results of earlier
// ones finds. That the run learns of the change by that question alone, so that
// it is missed where the question is not noted, is held in TestQuestions of
// package workspace.
func TestWarmQuestions(t *testing.T) {
	for _, q := range workspacetest.Questions() {
		t.Run(q.Rule+q.Alone, func(t *testing.T) {
			t.Setenv("DHI_LS_CACHE", t.TempDir())
			t.Chdir(t.TempDir())
			files := map[string]string{}
			for _, f := range workspacetest.Group(0) {
				files[f.Path] = f.Content
			}
			for _, edit := range q.Before {
				if !edit.Apply(files) {
					t.Fatalf("nothing to edit: %+v", edit)
				}
			}
			for path, content := range files {
				if err := workspacetest.WriteFile(".", workspacetest.File{Path: path, Content: content}); err != nil {
					t.Fatal(err)
				}
			}
			before := checkRun(t, ".")
			if !q.Then.Apply(files) {
				t.Fatalf("nothing to edit: %+v", q.Then)
			}
			e := &editor{t: t, saved: map[string]string{}}
			if content, there := files[q.Then.Path]; there {
				e.write(q.Then.Path, content)
			} else {
				e.remove(q.Then.Path)
			}
			warm, cold := checkRun(t, "."), checkRun(t, "--no-cache", ".")
			if diff := cmp.Diff(cold, warm); diff != "" {
				t.Error(diff)
			}
			if found(t, before, q.Rule, q.In) == found(t, cold, q.Rule, q.In) {
				t.Errorf("the edit changes nothing about %s in %s: %s", q.Rule, q.In, cold)
			}
		})
	}
}

// found is all that a rule found in a file.
func found(t *testing.T, output, code, file string) string {
	t.Helper()
	_, object, _ := strings.Cut(output, "\n")
	var r struct{ Diagnostics []map[string]any }
	if err := json.NewDecoder(strings.NewReader(object)).Decode(&r); err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, d := range r.Diagnostics {
		if d["code"] == code && d["file"] == file {
			out = append(out, d)
		}
	}
	return fmt.Sprint(out)
}
