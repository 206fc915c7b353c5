package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

// withStage is a Debian definition with one stage; body is what the stage
// holds besides its name, at an indent of six.
func withStage(body string) rulestest.Example {
	return rulestest.Example{Base: "debian", Fragment: debianContents() + "  builds:\n    - name: sample\n" + body}
}

const someOutput = "      outputs:\n        - source: /a\n          target: /a\n          uid: 0\n          gid: 0\n"

func TestBuildRules(t *testing.T) {
	checkEdges(t, "build-no-outputs", []edgeCase{
		{name: "attestations", Example: withStage("      attestations:\n        - source: /a\n          predicate-type: b\n      pipeline:\n        - runs: make\n")},
		{name: "publishes itself", Example: withStage("      pipeline:\n        - uses: dhi/build-pkg:0\n")},
		{name: "chart", Example: rulestest.Example{Base: "chart"}},
		{name: "package", Example: rulestest.Example{Base: "package"}},
		{name: "empty list", Example: withStage("      outputs: []\n      pipeline:\n        - runs: make\n"),
			want: []string{"6:13: warning: build stage `sample` has no `outputs` and no `attestations`: nothing of it gets into the image"}},
		{name: "half typed", Example: withStage("      outputs:\n        - \n      pipeline:\n        - runs: make\n")},
	})
	checkEdges(t, "build-no-pipeline", []edgeCase{
		{name: "empty list", Example: withStage("      pipeline: []\n" + someOutput), want: []string{"6:13: warning: build stage `sample` has no steps: expected a `pipeline`"}},
		{name: "half typed", Example: withStage("      pipeline:\n        - \n" + someOutput)},
	})
	checkEdges(t, "build-name-missing", []edgeCase{
		{name: "empty", Example: rulestest.Example{Base: "debian", Fragment: debianContents() + "  builds:\n    - name:\n      pipeline: []\n" + someOutput},
			want: []string{"6:7: warning: the build stage has no `name`: messages of the build cannot say which stage they mean"}},
	})
	checkEdges(t, "build-name-duplicate", []edgeCase{
		{name: "three of a kind", Example: rulestest.Example{Base: "debian", Fragment: debianContents() + "  builds:\n    - name: a\n    - name: a\n    - name: a\n"},
			want: []string{"7:13: warning: two build stages are called `a`", "8:13: warning: two build stages are called `a`"}},
		{name: "none", Example: rulestest.Example{Base: "debian", Fragment: debianContents() + "  builds:\n    - uses: a\n    - uses: b\n"}},
	})
}

func TestOutputRules(t *testing.T) {
	out := func(body string) rulestest.Example {
		return withStage("      pipeline:\n        - runs: make\n      outputs:\n" + body)
	}
	checkEdges(t, "output-field-missing", []edgeCase{
		{name: "owner", Example: out("        - source: /a\n          target: /b\n"),
			want: []string{"10:11: warning: the output has no `gid`", "10:11: warning: the output has no `uid`"}},
		{name: "half typed", Example: out("        - source:\n          target: /b\n          uid: 0\n          gid: 0\n")},
	})
	checkEdges(t, "output-target-not-absolute", []edgeCase{
		{name: "built-in", Example: out("        - source: /a\n          target: ${target.dir}/b\n")},
		{name: "variable", Example: rulestest.Example{Base: "debian", Fragment: "vars:\n  DIR: /opt\n" + out("        - source: /a\n          target: ${DIR}/b\n").Fragment}},
		{name: "quoted", Example: out("        - source: /a\n          target: \"b\"\n"),
			want:  []string{"11:19: error: `b` is not absolute: the target is a path in the image, which starts with /"},
			fixed: out("        - source: /a\n          target: \"/b\"\n").Fragment},
		{name: "empty", Example: out("        - source: /a\n          target: \"\"\n"), want: []string{"11:19: error: `` is not absolute: the target is a path in the image, which starts with /"}},
	})
	checkEdges(t, "output-root-without-diff", []edgeCase{
		{name: "half typed diff", Example: out("        - source: /\n          target: /\n          diff:\n")},
		{name: "false", Example: out("        - source: /\n          target: /\n          diff: false\n"),
			want:  []string{"10:19: warning: the whole file system of build stage `sample` gets into the image, with all packages it was built with"},
			fixed: out("        - source: /\n          target: /\n          diff: true\n").Fragment},
		{name: "added", Example: out("        - source: /\n          target: /\n          uid: 0\n"),
			want:  []string{"10:19: warning: the whole file system of build stage `sample` gets into the image, with all packages it was built with"},
			fixed: out("        - source: /\n          target: /\n          uid: 0\n          diff: true\n").Fragment},
		{name: "another target", Example: out("        - source: /\n          target: /rootfs\n")},
	})
	const twin = "        - source: /a\n          target: /b\n          uid: 0\n          gid: 0\n"
	checkEdges(t, "output-duplicate", []edgeCase{
		{name: "another owner", Example: out(twin + "        - source: /a\n          target: /b\n          uid: 1\n          gid: 0\n"),
			want: []string{"14:19: warning: `/a` is copied to `/b` twice"}},
		{name: "order of keys", Example: out(twin + "        - target: /b\n          source: /a\n          gid: 0\n          uid: 0\n"),
			want:  []string{"15:19: warning: `/a` is copied to `/b` twice"},
			fixed: out(twin).Fragment},
		{name: "another target", Example: out(twin + "        - source: /a\n          target: /c\n          uid: 0\n          gid: 0\n")},
		{name: "half typed", Example: out("        - source:\n        - source:\n")},
	})
}
