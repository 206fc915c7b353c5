package diagnostics

import (
	"context"
	"fmt"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// stop ends the slow phase that runs behind a pull. The caller holds the
// scheduler's lock.
func (e *entry) stop() {
	if e.stopBehind != nil {
		e.stopBehind()
	}
	e.behind, e.stopBehind = slowKey{}, nil
}

// Document answers textDocument/diagnostic.
func (s *Scheduler) Document(ctx context.Context, snapshot *session.Snapshot, p *protocol.DocumentDiagnosticParams) (protocol.DocumentDiagnosticReport, error) {
	var items []protocol.Diagnostic
	var opening uint64
	if doc, open := snapshot.Document(p.TextDocument.URI); open {
		var err error
		if items, err = s.pull(ctx, &job{snapshot: snapshot, doc: doc}); err != nil {
			return nil, err
		}
		opening = doc.Opening
	}
	// A client may forget what it shows when it closes a document, and still
	// name the last result when it opens it again.
	id := fmt.Sprintf("%d.%s", opening, resultID(items))
	if p.PreviousResultID != nil && *p.PreviousResultID == id {
		report := &protocol.RelatedUnchangedDocumentDiagnosticReport{}
		report.Kind, report.ResultID = kindUnchanged, id
		return report, nil
	}
	report := &protocol.RelatedFullDocumentDiagnosticReport{}
	report.Kind, report.ResultID, report.Items = kindFull, &id, items
	return report, nil
}

// The kinds of reports; the protocol types do not fill them in.
const (
	kindFull      = "full"
	kindUnchanged = "unchanged"
)

// pull analyses an open document. A client that can be told to ask again gets
// the fast phase at once, and is told when the slow one found something else.
func (s *Scheduler) pull(ctx context.Context, j *job) ([]protocol.Diagnostic, error) {
	fast, err := s.guarded(ctx, s.Fast, j)
	if err != nil {
		return nil, err
	}
	if fast == nil || s.Slow == nil {
		items, _ := s.compose(j, fast, nil)
		return items, nil
	}
	slow, err := s.slowResults(ctx, j)
	if err != nil {
		return nil, err
	}
	items, _ := s.compose(j, fast, slow)
	return items, nil
}

func (s *Scheduler) slowResults(ctx context.Context, j *job) ([]diagnostic.Diagnostic, error) {
	s.mu.Lock()
	e := s.entries[j.doc.Key()]
	if e != nil && e.slow.slowKey == j.slowKey() {
		defer s.mu.Unlock()
		return e.slow.found, nil
	}
	if e == nil || !s.Client.Capabilities().CanRefresh(capability.RefreshDiagnostics) {
		s.mu.Unlock()
		return s.guarded(ctx, s.Slow, j)
	}
	defer s.mu.Unlock()
	carried := e.slow.carry(j)
	s.startSlow(e, j, carried)
	return carried, nil
}

// startSlow runs the slow phase behind the answer, once for each version. The
// caller holds the lock.
func (s *Scheduler) startSlow(e *entry, j *job, shown []diagnostic.Diagnostic) {
	key := j.slowKey()
	if e.behind == key {
		return
	}
	e.stop()
	ctx, cancel := context.WithCancel(s.Client.Context())
	e.behind, e.stopBehind = key, cancel
	s.Client.Go("slow diagnostics", func(context.Context) {
		defer cancel()
		s.slowRun(ctx, e, j, shown)
	})
}

func (s *Scheduler) slowRun(ctx context.Context, e *entry, j *job, shown []diagnostic.Diagnostic) {
	if !sleep(ctx, s.Quiet) {
		return
	}
	found, ok := s.analyze(ctx, s.Slow, j)
	if !ok {
		return
	}
	s.mu.Lock()
	e.slow = results{j.slowKey(), found}
	s.mu.Unlock()
	before, _ := s.compose(j, []diagnostic.Diagnostic{}, slices.Clone(shown))
	after, _ := s.compose(j, []diagnostic.Diagnostic{}, found)
	if resultID(before) != resultID(after) {
		s.Client.Refresh(capability.RefreshDiagnostics)
	}
}
