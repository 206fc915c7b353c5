package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dhi-ls": func() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) },
	})
}

// TestScripts runs the program as users do, in the folders that the scripts
// lay out.
func TestScripts(t *testing.T) {
	testscript.Run(t, scriptParams("testdata/script"))
}

// scriptParams are those of scripts that use the program.
func scriptParams(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("DHI_LS_CACHE", filepath.Join(e.WorkDir, ".cache"))
			e.Setenv("DHI_LS_TODAY", "2026-06-01")
			e.Setenv("DHI_LS_INDEX_DIR", "off")
			e.Setenv("DHI_LS_USER_CONFIG", filepath.Join(e.WorkDir, ".user.yaml"))
			e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"schema":   validJSON,
			"mkfifo":   mkfifo,
			"big":      bigFile,
			"repos":    serveRepositories,
			"registry": serveRegistry,
			"exits":    exits,
		},
	}
}

// validJSON holds a file to a JSON Schema of docs: schema FILE SCHEMA.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("schema FILE SCHEMA")
	}
	s, err := jsonschema.Compile(filepath.Join(docsDir, args[1]))
	ts.Check(err)
	var v any
	ts.Check(json.NewDecoder(bytes.NewReader([]byte(ts.ReadFile(args[0])))).Decode(&v))
	if err := s.Validate(v); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
}

var docsDir = func() string {
	dir, err := filepath.Abs("../../docs")
	if err != nil {
		panic(err)
	}
	return dir
}()

// bigFile writes a file of many megabytes: big FILE MIB [FIRST LINE].
func bigFile(ts *testscript.TestScript, neg bool, args []string) {
	var mib int
	_, err := fmt.Sscan(args[1], &mib)
	ts.Check(err)
	content := strings.Join(args[2:], " ") + "\n" + strings.Repeat("# filler filler filler filler\n", mib<<20/30)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(content), 0o644))
}

// exits runs a command that must end with a code: exits CODE COMMAND….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%v ended with %d, want %s", args[1:], code, args[0])
	}
}
