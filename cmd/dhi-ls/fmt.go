package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/walk"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// fmtOptions are the flags of fmt.
type fmtOptions struct {
	check, diff   bool
	format        string
	config        string
	jobs          int
	quiet         bool
	stdinFilename string
}

func newFmt(s streams) *cobra.Command {
	var opt fmtOptions
	cmd := &cobra.Command{
		Use:   "fmt [PATH...]",
		Short: "Bring definitions into canonical form",
		Long: `Bring definitions in files and folders (default: the current folder) into
canonical form: keys in the order of the schema, two blanks of indentation, the
image's packages sorted, quotes where they are needed. Comments stay with their
entries, empty lines keep dividing lists into groups, and no value changes.

What cannot be formatted without a risk is left alone, and the reason is said.
"-" reads a definition from standard input and writes it to standard output.`,
		Example: `  dhi-ls fmt
  dhi-ls fmt --check image/redis
  dhi-ls fmt --diff app.yaml
  dhi-ls fmt - --stdin-filename app.yaml < app.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runFmt(cmd.Context(), s, args, opt)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opt.check, "check", false, "write nothing; exit 1 if a file would change")
	flags.BoolVar(&opt.diff, "diff", false, "show what would change, and write nothing; exit 1 if a file would")
	flags.StringVar(&opt.format, "format", "text", "how the result is told: text, json")
	flags.StringVar(&opt.config, "config", "", "use this configuration `FILE` (default: the nearest .dhi-ls.yaml upward)")
	flags.IntVarP(&opt.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to format at once")
	flags.Lookup("jobs").DefValue = "one per processor" // not a number that differs by machine
	flags.BoolVarP(&opt.quiet, "quiet", "q", false, "leave out the list of files, the summary and the progress")
	flags.StringVar(&opt.stdinFilename, "stdin-filename", "", "the `PATH` that the definition on standard input stands for")
	return cmd
}

func (o fmtOptions) validate(args []string) error {
	stdin := contains(args, "-")
	switch {
	case o.format != "text" && o.format != "json":
		return usageError("--format: unknown format %q: use text or json", o.format)
	case o.jobs < 1:
		return usageError("--jobs: %d is too few: use at least 1", o.jobs)
	case stdin && len(args) > 1:
		return usageError("`-` stands alone: standard input holds one definition")
	case o.stdinFilename != "" && !stdin:
		return usageError("--stdin-filename needs `-` as the path")
	case stdin && o.format == "json" && !o.check && !o.diff:
		return usageError("--format json with `-` needs --check or --diff: standard output holds the definition")
	}
	return nil
}

// runFmt does the work of fmt.
func runFmt(ctx context.Context, s streams, args []string, opt fmtOptions) error {
	if err := opt.validate(args); err != nil {
		return err
	}
	cfgs, err := newConfigs(opt.config)
	if err != nil {
		return err
	}
	f := &formatter{streams: s, opt: opt, configs: cfgs}
	if contains(args, "-") {
		return f.stdin(ctx)
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	files, failures := walk.Files(ctx, args, walk.Options{Excluded: cfgs.excluded})
	for _, file := range files {
		cfgs.of(file.Path) // a broken configuration ends the run before a file is written
	}
	if err := cfgs.err(); err != nil {
		return err
	}
	for _, x := range failures {
		f.results = append(f.results, fmtResult{File: x.Path, Status: fmtFailed, Reason: explain(x.Err)})
	}
	f.files(ctx, files)
	return f.finish(ctx)
}

// What became of a file.
const (
	fmtChanged   = "changed"
	fmtUnchanged = "unchanged"
	fmtSkipped   = "skipped" // no definition
	fmtRefused   = "refused"
	fmtFailed    = "failed" // could not be read or written
)

// fmtResult is what became of one file.
type fmtResult struct {
	File   string `json:"file"`
	Status string `json:"status"`
	// Reason says why the file is refused or failed, Line and Column where.
	Reason string `json:"reason,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Diff   string `json:"diff,omitempty"`
}

// formatter carries one run.
type formatter struct {
	streams
	opt     fmtOptions
	configs *configs
	results []fmtResult
}

func (f *formatter) files(ctx context.Context, files []walk.File) {
	p := newProgress(f.err, len(files), f.opt.quiet || !isTerminal(f.err))
	defer p.stop()
	results := make([]fmtResult, len(files))
	walk.Each(ctx, f.opt.jobs, len(files), func(i int) {
		results[i] = f.file(files[i].Path)
		p.step()
	})
	f.results = append(f.results, results...)
}

func (f *formatter) file(path string) fmtResult {
	content, err := readFile(path)
	switch {
	case errors.Is(err, errNotOurs):
		return fmtResult{File: path, Status: fmtSkipped}
	case err != nil:
		return fmtResult{File: path, Status: fmtFailed, Reason: explain(err)}
	}
	r, out := f.format(path, string(content))
	if r.Status == fmtChanged && !f.opt.check && !f.opt.diff {
		if err := writeFile(path, out); err != nil {
			return fmtResult{File: path, Status: fmtFailed, Reason: explain(err)}
		}
	}
	return r
}

// format formats a text; what is not changed comes back as it is.
func (f *formatter) format(path, content string) (r fmtResult, out string) {
	opt := definition.Options{}
	if cfg := f.configs.of(path); cfg != nil {
		opt.Prefixes = cfg.Prefixes
	}
	r = fmtResult{File: path, Status: fmtUnchanged}
	out, err := format.Format(definition.New(path, text.New(content), opt))
	var refusal *format.Refusal
	switch {
	case errors.Is(err, format.ErrNotOurs):
		r.Status = fmtSkipped
	case errors.As(err, &refusal):
		r.Status, r.Reason, r.Line, r.Column = fmtRefused, refusal.Reason, refusal.At.Line, refusal.At.Column
	case err != nil:
		r.Status, r.Reason = fmtFailed, err.Error()
	case out != content:
		r.Status = fmtChanged
		if f.opt.diff {
			r.Diff = udiff.Unified("a/"+path, "b/"+path, content, out)
		}
		return r, out
	}
	return r, content
}

// stdin formats the definition on standard input. What is no definition goes
// through as it is, so that an editor may send any buffer.
func (f *formatter) stdin(ctx context.Context) error {
	content, err := io.ReadAll(io.LimitReader(f.in, analysis.MaxSize+1))
	if err != nil {
		return failed(fmt.Errorf("read standard input: %w", err))
	}
	if len(content) > analysis.MaxSize {
		return failed(errors.New("standard input: " + tooLarge(-1)))
	}
	name := f.opt.stdinFilename
	if name == "" {
		name = "stdin.yaml"
	}
	path := filepath.ToSlash(filepath.Clean(name))
	r, out := f.format(path, string(content))
	if err := f.configs.err(); err != nil {
		return err
	}
	f.results = append(f.results, r)
	if f.opt.check || f.opt.diff {
		return f.finish(ctx)
	}
	if r.Reason != "" {
		return failed(errors.New(r.problem()))
	}
	if _, err := io.WriteString(f.out, out); err != nil {
		return failed(err)
	}
	return nil
}

// problem says what kept a file from being formatted.
func (r fmtResult) problem() string {
	at := r.File
	if r.Line > 0 {
		at = fmt.Sprintf("%s:%d:%d", r.File, r.Line, r.Column)
	}
	if r.Status == fmtRefused {
		return report.Clean(at + ": not formatted: " + r.Reason)
	}
	return report.Clean(at + ": " + r.Reason)
}

// fmtSummary counts what became of the files.
type fmtSummary struct {
	Files       int `json:"files"`
	Definitions int `json:"definitions"`
	Skipped     int `json:"skipped"`
	Changed     int `json:"changed"`
	Unchanged   int `json:"unchanged"`
	Refused     int `json:"refused"`
	Failed      int `json:"failed"`
}

func (f *formatter) summary() fmtSummary {
	count := map[string]int{}
	for _, r := range f.results {
		count[r.Status]++
	}
	s := fmtSummary{
		Files: len(f.results), Skipped: count[fmtSkipped], Changed: count[fmtChanged],
		Unchanged: count[fmtUnchanged], Refused: count[fmtRefused], Failed: count[fmtFailed],
	}
	s.Definitions = s.Changed + s.Unchanged + s.Refused
	return s
}

// finish tells what became of the files and decides the exit code.
func (f *formatter) finish(ctx context.Context) error {
	if ctx.Err() != nil {
		return &exitError{130, errors.New("interrupted")}
	}
	sum := f.summary()
	write := f.writeText
	if f.opt.format == "json" {
		write = f.writeJSON
	}
	if err := write(sum); err != nil {
		return failed(err)
	}
	switch {
	case sum.Refused+sum.Failed > 0:
		return &exitError{code: exitFailed}
	case sum.Changed > 0 && (f.opt.check || f.opt.diff):
		return &exitError{code: exitFindings}
	}
	return nil
}

// writeText lists the files that change on standard output, or the differences;
// reasons and the summary go to standard error.
func (f *formatter) writeText(sum fmtSummary) error {
	verb := "formatted"
	if f.opt.check || f.opt.diff {
		verb = "would format"
	}
	for _, r := range f.results {
		var err error
		switch {
		case r.Reason != "":
			err = line(f.err, "dhi-ls: %s", r.problem())
		case r.Diff != "":
			_, err = io.WriteString(f.out, printable(f.out, r.Diff))
		case r.Status == fmtChanged && !f.opt.quiet:
			_, err = fmt.Fprintln(f.out, verb+" "+report.Clean(r.File))
		}
		if err != nil {
			return err
		}
	}
	if f.opt.quiet {
		return nil
	}
	_, err := fmt.Fprintln(f.err, sum.line(verb))
	return err
}

func (s fmtSummary) line(verb string) string {
	parts := []string{fmt.Sprintf("%s %d of %d definitions", verb, s.Changed, s.Definitions)}
	for _, c := range []struct {
		n    int
		text string
	}{{s.Refused, "not formatted"}, {s.Failed, "failed"}, {s.Skipped, "skipped as other files"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.text))
		}
	}
	return strings.Join(parts, ", ")
}

// printable makes a difference safe for a terminal; a file or program gets the
// exact bytes, to be applied.
func printable(w io.Writer, diff string) string {
	if !isTerminal(w) {
		return diff
	}
	lines := strings.Split(diff, "\n")
	for i, l := range lines {
		fields := strings.Split(strings.TrimSuffix(l, "\r"), "\t")
		for j := range fields {
			fields[j] = report.Clean(fields[j])
		}
		lines[i] = strings.Join(fields, "\t")
	}
	return strings.Join(lines, "\n")
}

// writeJSON writes the files that are not as they were or could not be
// formatted, in the order of their paths.
func (f *formatter) writeJSON(sum fmtSummary) error {
	out := struct {
		Version int         `json:"version"`
		Summary fmtSummary  `json:"summary"`
		Files   []fmtResult `json:"files"`
	}{1, sum, []fmtResult{}}
	for _, r := range f.results {
		if r.Status != fmtUnchanged && r.Status != fmtSkipped {
			out.Files = append(out.Files, r)
		}
	}
	e := json.NewEncoder(f.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
