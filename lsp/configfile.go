package lsp

import (
	"context"
	"maps"
	"sync"

	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// configReports remembers what the user was told of configuration files that
// cannot be used, so that each fault is told once.
type configReports struct {
	mu   sync.Mutex
	told map[string]string // messages by file
}

// reportConfig tells of faults in the configuration files of the open
// documents, in the background. A file that is open shows its own.
func (s *server) reportConfig() {
	s.client.Go("configuration", func(context.Context) {
		s.reports.mu.Lock()
		defer s.reports.mu.Unlock()
		snapshot := s.session.Snapshot()
		wrong := make(map[string]string)
		for _, d := range snapshot.Documents() {
			if file, message := engine.ConfigProblem(snapshot, d); message != "" {
				wrong[file] = message
			}
		}
		for file, message := range wrong {
			_, open := snapshot.Document(uri.File(file)) // an unreadable one has no name
			if s.reports.told[file] != message && !open {
				s.client.Show(protocol.MessageTypeWarning, "dhi-ls: the configuration is not used: "+message)
			}
		}
		if !maps.Equal(wrong, s.reports.told) {
			s.reports.told = wrong
			s.client.Status(s.status())
		}
	})
}

// status is how the server is. The caller holds the lock of the reports.
func (s *server) status() client.Status {
	for _, message := range s.reports.told {
		return client.Status{Health: client.HealthWarning, Message: "The configuration is not used: " + message}
	}
	return client.Status{Health: client.HealthOK}
}
