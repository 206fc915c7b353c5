package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// updateFlags are those of every command that may fetch.
type updateFlags struct {
	hosts []string
	force bool
	quiet bool
	// noImages leaves registries alone.
	noImages bool
	// contents has Debian's lists of files fetched, too.
	contents bool
}

func (f *updateFlags) hostFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.hosts, "allow-host", nil, "fetch from this `HOST` (or beginning of an address, file:///folder too) besides the known archives and dhi.io; may be repeated")
}

func newIndexUpdate(s streams) *cobra.Command {
	var f updateFlags
	cmd := &cobra.Command{
		Use:   "update [FILE|FOLDER...]",
		Short: "Fetch the indexes of the repositories that definitions name",
		Long: `Fetch the package indexes of the repositories that the definitions in files and
folders name (default: the current folder), where they are new, verify them and
keep them in the cache. Ask the registries of the images that they name for
tags, digests, platforms and dates, too.

Alpine's and Debian's archives and dhi.io are asked without further questions;
any other host needs a yes on the terminal, --allow-host, or an entry in
index.hosts of the user's own configuration.`,
		Example: `  dhi-ls index update
  dhi-ls index update image/redis --allow-host packages.redis.io`,
	}
	var format *string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		collectSeldom()
		l, err := load(cmd.Context(), args)
		if err != nil {
			return err
		}
		if len(l.files) == 0 {
			if err := l.err(); err != nil {
				return err
			}
			return usageError("there is no definition in %s", strings.Join(orDot(args), ", "))
		}
		source, err := mustSource(l.config())
		if err != nil {
			return err
		}
		outcomes, problems, err := update(cmd.Context(), s, source, l, f)
		if err != nil {
			return err
		}
		registries, err := updateImages(cmd.Context(), s, source, l, f)
		if err != nil {
			return err
		}
		if *format == "json" {
			err = writeJSON(s.out, slices.Concat(outcomesForJSON(outcomes), problemsForJSON(problems), registries.forJSON()))
		} else {
			err = errors.Join(writeOutcomes(s, outcomes, problems), registries.write(s, len(outcomes) > 0))
		}
		return errors.Join(err, l.err(), outcomeError(cmd.Context(), outcomes), registries.err())
	}
	format = formatFlag(cmd, "text", "json")
	f.hostFlag(cmd)
	cmd.Flags().BoolVar(&f.force, "force", false, "fetch anew, and take an index that is older than the cached one")
	cmd.Flags().BoolVar(&f.contents, "contents", false, "fetch Debian's lists of files as well, for checks of commands; those in the cache are always brought up to date")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "show no progress")
	cmd.Flags().BoolVar(&f.noImages, "no-images", false, "ask no registry for tags and digests of images")
	return cmd
}

// collectSeldom is for a command that ends soon, with most of its memory in use:
// the heap may grow to nine times what the last collection left, where GOGC does
// not say.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
	}
}

func orDot(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	return args
}

// update fetches the indexes of all scopes, after asking for what needs a yes.
func update(ctx context.Context, s streams, source *indexed.Source, l *loader, f updateFlags) ([]index.Outcome, []indexed.LineError, error) {
	consent, err := l.consent(f.hosts)
	if err != nil {
		return nil, nil, err
	}
	consent.Contents = consent.Contents || f.contents
	plan := indexed.PlanFor(l.scopes())
	if needed := consent.Needed(plan); len(needed) > 0 && isTerminal(s.err) && isInput(s.in) {
		consent.Asked = ask(s, "Fetch package indexes or keys from %s? [y/N] ", needed)
	}
	bar := newBar(s.err, len(plan.Sources()), f.quiet || !isTerminal(s.err))
	outcomes := source.Update(ctx, plan, consent, indexed.UpdateOptions{Force: f.force, Progress: bar.progress})
	bar.stop()
	return outcomes, plan.Problems, nil
}

func isInput(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// ask returns the hosts that the user says yes to.
func ask(s streams, question string, hosts []string) []string {
	var yes []string
	in := bufio.NewReader(s.in)
	for _, h := range hosts {
		fmt.Fprintf(s.err, question, report.Clean(h))
		line, err := in.ReadString('\n')
		if a := strings.ToLower(strings.TrimSpace(line)); a == "y" || a == "yes" {
			yes = append(yes, h)
		}
		if err != nil {
			fmt.Fprintln(s.err)
			break
		}
	}
	return yes
}

// state of an outcome for people.
func outcomeState(o index.Outcome) string {
	if o.Result == index.None {
		switch fetch.KindOf(o.Err) {
		case fetch.NeedLogin:
			return "closed"
		case fetch.NotFound:
			return "not found"
		case fetch.Policy:
			return "not allowed"
		}
		return "failed"
	}
	return string(o.Result)
}

func writeOutcomes(s streams, outcomes []index.Outcome, problems []indexed.LineError) error {
	t := table{head: []string{"RESULT", "PACKAGES", "FETCHED", "INDEX"}, right: map[int]bool{1: true, 2: true}}
	var said []string
	for _, o := range outcomes {
		count := "-"
		if o.Packages > 0 {
			count = strconv.Itoa(o.Packages)
		}
		t.row(outcomeState(o), count, megabytes(o.Bytes), o.Source.String())
		for _, w := range append(o.Warnings, o.Err) {
			if w != nil && !slices.Contains(said, w.Error()) {
				said = append(said, w.Error())
			}
		}
	}
	if len(outcomes) > 0 {
		if err := t.write(s.out); err != nil {
			return err
		}
	}
	for _, p := range problems {
		said = append(said, fmt.Sprintf("%s: %v", p.Line, p.Err))
	}
	for _, line := range said {
		tell(s.err, "%s", line)
	}
	return nil
}

type jsonOutcome struct {
	Repository string   `json:"repository"`
	Suite      string   `json:"suite,omitempty"`
	Component  string   `json:"component,omitempty"`
	Platform   string   `json:"platform,omitempty"`
	Result     string   `json:"result"`
	Packages   int      `json:"packages"`
	Bytes      int64    `json:"bytes"`
	Kind       string   `json:"kind,omitempty"`
	Error      string   `json:"error,omitempty"`
	Warnings   []string `json:"warnings,omitempty"`
}

func outcomesForJSON(outcomes []index.Outcome) []any {
	list := make([]any, 0, len(outcomes))
	for _, o := range outcomes {
		j := jsonOutcome{
			Repository: o.Source.Repository.URL, Suite: o.Source.Repository.Suite, Component: o.Source.Component,
			Platform: "linux/" + o.Source.Platform, Result: string(o.Result), Packages: o.Packages, Bytes: o.Bytes,
		}
		if o.Err != nil {
			j.Kind, j.Error = string(fetch.KindOf(o.Err)), o.Err.Error()
		}
		for _, w := range o.Warnings {
			j.Warnings = append(j.Warnings, w.Error())
		}
		list = append(list, j)
	}
	return list
}

// problemsForJSON are the lines that name no index.
func problemsForJSON(problems []indexed.LineError) []any {
	var list []any
	for _, p := range problems {
		list = append(list, jsonOutcome{Repository: p.Line, Result: string(index.None), Kind: string(fetch.Malformed), Error: p.Err.Error()})
	}
	return list
}

// outcomeError decides the exit code: a repository that needs a login is no
// failure of the update.
func outcomeError(ctx context.Context, outcomes []index.Outcome) error {
	if ctx.Err() != nil {
		return &exitError{130, errors.New("interrupted")}
	}
	for _, o := range outcomes {
		if o.Err != nil && fetch.KindOf(o.Err) != fetch.NeedLogin {
			return &exitError{code: exitFailed}
		}
	}
	return nil
}

// bar shows on a terminal how far an update is.
type bar struct {
	w       io.Writer
	sources int
	quit    chan struct{}
	wg      sync.WaitGroup

	mu          sync.Mutex
	done, total map[string]int64
}

const barWidth = 30

func newBar(w io.Writer, sources int, off bool) *bar {
	b := &bar{w: w, sources: sources, quit: make(chan struct{}), done: map[string]int64{}, total: map[string]int64{}}
	if !off {
		b.wg.Go(b.show)
	}
	return b
}

func (b *bar) progress(p index.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := p.Source.Key()
	b.done[key], b.total[key] = p.Done, max(p.Total, p.Done)
}

func (b *bar) stop() {
	close(b.quit)
	b.wg.Wait()
}

func (b *bar) show() {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-b.quit:
			fmt.Fprint(b.w, "\r\x1b[K")
			return
		case <-tick.C:
			fmt.Fprint(b.w, "\r\x1b[K"+b.line())
		}
	}
}

// line is the bar: the part of the bytes of the indexes that have begun, and
// of those that have not as if they were of the same size.
func (b *bar) line() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var done, total int64
	ended := 0
	for key, n := range b.done {
		done += n
		total += b.total[key]
		if n == b.total[key] {
			ended++
		}
	}
	part := 0.0
	if total > 0 && b.sources > 0 {
		part = float64(done) / float64(total) * float64(len(b.done)) / float64(b.sources)
	}
	filled := int(part * barWidth)
	return fmt.Sprintf("[%s%s] %d of %d indexes, %s", strings.Repeat("=", filled), strings.Repeat(" ", barWidth-filled), ended, b.sources, megabytes(done))
}
