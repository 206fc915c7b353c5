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
	"unsafe"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
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
	files, failures := walk.Files(ctx, args, walk.Options{Excluded: c.configs.excluded, Listed: c.configs.listed})
	for _, f := range failures {
		c.fail(f.Path, f.Err)
	}
	for _, f := range files {
		c.configs.of(f.Path) // of a file that is named nobody has looked for it yet
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
	// noIndexes says that no package index was ever fetched, noRegistries that
	// no registry was ever asked.
	noIndexes, noRegistries bool
	filter                  filter
	progress                *progress
	beside                  *beside
	texts                   *texts

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
	day, err := today()
	if err != nil {
		return nil, err
	}
	c.engine = analysis.Options{Profile: opt.prof, Disk: analysis.OSDisk{}, Today: day}
	if !opt.fix && !opt.diff {
		c.texts = &texts{}
	}
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
	walk.Each(ctx, c.opt.jobs, len(files), func(i int) {
		c.file(ctx, files[i])
		c.progress.step()
	})
}

// source is a file of the run. Its content is read when somebody needs it.
type source struct {
	path    string
	hash    kept.Hash
	content string
	read    bool
}

// identify tells the content of a file, if possible without reading it.
func (c *checker) identify(path string) (source, error) {
	if hash, ok := c.cache.Content(path); ok {
		return source{path: path, hash: hash}, nil
	}
	return c.read(path)
}

// read reads a file.
func (c *checker) read(path string) (source, error) {
	content, info, err := readStamped(path)
	if err != nil {
		return source{}, err
	}
	// The bytes are not changed any more, so that they need not be copied.
	s := source{path, kept.HashOf(content), unsafe.String(unsafe.SliceData(content), len(content)), true}
	c.cache.Read(path, info, s.hash)
	return s, nil
}

// key names the results of a file.
func (c *checker) key(path string, hash kept.Hash) cache.Key {
	return cache.Key{Path: path, Config: c.configs.fingerprint(c.configs.of(path)), Hash: hash}
}

func (c *checker) file(ctx context.Context, f walk.File) {
	reuse := c.cache != nil && !c.opt.fix && !c.opt.diff
	look := c.read
	if reuse {
		look = c.identify
	}
	s, err := look(f.Path)
	if err == nil && reuse {
		var done bool
		if done, err = c.earlier(&s); done {
			return
		}
	}
	if err == errNotOurs {
		c.skip()
		return
	}
	if errors.Is(err, os.ErrNotExist) && !f.Named {
		return // it went since the folder was read
	}
	if err != nil {
		c.fail(f.Path, err)
		return
	}
	c.analyze(ctx, s)
}

// earlier reports what an earlier run found in the file. Otherwise the file is
// read.
func (c *checker) earlier(s *source) (done bool, err error) {
	o, ok := c.cache.Get(c.key(s.path, s.hash))
	if !s.read && (!ok || len(o.Diagnostics) > 0) {
		hash := s.hash
		if *s, err = c.read(s.path); err != nil {
			return false, err
		}
		ok = ok && s.hash == hash
	}
	if !ok {
		return false, nil
	}
	if o.Kind != definition.NotOurs || facts.IsValues(s.path) {
		c.beside.note(s.path, known{hash: s.hash, ours: o.Kind != definition.NotOurs})
	}
	c.add(s.path, s.content, o)
	return true, nil
}

// analyze checks a file whose content was read.
func (c *checker) analyze(ctx context.Context, s source) {
	opt := c.options(c.configs.of(s.path))
	res := analysis.Analyze(ctx, s.path, text.New(s.content), opt)
	if (c.opt.fix || c.opt.diff) && res.Document.Kind != definition.NotOurs {
		var err error
		if res, err = c.mend(ctx, s.path, res, opt); err != nil {
			c.fail(s.path, err)
			return
		}
		s.content = res.Document.Text.String()
		s.hash = kept.HashOf([]byte(s.content))
	}
	o := cache.Of(res)
	if lasting(res.Notices) && ctx.Err() == nil && !c.opt.diff {
		c.cache.Put(c.key(s.path, s.hash), o)
	}
	c.beside.remember(s.hash, res.Document)
	c.add(s.path, s.content, o)
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
			t = c.texts.with(path, content)
		}
		out = append(out, report.From(path, t, d, c.texts.of))
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
	if err := c.cache.Save(); err != nil {
		c.report.Notices = append(c.report.Notices, diagnostic.Notice{Code: "cache", Message: fmt.Sprintf("the cache of results could not be written: %v", err)})
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
