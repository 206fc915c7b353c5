package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// large are packages whose texts fill several blocks, out of order.
func large() []record.Package {
	var list []record.Package
	for i := range 6000 {
		n := i * 4999 % 6000
		list = append(list, record.Package{
			Name: fmt.Sprintf("package-with-a-long-name-%d", n), Version: fmt.Sprint(i % 7), Arch: "amd64", Origin: fmt.Sprint("source-", i/3),
			Homepage: fmt.Sprint("https://example.org/", i/3), Description: strings.Repeat("words ", i%200), Depends: fmt.Sprintf("libc6, package-with-a-long-name-%d", i),
			Provides: fmt.Sprintf("virtual-%d", i%50), Size: int64(i), Priority: 4,
		})
	}
	return list
}

func TestBuilderInTheCache(t *testing.T) {
	list := large()
	file, inMemory := build(t, list)
	if len(file) < 3*poolBlock {
		t.Fatalf("%d bytes do not fill the blocks that are to be tested", len(file))
	}
	d := NewDir(t.TempDir())
	b := d.NewBuilder(Meta{Family: record.Alpine, Arch: "x86_64"}, relations)
	defer b.Discard()
	for i := range list {
		if err := b.Add(&list[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Commit(context.Background(), "key", Entry{URL: "u"}, b); err != nil {
		t.Fatal(err)
	}
	m, err := d.Load()
	if err != nil || m.Entries["key"].Names != 6000 || m.Entries["key"].Bytes != int64(len(file)) {
		t.Fatalf("%+v, %v", m.Entries, err)
	}
	written, err := os.ReadFile(d.FilePath(m.Entries["key"].File))
	if err != nil || !slices.Equal(written, file) {
		t.Errorf("the file in the cache differs from the one made in memory: %v", err)
	}
	for i := range list {
		from, to := inMemory.Rows(list[i].Name)
		if to != from+1 || inMemory.Package(from) != list[i] {
			t.Fatalf("%+v\nis not\n%+v", inMemory.Package(from), list[i])
		}
	}
	if got := inMemory.Providers("virtual-7"); len(got) != 6000/50 {
		t.Errorf("%d providers", len(got))
	}
}

// TestSameFileTwice commits the same content again, and over a damaged copy.
func TestSameFileTwice(t *testing.T) {
	d := NewDir(t.TempDir())
	commit := func() string {
		b := d.NewBuilder(Meta{Family: record.Alpine}, relations)
		defer b.Discard()
		for i := range samples {
			if err := b.Add(&samples[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Commit(context.Background(), "key", Entry{}, b); err != nil {
			t.Fatal(err)
		}
		m, _ := d.Load()
		return d.FilePath(m.Entries["key"].File)
	}
	path := commit()
	if err := os.WriteFile(path, []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	if again := commit(); again != path {
		t.Errorf("%s became %s", path, again)
	}
	x, err := Open(commit())
	if err != nil || x.Verify() != nil {
		t.Errorf("the damaged file was not replaced: %v", err)
	}
	left(t, d, 1)
}

// TestDiscard leaves nothing behind, whether blocks were written or not.
func TestDiscard(t *testing.T) {
	d := NewDir(t.TempDir())
	for _, list := range [][]record.Package{nil, samples, large()} {
		b := d.NewBuilder(Meta{Family: record.Alpine}, relations)
		for i := range list {
			if err := b.Add(&list[i]); err != nil {
				t.Fatal(err)
			}
		}
		b.Discard()
		b.Discard()
		left(t, d, 0)
	}
}

// TestNoRoom: a file that cannot be made is an error, and nothing else.
func TestNoRoom(t *testing.T) {
	// The folder can be made there; the path of a file in it is too long.
	const longest = 4095
	path := t.TempDir()
	for longest-len(path) > 250 {
		path += "/" + strings.Repeat("x", 200)
	}
	path += "/" + strings.Repeat("x", longest-len(path)-len("//files"))
	if os.MkdirAll(path+"/files", 0o755) != nil || os.WriteFile(path+"/files/"+tempPrefix, nil, 0o600) == nil {
		t.Skip("this system has another limit to paths")
	}
	for _, list := range [][]record.Package{samples, large()} {
		d := NewDir(path)
		b := d.NewBuilder(Meta{Family: record.Alpine}, relations)
		for i := range list {
			if err := b.Add(&list[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Commit(context.Background(), "key", Entry{}, b); err == nil {
			t.Error("committed all the same")
		}
		b.Discard()
	}
}

func left(t *testing.T, d *Dir, want int) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(d.Path(), "files", "*"))
	hidden, _ := filepath.Glob(filepath.Join(d.Path(), "files", ".*"))
	if len(files)+len(hidden) != want {
		t.Errorf("left: %v %v", files, hidden)
	}
}

// TestMentions numbers names by their first mention.
func TestMentions(t *testing.T) {
	b := NewBuilder(Meta{Family: record.Debian}, relations)
	for _, p := range []record.Package{
		{Name: "c", Version: "1", Depends: "b (>= 1:2) | a:any, d [amd64]", Weak: [3]string{"e", "f", "h"}, Replaces: "g"},
		{Name: "d", Version: "1"}, {Name: "h", Version: "1"}, {Name: "g", Version: "1"}, {Name: "f", Version: "1"}, {Name: "e", Version: "1"}, {Name: "a", Version: "1"}, {Name: "b", Version: "1"},
	} {
		if err := b.Add(&p); err != nil {
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
	for name, want := range map[string]int{"c": 0, "b": 1, "a": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7} {
		if r, _ := x.Rows(name); x.Born(r) != want {
			t.Errorf("%s is number %d, not %d", name, x.Born(r), want)
		}
	}
}

func TestManyMentions(t *testing.T) {
	var m mentions
	for round := range 2 {
		for i := range 50_000 {
			if got := m.number(fmt.Sprint("name-", i)); got != uint32(i) {
				t.Fatalf("round %d: name %d has number %d", round, i, got)
			}
		}
	}
}
