package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildplace"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/locate"
	buildprogress "github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// endLimit is how long an interrupted build is given to stop in the daemon,
// which it does without us, too.
const endLimit = 2 * time.Second

func (f *buildFlags) run(ctx context.Context, s streams, req buildrunner.Request) error {
	if f.print {
		fmt.Fprintln(s.out, buildrunner.Quote(buildrunner.Print(req)))
		return nil
	}
	// An output to standard output has it alone.
	results := s.out
	if slices.ContainsFunc(req.Outputs, func(o buildrunner.Output) bool { return o.Dest == "-" }) {
		results = s.err
	}
	began := time.Now()
	res, err := f.build(ctx, s, req)
	var bad *buildrunner.RequestError
	if ctx.Err() != nil || res == nil || errors.As(err, &bad) {
		return f.ended(ctx, err)
	}
	if w := f.report(ctx, results, req.File, res, err); w != nil {
		return failed(w)
	}
	if err != nil {
		return f.ended(ctx, err)
	}
	after := afterBuild{w: results, req: &req, res: res, flags: f, took: time.Since(began)}
	if f.format != "text" && !f.quiet {
		after.w = s.err // standard output is for programs
	}
	return after.write()
}

// build runs the build with its progress on standard error.
func (f *buildFlags) build(ctx context.Context, s streams, req buildrunner.Request) (*buildrunner.Result, error) {
	mode := f.progress
	if f.quiet {
		mode = "quiet"
	}
	printer, err := buildprogress.NewPrinter(s.err, mode)
	if err != nil {
		return nil, usageError("%v", err)
	}
	events := buildrunner.Events{Status: printer.Update, Stdout: s.out}
	if mode == "auto" || mode == "plain" {
		events.Found = func(b *builder.Builder) { _ = line(s.err, "Building with %s (%s)", b.Name, b.Driver) }
	}
	var runner buildrunner.Runner
	res, err := runner.Run(ctx, req, events)
	printer.Close()
	within(endLimit, runner.Wait)
	return res, err
}

// within waits for work, but not longer than d.
func within(d time.Duration, work func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	select {
	case <-done:
	case <-time.After(d):
	}
}

// ended is the error that the program ends with. A failure of the definition
// has been reported as findings; what lies outside of it is told in words.
func (f *buildFlags) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &exitError{buildrunner.ExitCanceled, errors.New("interrupted")}
	}
	var failure *buildrunner.Failure
	if !errors.As(err, &failure) {
		return buildError(err)
	}
	out := &exitError{code: buildrunner.ExitCode(err)}
	if outside := buildplace.Outside(failure.Causes); len(outside) > 0 {
		out.err = errors.New(told(outside))
	}
	return out
}

// told are causes in words, with what is known of the unknown ones.
func told(causes []cause.Cause) string {
	var lines []string
	for i := range causes {
		c := &causes[i]
		lines = append(lines, c.Title)
		if c.Remedy != "" {
			lines = append(lines, "  "+c.Remedy)
		}
		if c.Class == cause.Unknown {
			for _, line := range c.Tail(5) {
				lines = append(lines, "  | "+line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// report writes the findings. In the format for people, what is no fault of
// the text is left to the message at the end.
func (f *buildFlags) report(ctx context.Context, w io.Writer, file string, res *buildrunner.Result, err error) error {
	t := text.New(string(definitionText(ctx, file, res)))
	doc := buildplace.Parse(t.String())
	if t.Len() > 0 { // else the text could not be had, and tells nothing
		doc.Settle(res, err)
	}
	found := doc.Findings(res, locate.Options{})
	r := report.Report{Version: version, Summary: report.Summary{Files: 1, Definitions: 1}}
	for _, c := range buildplace.Outside(res.Failures) {
		r.Notices = append(r.Notices, diagnostic.Notice{Code: "build-" + string(c.Kind), Message: strings.TrimSpace(c.Title + " " + c.Remedy)})
	}
	for _, d := range found {
		if f.format == "text" && outside(res, d) {
			continue
		}
		r.Summary.Count(d.Severity)
		r.Findings = append(r.Findings, report.From(file, t, d, readText))
	}
	if f.format == "text" {
		r.Notices = nil
		if len(r.Findings) == 0 && !f.check {
			return nil
		}
	}
	for _, n := range res.Notes {
		r.Notices = append(r.Notices, diagnostic.Notice{Code: "build", Message: n})
	}
	r.Sort()
	return report.Write(w, f.format, &r, report.Options{Color: useColor(f.color, w), Quiet: f.quiet})
}

// outside says whether a finding stands for a cause outside of the text.
func outside(res *buildrunner.Result, d diagnostic.Diagnostic) bool {
	return d.Severity == diagnostic.Info && slices.ContainsFunc(buildplace.Outside(res.Failures), func(c cause.Cause) bool {
		return strings.HasPrefix(d.Message, c.Title)
	})
}

// fetchLimit bounds how long a remote definition is fetched for its lines.
const fetchLimit = 10 * time.Second

// definitionText is the text that was built. Of a remote definition it is
// what BuildKit returned with its locations, else what the URL has now.
func definitionText(ctx context.Context, file string, res *buildrunner.Result) []byte {
	if res.Text != nil || len(res.Failures)+len(res.Warnings) == 0 {
		return res.Text
	}
	for _, c := range res.Failures {
		for _, s := range c.Sources {
			if buildrunner.Directive(s.Data) != "" {
				return s.Data
			}
		}
	}
	for _, w := range res.Warnings {
		if data := w.Source.GetData(); buildrunner.Directive(data) != "" {
			return data
		}
	}
	return fetched(ctx, file)
}

func fetched(ctx context.Context, url string) []byte {
	ctx, cancel := context.WithTimeout(ctx, fetchLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, analysis.MaxSize))
	if err != nil || resp.StatusCode != http.StatusOK || buildrunner.Directive(body) == "" {
		return nil
	}
	return body
}
