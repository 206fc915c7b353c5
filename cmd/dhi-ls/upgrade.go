package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

// upgradeOptions are the flags of upgrade.
type upgradeOptions struct {
	dryRun, diff, siblings, outdated bool
	from                             string
	keepRelease, downgrade           bool
	format                           string
}

func newUpgrade(s streams) *cobra.Command {
	var opt upgradeOptions
	cmd := &cobra.Command{
		Use:   "upgrade [TARGET[=VERSION]] [PATH...]",
		Short: "Take a package, an image or the product to another version",
		Long: `Take one thing to another version in files and folders (default: the current
folder), everywhere a definition says it: pins, vars, mappings, purls,
environment, tags, URLs and refs of files, scripts and the name.

TARGET is a package (golang-1.26), an image (dhi/ruby, or with the tag that is
wanted dhi/ruby:3.4.10-debian13-dev), a variable (UV_VERSION), a repository that
sources come from (astral-sh/uv), a Go module of go/bump, or a purl. The name of
the definition, or none (=1.2.3), is the product itself. Of a package, VERSION
is the newest of the cached indexes where it is left out.

Commits, digests and checksums that only the network knows keep their old value
and are listed as to be refreshed.`,
		Example: `  dhi-ls upgrade golang-1.26=1.26.7-r0
  dhi-ls upgrade =0.156.0 --siblings image/allocator/debian-13/0.yaml
  dhi-ls upgrade dhi/ruby:3.4.10-debian13-dev --diff image/fluentd
  dhi-ls upgrade --outdated package`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runUpgrade(cmd.Context(), s, args, opt)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&opt.dryRun, "dry-run", false, "write nothing; tell what would change")
	flags.BoolVar(&opt.diff, "diff", false, "show the differences, and write nothing")
	flags.BoolVar(&opt.siblings, "siblings", false, "change the other definitions in the directories of the files as well that have the same version of the target")
	flags.BoolVar(&opt.outdated, "outdated", false, "take every pinned package to its newest version in the cached indexes")
	flags.StringVar(&opt.from, "from", "", "only where the target has this `VERSION` now")
	flags.BoolVar(&opt.keepRelease, "keep-release", false, "leave the release of package definitions alone when a dependency changes")
	flags.BoolVar(&opt.downgrade, "downgrade", false, "allow a version lower than the present one")
	flags.StringVar(&opt.format, "format", "text", "how the result is told: text, json")
	return cmd
}

// runUpgrade does the work of upgrade.
func runUpgrade(ctx context.Context, s streams, args []string, opt upgradeOptions) error {
	if opt.format != "text" && opt.format != "json" {
		return usageError("--format: unknown format %q: use text or json", opt.format)
	}
	if opt.format == "json" && opt.diff {
		return usageError("--diff is text: leave out --format json")
	}
	u := &upgrader{streams: s, opt: opt, seen: map[string]bool{}}
	if opt.outdated {
		return u.allOutdated(ctx, args)
	}
	if len(args) == 0 {
		return usageError("what is to be upgraded? Use TARGET=VERSION, =VERSION for the product, or --outdated")
	}
	change, err := upgrade.Parse(args[0])
	if err != nil {
		return usageError("%v", err)
	}
	if _, err := os.Stat(args[0]); err == nil && change.Version == "" {
		return usageError("%s is a path: name what is to be upgraded first, as TARGET=VERSION", args[0])
	}
	change.From, change.KeepRelease, change.Downgrade = opt.from, opt.keepRelease, opt.downgrade
	l, err := load(ctx, args[1:])
	if err != nil {
		return err
	}
	if change.Version == "" && !strings.Contains(change.Target, ":") {
		if change.Version, err = u.newest(l, change.Target); err != nil {
			return err
		}
	}
	if err := u.each(ctx, l, change, len(args) > 1); err != nil {
		return err
	}
	return u.finish(l)
}

// upgradedFile is what became of one file.
type upgradedFile struct {
	File    string         `json:"file"`
	Target  string         `json:"target"`
	From    string         `json:"from"`
	To      string         `json:"to"`
	Refresh []refreshPlace `json:"refresh"`
	Notes   []string       `json:"notes,omitempty"`
	Problem string         `json:"problem,omitempty"`
	diff    string
}

// refreshPlace is a value that only the network knows anew.
type refreshPlace struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Path   string `json:"path"`
	What   string `json:"what"`
	Value  string `json:"value"`
	Of     string `json:"of,omitempty"`
}

// upgrader carries one run.
type upgrader struct {
	streams
	opt   upgradeOptions
	files []upgradedFile
	seen  map[string]bool
	// texts are the texts of files that several changes have worked on.
	texts map[string]string
	// missing says why the last file does not hold the target.
	missing error
	current int
	bad     bool
}

// each makes the change in every file and, where it is wanted, its siblings.
// Versions of one product that are not the same are not mixed up: a folder
// with several lines needs --from.
func (u *upgrader) each(ctx context.Context, l *loader, c upgrade.Change, named bool) error {
	if c.Target == "" && c.From == "" {
		if err := oneLine(l); err != nil {
			return err
		}
	}
	for _, f := range l.files {
		if ctx.Err() != nil {
			return &exitError{130, errors.New("interrupted")}
		}
		from, err := upgrade.Current(f.doc, c.Target)
		u.file(f, c, named && len(l.files) == 1)
		if err != nil || !u.opt.siblings {
			continue
		}
		if err := u.siblings(ctx, f, c, from); err != nil {
			return err
		}
	}
	return nil
}

// oneLine reports the versions of a folder whose definitions have several.
func oneLine(l *loader) error {
	versions := map[string]string{}
	for _, f := range l.files {
		if v, err := upgrade.Current(f.doc, ""); err == nil {
			versions[v] = f.path
		}
	}
	if len(versions) < 2 {
		return nil
	}
	var list []string
	for v, path := range versions {
		list = append(list, v+" ("+path+")")
	}
	slices.Sort(list)
	if len(list) > 6 {
		list = append(list[:6], fmt.Sprintf("and %d more", len(versions)-6))
	}
	return usageError("the definitions have several versions: say with --from which is meant: %s", strings.Join(list, ", "))
}

func (u *upgrader) siblings(ctx context.Context, f loadedFile, c upgrade.Change, from string) error {
	l, err := load(ctx, []string{filepath.Dir(f.path)})
	if err != nil {
		return err
	}
	c.From = from
	for _, o := range l.files {
		if filepath.Dir(o.path) == filepath.Dir(f.path) && o.path != f.path && o.doc.Def.Image.Value() == f.doc.Def.Image.Value() {
			u.file(o, c, false)
		}
	}
	return nil
}

// file makes the change in one file.
func (u *upgrader) file(f loadedFile, c upgrade.Change, alone bool) {
	key := filepath.Clean(f.path) + "\x00" + c.Target
	if u.seen[key] {
		return
	}
	u.seen[key] = true
	if t, ok := u.texts[f.path]; ok {
		f.doc = reopen(f, t)
	}
	made, err := upgrade.Make(f.doc, c)
	var missing *upgrade.NotFound
	var other *upgrade.OtherVersion
	switch {
	case errors.Is(err, upgrade.ErrCurrent):
		u.current++
		return
	case errors.As(err, &missing) || errors.As(err, &other) && !alone && (c.From != "" || other.Newer):
		u.missing = fmt.Errorf("%s: %w", f.path, err)
		return
	case err != nil:
		u.fail(f.path, c, err)
		return
	}
	before := f.doc.Text.String()
	after, err := text.Apply(before, made.Edits)
	if err != nil {
		u.fail(f.path, c, err)
		return
	}
	if u.texts == nil {
		u.texts = map[string]string{}
	}
	u.texts[f.path] = after
	if !u.opt.dryRun && !u.opt.diff && after != before {
		if err := writeFile(f.path, after); err != nil {
			u.fail(f.path, c, errors.New(explain(err)))
			return
		}
	}
	r := upgradedFile{File: f.path, Target: c.Target, From: made.From, To: made.To, Notes: made.Notes, Refresh: []refreshPlace{}}
	t := text.New(after)
	for _, p := range made.Refresh {
		where, _ := text.Map(p.Range, made.Edits)
		at := t.Human(where.Start)
		r.Refresh = append(r.Refresh, refreshPlace{at.Line, at.Column, p.Path, p.What, p.Value, p.Of})
	}
	if u.opt.diff {
		r.diff = udiff.Unified("a/"+f.path, "b/"+f.path, before, after)
	}
	u.files = append(u.files, r)
}

func (u *upgrader) fail(path string, c upgrade.Change, err error) {
	u.bad = true
	u.files = append(u.files, upgradedFile{File: path, Target: c.Target, To: c.Version, Refresh: []refreshPlace{}, Problem: err.Error()})
}

// finish tells what became of the files.
func (u *upgrader) finish(l *loader) error {
	if err := l.err(); err != nil {
		return err
	}
	if len(u.files) == 0 && u.current == 0 {
		if u.missing != nil {
			return failed(u.missing)
		}
		return failed(errors.New("no definition here to upgrade"))
	}
	write := u.text
	if u.opt.format == "json" {
		write = u.json
	}
	if err := write(); err != nil {
		return failed(err)
	}
	if u.bad {
		return &exitError{code: exitFailed}
	}
	return nil
}

func (u *upgrader) json() error {
	files := u.files
	if files == nil {
		files = []upgradedFile{}
	}
	return writeJSON(u.out, struct {
		Version int            `json:"version"`
		Files   []upgradedFile `json:"files"`
		Current int            `json:"current"`
	}{1, files, u.current})
}

func (u *upgrader) text() error {
	verb := "upgraded"
	if u.opt.dryRun || u.opt.diff {
		verb = "would upgrade"
	}
	places := 0
	for _, f := range u.files {
		if f.Problem != "" {
			tell(u.err, "%s: %s", f.File, f.Problem)
			continue
		}
		if u.opt.diff {
			if _, err := io.WriteString(u.out, printable(u.out, f.diff)); err != nil {
				return err
			}
		}
		if err := u.textFile(f, verb); err != nil {
			return err
		}
		places += len(f.Refresh)
	}
	line := fmt.Sprintf("%s %d files", verb, len(u.files))
	if u.current > 0 {
		line += fmt.Sprintf(", %d have the version already", u.current)
	}
	if places > 0 {
		line += fmt.Sprintf("; %d values are to be refreshed", places)
	}
	_, err := fmt.Fprintln(u.err, line)
	return err
}

// textFile tells of one file; beside differences it speaks on standard error.
func (u *upgrader) textFile(f upgradedFile, verb string) error {
	out := u.out
	if u.opt.diff {
		out = u.err
	}
	target := f.Target
	if target == "" {
		target = "the product"
	}
	what := fmt.Sprintf("%s to %s", f.From, f.To)
	if f.From == f.To {
		what = f.From + ": the digest is to be refreshed"
	}
	if _, err := fmt.Fprintln(out, report.Clean(fmt.Sprintf("%s %s: %s from %s", verb, f.File, target, what))); err != nil {
		return err
	}
	for _, p := range f.Refresh {
		of := ""
		if p.Of != "" {
			of = " of " + p.Of
		}
		if _, err := fmt.Fprintln(out, report.Clean(fmt.Sprintf("  %s:%d:%d: refresh the %s%s (%s)", f.File, p.Line, p.Column, p.What, of, p.Path))); err != nil {
			return err
		}
	}
	for _, n := range f.Notes {
		if _, err := fmt.Fprintln(out, "  note: "+report.Clean(n)); err != nil {
			return err
		}
	}
	return nil
}
