package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"
)

const badDefinition = "# syntax=dhi.io/build:2-alpine3.23\n\nnameee: Bad\n"

// program builds dhi-ls once for all tests and returns the folder it is in.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "dhi-ls-test")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-buildvcs=false", "-o", dir+string(filepath.Separator), "./cmd/dhi-ls")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if built {
		if dir, err := program(); err == nil {
			_ = os.RemoveAll(dir)
		}
	}
	os.Exit(code)
}

// built says that program was called.
var built bool

func programDir(t *testing.T) string {
	t.Helper()
	built = true
	dir, err := program()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// shell runs a script in dir with an environment of its own, PATH apart.
type shell struct {
	dir string
	env map[string]string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the scripts are for a POSIX shell")
	}
	home := t.TempDir()
	return &shell{t.TempDir(), map[string]string{
		"HOME": home, "PATH": programDir(t) + ":" + os.Getenv("PATH"), "TMPDIR": t.TempDir(),
		"DHI_LS_CACHE": filepath.Join(home, "cache"), "DHI_LS_INDEX_DIR": "off", "DHI_LS_TODAY": "2026-06-01",
	}}
}

func (s *shell) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *shell) run(t *testing.T, name string, args ...string) (output string, code int) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = s.dir
	for k, v := range s.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func readYAML(t *testing.T, path string, v any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, path)), v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

var (
	inputUse    = regexp.MustCompile(`inputs\.([a-z0-9-]+)`)
	inputVar    = regexp.MustCompile(`INPUT_[A-Z0-9_]*[A-Z0-9]`)
	outputWrite = regexp.MustCompile(`echo "([a-z-]+)=`)
	outputUse   = regexp.MustCompile(`steps\.([a-z]+)\.outputs\.([a-z-]+)`)
)

// TestAction holds action.yml and its scripts to each other.
func TestAction(t *testing.T) {
	var action struct {
		Inputs  map[string]struct{ Description, Default string }
		Outputs map[string]struct{ Value string }
		Runs    struct {
			Using string
			Steps []struct {
				ID, Shell, Run, Uses string
				Env                  map[string]string
				Dir                  string `yaml:"working-directory"`
			}
		}
	}
	readYAML(t, "../../action.yml", &action)
	used, written := map[string]bool{}, map[string]bool{}
	for _, step := range action.Runs.Steps {
		if step.Uses != "" || step.Shell == "" {
			t.Errorf("step %s uses %q with shell %q: the action is pinned only while it uses no other", step.ID, step.Uses, step.Shell)
		}
		script := read(t, "../.."+strings.TrimSuffix(strings.TrimPrefix(step.Run, `"$GITHUB_ACTION_PATH`), `"`))
		for _, v := range inputVar.FindAllString(script, -1) {
			if step.Env[v] == "" && v != "INPUT_" {
				t.Errorf("step %s: the script reads %s, which is not set", step.ID, v)
			}
		}
		for v, value := range step.Env {
			if !strings.Contains(script, v) {
				t.Errorf("step %s sets %s, which the script does not read", step.ID, v)
			}
			used[inputUse.FindStringSubmatch(value)[1]] = true
		}
		if m := inputUse.FindStringSubmatch(step.Dir); m != nil {
			used[m[1]] = true
		}
		for _, m := range outputWrite.FindAllStringSubmatch(script, -1) {
			written[step.ID+" "+m[1]] = true
		}
	}
	for name, input := range action.Inputs {
		if !used[name] || input.Description == "" {
			t.Errorf("input %s is not used or not described", name)
		}
	}
	for name, out := range action.Outputs {
		if m := outputUse.FindStringSubmatch(out.Value); m == nil || !written[m[1]+" "+m[2]] {
			t.Errorf("output %s: no script writes %s", name, out.Value)
		}
	}
	if len(used) != len(action.Inputs) || action.Runs.Using != "composite" {
		t.Errorf("%d inputs, %d used", len(action.Inputs), len(used))
	}
}

func actionShell(t *testing.T) *shell {
	s := newShell(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"} {
		s.env[name] = filepath.Join(t.TempDir(), name)
	}
	s.env["RUNNER_TEMP"] = t.TempDir()
	return s
}

func TestActionChecks(t *testing.T) {
	s := actionShell(t)
	s.write(t, "with blank/app.yaml", badDefinition)
	s.env["INPUT_PATHS"] = "with blank\n"
	s.env["INPUT_SARIF"] = "out.sarif"
	s.env["INPUT_VERSION"] = "installed"
	if out, code := s.run(t, "bash", absolute(t, "../../.ci/github-action/install.sh")); code != 0 || !strings.HasPrefix(out, "dhi-ls ") {
		t.Fatalf("install: %d\n%s", code, out)
	}
	script := absolute(t, "../../.ci/github-action/check.sh")
	out, code := s.run(t, "bash", script)
	if code != 1 || !strings.Contains(out, "::error file=with blank/app.yaml,line=3,") {
		t.Errorf("check: %d\n%s", code, out)
	}
	outputs := read(t, s.env["GITHUB_OUTPUT"])
	for _, want := range []string{"version=", "\nexit-code=1\n", "\nsarif=out.sarif\n"} {
		if !strings.Contains(outputs, want) {
			t.Errorf("outputs lack %q:\n%s", want, outputs)
		}
	}
	if summary := read(t, s.env["GITHUB_STEP_SUMMARY"]); !strings.Contains(summary, "error[unknown-field]") {
		t.Errorf("summary:\n%s", summary)
	}
	var sarif struct{ Runs []struct{ Results []any } }
	if err := json.Unmarshal([]byte(read(t, filepath.Join(s.dir, "out.sarif"))), &sarif); err != nil || len(sarif.Runs) != 1 || len(sarif.Runs[0].Results) == 0 {
		t.Errorf("SARIF: %+v, %v", sarif, err)
	}

	s.env["INPUT_FAIL_ON"] = "never"
	s.env["INPUT_ANNOTATIONS"] = "false"
	if out, code := s.run(t, "bash", script); code != 0 || strings.Contains(out, "::error") || !strings.Contains(out, "error[unknown-field]") {
		t.Errorf("without annotations: %d\n%s", code, out)
	}
	s.env["INPUT_FAIL_ON"] = "sometimes"
	if out, code := s.run(t, "bash", script); code != 2 {
		t.Errorf("a wrong input: %d\n%s", code, out)
	}
	s.env["INPUT_FAIL_ON"], s.env["INPUT_PATHS"] = "", "nowhere"
	if out, code := s.run(t, "bash", script); code != 3 {
		t.Errorf("a path that is not there: %d\n%s", code, out)
	}
}

// releases serves a release of a program that only prints its version.
func releases(t *testing.T, version string) (base, sum string) {
	t.Helper()
	name := fmt.Sprintf("dhi-ls_%s_%s_%s", version, runtime.GOOS, runtime.GOARCH)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	script := "#!/bin/sh\necho dhi-ls " + version + "\n"
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: name + "/dhi-ls", Mode: 0o755, Size: int64(len(script))}), write(w, script), w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	sum = fmt.Sprintf("%x", sha256.Sum256(b.Bytes()))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v" + version + "/" + name + ".tar.gz":
			_, _ = w.Write(b.Bytes())
		case "/v" + version + "/checksums.txt":
			fmt.Fprintf(w, "%s  %s.tar.gz\n%064d  other.tar.gz\n", sum, name, 0)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, sum
}

func write(w *tar.Writer, s string) error {
	_, err := w.Write([]byte(s))
	return err
}

func needsFetcher(t *testing.T) {
	t.Helper()
	_, curl := exec.LookPath("curl")
	_, wget := exec.LookPath("wget")
	if curl != nil && wget != nil {
		t.Skip("neither curl nor wget is there")
	}
}

func TestInstall(t *testing.T) {
	s := newShell(t)
	needsFetcher(t)
	base, sum := releases(t, "1.2.3")
	s.env["DHI_LS_RELEASES"] = base
	script := absolute(t, "../../.ci/install.sh")
	dir := filepath.Join(s.dir, "bin")
	for _, pinned := range []string{"", sum} {
		s.env["DHI_LS_SHA256"] = pinned
		if out, code := s.run(t, "sh", script, "v1.2.3", dir); code != 0 {
			t.Fatalf("%d\n%s", code, out)
		}
		if out, code := s.run(t, filepath.Join(dir, "dhi-ls")); code != 0 || out != "dhi-ls 1.2.3\n" {
			t.Errorf("installed: %d\n%s", code, out)
		}
	}
	s.env["DHI_LS_SHA256"] = strings.Repeat("0", 64)
	other := filepath.Join(s.dir, "other")
	if out, code := s.run(t, "sh", script, "1.2.3", other); code == 0 || !strings.Contains(out, "has the SHA-256 "+sum) {
		t.Errorf("with a wrong hash: %d\n%s", code, out)
	}
	s.env["DHI_LS_SHA256"] = ""
	if out, code := s.run(t, "sh", script, "9.9.9", other); code == 0 || !strings.Contains(out, "could not fetch") {
		t.Errorf("a version that is not there: %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(other, "dhi-ls")); err == nil {
		t.Error("a program was installed all the same")
	}
	if left, err := os.ReadDir(s.env["TMPDIR"]); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestActionInstallsRelease(t *testing.T) {
	s := actionShell(t)
	needsFetcher(t)
	base, sum := releases(t, "1.2.3")
	s.env["DHI_LS_RELEASES"], s.env["INPUT_VERSION"], s.env["INPUT_SHA256"] = base, "1.2.3", sum
	out, code := s.run(t, "bash", absolute(t, "../../.ci/github-action/install.sh"))
	if code != 0 || read(t, s.env["GITHUB_OUTPUT"]) != "version=1.2.3\n" {
		t.Errorf("%d\n%s", code, out)
	}
	if path := strings.TrimSpace(read(t, s.env["GITHUB_PATH"])); path != filepath.Join(s.env["RUNNER_TEMP"], "dhi-ls-bin") {
		t.Errorf("PATH gets %q", path)
	}
}

// TestGitLab runs the script of the template as GitLab's runner does.
func TestGitLab(t *testing.T) {
	s := newShell(t)
	var file map[string]struct {
		Variables map[string]string
		Script    []string
	}
	readYAML(t, "../../.ci/gitlab/dhi-ls.yml", &file)
	job := file["dhi-ls"]
	for k, v := range job.Variables {
		s.env[k] = strings.ReplaceAll(v, "$CI_PROJECT_DIR", s.dir)
	}
	s.env["CI_PROJECT_DIR"] = s.dir
	script := s.write(t, ".job.sh", "set -eo pipefail\n"+strings.Join(job.Script, "\n"))
	s.write(t, "app.yaml", badDefinition)
	if out, code := s.run(t, "sh", "-c", "command -v bash && exec bash "+script); code != 1 {
		t.Errorf("%d\n%s", code, out)
	}
	var issues []struct {
		Name     string `json:"check_name"`
		Location struct{ Path string }
	}
	if err := json.Unmarshal([]byte(read(t, filepath.Join(s.dir, "gl-code-quality-report.json"))), &issues); err != nil || len(issues) == 0 || issues[0].Location.Path != "app.yaml" {
		t.Errorf("report: %+v, %v", issues, err)
	}

	// Without dhi-ls in the image the release is fetched.
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("with a release:", err)
	}
	base, _ := releases(t, "1.2.3")
	s.env["DHI_LS_RELEASES"], s.env["DHI_LS_VERSION"] = base, "1.2.3"
	s.env["PATH"] = strings.TrimPrefix(s.env["PATH"], programDir(t)+":")
	if out, code := s.run(t, "bash", script); code != 0 || !strings.Contains(out, "tar.gz: OK") || !strings.Contains(out, "dhi-ls 1.2.3") {
		t.Errorf("with a release: %d\n%s", code, out)
	}
	s.env["DHI_LS_SHA256"] = strings.Repeat("0", 64)
	if out, code := s.run(t, "bash", script); code == 0 {
		t.Errorf("with a wrong hash: %s", out)
	}
}

func TestPreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Name, Entry, Language string
		Types                     []string
	}
	readYAML(t, "../../.pre-commit-hooks.yaml", &hooks)
	s := newShell(t)
	s.write(t, "app.yaml", badDefinition)
	s.write(t, "other.yaml", "a: 1\n")
	var ids []string
	for _, h := range hooks {
		ids = append(ids, h.ID)
		if out, code := s.run(t, "sh", "-c", h.Entry+" other.yaml"); code != 0 {
			t.Errorf("%s on other YAML: %d\n%s", h.ID, code, out)
		}
		if out, code := s.run(t, "sh", "-c", h.Entry+" app.yaml other.yaml"); h.ID == "dhi-ls-check" && code != 1 || code > 1 {
			t.Errorf("%s: %d\n%s", h.ID, code, out)
		}
		if h.Language != "golang" || !slices.Equal(h.Types, []string{"yaml"}) {
			t.Errorf("%+v", h)
		}
	}
	if !slices.Equal(ids, []string{"dhi-ls-check", "dhi-ls-fmt"}) {
		t.Errorf("hooks: %v", ids)
	}
}
