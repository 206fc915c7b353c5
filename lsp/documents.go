package lsp

import (
	"context"
	"path"

	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// configFile is the workspace's own configuration.
const configFile = ".dhi-ls.yaml"

func (s *server) didOpen(_ context.Context, params jsonrpc2.RawMessage) error {
	item, err := session.ParseItem(params)
	if err != nil {
		return err
	}
	doc := item.Document(s.session.Snapshot().Encoding)
	s.session.Put(doc)
	s.builds.Changed(doc)
	s.checks.Changed(s.session.Snapshot(), doc)
	s.reportConfig()
	s.considerIndexes(doc.URI)
	s.model.opened(s, doc)
	return nil
}

func (s *server) didChange(_ context.Context, params jsonrpc2.RawMessage) error {
	changes, err := session.ParseChanges(params)
	if err != nil {
		return err
	}
	doc, err := s.session.Change(changes)
	if doc != nil {
		s.builds.Changed(doc)
		s.checks.Changed(s.session.Snapshot(), doc)
	}
	return err
}

func (s *server) didClose(_ context.Context, params jsonrpc2.RawMessage) error {
	item, err := session.ParseItem(params)
	if err != nil {
		return err
	}
	s.tokens.Forget(uri.URI(item.URI))
	if doc, ok := s.session.Close(uri.URI(item.URI)); ok {
		s.checks.Closed(s.session.Snapshot(), doc)
		s.model.forget(s, doc)
		s.model.reread(s, doc.URI)
	}
	return nil
}

// didSave stands in for the file watcher of clients that have none.
func (s *server) didSave(_ context.Context, params jsonrpc2.RawMessage) error {
	item, err := session.ParseItem(params)
	if err != nil {
		return err
	}
	if !s.client.Capabilities().RegistersWatchers() {
		s.filesChanged(isConfig(item.URI))
		s.model.reread(s, uri.URI(item.URI))
	}
	s.builds.Saved(s.session.Snapshot(), uri.URI(item.URI))
	return nil
}

func (s *server) didChangeWatchedFiles(p *protocol.DidChangeWatchedFilesParams) error {
	config := false
	for _, change := range p.Changes {
		config = config || isConfig(string(change.URI))
	}
	if len(p.Changes) > 0 {
		s.filesChanged(config)
		uris := make([]uri.URI, len(p.Changes))
		for i, change := range p.Changes {
			uris[i] = change.URI
		}
		s.model.reread(s, uris...)
	}
	return nil
}

func (s *server) filesChanged(config bool) {
	if config && s.Services.ConfigChanged != nil {
		s.Services.ConfigChanged()
		s.useMaxAge()
	}
	s.session.FilesChanged(config)
	s.checks.Refresh(s.session.Snapshot())
	if config {
		s.reportConfig()
	}
}

func isConfig(u string) bool { return path.Base(u) == configFile }

func (s *server) didChangeWorkspaceFolders(p *protocol.DidChangeWorkspaceFoldersParams) error {
	s.session.ChangeFolders(convertFolders(p.Event.Added), convertFolders(p.Event.Removed))
	s.config.fetch(s)
	s.checks.Refresh(s.session.Snapshot())
	s.model.load(s)
	return nil
}
