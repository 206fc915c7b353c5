package cache

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

type disk map[string]rules.Presence

func (d disk) Stat(p string) rules.Presence { return d[p] }

func outcome() Outcome {
	return Outcome{
		Kind: definition.Image, Suppressed: 2,
		Probes:  []analysis.Probe{{Path: "a/b", Answer: rules.File}},
		Notices: []diagnostic.Notice{{Code: "n", Message: "m"}},
		Diagnostics: []diagnostic.Diagnostic{{
			Code: "c", Severity: diagnostic.Warning, Range: text.Range{Start: 3, End: 900}, Message: "m", Help: "h", URL: "u", Source: "s",
			Tags:    []diagnostic.Tag{diagnostic.Unnecessary},
			Related: []diagnostic.Related{{File: "f", Range: text.Range{Start: 1, End: 2}, Message: "r"}},
			Fixes:   []diagnostic.Fix{{Title: "t", Safe: true, Edits: []diagnostic.Edit{{File: "g", Range: text.Range{Start: 4, End: 5}, New: "x"}}}},
		}},
	}
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	d := disk{"a/b": rules.File}
	c := Open(dir, "/p", "k", "2026-01-01", d)
	c.Put("x.yaml", []byte("content"), outcome())
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	c = Open(dir, "/p", "k", "2026-01-02", d)
	got, ok := c.Get("x.yaml", []byte("content"))
	if diff := cmp.Diff(outcome(), got); !ok || diff != "" {
		t.Error(ok, diff)
	}
	if _, ok := c.Get("x.yaml", []byte("other")); ok {
		t.Error("other content, same outcome")
	}
	d["a/b"] = rules.NotThere
	if _, ok := c.Get("x.yaml", []byte("content")); ok {
		t.Error("the file it depended on is gone, the outcome is not")
	}
	if _, ok := Open(dir, "/p", "other", "2026-01-01", d).Get("x.yaml", []byte("content")); ok {
		t.Error("other settings, same outcome")
	}
}

func TestDated(t *testing.T) {
	dir := t.TempDir()
	c := Open(dir, "/p", "k", "2026-01-01", nil)
	c.Put("x.yaml", nil, Outcome{Dated: true})
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	if _, ok := Open(dir, "/p", "k", "2026-01-01", nil).Get("x.yaml", nil); !ok {
		t.Error("gone on the same day")
	}
	if _, ok := Open(dir, "/p", "k", "2026-01-02", nil).Get("x.yaml", nil); ok {
		t.Error("still there on the next day")
	}
}

func TestDamage(t *testing.T) {
	dir := t.TempDir()
	d := disk{"a/b": rules.File}
	c := Open(dir, "/p", "k", "2026-01-01", d)
	c.Put("x.yaml", []byte("content"), outcome())
	if err := c.Save(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x55
		if err := os.WriteFile(c.file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, ok := Open(dir, "/p", "k", "2026-01-01", d).Get("x.yaml", []byte("content")); ok {
			t.Fatalf("byte %d is damaged and the cache is trusted", i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encodeFile(map[string]record{"a": {data: encodeOutcome(outcome(), "2026-01-01")}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		decodeFile(data)
		decodeOutcome(data)
	})
}
