package diagnostics

import (
	"context"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// loop works off what comes for one document, and ends when nothing waits.
func (s *Scheduler) loop(ctx context.Context, key session.Key, e *entry) {
	for {
		j, wait := s.next(ctx, key, e)
		switch {
		case wait > 0:
			sleep(ctx, wait)
		case j == nil:
			return
		case j.closed:
			s.clear(e, j)
		default:
			s.run(ctx, e, j)
		}
	}
}

// next takes the pending job, or says how long to wait for it. Without either
// the loop ends; an entry whose document was closed goes with it.
func (s *Scheduler) next(ctx context.Context, key session.Key, e *entry) (*job, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.pending == nil || ctx.Err() != nil {
		e.running = false
		if e.lastEdit.IsZero() {
			delete(s.entries, key)
		}
		return nil, 0
	}
	if wait := e.wait(time.Now(), s.Quiet, s.Patience); wait > 0 {
		return nil, wait
	}
	j := e.pending
	e.pending, e.atOnce = nil, false
	return j, 0
}

// wait is how long the pending job has to wait for more edits to come.
func (e *entry) wait(now time.Time, quiet, patience time.Duration) time.Duration {
	if e.atOnce {
		return 0
	}
	until := e.lastEdit.Add(quiet)
	if limit := e.waiting.Add(patience); limit.Before(until) {
		until = limit
	}
	return until.Sub(now)
}

// run analyses one version in both phases.
func (s *Scheduler) run(ctx context.Context, e *entry, j *job) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	if e.pending != nil && e.pending.closed {
		s.mu.Unlock()
		return
	}
	e.cancel = cancel
	e.must = time.Since(e.waiting) > s.Patience
	last := e.slow
	s.mu.Unlock()
	defer s.finish(e)

	fast, ok := s.analyze(ctx, s.Fast, j)
	if !ok {
		return
	}
	carried := last.carry(j)
	s.publish(e, j, fast, carried)
	s.mu.Lock()
	e.waiting, e.must = time.Time{}, false
	superseded := e.pending != nil
	if superseded {
		e.waiting = time.Now()
	}
	settle := s.Quiet - time.Since(e.lastEdit)
	s.mu.Unlock()
	if fast == nil || s.Slow == nil || superseded || !sleep(ctx, settle) {
		return
	}
	slow, ok := s.analyze(ctx, s.Slow, j)
	if !ok {
		return
	}
	s.mu.Lock()
	e.slow = results{j.slowKey(), slow}
	s.mu.Unlock()
	s.publish(e, j, fast, slow)
}

// finish marks the end of a run.
func (s *Scheduler) finish(e *entry) {
	s.mu.Lock()
	e.cancel, e.must = nil, false
	s.mu.Unlock()
}

// analyze runs one phase. ok is false when there is no result: superseded, or
// failed, in which case what the client has stays.
func (s *Scheduler) analyze(ctx context.Context, phase Analyzer, j *job) (found []diagnostic.Diagnostic, ok bool) {
	found, err := s.guarded(ctx, phase, j)
	if err != nil && ctx.Err() == nil {
		s.Log.Warn("analysis failed", zap.String("uri", string(j.doc.URI)), zap.Error(err))
	}
	return found, err == nil && ctx.Err() == nil
}

// publish tells the client, unless it knows already.
func (s *Scheduler) publish(e *entry, j *job, fast, slow []diagnostic.Diagnostic) {
	items, ours := s.compose(j, fast, slow)
	id := resultID(items)
	known := e.sent
	if known == "" && !ours || known == id {
		return
	}
	e.sent = id
	s.Publish(&protocol.PublishDiagnosticsParams{
		URI: j.doc.URI, Version: protocol.NewOptional(j.doc.Version), Diagnostics: items,
	})
}

// clear takes a closed document's diagnostics away.
func (s *Scheduler) clear(e *entry, j *job) {
	if e.sent != "" && e.sent != resultID(nil) {
		s.Publish(&protocol.PublishDiagnosticsParams{URI: j.doc.URI})
	}
	e.sent = ""
	s.mu.Lock()
	defer s.mu.Unlock()
	e.slow = results{}
	if e.pending == nil {
		e.lastEdit = time.Time{} // tells next to drop the entry
	}
}

// sleep waits; it is false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
