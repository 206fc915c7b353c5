package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/dhi-ls/dhi-ls/"

// forbidden is the table of docs/architecture.md: a package below the prefix
// imports nothing of ours below the listed ones, unless it is excepted.
var forbidden = []struct {
	from   string
	to     []string
	except []string
}{
	{"analysis/text", []string{""}, []string{"analysis/text"}},
	{"analysis/diagnostic", []string{""}, []string{"analysis/text", "analysis/diagnostic"}},
	{"analysis/kept", []string{""}, []string{"analysis/text", "analysis/kept"}},
	{"analysis/syntax", []string{""}, []string{"analysis/text", "analysis/syntax"}},
	{"analysis/expr", []string{""}, []string{"analysis/text", "analysis/expr"}},
	{"analysis/entry", []string{""}, []string{"analysis/text", "analysis/expr", "analysis/entry"}},
	{"analysis/script", []string{""}, []string{"analysis/text", "analysis/expr", "analysis/entry", "analysis/script", "analysis/diagnostic"}},
	{"analysis/definition", []string{"analysis/rules", "analysis/config", "index", "lsp", "cmd", "buildrunner"}, nil},
	{"analysis/rules", []string{"index", "lsp", "cmd", "buildrunner"}, nil},
	{"analysis/workspace", []string{"analysis/rules", "analysis/config", "index", "lsp", "cmd", "buildrunner"}, nil},
	{"analysis/format", []string{"analysis/rules", "index", "lsp", "cmd", "buildrunner"}, nil},
	{"analysis", []string{"lsp", "cmd", "buildrunner"}, nil},
	// Only analysis/packages/indexed joins analysis and the index.
	{"analysis/packages", []string{"analysis/rules", "lsp", "cmd", "buildrunner"}, nil},
	{"schema", []string{""}, []string{"schema"}},
	{"index", []string{""}, []string{"index"}},
	{"buildrunner", []string{""}, []string{"buildrunner", "analysis/text", "analysis/diagnostic", "testdata"}},
	{joint, []string{"analysis/rules", "index", "lsp", "cmd"}, nil},
	{"internal/corpustest", []string{""}, []string{"internal/corpustest"}},
	{"lsp", []string{"cmd"}, nil},
}

// joint is the one room below buildrunner that knows the analysis.
const joint = "buildrunner/buildplace"

// adapter is the one room of analysis that knows the index.
const adapter = "analysis/packages/indexed"

// order is the part of the index that analysis may use: how versions compare,
// which needs no index.
const order = "index/version"

// TestLayers holds the imports to the architecture.
func TestLayers(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		packages++
		from, _ := strings.CutPrefix(p.ImportPath, module)
		for _, i := range p.Imports {
			to, _ := strings.CutPrefix(i, module)
			if below(from, "analysis") && below(to, "index") && !below(from, adapter) && to != order {
				t.Errorf("%s imports %s: of analysis only %s may", from, to, adapter)
			}
			if to, ours := strings.CutPrefix(i, module); ours {
				checkImport(t, from, to)
			}
		}
	}
	if packages < 10 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

func checkImport(t *testing.T, from, to string) {
	for _, f := range forbidden {
		if !below(from, f.from) || below(to, from) || below(from, joint) && f.from == "buildrunner" {
			continue
		}
		for _, bad := range f.to {
			if below(to, bad) && !excepted(to, f.except) {
				t.Errorf("%s imports %s: docs/architecture.md forbids it", from, to)
			}
		}
	}
}

func excepted(to string, list []string) bool {
	for _, e := range list {
		if below(to, e) {
			return true
		}
	}
	return false
}

func below(path, prefix string) bool {
	return prefix == "" || path == prefix || strings.HasPrefix(path, prefix+"/")
}
