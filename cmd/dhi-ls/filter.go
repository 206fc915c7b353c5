package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/cmd/dhi-ls/internal/report"
)

type verdict uint8

const (
	reported verdict = iota
	inBaseline
	unchanged
)

// filter decides which findings are reported.
type filter struct {
	baseline map[string]int        // fingerprint to how many are known
	changed  map[string][]lineSpan // nil: all lines count
	whole    map[string]bool       // files that are new as a whole
}

type lineSpan struct{ first, last int }

func newFilter(ctx context.Context, opt checkOptions) (filter, error) {
	var f filter
	if opt.baseline != "" {
		b, err := readBaseline(opt.baseline)
		if err != nil {
			return f, err
		}
		f.baseline = b
	}
	if opt.newFrom != "" {
		var err error
		if f.changed, f.whole, err = changedLines(ctx, opt.newFrom); err != nil {
			return f, err
		}
	}
	return f, nil
}

// keep is called for the findings of a file in their order, under a lock.
func (f *filter) keep(x *report.Finding) verdict {
	if f.changed != nil && !f.touches(x) {
		return unchanged
	}
	if f.baseline != nil {
		key := report.Fingerprint(x)
		if f.baseline[key] > 0 {
			f.baseline[key]--
			return inBaseline
		}
	}
	return reported
}

func (f *filter) touches(x *report.Finding) bool {
	abs, err := filepath.Abs(filepath.FromSlash(x.File))
	if err != nil || f.whole[abs] {
		return true
	}
	for _, s := range f.changed[abs] {
		if x.Range.Start.Line <= s.last && s.first <= max(x.Range.Start.Line, x.Range.End.Line) {
			return true
		}
	}
	return false
}

// baselineFile lists the findings that are known and accepted for now.
type baselineFile struct {
	Version  int             `json:"version"`
	Findings []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	File        string `json:"file"`
	Code        string `json:"code"`
	Fingerprint string `json:"fingerprint"`
	Count       int    `json:"count"`
}

func readBaseline(path string) (map[string]int, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageError("--baseline: %v", err)
	}
	var b baselineFile
	if err := json.Unmarshal(data, &b); err != nil || b.Version != 1 {
		return nil, usageError("--baseline: %s is no baseline that `--write-baseline` wrote", path)
	}
	m := map[string]int{}
	for _, e := range b.Findings {
		m[e.Fingerprint] += e.Count
	}
	return m, nil
}

func writeBaseline(path string, findings []report.Finding) error {
	counts := map[baselineEntry]int{}
	for i := range findings {
		f := &findings[i]
		counts[baselineEntry{File: f.File, Code: f.Code, Fingerprint: report.Fingerprint(f)}]++
	}
	b := baselineFile{Version: 1, Findings: []baselineEntry{}}
	for e, n := range counts {
		e.Count = n
		b.Findings = append(b.Findings, e)
	}
	sort.Slice(b.Findings, func(i, j int) bool {
		x, y := b.Findings[i], b.Findings[j]
		if x.File != y.File {
			return x.File < y.File
		}
		if x.Code != y.Code {
			return x.Code < y.Code
		}
		return x.Fingerprint < y.Fingerprint
	})
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the baseline: %w", err)
	}
	return nil
}

var hunk = regexp.MustCompile(`^@@ -\S+ \+(\d+)(?:,(\d+))? @@`)

// changedLines asks git which lines differ from the revision, in the working
// tree and including files git does not know yet.
func changedLines(ctx context.Context, rev string) (map[string][]lineSpan, map[string]bool, error) {
	if strings.HasPrefix(rev, "-") {
		return nil, nil, usageError("--new-from: %q is no revision", rev)
	}
	top, err := git(ctx, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, nil, err
	}
	root := strings.TrimRight(string(top), "\r\n")
	diff, err := git(ctx, "-c", "core.quotePath=false", "-C", root, "diff", "--no-color", "--no-ext-diff", "--no-prefix", "-U0", "--diff-filter=d", rev, "--")
	if err != nil {
		return nil, nil, err
	}
	changed := parseDiff(diff, root)
	whole := map[string]bool{}
	others, err := git(ctx, "-C", root, "ls-files", "-z", "--others", "--exclude-standard")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range strings.Split(string(others), "\x00") {
		if name != "" {
			whole[filepath.Join(root, filepath.FromSlash(name))] = true
		}
	}
	return changed, whole, nil
}

func parseDiff(diff []byte, root string) map[string][]lineSpan {
	changed := map[string][]lineSpan{}
	file := ""
	scan := bufio.NewScanner(bytes.NewReader(diff))
	scan.Buffer(nil, 64<<20)
	for scan.Scan() {
		line := scan.Text()
		if name, ok := strings.CutPrefix(line, "+++ "); ok {
			file = filepath.Join(root, filepath.FromSlash(strings.TrimSuffix(name, "\t")))
			continue
		}
		m := hunk.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		first, _ := strconv.Atoi(m[1])
		n := 1
		if m[2] != "" {
			n, _ = strconv.Atoi(m[2])
		}
		// A pure deletion touches the lines around it.
		changed[file] = append(changed[file], lineSpan{first, max(first+n-1, first+min(n, 1))})
	}
	return changed
}

func git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, failed(errors.New("--new-from needs git, and there is none in PATH"))
	}
	if err != nil {
		return nil, usageError("--new-from: git: %s", strings.TrimSpace(stderr.String()))
	}
	return out, nil
}
