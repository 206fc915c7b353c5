package lsp_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// ready waits until the server has read the workspace.
func ready(c *lsptest.Client, u uri.URI) { says(c, u, "pinned-behind", true) }

func renameAt(c *lsptest.Client, u uri.URI, in, word, to string) (string, error) {
	params := where(u, in, word)
	params["newName"] = to
	var answer any
	err := c.Request(protocol.MethodTextDocumentRename, params, &answer)
	raw, _ := protocol.Marshal(answer)
	return string(raw), err
}

// An image is renamed from a reference in its definition and in all files that
// refer to it, with labels that tell the two apart.
func TestRenameImage(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev := at("image/sample/alpine-3.23/1-dev.yaml")
	content := sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	ready(c, dev)
	prepared := jsonOf(t, lsptest.Ask[any](c, protocol.MethodTextDocumentPrepareRename, where(dev, content, "pkg-tool")))
	if !strings.Contains(prepared, `"pkg-tool"`) {
		t.Errorf("prepared: %s", prepared)
	}
	c.WaitFor("what will change", func(m lsptest.Message) bool {
		return m.Method == protocol.MethodWindowShowMessage && strings.Contains(string(m.Params), "1 definition and 2 references in 2 files")
	})
	got, err := renameAt(c, dev, content, "pkg-tool", "pkg-spade")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"image/sample/alpine-3.23/1.yaml", "image/sample/alpine-3.23/1-dev.yaml", "package/apk/main/tool/alpine-3.23/1.yaml"} {
		if !strings.Contains(got, string(at(file))) {
			t.Errorf("%s is not changed: %s", file, got)
		}
	}
	if n := strings.Count(got, "pkg-spade"); n != 3 {
		t.Errorf("%d edits: %s", n, got)
	}
	for name, want := range map[string]string{"sample": "there is an image sample already", "dhi.io/x": "no registry", "Tool": "cannot name an image"} {
		if _, err := renameAt(c, dev, content, "pkg-tool", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("renamed to %q: %v", name, err)
		}
	}
}

// Clients that show labels get the references as what is to be confirmed.
func TestRenameImageAnnotated(t *testing.T) {
	c, at := workspaceClient(t, lsptest.VSCode)
	dev := at("image/sample/alpine-3.23/1-dev.yaml")
	content := sampleImage("dev", "80/tcp")
	c.Open(dev, "yaml", content)
	var edit struct {
		ChangeAnnotations map[string]struct {
			Label             string `json:"label"`
			NeedsConfirmation bool   `json:"needsConfirmation"`
		} `json:"changeAnnotations"`
	}
	params := where(dev, content, "pkg-tool")
	params["newName"] = "pkg-spade"
	for len(edit.ChangeAnnotations) == 0 { // the workspace is being read
		c.Call(protocol.MethodTextDocumentRename, params, &edit)
	}
	if !edit.ChangeAnnotations["references"].NeedsConfirmation || edit.ChangeAnnotations["definitions"].NeedsConfirmation {
		t.Errorf("%+v", edit)
	}
}

// What variants of an image have by the same name is renamed in all of them.
func TestRenameAcrossVariants(t *testing.T) {
	c, at := workspaceClient(t, lsptest.Kate)
	dev, runtime := at("image/sample/alpine-3.23/1-dev.yaml"), at("image/sample/alpine-3.23/1.yaml")
	more := "vars:\n  TASTE: sweet\nenvironment:\n  T: ${TASTE}\naccounts:\n  run-as: cook\n  users:\n    - name: cook\n      uid: 1000\n      gid: 1000\n"
	content := sampleImage("dev", "80/tcp") + more
	c.Open(dev, "yaml", content)
	c.Open(runtime, "yaml", sampleImage("runtime", "80/tcp")+more)
	ready(c, dev)
	for word, to := range maps.All(map[string]string{"TASTE:": "FLAVOUR", "cook\n      uid": "chef", "1000\n      gid": "1001"}) {
		got, err := renameAt(c, dev, content, word, to)
		if err != nil || !strings.Contains(got, string(dev)) || !strings.Contains(got, string(runtime)) {
			t.Errorf("%s: %s, %v", to, got, err)
		}
		if n := strings.Count(got, to); n < 2 || n%2 != 0 {
			t.Errorf("%s: %d edits: %s", to, n, got)
		}
	}
	c.Replace(runtime, 2, sampleImage("runtime", "80/tcp")+"vars:\n  FLAVOUR: sour\n  TASTE: sweet\n")
	if _, err := renameAt(c, dev, content, "TASTE:", "FLAVOUR"); err == nil || !strings.Contains(err.Error(), "1.yaml: there is a variable FLAVOUR already") {
		t.Errorf("a name that the other variant has: %v", err)
	}
}
