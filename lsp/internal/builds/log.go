package builds

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// MethodLog is the notification with the log of builds as it grows. It is
// sent to clients that declare the experimental capability "dhi-ls/buildLog".
const MethodLog = "dhi-ls/buildLog"

// Log is the payload of [MethodLog].
type Log struct {
	Build string  `json:"build"`
	URI   uri.URI `json:"uri"`
	// Step is the name of the step that runs, Percent how far the build is.
	Step    string `json:"step,omitzero"`
	Percent int    `json:"percent"`
	// Steps are those that began or ended since the last notification, as
	// they stand now.
	Steps []Step   `json:"steps,omitzero"`
	Lines []string `json:"lines"`
	// Dropped is how many lines were left out before these, because they came
	// faster than a client could read.
	Dropped int `json:"dropped,omitzero"`
	// Ended is set in the last notification of a build.
	Ended *Answer `json:"ended,omitzero"`
}

// Step is a step of a build. Its number is its place in the order of
// appearance, and with its name tells it from the others.
type Step struct {
	Number int       `json:"number"`
	Name   string    `json:"name"`
	State  StepState `json:"state"`
	// Milliseconds is how long it took, once it has ended.
	Milliseconds int64 `json:"milliseconds,omitzero"`
}

// StepState is where a step stands.
type StepState string

// The states of steps, by the events that lead to them.
const (
	StepRunning StepState = "running"
	StepDone    StepState = "done"
	StepCached  StepState = "cached"
	StepFailed  StepState = "failed"
)

var stepStates = map[progress.Kind]StepState{
	progress.StepStarted: StepRunning,
	progress.StepDone:    StepDone,
	progress.StepCached:  StepCached,
	progress.StepFailed:  StepFailed,
}

// logEvery is the time between two notifications, maxPending how many bytes of
// lines wait for one.
const (
	logEvery   = 100 * time.Millisecond
	maxPending = 256 << 10
)

// stream sends the log of one build. Its methods do nothing for a client that
// does not want it.
type stream struct {
	m    *Manager
	b    *build
	quit chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex
	next    Log
	pending int
	changed bool
}

func (m *Manager) stream(b *build) *stream {
	s := &stream{m: m, b: b}
	if m.Client.Capabilities().Experimental(MethodLog) {
		s.quit = make(chan struct{})
		s.next = s.empty()
		s.wg.Go(s.send)
	}
	return s
}

func (s *stream) empty() Log {
	return Log{Build: s.b.id, URI: s.b.doc.URI, Step: s.next.Step, Percent: s.next.Percent, Lines: []string{}}
}

func (s *stream) take(e progress.Event) {
	if s.quit == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next.Percent, s.changed = e.Percent, true
	if state, ok := stepStates[e.Kind]; ok {
		s.step(Step{Number: e.Number, Name: e.Step, State: state, Milliseconds: e.Elapsed.Milliseconds()})
	}
	switch e.Kind {
	case progress.StepStarted:
		s.next.Step = e.Step
		s.line("=> " + e.Step)
	case progress.StepFailed:
		s.line("=> " + e.Step + " failed: " + e.Line)
	case progress.Log:
		s.line(e.Line)
	case progress.Warned:
		s.line("warning: " + e.Line)
	}
}

// step keeps the latest state of each step. The caller holds the lock.
func (s *stream) step(latest Step) {
	for i, known := range s.next.Steps {
		if known.Number == latest.Number && known.Name == latest.Name {
			s.next.Steps[i] = latest
			return
		}
	}
	s.next.Steps = append(s.next.Steps, latest)
}

// line keeps the newest lines. The caller holds the lock.
func (s *stream) line(l string) {
	s.next.Lines = append(s.next.Lines, l)
	s.pending += len(l)
	for s.pending > maxPending {
		s.pending -= len(s.next.Lines[0])
		s.next.Lines = s.next.Lines[1:]
		s.next.Dropped++
	}
}

func (s *stream) send() {
	tick := time.NewTicker(logEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			s.flush(nil)
		}
	}
}

func (s *stream) flush(answer *Answer) {
	s.mu.Lock()
	next, changed := s.next, s.changed
	s.next, s.pending, s.changed = s.empty(), 0, false
	s.mu.Unlock()
	if changed || answer != nil {
		next.Ended = answer
		s.m.Client.Notify(MethodLog, next)
	}
}

// close sends what is left and how the build ended.
func (s *stream) close(answer *Answer) {
	if s.quit == nil {
		return
	}
	close(s.quit)
	s.wg.Wait()
	s.flush(answer)
}

// Scheme is that of the virtual documents with logs.
const Scheme = "dhi-ls-build"

// uri is the virtual document with the log of the document's last build.
func (b *build) uri() uri.URI {
	return uri.URI(Scheme + ":/" + b.id + "/" + strings.TrimSuffix(b.name, filepath.Ext(b.name)) + ".log")
}

// link is where a finding leads for the log, "" where the client shows no
// virtual documents.
func (m *Manager) link(b *build) string {
	if !m.Client.Capabilities().ContentProvider() {
		return ""
	}
	return string(b.uri())
}

// find looks for a build among the latest of each document and those whose
// findings are shown.
func (m *Manager) find(match func(*build) bool) (*build, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.latest {
		if match(b) {
			return b, true
		}
	}
	for _, e := range m.ended {
		if match(e.build) {
			return e.build, true
		}
	}
	return nil, false
}

// Content is the text of a virtual document; ok is false for one of another
// scheme. A log that is no longer there says so.
func (m *Manager) Content(u uri.URI) (text string, ok bool) {
	rest, ok := strings.CutPrefix(string(u), Scheme+":")
	if !ok {
		return "", false
	}
	id, _, _ := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	b, found := m.find(func(b *build) bool { return b.id == id })
	if !found {
		return "The log of this build is no longer there: a newer build of the definition has ended.\n", true
	}
	return b.log.String(), true
}

// openLog shows the log: as a virtual document where the client can, else as
// a file, which goes when the server ends.
func (m *Manager) openLog(ctx context.Context, b *build) {
	target := b.uri()
	if !m.Client.Capabilities().ContentProvider() {
		m.mu.Lock()
		file, err := m.logs.write(b)
		m.mu.Unlock()
		if err != nil {
			m.Client.Show(protocol.MessageTypeError, "The log cannot be written: "+err.Error())
			return
		}
		target = uri.File(file)
	}
	if err := m.Client.Open(ctx, target, false, nil); err != nil {
		m.Client.Show(protocol.MessageTypeError, err.Error())
	}
}

// canOpenLog says whether the client opens documents for the server.
func (m *Manager) canOpenLog() bool { return m.Client.Capabilities().ShowDocument() }

// logFiles are logs written for clients without virtual documents.
type logFiles struct{ dir string }

func (l *logFiles) write(b *build) (string, error) {
	if l.dir == "" {
		dir, err := os.MkdirTemp("", "dhi-ls-log-")
		if err != nil {
			return "", err
		}
		l.dir = dir
	}
	file := filepath.Join(l.dir, b.id+"-"+filepath.Base(b.name)+".log")
	return file, os.WriteFile(file, []byte(b.log.String()), 0o600)
}

func (l *logFiles) remove() {
	if l.dir != "" {
		_ = os.RemoveAll(l.dir) // in the folder for temporary files
		l.dir = ""
	}
}

// byDocument matches the build of a document.
func byDocument(u uri.URI) func(*build) bool {
	key := session.KeyOf(u)
	return func(b *build) bool { return b.doc.Key() == key }
}
