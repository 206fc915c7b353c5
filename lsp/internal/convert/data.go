package convert

import (
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
)

// Data is what a diagnostic carries for the code actions on it.
type Data struct {
	Fixes []Fix `json:"fixes"`
}

// Fix is a [diagnostic.Fix] for the client.
type Fix struct {
	Title string `json:"title"`
	Safe  bool   `json:"safe"`
	// Edits by document URI.
	Edits map[string][]Edit `json:"edits"`
}

// Edit replaces a range of a document.
type Edit struct {
	Range   protocol.Range `json:"range"`
	NewText string         `json:"newText"`
}

func encodeData(snapshot *session.Snapshot, doc *session.Document, fixes []diagnostic.Fix) protocol.LSPAny {
	data := Data{}
	for i := range fixes {
		if fix, ok := convertFix(snapshot, doc, &fixes[i]); ok {
			data.Fixes = append(data.Fixes, fix)
		}
	}
	raw, err := json.Marshal(data, json.Deterministic(true))
	if err != nil {
		return nil // strings and numbers alone cannot fail
	}
	return raw
}

// convertFix fails when an edit is for a file that cannot be read: half a fix
// is none.
func convertFix(snapshot *session.Snapshot, doc *session.Document, fix *diagnostic.Fix) (Fix, bool) {
	out := Fix{Title: fix.Title, Safe: fix.Safe, Edits: make(map[string][]Edit)}
	for _, e := range fix.Edits {
		target, ok := Target(snapshot, doc, e.File)
		if !ok {
			return Fix{}, false
		}
		key := string(target.URI)
		out.Edits[key] = append(out.Edits[key], Edit{Range: target.Range(e.Range), NewText: e.New})
	}
	return out, true
}

// DecodeData reads back what a client sent with a diagnostic. Data of another
// server, or of another version of this one, gives none.
func DecodeData(raw protocol.LSPAny) (Data, bool) {
	var data Data
	if len(raw) == 0 || json.Unmarshal(raw, &data) != nil {
		return Data{}, false
	}
	return data, len(data.Fixes) > 0
}
