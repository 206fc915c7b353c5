// Package builds runs builds for the editor: one for each definition, any
// number at once. It shows their progress and log, and keeps what they found
// in place while the text changes.
package builds

import (
	"context"
	"fmt"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

// Config is what a manager works with.
type Config struct {
	Client *client.Client
	Log    *zap.Logger
	// Env is where builders, logins and plug-ins are looked for.
	Env builder.Env
	// Snapshot is what stands now.
	Snapshot func() *session.Snapshot
	// Found is told when the findings on a document are others.
	Found func(u uri.URI)
}

// Manager runs the builds of one client. It is safe for concurrent use.
type Manager struct {
	Config
	runner buildrunner.Runner

	mu      sync.Mutex
	lastID  int
	running map[session.Key]*build // at most one for each definition
	latest  map[session.Key]*build // the one that began last, running or not
	ended   map[session.Key]*ended
	logs    logFiles

	statusMu sync.Mutex // keeps what the client is told in order
	status   buildStatus
}

// New makes a manager.
func New(c Config) *Manager {
	return &Manager{Config: c, running: map[session.Key]*build{}, latest: map[session.Key]*build{}, ended: map[session.Key]*ended{}}
}

// maxLog is how much of a build's log is kept, in bytes.
const maxLog = 2 << 20

// build is one that runs.
type build struct {
	id    string
	name  string
	doc   *session.Document
	place *buildplace.Document
	req   buildrunner.Request
	asked Options
	log   *progress.Buffer

	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when answer is set
	answer *Answer

	// Guarded by the manager: the latest version of the text, and the edits
	// that led to it.
	now   *session.Document
	edits []text.Edit
}

// Why a build was canceled.
var (
	errSuperseded = fmt.Errorf("another build of the definition began")
	errCanceled   = fmt.Errorf("the build was canceled")
)

// start begins a build in the background.
func (m *Manager) start(snapshot *session.Snapshot, o Options) (*build, error) {
	b, err := m.prepare(snapshot, o)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.running[b.doc.Key()]; old != nil {
		if snapshot.Settings(b.doc.URI).Build.OnSecond == session.Refuse {
			return nil, rpc.Failed("%s is being built already: wait for it, or cancel it", b.name)
		}
		old.cancel(errSuperseded)
	}
	m.lastID++
	b.id = fmt.Sprint(m.lastID)
	b.ctx, b.cancel = context.WithCancelCause(m.Client.Context())
	m.running[b.doc.Key()], m.latest[b.doc.Key()] = b, b
	m.Client.Go("build", func(context.Context) { m.run(b) })
	return b, nil
}

// Cancel ends the build of a document; it is false when none runs. It does
// not wait.
func (m *Manager) Cancel(u uri.URI) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.running[session.KeyOf(u)]
	if b == nil {
		return false
	}
	b.cancel(errCanceled)
	return true
}

// CancelAll ends all builds. It does not wait.
func (m *Manager) CancelAll() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.running {
		b.cancel(errCanceled)
	}
}

// Close ends all builds, waits for what is left of them, and removes the files
// made for logs.
func (m *Manager) Close() {
	m.CancelAll()
	m.runner.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logs.remove()
}

// Changed takes a new version of a document: opened, or edited.
func (m *Manager) Changed(doc *session.Document) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b := m.running[doc.Key()]; b != nil && b.now.Text != doc.Text {
		if from, to := b.now.Text.String(), doc.Text.String(); from != to {
			b.edits = append(b.edits, locate.Difference(from, to))
		}
		b.now = doc
	}
	if e := m.ended[doc.Key()]; e != nil {
		m.ended[doc.Key()] = e.movedTo(doc)
	}
}

// Saved builds a document if the settings want that on save.
func (m *Manager) Saved(snapshot *session.Snapshot, u uri.URI) {
	if !snapshot.Settings(u).Build.OnSave || !snapshot.Trusted {
		return
	}
	if _, err := m.start(snapshot, Options{URI: u}); err != nil {
		m.Log.Debug("not built on save", zap.String("uri", string(u)), zap.Error(err))
	}
}
