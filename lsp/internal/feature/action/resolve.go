package action

import (
	"context"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// data finds an offer again.
type data struct {
	URI      string `json:"uri"`
	Version  int32  `json:"version"`
	Provider string `json:"provider"`
	Title    string `json:"title"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
}

func (r *request) data(provider, title string) protocol.LSPAny {
	raw, err := json.Marshal(data{string(r.d.URI), r.d.Version, provider, title, r.at.Start, r.at.End})
	if err != nil {
		return nil // strings and numbers alone cannot fail
	}
	return raw
}

// Resolve answers codeAction/resolve: it works out the edit of an action that
// was offered without.
func Resolve(ctx context.Context, s *session.Snapshot, p *protocol.CodeAction) (*protocol.CodeAction, error) {
	var of data
	if p.Edit != nil || len(p.Data) == 0 || json.Unmarshal(p.Data, &of) != nil {
		return p, nil
	}
	d, doc, ok := engine.Ours(s, uri.URI(of.URI))
	if !ok || d.Version != of.Version {
		return nil, jsonrpc2.Errorf(protocol.CodeContentModified, "the document has changed since %q was offered; ask again", of.Title)
	}
	at := text.Range{Start: max(0, min(of.Start, d.Text.Len())), End: max(0, min(of.End, d.Text.Len()))}
	r := &request{ctx: ctx, s: s, d: d, doc: doc, at: at}
	for _, provider := range providers() {
		if provider.id != of.Provider {
			continue
		}
		for _, o := range provider.offers(r) {
			if o.title != of.Title || o.later == nil {
				continue
			}
			if o.change, ok = o.later(); ok {
				p.Edit, _ = r.edit(&o)
			}
			return p, ctx.Err()
		}
	}
	return p, ctx.Err()
}
