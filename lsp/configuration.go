package lsp

import (
	"context"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// configuration fetches the settings and reads them.
type configuration struct {
	base     session.Settings // of the initialization options
	fetching sync.Mutex       // one fetch at a time, so that the last one counts
	first    chan struct{}    // closed when the client was asked once
	answered sync.Once

	quiet      sync.Once
	quietLevel zapcore.Level // of the log while the client does not trace
}

func (s *server) initialized(context.Context, jsonrpc2.RawMessage) error {
	s.client.Go("register", s.register)
	s.config.fetch(s)
	s.client.Status(client.Status{Health: client.HealthOK})
	s.useMaxAge()
	s.tellIndexes()
	s.useCatalog()
	s.model.load(s)
	return nil
}

// register asks for what a client only gives on request at run time.
func (s *server) register(ctx context.Context) {
	caps := s.client.Capabilities()
	var wanted []client.Registration
	if caps.RegistersConfiguration() {
		wanted = append(wanted, client.Registration{
			ID: "dhi-ls/configuration", Method: protocol.MethodWorkspaceDidChangeConfiguration,
			Options: &protocol.DidChangeConfigurationRegistrationOptions{Section: protocol.String(session.Section)},
		})
	}
	if caps.RegistersWatchers() {
		watch := &protocol.DidChangeWatchedFilesRegistrationOptions{}
		for _, glob := range []string{"**/" + configFile, "**/*.yaml", "**/*.yml"} {
			watch.Watchers = append(watch.Watchers, protocol.FileSystemWatcher{GlobPattern: protocol.Pattern(glob)})
		}
		wanted = append(wanted, client.Registration{
			ID: "dhi-ls/files", Method: protocol.MethodWorkspaceDidChangeWatchedFiles, Options: watch,
		})
	}
	if len(wanted) == 0 {
		return
	}
	if err := s.client.Register(ctx, wanted...); err != nil && ctx.Err() == nil {
		s.Logger.Warn("the client refused a registration", zap.Error(err))
	}
}

// fetch asks the client for the settings, in the background, if it answers
// such questions.
func (c *configuration) fetch(s *server) {
	known := func() { c.answered.Do(func() { close(c.first) }) }
	if !s.client.Capabilities().Configuration() {
		known()
		return
	}
	s.client.Go("settings", func(ctx context.Context) {
		c.fetching.Lock()
		defer c.fetching.Unlock()
		defer known()
		folders := s.session.Snapshot().Folders
		scopes := make([]uri.URI, len(folders))
		for i, f := range folders {
			scopes[i] = f.URI
		}
		values, err := s.client.Configuration(ctx, session.Section, scopes...)
		if err != nil {
			if ctx.Err() == nil {
				s.Logger.Warn("no settings", zap.Error(err))
			}
			return
		}
		c.apply(s, values[0], folders, values[1:])
	})
}

// patience is how long a client may take to tell the settings.
const patience = 10 * time.Second

// wait returns when the settings are known, so that what they forbid is not
// done before.
func (c *configuration) wait(ctx context.Context) {
	select {
	case <-c.first:
	case <-ctx.Done():
	case <-time.After(patience):
	}
}

// apply makes the values the settings. own[i] are those of folders[i].
func (c *configuration) apply(s *server, general protocol.LSPAny, folders []session.Folder, own []protocol.LSPAny) {
	settings, problems := session.ParseSettings(general, c.base)
	byFolder := make(map[session.Key]session.Settings, len(own))
	for i, raw := range own {
		parsed, more := session.ParseSettings(raw, settings)
		byFolder[session.KeyOf(folders[i].URI)] = parsed
		problems = append(problems, more...)
	}
	c.tell(s, problems)
	if s.session.Configure(settings, byFolder) {
		s.useMaxAge()
		s.checks.Refresh(s.session.Snapshot())
	}
}

// tell reports settings that are not used, each once.
func (c *configuration) tell(s *server, problems []string) {
	told := make(map[string]bool)
	for _, p := range problems {
		if !told[p] {
			told[p] = true
			s.Logger.Warn("settings", zap.String("problem", p))
			s.client.Log(protocol.MessageTypeWarning, "dhi-ls: "+p)
		}
	}
}

// didChangeConfiguration takes the settings from the notification only when
// the client cannot be asked: what it carries differs from client to client.
func (s *server) didChangeConfiguration(p *protocol.DidChangeConfigurationParams) error {
	if s.client.Capabilities().Configuration() {
		s.config.fetch(s)
		return nil
	}
	settings := p.Settings
	var sections map[string]protocol.LSPAny
	if json.Unmarshal(settings, &sections) == nil && sections[session.Section] != nil {
		settings = sections[session.Section]
	}
	s.config.apply(s, settings, nil, nil)
	return nil
}
