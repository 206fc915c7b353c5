package workspace_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// sample is an image of which the tags are given.
func sample(image string, tags ...string) string {
	return "# syntax=dhi.io/build:2-alpine3.23\n\nimage: dhi.io/" + image + "\nvariant: runtime\ntags:\n  - " + strings.Join(tags, "\n  - ") +
		"\ncontents:\n  artifacts:\n    - name: dhi.io/pkg-tool:1-alpine3.23@sha256:" + strings.Repeat("0", 64) + "\n"
}

func records(files map[string]string) []*facts.Record {
	var out []*facts.Record
	for path, content := range files {
		if r := (&workspace.Loader{}).Record(path, []byte(content)); r != nil {
			out = append(out, r)
		}
	}
	return out
}

func paths(list []*facts.Record) []string {
	out := []string{}
	for _, r := range list {
		out = append(out, r.Path)
	}
	return out
}

func TestLookups(t *testing.T) {
	m := workspace.New(records(map[string]string{
		"image/a/alpine-3.23/1.yaml":               sample("a", "1-alpine3.23"),
		"image/a/alpine-3.23/2.yaml":               sample("a", "2-alpine3.23"),
		"image/b/alpine-3.23/1.yaml":               sample("b", "1-alpine3.23"),
		"other/image/a/alpine-3.23/1.yaml":         sample("a", "1-alpine3.23"),
		"package/apk/main/tool/alpine-3.23/1.yaml": "# syntax=dhi.io/build:2-alpine3.23\n\nimage: dhi.io/pkg-tool\nvariant: runtime\ntags:\n  - 1-alpine3.23\nvars:\n  VERSION: \"1\"\n  REL: \"0\"\ncontents: {}\n",
		"app.yaml": sample("a", "1-alpine3.23"),
	}))
	v := m.View(m.Record("image/a/alpine-3.23/1.yaml"))
	check := func(what string, got []*facts.Record, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), paths(got)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	check("image", v.Image("a"), "image/a/alpine-3.23/1.yaml", "image/a/alpine-3.23/2.yaml")
	check("folder", v.Folder(m.Record("image/b/alpine-3.23/1.yaml")), "image/b/alpine-3.23/1.yaml")
	check("producers", v.Producers("tool"), "package/apk/main/tool/alpine-3.23/1.yaml")
	check("referring", v.Referring("pkg-tool"), "image/a/alpine-3.23/1.yaml", "image/a/alpine-3.23/2.yaml", "image/b/alpine-3.23/1.yaml")
	check("the other root", m.View(m.Record("other/image/a/alpine-3.23/1.yaml")).Image("a"), "other/image/a/alpine-3.23/1.yaml")
	if diff := cmp.Diff([]string{"a", "b", "pkg-tool"}, v.Images()); diff != "" {
		t.Error(diff)
	}
	if v.Clashing("a") || len(v.Pins("pkg-tool", "1-alpine3.23")) != 3 {
		t.Error("clashing or pins")
	}
}

// TestUpdates holds a model that was changed step by step to one that is made
// of the same records at once.
func TestUpdates(t *testing.T) {
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("image/i%d/alpine-3.23/1.yaml", i%5)] = sample(fmt.Sprintf("i%d", i%5), "1-alpine3.23")
	}
	m := workspace.New(records(files))
	old := m
	for i := range 600 { // beyond the number of changes that is kept apart
		path := fmt.Sprintf("image/i%d/alpine-3.23/%d.yaml", i%7, i%300)
		if i%11 == 10 {
			delete(files, path)
			m = m.With(path, nil)
			continue
		}
		files[path] = sample(fmt.Sprintf("i%d", i%7), fmt.Sprintf("%d-alpine3.23", i%13))
		m = m.With(path, (&workspace.Loader{}).Record(path, []byte(files[path])))
	}
	want := workspace.New(records(files))
	if m.Len() != want.Len() || m.Len() != len(files) {
		t.Fatalf("%d records, want %d", m.Len(), want.Len())
	}
	self := want.Record("image/i1/alpine-3.23/1.yaml")
	same(t, m, want, self)
	// Documents over it hide their files, and are not counted as changes.
	over := m.Over(map[string]*facts.Record{
		"image/i1/alpine-3.23/1.yaml":   nil,
		"image/i1/alpine-3.23/new.yaml": (&workspace.Loader{}).Record("image/i1/alpine-3.23/new.yaml", []byte(sample("i1", "new"))),
		"image/new/alpine-3.23/1.yaml":  (&workspace.Loader{}).Record("image/new/alpine-3.23/1.yaml", []byte(sample("new", "1"))),
	})
	delete(files, "image/i1/alpine-3.23/1.yaml")
	files["image/i1/alpine-3.23/new.yaml"] = sample("i1", "new")
	files["image/new/alpine-3.23/1.yaml"] = sample("new", "1")
	same(t, over, workspace.New(records(files)), self)
	if over.Record("image/i1/alpine-3.23/1.yaml") != nil || m.Record("image/i1/alpine-3.23/1.yaml") == nil {
		t.Error("what lies over a model is not apart from it")
	}
	if old.Len() != 5 {
		t.Errorf("the old model changed: %d", old.Len())
	}
}

// same holds what a model answers to what another one does.
func same(t *testing.T, m, want *workspace.Model, self *facts.Record) {
	t.Helper()
	v, w := m.View(self), want.View(self)
	for _, image := range append(w.Images(), "none") {
		if diff := cmp.Diff(paths(w.Image(image)), paths(v.Image(image))); diff != "" {
			t.Error(image, diff)
		}
		if w.Clashing(image) && !v.Clashing(image) {
			t.Error(image, "clashes and it is not said")
		}
		if !slices.Contains(v.Images(), image) && image != "none" {
			t.Error(image, "is not listed")
		}
	}
	if diff := cmp.Diff(paths(w.Referring("pkg-tool")), paths(v.Referring("pkg-tool"))); diff != "" {
		t.Error(diff)
	}
	var got, list []string
	for _, p := range v.Pins("pkg-tool", "1-alpine3.23") {
		got = append(got, p.In.Path)
	}
	for _, p := range w.Pins("pkg-tool", "1-alpine3.23") {
		list = append(list, p.In.Path)
	}
	if diff := cmp.Diff(list, got); diff != "" {
		t.Error(diff)
	}
	if m.Len() != want.Len() {
		t.Errorf("%d records, want %d", m.Len(), want.Len())
	}
}

func TestStore(t *testing.T) {
	dir := t.TempDir()
	content := []byte(sample("a", "1-alpine3.23"))
	path := "image/a/alpine-3.23/1.yaml"
	l := &workspace.Loader{Store: workspace.OpenStore(dir, "/f", "k")}
	want := l.Record(path, content)
	if err := l.Store.Save(); err != nil {
		t.Fatal(err)
	}
	s := workspace.OpenStore(dir, "/f", "k")
	if blob, ok := s.Get(path, workspace.HashOf(content)); !ok || blob != want.Encoded() {
		t.Error("the record is not kept")
	}
	for what, found := range map[string]bool{
		"other content": has(s, path, workspace.HashOf([]byte("x"))),
		"other path":    has(s, "b", workspace.HashOf(content)),
		"other key":     has(workspace.OpenStore(dir, "/f", "l"), path, workspace.HashOf(content)),
		"other folder":  has(workspace.OpenStore(dir, "/g", "k"), path, workspace.HashOf(content)),
	} {
		if found {
			t.Error(what, "yields the record")
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	data, err := os.ReadFile(files[0])
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x55
		if err := os.WriteFile(files[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if has(workspace.OpenStore(dir, "/f", "k"), path, workspace.HashOf(content)) {
			t.Fatalf("byte %d is damaged and the store is trusted", i)
		}
	}
}

func has(s *workspace.Store, path string, hash workspace.Hash) bool {
	_, ok := s.Get(path, hash)
	return ok
}

func TestNear(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []string{"image/a/debian-13/1.yaml", "image/a/alpine-3.23/1.yaml", "image/a/info.yaml", "image/b/debian-13/1.yaml", "app.yaml", "app-dev.yaml", "deep/other.yaml", "notes.txt"} {
		p := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	ctx := context.Background()
	for file, want := range map[string][]string{
		"image/a/debian-13/1.yaml": {"image/a/alpine-3.23/1.yaml", "image/a/debian-13/1.yaml", "image/a/info.yaml"},
		"image/a/info.yaml":        {"image/a/alpine-3.23/1.yaml", "image/a/debian-13/1.yaml", "image/a/info.yaml"},
		"app.yaml":                 {"app-dev.yaml", "app.yaml"},
		"gone/x.yaml":              nil,
	} {
		if diff := cmp.Diff(want, workspace.Near(ctx, file, nil)); diff != "" {
			t.Error(file, diff)
		}
	}
	if diff := cmp.Diff([]string{"image"}, workspace.Folders("")); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkChange(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			one := (&workspace.Loader{}).Record("image/i/alpine-3.23/1.yaml", []byte(sample("i", "1-alpine3.23")))
			list := make([]*facts.Record, n)
			for i := range list {
				r := *one
				r.Path = fmt.Sprintf("image/i%d/alpine-3.23/1.yaml", i)
				r.Image.Value = fmt.Sprintf("dhi.io/i%d", i)
				r.Place.Name = fmt.Sprintf("i%d", i)
				list[i] = &r
			}
			m := workspace.New(list)
			b.ResetTimer()
			for b.Loop() {
				next := m.With(list[0].Path, one)
				_ = next.View(one).Image("i")
			}
		})
	}
}

func FuzzStore(f *testing.F) {
	dir := f.TempDir()
	s := workspace.OpenStore(dir, "/f", "k")
	s.Put("a", workspace.HashOf(nil), "blob")
	if err := s.Save(); err != nil {
		f.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	data, _ := os.ReadFile(files[0])
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(files[0], data, 0o600); err != nil {
			t.Skip(err)
		}
		workspace.OpenStore(dir, "/f", "k")
	})
}
