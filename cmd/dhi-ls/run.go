package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// runCheck does the work of check: find, analyse, fix, filter, report.
func runCheck(ctx context.Context, s streams, args []string, opt checkOptions) error {
	// A run allocates much and keeps little: fewer collections, within bounds.
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(72 << 20)
	c, err := newChecker(ctx, s, opt)
	if err != nil {
		return err
	}
	if contains(args, "-") {
		return c.stdin(ctx, args)
	}
	if opt.stdinFilename != "" {
		return usageError("--stdin-filename needs `-` as the path")
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	files, failures := walk.Files(ctx, args, walk.Options{Excluded: c.configs.excluded})
	for _, f := range failures {
		c.fail(f.Path, f.Err)
	}
	if err := c.configs.err(); err != nil {
		return err
	}
	if err := c.openIndexes(ctx, files); err != nil {
		return err
	}
	c.beside = c.newBeside()
	c.files(ctx, files)
	c.across(ctx, args, files)
	return c.finish(ctx)
}

// checker carries one run.
type checker struct {
	streams
	opt     checkOptions
	configs *configs
	cache   *cache.Cache
	engine  analysis.Options
	// noIndexes says that no package index was ever fetched.
	noIndexes bool
	filter    filter
	progress  *progress
	beside    *beside

	mu       sync.Mutex
	report   report.Report
	all      []report.Finding // before baseline and --new-from, for --write-baseline
	failures []string
	diffs    map[string]string
	mended   map[string]string // with --diff: the texts that --fix would write
	fail1    bool              // a finding at or above --fail-on
}

func newChecker(ctx context.Context, s streams, opt checkOptions) (*checker, error) {
	cfgs, err := newConfigs(opt.config)
	if err != nil {
		return nil, err
	}
	c := &checker{streams: s, opt: opt, configs: cfgs, diffs: map[string]string{}, mended: map[string]string{}}
	c.engine = analysis.Options{Profile: opt.prof, Disk: analysis.OSDisk{}, Today: today()}
	if c.filter, err = newFilter(ctx, opt); err != nil {
		return nil, err
	}
	return c, nil
}

// fail notes what could not be done; the run goes on and ends with exit 3.
func (c *checker) fail(path string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	message := fmt.Sprintf("%s: %v", path, explain(err))
	c.failures = append(c.failures, message)
	c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "unreadable", Message: message})
}

// explain puts the errors users meet into words.
func explain(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "no such file or folder"
	case errors.Is(err, os.ErrPermission):
		return "permission denied"
	}
	return err.Error()
}

func (c *checker) files(ctx context.Context, files []walk.File) {
	c.report.Summary.Files = len(files)
	c.progress = newProgress(c.err, len(files), c.opt.quiet || !isTerminal(c.err))
	defer c.progress.stop()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(c.opt.jobs, max(1, len(files))) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(files) || ctx.Err() != nil {
					return
				}
				c.file(ctx, files[i])
				c.progress.step()
			}
		})
	}
	wg.Wait()
}

func (c *checker) file(ctx context.Context, f walk.File) {
	content, err := readFile(f.Path)
	if err == errNotOurs {
		c.skip()
		return
	}
	if err != nil {
		c.fail(f.Path, err)
		return
	}
	cfg := c.configs.of(f.Path)
	opt := c.options(cfg)
	key := f.Path + "\x00" + c.configs.fingerprint(cfg)
	if c.cache != nil && !c.opt.fix && !c.opt.diff {
		if o, ok := c.cache.Get(key, content); ok {
			if o.Kind != definition.NotOurs || facts.IsValues(f.Path) {
				c.beside.remember(f.Path, content, nil)
			}
			c.add(f.Path, string(content), o)
			return
		}
	}
	res := analysis.Analyze(ctx, f.Path, text.New(string(content)), opt)
	if (c.opt.fix || c.opt.diff) && res.Document.Kind != definition.NotOurs {
		if res, err = c.mend(ctx, f.Path, res, opt); err != nil {
			c.fail(f.Path, err)
			return
		}
		content = []byte(res.Document.Text.String())
	}
	o := cache.Of(res)
	if c.cache != nil && lasting(res.Notices) && ctx.Err() == nil && !c.opt.diff {
		c.cache.Put(key, content, o)
	}
	c.beside.remember(f.Path, content, res.Document)
	c.add(f.Path, string(content), o)
}

// options are the engine's options under a configuration.
func (c *checker) options(cfg *config.Config) analysis.Options {
	opt := c.engine
	if cfg == nil {
		cfg = &config.Config{}
	}
	opt.Config = cfg
	opt.Prefixes = cfg.Prefixes
	if !c.opt.profSet && cfg.Profile != "" {
		opt.Profile, _ = analysis.ParseProfile(cfg.Profile)
	}
	if c.opt.shellcheck || cfg.ShellCheck != nil && *cfg.ShellCheck {
		opt.ShellCheck = c.configs.shellcheck()
	}
	return opt
}

func (c *checker) skip() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.Summary.Skipped++
}

// add takes the outcome of one file into the report.
func (c *checker) add(path, content string, o cache.Outcome) {
	if o.Kind == definition.NotOurs {
		c.skip()
		return
	}
	c.mu.Lock()
	c.report.Summary.Definitions++
	c.mu.Unlock()
	c.addFindings(path, content, o)
}

// addFindings takes findings of a file into the report.
func (c *checker) addFindings(path, content string, o cache.Outcome) {
	findings := c.findings(path, content, o.Diagnostics)
	c.mu.Lock()
	defer c.mu.Unlock()
	sum := &c.report.Summary
	sum.Suppressed += o.Suppressed
	c.notice(o.Notices)
	for _, f := range findings {
		if c.opt.writeBaseline != "" {
			c.all = append(c.all, f)
		}
		switch c.filter.keep(&f) {
		case inBaseline:
			sum.Baselined++
			continue
		case unchanged:
			continue
		}
		sum.Count(f.Severity)
		if hasSafeFix(f) {
			sum.Fixable++
		}
		if f.Severity <= c.opt.fail {
			c.fail1 = true
		}
		c.report.Findings = append(c.report.Findings, f)
	}
}

func (c *checker) findings(path, content string, list []diagnostic.Diagnostic) []report.Finding {
	var out []report.Finding
	var t *text.Text
	for _, d := range list {
		if d.Severity > c.opt.min {
			continue
		}
		if t == nil {
			t = text.New(content)
		}
		out = append(out, report.From(path, t, d, readText))
	}
	return out
}

func hasSafeFix(f report.Finding) bool {
	for _, fix := range f.Fixes {
		if fix.Safe {
			return true
		}
	}
	return false
}

func readText(file string) *text.Text {
	content, err := readFile(file)
	if err != nil {
		return nil
	}
	return text.New(string(content))
}

// stdin checks the one definition on standard input.
func (c *checker) stdin(ctx context.Context, args []string) error {
	if len(args) > 1 {
		return usageError("`-` stands alone: standard input holds one definition")
	}
	name := c.opt.stdinFilename
	if name == "" {
		name = "stdin.yaml"
	}
	content, err := io.ReadAll(io.LimitReader(c.in, analysis.MaxSize+1))
	if err != nil {
		return failed(fmt.Errorf("read standard input: %w", err))
	}
	if len(content) > analysis.MaxSize {
		return failed(errors.New("standard input: " + tooLarge(-1)))
	}
	path := filepath.ToSlash(filepath.Clean(name))
	cfg := c.configs.of(path)
	if err := c.configs.err(); err != nil {
		return err
	}
	if err := c.openIndexes(ctx, nil); err != nil {
		return err
	}
	opt := c.options(cfg)
	res := analysis.Analyze(ctx, path, text.New(string(content)), opt)
	if c.opt.fix && !c.opt.diff {
		return c.mendStdin(ctx, path, res, opt)
	}
	if c.opt.diff && res.Document.Kind != definition.NotOurs {
		if res, err = c.mend(ctx, path, res, opt); err != nil {
			return failed(err)
		}
	}
	c.report.Summary.Files = 1
	c.add(path, res.Document.Text.String(), cache.Of(res))
	c.acrossStdin(ctx, path, res)
	return c.finish(ctx)
}

// finish writes the report and decides the exit code.
func (c *checker) finish(ctx context.Context) error {
	if ctx.Err() != nil {
		return &exitError{130, errors.New("interrupted")}
	}
	if c.cache != nil {
		if err := c.cache.Save(); err != nil {
			c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "cache", Message: fmt.Sprintf("the cache of results could not be written: %v", err)})
		}
	}
	if c.opt.writeBaseline != "" {
		if err := writeBaseline(c.opt.writeBaseline, c.all); err != nil {
			return failed(err)
		}
	}
	c.report.Sort()
	c.report.Notices = c.joinIndexNotices(c.report.Notices)
	sortNotices(c.report.Notices)
	c.report.Version = version
	for _, r := range rules.All() {
		c.report.Rules = append(c.report.Rules, report.Rule{ID: r.ID, Summary: r.Summary, URL: r.URL()})
	}
	var err error
	if c.opt.diff {
		err = c.writeDiffs()
	} else {
		err = writeReport(c.streams, c.opt, &c.report)
	}
	switch {
	case err != nil:
		return err
	case len(c.failures) > 0:
		if c.opt.format != "text" || c.opt.output != "" || c.opt.diff {
			return failed(errors.New(strings.Join(c.failures, "\n")))
		}
		return &exitError{code: exitFailed}
	case c.fail1 && c.opt.writeBaseline == "":
		return &exitError{code: exitFindings}
	}
	return nil
}
