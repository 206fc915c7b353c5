package feature

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
	"golang.org/x/sync/errgroup"
)

// checked is the answer to dhi-ls.check.
type checked struct {
	// Files is the number of files that were looked at, Definitions of those
	// that are ours.
	Files       int `json:"files"`
	Definitions int `json:"definitions"`
	counts
	// Message says the counts in words.
	Message string `json:"message"`
}

// check checks one document or, without one, the workspace as it is in the
// editor and, for the rest, on disk.
func check(ctx context.Context, s *session.Snapshot, p *commandid.Document) (*checked, error) {
	out := &checked{}
	if p.URI != "" {
		d, _, err := ours(s, p.URI)
		if err != nil {
			return nil, err
		}
		slow, err := engine.Slow(ctx, s, d)
		if err != nil {
			return nil, err
		}
		out.take(engine.Findings(s, d))
		out.add(slow)
	} else if err := out.workspace(ctx, s); err != nil {
		return nil, err
	}
	out.Message = out.counts.String()
	return out, nil
}

// take counts one file; nil is one that is not ours.
func (c *checked) take(result *analysis.Result) {
	c.Files++
	if result != nil {
		c.Definitions++
		c.add(result.Diagnostics)
	}
}

func (c *checked) workspace(ctx context.Context, s *session.Snapshot) error {
	ctx, progress := s.Client.Begin(ctx, "Checking definitions", nil)
	defer func() { progress.End(c.counts.String()) }()
	paths, err := engine.Files(ctx, s)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	for _, d := range s.Documents() {
		if result := engine.Findings(s, d); result != nil {
			c.take(result)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, runtime.GOMAXPROCS(0)-1)) // typing goes on meanwhile
	for i, path := range paths {
		if _, open := s.Document(uri.File(path)); open {
			continue
		}
		group.Go(func() error {
			content, err := os.ReadFile(path)
			if err != nil {
				return ctx.Err() // gone since it was listed
			}
			result := engine.Findings(s, session.FileDocument(path, string(content), s.Encoding))
			mu.Lock()
			defer mu.Unlock()
			c.take(result)
			progress.Report(fmt.Sprintf("%d of %d files", i+1, len(paths)), 100*(i+1)/len(paths))
			return ctx.Err()
		})
	}
	return group.Wait()
}
