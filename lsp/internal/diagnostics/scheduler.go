// Package diagnostics decides when a document is analysed and what of the
// result the client is told. It knows no rule: the engine comes as functions.
//
// A client either pulls, and then nothing is ever sent to it, or it is
// pushed to, by this plan for each document: the first edit after quiet is
// analysed at once; edits that arrive while that goes on, or in quick
// succession, wait together for one run behind it; the slow phase begins when
// the edits pause, and any edit ends it.
package diagnostics

import (
	"context"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// Analyzer finds the problems of one document, reading nothing but the
// snapshot. A nil slice says that the document is none of ours, an empty one
// that it is clean.
type Analyzer func(ctx context.Context, snapshot *session.Snapshot, doc *session.Document) ([]diagnostic.Diagnostic, error)

// Config is what a scheduler works with.
type Config struct {
	// Fast is syntax, schema and single-file rules: milliseconds. Without it
	// nothing is reported.
	Fast Analyzer
	// Slow is the rest: other programs, indexes, other files. It returns only
	// what Fast does not, and may be nil.
	Slow Analyzer
	// More are findings that come by themselves, such as those of a build, on
	// the version of the document; nil for none. It is quick.
	More func(doc *session.Document) []diagnostic.Diagnostic
	// Files lists the definitions of the workspace; nil for none.
	Files func(ctx context.Context, snapshot *session.Snapshot) ([]string, error)
	// Across finds in a file that no client has open what shows only beside
	// other files; nil for nothing.
	Across func(ctx context.Context, snapshot *session.Snapshot, path string) []diagnostic.Diagnostic
	// Publish sends a document's diagnostics to the client.
	Publish func(*protocol.PublishDiagnosticsParams)
	// Client carries refreshes and background work.
	Client *client.Client
	Log    *zap.Logger
	// Quiet is how long no edit must have come for the next one to be
	// analysed at once. Default 25 ms.
	Quiet time.Duration
	// Patience is how long edits may go on before the user is shown what is
	// known even so. Default 500 ms.
	Patience time.Duration
	// MaxBytes is the longest text that is analysed. Default 4 MiB.
	MaxBytes int
}

// Scheduler runs the analyses. It is safe for concurrent use.
type Scheduler struct {
	Config
	mu      sync.Mutex
	entries map[session.Key]*entry
	files   fileCache
	changed chan struct{} // closed when results of closed files may differ
}

// entry is the state of one open document.
type entry struct {
	pending  *job
	running  bool
	cancel   context.CancelFunc // ends the run under way
	must     bool               // the run under way is not ended by edits
	lastEdit time.Time
	waiting  time.Time // since when the client waits for a result
	atOnce   bool      // the pending job need not wait for quiet

	slow results // of the last slow phase that ended
	sent string  // id of what the client was sent last, "" for nothing

	behind     slowKey // the slow phase that runs behind a pull
	stopBehind context.CancelFunc
}

// job is a version of a document to analyse, or to forget.
type job struct {
	snapshot *session.Snapshot
	doc      *session.Document
	closed   bool
}

// New makes a scheduler.
func New(c Config) *Scheduler {
	if c.Quiet == 0 {
		c.Quiet = 25 * time.Millisecond
	}
	if c.Patience == 0 {
		c.Patience = 500 * time.Millisecond
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 4 << 20
	}
	return &Scheduler{Config: c, entries: make(map[session.Key]*entry), changed: make(chan struct{})}
}

// Changed takes a new version of a document: opened, edited, or to be looked
// at anew. It only makes a note of it and returns.
func (s *Scheduler) Changed(snapshot *session.Snapshot, doc *session.Document) {
	s.enqueue(&job{snapshot: snapshot, doc: doc})
}

// Closed forgets a document and clears its diagnostics.
func (s *Scheduler) Closed(snapshot *session.Snapshot, doc *session.Document) {
	s.enqueue(&job{snapshot: snapshot, doc: doc, closed: true})
}

// Refresh looks at everything anew, after a change of settings, folders or
// files.
func (s *Scheduler) Refresh(snapshot *session.Snapshot) {
	s.mu.Lock()
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	s.Client.RefreshAll()
	for _, doc := range snapshot.Documents() {
		s.Changed(snapshot, doc)
	}
}

// Again reports a document anew, after what More says of it changed.
func (s *Scheduler) Again(snapshot *session.Snapshot, doc *session.Document) {
	if snapshot.Capabilities.PullDiagnostics() {
		s.Client.Refresh(capability.RefreshDiagnostics)
		return
	}
	s.Changed(snapshot, doc)
}

// Beside looks at the slow phase anew, after what is known of other files
// changed; the one document, if any, knows already.
func (s *Scheduler) Beside(snapshot *session.Snapshot, but session.Key) {
	s.mu.Lock()
	close(s.changed)
	s.changed = make(chan struct{})
	s.mu.Unlock()
	s.Client.Refresh(capability.RefreshDiagnostics)
	for key, doc := range snapshot.Documents() {
		if key != but {
			s.Changed(snapshot, doc)
		}
	}
}

func (s *Scheduler) enqueue(j *job) {
	if s.Fast == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := j.doc.Key()
	e := s.entries[key]
	if e == nil {
		e = &entry{}
		s.entries[key] = e
	}
	e.stop()
	if j.snapshot.Capabilities.PullDiagnostics() {
		if j.closed {
			delete(s.entries, key)
		}
		return
	}
	e.take(j, time.Now(), s.Quiet)
	if !e.running {
		e.running = true
		s.Client.Go("diagnostics", func(ctx context.Context) { s.loop(ctx, key, e) })
	}
}

// take notes the job. The caller holds the scheduler's lock.
func (e *entry) take(j *job, now time.Time, quiet time.Duration) {
	e.atOnce = e.atOnce || now.Sub(e.lastEdit) >= quiet || j.closed
	e.lastEdit = now
	if e.waiting.IsZero() {
		e.waiting = now
	}
	e.pending = j
	if e.cancel != nil && (!e.must || j.closed) {
		e.cancel()
	}
}
