package syntax

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.yaml.in/yaml/v3"
)

func TestCorpus(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	n, irregular := 0, 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") || strings.Contains(path, "/config") {
			return nil
		}
		b, _ := os.ReadFile(path)
		tree := Parse(text.New(string(b)))
		n++
		if !tree.Regular {
			irregular++
			if irregular < 10 {
				t.Log("irregular", path)
			}
		}
		for _, p := range tree.Problems {
			t.Errorf("%s:%v %s", path, tree.Text.Human(p.Range.Start), p.Message)
		}
		var want any
		if err := yaml.Unmarshal(b, &want); err != nil {
			return nil
		}
		got := tree.Root.Any()
		if !equal(got, want) {
			t.Errorf("%s: values differ", path)
		}
		return nil
	})
	t.Log(n, "files,", irregular, "irregular")
}

func equal(got, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for k, v := range w {
			if !equal(g[k], v) {
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
