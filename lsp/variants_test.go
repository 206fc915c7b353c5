package lsp_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"
)

// The lens counts the variants and what differs, from either side, and leads
// to the differences side by side.
func TestVariantLens(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, runtime := at("image/sample/alpine-3.23/1-dev.yaml"), at("image/sample/alpine-3.23/1.yaml")
	c.Open(dev, "yaml", sampleImage("dev", "80/tcp"))
	says(c, dev, "pinned-behind", true) // the workspace was read
	lens := func() string {
		for _, l := range lsptest.Ask[[]protocol.CodeLens](c, protocol.MethodTextDocumentCodeLens, map[string]any{"textDocument": lsptest.Doc(dev)}) {
			if l.Command.Command == "dhi-ls.compareVariants" {
				return l.Command.Title
			}
		}
		return ""
	}
	if got := lens(); got != "2 variants" {
		t.Errorf("all alike: %q", got)
	}
	c.Replace(dev, 2, sampleImage("dev", "81/tcp"))
	if got := lens(); got != "2 variants, 1 differs" {
		t.Errorf("another port: %q", got)
	}
	var answer struct {
		Variants []struct {
			URI, Name string
			Drift     []string
		} `json:"variants"`
		Text string `json:"text"`
		URI  string `json:"uri"`
	}
	if err := execute(c, "dhi-ls.compareVariants", map[string]any{"uri": dev}, &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Variants) != 1 || !strings.Contains(answer.Text, "* ") || !strings.Contains(answer.Text, "80/tcp") || !strings.Contains(answer.Text, "81/tcp") {
		t.Errorf("%+v", answer)
	}
	content := lsptest.Ask[protocol.TextDocumentContentResult](c, protocol.MethodWorkspaceTextDocumentContent, map[string]any{"uri": answer.URI})
	if content.Text != answer.Text {
		t.Errorf("the virtual document: %q", content.Text)
	}
	c.Open(runtime, "yaml", sampleImage("runtime", "80/tcp"))
	if err := execute(c, "dhi-ls.compareVariants", map[string]any{"uri": at("package/apk/main/tool/alpine-3.23/1.yaml")}, nil); err == nil {
		t.Error("a document that is not open is compared")
	}
}

// Making a variant makes the file, with what to check of it.
func TestMakeVariantOfWorkspace(t *testing.T) {
	c, at := workspaceClient(t, lsptest.VSCode)
	runtime := at("image/sample/alpine-3.23/1.yaml")
	content := sampleImage("runtime", "80/tcp")
	c.Open(runtime, "yaml", content)
	c.Answer(protocol.MethodWorkspaceApplyEdit, func(jsontext.Value) (any, error) { return map[string]any{"applied": true}, nil })
	var titles []string
	for _, a := range actionsAt(c, runtime, content, "name:") {
		titles = append(titles, a.Title)
	}
	all := strings.Join(titles, "\n")
	for _, want := range []string{"Make the compat variant of this image", "Make this image for alpine-3.24", "Make this image for debian-13"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if strings.Contains(all, "dev variant") || strings.Contains(all, "for alpine-3.23") {
		t.Errorf("a variant is offered that there is:\n%s", all)
	}
	var made struct {
		Text  string   `json:"text"`
		URI   string   `json:"uri"`
		Notes []string `json:"notes"`
	}
	if err := execute(c, "dhi-ls.makeVariant", map[string]any{"uri": runtime, "dist": "alpine-3.24"}, &made); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(made.URI, "/image/sample/alpine-3.24/1.yaml") || !strings.Contains(made.Text, "2-alpine3.24") || len(made.Notes) == 0 {
		t.Errorf("%+v", made)
	}
	if edit := string(c.WaitMethod(protocol.MethodWorkspaceApplyEdit).Params); !strings.Contains(edit, `"kind":"create"`) {
		t.Errorf("edit: %s", edit)
	}
	if err := execute(c, "dhi-ls.makeVariant", map[string]any{"uri": runtime, "variant": "dev"}, nil); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a variant that is there: %v", err)
	}
}
