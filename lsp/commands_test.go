package lsp_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// faulty has one error, and two findings that are mended safely.
const faulty = `# syntax=dhi.io/build:2-alpine3.23

name: Sample
image: example.org/sample
variant: runtime
tags:
  - 1.10
platforms:
  - linux/amd64
contents:
  packages:
    - busybox
    - busybox
accounts:
  run-as: nobody-knows
`

func services() lsp.Options {
	s := lsp.DefaultServices()
	s.ShellCheck = nil
	s.Packages, s.Indexes, s.Images = nil, nil, nil
	return lsp.Options{Services: s}
}

func execute(c *lsptest.Client, id string, argument, result any) error {
	params := map[string]any{"command": id}
	if argument != nil {
		params["arguments"] = []any{argument}
	}
	return c.Request(protocol.MethodWorkspaceExecuteCommand, params, result)
}

type summary struct {
	Files       int    `json:"files"`
	Definitions int    `json:"definitions"`
	Errors      int    `json:"errors"`
	Message     string `json:"message"`
}

func TestCheckCommand(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "disk.yaml", strings.ReplaceAll(faulty, "    - busybox\n    - busybox\n", "    - busybox\n"))
	write(t, dir, "other.yaml", "a: b\n")
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.VSCode, Set: map[string]any{
		"workspaceFolders": []any{map[string]any{"uri": string(uri.File(dir)), "name": "w"}},
	}})
	c.Open(doc, "yaml", faulty)
	var one, all summary
	if err := execute(c, "dhi-ls.check", map[string]any{"uri": doc}, &one); err != nil {
		t.Fatal(err)
	}
	if one.Files != 1 || one.Definitions != 1 || one.Errors == 0 || !strings.Contains(one.Message, "error") {
		t.Errorf("the document: %+v", one)
	}
	if err := execute(c, "dhi-ls.check", nil, &all); err != nil {
		t.Fatal(err)
	}
	if all.Definitions != 2 || all.Errors <= one.Errors {
		t.Errorf("the workspace: %+v", all)
	}
	c.WaitFor("the end of the progress", func(m lsptest.Message) bool {
		return m.Method == protocol.MethodProgress && strings.Contains(string(m.Params), `"end"`)
	})
	if err := execute(c, "dhi-ls.check", map[string]any{"uri": "file:///none.yaml"}, nil); err == nil {
		t.Error("a document that is not open was checked")
	}
}

func TestFixAllCommand(t *testing.T) {
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.VSCode})
	c.Open(doc, "yaml", faulty)
	c.Answer(protocol.MethodWorkspaceApplyEdit, func(jsontext.Value) (any, error) { return map[string]any{"applied": true}, nil })
	var answer struct {
		Fixed int `json:"fixed"`
	}
	if err := execute(c, "dhi-ls.fixAll", map[string]any{"uri": doc}, &answer); err != nil || answer.Fixed == 0 {
		t.Fatalf("%+v, %v", answer, err)
	}
	if edit := c.WaitMethod(protocol.MethodWorkspaceApplyEdit); !strings.Contains(string(edit.Params), `\"1.10\"`) {
		t.Errorf("the edit is %s", edit.Params)
	}
	c.Answer(protocol.MethodWorkspaceApplyEdit, func(jsontext.Value) (any, error) { return map[string]any{"applied": false}, nil })
	if err := execute(c, "dhi-ls.fixAll", map[string]any{"uri": doc}, nil); err == nil {
		t.Error("an edit that was not applied is no success")
	}
	kate := lsptest.Start(t, services(), lsptest.Config{})
	kate.Open(doc, "yaml", faulty)
	if err := execute(kate, "dhi-ls.fixAll", map[string]any{"uri": doc}, nil); err == nil || !strings.Contains(err.Error(), "does not support") {
		t.Errorf("a client that takes no edits: %v", err)
	}
}

func TestExplainAndShowProblems(t *testing.T) {
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.VSCode})
	c.Open(doc, "yaml", faulty)
	c.Answer(protocol.MethodWindowShowDocument, func(jsontext.Value) (any, error) { return map[string]any{"success": true}, nil })
	var page struct {
		URL  string `json:"url"`
		Page string `json:"page"`
	}
	if err := execute(c, "dhi-ls.explain", map[string]any{"rule": "run-as-undefined"}, &page); err != nil || !strings.Contains(page.Page, "run-as-undefined") {
		t.Errorf("%+v, %v", page, err)
	}
	shown := c.WaitMethod(protocol.MethodWindowShowDocument)
	if !strings.Contains(string(shown.Params), page.URL) || !strings.Contains(string(shown.Params), `"external":true`) {
		t.Errorf("shown: %s", shown.Params)
	}
	err := execute(c, "dhi-ls.explain", map[string]any{"rule": "run-as-undefind"}, nil)
	if !errors.Is(err, jsonrpc2.ErrInvalidParams) || !strings.Contains(err.Error(), "did you mean run-as-undefined") {
		t.Errorf("an unknown rule: %v", err)
	}
	var problems summary
	if err := execute(c, "dhi-ls.showProblems", map[string]any{"uri": doc}, &problems); err != nil || problems.Errors == 0 {
		t.Errorf("%+v, %v", problems, err)
	}
	c.WaitFor("the gravest finding", func(m lsptest.Message) bool {
		return m.Method == protocol.MethodWindowShowDocument && strings.Contains(string(m.Params), string(doc)) && strings.Contains(string(m.Params), "selection")
	})
	poor := lsptest.Start(t, services(), lsptest.Config{})
	poor.Open(doc, "yaml", faulty)
	for _, id := range []string{"dhi-ls.showProblems", "dhi-ls.explain"} {
		if err := execute(poor, id, map[string]any{"uri": doc, "rule": "run-as-undefined"}, nil); err != nil {
			t.Error(err)
		}
	}
	poor.WaitFor("a message", func(m lsptest.Message) bool {
		return m.Method == protocol.MethodWindowShowMessage && strings.Contains(string(m.Params), "Line ")
	})
}

func TestMakeVariantCommand(t *testing.T) {
	c := lsptest.Start(t, services(), lsptest.Config{Set: map[string]any{"capabilities": map[string]any{
		"workspace": map[string]any{"applyEdit": true}, "window": map[string]any{"showDocument": map[string]any{"support": true}},
	}}})
	c.Open(doc, "yaml", faulty)
	c.Answer(protocol.MethodWindowShowDocument, func(jsontext.Value) (any, error) { return map[string]any{"success": true}, nil })
	c.Answer(protocol.MethodWorkspaceApplyEdit, func(jsontext.Value) (any, error) { return map[string]any{"applied": true}, nil })
	var answer struct {
		Text string `json:"text"`
	}
	if err := execute(c, "dhi-ls.makeVariant", map[string]any{"uri": doc, "variant": "dev"}, &answer); err != nil || !strings.Contains(answer.Text, "variant: dev") {
		t.Fatalf("%+v, %v", answer, err)
	}
	if shown := c.WaitMethod(protocol.MethodWindowShowDocument); !strings.Contains(string(shown.Params), "untitled:image-dev.yaml") {
		t.Errorf("shown: %s", shown.Params)
	}
	if edit := c.WaitMethod(protocol.MethodWorkspaceApplyEdit); !strings.Contains(string(edit.Params), "variant: dev") {
		t.Errorf("edit: %s", edit.Params)
	}
}

// A client that makes files is given the edit of the action, as a new file.
func TestDevVariantAction(t *testing.T) {
	dir := t.TempDir()
	u := uri.File(filepath.Join(dir, "1.yaml"))
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.VSCode})
	c.Open(u, "yaml", faulty)
	ask := func() []protocol.CodeAction {
		return lsptest.Ask[[]protocol.CodeAction](c, protocol.MethodTextDocumentCodeAction, map[string]any{
			"textDocument": lsptest.Doc(u), "range": lsptest.Range(2, 0, 2, 0), "context": map[string]any{"diagnostics": []any{}, "only": []string{"refactor.rewrite"}},
		})
	}
	find := func(list []protocol.CodeAction) *protocol.CodeAction {
		for i := range list {
			if strings.Contains(list[i].Title, "dev variant") {
				return &list[i]
			}
		}
		return nil
	}
	action := find(ask())
	if action == nil || action.Edit != nil {
		t.Fatalf("got %+v", action)
	}
	var raw jsontext.Value
	c.Call(protocol.MethodCodeActionResolve, action, &raw)
	for _, want := range []string{`"kind":"create"`, "1-dev.yaml", "variant: dev"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %s in %s", want, raw)
		}
	}
	c.Change(u, 2, lsptest.Range(1, 0, 1, 0), "\n")
	if err := c.Request(protocol.MethodCodeActionResolve, action, nil); err == nil {
		t.Error("an action of another version was resolved")
	}
	write(t, dir, "1-dev.yaml", "x")
	if find(ask()) != nil {
		t.Error("the file is there already")
	}
}

func TestConfigurationFaults(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, ".dhi-ls.yaml")
	write(t, dir, ".dhi-ls.yaml", "rulez: {}\n")
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.Emacs, Set: map[string]any{"capabilities": map[string]any{"experimental": map[string]any{"dhi-ls/status": true}}}})
	told := func(m lsptest.Message) bool {
		return m.Method == protocol.MethodWindowShowMessage && strings.Contains(string(m.Params), "rulez")
	}
	c.Open(uri.File(filepath.Join(dir, "a.yaml")), "yaml", faulty)
	c.Open(uri.File(filepath.Join(dir, "b.yaml")), "yaml", faulty)
	c.WaitFor("the fault", told)
	c.WaitFor("the status", func(m lsptest.Message) bool {
		return m.Method == "dhi-ls/status" && strings.Contains(string(m.Params), `"health":"warning"`)
	})
	c.Open(uri.File(config), "yaml", "rulez: {}\n")
	if got := c.WaitDiagnostics(uri.File(config), 1); len(got.Diagnostics) != 1 || !strings.Contains(string(got.Diagnostics[0].Message.(protocol.String)), "rulez") {
		t.Errorf("diagnostics of the file: %+v", got)
	}
	c.Replace(uri.File(config), 2, "rules: {}\n")
	if got := c.WaitDiagnostics(uri.File(config), 2); len(got.Diagnostics) != 0 {
		t.Errorf("diagnostics of the mended file: %+v", got)
	}
	write(t, dir, ".dhi-ls.yaml", "rules: {}\n")
	c.Notify(protocol.MethodTextDocumentDidSave, map[string]any{"textDocument": lsptest.Doc(uri.File(config))})
	var last string
	c.WaitFor("the status after", func(m lsptest.Message) bool {
		if m.Method == "dhi-ls/status" {
			last += string(m.Params)
		}
		return strings.LastIndex(last, "ok") > strings.LastIndex(last, "warning") && strings.Contains(last, "warning")
	})
	n := 0
	for _, m := range c.Messages() {
		if told(m) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the fault was told %d times", n)
	}
}

func TestReloadCommand(t *testing.T) {
	dir := t.TempDir()
	u := uri.File(filepath.Join(dir, "a.yaml"))
	c := lsptest.Start(t, services(), lsptest.Config{Profile: lsptest.Emacs})
	c.Open(u, "yaml", faulty)
	before := len(c.WaitDiagnostics(u, 1).Diagnostics)
	write(t, dir, ".dhi-ls.yaml", "rules:\n  run-as-undefined: off\n")
	if err := execute(c, "dhi-ls.reload", nil, nil); err != nil {
		t.Fatal(err)
	}
	c.WaitFor("fewer diagnostics", func(m lsptest.Message) bool {
		var p protocol.PublishDiagnosticsParams
		return m.Method == protocol.MethodTextDocumentPublishDiagnostics && protocol.Unmarshal(m.Params, &p) == nil && len(p.Diagnostics) == before-1
	})
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
