package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/index/record"
)

func relations(p *record.Package, provides, installIf func(string)) {
	for _, name := range strings.Fields(p.Provides) {
		provides(name)
	}
	for _, name := range strings.Fields(p.InstallIf) {
		installIf(name)
	}
}

var samples = []record.Package{
	{Name: "b", Version: "1", Description: "the b", Provides: "v w"},
	{Name: "a", Version: "1.2", Arch: "x86_64", Origin: "src", License: "MIT", Homepage: "h", Depends: "b", InstallIf: "b", Checksum: "c",
		Size: 5, InstalledSize: 1 << 40, BuildTime: 7, Priority: -3, Flags: record.Essential, Conflicts: "x", Breaks: "y", Replaces: "z", PreDepends: "p"},
	{Name: "a", Version: "1.10", Provides: "v"},
	{Name: "long-name-here", Version: "2"},
}

func build(t testing.TB, list []record.Package) ([]byte, *Index) {
	t.Helper()
	b := NewBuilder(Meta{Family: record.Alpine, Arch: "x86_64"}, relations)
	for i := range list {
		if err := b.Add(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	file, _, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	x, err := FromBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	return file, x
}

func TestIndex(t *testing.T) {
	_, x := build(t, samples)
	if x.NumNames() != 3 || x.NumPackages() != 4 || x.Name(0) != "a" || x.Name(2) != "long-name-here" {
		t.Errorf("%d names, %d packages", x.NumNames(), x.NumPackages())
	}
	from, to := x.Rows("a")
	if to-from != 2 || x.Version(from) != "1.10" || x.Version(from+1) != "1.2" {
		t.Errorf("rows %d to %d", from, to)
	}
	if diff := cmp.Diff(samples[1], x.Package(from+1)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := x.Providers("v"); len(got) != 2 || x.RowName(got[0]) != "a" || x.RowName(got[1]) != "b" {
		t.Errorf("providers %v", got)
	}
	if got := x.InstallIf("b"); len(got) != 1 {
		t.Errorf("install_if %v", got)
	}
	if from, to := x.Rows("c"); from != to || x.Providers("c") != nil {
		t.Error("something is found that is not there")
	}
	if err := x.Verify(); err != nil {
		t.Error(err)
	}
}

func TestEmptyIndex(t *testing.T) {
	_, x := build(t, nil)
	if from, to := x.Names(""); from != to || x.NumPackages() != 0 || len(x.Fuzzy("a", 5)) != 0 || x.Verify() != nil {
		t.Error("an empty index answers")
	}
}

func TestSameContentSameBytes(t *testing.T) {
	a, _ := build(t, samples)
	b, _ := build(t, samples)
	if !bytes.Equal(a, b) {
		t.Error("two builds differ")
	}
}

// TestDamage flips every byte: opening or Verify sees it, and nothing crashes.
func TestDamage(t *testing.T) {
	file, _ := build(t, samples)
	for i := range file {
		broken := bytes.Clone(file)
		broken[i] ^= 0x55
		x, err := FromBytes(broken)
		if err != nil {
			continue
		}
		useAll(x)
		if x.Verify() == nil && !padding(file, i) {
			t.Errorf("damage at byte %d is not seen", i)
		}
	}
	for _, n := range []int{0, 7, headerSize, int(footerSize), headerSize + int(footerSize), len(file) - 1} {
		if _, err := FromBytes(file[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// padding says whether a byte belongs to no section and no header.
func padding(file []byte, i int) bool {
	footer := file[len(file)-int(footerSize):]
	if behind := i - len(file) + int(footerSize); i < headerSize || behind >= 0 {
		return behind >= tableSize+4
	}
	for s := range int(sectionCount) {
		entry := footer[s*tableEntry:]
		if at, n := le.Uint64(entry), le.Uint64(entry[8:]); uint64(i) >= at && uint64(i) < at+n {
			return false
		}
	}
	return true
}

func useAll(x *Index) {
	for i := range x.NumNames() {
		x.RowsAt(i)
		x.Rows(x.Name(i))
	}
	for r := range x.NumPackages() {
		x.Package(r)
		x.Order(r)
		x.Born(r)
		x.Sizes(r)
	}
	x.Providers("v")
	x.InstallIf("b")
	x.ProvidedNames("", 10)
	x.Fuzzy("lnh", 10)
	x.Similar("lomg-name-here", 2, 10)
}

func FuzzFromBytes(f *testing.F) {
	file, _ := build(f, samples)
	f.Add(file)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		if x, err := FromBytes(data); err == nil {
			useAll(x)
		}
	})
}

// assemble writes a file of any sections.
func assemble(t *testing.T, sections [sectionCount][]byte) []byte {
	t.Helper()
	var memory memoryFile
	out := output{inline: true, open: func() (target, error) { return &memory, nil }}
	for s, content := range sections {
		out.give(section(s), content)
	}
	if _, err := out.finish(); err != nil {
		t.Fatal(err)
	}
	return memory.Bytes()
}

// FuzzSections breaks the sections behind a header that fits them.
func FuzzSections(f *testing.F) {
	_, x := build(f, samples)
	f.Add(7, []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, which int, content []byte) {
		sections := x.sections
		s := (which%int(sectionCount) + int(sectionCount)) % int(sectionCount)
		if section(s) == secMeta {
			return
		}
		sections[s] = content
		if y, err := FromBytes(assemble(t, sections)); err == nil {
			useAll(y)
		}
	})
}

func TestRelax(t *testing.T) {
	file, inMemory := build(t, samples)
	inMemory.Relax()
	path := filepath.Join(t.TempDir(), "x.idx")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	x, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x.Relax()
	if from, to := x.Rows("a"); to-from != 2 || x.Version(from) != "1.10" || x.Verify() != nil {
		t.Error("an index that left the memory answers otherwise")
	}
}

func TestFuzzyRanks(t *testing.T) {
	var list []record.Package
	for _, n := range []string{"postgresql", "postgresql-client", "libpq-dev", "pgcli", "php-pgsql", "python3-psycopg2", "unrelated"} {
		list = append(list, record.Package{Name: n, Version: "1"})
	}
	_, x := build(t, list)
	for query, want := range map[string]string{"pgcli": "pgcli", "post": "postgresql", "pcl": "postgresql-client", "PG2": "python3-psycopg2", "postgresql-client": "postgresql-client"} {
		got := x.Fuzzy(query, 3)
		if !slices.ContainsFunc(got, func(m Match) bool { return m.Name == want }) {
			t.Errorf("%s: %v lacks %s", query, got, want)
		}
		if want == query && got[0].Name != want {
			t.Errorf("%s: the exact name is not the first of %v", query, got)
		}
	}
	if got := x.Similar("postgersql", 2, 3); len(got) != 1 || got[0].Name != "postgresql" {
		t.Errorf("similar %v", got)
	}
}

func TestManifestOfManyWriters(t *testing.T) {
	d := NewDir(t.TempDir())
	var writers sync.WaitGroup
	for i := range 20 {
		writers.Go(func() {
			err := d.Update(context.Background(), func(m *Manifest) error {
				m.Entries[fmt.Sprint(i)] = Entry{URL: "x", Packages: i}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	if m, err := d.Load(); err != nil || len(m.Entries) != 20 {
		t.Errorf("%d entries, %v", len(m.Entries), err)
	}
}

func TestManifestDamage(t *testing.T) {
	d := NewDir(t.TempDir())
	for _, text := range []string{"{", `{"version":99}`, `{"version":1,"entries":{"x":{"file":"../../etc/passwd"}},"documents":{"u":{"file":"/etc/passwd"}}}`} {
		if err := os.WriteFile(filepath.Join(d.Path(), "manifest.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if m, _ := d.Load(); len(m.Entries)+len(m.Documents) != 0 {
			t.Errorf("%s: %+v", text, m)
		}
	}
}

func TestLockGivesUp(t *testing.T) {
	d := NewDir(t.TempDir())
	unlock, err := d.Lock(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, err := d.Lock(ctx, "x"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a held lock: %v", err)
	}
	unlock()
	again, err := d.Lock(context.Background(), "x")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
