package syntax

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/ulikunitz/xz"
	"go.yaml.in/yaml/v3"
)

// corpusFile is a YAML file of the catalog.
type corpusFile struct{ path, content string }

func (f corpusFile) definition() bool { return strings.HasPrefix(f.content, "# syntax=") }

var loadCorpus = sync.OnceValues(func() ([]corpusFile, error) {
	if root := os.Getenv("DHI_CORPUS"); root != "" {
		return folderCorpus(root)
	}
	return archiveCorpus("../../../shared/corpus/catalog-half.tar.xz")
})

// corpusFiles are the YAML files of the catalog: of the folder DHI_CORPUS
// names, else of the archive beside the checkout. Without either the test is
// skipped.
func corpusFiles(t testing.TB) []corpusFile {
	t.Helper()
	files, err := loadCorpus()
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

func isCorpusFile(path string) bool {
	return strings.HasSuffix(path, ".yaml") && !strings.Contains(path, "/config")
}

func folderCorpus(root string) ([]corpusFile, error) {
	var files []corpusFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isCorpusFile(path) {
			return err
		}
		b, err := os.ReadFile(path)
		files = append(files, corpusFile{path, string(b)})
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
		if h.Typeflag != tar.TypeReg || !isCorpusFile(h.Name) {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		files = append(files, corpusFile{h.Name, string(b)})
	}
}

// corpusDefinitions is every nth definition of the catalog; none without one.
func corpusDefinitions(nth int) []string {
	files, _ := loadCorpus()
	var texts []string
	n := 0
	for _, f := range files {
		if !f.definition() {
			continue
		}
		if n++; n%nth == 0 {
			texts = append(texts, f.content)
		}
	}
	return texts
}

// TestCorpus holds the tree to yaml.v3 on the whole catalog: no problem, every
// definition regular, equal values.
func TestCorpus(t *testing.T) {
	files, irregular := corpusFiles(t), 0
	for _, f := range files {
		path := f.path
		tree := Parse(text.New(f.content))
		if !tree.Regular {
			irregular++
			if f.definition() {
				t.Errorf("%s: a catalog definition is irregular", path)
			}
		}
		for _, p := range tree.Problems {
			t.Errorf("%s:%v %s", path, tree.Text.Human(p.Range.Start), p.Message)
		}
		var want any
		if err := yaml.Unmarshal([]byte(f.content), &want); err != nil {
			t.Errorf("%s: yaml.v3 rejects it: %v", path, err)
			continue
		}
		if !equal(tree.Root.Any(), want) {
			t.Errorf("%s: values differ from yaml.v3's", path)
		}
	}
	t.Log(len(files), "files,", irregular, "irregular")
}

func equal(got, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for k, v := range w {
			if e, ok := g[k]; !ok || !equal(e, v) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range w {
			if !equal(g[i], w[i]) {
				return false
			}
		}
		return true
	case int:
		return got == int64(w)
	case time.Time:
		_, isText := got.(string)
		return isText
	}
	return reflect.DeepEqual(got, want)
}
