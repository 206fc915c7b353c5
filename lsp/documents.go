package lsp

import (
	"context"
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// configFile is the workspace's own configuration.
const configFile = ".dhi-ls.yaml"

func (s *server) didOpen(p *protocol.DidOpenTextDocumentParams) error {
	item := &p.TextDocument
	now := s.session.Snapshot()
	if _, open := now.Document(item.URI); open {
		s.Logger.Info("opened again", zap.String("uri", string(item.URI)))
	}
	// The decoded text shares its memory with the whole message.
	content := strings.Clone(item.Text)
	doc := session.NewDocument(item.URI, string(item.LanguageID), item.Version, content, now.Encoding)
	s.session.Put(doc)
	s.checks.Changed(s.session.Snapshot(), doc)
	return nil
}

func (s *server) didChange(_ context.Context, params jsonrpc2.RawMessage) error {
	changes, err := session.ParseChanges(params)
	if err != nil {
		return err
	}
	doc, err := s.session.Change(changes)
	if doc != nil {
		s.checks.Changed(s.session.Snapshot(), doc)
	}
	return err
}

func (s *server) didClose(p *protocol.DidCloseTextDocumentParams) error {
	if doc, ok := s.session.Close(p.TextDocument.URI); ok {
		s.checks.Closed(s.session.Snapshot(), doc)
	}
	return nil
}

// didSave stands in for the file watcher of clients that have none.
func (s *server) didSave(p *protocol.DidSaveTextDocumentParams) error {
	now := s.session.Snapshot()
	if !now.Capabilities.RegistersWatchers() {
		s.filesChanged(isConfig(string(p.TextDocument.URI)))
	}
	return nil
}

func (s *server) didChangeWatchedFiles(p *protocol.DidChangeWatchedFilesParams) error {
	config := false
	for _, change := range p.Changes {
		config = config || isConfig(string(change.URI))
	}
	if len(p.Changes) > 0 {
		s.filesChanged(config)
	}
	return nil
}

func (s *server) filesChanged(config bool) {
	s.session.FilesChanged(config)
	s.checks.Refresh(s.session.Snapshot())
}

func isConfig(u string) bool { return path.Base(u) == configFile }

func (s *server) didChangeWorkspaceFolders(p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.session.ChangeFolders(convertFolders(p.Event.Added), convertFolders(p.Event.Removed))
	s.config.fetch(s)
	s.checks.Refresh(s.session.Snapshot())
	return nil
}
