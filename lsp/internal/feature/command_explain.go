package feature

import (
	"context"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	ruledocs "github.com/dhi-ls/dhi-ls/docs/rules"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// explained is the answer to dhi-ls.explain.
type explained struct {
	Rule    string `json:"rule"`
	Summary string `json:"summary"`
	URL     string `json:"url"`
	// Page is the rule's page in Markdown.
	Page string `json:"page"`
}

// explain opens the page of a rule, or says its summary where the client opens
// nothing.
func explain(ctx context.Context, s *session.Snapshot, p *commandid.Rule) (*explained, error) {
	rule, ok := rules.Find(p.Rule)
	if !ok {
		message, _ := analysis.RuleName(p.Rule)
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s", strings.ReplaceAll(message, "`", ""))
	}
	page, err := ruledocs.Page(rule.ID)
	if err != nil {
		return nil, err
	}
	if s.Client.Open(ctx, uri.URI(rule.URL()), true, nil) != nil {
		s.Client.Show(protocol.MessageTypeInfo, fmt.Sprintf("%s: %s. See %s", rule.ID, rule.Summary, rule.URL()))
	}
	return &explained{rule.ID, rule.Summary, rule.URL(), page}, ctx.Err()
}
