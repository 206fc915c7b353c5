package builds

import (
	"context"
	"sync"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
)

// registry serves the frontends.
const registry = "dhi.io"

// buildStatus is what a status item shows of builds.
type buildStatus struct {
	active   int // builds that have not ended, superseded ones included
	builder  string
	loggedIn bool
	ask      sync.Once
}

// tellStatus changes the status and tells the client.
func (m *Manager) tellStatus(change func(*buildStatus)) {
	m.status.ask.Do(func() { m.Client.Go("login", m.askLogin) })
	m.statusMu.Lock()
	defer m.statusMu.Unlock()
	change(&m.status)
	m.Client.Building(client.BuilderStatus{Name: m.status.builder, LoggedIn: m.status.loggedIn, Building: m.status.active > 0})
}

// askLogin looks for a login once, when the first build begins: it may run a
// credential helper.
func (m *Manager) askLogin(context.Context) {
	user, err := buildrunner.Login(m.Env, registry)
	m.tellStatus(func(s *buildStatus) { s.loggedIn = err == nil && user != "" })
}
