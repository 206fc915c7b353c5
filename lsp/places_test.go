package lsp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// foldersClient serves folders on disk; read, if it is not nil, reads files.
func foldersClient(t *testing.T, read func(string) ([]byte, error), folders ...string) *lsptest.Client {
	t.Helper()
	t.Setenv("DHI_LS_CACHE", t.TempDir())
	services := lsp.DefaultServices()
	services.ShellCheck, services.Packages, services.Indexes, services.Images = nil, nil, nil, nil
	if read != nil {
		services.Loader = func([]string) *workspace.Loader { return &workspace.Loader{Read: read} }
	}
	var list []any
	for _, f := range folders {
		list = append(list, map[string]any{"uri": string(uri.File(f)), "name": filepath.Base(f)})
	}
	return lsptest.Start(t, lsp.Options{Services: services}, lsptest.Config{Profile: lsptest.Kate, Set: map[string]any{"workspaceFolders": list}})
}

const (
	runtimeAt = "image/sample/alpine-3.23/1.yaml"
	devAt     = "image/sample/alpine-3.23/1-dev.yaml"
)

// catalog writes a small catalog and returns its folder without links in it.
func catalog(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for file, content := range map[string]string{
		runtimeAt: sampleImage("runtime", "80/tcp"), devAt: sampleImage("dev", "80/tcp"),
		"package/apk/main/tool/alpine-3.23/1.yaml": toolPackage,
	} {
		writeFile(t, uri.File(filepath.Join(root, filepath.FromSlash(file))), content)
	}
	return root
}

func below(root, file string) uri.URI { return uri.File(filepath.Join(root, filepath.FromSlash(file))) }

func linkTo(t *testing.T, target string) string {
	t.Helper()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	return link
}

// TestOpenedByLink: a document that is opened by a link to its folder is the
// file of the workspace, for the findings of others as for its own, and the
// client is answered with its own spelling.
func TestOpenedByLink(t *testing.T) {
	for _, name := range []string{"the folder is real", "the folder is the link", "both are folders"} {
		t.Run(name, func(t *testing.T) {
			root := catalog(t)
			link := linkTo(t, root)
			folders, opened, other := []string{root}, link, root
			switch name {
			case "the folder is the link":
				folders, opened, other = []string{link}, root, link
			case "both are folders":
				folders = []string{link, root}
			}
			c := foldersClient(t, nil, folders...)
			runtime, dev := below(opened, runtimeAt), below(other, devAt)
			c.Open(dev, "yaml", sampleImage("dev", "80/tcp"))
			c.Open(runtime, "yaml", sampleImage("runtime", "80/tcp"))
			says(c, runtime, "pinned-behind", true)
			c.Replace(runtime, 2, sampleImage("runtime", "81/tcp"))
			says(c, dev, "variant-drift", true)
			symbols := jsonOf(t, lsptest.Ask[any](c, protocol.MethodWorkspaceSymbol, map[string]any{"query": "Sample 1.x (dev)"}))
			if n := strings.Count(symbols, devAt); n != 1 {
				t.Errorf("the dev variant is listed %d times: %s", n, symbols)
			}
			c.Close(runtime)
			says(c, dev, "variant-drift", false)
		})
	}
}

// TestOpenedTwice: the same file by two names is two documents of the client.
func TestOpenedTwice(t *testing.T) {
	root := catalog(t)
	link := linkTo(t, root)
	c := foldersClient(t, nil, root)
	for _, order := range [][2]string{{root, link}, {link, root}} {
		one, two := below(order[0], devAt), below(order[1], devAt)
		c.Open(one, "yaml", sampleImage("dev", "80/tcp"))
		c.Open(two, "yaml", sampleImage("dev", "80/tcp")+"nonsense: 1\n")
		says(c, two, "nonsense", true)
		c.Replace(one, 2, sampleImage("dev", "80/tcp")+"rubbish: 1\n")
		says(c, one, "rubbish", true)
		c.Replace(two, 2, sampleImage("dev", "80/tcp")+"folly: 1\n")
		says(c, two, "folly", true)
		c.Close(one)
		c.Replace(two, 3, sampleImage("dev", "80/tcp")+"again: 1\n")
		says(c, two, "again", true)
		c.Close(two)
	}
}

// TestOpenedByLinkToFile: a definition that is open as itself and by a link
// beside it claims its tags once.
func TestOpenedByLinkToFile(t *testing.T) {
	root := catalog(t)
	link := below(root, "image/sample/alpine-3.23/1-link.yaml")
	if err := os.Symlink("1-dev.yaml", link.Path()); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	c := foldersClient(t, nil, root)
	dev := below(root, devAt)
	for i, u := range []uri.URI{dev, link} {
		c.Open(u, "yaml", sampleImage("dev", "80/tcp"))
		says(c, u, "pinned-behind", true)
		if i == 1 {
			c.Replace(u, 2, sampleImage("dev", "81/tcp"))
			says(c, u, "variant-drift", true)
		}
	}
	for _, m := range c.Messages() {
		if strings.Contains(string(m.Params), "tag-not-unique") {
			t.Errorf("the definition clashes with itself: %s", m.Params)
		}
	}
}

func changed(c *lsptest.Client, uris ...uri.URI) {
	var list []protocol.FileEvent
	for _, u := range uris {
		list = append(list, protocol.FileEvent{URI: u, Type: protocol.FileChangeTypeChanged})
	}
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: list})
}

// TestFileAndFolder: a definition that becomes a folder is gone, and what stood
// in a folder that becomes a file as well.
func TestFileAndFolder(t *testing.T) {
	root := catalog(t)
	c := foldersClient(t, nil, root)
	dev := below(root, devAt)
	c.Open(dev, "yaml", sampleImage("dev", "81/tcp"))
	says(c, dev, "variant-drift", true)
	runtime := below(root, runtimeAt)
	if err := os.Remove(runtime.Path()); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(runtime.Path(), 0o755); err != nil {
		t.Fatal(err)
	}
	changed(c, runtime)
	says(c, dev, "variant-drift", false)
	if err := os.Remove(runtime.Path()); err != nil {
		t.Fatal(err)
	}
	writeFile(t, runtime, sampleImage("runtime", "80/tcp"))
	changed(c, runtime)
	says(c, dev, "variant-drift", true)

	says(c, dev, "pinned-behind", true)
	tool := filepath.Join(root, "package")
	if err := os.RemoveAll(tool); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(tool, []byte("a file"), 0o644); err != nil {
		t.Fatal(err)
	}
	changed(c, uri.File(tool))
	says(c, dev, "pinned-behind", false)
}

// TestStorm switches thousands of files at once, as git does: the server
// answers while they are read, however many messages tell of them, reads them
// together and ends with what is there.
func TestStorm(t *testing.T) {
	root := catalog(t)
	const n = 3000
	storm := make([]uri.URI, n)
	for i := range storm {
		storm[i] = below(root, fmt.Sprintf("image/many-%d/alpine-3.23/1.yaml", i))
		writeFile(t, storm[i], strings.ReplaceAll(sampleImage("runtime", "80/tcp"), "sample", fmt.Sprintf("many-%d", i)))
	}
	var mu sync.Mutex
	reads := map[string]int{}
	gate := make(chan struct{})
	close(gate)
	read := func(path string) ([]byte, error) {
		mu.Lock()
		reads[path]++
		wait := gate
		mu.Unlock()
		<-wait
		return os.ReadFile(path)
	}
	c := foldersClient(t, read, root)
	dev := below(root, devAt)
	c.Open(dev, "yaml", sampleImage("dev", "80/tcp"))
	says(c, dev, "pinned-behind", true)

	mu.Lock()
	gate = make(chan struct{})
	clear(reads)
	mu.Unlock()
	writeFile(t, below(root, runtimeAt), sampleImage("runtime", "81/tcp"))
	changed(c, below(root, runtimeAt))
	for from := 0; from < n; from += 30 { // a hundred messages
		changed(c, storm[from:from+30]...)
	}
	// Reading stands still, and the server answers.
	symbols := jsonOf(t, lsptest.Ask[any](c, protocol.MethodWorkspaceSymbol, map[string]any{"query": "Sample 1.x"}))
	if !strings.Contains(symbols, devAt) {
		t.Errorf("no answer while files are read: %s", symbols)
	}
	c.Replace(dev, 2, sampleImage("dev", "80/tcp")+"nonsense: 1\n")
	says(c, dev, "nonsense", true)
	mu.Lock()
	close(gate)
	mu.Unlock()
	says(c, dev, "variant-drift", true)
	mu.Lock()
	defer mu.Unlock()
	for path, times := range reads {
		if times > 2 {
			t.Errorf("%s was read %d times", path, times)
		}
	}
}
