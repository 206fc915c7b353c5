package analysis

import (
	"context"
	"os"
	"sort"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
)

// TestProbeAcross prints what the rules across files find in the corpus.
func TestProbeAcross(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	l := &workspace.Loader{Read: os.ReadFile}
	paths, _ := workspace.Paths(context.Background(), workspace.Folders(root), nil)
	m := workspace.New(l.Files(context.Background(), paths))
	counts := map[string]int{}
	start := time.Now()
	for r := range m.All() {
		for _, d := range Across(r, m.View(r), nil, Options{Disk: OSDisk{}}).Diagnostics {
			counts[d.Severity.String()+" "+d.Code]++
			if os.Getenv("SHOW") == d.Code {
				content, _ := os.ReadFile(r.Path)
				h := text.New(string(content)).Human(d.Range.Start)
				t.Logf("%s:%d:%d %s %s", r.Path, h.Line, h.Column, d.Severity, d.Message)
			}
		}
	}
	t.Log("rules took", time.Since(start))
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Log(k, counts[k])
	}
}
