package engine

import (
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// findingsKey is all that findings depend on beside the version.
type findingsKey struct {
	generation, disk uint64
	day, indexes     string
}

// lastFindings keeps the result for a version as long as it is good: one
// version is asked about by diagnostics, code actions, lenses and commands.
type lastFindings struct {
	mu     sync.Mutex
	key    findingsKey
	result *analysis.Result
}

var findings = session.Derive(func(*session.Document) *lastFindings { return &lastFindings{} })

// Findings is the result of the fast phase for a version; nil for a document
// that is not ours or too long to be analysed.
func Findings(s *session.Snapshot, d *session.Document) *analysis.Result {
	doc := Document(s, d)
	if doc.Kind == definition.NotOurs || d.Text.Len() > analysis.MaxSize {
		return nil
	}
	key := findingsKey{s.Generation, s.Disk, time.Now().UTC().Format(time.DateOnly), ""}
	if s.Services.Indexes != nil {
		key.indexes = s.Services.Indexes.Generation()
	}
	last := findings.Of(d)
	last.mu.Lock()
	defer last.mu.Unlock()
	if last.result == nil || last.key != key {
		last.key, last.result = key, analysis.Fast(doc, Options(s, d))
	}
	return last.result
}
