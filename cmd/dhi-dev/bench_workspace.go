package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/workspacetest"
)

// The files of a generated group between which changes are measured: a dev
// variant is compared with its runtime.
const (
	runtimeFile = "image/app-0-a/alpine-3.23/1.yaml"
	devFile     = "image/app-0-a/alpine-3.23/1-dev.yaml"
)

// benchWorkspaces measures the model of all files: in this process, and in the
// server. catalog, if not empty, is measured first.
func benchWorkspaces(program, catalog string, sizes []int) error {
	fmt.Printf("\n%-28s %9s %9s %9s %9s %9s %11s %11s\n", "model of a workspace", "files", "cold", "its CPU", "warm", "its CPU", "a change", "heap")
	for i, size := range append([]int{0}, sizes...) {
		if i == 0 && catalog == "" {
			continue
		}
		if err := withWorkspace(catalog, size, benchModel); err != nil {
			return err
		}
	}
	fmt.Printf("\n%-28s %9s %9s %9s %9s %9s %9s %9s %9s\n", "server on a workspace", "cold", "warm", "key p50", "key p95", "other p50", "other p95", "peak", "at rest")
	for i, size := range append([]int{0}, sizes...) {
		if i == 0 && catalog == "" {
			continue
		}
		err := withWorkspace(catalog, size, func(label, dir string) error { return benchServerOn(program, label, dir) })
		if err != nil {
			return err
		}
	}
	fmt.Println(`cold and warm: from initialized until symbols are found, without and with what an earlier start kept;
key: an edit to its diagnostics while the workspace is read; other: an edit to the diagnostics of another open file; peak and at rest: resident memory while the workspace is read for the first time, and after it`)
	return nil
}

// withWorkspace makes a workspace of the size, or for none a copy of the
// catalog with a generated group in it.
func withWorkspace(catalog string, size int, measure func(label, dir string) error) error {
	dir, err := os.MkdirTemp("", "dhi-workspace-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	label := fmt.Sprintf("%d generated", size)
	if size == 0 {
		label = "the catalog"
		if err := os.CopyFS(dir, definitionsOf(catalog)); err != nil {
			return err
		}
		size = 1
	}
	if _, err := workspacetest.Write(dir, size); err != nil {
		return err
	}
	return measure(label, dir)
}

// definitionsOf are the folders of a catalog that hold definitions.
func definitionsOf(catalog string) fs.FS { return onlyYAML{os.DirFS(catalog)} }

// onlyYAML leaves other files out, which are most of a checkout's bytes.
type onlyYAML struct{ fs.FS }

func (f onlyYAML) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(f.FS, name)
	kept := list[:0]
	for _, e := range list {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), ".yaml") {
			kept = append(kept, e)
		}
	}
	return kept, err
}

// benchModel measures the model alone.
func benchModel(label, dir string) error {
	store, err := os.MkdirTemp("", "dhi-store-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(store)
	ctx := context.Background()
	var took, busy [2]time.Duration
	var model *workspace.Model
	var files int
	before := heap()
	for i := range took {
		model = nil
		start, cpu := time.Now(), cpuTime()
		l := &workspace.Loader{Read: os.ReadFile, Store: workspace.OpenStore(store, dir, "bench")}
		paths, _ := workspace.Paths(ctx, []string{dir}, nil)
		model = workspace.New(l.Files(ctx, paths))
		took[i], busy[i], files = time.Since(start), cpuTime()-cpu, len(paths)
		if err := l.Store.Save(); err != nil {
			return err
		}
	}
	used := heap() - before
	fmt.Printf("%-28s %9d %9s %9s %9s %9s %11s %7d MiB\n", label, files, whole(took[0]), whole(busy[0]), whole(took[1]), whole(busy[1]), us(changeCost(model, dir)), used>>20)
	runtime.KeepAlive(model)
	return nil
}

// whole is a duration in milliseconds.
func whole(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// changeCost is what it takes to change a record and to ask for its variants,
// the median of many changes.
func changeCost(model *workspace.Model, dir string) time.Duration {
	path := filepath.ToSlash(filepath.Join(dir, runtimeFile))
	content, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	i := 0
	return p50(func() {
		i++
		r := (&workspace.Loader{}).Record(path, []byte(strings.Replace(string(content), "8080/tcp", fmt.Sprintf("%d/tcp", 8080+i), 1)))
		model = model.With(path, r)
		_ = model.View(r).Image(r.ImageName())
	})
}

// onWorkspace are the samples of a server that has a workspace.
type onWorkspace struct {
	loaded         time.Duration
	keys, others   []time.Duration
	resident       int // KiB, at rest
	highest        int // KiB, while the workspace was read
	cacheDir, root string
}

func benchServerOn(program, label, dir string) error {
	cache, err := os.MkdirTemp("", "dhi-store-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	cold := &onWorkspace{cacheDir: cache, root: dir}
	if err := cold.measure(program); err != nil {
		return fmt.Errorf("%s: %w", label, err)
	}
	warm := &onWorkspace{cacheDir: cache, root: dir}
	if err := warm.measure(program); err != nil {
		return fmt.Errorf("%s, again: %w", label, err)
	}
	fmt.Printf("%-28s %9s %9s %9s %9s %9s %9s %5d MiB %5d MiB\n", label, msOf(cold.loaded), msOf(warm.loaded),
		msOf(percentile(cold.keys, 50)), msOf(percentile(cold.keys, 95)), msOf(percentile(cold.others, 50)), msOf(percentile(cold.others, 95)), cold.highest>>10, cold.resident>>10)
	return nil
}

// measure starts a server, types while it reads the workspace, and then edits
// one file until another one's diagnostics are others.
func (w *onWorkspace) measure(program string) error {
	c, err := startServer([]string{program, "serve"}, "DHI_LS_CACHE="+w.cacheDir)
	if err != nil {
		return err
	}
	defer c.stop()
	if err := c.initializeIn(w.root); err != nil {
		return err
	}
	start := time.Now()
	loaded := make(chan error, 1)
	go func() {
		err := c.await("workspace/symbol", map[string]any{"query": "app"}, 5*time.Minute)
		w.loaded = time.Since(start)
		loaded <- err
	}()
	if err := w.typing(c, loaded); err != nil {
		return err
	}
	w.highest = c.status("VmHWM:")
	time.Sleep(restAfter)
	w.resident = c.resident()
	return w.beside(c)
}

// typing edits a document that has nothing to do with the workspace until that
// is read.
func (w *onWorkspace) typing(c *lspClient, loaded chan error) error {
	uri := fileURI(w.root, "elsewhere/typing.yaml")
	content := definitionOf(commonSize) + "work-dir: /x\nstop-signal: NONE\n"
	if _, err := c.open(uri, content); err != nil {
		return err
	}
	line, column := strings.Count(content, "\n")-1, len("stop-signal: NONE")
	for version := 2; ; version++ {
		select {
		case err := <-loaded:
			return err
		default:
		}
		arrival := c.expect(diagnosticsKey(uri, version))
		begin := time.Now()
		c.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": uri, "version": version},
			"contentChanges": []any{map[string]any{"range": span(line, column), "text": "X"}},
		})
		column++
		d, err := since(begin, arrival, "didChange")
		if err != nil {
			return err
		}
		w.keys = append(w.keys, d)
		time.Sleep(pause / 4)
	}
}

// beside edits a runtime variant and waits for the findings of its dev variant.
func (w *onWorkspace) beside(c *lspClient) error {
	uris := map[string]string{}
	contents := map[string]string{}
	for _, file := range []string{runtimeFile, devFile} {
		content, err := os.ReadFile(filepath.Join(w.root, filepath.FromSlash(file)))
		if err != nil {
			return err
		}
		uris[file], contents[file] = fileURI(w.root, file), string(content)
		if _, err := c.open(uris[file], contents[file]); err != nil {
			return err
		}
	}
	time.Sleep(500 * time.Millisecond)
	for i := range lspRounds / 2 {
		text := contents[runtimeFile]
		if i%2 == 0 {
			text = strings.Replace(text, "8080/tcp", "9090/tcp", 1)
		}
		arrival := c.expect(diagnosticsKey(uris[devFile], 1))
		begin := time.Now()
		c.notify("textDocument/didChange", map[string]any{
			"textDocument":   map[string]any{"uri": uris[runtimeFile], "version": i + 2},
			"contentChanges": []any{map[string]any{"text": text}},
		})
		d, err := since(begin, arrival, "an edit of another file")
		if err != nil {
			return err
		}
		w.others = append(w.others, d)
		time.Sleep(pause)
	}
	return nil
}

func fileURI(root, file string) string {
	return "file://" + filepath.ToSlash(filepath.Join(root, file))
}
