package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
)

// pair is a real mistake: a definition before and after it was mended.
type pair struct{ dir, path, class, description string }

// tally counts the pairs of a class.
type tally struct {
	pairs, found int
	// onLine are the pairs of which a finding stands on a line that the fix
	// changes, or between the two that it puts lines between.
	onLine int
	rules  map[string]int
	missed []string
	// off are those found elsewhere.
	off []string
}

// gone is a finding that the fix removes.
type gone struct {
	diagnostic.Diagnostic
	onLine bool
}

// fixes prints which of the real mistakes are found before and gone after.
func fixes(args []string) error {
	dir, cleanup, err := corpus("DHI_FIXES", "fixes.tar.xz")
	if err != nil {
		return err
	}
	defer cleanup()
	pairs, err := readPairs(filepath.Join(dir, "index.tsv"))
	if err != nil {
		return err
	}
	classes := map[string]*tally{}
	for _, p := range pairs {
		t := classes[p.class]
		if t == nil {
			t = &tally{rules: map[string]int{}}
			classes[p.class] = t
		}
		t.pairs++
		found, err := compare(dir, p)
		if err != nil {
			return err
		}
		t.add(p, found)
	}
	printTally(classes, len(args) > 0 && args[0] == "-v")
	return nil
}

func readPairs(file string) ([]pair, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var list []pair
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		c := strings.Split(scan.Text(), "\t")
		if len(c) == 4 && c[0] != "dir" {
			list = append(list, pair{c[0], c[1], c[2], c[3]})
		}
	}
	return list, scan.Err()
}

func (t *tally) add(p pair, found []gone) {
	if len(found) == 0 {
		t.missed = append(t.missed, p.path)
		return
	}
	t.found++
	seen, onLine := map[string]bool{}, false
	for _, g := range found {
		onLine = onLine || g.onLine
		if !seen[g.Code] {
			seen[g.Code] = true
			t.rules[g.Code]++
		}
	}
	if onLine {
		t.onLine++
		return
	}
	t.off = append(t.off, p.path+": "+found[0].Code+": "+found[0].Message)
}

// compare returns the findings before the fix that are gone after it.
func compare(dir string, p pair) ([]gone, error) {
	before, content, err := check(filepath.Join(dir, p.dir, "before"), p.path)
	if err != nil {
		return nil, err
	}
	after, mended, err := check(filepath.Join(dir, p.dir, "after"), p.path)
	if err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, d := range after {
		left[d.Code+d.Message]++
	}
	changed := changedLines(content, mended)
	var out []gone
	for _, d := range before {
		if left[d.Code+d.Message]--; left[d.Code+d.Message] < 0 {
			first, last := content.LineOf(d.Range.Start), content.LineOf(d.Range.End)
			out = append(out, gone{d, slices.ContainsFunc(changed, func(line int) bool { return first <= line && line <= last })})
		}
	}
	return out, nil
}

// changedLines are the lines of the text before that differ, and those around
// lines that are only put in.
func changedLines(before, after *text.Text) []int {
	var out []int
	if before == nil {
		return nil
	}
	if after == nil { // the file is gone
		for line := range before.Lines() {
			out = append(out, line)
		}
		return out
	}
	for _, e := range udiff.Lines(before.String(), after.String()) {
		first, last := before.LineOf(e.Start), before.LineOf(e.End)
		if e.Start == e.End {
			first = max(first-1, 0)
		}
		for line := first; line <= last; line++ {
			out = append(out, line)
		}
	}
	return out
}

func check(root, path string) ([]diagnostic.Diagnostic, *text.Text, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if os.IsNotExist(err) {
		return nil, nil, nil // the fix made or removed the file
	}
	if err != nil {
		return nil, nil, err
	}
	opt := analysis.Options{Disk: analysis.OSDisk{Dir: root}, Today: "2026-08-23"}
	t := text.New(string(data))
	found := analysis.Analyze(context.Background(), path, t, opt).Diagnostics
	return append(found, across(root, path, opt)...), t, nil
}

// across checks the file beside the others of its tree, each tree being a
// workspace of its own.
func across(root, path string, opt analysis.Options) []diagnostic.Diagnostic {
	loader := &workspace.Loader{Read: func(p string) ([]byte, error) { return os.ReadFile(filepath.Join(root, filepath.FromSlash(p))) }}
	files, _ := workspace.Paths(context.Background(), []string{root}, nil)
	for i, f := range files {
		if rel, err := filepath.Rel(root, filepath.FromSlash(f)); err == nil {
			files[i] = filepath.ToSlash(rel)
		}
	}
	model := workspace.New(loader.Files(context.Background(), files))
	self := model.Record(path)
	if self == nil {
		return nil
	}
	return analysis.Across(self, model.View(self), nil, opt).Diagnostics
}

func printTally(classes map[string]*tally, verbose bool) {
	var names []string
	pairs, found, onLine := 0, 0, 0
	for n, t := range classes {
		names = append(names, n)
		pairs += t.pairs
		found += t.found
		onLine += t.onLine
	}
	sort.Strings(names)
	fmt.Printf("%-30s %5s %5s %7s  %s\n", "class", "pairs", "found", "on line", "by")
	for _, n := range names {
		t := classes[n]
		var by []string
		for code, k := range t.rules {
			by = append(by, fmt.Sprintf("%s %d", code, k))
		}
		sort.Strings(by)
		fmt.Printf("%-30s %5d %5d %7d  %s\n", n, t.pairs, t.found, t.onLine, strings.Join(by, ", "))
		if verbose {
			for _, m := range t.missed {
				fmt.Printf("%-30s       missed %s\n", "", m)
			}
			for _, m := range t.off {
				fmt.Printf("%-30s       elsewhere %s\n", "", m)
			}
		}
	}
	fmt.Printf("%-30s %5d %5d %7d\n", "all", pairs, found, onLine)
}
