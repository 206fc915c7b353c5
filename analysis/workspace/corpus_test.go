package workspace_test

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// TestCorpus loads the public catalog cold, then warm: both know every
// definition. It says what that took.
func TestCorpus(t *testing.T) {
	root, want := corpustest.Folder(t), 0
	for _, f := range corpustest.Files(t) {
		if f.Definition() {
			want++
		}
	}
	dir := t.TempDir()
	for _, run := range []string{"cold", "warm"} {
		start := time.Now()
		l := &workspace.Loader{Read: os.ReadFile, Store: workspace.OpenStore(dir, root, "test")}
		paths, bounded := workspace.Paths(context.Background(), workspace.Folders(root), nil)
		if bounded {
			t.Error("the walk was bounded")
		}
		m := workspace.New(l.Files(context.Background(), paths))
		took := time.Since(start)
		if err := l.Store.Save(); err != nil {
			t.Error(err)
		}
		saved := time.Since(start)
		definitions := 0
		for r := range m.All() {
			if r.Kind.IsDefinition() {
				definitions++
			}
		}
		l = nil
		runtime.GC()
		var ms runtime.MemStats
		runtime.ReadMemStats(&ms)
		t.Logf("%s: %d records of %d files, %d definitions, %v, with the store written %v, heap %d KiB", run, m.Len(), len(paths), definitions, took, saved, ms.HeapAlloc>>10)
		if definitions != want {
			t.Errorf("%s: %d definitions, the catalog has %d", run, definitions, want)
		}
		runtime.KeepAlive(m)
	}
}
