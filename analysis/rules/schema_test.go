package rules_test

import (
	"context"
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// without switches rules off.
type without []string

func (w without) Severity(_, rule string, byDefault diagnostic.Severity) diagnostic.Severity {
	if slices.Contains(w, rule) {
		return diagnostic.Off
	}
	return byDefault
}

func (without) Option(string, string, string) (any, bool) { return nil, false }

// TestSharedChecks: rules that are found in one go are switched off one by
// one.
func TestSharedChecks(t *testing.T) {
	content, _, err := rulestest.Compose(rulestest.Example{Fragment: "varaint: x\nvariant: runtimes\nwork-dir: 1\naccounts:\n  users:\n    - uid: 1\n      gid: 1\nlabels:\n  a: b\n  a: c\n\tb: c\n", Drop: []string{"name"}})
	if err != nil {
		t.Fatal(err)
	}
	families := [][]string{
		{"unknown-field", "missing-field", "wrong-type", "invalid-value", "required-name"},
		{"duplicate-yaml-key", "yaml-tab"},
	}
	for _, family := range families {
		for i := range family {
			for _, off := range []without{{family[i]}, slices.Delete(slices.Clone(family), i, i+1)} {
				counts := map[string]int{}
				for _, d := range analysis.Analyze(context.Background(), "app.yaml", text.New(content), analysis.Options{Config: off, Today: "2026-06-01"}).Diagnostics {
					counts[d.Code]++
				}
				for _, rule := range family {
					if want := !slices.Contains(off, rule); want != (counts[rule] > 0) || counts[rule] > 1 {
						t.Errorf("without %v: %s is reported %d times", off, rule, counts[rule])
					}
				}
			}
		}
	}
}

func TestSchemaRules(t *testing.T) {
	one := func(s string) rulestest.Example { return rulestest.Example{Fragment: s} }
	checkEdges(t, "unknown-field", []edgeCase{
		{name: "fixed", Example: one("entrypiont:\n  - /usr/bin/sample\n"), want: []string{"1:1: error: unknown field `entrypiont`; did you mean `entrypoint`?"}},
		{name: "free maps", Example: one("labels:\n  anything: goes\nvars:\n  A: b\nannotations:\n  org.example: x\n")},
		{name: "merge keys are no fields", Example: one("labels: &l\n  a: b\nannotations:\n  <<: *l\n")},
	})
	checkEdges(t, "missing-field", []edgeCase{
		{name: "a package", Example: rulestest.Example{Base: "package", Path: "package/main/sample/alpine-3.23/1.yaml", Drop: []string{"image"}, Fragment: "variant: runtime\n"}, want: []string{"1:1: error: missing field `image`: every package definition has one at the top level"}},
		{name: "info.yaml as published", Example: rulestest.Example{Base: "info", Path: "image/sample/info.yaml"}},
	})
	checkEdges(t, "required-name", []edgeCase{
		{name: "package", Example: rulestest.Example{Base: "package"}},
		{name: "chart", Example: rulestest.Example{Base: "chart", Drop: []string{"name"}, Fragment: "variant: helm\n"}, want: []string{"base:3:1: error: missing field `name`: every chart definition has one at the top level"}},
	})
	checkEdges(t, "wrong-type", []edgeCase{
		{name: "quoted number", Example: one("accounts:\n  users:\n    - name: a\n      uid: \"1\"\n      gid: 1\n"), want: []string{"4:12: error: `uid` must be an integer, got string \"1\""},
			fixed: "accounts:\n  users:\n    - name: a\n      uid: 1\n      gid: 1\n"},
		{name: "scalar for a list", Example: one("cmd: run\n"), want: []string{"1:6: error: `cmd` must be a list, got string \"run\""}, fixed: "cmd:\n  - run\n"},
		{name: "no value", Example: one("work-dir:\n"), want: []string{"1:1: error: `work-dir` has no value"}},
	})
	checkEdges(t, "volumes-unpublished", []edgeCase{
		{name: "still checked", Example: one("volumes: /data\n"), want: []string{"1:1: info: `volumes` is in the build guide, but the published schema does not know it and no public definition uses it"}},
	})
}
