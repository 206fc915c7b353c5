package script_test

import (
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
	"strings"
)

func scripts(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, d := range corpustest.Definitions(t) {
		for _, s := range d.Scalars {
			if s.Last() == "runs" {
				out = append(out, s.Value)
			}
		}
	}
	return out
}

// Every script of the catalog parses, begins with set, and has a command.
func TestCorpus(t *testing.T) {
	all := scripts(t)
	facts := map[script.FactKind]int{}
	commands, variables, substitutions := 0, 0, 0
	for _, source := range all {
		s := script.Parse(source, script.Bash)
		for _, p := range s.Problems {
			t.Errorf("%q: %s", source[p.Range.Start:min(len(source), p.Range.Start+60)], p.Message)
		}
		if s.Skipped != "" {
			t.Errorf("skipped: %s", s.Skipped)
		}
		if s.Set == nil || !s.Set.First || !s.Set.Has("errexit") || !s.Set.Has("pipefail") {
			t.Errorf("%q...: set is %+v", source[:min(len(source), 60)], s.Set)
		}
		commands += len(s.Commands)
		variables += len(s.Variables)
		substitutions += len(s.Substitutions)
		for _, f := range s.Facts {
			facts[f.Kind]++
			if testing.Verbose() {
				t.Logf("%s: %q", f.Kind, source[f.Range.Start:min(f.Range.End, f.Range.Start+150)])
			}
		}
	}
	if len(all) < 3000 {
		t.Errorf("only %d scripts", len(all))
	}
	t.Logf("%d scripts, %d commands, %d variables, %d substitutions, facts %v", len(all), commands, variables, substitutions, facts)
}

// BenchmarkCorpus parses every script of the catalog; the floor is the shell
// parser alone, on text without DHI's names.
func BenchmarkCorpus(b *testing.B) {
	all := scripts(b)
	size := 0
	for _, s := range all {
		size += len(s)
	}
	b.Run("floor", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		plain := make([]string, len(all))
		replace := strings.NewReplacer("source.dir", "source_dir", "target.", "target_", "project.version", "project_version")
		for i, s := range all {
			plain[i] = replace.Replace(s)
		}
		for b.Loop() {
			for _, s := range plain {
				if _, err := syntax.NewParser().Parse(strings.NewReader(s), ""); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("script", func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		for b.Loop() {
			for _, s := range all {
				script.Parse(s, script.Bash)
			}
		}
	})
}
