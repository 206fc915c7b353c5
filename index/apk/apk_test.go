package apk

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

func TestParseDependency(t *testing.T) {
	good := map[string]Dependency{
		"a":            {Name: "a"},
		"!a":           {Name: "a", Conflict: true},
		"a=1.0-r1":     {Name: "a", Constraint: version.Constraint{Op: version.Equal, Version: "1.0-r1"}},
		"a@edge>=1":    {Name: "a", Tag: "edge", Constraint: version.Constraint{Op: version.Greater | version.Equal, Version: "1"}},
		"so:x.so.1~2":  {Name: "so:x.so.1", Constraint: version.Constraint{Op: version.Fuzzy, Version: "2"}},
		"/bin/sh":      {Name: "/bin/sh"},
		"a<1.2_alpha3": {Name: "a", Constraint: version.Constraint{Op: version.Less, Version: "1.2_alpha3"}},
	}
	for text, want := range good {
		if got, err := ParseDependency(text); err != nil || got != want || got.String() != text {
			t.Errorf("%s: %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "!", "=1", "a=", "a==", "a=x", "a@", "a<>1"} {
		if got, err := ParseDependency(text); err == nil {
			t.Errorf("%q is accepted: %+v", text, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		text   string
		limits record.Limits
	}{
		"no name":     {"V:1\n\n", record.Limits{}},
		"no colon":    {"P:a\nVersion\n", record.Limits{}},
		"bad number":  {"P:a\nV:1\nS:x\n", record.Limits{}},
		"too many":    {"P:a\nV:1\n\nP:b\nV:1\n\n", record.Limits{Packages: 1}},
		"long line":   {"P:" + strings.Repeat("a", 200) + "\nV:1\n", record.Limits{Line: 100}},
		"large index": {"P:a\nV:1\n\n" + strings.Repeat("\n", 200), record.Limits{Bytes: 100}},
	} {
		if err := Parse(strings.NewReader(x.text), x.limits, func(*record.Package) error { return nil }); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// moduleIndexes are real indexes that a Go module carries among its tests.
func moduleIndexes(t *testing.T) []string {
	t.Helper()
	const module = "github.com/chainguard-dev/go-apk@v0.0.0-20240605175618-f3471089c263"
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skipf("go is not there: %v", err)
	}
	pattern := filepath.Join(strings.TrimSpace(string(out)), filepath.FromSlash(module), "pkg/apk/testdata/alpine-31*/APKINDEX.tar.gz")
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Skipf("module %s is not in the module cache: go mod download %[1]s, in a folder of its own", module)
	}
	return files
}

func TestRealIndexes(t *testing.T) {
	for _, file := range moduleIndexes(t) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		packages, dependencies, invalid := 0, 0, 0
		h, err := ReadIndex(bytes.NewReader(data), record.Limits{}, func(p *record.Package) error {
			packages++
			if !version.ValidAlpine(p.Version) {
				invalid++ // a few are: 0.99f7-r0, 6.8.0p2-r4
			}
			for _, field := range []string{p.Depends, p.Provides, p.InstallIf} {
				list, skipped := ParseDependencies(field)
				dependencies += len(list)
				if skipped > 0 {
					t.Errorf("%s: %q holds %d words that cannot be read", p.Name, field, skipped)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if packages < 4000 || dependencies < 10_000 || invalid > 10 || len(h.Signatures) != 1 || h.Date.IsZero() {
			t.Errorf("%s: %d packages, %d dependencies, %d invalid versions, header %+v", file, packages, dependencies, invalid, h)
		}
		if _, err := h.Verify(nil); !errors.Is(err, ErrUnknownKey) {
			t.Errorf("without keys: %v", err)
		}
		if _, err := ReadIndex(bytes.NewReader(data[:len(data)/2]), record.Limits{}, func(*record.Package) error { return nil }); err == nil {
			t.Error("half an index is accepted")
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("P:a\nV:1\nC:Q1EyN5AdpAOBJWKMR89pp/C66o+OE=\nD:b c>1 !d\np:cmd:x=1\ni:a b\nk:3\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		limits := record.Limits{Bytes: 1 << 20, Packages: 1000, Line: 1 << 16}
		_ = Parse(strings.NewReader(text), limits, func(p *record.Package) error {
			if p.Name == "" || p.Version == "" {
				t.Error("a package without name or version")
			}
			Names(p, func(string) {}, func(string) {})
			return nil
		})
	})
}

func FuzzParseDependency(f *testing.F) {
	f.Add("!a@tag>=1.0_rc1-r2")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDependency(text)
		if err != nil {
			return
		}
		again, err := ParseDependency(d.String())
		if err != nil || again.Name != d.Name || again.Tag != d.Tag {
			t.Errorf("%q reads as %+v, which writes as %q: %+v, %v", text, d, d.String(), again, err)
		}
	})
}

func FuzzReadIndex(f *testing.F) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte("x"))
	w.Close()
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ReadIndex(io.LimitReader(bytes.NewReader(data), 1<<20), record.Limits{Bytes: 1 << 20}, func(*record.Package) error { return nil })
		if err == nil {
			_, _ = h.Verify(nil)
		}
	})
}
