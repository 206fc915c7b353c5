package builds

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"go.uber.org/zap"
)

// run is the whole life of a build.
func (m *Manager) run(b *build) {
	defer close(b.done)
	defer b.cancel(nil)
	began := time.Now()
	m.tellStatus(func(s *buildStatus) { s.active++ })
	defer m.tellStatus(func(s *buildStatus) { s.active-- })
	ctx, shown := m.Client.Begin(b.ctx, "Building "+b.name, nil)
	stream := m.stream(b)
	res, err := m.runner.Run(ctx, b.req, buildrunner.Events{
		Log:   b.log,
		Found: func(found *builder.Builder) { m.tellStatus(func(s *buildStatus) { s.builder = found.Name }) },
		Progress: func(e progress.Event) {
			stream.take(e)
			if e.Kind == progress.StepStarted || e.Kind == progress.StepBytes {
				shown.Report(e.Step, e.Percent)
			}
		},
	})
	b.place.Settle(res, err)
	b.answer = m.settle(b, res, err, time.Since(began))
	shown.End(b.answer.Message)
	stream.close(b.answer)
	m.Log.Info("build", zap.String("uri", string(b.doc.URI)), zap.String("state", string(b.answer.State)), zap.String("message", b.answer.Message))
	m.Client.Go("build message", func(ctx context.Context) { m.tell(ctx, b, res, err) })
}

// settle puts down what came of a build. What a canceled one would have found
// is not known, so that what the one before it found stays.
func (m *Manager) settle(b *build, res *buildrunner.Result, err error, took time.Duration) *Answer {
	answer := answerOf(b, res, err, took)
	var found []diagnostic.Diagnostic
	known := answer.State == StateOK || answer.State == StateFailed
	if known {
		found = b.place.Findings(res, locate.Options{LogURL: m.link(b)})
	}
	m.mu.Lock()
	if m.running[b.doc.Key()] == b {
		delete(m.running, b.doc.Key())
	} else {
		known = false // superseded: the newer build tells
	}
	if known {
		for _, e := range b.edits {
			found = locate.Shift(found, []text.Edit{e})
		}
		m.ended[b.doc.Key()] = &ended{build: b, on: b.now, found: found}
	}
	answer.Findings = len(found)
	m.mu.Unlock()
	if known {
		m.Found(b.doc.URI)
	}
	return answer
}

// State is where a build stands.
type State string

// The states.
const (
	StateRunning    State = "running"
	StateOK         State = "ok"
	StateFailed     State = "failed"
	StateCanceled   State = "canceled"
	StateSuperseded State = "superseded"
)

func stateOf(b *build, err error) State {
	switch {
	case err == nil:
		return StateOK
	case errors.Is(err, context.Canceled) && errors.Is(context.Cause(b.ctx), errSuperseded):
		return StateSuperseded
	case errors.Is(err, context.Canceled):
		return StateCanceled
	}
	return StateFailed
}

// sentence says how the build ended.
func sentence(b *build, state State, res *buildrunner.Result, err error, took time.Duration) string {
	switch state {
	case StateOK:
		done := "Built"
		if b.req.Check {
			done = "Checked"
		}
		return fmt.Sprintf("%s %s in %s", done, b.name, took.Round(100*time.Millisecond))
	case StateCanceled:
		return "The build of " + b.name + " was canceled"
	case StateSuperseded:
		return "The build of " + b.name + " gave way to a newer one"
	}
	if len(res.Failures) > 0 {
		return "The build of " + b.name + " failed: " + res.Failures[0].Title
	}
	return "The build of " + b.name + " failed: " + err.Error()
}
