package lsp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

const sampleHead = `# syntax=dhi.io/build:2-alpine3.23

name: Sample 1.x%s
image: dhi.io/sample
variant: %s
tags:
  - 1-alpine3.23%s
platforms:
  - linux/amd64
`

func sampleImage(variant, ports string) string {
	name, suffix := "", ""
	if variant == "dev" {
		name, suffix = " (dev)", "-dev"
	}
	head := strings.Replace(strings.Replace(strings.Replace(sampleHead, "%s", name, 1), "%s", variant, 1), "%s", suffix, 1)
	return head + "contents:\n  packages:\n    - tool=1-r0\n  artifacts:\n    - name: dhi.io/pkg-tool:1-alpine3.23\n      uid: 0\n      gid: 0\nports:\n  - " + ports + "\n"
}

const toolPackage = "# syntax=dhi.io/build:2-alpine3.23\n\nimage: dhi.io/pkg-tool\nvariant: runtime\ntags:\n  - 1-alpine3.23\nplatforms:\n  - linux/amd64\nvars:\n  REL: \"1\"\n  VERSION: \"1\"\ncontents:\n  builds:\n    - name: tool\n      pipeline:\n        - uses: abuild/build@v1\n"

// workspaceClient serves a small catalog on disk.
func workspaceClient(t *testing.T, profile lsptest.Profile) (c *lsptest.Client, at func(string) uri.URI) {
	t.Helper()
	root := t.TempDir()
	t.Setenv("DHI_LS_CACHE", t.TempDir())
	at = func(file string) uri.URI { return uri.File(filepath.Join(root, filepath.FromSlash(file))) }
	for file, content := range map[string]string{
		"image/sample/alpine-3.23/1.yaml":          sampleImage("runtime", "80/tcp"),
		"image/sample/alpine-3.23/1-dev.yaml":      sampleImage("dev", "80/tcp"),
		"package/apk/main/tool/alpine-3.23/1.yaml": toolPackage,
	} {
		writeFile(t, at(file), content)
	}
	services := lsp.DefaultServices()
	services.ShellCheck, services.Packages, services.Indexes, services.Images = nil, nil, nil, nil
	c = lsptest.Start(t, lsp.Options{Services: services}, lsptest.Config{Profile: profile, Set: map[string]any{
		"workspaceFolders": []any{map[string]any{"uri": string(uri.File(root)), "name": "w"}},
	}})
	return c, at
}

func writeFile(t *testing.T, u uri.URI, content string) {
	t.Helper()
	path := u.Path()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// says waits for published diagnostics of a document that hold the text, or
// do not.
func says(c *lsptest.Client, u uri.URI, text string, want bool) {
	c.WaitFor("diagnostics of "+string(u), func(m lsptest.Message) bool {
		params := string(m.Params)
		return m.Method == protocol.MethodTextDocumentPublishDiagnostics && strings.Contains(params, string(u)) && strings.Contains(params, text) == want
	})
}

// TestAcross: an edit of one open document shows in the other, a file that
// comes in both, and what is on disk counts again when a document is closed.
func TestAcross(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, runtime := at("image/sample/alpine-3.23/1-dev.yaml"), at("image/sample/alpine-3.23/1.yaml")
	c.Open(dev, "yaml", sampleImage("dev", "80/tcp"))
	says(c, dev, "pinned-behind", true)
	c.Open(runtime, "yaml", sampleImage("runtime", "80/tcp"))
	says(c, runtime, "pinned-behind", true)
	c.Replace(runtime, 2, sampleImage("runtime", "81/tcp"))
	says(c, dev, "variant-drift", true)
	c.Close(runtime)
	says(c, dev, "variant-drift", false)

	second := at("image/sample/alpine-3.23/2.yaml")
	writeFile(t, second, sampleImage("dev", "80/tcp"))
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: second, Type: protocol.FileChangeTypeCreated}}})
	says(c, dev, "tag-not-unique", true)
	if err := os.Remove(second.Path()); err != nil {
		t.Fatal(err)
	}
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{{URI: second, Type: protocol.FileChangeTypeDeleted}}})
	says(c, dev, "tag-not-unique", false)
}

// TestAcrossNavigation leads from a reference to the definition that makes
// the image, and back.
func TestAcrossNavigation(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, tool := at("image/sample/alpine-3.23/1-dev.yaml"), at("package/apk/main/tool/alpine-3.23/1.yaml")
	content := sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	c.Open(tool, "yaml", toolPackage)
	says(c, dev, "pinned-behind", true) // the workspace was read
	find := func(u uri.URI, in, word string) map[string]any {
		before := in[:strings.Index(in, word)]
		line := strings.Count(before, "\n")
		return map[string]any{"textDocument": map[string]any{"uri": string(u)}, "context": map[string]any{"includeDeclaration": false},
			"position": map[string]any{"line": line, "character": len(before) - strings.LastIndexByte(before, '\n') - 1}}
	}
	for word, want := range map[string]string{"dhi.io/pkg-tool": `"line":5`, "tool=1-r0": `"line":2`} {
		if got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentDefinition, find(dev, content, word))); !strings.Contains(got, string(tool)) || !strings.Contains(got, want) {
			t.Errorf("definition of %s: %s", word, got)
		}
		if got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentHover, find(dev, content, word))); !strings.Contains(got, "package/apk/main/tool/alpine-3.23/1.yaml") {
			t.Errorf("hover of %s: %s", word, got)
		}
	}
	if got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentReferences, find(tool, toolPackage, "dhi.io/pkg-tool"))); !strings.Contains(got, "1-dev.yaml") || !strings.Contains(got, "sample/alpine-3.23/1.yaml") {
		t.Errorf("references: %s", got)
	}
	if got := jsonOf(t, lsptest.Ask[any](c, protocol.MethodWorkspaceSymbol, map[string]any{"query": "sample"})); !strings.Contains(got, "sample/alpine-3.23/1.yaml") {
		t.Errorf("symbols: %s", got)
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestCallHierarchy follows a package to what uses it, and an image to what it
// is built of.
func TestCallHierarchy(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, tool := at("image/sample/alpine-3.23/1-dev.yaml"), at("package/apk/main/tool/alpine-3.23/1.yaml")
	content := sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	ready(c, dev)
	prepare := func(word string) []protocol.CallHierarchyItem {
		return lsptest.Ask[[]protocol.CallHierarchyItem](c, protocol.MethodTextDocumentPrepareCallHierarchy, where(dev, content, word))
	}
	for word, want := range map[string]string{"dhi.io/pkg-tool": "pkg-tool", "tool=1-r0": "tool"} {
		items := prepare(word)
		if len(items) != 1 || items[0].URI != tool || items[0].Name != want {
			t.Fatalf("%s: %+v", word, items)
		}
		incoming := lsptest.Ask[[]protocol.CallHierarchyIncomingCall](c, protocol.MethodCallHierarchyIncomingCalls, map[string]any{"item": items[0]})
		if len(incoming) != 2 || incoming[0].From.URI != dev || len(incoming[0].FromRanges) == 0 {
			t.Errorf("%s is used by %+v", word, incoming)
		}
	}
	own := prepare("variant:")
	if len(own) != 1 || own[0].URI != dev {
		t.Fatalf("the definition itself: %+v", own)
	}
	outgoing := lsptest.Ask[[]protocol.CallHierarchyOutgoingCall](c, protocol.MethodCallHierarchyOutgoingCalls, map[string]any{"item": own[0]})
	if len(outgoing) != 1 || outgoing[0].To.URI != tool || len(outgoing[0].FromRanges) != 2 {
		t.Errorf("it is built of %+v", outgoing)
	}
	foreign := strings.Replace(content, "tool=1-r0", "elsewhere", 1)
	c.Replace(dev, 2, foreign)
	items := lsptest.Ask[[]protocol.CallHierarchyItem](c, protocol.MethodTextDocumentPrepareCallHierarchy, where(dev, foreign, "elsewhere"))
	if len(items) != 1 || items[0].Name != "elsewhere" {
		t.Fatalf("a package that nobody builds: %+v", items)
	}
	incoming := lsptest.Ask[[]protocol.CallHierarchyIncomingCall](c, protocol.MethodCallHierarchyIncomingCalls, map[string]any{"item": items[0]})
	if len(incoming) != 1 || incoming[0].From.URI != dev {
		t.Errorf("it is used by %+v", incoming)
	}
}

const sampleChart = "# syntax=dhi.io/build:2-helm3\n\nname: Sample chart\nimage: dhi.io/sample-chart\nvariant: helm\ntags:\n  - 1.0.0\ncontents:\n  builds:\n    - name: sample\n      pipeline:\n        - uses: helm/rudder@v1\n          with:\n            chart:\n              images:\n                - name: main\n                  ref: dhi/sample:1-alpine3.23@sha256:0000000000000000000000000000000000000000000000000000000000000000\n              notes: ${source.dir}/config/NOTES.txt\n      paths:\n        - type: directory\n          path: ${source.dir}/config\n          source: chart/sample/config\n"

// TestChartNavigation leads from a chart to the image that it installs, to its
// local files, and between its values and its images.
func TestChartNavigation(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	const values = "image: ${main.ref}\n"
	for file, content := range map[string]string{"chart/sample/helm/1.yaml": sampleChart, "chart/sample/config/values.yaml": values, "chart/sample/config/NOTES.txt": "x\n"} {
		writeFile(t, at(file), content)
	}
	chart, valuesFile, dev := at("chart/sample/helm/1.yaml"), at("chart/sample/config/values.yaml"), at("image/sample/alpine-3.23/1-dev.yaml")
	c.Notify(protocol.MethodWorkspaceDidChangeWatchedFiles, &protocol.DidChangeWatchedFilesParams{Changes: []protocol.FileEvent{
		{URI: chart, Type: protocol.FileChangeTypeCreated}, {URI: valuesFile, Type: protocol.FileChangeTypeCreated},
	}})
	c.Open(dev, "yaml", sampleImage("dev", "80/tcp"))
	c.Open(chart, "yaml", sampleChart)
	c.Open(valuesFile, "yaml", values)
	ready(c, dev)
	for _, w := range []struct {
		u        uri.URI
		in, word string
		method   string
		want     string
	}{
		{chart, sampleChart, "dhi/sample", protocol.MethodTextDocumentDefinition, "image/sample/alpine-3.23/1.yaml"},
		{chart, sampleChart, "dhi/sample", protocol.MethodTextDocumentHover, "Tags: `1-alpine3.23`"},
		{chart, sampleChart, "${source.dir}/config/NOTES", protocol.MethodTextDocumentDefinition, "chart/sample/config/NOTES.txt"},
		{chart, sampleChart, "/config/NOTES", protocol.MethodTextDocumentHover, "chart/sample/config/NOTES.txt"},
		{chart, sampleChart, "${source.dir}/config/NOTES", protocol.MethodTextDocumentReferences, "chart/sample/helm/1.yaml"},
		{chart, sampleChart, "main", protocol.MethodTextDocumentReferences, "chart/sample/config/values.yaml"},
		{valuesFile, values, "main", protocol.MethodTextDocumentDefinition, "chart/sample/helm/1.yaml"},
	} {
		params := where(w.u, w.in, w.word)
		params["context"] = map[string]any{"includeDeclaration": false}
		if got := jsonOf(t, lsptest.Ask[any](c, w.method, params)); !strings.Contains(got, w.want) {
			t.Errorf("%s of %s: %s", w.method, w.word, got)
		}
	}
}
