package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRuleTable holds docs/rules/README.md to the rules.
func TestRuleTable(t *testing.T) {
	have, err := os.ReadFile("../../" + ruleIndex)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, ruleTable()) {
		t.Error("docs/rules/README.md is out of date: run `make docs`")
	}
}

// TestDependencies holds the reasons to go.mod: one for each direct
// dependency, and none for what is gone.
func TestDependencies(t *testing.T) {
	page, err := os.ReadFile("../../docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) (v\S+)(.*)$`).FindAllStringSubmatch(string(mod), -1) {
		if !strings.Contains(m[3], "// indirect") {
			direct[m[1]] = true
		}
	}
	if len(direct) < 20 {
		t.Fatalf("only %d direct dependencies were found", len(direct))
	}
	modulePath := regexp.MustCompile(`[a-z][a-z0-9]*(?:\.[a-z]+)+/[A-Za-z0-9./_-]*[A-Za-z0-9]`)
	linked, _, _ := strings.Cut(string(page), "Run as tools by version")
	named := map[string]bool{}
	for _, m := range modulePath.FindAllString(linked, -1) {
		named[m] = true
	}
	for m := range direct {
		if !named[m] {
			t.Errorf("docs/dependencies.md does not say what %s is for", m)
		}
	}
	for _, row := range regexp.MustCompile(`(?m)^\| ([^|]*/[^|]*) \|`).FindAllStringSubmatch(linked, -1) {
		for _, m := range modulePath.FindAllString(row[1], -1) {
			if !direct[m] {
				t.Errorf("docs/dependencies.md has %s, which is no direct dependency", m)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinks follows the links between the pages; those to the network are
// not followed.
func TestLinks(t *testing.T) {
	checked := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".md" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(withoutCode(string(data)), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, ":") {
				continue
			}
			checked++
			file := path
			if target != "" {
				file = filepath.Join(filepath.Dir(path), filepath.FromSlash(target))
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			} else if anchor != "" && filepath.Ext(file) == ".md" && !hasAnchor(t, file, anchor) {
				t.Errorf("%s links to %s, and there is no such heading", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 20 {
		t.Errorf("only %d links were followed", checked)
	}
}

var (
	heading   = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	noAnchor  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	fencedOut = regexp.MustCompile("(?s)```.*?```")
)

// hasAnchor says whether a page has a heading of that name, as GitHub makes
// names of headings.
func hasAnchor(t *testing.T, file, anchor string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range heading.FindAllStringSubmatch(fencedOut.ReplaceAllString(string(data), ""), -1) {
		name := noAnchor.ReplaceAllString(strings.ToLower(m[1]), "")
		if strings.ReplaceAll(name, " ", "-") == anchor {
			return true
		}
	}
	return false
}

var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")

func withoutCode(s string) string { return code.ReplaceAllString(s, "") }

var (
	makeTarget = regexp.MustCompile("[`$] ?make ([a-z-]+)")
	target     = regexp.MustCompile(`(?m)^([a-z-]+):`)
	named      = regexp.MustCompile("`((?:cmd|lsp|analysis|index|buildrunner|editors|schema|docs|testdata|\\.ci|examples)/[A-Za-z0-9_./-]+)`")
)

// TestNames holds the targets of make and the files that the pages name to
// what is there.
func TestNames(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range target.FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range append(pages, "../../README.md", "../../editors/README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range makeTarget.FindAllStringSubmatch(string(text), -1) {
			checked++
			if !targets[m[1]] {
				t.Errorf("%s: there is no `make %s`", page, m[1])
			}
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			if strings.HasSuffix(m[1], "/ID.md") {
				continue // a pattern
			}
			if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d targets were found", checked)
	}
}

// TestErrorsAreReal holds the promise that no error is wrong: every rule that
// reports errors on the corpus has a verdict that says so.
func TestErrorsAreReal(t *testing.T) {
	t.Chdir("../..")
	dir, cleanup, err := corpus("DHI_CORPUS", "catalog-half.tar.xz")
	if err != nil {
		t.Skip(err)
	}
	defer cleanup()
	found, documents, err := collect(dir, "2026-08-23")
	if err != nil {
		t.Fatal(err)
	}
	if documents < 1000 {
		t.Errorf("only %d documents", documents)
	}
	for id, h := range found {
		if h.severity == 1 && !strings.HasPrefix(verdicts[id], "real") {
			t.Errorf("%s reports errors (%v), and nobody says that they are real", id, h.examples)
		}
		if verdicts[id] == "" {
			t.Errorf("%s reports something (%v) and has no verdict", id, h.examples)
		}
	}
}
