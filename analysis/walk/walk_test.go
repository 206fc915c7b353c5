package walk

import (
	"context"
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
	files, failures := Files(context.Background(), []string{".", "a.yaml"}, Options{Excluded: func(p string) bool { return p == "vendor" }})
	var got []string
	for _, f := range files {
		got = append(got, f.Path)
	}
	want := "a.yaml b.yml keep.gen.yaml link.yaml sub/top.yaml"
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
