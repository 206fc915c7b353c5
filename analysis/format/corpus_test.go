package format

import (
	"path"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// corpusFile is a definition or an info file of the catalog.
type corpusFile struct{ path, content string }

// corpus are the definitions and info files of the catalog. Without one the
// test is skipped.
func corpus(t testing.TB) []corpusFile {
	t.Helper()
	var files []corpusFile
	for _, f := range corpustest.Files(t) {
		if f.Definition() || path.Base(f.Path) == "info.yaml" {
			files = append(files, corpusFile{f.Path, f.Content})
		}
	}
	return files
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
