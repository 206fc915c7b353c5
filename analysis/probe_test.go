package analysis

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func TestProbe(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	counts := map[string]int{}
	n := 0
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return nil
		}
		b, _ := os.ReadFile(path)
		r := Analyze(context.Background(), path, text.New(string(b)), Options{Disk: OSDisk{}})
		if r.Document.Kind != definition.NotOurs {
			n++
		}
		for _, d := range r.Diagnostics {
			counts[d.Severity.String()+" "+d.Code]++
			if os.Getenv("SHOW") == d.Code {
				h := r.Document.Text.Human(d.Range.Start)
				t.Logf("%s:%d:%d %s", path, h.Line, h.Column, d.Message)
			}
		}
		return nil
	})
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Log(k, counts[k])
	}
	t.Log(n, "documents")
}
