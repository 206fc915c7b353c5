package syntax

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
	"go.yaml.in/yaml/v3"
)

// corpusFile is a YAML file of the catalog.
type corpusFile struct{ path, content string }

func (f corpusFile) definition() bool { return strings.HasPrefix(f.content, "# syntax=") }

// loadCorpus reads the YAML files of the catalog but for the values of charts.
func loadCorpus() ([]corpusFile, error) {
	all, err := corpustest.Load()
	var files []corpusFile
	for _, f := range all {
		if !strings.Contains(f.Path, "/config") {
			files = append(files, corpusFile{f.Path, f.Content})
		}
	}
	return files, err
}

// corpusFiles are the YAML files of the catalog but for the values of charts.
// Without a catalog the test is skipped.
func corpusFiles(t testing.TB) []corpusFile {
	t.Helper()
	corpustest.Files(t)
	files, _ := loadCorpus()
	return files
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
