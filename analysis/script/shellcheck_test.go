package script

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func real(t *testing.T) *ShellCheck {
	t.Helper()
	sc, err := Find()
	if err != nil {
		t.Skip("the test needs the program shellcheck: ", err)
	}
	return sc
}

func codes(r Result, source string) string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, strconv.Itoa(f.Code)+"["+source[f.Range.Start:f.Range.End]+"]")
	}
	return strings.Join(out, " ")
}

func TestShellCheck(t *testing.T) {
	defer goleak.VerifyNone(t)
	sc := real(t)
	cases := []struct{ in, want, fixed string }{
		{"set -e\nrm -f $1\n", "2086[$1]", "set -e\nrm -f \"$1\"\n"},
		{"set -e\n\techo \"é\" $1\n", "2086[$1]", "set -e\n\techo \"é\" \"$1\"\n"},
		{"a=`date`\nb \"$a\"\n", "2006[`date`]", "a=$(date)\nb \"$a\"\n"},
		{"set -e\ncd ${source.dir}/x\nrm -rf ${target.dir}/*\ncp a ${target.dir}\n", "", ""},
		{"set -e\nif [ \"${target.arch}\" = arm64 ]; then a; fi\ncase ${target.flavor} in x) b;; esac\n", "", ""},
		{"if [ a = b ]; then c; fi\n", "2050[=]", ""},
		{"echo '${source.dir}' ${V:^([0-9]+)$}\n", "", ""},
		{". /etc/os-release\n", "", ""},
		{"set -e\ncat ${source.dir}/é \"$1\" $2\n", "2086[$2]", "set -e\ncat ${source.dir}/é \"$1\" \"$2\"\n"},
	}
	var inputs []Input
	for _, tc := range cases {
		inputs = append(inputs, Input{tc.in, Bash})
	}
	inputs = append(inputs, inputs[0], Input{"a=(1 2)\n", POSIX}, Input{"print(1)", Other})
	results, err := sc.Run(context.Background(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	for i, tc := range cases {
		if got := codes(results[i], tc.in); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.in, got, tc.want)
		}
		if tc.fixed != "" {
			got, err := text.Apply(tc.in, results[i].Findings[0].Edits)
			if err != nil || got != tc.fixed {
				t.Errorf("%q: fixed %q %v", tc.in, got, err)
			}
		}
	}
	if got := codes(results[len(cases)], cases[0].in); got != cases[0].want {
		t.Errorf("the same script again: %s", got)
	}
	if fs := results[len(cases)+1].Findings; len(fs) == 0 || fs[0].Level == "" || fs[0].Message == "" {
		t.Errorf("an array in POSIX: %+v", fs)
	}
	if r := results[len(cases)+2]; r.Err != nil || r.Findings != nil {
		t.Errorf("python: %+v", r)
	}
}

// standIn writes a program that takes the place of shellcheck.
func standIn(t *testing.T, body string) *ShellCheck {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in is a shell script")
	}
	path := filepath.Join(t.TempDir(), "shellcheck")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o755); err != nil {
		t.Fatal(err)
	}
	return &ShellCheck{Path: path}
}

func TestShellCheckFailures(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, tc := range []struct{ body, word string }{
		{"cat >/dev/null; echo garbage", "no json1"},
		{"cat >/dev/null; echo 'Unknown option' >&2; exit 4", "Unknown option"},
		{"exit 2", "no message"},
		{"cat >/dev/null; kill -9 $$", "killed"},
		{"head -c 20000000 /dev/zero", "more than 16 MiB"},
		{"cat >/dev/null; echo '{\"comments\":[{\"line\":99,\"column\":-5,\"endLine\":-1,\"endColumn\":9,\"code\":1}]}'; exit 1", ""},
		{"echo '{\"comments\":[]}'", ""},
	} {
		results, err := standIn(t, tc.body).Run(context.Background(), []Input{{"echo a\n", Bash}})
		if tc.word == "" {
			if err != nil {
				t.Errorf("%s: %v", tc.body, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tc.word) || !errors.Is(results[0].Err, err) {
			t.Errorf("%s: %v", tc.body, err)
		}
	}
	if _, err := (&ShellCheck{Path: "/nonexistent/shellcheck"}).Run(context.Background(), []Input{{"a", Bash}}); err == nil || !strings.Contains(err.Error(), "cannot be run") {
		t.Errorf("no program: %v", err)
	}
}

// A program that hangs is killed with all that it started.
func TestShellCheckTimeout(t *testing.T) {
	defer goleak.VerifyNone(t)
	child := filepath.Join(t.TempDir(), "child")
	sc := standIn(t, "sleep 600 & echo $! > "+child+"\nwait")
	sc.Timeout = 300 * time.Millisecond
	_, err := sc.Run(context.Background(), []Input{{"a", Bash}})
	if err == nil || !strings.Contains(err.Error(), "did not finish") {
		t.Fatalf("%v", err)
	}
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("no ps to look for the child")
	}
	pid, err := os.ReadFile(child)
	if err != nil {
		t.Skip("the stand-in was stopped before it had a child")
	}
	gone := func() bool {
		out, err := exec.Command("ps", "-o", "stat=", "-p", strings.TrimSpace(string(pid))).Output()
		return err != nil || strings.HasPrefix(strings.TrimSpace(string(out)), "Z")
	}
	for end := time.Now().Add(time.Minute); !gone(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the child of the program lives on")
		}
	}
}

func TestShellCheckCancel(t *testing.T) {
	defer goleak.VerifyNone(t)
	started := filepath.Join(t.TempDir(), "started")
	sc := standIn(t, "touch "+started+"; sleep 600")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(started); err == nil {
				return
			}
		}
	}()
	results, err := sc.Run(ctx, []Input{{"a", Bash}, {"b", Bash}, {"c", Bash}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	for _, r := range results {
		if !errors.Is(r.Err, context.Canceled) {
			t.Errorf("%v", r.Err)
		}
	}
}

func TestFindWithout(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); !errors.Is(err, ErrNoShellCheck) {
		t.Errorf("%v", err)
	}
}
