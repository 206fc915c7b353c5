package kept

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func sample() map[string]Entry {
	return map[string]Entry{"a": {HashOf([]byte("x")), "data"}, "": {}, "b/c": {Data: "\x00"}}
}

func TestFile(t *testing.T) {
	file := File(filepath.Join(t.TempDir(), "new"), "/folder", "key", "kept")
	if err := Write(file, "title", sample()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), Read(file, "title")); diff != "" {
		t.Error(diff)
	}
	if len(Read(file, "other")) != 0 || len(Read(file+"x", "title")) != 0 {
		t.Error("entries of another title, or of no file")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		bad := append([]byte(nil), data...)
		bad[i] ^= 0x55
		if _, ok := Decode(bad, "title"); ok {
			t.Fatalf("byte %d is damaged and the file is trusted", i)
		}
		if _, ok := Decode(data[:i:i], "title"); ok {
			t.Fatalf("a file cut at byte %d is trusted", i)
		}
	}
	if list, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(list) != 1 {
		t.Error("left behind:", list)
	}
	if File("d", "/folder", "key", "kept") == File("d", "/folder", "other", "kept") || File("d", "/other", "key", "kept") == File("d", "/folder", "key", "kept") {
		t.Error("one file for two folders or keys")
	}
}

// TestPrune: files of other programs and settings do not pile up.
func TestPrune(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var last string
	for i := range maxFiles + 5 {
		last = File(dir, "/folder", strconv.Itoa(i), "kept")
		if err := Write(last, "title", sample()); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(time.Duration(i-100) * time.Hour)
		if err := os.Chtimes(last, old, old); err != nil {
			t.Fatal(err)
		}
	}
	list, _ := filepath.Glob(filepath.Join(dir, "*.kept"))
	if len(list) != maxFiles || len(Read(last, "title")) == 0 {
		t.Errorf("%d files are kept, the last of %d entries", len(list), len(Read(last, "title")))
	}
	if len(Read(File(dir, "/folder", "0", "kept"), "title")) != 0 {
		t.Error("the oldest is kept")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file of another kind is gone")
	}
}

func TestTable(t *testing.T) {
	file := File(t.TempDir(), "/folder", "key", "kept")
	one := Open(file, "title", 2)
	one.Put("a", Entry{Data: "old"})
	one.Put("b", Entry{})
	if err := one.Save(); err != nil {
		t.Fatal(err)
	}
	two := Open(file, "title", 2)
	two.Put("a", Entry{Data: "new"})
	two.Put("c", Entry{})
	for range 2 { // the second save finds nothing new
		if err := two.Save(); err != nil {
			t.Fatal(err)
		}
	}
	if e, ok := two.Get("a"); !ok || e.Data != "new" {
		t.Error("what was saved is not found any more")
	}
	three := Open(file, "title", 2)
	if e, ok := three.Get("a"); !ok || e.Data != "new" {
		t.Error(e, ok)
	}
	if _, ok := three.Get("b"); ok {
		t.Error("more is kept than the table may hold")
	}
	if _, ok := one.Get("b"); !ok {
		t.Error("a table does not hold what it saved")
	}
}

func TestCode(t *testing.T) {
	numbers := []int{-1, 0, 1, 63, 64, 127, 128, 1 << 20, 1 << 40}
	w := &Writer{}
	for _, n := range numbers {
		w.Int(n)
	}
	w.Range(text.Range{Start: 3, End: 900})
	w.Uint64(1<<63 + 5)
	w.Bytes([]byte("xy"))
	w.String("word")
	r := NewReader(w.Done())
	for _, n := range numbers {
		if got := r.Int(); got != n {
			t.Errorf("%d is read as %d", n, got)
		}
	}
	if got := r.Range(); got != (text.Range{Start: 3, End: 900}) {
		t.Error(got)
	}
	if r.Uint64() != 1<<63+5 || r.Take(2) != "xy" || r.String() != "word" || !r.AtEnd() {
		t.Error("not what was written")
	}
	if r.Int() != 0 || !r.Bad() || r.AtEnd() {
		t.Error("read beyond the end")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(Encode(sample(), "title"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, ok := Decode(append([]byte(nil), data...), "title")
		if !ok {
			return
		}
		again, ok := Decode(Encode(m, "title"), "title")
		if diff := cmp.Diff(m, again); !ok || diff != "" {
			t.Error(ok, diff)
		}
	})
}
