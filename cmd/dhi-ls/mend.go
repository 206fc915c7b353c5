package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// mend applies the fixes of a file until none is left, and writes the file
// unless only the difference is wanted. The result returned is that of the
// mended text, or with --diff that of the text as it is.
func (c *checker) mend(ctx context.Context, path string, res *analysis.Result, opt analysis.Options) (*analysis.Result, error) {
	before := res.Document.Text.String()
	mended, fixed := analysis.ApplyFixes(ctx, path, res, opt, c.opt.unsafeFixes, c.opt.min)
	after := mended.Document.Text.String()
	if after == before {
		return res, nil
	}
	c.mu.Lock()
	c.report.Summary.Fixed += fixed
	c.mu.Unlock()
	if c.opt.diff {
		c.mu.Lock()
		c.diffs[path] = udiff.Unified("a/"+path, "b/"+path, before, after)
		c.mended[path] = after
		c.mu.Unlock()
		return res, nil
	}
	return mended, writeFile(path, after)
}

// mendStdin writes the mended definition to standard output and what is left
// to standard error.
func (c *checker) mendStdin(ctx context.Context, path string, res *analysis.Result, opt analysis.Options) error {
	if res.Document.Kind != definition.NotOurs {
		res, c.report.Summary.Fixed = analysis.ApplyFixes(ctx, path, res, opt, c.opt.unsafeFixes, c.opt.min)
	}
	if _, err := io.WriteString(c.out, res.Document.Text.String()); err != nil {
		return failed(err)
	}
	c.out = c.err
	c.report.Summary.Files = 1
	c.add(path, res.Document.Text.String(), cache.Of(res))
	return c.finish(ctx)
}

func (c *checker) writeDiffs() error {
	paths := make([]string, 0, len(c.diffs))
	for p := range c.diffs {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		if _, err := io.WriteString(c.out, printable(c.out, c.diffs[p])); err != nil {
			return failed(err)
		}
	}
	return nil
}

// writeFile replaces a file's content at once: a reader sees the old text or
// the new. It follows links and keeps the mode.
func writeFile(path, content string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(target), ".dhi-ls-*")
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(content)
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), target)
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
