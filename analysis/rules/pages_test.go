package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

var update = flag.Bool("update", false, "rewrite the outputs in the rule pages")

const pagesDir = "../../docs/rules"

// example is a fenced block of a rule page.
type example struct {
	rulestest.Example
	bad         bool
	index       string // of rulestest.Indexes, or registry for rulestest.Registry
	start, end  int    // of the output block behind a bad example, in the page
	output      string
	infoString  string
	hasOutput   bool
	insertAfter int
}

var (
	fence   = regexp.MustCompile("(?m)^```yaml (bad|good)(.*)\n((?s:.*?))^```\n")
	besides = regexp.MustCompile("(?m)^```yaml beside(.*)\n((?s:.*?))^```\n")
	output  = regexp.MustCompile("^\n```text\n((?s:.*?))```\n")
)

// parseExamples reads the blocks "```yaml bad|good [base=…] [path=…]
// [drop=a,b] [disk=a,b] [today=…] [on=RULE] [index=NAME]".
//
// Blocks "```yaml beside path=… [base=…]" are other files of the workspace for
// all examples of the page.
func parseExamples(page string) []example {
	var list []example
	var beside []rulestest.Beside
	for _, m := range besides.FindAllStringSubmatch(page, -1) {
		b := rulestest.Beside{Fragment: m[2]}
		for _, word := range strings.Fields(m[1]) {
			if key, value, _ := strings.Cut(word, "="); key == "path" {
				b.Path = value
			} else if key == "base" {
				b.Base = value
			}
		}
		beside = append(beside, b)
	}
	for _, m := range fence.FindAllStringSubmatchIndex(page, -1) {
		e := example{bad: page[m[2]:m[3]] == "bad", infoString: page[m[4]:m[5]], insertAfter: m[1]}
		e.Fragment, e.Beside = page[m[6]:m[7]], beside
		for _, word := range strings.Fields(e.infoString) {
			key, value, _ := strings.Cut(word, "=")
			switch key {
			case "base":
				e.Base = value
			case "path":
				e.Path = value
			case "drop":
				e.Drop = strings.Split(value, ",")
			case "on":
				e.On = value
			case "today":
				e.Today = value
			case "index":
				e.index = value
			case "profile":
				e.Profile, _ = analysis.ParseProfile(value)
			case "disk":
				e.Disk = map[string]bool{}
				for _, f := range strings.Split(value, ",") {
					e.Disk[f] = true
				}
			}
		}
		if o := output.FindStringSubmatchIndex(page[m[1]:]); o != nil {
			e.hasOutput = true
			e.output = page[m[1]+o[2] : m[1]+o[3]]
			e.start, e.end = m[1], m[1]+o[1]
		}
		list = append(list, e)
	}
	return list
}

// TestPages runs the examples of every rule page: a bad one yields exactly the
// output below it, of which at least one line is the rule's; a good one yields
// nothing of the rule.
func TestPages(t *testing.T) {
	indexes, err := rulestest.Indexes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			file := filepath.Join(pagesDir, r.ID+".md")
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("the rule has no page: %v", err)
			}
			page := checkPage(t, r, string(data), indexes)
			if *update && page != string(data) {
				if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func checkPage(t *testing.T, r *rules.Rule, page string, indexes map[string]packages.Source) string {
	examples := parseExamples(page)
	if len(examples) == 0 {
		t.Error("the page has no examples")
	}
	bad := 0
	for i := len(examples) - 1; i >= 0; i-- {
		e := examples[i]
		if e.index == "registry" {
			e.Images = rulestest.Registry{State: images.Known}
		} else if e.Packages = indexes[e.index]; e.Packages == nil && e.index != "" {
			t.Errorf("there is no index %q", e.index)
		}
		lines, found, content, err := rulestest.Check(e.Example)
		if err != nil {
			t.Error(err)
			continue
		}
		own := 0
		for _, d := range found {
			if d.Code == r.ID {
				own++
			}
		}
		if !e.bad {
			if own > 0 {
				t.Errorf("the good example is reported:\n%s\n%s", strings.Join(lines, "\n"), content)
			}
			continue
		}
		bad++
		if own == 0 && (r.Need == rules.NeedsNothing || r.Need == rules.NeedsWorkspace || e.index != "") {
			t.Errorf("the bad example is not reported, but:\n%s\n%s", strings.Join(lines, "\n"), content)
		}
		if own == 0 && r.Need != rules.NeedsNothing {
			continue // the page shows what cannot be run here
		}
		got := strings.Join(lines, "\n") + "\n"
		if *update {
			block := "\n```text\n" + got + "```\n"
			if e.hasOutput {
				page = page[:e.start] + block + page[e.end:]
			} else {
				page = page[:e.insertAfter] + block + page[e.insertAfter:]
			}
		} else if got != e.output {
			t.Errorf("the output in the page is\n%s\nbut the check says\n%s", e.output, got)
		}
	}
	if bad == 0 {
		t.Error("the page has no bad example")
	}
	return page
}

// TestBases holds the base definitions to be free of findings.
func TestBases(t *testing.T) {
	for _, base := range []string{"runtime", "dev", "debian", "debian-dev", "package", "chart"} {
		lines, _, content, err := rulestest.Check(rulestest.Example{Base: base})
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) > 0 {
			t.Errorf("%s:\n%s\n%s", base, strings.Join(lines, "\n"), content)
		}
	}
	lines, _, _, _ := rulestest.Check(rulestest.Example{Base: "info", Path: "image/sample/info.yaml"})
	if len(lines) > 0 {
		t.Errorf("info: %s", strings.Join(lines, "\n"))
	}
}
