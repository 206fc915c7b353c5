package lsp

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/builds"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// newBuilds makes the manager of this client's builds.
func (s *server) newBuilds() *builds.Manager {
	return builds.New(builds.Config{
		Client: s.client, Log: s.Logger, Env: s.BuildEnv, Snapshot: s.session.Snapshot,
		Found: func(u uri.URI) {
			snapshot := s.session.Snapshot()
			if doc, open := snapshot.Document(u); open {
				s.checks.Again(snapshot, doc)
			}
		},
	})
}

// textDocumentContent answers for the virtual documents: logs of builds, and
// those that follow from a definition.
func (s *server) textDocumentContent(ctx context.Context, snapshot *session.Snapshot, p *protocol.TextDocumentContentParams) (*protocol.TextDocumentContentResult, error) {
	if text, ok := s.builds.Content(p.URI); ok {
		return &protocol.TextDocumentContentResult{Text: text}, nil
	}
	return feature.TextDocumentContent(ctx, snapshot, p)
}

// contentSchemes are those of the virtual documents.
func contentSchemes() []string { return append(feature.ContentSchemes(), builds.Scheme) }
