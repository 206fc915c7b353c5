//go:build dist

package main

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

const reviewdog = "github.com/reviewdog/reviewdog/cmd/reviewdog@v0.21.0"

// TestReviewdog has reviewdog itself read our report.
func TestReviewdog(t *testing.T) {
	check := exec.Command(filepath.Join(programDir(t), "dhi-ls"), "check", "--format", "rdjson", "--fail-on", "never", "--no-index", "examples/bad")
	check.Dir = "../.."
	report, err := check.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ours struct {
		Diagnostics []struct {
			Suggestions []any
			Code        struct{ Value string }
		}
	}
	if err := json.Unmarshal(report, &ours); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", reviewdog, "-f=rdjson", "-reporter=rdjsonl", "-filter-mode=nofilter", "-name=dhi-ls")
	cmd.Dir = "../.."
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	cmd.Stdin = bytes.NewReader(report)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	read, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(string(read)), "\n")
	if len(lines) != len(ours.Diagnostics) || len(lines) < 10 {
		t.Fatalf("we report %d findings, reviewdog %d", len(ours.Diagnostics), len(lines))
	}
	suggested := 0
	for i, line := range lines {
		var d struct {
			Suggestions []any
			Code        struct{ Value string }
		}
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if d.Code.Value != ours.Diagnostics[i].Code.Value || len(d.Suggestions) != len(ours.Diagnostics[i].Suggestions) {
			t.Errorf("finding %d: reviewdog read %s", i, line)
		}
		suggested += len(d.Suggestions)
	}
	if suggested == 0 {
		t.Error("no suggestion")
	}
}

// sarifModule holds OASIS's schema of SARIF 2.1.0 as a constant.
const sarifModule = "github.com/owenrumney/go-sarif/v3@v3.3.1"

// TestSARIF holds our SARIF to the schema of the standard.
func TestSARIF(t *testing.T) {
	out, err := exec.Command("go", "mod", "download", "-json", sarifModule).Output()
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(module.Dir, "pkg/report/v210/sarif/schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && text == "" {
			text, err = strconv.Unquote(lit.Value)
		}
		return true
	})
	if err != nil || len(text) < 10_000 {
		t.Fatalf("%d bytes of schema, %v", len(text), err)
	}
	schema, err := jsonschema.CompileString("sarif-schema-2.1.0.json", text)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"examples/bad", "examples/good"} {
		check := exec.Command(filepath.Join(programDir(t), "dhi-ls"), "check", "--format", "sarif", "--fail-on", "never", "--no-index", path)
		check.Dir = "../.."
		report, err := check.Output()
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(report, &v); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestPreCommit has pre-commit itself install the hooks from a repository and
// run them.
func TestPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Skip("pre-commit is not installed: .ci/run installs it")
	}
	home := t.TempDir()
	git := func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	// The hooks' repository is this one as it lies here, committed or not.
	hooks := filepath.Join(home, "hooks")
	list := git("../..", "ls-files", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(list, "\n") {
		data, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			continue // deleted and not committed yet
		}
		to := filepath.Join(hooks, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(hooks, "init", "-q")
	git(hooks, "add", "-A")
	git(hooks, "commit", "-q", "-m", "hooks")
	rev := git(hooks, "rev-parse", "HEAD")

	project := t.TempDir()
	files := map[string]string{
		".pre-commit-config.yaml": "repos:\n  - repo: " + hooks + "\n    rev: " + rev + "\n    hooks:\n      - id: dhi-ls-check\n      - id: dhi-ls-fmt\n",
		"app.yaml":                badDefinition,
		"messy.yaml":              "# syntax=dhi.io/build:2-alpine3.23\n\nvariant: runtime\nname: Messy\n",
		"other.yaml":              "b: 1\na: 2\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(project, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(project, "init", "-q")
	git(project, "add", "-A")
	cmd := exec.Command("pre-commit", "run", "--all-files", "--color=never", "--verbose")
	cmd.Dir = project
	cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+filepath.Join(home, "pre-commit"), "DHI_LS_INDEX_DIR=off", "GOFLAGS=-modcacherw", "GOPROXY=file://"+modules(t)+"/cache/download", "GOSUMDB=off")
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("the hooks found nothing")
	}
	for _, want := range []string{"hook id: dhi-ls-check", "- exit code: 1", "error[unknown-field]", "hook id: dhi-ls-fmt", "files were modified by this hook", "formatted messy.yaml"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if got, err := os.ReadFile(filepath.Join(project, "messy.yaml")); err != nil || !strings.Contains(string(got), "name: Messy\nvariant: runtime\n") {
		t.Errorf("messy.yaml is %s, %v", got, err)
	}
	if got, err := os.ReadFile(filepath.Join(project, "other.yaml")); err != nil || string(got) != files["other.yaml"] {
		t.Errorf("other.yaml is %s, %v", got, err)
	}
}

// modules is this machine's module cache, which also serves as a proxy: the
// hook's environment begins with an empty one.
func modules(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
