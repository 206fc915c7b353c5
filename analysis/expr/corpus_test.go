package expr_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// Every expression of the catalog parses without a problem and has a value on
// both platforms; every string is covered by its parts.
func TestCorpus(t *testing.T) {
	definitions := corpustest.Definitions(t)
	problems := map[expr.ProblemKind]int{}
	expressions, substitutions, open := 0, 0, 0
	for i := range definitions {
		d := &definitions[i]
		for _, s := range d.Scalars {
			if s.Last() == "runs" {
				continue
			}
			tpl := expr.Parse(s.Value)
			covers(t, tpl)
			for _, p := range tpl.Problems {
				problems[p.Kind]++
			}
			substitutions += len(tpl.References())
			if !strings.HasPrefix(s.Value, "#{") {
				open += unresolved(s.Value, d.Vars)
				continue
			}
			expressions++
			for _, p := range tpl.Problems {
				t.Errorf("%s: %s: %s", s.File, s.Value, p.Message)
			}
			evaluates(t, s, d.Vars)
		}
	}
	if expressions < 200 {
		t.Errorf("only %d expressions", expressions)
	}
	// The catalog's own slip is ${NAME) in some files.
	for kind, n := range problems {
		if !kind.Note() && kind != expr.WrongCloser {
			t.Errorf("%d problems of kind %d", n, kind)
		}
	}
	t.Logf("%d definitions, %d expressions, %d substitutions, %d undefined, problems by kind %v", len(definitions), expressions, substitutions, open, problems)
}

func covers(t *testing.T, tpl expr.Template) {
	t.Helper()
	at := 0
	for _, p := range tpl.Parts {
		if p.Range.Start != at {
			t.Fatalf("%q: gap before %v", tpl.Source, p.Range)
		}
		at = p.Range.End
	}
	if at != len(tpl.Source) {
		t.Fatalf("%q: parts end at %d", tpl.Source, at)
	}
}

func env(vars map[string]string, platform string) expr.Env {
	return expr.Env{Platform: platform, Vars: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }}
}

func evaluates(t *testing.T, s corpustest.Scalar, vars map[string]string) {
	t.Helper()
	values := map[string]bool{}
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		value, open := expr.Resolve(s.Value, env(vars, platform))
		values[value] = true
		if len(open) > 0 || strings.Contains(value, "#{") {
			t.Errorf("%s: %s on %s: %+v", s.File, s.Value, platform, open)
		}
	}
	if strings.Contains(s.Value, "target.arch") && len(values) != 2 {
		t.Errorf("%s: %s has one value on both platforms", s.File, s.Value)
	}
}

// unresolved counts the undefined variables of a value.
func unresolved(s string, vars map[string]string) int {
	_, open := expr.Resolve(s, env(vars, "linux/amd64"))
	n := 0
	for _, u := range open {
		if u.Reason == expr.Undefined {
			n++
		}
	}
	return n
}
