package lsp_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// where is the position of a word, as the params of a request.
func where(u uri.URI, in, word string) map[string]any {
	before := in[:strings.Index(in, word)]
	return map[string]any{
		"textDocument": map[string]any{"uri": string(u)},
		"position": map[string]any{
			"line": strings.Count(before, "\n"), "character": len(before) - strings.LastIndexByte(before, '\n') - 1,
		},
	}
}

// actionsAt are the code actions at a word, asked for by a person.
func actionsAt(c *lsptest.Client, u uri.URI, in, word string) []protocol.CodeAction {
	at := where(u, in, word)
	return lsptest.Ask[[]protocol.CodeAction](c, protocol.MethodTextDocumentCodeAction, map[string]any{
		"textDocument": at["textDocument"], "range": map[string]any{"start": at["position"], "end": at["position"]},
		"context": map[string]any{"diagnostics": []any{}},
	})
}

func actionTitled(t *testing.T, list []protocol.CodeAction, title string) protocol.CodeAction {
	t.Helper()
	var titles []string
	for _, a := range list {
		if a.Title == title {
			return a
		}
		titles = append(titles, a.Title)
	}
	t.Fatalf("no action %q among %q", title, titles)
	return protocol.CodeAction{}
}

// A pin is taken to what the workspace's own definition builds, here and in
// the sibling that has the same version.
func TestUpgradeAction(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, runtime := at("image/sample/alpine-3.23/1-dev.yaml"), at("image/sample/alpine-3.23/1.yaml")
	content := sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	says(c, dev, "pinned-behind", true)
	list := actionsAt(c, dev, content, "tool=1-r0")
	here := jsonOf(t, actionTitled(t, list, "Upgrade tool to 1-r1 (unsafe)").Edit)
	if !strings.Contains(here, string(dev)) || strings.Contains(here, string(runtime)) {
		t.Errorf("here: %s", here)
	}
	both := jsonOf(t, actionTitled(t, list, "Upgrade tool to 1-r1 here and in 1.yaml (unsafe)").Edit)
	if !strings.Contains(both, string(dev)) || !strings.Contains(both, string(runtime)) {
		t.Errorf("here and in siblings: %s", both)
	}
}

const versioned = `# syntax=dhi.io/build:2-alpine3.23

image: dhi.io/pkg-thing
variant: runtime
tags:
  - 1.2.3-alpine3.23
vars:
  COMMIT_SHA: 1111111111111111111111111111111111111111
  VERSION: 1.2.3
contents:
  builds:
    - name: thing
      contents:
        files:
          - url: git+https://example.org/thing.git#1111111111111111111111111111111111111111
            path: /src
            checksum: 1111111111111111111111111111111111111111
`

// The product's commit is not known for the new version: it stays, and is
// reported until it changes or the upgrade is undone.
func TestUpgradeCommand(t *testing.T) {
	c := lsptest.Start(t, services(), lsptest.Config{Set: map[string]any{"capabilities": map[string]any{
		"workspace": map[string]any{"applyEdit": true}, "textDocument": map[string]any{"publishDiagnostics": map[string]any{}},
	}}})
	u := uri.URI("file:///w/thing.yaml")
	c.Open(u, "yaml", versioned)
	c.Answer(protocol.MethodWorkspaceApplyEdit, func(jsontext.Value) (any, error) { return map[string]any{"applied": true}, nil })
	var answer struct {
		From  string `json:"from"`
		To    string `json:"to"`
		Files []struct {
			Refresh []struct {
				Range protocol.Range `json:"range"`
				What  string         `json:"what"`
			} `json:"refresh"`
		} `json:"files"`
	}
	if err := execute(c, "dhi-ls.upgrade", map[string]any{"uri": u, "version": "1.2.4"}, &answer); err != nil {
		t.Fatal(err)
	}
	if answer.From != "1.2.3" || answer.To != "1.2.4" || len(answer.Files) != 1 || len(answer.Files[0].Refresh) != 3 {
		t.Fatalf("%+v", answer)
	}
	for _, r := range answer.Files[0].Refresh {
		if r.What != "commit" || r.Range.End.Character-r.Range.Start.Character != 40 {
			t.Errorf("to be refreshed: %+v", r)
		}
	}
	edit := string(c.WaitMethod(protocol.MethodWorkspaceApplyEdit).Params)
	if !strings.Contains(edit, "1.2.4") || strings.Contains(edit, "1111111") {
		t.Errorf("edit: %s", edit)
	}
	after := strings.ReplaceAll(versioned, "1.2.3", "1.2.4")
	c.Replace(u, 2, after)
	says(c, u, "to-be-refreshed", true)
	c.Replace(u, 3, strings.ReplaceAll(after, "1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"))
	says(c, u, "to-be-refreshed", false)
	c.Replace(u, 4, after)
	says(c, u, "to-be-refreshed", true)
	c.Replace(u, 5, versioned)
	says(c, u, "to-be-refreshed", false)

	for _, args := range []map[string]any{
		{"uri": u}, {"uri": u, "target": "nothing", "version": "1"}, {"uri": u, "version": "1.2.2"}, {"uri": u, "version": "1.2.3"}, {"uri": "file:///none.yaml"},
	} {
		if err := execute(c, "dhi-ls.upgrade", args, nil); err == nil {
			t.Errorf("%v is no error", args)
		}
	}
}
