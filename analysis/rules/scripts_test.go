package rules_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// withScript is a Debian definition with one script; the first line of it is
// line 10 of the fragment.
func withScript(lines ...string) rulestest.Example {
	return withSteps("        - name: a\n          runs: |\n            " + strings.Join(lines, "\n            ") + "\n")
}

func TestScriptRules(t *testing.T) {
	checkEdges(t, "runs-syntax", []edgeCase{
		{name: "what DHI substitutes", Example: withScript("cd ${source.dir}/a", "echo ${VERSION:^v(.*)$} ${VERSION%.*} ${A:-b}")},
		{name: "bash", Example: withScript("[[ a =~ b ]] && x=(1 2)")},
		{name: "another interpreter", Example: withSteps("        - name: a\n          shell: /usr/bin/python3\n          runs: |\n            print(\"a\" if (\n")},
		{name: "shell of the stage", Example: withStage("      shell: /bin/dash\n      pipeline:\n        - name: a\n          runs: x=(1 2)\n" + someOutput),
			want: []string{"10:19: error: syntax error in the script: the script's shell does not know arrays, which bash has"}},
		{name: "plain scalar", Example: withSteps("        - name: a\n          runs: make && (cd b\n"), want: []string{"9:25: error: syntax error in the script: ( is not closed: expected )"}},
		{name: "double-quoted", Example: withSteps("        - name: a\n          runs: \"echo \\\"a\\\" \\n fi\"\n"), want: []string{"9:32: error: syntax error in the script: unexpected fi: no if is open"}},
	})
	checkEdges(t, "runs-no-set", []edgeCase{
		{name: "one command", Example: withScript("make install")},
		{name: "one command over lines", Example: withScript("make \\", "  install")},
		{name: "joined", Example: withScript("make && make install")},
		{name: "a pipeline", Example: withScript("a | b"), want: []string{"10:13: warning: without `set -e`, the script goes on after a command that failed"},
			fixed: withScript("set -eux -o pipefail\n", "a | b").Fragment},
		{name: "later", Example: withScript("cd /a", "set -e", "make")},
		{name: "long option", Example: withScript("set -o errexit", "make")},
		{name: "another option", Example: withScript("set -ux", "make"), want: []string{"10:13: warning: without `-e`, the script goes on after a command that failed"}},
		{name: "the shell has it", Example: withSteps("        - name: a\n          shell: bash -eu\n          runs: |\n            a\n            b\n")},
		{name: "told of its syntax", Example: withScript("if a", "b")},
		{name: "comments alone", Example: withScript("# a", "# b")},
		{name: "dash", Example: withSteps("        - name: a\n          shell: /bin/dash\n          runs: |\n            a\n            b\n"),
			want:  []string{"11:13: warning: without `set -e`, the script goes on after a command that failed"},
			fixed: withSteps("        - name: a\n          shell: /bin/dash\n          runs: |\n            set -eux\n\n            a\n            b\n").Fragment},
	})
	checkEdges(t, "runs-set-variant", []edgeCase{
		{name: "outside of a catalog", Example: withScript("set -e", "make")},
	})
	checkEdges(t, "runs-network-fetch", []edgeCase{
		{name: "local", Example: withScript("curl http://localhost:8080/health")},
		{name: "executed is told otherwise", Example: withScript("curl https://example.com/a | sh")},
		{name: "one of two is executed", Example: withScript("curl https://example.com/a | sh", "curl -O https://example.com/b"),
			want: []string{"11:13: info: `curl` downloads `https://example.com/b`, which no checksum pins and no SBOM lists"}},
	})
	checkEdges(t, "runs-chmod-777", []edgeCase{
		{name: "sticky", Example: withScript("chmod 1777 /tmp")},
		{name: "symbolic", Example: withScript("chmod a+rwx /a"), want: []string{"10:19: warning: the mode `a+rwx` lets every user write"}},
	})
}

const shellCheckDefinition = "        - name: a\n          environment:\n            given: b\n          runs: |\n            é=1; cp $1 ${target.dir}\n        - name: broken\n          runs: |\n            if a\n"

// shellCheckLines runs the program and returns its findings as Check writes
// them, without those of other rules.
func shellCheckLines(t *testing.T, sc *script.ShellCheck, e rulestest.Example) ([]string, *analysis.Result) {
	t.Helper()
	content, lines, err := rulestest.Compose(e)
	if err != nil {
		t.Fatal(err)
	}
	doc := text.New(content)
	res := analysis.Slow(context.Background(), analysis.Open("app.yaml", doc, analysis.Options{}), analysis.Options{ShellCheck: sc})
	var out []string
	for _, d := range res.Diagnostics {
		h := doc.HumanRange(d.Range)
		if d.Code != "shellcheck" || d.Source != "shellcheck" {
			t.Errorf("code %s of source %s", d.Code, d.Source)
		}
		out = append(out, strings.Join([]string{itoa(lines[h.Start.Line]), itoa(h.Start.Column), itoa(h.End.Column), d.Severity.String(), d.Message, d.URL}, " "))
	}
	return out, res
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

// fakeShellCheck answers what it is told.
func fakeShellCheck(t *testing.T, answer string, exit int) *script.ShellCheck {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	path := filepath.Join(t.TempDir(), "shellcheck")
	program := "#!/bin/sh\ncat >/dev/null\ncat <<'EOF'\n" + answer + "\nEOF\nexit " + itoa(exit) + "\n"
	if err := os.WriteFile(path, []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	return &script.ShellCheck{Path: path}
}

func TestShellCheck(t *testing.T) {
	sc := fakeShellCheck(t, `{"comments":[
	{"line":1,"endLine":1,"column":9,"endColumn":11,"level":"info","code":2086,"message":"Double quote it.","fix":{"replacements":[{"line":1,"endLine":1,"column":9,"endColumn":9,"replacement":"\"","precedence":1,"insertionPoint":"afterEnd"},{"line":1,"endLine":1,"column":11,"endColumn":11,"replacement":"\"","precedence":1,"insertionPoint":"beforeStart"}]}},
	{"line":1,"endLine":1,"column":1,"endColumn":2,"level":"error","code":1000,"message":"Grave.","fix":null},
	{"line":1,"endLine":1,"column":1,"endColumn":2,"level":"warning","code":2154,"message":"given is referenced but not assigned.","fix":null},
	{"line":1,"endLine":1,"column":1,"endColumn":2,"level":"warning","code":2154,"message":"other is referenced but not assigned.","fix":null},
	{"line":1,"endLine":1,"column":1,"endColumn":2,"level":"style","code":2006,"message":"Use $(...).","fix":null}
	]}`, 1)
	got, res := shellCheckLines(t, sc, withSteps(shellCheckDefinition))
	want := []string{
		"12 13 14 warning SC1000: Grave https://www.shellcheck.net/wiki/SC1000",
		"12 13 14 info SC2154: other is referenced but not assigned https://www.shellcheck.net/wiki/SC2154",
		"12 13 14 hint SC2006: Use $(...) https://www.shellcheck.net/wiki/SC2006",
		"12 21 23 hint SC2086: Double quote it https://www.shellcheck.net/wiki/SC2086",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(res.Notices) > 0 {
		t.Error(res.Notices)
	}
	fixes := res.Diagnostics[len(res.Diagnostics)-1].Fixes
	if len(fixes) != 1 || fixes[0].Safe || len(fixes[0].Edits) != 2 {
		t.Fatalf("fixes %+v", fixes)
	}
	content := res.Document.Text.String()
	var edits []text.Edit
	for _, e := range fixes[0].Edits {
		edits = append(edits, text.Edit{Range: e.Range, New: e.New})
	}
	fixed, err := text.Apply(content, edits)
	if err != nil || fixed != strings.Replace(content, "cp $1 ", `cp "$1" `, 1) {
		t.Errorf("%v:\n%s", err, fixed)
	}
}

func TestShellCheckFails(t *testing.T) {
	got, res := shellCheckLines(t, fakeShellCheck(t, "", 4), withSteps(shellCheckDefinition))
	if len(got) > 0 || len(res.Notices) != 1 || res.Notices[0].Code != "shellcheck-failed" || !strings.Contains(res.Notices[0].Message, "app.yaml") {
		t.Errorf("%v %+v", got, res.Notices)
	}
}

// TestShellCheckPage holds the output in the rule's page to the real program.
func TestShellCheckPage(t *testing.T) {
	sc, err := script.Find()
	if err != nil {
		t.Skip(err)
	}
	page, err := os.ReadFile(filepath.Join(pagesDir, "shellcheck.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range parseExamples(string(page)) {
		got, _ := shellCheckLines(t, sc, e.Example)
		if e.bad {
			at, rest, _ := strings.Cut(strings.TrimSpace(e.output), ": ")
			line, column, _ := strings.Cut(at, ":")
			severity, message, _ := strings.Cut(strings.TrimSuffix(rest, " [shellcheck]"), ": ")
			if len(got) != 1 || !strings.HasPrefix(got[0], line+" "+column+" ") || !strings.Contains(got[0], " "+severity+" "+message+" ") {
				t.Errorf("the page says %q, ShellCheck %q", e.output, got)
			}
		} else if len(got) > 0 {
			t.Errorf("the good example has %q", got)
		}
	}
}
