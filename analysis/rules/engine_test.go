package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func TestSuppressionRules(t *testing.T) {
	one := func(s string) rulestest.Example { return rulestest.Example{Fragment: s} }
	checkEdges(t, "unused-suppression", []edgeCase{
		{name: "used on its line, the next and in the file", Example: one("# syntax=dhi.io/build:2-alpine3.23\n# dhi-ls: ignore[port-duplicate] all\nwork-dir: data # dhi-ls: ignore[work-dir-not-absolute]\nports:\n  # dhi-ls: ignore[port-malformed]\n  - 0/tcp\n  - 99/udp # dhi-ls: ignore[port-privileged-nonroot]\n  - 99/udp # dhi-ls: ignore[port-privileged-nonroot]\n")},
		{name: "by its former name", Example: one("accounts:\n  run-as: app\n  users:\n    - name: app\n      uid: 1\n      gid: 2 # dhi-ls: ignore[user-gid-undefined-_apt]\n")},
		{name: "behind a value", Example: one("work-dir: /data  # dhi-ls: ignore[work-dir-not-absolute] why\n"), want: []string{"1:35: warning: `work-dir-not-absolute` reports nothing here: delete it from the comment"}, fixed: "work-dir: /data\n"},
		{name: "alone", Example: one("work-dir: /data\n# dhi-ls: ignore[work-dir-not-absolute]\nstop-signal: SIGINT\n"), want: []string{"2:18: warning: `work-dir-not-absolute` reports nothing here: delete it from the comment"}, fixed: "work-dir: /data\nstop-signal: SIGINT\n"},
		{name: "the first of two", Example: one("work-dir: data # dhi-ls: ignore[path-duplicate, work-dir-not-absolute] why\n"), want: []string{"1:33: warning: `path-duplicate` reports nothing here: delete it from the comment"},
			fixed: "work-dir: data # dhi-ls: ignore[work-dir-not-absolute] why\n"},
		{name: "the last of two", Example: one("work-dir: data # dhi-ls: ignore[work-dir-not-absolute, path-duplicate]\n"), want: []string{"1:56: warning: `path-duplicate` reports nothing here: delete it from the comment"},
			fixed: "work-dir: data # dhi-ls: ignore[work-dir-not-absolute]\n"},
		{name: "both", Example: one("work-dir: /data # dhi-ls: ignore[work-dir-not-absolute, path-duplicate]\n"), want: []string{
			"1:34: warning: `work-dir-not-absolute` reports nothing here: delete it from the comment", "1:57: warning: `path-duplicate` reports nothing here: delete it from the comment"}, fixed: "work-dir: /data\n"},
		{name: "a rule that could not look", Example: one("work-dir: /data # dhi-ls: ignore[path-source-missing]\n")},
		{name: "a rule that is off", Example: one("work-dir: /data # dhi-ls: ignore[osrelease-name]\n")},
		{name: "text of a value", Example: one("work-dir: '/data # dhi-ls: ignore[work-dir-not-absolute]'\n")},
	})
	checkEdges(t, "invalid-suppression", []edgeCase{
		{name: "misspelt", Example: one("work-dir: /data # dhi-ls: ignore[path-duplicates]\n"), want: []string{"1:34: warning: unknown rule `path-duplicates`; did you mean `path-duplicate`?"},
			fixed: "work-dir: /data # dhi-ls: ignore[path-duplicate]\n"},
		{name: "empty brackets", Example: one("work-dir: /data # dhi-ls: ignore[] why\n"), want: []string{"1:17: warning: name the rules to ignore: `# dhi-ls: ignore[rule-id] reason`"}},
		{name: "open brackets", Example: one("work-dir: data # dhi-ls: ignore[work-dir-not-absolute\n")},
	})
}
