package feature_test

import (
	"context"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
)

const completionURI = "file:///w/project/x.yaml"

// complete asks at the ^ of a text as a client of the profile.
func complete(t testing.TB, profile lsptest.Profile, enc text.Encoding, src string) (*session.Snapshot, *session.Document, *protocol.CompletionList) {
	t.Helper()
	offset := strings.IndexByte(src, '^')
	src = src[:offset] + src[offset+1:]
	s, doc := lsptest.Snapshot(t, profile, enc, completionURI, src)
	p := &protocol.CompletionParams{TextDocumentPositionParams: protocol.TextDocumentPositionParams{
		TextDocument: protocol.TextDocumentIdentifier{URI: completionURI}, Position: doc.Position(offset),
	}}
	result, err := feature.Completion(context.Background(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := result.(*protocol.CompletionList)
	return s, doc, list
}

func find(t testing.TB, list *protocol.CompletionList, label string) *protocol.CompletionItem {
	t.Helper()
	if list != nil {
		for i := range list.Items {
			if list.Items[i].Label == label {
				return &list.Items[i]
			}
		}
	}
	t.Fatalf("%q is not offered", label)
	return nil
}

// textOf is what accepting an item inserts, and over which range.
func textOf(t testing.TB, list *protocol.CompletionList, it *protocol.CompletionItem) (string, protocol.Range) {
	t.Helper()
	switch edit := it.TextEdit.(type) {
	case *protocol.TextEdit:
		return edit.NewText, edit.Range
	case *protocol.InsertReplaceEdit:
		return edit.NewText, edit.Replace
	}
	content, ok := it.TextEditText.Get()
	if !ok {
		content = it.Label
	}
	switch r := list.ItemDefaults.EditRange.(type) {
	case *protocol.Range:
		return content, *r
	case *protocol.EditRangeWithInsertReplace:
		return content, r.Replace
	}
	t.Fatalf("%q has no range", it.Label)
	return "", protocol.Range{}
}

const nested = "# syntax=dhi.io/build:2-debian13\n\n# äöü 𝒳\ncontents:\n  builds:\n    - name: ä\n      outp^\n"

// Every client gets a text that it indents to the same result: lines are
// indented as they are, or relative to the line of the cursor.
func TestCompletionIndentation(t *testing.T) {
	// As the client writes it: VS Code is told to leave it, Neovim, Helix and
	// Kate indent snippets like the line, Emacs takes no snippets.
	for profile, want := range map[lsptest.Profile]string{
		lsptest.VSCode:  "outputs:\n        - source: $1\n          target: $2\n          uid: ${3:0}\n          gid: ${4:0}",
		lsptest.Neovim:  "outputs:\n  - source: $1\n    target: $2\n    uid: ${3:0}\n    gid: ${4:0}",
		lsptest.Helix:   "outputs:\n  - source: $1\n    target: $2\n    uid: ${3:0}\n    gid: ${4:0}",
		lsptest.Kate:    "outputs:\n  - source: $1\n    target: $2\n    uid: ${3:0}\n    gid: ${4:0}",
		lsptest.Emacs:   "outputs:\n        - ",
		lsptest.Minimal: "outputs:\n        - ",
	} {
		_, _, list := complete(t, profile, text.UTF16, nested)
		it := find(t, list, "outputs")
		got, _ := textOf(t, list, it)
		if got != want {
			t.Errorf("%s: got %q, want %q", profile, got, want)
		}
		if snippet := it.InsertTextFormat == protocol.InsertTextFormatSnippet; snippet != strings.Contains(want, "$") {
			t.Errorf("%s: snippet is %v", profile, snippet)
		}
		if asIs := it.InsertTextMode == protocol.InsertTextModeAsIs; asIs != (profile == lsptest.VSCode) {
			t.Errorf("%s: mode %d", profile, it.InsertTextMode)
		}
	}
}

// What the client does not declare it does not get.
func TestCompletionObeysTheClient(t *testing.T) {
	src := "# syntax=dhi.io/build:2-debian13\n\naccounts:\n  run-as: n^xx\n  users:\n    - name: nonroot\n      uid: 65532\n      gid: 65532\n    - name: node\n      uid: 1000\n      gid: 1000\n"
	for _, profile := range lsptest.Profiles {
		s, doc, list := complete(t, profile, text.UTF8, src)
		client := &s.Capabilities
		if (list.ItemDefaults != nil) != client.ItemDefault("editRange") {
			t.Errorf("%s: item defaults %+v", profile, list.ItemDefaults)
		}
		it := find(t, list, "nonroot")
		content, r := textOf(t, list, it)
		if content != "nonroot" || doc.Text.Slice(doc.Bytes(r)) != "nxx" {
			t.Errorf("%s: %q over %q", profile, content, doc.Text.Slice(doc.Bytes(r)))
		}
		if (it.LabelDetails != nil) != client.LabelDetails() {
			t.Errorf("%s: label details %+v", profile, it.LabelDetails)
		}
		if _, isInsertReplace := it.TextEdit.(*protocol.InsertReplaceEdit); isInsertReplace && !client.InsertReplace() {
			t.Errorf("%s got an InsertReplaceEdit", profile)
		}
	}
}

// Documentation comes with the item or by completionItem/resolve, in the
// format that the client shows.
func TestCompletionDocumentation(t *testing.T) {
	for _, profile := range lsptest.Profiles {
		for src, label := range map[string]string{
			"name: x\ncont^": "contents", "variant: ^": "dev", "annotations:\n  org.opencontainers.image.licenses: MI^": "MIT",
			"stop-signal: SIGQ^": "SIGQUIT", "contents:\n  builds:\n    - pipeline:\n        - uses: go/bu^": "go/build@v1",
			"contents:\n  builds:\n    - pipeline:\n        - uses: go/build@v1\n          with:\n            outp^": "output",
			"work-dir: ${source^": "source.dir", "annotations:\n  ^": "org.opencontainers.image.description",
		} {
			s, _, list := complete(t, profile, text.UTF16, "# syntax=dhi.io/build:2-debian13\n\n"+src+"\n")
			it := find(t, list, label)
			if lazy := s.Capabilities.CompletionResolves("documentation"); lazy != (it.Documentation == nil) {
				t.Errorf("%s: %s: documentation at once: %v", profile, label, it.Documentation != nil)
			}
			it, err := feature.CompletionItemResolve(context.Background(), s, it)
			if err != nil {
				t.Fatal(err)
			}
			doc, ok := it.Documentation.(*protocol.MarkupContent)
			if !ok || doc.Value == "" || doc.Kind != s.Capabilities.CompletionDocumentation() {
				t.Errorf("%s: %s: %+v", profile, label, it.Documentation)
				continue
			}
			if doc.Kind == protocol.MarkupKindPlainText && strings.Contains(doc.Value, "`") {
				t.Errorf("%s: marks in plain text: %s", profile, doc.Value)
			}
		}
	}
}

// The documentation of packages comes from the index: of the newest version,
// and in a stage from the repositories of the stage.
func TestCompletionDocumentationOfPackages(t *testing.T) {
	repository := func(name, depends string) indexedtest.Repository {
		return indexedtest.Repository{Family: "alpine", URL: "https://example.org/alpine/v3.23/" + name, Packages: []indexedtest.Package{
			{Name: "sample", Version: "1.9-r0", Depends: "old"}, {Name: "sample", Version: "1.10-r0", Depends: depends, Description: "an example"},
		}}
	}
	source, err := indexedtest.Open(t.TempDir(), indexed.Options{}, repository("main", "a-library"), repository("other", "a-tool"))
	if err != nil {
		t.Fatal(err)
	}
	lead := "# syntax=dhi.io/build:2-alpine3.23\n\ncontents:\n  repositories: [https://example.org/alpine/v3.23/main]\n"
	stage := "  builds:\n    - name: x\n      contents:\n        repositories: [https://example.org/alpine/v3.23/other]\n        packages:\n          - sam^\n"
	for _, profile := range lsptest.Profiles {
		for src, depends := range map[string]string{lead + "  packages:\n    - sam^\n": "a-library", lead + stage: "a-tool"} {
			offset := strings.IndexByte(src, '^')
			s, doc := lsptest.Snapshot(t, profile, text.UTF16, completionURI, src[:offset]+src[offset+1:])
			s.Services.Packages = source
			result, err := feature.Completion(context.Background(), s, &protocol.CompletionParams{TextDocumentPositionParams: protocol.TextDocumentPositionParams{
				TextDocument: protocol.TextDocumentIdentifier{URI: completionURI}, Position: doc.Position(offset),
			}})
			if err != nil {
				t.Fatal(err)
			}
			list, _ := result.(*protocol.CompletionList)
			it, err := feature.CompletionItemResolve(context.Background(), s, find(t, list, "sample"))
			if err != nil {
				t.Fatal(err)
			}
			content, ok := it.Documentation.(*protocol.MarkupContent)
			if !ok || !strings.HasPrefix(content.Value, "an example") || !strings.Contains(content.Value, "1.10-r0") || !strings.Contains(content.Value, depends) {
				t.Errorf("%s: %+v lacks %s", profile, it.Documentation, depends)
			}
		}
	}
}

// Foreign data, or none, is given back as it came.
func TestCompletionResolveForeign(t *testing.T) {
	s, _, _ := complete(t, lsptest.VSCode, text.UTF16, "^")
	for _, data := range []string{``, `null`, `7`, `{"kind":"none","key":"x"}`, `{"kind":5}`, `{"kind":"package","key":"x 1"}`, `{"kind":"package","key":"","uri":"file:///none","stage":-7}`} {
		it, err := feature.CompletionItemResolve(context.Background(), s, &protocol.CompletionItem{Label: "x", Data: protocol.LSPAny(data)})
		if err != nil || it.Label != "x" || it.Documentation != nil {
			t.Errorf("%s: %+v, %v", data, it, err)
		}
	}
}

// Other YAML gets nothing, unless a directive is being typed.
func TestCompletionElsewhere(t *testing.T) {
	for src, some := range map[string]bool{
		"kind: Pod\nspec:\n  ^": false, "#^\nkind: Pod\n": false, "# sy^": true, "# syntax=^\nkind: Pod\n": true, "^": true, "#^\n": true, "x^": false, "# syntax=docker/dockerfile:1^\n": false,
	} {
		if _, _, list := complete(t, lsptest.VSCode, text.UTF16, src); (list != nil) != some {
			t.Errorf("%q: %+v", src, list)
		}
	}
}

// The list of the licences is cut, and says so.
func TestCompletionIncomplete(t *testing.T) {
	_, _, list := complete(t, lsptest.VSCode, text.UTF16, "# syntax=dhi.io/build:2-debian13\n\nannotations:\n  org.opencontainers.image.licenses: ^\n")
	if !list.IsIncomplete || len(list.Items) > 100 || list.Items[0].Label != "Apache-2.0" {
		t.Errorf("%d items, incomplete %v", len(list.Items), list.IsIncomplete)
	}
	_, _, list = complete(t, lsptest.VSCode, text.UTF16, "# syntax=dhi.io/build:2-debian13\n\nvariant: ^\n")
	if list.IsIncomplete || len(list.Items) != 3 {
		t.Errorf("%d items, incomplete %v", len(list.Items), list.IsIncomplete)
	}
}
