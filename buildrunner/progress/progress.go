// Package progress turns BuildKit's status stream into steps, a percentage,
// a bounded log and events that editors can show.
package progress

import (
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/pb"
	digest "github.com/opencontainers/go-digest"
)

// Kind says what an Event is about.
type Kind uint8

const (
	// StepStarted, StepDone, StepCached and StepFailed are the life of a step.
	StepStarted Kind = iota + 1
	StepDone
	StepCached
	StepFailed
	// StepBytes is the advance of a download or upload.
	StepBytes
	// Log is one line that a step printed.
	Log
	// Warned is a warning of the frontend.
	Warned
)

// Event is one thing that happened in a build.
type Event struct {
	Kind Kind
	// Step is the name of the step (BuildKit's vertex), Number its 1-based
	// place in order of appearance.
	Step   string
	Number int
	// Line is the line of a Log without its break, or the text of a warning
	// or failure.
	Line string
	// Stderr tells a Log's stream.
	Stderr bool
	// Current and Total are bytes, for StepBytes. Total is 0 when unknown.
	Current, Total int64
	// Percent is the share of the definition's steps that are done, below 100
	// until the build ends. It never falls.
	Percent int
	// Elapsed is the time the step took, for StepDone and StepFailed.
	Elapsed time.Duration
}

// Step is what is known of one vertex.
type Step struct {
	Digest digest.Digest
	Name   string
	Number int
	// Internal steps are BuildKit's own, such as loading the definition.
	Internal  bool
	Started   bool
	Completed bool
	Cached    bool
	// Err is the step's failure, "" while there is none.
	Err string
	// tail holds the last lines it printed.
	tail    tail
	partial [3][]byte
	seen    map[string]int64
}

// Log is the last lines that the step printed, oldest first. The line that
// was not ended yet counts.
func (s *Step) Log() []string {
	lines := s.tail.lines()
	for _, p := range s.partial {
		if len(p) > 0 {
			lines = append(lines, string(p))
		}
	}
	return lines
}

// Warning is a frontend's warning.
type Warning struct {
	Step   string
	Level  int
	Text   string
	Detail []string
	URL    string
	Source *pb.SourceInfo
	Ranges []*pb.Range
}

// Tracker follows one build. Its memory is bounded, whatever the build
// prints: see the limits in log.go. It is for one goroutine.
type Tracker struct {
	emit     func(Event)
	steps    map[digest.Digest]*Step
	order    []*Step
	warnings []Warning
	log      *Buffer
	// known and done count the definition's own steps.
	known, done, percent int
}

// NewTracker returns a tracker that gives each event to emit, which may be
// nil, and each printed line to log, which may be nil.
func NewTracker(emit func(Event), log *Buffer) *Tracker {
	if emit == nil {
		emit = func(Event) {}
	}
	return &Tracker{emit: emit, steps: map[digest.Digest]*Step{}, log: log}
}

// Update takes one message of the stream.
func (t *Tracker) Update(s *client.SolveStatus) {
	for _, v := range s.Vertexes {
		t.vertex(v)
	}
	for _, st := range s.Statuses {
		t.status(st)
	}
	for _, l := range s.Logs {
		t.logged(l)
	}
	for _, w := range s.Warnings {
		t.warned(w)
	}
}

// Step finds a step by the digest of its vertex, or nil.
func (t *Tracker) Step(d digest.Digest) *Step { return t.steps[d] }

// Steps are all steps in order of appearance.
func (t *Tracker) Steps() []*Step { return t.order }

// Failed are the steps that failed, canceled ones left out.
func (t *Tracker) Failed() []*Step {
	var out []*Step
	for _, s := range t.order {
		if s.Err != "" && !strings.Contains(s.Err, "context canceled") {
			out = append(out, s)
		}
	}
	return out
}

// Warnings are the warnings so far.
func (t *Tracker) Warnings() []Warning { return t.warnings }

func (t *Tracker) step(d digest.Digest) *Step {
	s, ok := t.steps[d]
	if !ok {
		s = &Step{Digest: d, Number: len(t.order) + 1}
		t.steps[d] = s
		t.order = append(t.order, s)
	}
	return s
}

// vertex takes a vertex, which BuildKit sends again at each change.
func (t *Tracker) vertex(v *client.Vertex) {
	s := t.step(v.Digest)
	if v.Name != "" && s.Name == "" {
		s.Name, s.Internal = v.Name, strings.HasPrefix(v.Name, "[internal]")
		if !s.preparation() {
			t.known++
		}
	}
	if v.Started != nil && !s.Started {
		s.Started = true
		t.event(s, Event{Kind: StepStarted})
	}
	if v.Completed == nil || s.Completed {
		return
	}
	s.Completed, s.Cached, s.Err = true, v.Cached, v.Error
	t.flush(s)
	if !s.preparation() {
		t.done++
	}
	e := Event{Kind: StepDone}
	switch {
	case v.Error != "":
		e.Kind, e.Line = StepFailed, v.Error
	case v.Cached:
		e.Kind = StepCached
	}
	if v.Started != nil {
		e.Elapsed = v.Completed.Sub(*v.Started)
	}
	t.event(s, e)
}

func (t *Tracker) event(s *Step, e Event) {
	e.Step, e.Number = s.Name, s.Number
	e.Percent = t.advance()
	t.emit(e)
}

// advance is the percentage of the definition's own steps, which BuildKit
// announces together before the first of them runs. The result's export still
// comes after them, so one more counts.
func (t *Tracker) advance() int {
	t.percent = max(t.percent, t.done*100/(t.known+1))
	return t.percent
}

// preparations begin the names of vertices that are not of the definition.
var preparations = []string{"[internal]", "[auth]", "resolve image config", "docker-image://", "load ", "importing ", "exporting ", "pushing "}

func (s *Step) preparation() bool {
	for _, p := range preparations {
		if strings.HasPrefix(s.Name, p) {
			return true
		}
	}
	return false
}

// status reports bytes at most once per hundredth of a transfer, so that a
// fast download does not flood an editor.
func (t *Tracker) status(st *client.VertexStatus) {
	s := t.step(st.Vertex)
	if s.seen == nil {
		s.seen = map[string]int64{}
	}
	last, known := s.seen[st.ID]
	step := max(st.Total/100, 1<<20)
	if known && st.Current-last < step && st.Completed == nil {
		return
	}
	s.seen[st.ID] = st.Current
	t.emit(Event{Kind: StepBytes, Step: s.Name, Number: s.Number, Line: st.ID, Current: st.Current, Total: st.Total, Percent: t.percent})
}

func (t *Tracker) warned(w *client.VertexWarning) {
	if len(t.warnings) >= maxWarnings {
		return
	}
	out := Warning{Level: w.Level, Text: string(w.Short), URL: w.URL, Source: w.SourceInfo, Ranges: w.Range}
	for _, d := range w.Detail {
		out.Detail = append(out.Detail, string(d))
	}
	number := 0
	if s := t.steps[w.Vertex]; s != nil {
		out.Step, number = s.Name, s.Number
	}
	t.warnings = append(t.warnings, out)
	t.emit(Event{Kind: Warned, Step: out.Step, Number: number, Line: out.Text, Percent: t.percent})
}
