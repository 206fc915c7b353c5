package lsp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/oci/ocitest"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

// registryWorld is a registry in the place of dhi.io, an empty cache, and the
// user's configuration that leads there.
func registryWorld(t *testing.T) (*ocitest.Registry, *indexed.Source) {
	t.Helper()
	r := ocitest.New()
	t.Cleanup(r.Close)
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("DOCKER_CONFIG", dir)
	file := filepath.Join(dir, "user.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, "mirrors:\n  https://dhi.io/v2: %s/v2\n", r.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DHI_LS_USER_CONFIG", file)
	cache, err := index.Open(filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	return r, indexed.New(cache, indexed.Options{})
}

const referring = `# syntax=dhi.io/build:2-helm

name: Sample
image: dhi.io/sample-chart
variant: helm
contents:
  artifacts:
    - name: dhi.io/golang:1.26
    - name: registry.example.com/tool:1
`

var imageDay = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)

func trusted(fetch string) lsptest.Config {
	return lsptest.Config{Profile: lsptest.VSCode, Options: map[string]any{"trusted": true}, Settings: map[string]any{"index": map[string]any{"fetch": fetch}}}
}

func TestImageUpdateCommand(t *testing.T) {
	r, source := registryWorld(t)
	first := r.Push("golang", "1.26", imageDay, "linux/amd64")
	second := r.Push("golang", "1.26", imageDay.AddDate(0, 0, 1), "linux/amd64")
	c := lsptest.Start(t, withIndexes(source), trusted("never"))
	c.Answer(protocol.MethodWindowShowMessageRequest, func(params jsontext.Value) (any, error) {
		if !strings.Contains(string(params), "registry.example.com") || strings.Contains(string(params), "dhi.io") {
			t.Errorf("asked: %s", params)
		}
		return map[string]any{"title": "Not now"}, nil
	})
	c.Open(doc, "yaml", referring)
	var out struct {
		Asked   int    `json:"asked"`
		Failed  int    `json:"failed"`
		Message string `json:"message"`
		Digest  string `json:"digest"`
		Moved   bool   `json:"moved"`
	}
	about := map[string]any{"uri": doc, "reference": "dhi.io/golang:1.26@" + first}
	if err := execute(c, "dhi-ls.image.update", about, &out); err != nil {
		t.Fatal(err)
	}
	if out.Asked != 1 || out.Failed != 0 || out.Digest != second || !out.Moved {
		t.Errorf("%+v", out)
	}
	if got := source.Images().Repository("dhi.io/golang"); len(got.Images) != 2 {
		t.Errorf("%+v", got)
	}
	hover := lsptest.Ask[jsontext.Value](c, protocol.MethodTextDocumentHover, map[string]any{
		"textDocument": map[string]any{"uri": doc}, "position": map[string]any{"line": 7, "character": 20},
	})
	if !strings.Contains(string(hover), second) {
		t.Errorf("%s", hover)
	}
	if err := execute(c, "dhi-ls.image.update", map[string]any{"uri": doc}, &out); err != nil || out.Asked != 2 || out.Failed != 1 {
		t.Errorf("%+v %v", out, err)
	}
	if err := execute(c, "dhi-ls.image.update", map[string]any{"reference": "${X}"}, nil); err == nil || !strings.Contains(err.Error(), "names no image") {
		t.Errorf("%v", err)
	}
}

func TestImageUpdateNeedsTrust(t *testing.T) {
	r, source := registryWorld(t)
	c := lsptest.Start(t, withIndexes(source), lsptest.Config{Profile: lsptest.VSCode, Settings: map[string]any{"index": map[string]any{"fetch": "auto"}}})
	c.Open(doc, "yaml", referring)
	if err := execute(c, "dhi-ls.image.update", map[string]any{"uri": doc}, nil); err == nil || !strings.Contains(err.Error(), "not trusted") {
		t.Errorf("%v", err)
	}
	if r.Count("GET /v2/") != 0 {
		t.Error("the registry was asked")
	}
}

// Registries are asked when a definition is opened, as far as the settings
// allow it: the known one without a question.
func TestImagesAreFetchedOnOpening(t *testing.T) {
	r, source := registryWorld(t)
	digest := r.Push("golang", "1.26", imageDay, "linux/amd64")
	c := lsptest.Start(t, withIndexes(source), trusted("auto"))
	c.Open(doc, "yaml", referring)
	c.WaitFor("the end of the update", func(m lsptest.Message) bool {
		return m.Method == protocol.MethodProgress && strings.Contains(string(m.Params), "1 of 1 repositories of images answered")
	})
	if got := source.Images().Repository("dhi.io/golang"); got.State != images.Known || got.Digest("1.26") != digest {
		t.Errorf("%+v", got)
	}
	if got := source.Images().Repository("registry.example.com/tool"); got.State != images.Absent {
		t.Errorf("%+v", got)
	}
}

// The workspace tells of tags that its definitions make, and of digests that
// its other files pin them to.
func TestImagesOfTheWorkspace(t *testing.T) {
	c, at := workspaceClient(t, lsptest.VSCode)
	digest := "sha256:" + strings.Repeat("12", 32)
	runtime := at("image/sample/alpine-3.23/1.yaml")
	content := strings.Replace(sampleImage("runtime", "80/tcp"), "pkg-tool:1-alpine3.23", "pkg-tool:1-alpine3.23@"+digest, 1)
	c.Open(runtime, "yaml", content)
	dev := at("image/sample/alpine-3.23/1-dev.yaml")
	content = sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	line := strings.Count(content[:strings.Index(content, "dhi.io/pkg-tool")], "\n")
	params := func(character int) map[string]any {
		position := map[string]any{"line": line, "character": character}
		return map[string]any{
			"textDocument": map[string]any{"uri": string(dev)}, "position": position,
			"range": map[string]any{"start": position, "end": position}, "context": map[string]any{"diagnostics": []any{}},
		}
	}
	ask := func(method string, character int) string {
		return jsonOf(t, lsptest.Ask[any](c, method, params(character)))
	}
	until(t, "the workspace is read", func() bool {
		return strings.Contains(ask(protocol.MethodTextDocumentHover, 20), "pinned to `sha256:121212121212…` in 1 other file of the workspace")
	})
	behind := len("    - name: dhi.io/pkg-tool:")
	if got := ask(protocol.MethodTextDocumentCompletion, behind); !strings.Contains(got, "package/apk/main/tool/alpine-3.23/1.yaml") {
		t.Errorf("tags: %s", got)
	}
	if got := ask(protocol.MethodTextDocumentCompletion, behind-3); !strings.Contains(got, `"dhi.io/pkg-tool"`) {
		t.Errorf("names: %s", got)
	}
	if got := ask(protocol.MethodTextDocumentCodeAction, behind); !strings.Contains(got, "Pin to sha256:121212121212…, as 1 other file does (unsafe)") || !strings.Contains(got, "1-alpine3.23@"+digest) && !strings.Contains(got, "@"+digest) {
		t.Errorf("actions: %s", got)
	}
	c.Replace(dev, 2, strings.Replace(content, "pkg-tool:1-alpine3.23", "pkg-tool:1-alpine3.23@", 1))
	if got := ask(protocol.MethodTextDocumentCompletion, behind+len("1-alpine3.23@")); !strings.Contains(got, digest) || !strings.Contains(got, "1 file of the workspace") {
		t.Errorf("digests: %s", got)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(lsptest.Patience); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain: " + what)
		}
	}
}
