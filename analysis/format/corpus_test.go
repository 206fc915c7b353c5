package format

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/ulikunitz/xz"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// corpusFile is a definition or an info file of the catalog.
type corpusFile struct{ path, content string }

var loadCorpus = sync.OnceValues(func() ([]corpusFile, error) {
	if root := os.Getenv("DHI_CORPUS"); root != "" {
		return folderCorpus(root)
	}
	return archiveCorpus("../../../shared/corpus/catalog-half.tar.xz")
})

// corpus are the files of the catalog that DHI_CORPUS names, else of the
// archive beside the checkout. Without either the test is skipped.
func corpus(t testing.TB) []corpusFile {
	t.Helper()
	files, err := loadCorpus()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no catalog: DHI_CORPUS names no unpacked one (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("the catalog holds no definition")
	}
	return files
}

func ours(path, content string) bool {
	return strings.HasSuffix(path, ".yaml") && (strings.HasPrefix(content, "# syntax=") || filepath.Base(path) == "info.yaml")
}

func folderCorpus(root string) ([]corpusFile, error) {
	var files []corpusFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		if ours(path, string(b)) {
			files = append(files, corpusFile{filepath.ToSlash(rel), string(b)})
		}
		return err
	})
	return files, err
}

func archiveCorpus(name string) ([]corpusFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := xz.NewReader(f)
	if err != nil {
		return nil, err
	}
	var files []corpusFile
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, ".yaml") {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		if _, rel, _ := strings.Cut(h.Name, "/"); ours(h.Name, string(b)) {
			files = append(files, corpusFile{rel, string(b)})
		}
	}
}

func document(path, content string) *definition.Document {
	return definition.New(path, text.New(content), definition.Options{})
}

// TestCorpusIdentity holds canonical form to the whole catalog: every file is
// in it already.
func TestCorpusIdentity(t *testing.T) {
	failed := 0
	files := corpus(t)
	for _, f := range files {
		out, err := Format(document(f.path, f.content))
		if err == nil && out == f.content {
			continue
		}
		if failed++; failed > 10 {
			t.Fatal("and more")
		}
		if err != nil {
			t.Errorf("%s: %v", f.path, err)
			continue
		}
		t.Errorf("%s: %s", f.path, firstDifference(f.content, out))
	}
	t.Logf("%d of %d files are in canonical form", len(files)-failed, len(files))
}

// firstDifference shows the first lines that differ.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range w {
		if i >= len(g) || w[i] != g[i] {
			other := "(the end)"
			if i < len(g) {
				other = g[i]
			}
			return "line " + itoa(i+1) + "\nwant " + w[i] + "\ngot  " + other
		}
	}
	return "more lines than wanted:\n" + got
}
