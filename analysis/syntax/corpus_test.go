package syntax

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.yaml.in/yaml/v3"
)

// corpusFiles are the YAML files of the unpacked catalog that DHI_CORPUS
// names, in order. The test is skipped where it names none.
func corpusFiles(t testing.TB) []string {
	t.Helper()
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".yaml") && !strings.Contains(path, "/config") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatalf("no YAML file below DHI_CORPUS=%s", root)
	}
	sort.Strings(files)
	return files
}

// corpusDefinitions is every nth file that begins with a syntax directive.
func corpusDefinitions(t testing.TB, nth int) []string {
	t.Helper()
	var texts []string
	n := 0
	for _, path := range corpusFiles(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(b), "# syntax=") {
			continue
		}
		if n++; n%nth == 0 {
			texts = append(texts, string(b))
		}
	}
	return texts
}

// TestCorpus holds the tree to yaml.v3 on the whole catalog: no problem, every
// definition regular, equal values.
func TestCorpus(t *testing.T) {
	files, irregular := corpusFiles(t), 0
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tree := Parse(text.New(string(b)))
		if !tree.Regular {
			irregular++
			if strings.HasPrefix(string(b), "# syntax=") {
				t.Errorf("%s: a catalog definition is irregular", path)
			}
		}
		for _, p := range tree.Problems {
			t.Errorf("%s:%v %s", path, tree.Text.Human(p.Range.Start), p.Message)
		}
		var want any
		if err := yaml.Unmarshal(b, &want); err != nil {
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
	}
	return reflect.DeepEqual(got, want)
}
