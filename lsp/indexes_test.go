package lsp_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

const alpineMain = "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"

var indexWorld = []indexedtest.Repository{{Family: "alpine", URL: alpineMain, Packages: []indexedtest.Package{
	{Name: "curl", Version: "8.17.0-r1", Depends: "libcurl", Size: 1000, Installed: 2_000_000},
	{Name: "libcurl", Version: "8.17.0-r1", Depends: "musl", Size: 1000, Installed: 4_000_000},
	{Name: "musl", Version: "1.2.5-r21", Size: 100, Installed: 300_000},
}}}

const installing = `# syntax=dhi.io/build:2-alpine3.23

name: Sample
image: example.org/sample
variant: runtime
platforms:
  - linux/amd64
contents:
  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
  packages:
    - curl=8.9.1-r0
    - musl
    - nonsense
`

// withIndexes are services that answer from a source.
func withIndexes(source *indexed.Source) lsp.Options {
	o := services()
	o.Services.Packages, o.Services.Indexes, o.Services.Images = source, source, source.Images()
	return o
}

func opened(t *testing.T) *indexed.Source {
	t.Helper()
	source, err := indexedtest.Open(t.TempDir(), indexed.Options{}, indexWorld...)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestPackagesInTheEditor(t *testing.T) {
	c := lsptest.Start(t, withIndexes(opened(t)), lsptest.Config{Profile: lsptest.VSCode})
	about := map[string]any{"uri": doc}
	c.Open(doc, "yaml", strings.Replace(installing, "    - nonsense\n", "", 1))

	hints := lsptest.Ask[[]protocol.InlayHint](c, protocol.MethodTextDocumentInlayHint, map[string]any{
		"textDocument": about, "range": map[string]any{"start": map[string]any{"line": 0, "character": 0}, "end": map[string]any{"line": 99, "character": 0}},
	})
	var labels []string
	for _, h := range hints {
		switch label := h.Label.(type) {
		case protocol.String:
			labels = append(labels, string(label))
		case protocol.InlayHintLabelPartSlice:
			labels = append(labels, label[0].Value+" "+label[0].Command.Command+" "+string(label[0].Command.Arguments[0]))
		}
	}
	if !slices.Equal(labels, []string{`→ 8.17.0-r1 dhi-ls.upgrade {"uri":"` + string(doc) + `","target":"curl","version":"8.17.0-r1"}`, "1.2.5-r21"}) {
		t.Errorf("hints: %q", labels)
	}

	lenses := func() string {
		var titles []string
		for _, l := range lsptest.Ask[[]protocol.CodeLens](c, protocol.MethodTextDocumentCodeLens, map[string]any{"textDocument": about}) {
			if l.Command.Command == "dhi-ls.resolve" {
				titles = append(titles, l.Command.Title)
			}
		}
		return strings.Join(titles, "; ")
	}
	if got := lenses(); !strings.HasPrefix(got, "cannot be installed: no version of curl") {
		t.Errorf("lens: %q", got)
	}
	c.Replace(doc, 2, strings.Replace(installing, "curl=8.9.1-r0\n    - musl\n    - nonsense", "curl", 1))
	if got := lenses(); got != "3 packages, 6.3 MB installed" {
		t.Errorf("lens: %q", got)
	}

	var closure struct {
		Complete bool   `json:"complete"`
		Text     string `json:"text"`
		URI      string `json:"uri"`
		Packages []struct {
			Name string `json:"name"`
		} `json:"packages"`
	}
	if err := execute(c, "dhi-ls.resolve", about, &closure); err != nil {
		t.Fatal(err)
	}
	if len(closure.Packages) != 3 || !closure.Complete || !strings.Contains(closure.Text, "libcurl needs musl") {
		t.Errorf("closure: %+v", closure)
	}
	content := lsptest.Ask[protocol.TextDocumentContentResult](c, protocol.MethodWorkspaceTextDocumentContent, map[string]any{
		"uri": closure.URI,
	})
	if content.Text != closure.Text {
		t.Errorf("the virtual document: %q", content.Text)
	}
	if err := execute(c, "dhi-ls.resolve", map[string]any{"uri": doc, "stage": "none"}, nil); err == nil || !strings.Contains(err.Error(), "no build stage") {
		t.Errorf("a stage that is not there: %v", err)
	}
}

func TestUpgradePinAction(t *testing.T) {
	c := lsptest.Start(t, withIndexes(opened(t)), lsptest.Config{Profile: lsptest.VSCode})
	c.Open(doc, "yaml", installing)
	line := strings.Count(installing[:strings.Index(installing, "curl=")], "\n")
	at := map[string]any{"line": line, "character": 8}
	raw := lsptest.Ask[jsontext.Value](c, protocol.MethodTextDocumentCodeAction, map[string]any{
		"textDocument": map[string]any{"uri": doc}, "range": map[string]any{"start": at, "end": at}, "context": map[string]any{"diagnostics": []any{}},
	})
	if !strings.Contains(string(raw), `"Upgrade curl to 8.17.0-r1`) {
		t.Errorf("%s", raw)
	}
}

// emptyWorld is a source without an index, and the user's configuration that
// leads to the repositories' folder.
func emptyWorld(t *testing.T) *indexed.Source {
	t.Helper()
	dir := t.TempDir()
	folder := filepath.Join(dir, "repositories")
	mirrors, err := indexedtest.Write(folder, "file://"+filepath.ToSlash(folder), indexWorld...)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("mirrors:\n")
	for _, from := range slices.Sorted(maps.Keys(mirrors)) {
		b.WriteString("  " + from + ": " + mirrors[from] + "\n")
	}
	file := filepath.Join(dir, "user.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DHI_LS_USER_CONFIG", file)
	cache, err := index.Open(filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return indexed.New(cache, indexed.Options{})
}

func TestIndexUpdateCommand(t *testing.T) {
	c := lsptest.Start(t, withIndexes(emptyWorld(t)), lsptest.Config{Profile: lsptest.VSCode, Options: map[string]any{"trusted": true}, Settings: map[string]any{"index": map[string]any{"fetch": "never"}}})
	c.Open(doc, "yaml", installing)
	var out struct {
		Updated int `json:"updated"`
		Failed  int `json:"failed"`
	}
	if err := execute(c, "dhi-ls.index.update", map[string]any{"uri": doc}, &out); err != nil {
		t.Fatal(err)
	}
	if out.Updated != 1 || out.Failed != 0 {
		t.Errorf("%+v", out)
	}
	if err := execute(c, "dhi-ls.resolve", map[string]any{"uri": doc}, nil); err != nil {
		t.Errorf("after the update: %v", err)
	}
}

func TestIndexUpdateNeedsTrust(t *testing.T) {
	source := emptyWorld(t)
	c := lsptest.Start(t, withIndexes(source), lsptest.Config{Profile: lsptest.VSCode, Settings: map[string]any{"index": map[string]any{"fetch": "auto"}}})
	c.Open(doc, "yaml", installing)
	if err := execute(c, "dhi-ls.index.update", nil, nil); err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("got %v", err)
	}
	if n := len(source.Cache().List()); n != 0 {
		t.Errorf("%d indexes were fetched", n)
	}
}

func TestIndexesAreFetchedAfterAsking(t *testing.T) {
	for _, answer := range []string{"Fetch", "Not now"} {
		t.Run(answer, func(t *testing.T) {
			source := emptyWorld(t)
			c := lsptest.Start(t, withIndexes(source), lsptest.Config{Profile: lsptest.VSCode, Options: map[string]any{"trusted": true}})
			asked := make(chan string, 4)
			c.Answer(protocol.MethodWindowShowMessageRequest, func(params jsontext.Value) (any, error) {
				asked <- string(params)
				return map[string]any{"title": answer}, nil
			})
			c.Open(doc, "yaml", installing)
			if message := <-asked; !strings.Contains(message, "dl-cdn.alpinelinux.org") {
				t.Errorf("asked: %s", message)
			}
			if answer == "Fetch" {
				c.WaitFor("the end of the update", func(m lsptest.Message) bool {
					return m.Method == protocol.MethodProgress && strings.Contains(string(m.Params), "1 of 1 indexes are at hand")
				})
				return
			}
			// The host is not asked about again.
			c.Open(doc+"2.yaml", "yaml", installing)
			c.Replace(doc, 2, installing)
			if err := execute(c, "dhi-ls.check", map[string]any{"uri": doc}, nil); err != nil {
				t.Fatal(err)
			}
			if len(asked) != 0 || len(source.Cache().List()) != 0 {
				t.Errorf("asked %d times more, %d indexes", len(asked), len(source.Cache().List()))
			}
		})
	}
}

// An index counts as fresh as long as the person says, else as the
// configuration of the workspace does, read anew when it changes.
func TestMaxAge(t *testing.T) {
	source := opened(t)
	dir := t.TempDir()
	file := filepath.Join(dir, ".dhi-ls.yaml")
	write := func(age string) {
		if err := os.WriteFile(file, []byte("index:\n  max-age: "+age+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	age := func(want time.Duration) {
		t.Helper()
		for end := time.Now().Add(lsptest.Patience); source.Cache().MaxAge() != want; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("max age %v, want %v", source.Cache().MaxAge(), want)
			}
		}
	}
	folders := map[string]any{"workspaceFolders": []any{map[string]any{"uri": string(uri.File(dir)), "name": "w"}}}
	write("6h")
	c := lsptest.Start(t, withIndexes(source), lsptest.Config{Profile: lsptest.Minimal, Set: folders})
	age(6 * time.Hour)
	write("30d")
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: uri.File(file), Type: protocol.FileChangeTypeChanged}}})
	age(30 * 24 * time.Hour)
	generation := source.Generation()
	c.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": map[string]any{"dhi-ls": map[string]any{"index": map[string]any{"maxAge": "2h"}}}})
	age(2 * time.Hour)
	if source.Generation() == generation {
		t.Error("answers that were given before the change stay")
	}
	c.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": map[string]any{"dhi-ls": map[string]any{"index": map[string]any{"maxAge": "soon"}}}})
	c.Notify(protocol.MethodWorkspaceDidChangeConfiguration, map[string]any{"settings": map[string]any{"dhi-ls": map[string]any{"index": map[string]any{"maxAge": ""}}}})
	age(30 * 24 * time.Hour)
}

// TestHoverOnPackages tells of an entry beside the others: what is installed,
// who needs it, and who has to do without what is excluded.
func TestHoverOnPackages(t *testing.T) {
	c := lsptest.Start(t, withIndexes(opened(t)), lsptest.Config{Profile: lsptest.VSCode})
	content := strings.Replace(strings.Replace(installing, "curl=8.9.1-r0", "curl=8.17.0-r1", 1), "    - nonsense\n", "    - '!nobody'\n", 1)
	c.Open(doc, "yaml", content)
	at := func(content, word string) map[string]any {
		line := strings.Count(content[:strings.Index(content, word)], "\n")
		return map[string]any{"textDocument": map[string]any{"uri": doc}, "position": map[string]any{"line": line, "character": 8}}
	}
	for word, want := range map[string][]string{
		"curl=":   {"- Depends on: `libcurl`", "Installed here: `8.17.0-r1`"},
		"- musl":  {"Installed here: `1.2.5-r21`, needed by `libcurl`"},
		"!nobody": {"is not installed"},
	} {
		got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentHover, at(content, word)))
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in %s", word, w, got)
			}
		}
		if word == "curl=" && strings.Contains(got, "needed by") {
			t.Errorf("curl is needed by nobody: %s", got)
		}
	}
	excluding := strings.Replace(content, "    - musl\n    - '!nobody'\n", "    - '!musl'\n", 1)
	c.Replace(doc, 2, excluding)
	if got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentHover, at(excluding, "!musl"))); !strings.Contains(got, "`libcurl` runs without it here, though it needs `musl`.") {
		t.Errorf("!musl: %s", got)
	}
}

// TestExclusionsOfWhatIsPulledIn come before all other names.
func TestExclusionsOfWhatIsPulledIn(t *testing.T) {
	c := lsptest.Start(t, withIndexes(opened(t)), lsptest.Config{Profile: lsptest.VSCode})
	c.Open(doc, "yaml", installing)
	for version, test := range []struct{ typed, want string }{{"'!", "!libcurl needed by curl, !musl needed by libcurl"}, {"!mu", "!musl needed by libcurl"}, {"!musl", "!musl needed by libcurl"}} {
		content := strings.Replace(installing, "    - curl=8.9.1-r0\n    - musl\n    - nonsense\n", "    - curl\n    - "+test.typed+"\n", 1)
		c.Replace(doc, int32(version+2), content)
		line := strings.Count(content, "\n") - 1
		list := lsptest.Ask[protocol.CompletionList](c, protocol.MethodTextDocumentCompletion, map[string]any{
			"textDocument": map[string]any{"uri": doc}, "position": map[string]any{"line": line, "character": len("    - " + test.typed)},
		})
		var got []string
		for _, it := range list.Items {
			if about := it.LabelDetails; about != nil && about.Description != nil && strings.HasPrefix(*about.Description, "needed by") {
				got = append(got, it.Label+" "+*about.Description)
			}
		}
		if text := strings.Join(got, ", "); text != test.want {
			t.Errorf("%s: %q, want %q", test.typed, text, test.want)
		}
		if len(list.Items) == 0 || !strings.HasPrefix(test.want, list.Items[0].Label) {
			t.Errorf("%s: they are not first: %v", test.typed, list.Items)
		}
	}
}
