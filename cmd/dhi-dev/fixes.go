package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

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
	rules        map[string]int
	missed       []string
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
		gone, err := compare(dir, p)
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			t.missed = append(t.missed, p.path)
			continue
		}
		t.found++
		for _, code := range gone {
			t.rules[code]++
		}
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

// compare returns the rules that report something before the fix which is
// gone after it.
func compare(dir string, p pair) ([]string, error) {
	before, err := check(filepath.Join(dir, p.dir, "before"), p.path)
	if err != nil {
		return nil, err
	}
	after, err := check(filepath.Join(dir, p.dir, "after"), p.path)
	if err != nil {
		return nil, err
	}
	left := map[string]int{}
	for _, d := range after {
		left[d.Code]++
	}
	var gone []string
	seen := map[string]bool{}
	for _, d := range before {
		if left[d.Code]--; left[d.Code] < 0 && !seen[d.Code] {
			seen[d.Code] = true
			gone = append(gone, d.Code)
		}
	}
	return gone, nil
}

func check(root, path string) ([]diagnostic.Diagnostic, error) {
	data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if os.IsNotExist(err) {
		return nil, nil // the fix made or removed the file
	}
	if err != nil {
		return nil, err
	}
	opt := analysis.Options{Disk: analysis.OSDisk{Dir: root}, Today: "2026-08-23"}
	found := analysis.Analyze(context.Background(), path, text.New(string(data)), opt).Diagnostics
	return append(found, across(root, path, opt)...), nil
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
	pairs, found := 0, 0
	for n, t := range classes {
		names = append(names, n)
		pairs += t.pairs
		found += t.found
	}
	sort.Strings(names)
	fmt.Printf("%-30s %5s %5s  %s\n", "class", "pairs", "found", "by")
	for _, n := range names {
		t := classes[n]
		var by []string
		for code, k := range t.rules {
			by = append(by, fmt.Sprintf("%s %d", code, k))
		}
		sort.Strings(by)
		fmt.Printf("%-30s %5d %5d  %s\n", n, t.pairs, t.found, strings.Join(by, ", "))
		if verbose {
			for _, m := range t.missed {
				fmt.Printf("%-30s       missed %s\n", "", m)
			}
		}
	}
	fmt.Printf("%-30s %5d %5d\n", "all", pairs, found)
}
