package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/semdiff"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

func newDiff(s streams) *cobra.Command {
	var format *string
	var rev string
	cmd := &cobra.Command{
		Use:   "diff A [B]",
		Short: "Tell what differs between two definitions",
		Long: `Tell what differs between two definitions in terms of what they define:
packages, users, paths, stages, scripts, environment, tags. The order of keys and
sets, comments and quotes make no difference.

With --rev REV, A is taken from the git revision, and B (the same file, if it is
left out) from the disk. With --rev OLD..NEW both revisions come from git.
Exits with 1 when there are differences.`,
		Example: `  dhi-ls diff image/redis/debian-13/8.yaml image/redis/debian-13/8-dev.yaml
  dhi-ls diff --rev HEAD~1 image/redis/debian-13/8.yaml
  dhi-ls diff --rev v1..v2 --format markdown app.yaml`,
		Args: cobra.RangeArgs(1, 2),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return runDiff(cmd.Context(), s, args, rev, *format)
	}
	format = formatFlag(cmd, "text", "side-by-side", "markdown", "json")
	cmd.Flags().StringVar(&rev, "rev", "", "take A from this git `REVISION`, or both from OLD..NEW")
	return cmd
}

// runDiff does the work of diff.
func runDiff(ctx context.Context, s streams, args []string, rev, format string) error {
	if len(args) == 1 && rev == "" {
		return usageError("diff needs two files, or --rev for two versions of one")
	}
	if strings.HasPrefix(rev, "-") {
		return usageError("--rev: %q is no revision", rev)
	}
	cfgs, err := newConfigs("")
	if err != nil {
		return err
	}
	from, to, ranged := strings.Cut(rev, "..")
	if ranged && (from == "" || to == "" || strings.HasPrefix(to, ".") || strings.HasPrefix(to, "-")) {
		return usageError("--rev: %q is no OLD..NEW", rev)
	}
	a, err := openRevision(ctx, cfgs, args[0], from)
	if err != nil {
		return err
	}
	b, err := openRevision(ctx, cfgs, args[len(args)-1], to)
	if err != nil {
		return err
	}
	list, err := semdiff.Compare(a, b)
	if err != nil {
		return failed(err)
	}
	if list == nil {
		list = []semdiff.Change{}
	}
	write := map[string]func() error{
		"side-by-side": func() error {
			_, err := s.out.Write([]byte(semdiff.Table(label(a.Path, from), label(b.Path, to), list, nil)))
			return err
		},
		"text":     func() error { return diffText(s, list) },
		"markdown": func() error { return diffMarkdown(s, label(a.Path, from), label(b.Path, to), list) },
		"json": func() error {
			return writeJSON(s.out, struct {
				Version int              `json:"version"`
				A       string           `json:"a"`
				B       string           `json:"b"`
				Changes []semdiff.Change `json:"changes"`
			}{1, label(a.Path, from), label(b.Path, to), list})
		},
	}[format]
	if err := write(); err != nil {
		return failed(err)
	}
	if len(list) > 0 {
		return &exitError{code: exitFindings}
	}
	return nil
}

func label(path, rev string) string {
	if rev == "" {
		return path
	}
	return rev + ":" + path
}

// openRevision opens a definition from the disk or, with a revision, from git.
func openRevision(ctx context.Context, cfgs *configs, path, rev string) (*definition.Document, error) {
	read := func() ([]byte, error) { return readFile(path) }
	if rev != "" {
		read = func() ([]byte, error) { return gitFile(ctx, path, rev) }
	}
	content, err := read()
	if err != nil && !errors.Is(err, errNotOurs) {
		return nil, failed(fmt.Errorf("%s: %s", label(path, rev), explain(err)))
	}
	opt := analysis.Options{}
	if cfg := cfgs.of(path); cfg != nil {
		opt.Prefixes = cfg.Prefixes
	}
	if err := cfgs.err(); err != nil {
		return nil, err
	}
	doc := analysis.Open(filepath.ToSlash(path), text.New(string(content)), opt)
	if doc.Def == nil {
		return nil, failed(fmt.Errorf("%s: no DHI definition", label(path, rev)))
	}
	return doc, nil
}

// gitFile is the file as the revision has it.
func gitFile(ctx context.Context, path, rev string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", "cat-file", "blob", rev+":./"+filepath.Base(path))
	cmd.Dir = filepath.Dir(path)
	var out, problem bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{b: &out, left: analysis.MaxSize}, &problem
	if err := cmd.Run(); err != nil {
		if message := strings.TrimSpace(problem.String()); message != "" {
			return nil, errors.New(message)
		}
		return nil, err
	}
	return out.Bytes(), nil
}

// limited takes so many bytes and no more.
type limited struct {
	b    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return 0, errors.New(tooLarge(-1))
	}
	l.left -= len(p)
	return l.b.Write(p)
}

var diffMarks = map[semdiff.Kind]string{semdiff.Added: "+", semdiff.Removed: "-", semdiff.Changed: "~", semdiff.Moved: "~"}

// diffText writes one line per change, below the section; scripts with the
// lines that change.
func diffText(s streams, list []semdiff.Change) error {
	var b strings.Builder
	section := ""
	for _, c := range list {
		if c.Section != section {
			section = c.Section
			b.WriteString(report.Clean(section) + "\n")
		}
		b.WriteString("  " + diffMarks[c.Kind] + " " + report.Clean(diffLine(c)) + "\n")
		if c.Script {
			for _, l := range scriptLines(c) {
				b.WriteString("      " + l + "\n")
			}
		}
	}
	_, err := s.out.Write([]byte(b.String()))
	return err
}

// diffLine tells a change in one line.
func diffLine(c semdiff.Change) string {
	switch {
	case c.Script:
		return c.Label
	case c.Kind == semdiff.Moved:
		return c.Label + ": in another order: " + c.New
	case c.Kind == semdiff.Changed:
		return fmt.Sprintf("%s: %s -> %s", c.Label, c.Old, c.New)
	case c.Old+c.New == c.Label:
		return c.Label
	}
	return c.Label + ": " + c.Old + c.New
}

// scriptLines are the lines that differ, with two around them.
func scriptLines(c semdiff.Change) []string {
	end := func(s string) string {
		if s == "" || strings.HasSuffix(s, "\n") {
			return s
		}
		return s + "\n"
	}
	lines := strings.Split(strings.TrimSuffix(udiff.Unified("", "", end(c.Old), end(c.New)), "\n"), "\n")
	if len(lines) > 2 {
		lines = lines[2:] // the names of the files
	}
	for i := range lines {
		lines[i] = report.Clean(lines[i])
	}
	return lines
}

// diffMarkdown writes a comment for a review.
func diffMarkdown(s streams, a, b string, list []semdiff.Change) error {
	var w strings.Builder
	fmt.Fprintf(&w, "## %s → %s\n", code(a), code(b))
	if len(list) == 0 {
		w.WriteString("\nNo differences.\n")
	}
	section := ""
	for _, c := range list {
		if c.Section != section {
			section = c.Section
			fmt.Fprintf(&w, "\n### %s\n\n", code(section))
		}
		fmt.Fprintf(&w, "- %s\n", markdownLine(c))
		if c.Script {
			body := strings.Join(scriptLines(c), "\n  ")
			f := fence(body, 3)
			fmt.Fprintf(&w, "\n  %sdiff\n  %s\n  %s\n\n", f, body, f)
		}
	}
	_, err := s.out.Write([]byte(w.String()))
	return err
}

func markdownLine(c semdiff.Change) string {
	switch {
	case c.Script:
		return fmt.Sprintf("%s %s", c.Kind, code(c.Label))
	case c.Kind == semdiff.Moved:
		return fmt.Sprintf("%s in another order: %s", code(c.Label), code(c.New))
	case c.Kind == semdiff.Changed:
		return fmt.Sprintf("changed %s: %s → %s", code(c.Label), code(c.Old), code(c.New))
	case c.Old+c.New == c.Label:
		return fmt.Sprintf("%s %s", c.Kind, code(c.Label))
	}
	return fmt.Sprintf("%s %s: %s", c.Kind, code(c.Label), code(c.Old+c.New))
}

// code writes text as Markdown code, whatever it holds.
func code(s string) string {
	s = report.Clean(s)
	if !strings.Contains(s, "`") && s != "" && s[0] != ' ' {
		return "`" + s + "`"
	}
	f := fence(s, 1)
	return f + " " + s + " " + f
}

// fence is longer than every run of backticks in the text.
func fence(s string, least int) string {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(longest+1, least))
}
