package cache

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type disk map[string]rules.Presence

func (d disk) Stat(p string) rules.Presence { return d[p] }

// Head is another first line below what is a folder.
func (d disk) Head(root, name string) string {
	if d[root] == rules.Dir {
		return "#!/bin/bash"
	}
	return "#!/bin/sh"
}

func outcome() Outcome {
	return Outcome{
		Kind: definition.Image, Suppressed: 2,
		Probes:  []analysis.Probe{{Path: "a/b", Answer: rules.File}, {Path: "start", Read: true, Root: "/c", Head: "#!/bin/sh"}},
		Notices: []diagnostic.Notice{{Code: "n", Message: "m"}},
		Diagnostics: []diagnostic.Diagnostic{{
			Code: "c", Severity: diagnostic.Warning, Range: text.Range{Start: 3, End: 900}, Message: "m", Help: "h", URL: "u", Source: "s",
			Tags:    []diagnostic.Tag{diagnostic.Unnecessary},
			Related: []diagnostic.Related{{File: "f", Range: text.Range{Start: 1, End: 2}, Message: "r"}},
			Fixes:   []diagnostic.Fix{{Title: "t", Safe: true, Edits: []diagnostic.Edit{{File: "g", Range: text.Range{Start: 4, End: 5}, New: "x"}}}},
		}},
	}
}

func open(dir, key, day string, d rules.Disk) *Cache {
	return Open(dir, Options{Folder: "/p", Key: key, Today: day, Disk: d, Down: diagnostic.Hint})
}

func keyOf(path, content string) Key { return Key{Path: path, Hash: kept.HashOf([]byte(content))} }

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	d := disk{"a/b": rules.File}
	c := open(dir, "k", "2026-01-01", d)
	key := keyOf("x.yaml", "content")
	c.Put(key, outcome())
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	c = open(dir, "k", "2026-01-02", d)
	got, ok := c.Get(key)
	if diff := cmp.Diff(outcome(), got); !ok || diff != "" {
		t.Error(ok, diff)
	}
	if _, ok := c.Get(keyOf("x.yaml", "other")); ok {
		t.Error("other content, same outcome")
	}
	if _, ok := c.Get(Key{Path: "x.yaml", Config: "c", Hash: key.Hash}); ok {
		t.Error("other configuration, same outcome")
	}
	less := Open(dir, Options{Folder: "/p", Key: "k", Disk: d, Down: diagnostic.Error})
	if got, ok := less.Get(key); !ok || len(got.Diagnostics) != 0 || got.Suppressed != 2 {
		t.Errorf("a warning is returned where errors are asked for: %v %v", got, ok)
	}
	d["/c"] = rules.Dir
	if _, ok := c.Get(key); ok {
		t.Error("the first line it depended on is another, the outcome is not")
	}
	delete(d, "/c")
	if _, ok := c.Get(key); !ok {
		t.Error("the disk is as it was, the outcome is not used")
	}
	d["a/b"] = rules.NotThere
	if _, ok := c.Get(key); ok {
		t.Error("the file it depended on is gone, the outcome is not")
	}
	if _, ok := open(dir, "other", "2026-01-01", d).Get(key); ok {
		t.Error("other settings, same outcome")
	}
}

func TestDated(t *testing.T) {
	dir := t.TempDir()
	c := open(dir, "k", "2026-01-01", nil)
	c.Put(keyOf("x.yaml", ""), Outcome{Dated: true})
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if _, ok := open(dir, "k", "2026-01-01", nil).Get(keyOf("x.yaml", "")); !ok {
		t.Error("gone on the same day")
	}
	if _, ok := open(dir, "k", "2026-01-02", nil).Get(keyOf("x.yaml", "")); ok {
		t.Error("still there on the next day")
	}
}

// TestAcross: what was found beside other files is good in the same world, and
// in another one that answers the same.
func TestAcross(t *testing.T) {
	dir := t.TempDir()
	key, d := keyOf("x.yaml", "content"), disk{"a/b": rules.File}
	one, two := kept.HashOf([]byte("1")), kept.HashOf([]byte("2"))
	c := open(dir, "k", "2026-01-01", d)
	c.PutAcross(key, one, "answers", outcome())
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	c = open(dir, "k", "2026-01-01", d)
	if _, ok := c.Across(key, one, nil); !ok {
		t.Error("gone in the same world")
	}
	if _, ok := c.Across(key, two, func(answers string) bool { return answers != "answers" }); ok {
		t.Error("still there in a world that answers otherwise")
	}
	if _, ok := c.Across(key, two, nil); ok {
		t.Error("still there in a world that was not asked")
	}
	if got, ok := c.Across(key, two, func(answers string) bool { return answers == "answers" }); !ok || cmp.Diff(outcome(), got) != "" {
		t.Error("gone in a world that answers the same")
	}
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if _, ok := open(dir, "k", "2026-01-01", d).Across(key, two, nil); !ok {
		t.Error("the world that was found to answer the same is not kept")
	}
	if _, ok := c.Across(keyOf("x.yaml", "other"), two, nil); ok {
		t.Error("other content, same outcome")
	}
}

// TestTornSave: answers of one run and outcomes of another do not go together.
func TestTornSave(t *testing.T) {
	dir := t.TempDir()
	key, d := keyOf("x.yaml", "content"), disk{"a/b": rules.File}
	worlds := []kept.Hash{kept.HashOf([]byte("1")), kept.HashOf([]byte("2")), kept.HashOf([]byte("3"))}
	for i, answers := range []string{"of one", "of another"} {
		c := open(dir, "k", "2026-01-01", d)
		c.PutAcross(key, worlds[i], answers, outcome())
		if i == 0 {
			if err := c.Save(); err != nil {
				t.Fatal(err)
			}
		} else if err := c.beside.Save(); err != nil { // and then it breaks off
			t.Fatal(err)
		}
	}
	c := open(dir, "k", "2026-01-01", d)
	if _, ok := c.Across(key, worlds[2], func(string) bool { return true }); ok {
		t.Error("an outcome is trusted for answers that it was not made of")
	}
	if _, ok := c.Across(key, worlds[0], nil); !ok {
		t.Error("an outcome is not trusted in the world that it was made in")
	}
}

// TestContent: the hash of a file is known without reading it as long as it
// does not change, and never for one that changed a moment ago.
func TestContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.yaml")
	write := func(content string, at time.Time) os.FileInfo {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	long := time.Now().Add(-time.Hour)
	info := write("one", long)
	if stamp := kept.StampOf(info, time.Now()); stamp != "" {
		t.Error("a file that was written a moment ago is trusted")
	}
	c := open(t.TempDir(), "k", "2026-01-01", nil)
	later := time.Now().Add(time.Hour)
	stamp := kept.StampOf(info, later)
	if stamp == "" {
		t.Skip("this system tells no time that programs cannot set")
	}
	// Another content of the same length, with the times restored.
	if again := kept.StampOf(write("two", long), later); again == stamp {
		t.Error("a change with restored times is hidden")
	}
	c.Read(path, info, kept.HashOf([]byte("one")))
	if _, ok := c.Content(path); ok {
		t.Error("the content of a file that was written a moment ago is known")
	}
}

func TestDamage(t *testing.T) {
	dir := t.TempDir()
	d := disk{"a/b": rules.File}
	c := open(dir, "k", "2026-01-01", d)
	key := keyOf("x.yaml", "content")
	c.Put(key, outcome())
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(c.alone.Path())
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x55
		if err := os.WriteFile(c.alone.Path(), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := open(dir, "k", "2026-01-01", d).Get(key); ok {
			t.Fatalf("byte %d is damaged and the cache is trusted", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	w := &kept.Writer{}
	encodeOutcome(w, outcome(), "2026-01-01")
	f.Add(w.Done())
	f.Fuzz(func(_ *testing.T, data string) {
		decodeOutcome(kept.NewReader(data), diagnostic.Hint)
	})
}
