package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/action"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
)

// newDefinition is the answer to dhi-ls.new.
type newDefinition struct {
	Text string `json:"text"`
	// Notes say what a person should check of a derived definition.
	Notes []string `json:"notes"`
}

// makeNew writes a definition from a few answers, or derives one from an open
// document. It opens nothing: where the text goes is the client's to ask.
func makeNew(_ context.Context, s *session.Snapshot, p *commandid.Scaffold) (*newDefinition, error) {
	if p.URI != "" {
		d, doc, err := ours(s, p.URI)
		if err != nil {
			return nil, err
		}
		made, err := action.Derive(s, d, doc, scaffold.Variation{Name: p.Name, Dist: p.Dist, Variant: p.Variant, Flavor: p.Flavor})
		if err != nil {
			return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
		}
		return &newDefinition{made.Text, append([]string{}, made.Notes...)}, nil
	}
	write := map[string]func(scaffold.Spec) (string, error){
		"": scaffold.Image, "image": scaffold.Image, "package": scaffold.Package, "chart": scaffold.Chart,
	}[p.Kind]
	if write == nil {
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "unknown kind %q: use image, package or chart", p.Kind)
	}
	text, err := write(p.Spec)
	if err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	return &newDefinition{text, []string{}}, nil
}
