package diagnostics

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// results are the findings of the slow phase, with what they were found in.
type results struct {
	slowKey
	found []diagnostic.Diagnostic
}

// slowKey is all that the slow phase depends on.
type slowKey struct {
	doc                      *session.Document
	generation, disk, beside uint64
}

func (j *job) slowKey() slowKey {
	return slowKey{j.doc, j.snapshot.Generation, j.snapshot.Disk, j.snapshot.Beside}
}

// carry moves findings of the slow phase to a later text, so that they do not
// vanish and come back at every keystroke. What the edit touched is dropped.
func (r *results) carry(j *job) []diagnostic.Diagnostic {
	if r.doc == nil || r.doc.Key() != j.doc.Key() || r.generation != j.snapshot.Generation || r.disk != j.snapshot.Disk {
		return nil
	}
	if r.doc == j.doc {
		return r.found
	}
	edits := []text.Edit{difference(r.doc.Text.String(), j.doc.Text.String())}
	var out []diagnostic.Diagnostic
	for _, d := range r.found {
		if moved, ok := move(d, edits); ok {
			out = append(out, moved)
		}
	}
	return out
}

func move(d diagnostic.Diagnostic, edits []text.Edit) (diagnostic.Diagnostic, bool) {
	whole := true
	at := func(file string, r text.Range) text.Range {
		if file != "" {
			return r
		}
		moved, untouched := text.Map(r, edits)
		whole = whole && untouched
		return moved
	}
	d.Range = at("", d.Range)
	d.Related = slices.Clone(d.Related)
	for i := range d.Related {
		d.Related[i].Range = at(d.Related[i].File, d.Related[i].Range)
	}
	d.Fixes = slices.Clone(d.Fixes)
	for i := range d.Fixes {
		d.Fixes[i].Edits = slices.Clone(d.Fixes[i].Edits)
		for k := range d.Fixes[i].Edits {
			e := &d.Fixes[i].Edits[k]
			e.Range = at(e.File, e.Range)
		}
	}
	return d, whole
}

// difference is one edit that makes b of a: all between what they share at
// the start and at the end.
func difference(a, b string) text.Edit {
	limit := min(len(a), len(b))
	prefix := 0
	for prefix < limit && a[prefix] == b[prefix] {
		prefix++
	}
	suffix := 0
	for suffix < limit-prefix && a[len(a)-1-suffix] == b[len(b)-1-suffix] {
		suffix++
	}
	return text.Edit{Range: text.Range{Start: prefix, End: len(a) - suffix}, New: b[prefix : len(b)-suffix]}
}

// guarded runs a phase unless the text is too long for it or the user does
// not want diagnostics.
func (s *Scheduler) guarded(ctx context.Context, phase Analyzer, j *job) (found []diagnostic.Diagnostic, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("panic", zap.String("analysing", string(j.doc.URI)), zap.Any("value", r), zap.Stack("stack"))
			found, err = nil, fmt.Errorf("internal error while %s was checked: %v", j.doc.URI, r)
		}
	}()
	if !j.snapshot.Settings(j.doc.URI).Diagnostics.Enable {
		return nil, nil
	}
	if j.doc.Text.Len() <= s.MaxBytes {
		return phase(ctx, j.snapshot, j.doc)
	}
	if !strings.Contains(j.doc.Text.Slice(text.Range{End: 4096}), "dhi.io/build") {
		return nil, nil
	}
	return []diagnostic.Diagnostic{{
		Code: "file-too-large", Severity: diagnostic.Info, Range: j.doc.Text.LineRange(0),
		Message: fmt.Sprintf("Not checked: the file has %d bytes, and definitions are checked up to %d.", j.doc.Text.Len(), s.MaxBytes),
	}}, nil
}

// compose makes one list of both phases and what else is known. ours is false for a document that is
// no definition.
func (s *Scheduler) compose(j *job, fast, slow []diagnostic.Diagnostic) (items []protocol.Diagnostic, ours bool) {
	if fast == nil {
		return nil, false
	}
	var more []diagnostic.Diagnostic
	if s.More != nil {
		more = s.More(j.doc)
	}
	all := diagnostic.Sort(slices.Concat(fast, slow, more))
	limit := j.snapshot.Settings(j.doc.URI).Diagnostics.Limit
	if limit > 0 && len(all) > limit {
		all = limited(j.doc, all, limit)
	}
	return convert.Diagnostics(j.snapshot, j.doc, all), true
}

// limited keeps the gravest findings and says how many more there are.
func limited(doc *session.Document, all []diagnostic.Diagnostic, limit int) []diagnostic.Diagnostic {
	left := len(all) - limit
	kept := slices.Clone(all)
	slices.SortStableFunc(kept, func(a, b diagnostic.Diagnostic) int { return int(a.Severity) - int(b.Severity) })
	return append(diagnostic.Sort(kept[:limit]), diagnostic.Diagnostic{
		Code: "more-findings", Severity: diagnostic.Info, Range: doc.Text.LineRange(0),
		Message: fmt.Sprintf("%d more findings are not shown (setting %s.diagnostics.limit is %d).", left, session.Section, limit),
	})
}

// resultID names a list of diagnostics by its content, so that it stays the
// same however often it is computed.
func resultID(items []protocol.Diagnostic) string {
	hash := fnv.New64a()
	for i := range items {
		if raw, err := protocol.Marshal(&items[i]); err == nil {
			hash.Write(raw)
			hash.Write([]byte{0})
		}
	}
	return strconv.FormatUint(hash.Sum64(), 16)
}
