package walk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".git/HEAD=", ".gitignore=build/\n*.gen.yaml\n!keep.gen.yaml\n/top.yaml\n",
		"a.yaml=", "b.yml=", "c.txt=", "top.yaml=", "sub/top.yaml=", "x.gen.yaml=", "keep.gen.yaml=", "build/x.yaml=",
		".hidden/x.yaml=", ".x.yaml=", "node_modules/p/x.yaml=", "sub/.gitignore=inner.yaml\n", "sub/inner.yaml=", "vendor/v.yaml=")
	t.Chdir(dir)
	if err := os.Symlink("missing.yaml", "broken.yaml"); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := os.Symlink("a.yaml", "link.yaml"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(".", "loop"); err != nil {
		t.Fatal(err)
	}
	far := filepath.Join(t.TempDir(), "x.yaml")
	write(t, filepath.Dir(far), "x.yaml=")
	for _, name := range []string{"far.yaml", "further.yaml"} { // one file, by two links
		if err := os.Symlink(far, name); err != nil {
			t.Fatal(err)
		}
	}
	files, failures := Files(context.Background(), []string{".", "a.yaml"}, Options{Excluded: func(p string) bool { return p == "vendor" }})
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	want := "a.yaml b.yml far.yaml keep.gen.yaml sub/top.yaml" // a link to a file that is found is that file
	if strings.Join(got, " ") != want {
		t.Errorf("found %v, want %s", got, want)
	}
	if len(failures) != 1 || failures[0].Path != "broken.yaml" || failures[0].Named {
		t.Errorf("failures %v", failures)
	}
}

func TestNamed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "vendor/v.yaml=", "notes.txt=")
	t.Chdir(dir)
	files, failures := Files(context.Background(), []string{"vendor/v.yaml", "notes.txt", "none.yaml"}, Options{Excluded: func(string) bool { return true }})
	if len(files) != 2 || !files[0].Named {
		t.Errorf("named files are looked at whatever they are: %v", files)
	}
	if len(failures) != 1 || !failures[0].Named {
		t.Errorf("failures %v", failures)
	}
}

func TestBound(t *testing.T) {
	dir := t.TempDir()
	for _, n := range strings.Split("abcdefghij", "") {
		write(t, dir, n+".yaml=")
	}
	files, failures := Files(context.Background(), []string{dir}, Options{Max: 4})
	if len(files) > 4 || len(failures) != 1 || failures[0].Err != ErrBounded {
		t.Errorf("%v %v", files, failures)
	}
}

// TestNearFirst: a bounded walk sees what is near, and what comes first, before
// folders with very many entries.
func TestNearFirst(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "image/a/debian-13/1.yaml=", "z/image/b/debian-13/1.yaml=", "a.yaml=")
	data := filepath.Join(dir, "data")
	for i := range 10 {
		for j := range 30 {
			write(t, data, fmt.Sprintf("%d/%d/x/y/z.yaml=", i, j))
		}
	}
	first := func(name string) bool { return name == "image" }
	files, failures := Files(context.Background(), []string{dir}, Options{Max: 100, First: first})
	var got []string
	for _, f := range files {
		got = append(got, strings.TrimPrefix(f.Path, filepath.ToSlash(dir)+"/"))
	}
	if strings.Join(got, " ") != "a.yaml image/a/debian-13/1.yaml z/image/b/debian-13/1.yaml" {
		t.Errorf("found %v", got)
	}
	if len(failures) != 1 || failures[0].Err != ErrBounded {
		t.Errorf("it is not said once that the walk was bounded: %v", failures)
	}
	all, failures := Files(context.Background(), []string{dir}, Options{First: first})
	if len(all) != 3+10*30 || len(failures) != 0 {
		t.Errorf("%d files without a bound, %v", len(all), failures)
	}
}

// TestParts: the rest of a folder with very many entries is looked at last.
func TestParts(t *testing.T) {
	dir := t.TempDir()
	for i := range part + 50 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.yaml", i)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "zz/image/a/debian-13/1.yaml=", ".gitignore=f1.yaml\nf100*.yaml\n")
	files, failures := Files(context.Background(), []string{dir}, Options{})
	ignored := 1 + 1 + 10 + 50 // f1, f100, f1000 to f1009, f10000 to f10049
	if len(files) != part+50-ignored+1 || len(failures) != 0 {
		t.Errorf("%d files, %v", len(files), failures)
	}
}

// TestComingAndGoing walks while folders come and go: what goes is no failure,
// and what stays is found.
func TestComingAndGoing(t *testing.T) {
	dir := t.TempDir()
	for i := range 50 {
		write(t, dir, fmt.Sprintf("stays/%d/x.yaml=", i))
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			path := filepath.Join(dir, "goes", fmt.Sprint(i%20))
			_ = os.MkdirAll(filepath.Join(path, "deep"), 0o755)
			_ = os.WriteFile(filepath.Join(path, "deep", "x.yaml"), nil, 0o644)
			_ = os.RemoveAll(filepath.Join(dir, "goes", fmt.Sprint((i+7)%20)))
		}
	}()
	for range 15 {
		files, failures := Files(ctx, []string{dir}, Options{})
		if len(failures) > 0 {
			t.Errorf("failures: %v", failures)
		}
		stays := 0
		for _, f := range files {
			if strings.Contains(f.Path, "/stays/") {
				stays++
			}
		}
		if stays != 50 {
			t.Errorf("%d of 50 files that stay", stays)
		}
	}
	stop()
	<-done
}

// TestUnreadable: a folder that cannot be read is said, and the others are
// looked at.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/x.yaml=", "b/x.yaml=")
	if err := os.Chmod(filepath.Join(dir, "a"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(dir, "a"), 0o755) })
	if _, err := os.ReadDir(filepath.Join(dir, "a")); err == nil {
		t.Skip("this user reads everything")
	}
	files, failures := Files(context.Background(), []string{dir}, Options{})
	if len(files) != 1 || len(failures) != 1 || !errors.Is(failures[0].Err, os.ErrPermission) {
		t.Errorf("%v %v", files, failures)
	}
}

// TestBelow: the path of an entry is what joining says, in all that a clean
// folder may be.
func TestBelow(t *testing.T) {
	for _, dir := range []string{".", "..", "a", "a/b", "../a", "/", "/a", "C:", `C:\`, `C:\a`, `\\host\share`, `\\host\share\`} {
		dir = filepath.Clean(filepath.FromSlash(dir))
		f := folder{path: dir}
		if got, want := f.below("x.yaml"), filepath.Join(dir, "x.yaml"); got != want {
			t.Errorf("%s below %s, want %s", got, dir, want)
		}
	}
}
