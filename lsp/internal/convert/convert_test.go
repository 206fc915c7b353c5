package convert

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

func snapshot(t *testing.T, capabilities string) (*session.Snapshot, *session.Document) {
	p, err := rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(`{"capabilities":` + capabilities + `}`))
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(nil)
	s.Update(func(state *session.State) { state.Capabilities = capability.Of(p) })
	doc := session.NewDocument("file:///a.yaml", "yaml", 7, "é one\ntwo\n", text.UTF16)
	s.Put(doc)
	return s.Snapshot(), doc
}

const rich = `{"workspace":{"workspaceEdit":{"documentChanges":true}},"textDocument":{"publishDiagnostics":{"relatedInformation":true,"codeDescriptionSupport":true,"dataSupport":true,"tagSupport":{"valueSet":[1]}}}}`

func finding(other string) diagnostic.Diagnostic {
	return diagnostic.Diagnostic{
		Code: "rule", Severity: diagnostic.Warning, Range: text.Range{Start: 3, End: 6}, Message: "Wrong.", Help: "Do right.",
		URL: "https://example.org/rule", Tags: []diagnostic.Tag{diagnostic.Unnecessary, diagnostic.Deprecated},
		Related: []diagnostic.Related{
			{Range: text.Range{Start: 7, End: 10}, Message: "here"},
			{File: other, Range: text.Range{Start: 2, End: 3}, Message: "there"},
			{File: "/no/such/file", Message: "lost"},
		},
		Fixes: []diagnostic.Fix{
			{Title: "Mend", Safe: true, Edits: []diagnostic.Edit{{Range: text.Range{Start: 3, End: 6}, New: "1"}, {File: other, New: "x"}}},
			{Title: "Half a fix", Edits: []diagnostic.Edit{{File: "/no/such/file", New: "x"}}},
		},
	}
}

func TestRichClient(t *testing.T) {
	other := filepath.Join(t.TempDir(), "b.yaml")
	if err := os.WriteFile(other, []byte("a\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, doc := snapshot(t, rich)
	found := finding(other)
	d := Diagnostics(s, doc, []diagnostic.Diagnostic{found})[0]
	if d.Range.Start.Character != 2 || d.Severity != protocol.DiagnosticSeverityWarning || d.Message != protocol.String("Wrong.\nDo right.") || d.CodeDescription.Href == "" {
		t.Errorf("got %+v", d)
	}
	if tags := d.Tags.Slice(); len(tags) != 1 || tags[0] != protocol.DiagnosticTagUnnecessary {
		t.Errorf("tags %v", tags)
	}
	if len(d.RelatedInformation) != 2 || d.RelatedInformation[1].Location.Range.Start.Line != 1 || d.RelatedInformation[1].Location.URI != uri.File(other) {
		t.Errorf("related %+v", d.RelatedInformation)
	}
	data, ok := DecodeData(d.Data)
	if !ok || len(data.Fixes) != 1 || !data.Fixes[0].Safe || len(data.Fixes[0].Edits) != 2 {
		t.Errorf("data %s", d.Data)
	}
	if edits := data.Fixes[0].Edits["file:///a.yaml"]; len(edits) != 1 || edits[0].NewText != "1" || edits[0].Range != d.Range {
		t.Errorf("edits %+v", edits)
	}
}

func TestPoorClient(t *testing.T) {
	s, doc := snapshot(t, `{}`)
	d := Diagnostics(s, doc, []diagnostic.Diagnostic{finding("")})[0]
	raw, err := protocol.Marshal(&d)
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"tags", "relatedInformation", "data", "codeDescription"} {
		if strings.Contains(string(raw), `"`+member+`"`) {
			t.Errorf("%s was sent to a client that does not know it: %s", member, raw)
		}
	}
}

func TestForeignData(t *testing.T) {
	for _, raw := range []string{``, `null`, `7`, `{}`, `{"fixes":7}`, `{"fixes":[]}`} {
		if data, ok := DecodeData(protocol.LSPAny(raw)); ok {
			t.Errorf("%s gave %+v", raw, data)
		}
	}
}

func TestWorkspaceEdit(t *testing.T) {
	edits := []diagnostic.Edit{{Range: text.Range{Start: 3, End: 6}, New: "1"}, {Range: text.Range{Start: 7, End: 7}, New: "2"}}
	s, doc := snapshot(t, rich)
	edit, ok := WorkspaceEdit(s, doc, edits)
	if !ok || len(edit.DocumentChanges) != 1 || edit.Changes != nil {
		t.Fatalf("got %+v", edit)
	}
	change := edit.DocumentChanges[0].(*protocol.TextDocumentEdit)
	if *change.TextDocument.Version != 7 || len(change.Edits) != 2 {
		t.Errorf("got %+v", change)
	}
	s, doc = snapshot(t, `{}`)
	edit, ok = WorkspaceEdit(s, doc, edits)
	if !ok || len(edit.Changes[doc.URI]) != 2 || edit.DocumentChanges != nil {
		t.Errorf("got %+v", edit)
	}
	if _, ok := WorkspaceEdit(s, doc, []diagnostic.Edit{{File: "/no/such/file"}}); ok {
		t.Error("an edit of a file that is not there")
	}
}
