package corpustest

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ulikunitz/xz"
)

// File is a YAML file of the catalog, its path relative to the root.
type File struct{ Path, Content string }

// Definition reports whether the file is one.
func (f File) Definition() bool { return strings.HasPrefix(f.Content, "# syntax=") }

// Load reads the YAML files of the catalog, once. The error is fs.ErrNotExist
// where there is none.
var Load = sync.OnceValues(func() ([]File, error) {
	if dir := os.Getenv("DHI_CORPUS"); dir != "" {
		return readFolder(dir)
	}
	archive, err := besideCheckout()
	if err != nil {
		return nil, err
	}
	return readArchive(archive)
})

// Files are the YAML files of the catalog. The test is skipped where there is
// none.
func Files(t testing.TB) []File {
	t.Helper()
	files, err := Load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no catalog: DHI_CORPUS names no unpacked one (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("the catalog holds no YAML file")
	}
	return files
}

// Folder is the root of the catalog on disk: the folder that DHI_CORPUS names,
// else the YAML files of the archive in a folder of the test. The test is
// skipped where there is none.
func Folder(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("DHI_CORPUS"); dir != "" {
		return dir
	}
	files, dir := Files(t), t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// besideCheckout is the archive beside the checkout that the test runs in.
func besideCheckout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared", "corpus", "catalog-half.tar.xz"), nil
		}
		if filepath.Dir(dir) == dir {
			return "", fs.ErrNotExist
		}
	}
}

func readFolder(root string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		files = append(files, File{filepath.ToSlash(rel), string(content)})
		return err
	})
	return files, err
}

func readArchive(path string) ([]File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unpacked, err := xz.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	var files []File
	for archive := tar.NewReader(unpacked); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || filepath.Ext(h.Name) != ".yaml" {
			continue
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			return nil, err
		}
		_, rel, _ := strings.Cut(h.Name, "/") // the archive holds one folder
		if !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("%s: the entry %q leads out of the archive", path, h.Name)
		}
		files = append(files, File{rel, string(content)})
	}
}
