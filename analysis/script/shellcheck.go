package script

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// ShellCheck runs the program shellcheck.
type ShellCheck struct {
	// Path is the program.
	Path string
	// Dir is the folder whose .shellcheckrc counts; empty is the present one.
	Dir string
	// Timeout bounds the run on one script; 0 is 30 seconds.
	Timeout time.Duration
	// Jobs bounds how many run at once; 0 is the number of processors.
	Jobs int
}

// ErrNoShellCheck says that shellcheck is not installed.
var ErrNoShellCheck = errors.New("shellcheck is not installed: not found in PATH")

// Find looks for shellcheck in PATH.
func Find() (*ShellCheck, error) {
	path, err := exec.LookPath("shellcheck")
	if err != nil {
		return nil, ErrNoShellCheck
	}
	return &ShellCheck{Path: path}, nil
}

// Input is a script to check.
type Input struct {
	Source  string
	Dialect Dialect
}

// Finding is one remark of ShellCheck.
type Finding struct {
	// Code is the number of the check: 2086 for SC2086.
	Code int
	// Level is error, warning, info or style.
	Level   string
	Message string
	// Range is in the script.
	Range text.Range
	// Edits mend it, empty if ShellCheck offers nothing.
	Edits []text.Edit
}

// Result is what was found in one script.
type Result struct {
	Findings []Finding
	// Err says why this script could not be checked.
	Err error
}

const (
	defaultTimeout = 30 * time.Second
	// maxOutput bounds, in bytes, what is read of the program's output.
	maxOutput = 16 << 20
	// waitDelay is how long a killed program may keep its output open.
	waitDelay = 2 * time.Second
	// excluded are checks that cannot be right for a script on its own: 1090
	// and 1091 want to read the files that it sources.
	excluded = "SC1090,SC1091"
)

// Run checks the scripts, each once, however often it occurs. The results
// stand in the order of the inputs. The error is that of the context, or the
// first of the results'.
func (sc *ShellCheck) Run(ctx context.Context, inputs []Input) ([]Result, error) {
	unique := map[Input]*Result{}
	var order []Input
	for _, in := range inputs {
		if unique[in] == nil {
			unique[in] = &Result{}
			order = append(order, in)
		}
	}
	var group errgroup.Group
	group.SetLimit(sc.jobs())
	for _, in := range order {
		result := unique[in]
		group.Go(func() error {
			*result = sc.check(ctx, in)
			return nil
		})
	}
	group.Wait()
	return sc.gather(ctx, inputs, unique)
}

func (sc *ShellCheck) gather(ctx context.Context, inputs []Input, unique map[Input]*Result) ([]Result, error) {
	results := make([]Result, len(inputs))
	var first error
	for i, in := range inputs {
		results[i] = *unique[in]
		if first == nil {
			first = results[i].Err
		}
	}
	if err := ctx.Err(); err != nil {
		return results, err
	}
	return results, first
}

func (sc *ShellCheck) jobs() int {
	if sc.Jobs > 0 {
		return sc.Jobs
	}
	return runtime.NumCPU()
}

// shellNames are the dialects as shellcheck names them.
var shellNames = map[Dialect]string{Bash: "bash", Ash: "dash", POSIX: "sh"}

func (sc *ShellCheck) check(ctx context.Context, in Input) Result {
	shell := shellNames[in.Dialect]
	if shell == "" || len(in.Source) > maxScript {
		return Result{}
	}
	if err := ctx.Err(); err != nil {
		return Result{Err: err}
	}
	_, parts := mask(in.Source)
	out, err := sc.output(ctx, shell, literals(in.Source, parts))
	if err != nil {
		return Result{Err: err}
	}
	findings, err := decode(out, in.Source, parts)
	return Result{Findings: findings, Err: err}
}

// output runs the program once. It exits with 0 without findings, with 1 with
// some, and with more where it could not work.
func (sc *ShellCheck) output(parent context.Context, shell, source string) ([]byte, error) {
	timeout := sc.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, sc.Path, "-f", "json1", "-s", shell, "-e", excluded, "-")
	cmd.Dir = sc.Dir
	// Columns are those of code points only if the program reads UTF-8.
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "LANG=C.UTF-8")
	cmd.Stdin = strings.NewReader(source)
	stdout, stderr := &limited{max: maxOutput}, &limited{max: 4 << 10}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.WaitDelay = waitDelay
	killGroup(cmd)
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case parent.Err() != nil:
		return nil, parent.Err()
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s did not finish within %s", sc.Path, timeout)
	case err == nil, errors.As(err, &exit) && exit.ExitCode() == 1:
	case errors.As(err, &exit):
		return nil, fmt.Errorf("%s failed (%s): %s", sc.Path, exit, firstLine(stderr.bytes()))
	case errors.Is(err, exec.ErrWaitDelay):
	default:
		return nil, fmt.Errorf("%s cannot be run: %w", sc.Path, err)
	}
	if stdout.full {
		return nil, fmt.Errorf("%s wrote more than %d MiB", sc.Path, maxOutput>>20)
	}
	return stdout.bytes(), nil
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(b), []byte("\n"))
	if len(line) == 0 {
		return "no message"
	}
	return strings.ToValidUTF8(string(line), "?")
}

// limited keeps the first max bytes.
type limited struct {
	mu   sync.Mutex
	b    []byte
	max  int
	full bool
}

func (l *limited) bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b
}

func (l *limited) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	room := l.max - len(l.b)
	if len(p) > room {
		l.full = true
		l.b = append(l.b, p[:max(room, 0)]...)
		return len(p), nil
	}
	l.b = append(l.b, p...)
	return len(p), nil
}
