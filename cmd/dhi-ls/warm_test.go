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
// ones finds.
func TestWarmQuestions(t *testing.T) {
	const a, dev, b = "image/app-0-a/alpine-3.23/1.yaml", "image/app-0-a/alpine-3.23/1-dev.yaml", "image/app-0-b/alpine-3.23/1.yaml"
	const lib, info = "package/apk/main/lib-0-a/alpine-3.23/1.yaml", "image/app-0-a/info.yaml"
	const unused = "package/apk/main/lib-0-d/alpine-3.23/1.yaml" // by artifacts
	type edit struct{ path, old, new string }
	for _, test := range []struct {
		code   string
		before []edit
		then   edit
	}{
		{"variant-drift", nil, edit{a, "8080/tcp", "9090/tcp"}},
		{"tag-not-unique", []edit{{b, "", ""}}, edit{dev, "1.4.2-alpine3.23-dev", "1.4.2-alpine3.23"}},
		{"pinned-behind", []edit{{a, "- ca-certificates", "- ca-certificates\n    - lib-0-d=1.4.2-r3"}}, edit{unused, `REL: "3"`, `REL: "4"`}},
		{"artifact-unknown-tag", nil, edit{lib, "  - 1.4.2-alpine3.23\n", "  - 1.4.3-alpine3.23\n"}},
		{"artifact-unknown-image", []edit{{a, "pkg-lib-0-a:", "pkg-libb-0-a:"}, {b, "pkg-lib-0-e:", "pkg-libb-0-a:"}}, edit{b, "pkg-libb-0-a:", "pkg-lib-0-e:"}},
		{"artifact-digest-conflict", []edit{{a, "alpine3.23@sha256:", "alpine3.23@sha256:f"}}, edit{b, "pkg-lib-0-e:", "pkg-lib-0-a:"}},
		{"info-missing", []edit{{info, "", ""}, {"image/app-0-a/overview.md", "", ""}}, edit{"image/app-0-a/alpine-3.23/1-dev.yaml", "", ""}},
		{"info-name-not-unique", nil, edit{"image/app-0-b/info.yaml", "display-name: app-0-b", "display-name: app-0-a"}},
	} {
		t.Run(test.code, func(t *testing.T) {
			t.Setenv("DHI_LS_CACHE", t.TempDir())
			t.Chdir(t.TempDir())
			for _, f := range workspacetest.Group(0) {
				if err := workspacetest.WriteFile(".", f); err != nil {
					t.Fatal(err)
				}
			}
			e := &editor{t: t, saved: map[string]string{}}
			apply := func(x edit) {
				if x.old == "" {
					e.remove(x.path)
					return
				}
				content := e.read(x.path)
				if !strings.Contains(content, x.old) {
					t.Fatalf("%s has no %q", x.path, x.old)
				}
				e.write(x.path, strings.ReplaceAll(content, x.old, x.new))
			}
			for _, x := range test.before {
				apply(x)
			}
			before := checkRun(t, ".")
			apply(test.then)
			warm, cold := checkRun(t, "."), checkRun(t, "--no-cache", ".")
			if diff := cmp.Diff(cold, warm); diff != "" {
				t.Error(diff)
			}
			if places(t, before, test.code) == places(t, cold, test.code) {
				t.Errorf("the edit changes nothing about %s: %s", test.code, cold)
			}
		})
	}
}

// places are the files with findings of a rule.
func places(t *testing.T, output, code string) string {
	t.Helper()
	_, object, _ := strings.Cut(output, "\n")
	var r struct{ Diagnostics []struct{ File, Code string } }
	if err := json.NewDecoder(strings.NewReader(object)).Decode(&r); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, d := range r.Diagnostics {
		if d.Code == code {
			files = append(files, d.File)
		}
	}
	return strings.Join(files, " ")
}
