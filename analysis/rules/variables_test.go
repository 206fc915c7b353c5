package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func fragment(s string) rulestest.Example { return rulestest.Example{Fragment: s} }

func TestVariableRules(t *testing.T) {
	step := func(s string) rulestest.Example {
		return fileStage([]string{"url: https://a.example.com/a", "path: ${source.dir}/a"}, "        - name: build\n          uses: go/build@v1\n          with:\n            output: a\n            ldflags: "+s+"\n          environment:\n            X: "+s+"\n")
	}
	checkEdges(t, "var-undefined", []edgeCase{
		{name: "in the inputs and the environment of a step", Example: step("'${GOOS}'")},
		{name: "in the content of a file", Example: fragment("paths:\n  - type: file\n    path: /a\n    content: echo ${HOME}\n    uid: 0\n    gid: 0\n    mode: \"0644\"\n")},
		{name: "in the arguments of a shell", Example: fragment("cmd:\n  - /bin/sh\n  - -c\n  - echo ${HOME}\n")},
		{name: "self-reference of the environment is another rule's", Example: fragment("environment:\n  A: ${A}\n")},
		{name: "another variable in the environment", Example: fragment("environment:\n  A: ${B}\n"),
			want: []string{"2:8: error: `B` is not defined in `vars`"}},
		{name: "in a variable that nothing uses", Example: fragment("vars:\n  VERSION: 1.4.2\n  A: ${SAMPLE_URL:^.+/(.+)$}\n")},
		{name: "in a variable that is used through another", Example: fragment("vars:\n  A: ${SAMPLE_URL}\n  B: ${A}\nwork-dir: /${B}\n"),
			want: []string{"2:8: error: `SAMPLE_URL` is not defined in `vars`"}},
		{name: "in a variable that a script uses", Example: withVars(fileStage([]string{"url: https://a.example.com/a", "path: /a"}, "        - name: a\n          runs: |\n            set -eux -o pipefail\n            echo ${A}\n"), "A: ${NONE}"),
			want: []string{"2:8: error: `NONE` is not defined in `vars`"}},
		{name: "with a regular expression", Example: fragment("work-dir: /${VERSON:^([0-9]+)}\n"),
			want:  []string{"1:14: error: `VERSON` is not defined in `vars`"},
			fixed: "work-dir: /${VERSION:^([0-9]+)}\n"},
		{name: "in a key", Example: fragment("environment:\n  ${NAME}: a\n"), want: []string{"2:5: error: `NAME` is not defined in `vars`"}},
		{name: "in quotes with an escape", Example: fragment(`work-dir: "/\x61/${NAME}"` + "\n"), want: []string{"1:20: error: `NAME` is not defined in `vars`"}},
	})
	checkEdges(t, "substitution-malformed", []edgeCase{
		{name: "at sign", Example: spdx("'@{NONE}'", "pkg:generic/a@1.0.0", "MIT")},
		{name: "at sign before a variable", Example: fragment("name: 'Sample @{VERSION}'\n"),
			want:  []string{"1:15: error: @{VERSION} is not substituted: write ${VERSION}"},
			fixed: "name: 'Sample ${VERSION}'\n"},
		{name: "the shell's PATH", Example: fragment("environment:\n  PATH: /a/bin:/usr/bin:$PATH\n")},
		{name: "a dollar before a variable", Example: fragment("environment:\n  A: $VERSION\n"),
			want: []string{"2:6: error: $VERSION is not substituted here: write ${VERSION}"}},
		{name: "shell expansion", Example: fragment("work-dir: /${VERSION:-1}\n"),
			want: []string{"1:12: warning: ${VERSION:-1} is shell syntax: the format knows ${NAME} and ${NAME:regex}"}},
		{name: "not closed", Example: fragment("work-dir: /opt/${VERSION/lib\n"),
			want: []string{"1:16: error: ${VERSION is not closed: expected }"}},
		{name: "in a step", Example: step("'${GOOS'")},
		{name: "of other tools", Example: fragment("work-dir: /${{ VERSION }}\n"),
			want: []string{"1:12: error: the format has no ${{ }}: write ${NAME}, or #{ expression }"}},
	})
	checkEdges(t, "builtin-unknown", []edgeCase{
		{name: "of scripts only", Example: fragment("work-dir: /${target.flavor}\n"), want: []string{"1:14: warning: `target.flavor` is no built-in value"}},
		{name: "another program's", Example: step("'${project.version}'")},
		{name: "ours, misspelt, in a step", Example: step("'${target.dri}'"),
			want: []string{"20:25: warning: `target.dri` is no built-in value", "22:19: warning: `target.dri` is no built-in value"}},
	})
	checkEdges(t, "expr-var-undefined", []edgeCase{
		{name: "in the environment of a step", Example: step("'#{ definition.vars.NONE }'"), want: []string{"22:36: error: `NONE` is not defined in `vars`"}},
	})
	checkEdges(t, "expr-malformed", []edgeCase{
		{name: "the content of a file", Example: fragment("paths:\n  - type: file\n    path: /a\n    content: '#{ x'\n    uid: 0\n    gid: 0\n    mode: \"0644\"\n")},
		{name: "construct that is not known", Example: fragment("vars:\n  A: '#{ upper(\"a\") }'\n"), want: []string{"2:10: warning: upper(...): calls are not known in expressions"}},
	})
	checkEdges(t, "substitution-no-match", []edgeCase{
		{name: "not known", Example: fragment("vars:\n  V: ${W}\nwork-dir: /${V:^v(.+)$}\n")},
		{name: "matches", Example: fragment("work-dir: /${VERSION:^([0-9]+)[.]}\n")},
	})
	checkEdges(t, "var-cycle", []edgeCase{
		{name: "of one", Example: fragment("vars:\n  A: ${A}\n"), want: []string{"2:6: error: A refers to itself: A -> A"}},
		{name: "leads to a cycle", Example: fragment("vars:\n  A: ${A}\n  B: ${A}\n"), want: []string{"2:6: error: A refers to itself: A -> A"}},
	})
}
