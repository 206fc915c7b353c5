package diagnostics

import (
	"context"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"
)

// fileCache keeps what was found in files that no client has open.
type fileCache struct {
	mu     sync.Mutex
	byPath map[string]fileResult
}

// fileResult is good as long as the file and the generation are the same.
type fileResult struct {
	modified   time.Time
	size       int64
	generation uint64
	id         string
	items      []protocol.Diagnostic
}

// holdFor is how long a workspace pull with nothing new is held before it is
// answered; clients ask again at once.
const holdFor = 10 * time.Second

// Workspace answers workspace/diagnostic for the files that are not open:
// those that are, the client asks for one by one.
func (s *Scheduler) Workspace(ctx context.Context, snapshot *session.Snapshot, p *protocol.WorkspaceDiagnosticParams) (*protocol.WorkspaceDiagnosticReport, error) {
	previous := make(map[session.Key]string, len(p.PreviousResultIds))
	for _, r := range p.PreviousResultIds {
		previous[session.KeyOf(r.URI)] = r.Value
	}
	s.mu.Lock()
	changed := s.changed
	s.mu.Unlock()
	report, news, err := s.workspace(ctx, snapshot, previous)
	if err != nil || news || len(previous) == 0 {
		return report, err
	}
	select {
	case <-changed:
	case <-ctx.Done():
	case <-time.After(holdFor):
	}
	return report, ctx.Err()
}

func (s *Scheduler) workspace(ctx context.Context, snapshot *session.Snapshot, previous map[session.Key]string) (report *protocol.WorkspaceDiagnosticReport, news bool, err error) {
	paths, err := s.workspacePaths(ctx, snapshot)
	if err != nil {
		return nil, false, err
	}
	results := make([]*fileResult, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, path := range paths {
		group.Go(func() error {
			result, err := s.file(ctx, snapshot, path)
			results[i] = result
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, false, err
	}
	report = &protocol.WorkspaceDiagnosticReport{}
	for i, path := range paths {
		item, isNew := fileReport(uri.File(path), results[i], previous)
		if item != nil {
			report.Items = append(report.Items, item)
		}
		news = news || isNew
	}
	return report, news, nil
}

// workspacePaths are the files to report on.
func (s *Scheduler) workspacePaths(ctx context.Context, snapshot *session.Snapshot) ([]string, error) {
	if s.Files == nil {
		return nil, nil
	}
	all, err := s.Files(ctx, snapshot)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, path := range all {
		u := uri.File(path)
		if _, open := snapshot.Document(u); !open && snapshot.Settings(u).Diagnostics.Workspace {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// fileReport says what is new about a file. Nothing is said of one that has
// no findings and had none.
func fileReport(u uri.URI, result *fileResult, previous map[session.Key]string) (report protocol.WorkspaceDocumentDiagnosticReport, news bool) {
	before, known := previous[session.KeyOf(u)]
	switch {
	case result == nil: // gone or unreadable; when it had findings, they go too
		if !known || before == resultID(nil) {
			return nil, false
		}
		result = &fileResult{id: resultID(nil)}
	case known && before == result.id:
		same := &protocol.WorkspaceUnchangedDocumentDiagnosticReport{URI: u}
		same.Kind, same.ResultID = kindUnchanged, result.id
		return same, false
	case !known && len(result.items) == 0:
		return nil, false
	}
	full := &protocol.WorkspaceFullDocumentDiagnosticReport{URI: u}
	full.Kind, full.ResultID, full.Items = kindFull, &result.id, result.items
	return full, true
}

// file is what is found in a file, nil if it cannot be read.
func (s *Scheduler) file(ctx context.Context, snapshot *session.Snapshot, path string) (*fileResult, error) {
	result, err := s.alone(ctx, snapshot, path)
	if result == nil || err != nil || s.Across == nil {
		return result, err
	}
	found := s.Across(ctx, snapshot, path)
	if len(found) == 0 {
		return result, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return result, nil
	}
	doc := session.FileDocument(path, string(content), snapshot.Encoding)
	both := *result
	both.items = slices.Concat(result.items, convert.Diagnostics(snapshot, doc, found))
	both.id = resultID(both.items)
	return &both, nil
}

// alone is what is found in a file without looking at others; it is kept as
// long as the file does not change.
func (s *Scheduler) alone(ctx context.Context, snapshot *session.Snapshot, path string) (*fileResult, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil
	}
	if cached, ok := s.files.get(path, info, snapshot.Generation); ok {
		return &cached, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		s.Log.Info("unreadable file", zap.Error(err))
		return nil, nil
	}
	j := &job{snapshot: snapshot, doc: session.FileDocument(path, string(content), snapshot.Encoding)}
	fast, err := s.guarded(ctx, s.Fast, j)
	if err != nil {
		return nil, err
	}
	items, _ := s.compose(j, fast, nil)
	result := fileResult{modified: info.ModTime(), size: info.Size(), generation: snapshot.Generation, id: resultID(items), items: items}
	s.files.put(path, result)
	return &result, nil
}

func (c *fileCache) get(path string, info os.FileInfo, generation uint64) (fileResult, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r, ok := c.byPath[path]
	return r, ok && r.generation == generation && r.size == info.Size() && r.modified.Equal(info.ModTime())
}

func (c *fileCache) put(path string, r fileResult) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byPath == nil {
		c.byPath = make(map[string]fileResult)
	}
	c.byPath[path] = r
}
