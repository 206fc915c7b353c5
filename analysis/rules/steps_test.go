package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

// withSteps is a Debian definition whose one stage has the steps, at an indent
// of eight.
func withSteps(steps string) rulestest.Example {
	return withStage("      pipeline:\n" + steps + someOutput)
}

func TestStepRules(t *testing.T) {
	checkEdges(t, "step-empty", []edgeCase{
		{name: "misspelt", Example: withSteps("        - name: a\n          run: make\n")},
		{name: "half typed", Example: withSteps("        - name: a\n          runs:\n")},
		{name: "no name", Example: withSteps("        - work-dir: /a\n"), want: []string{"8:11: error: the step does nothing: expected `uses` or `runs`"}},
	})
	checkEdges(t, "step-uses-and-runs", []edgeCase{
		{name: "an image", Example: withSteps("        - uses: dhi/gradle:9-jdk21-dev\n          runs: gradle\n")},
		{name: "an action that is not known", Example: withSteps("        - uses: no/such@v1\n          runs: make\n")},
		{name: "half typed", Example: withSteps("        - uses: strip@v1\n          runs:\n")},
	})
	checkEdges(t, "step-unknown-action", []edgeCase{
		{name: "every known one", Example: withSteps("        - uses: go/hermetic@v1\n        - uses: dhi/build-pkg:0\n")},
		{name: "a variable", Example: withSteps("        - uses: ${ACTION}\n")},
		{name: "an image", Example: withSteps("        - uses: ghcr.io/example/tool:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")},
		{name: "an image without a tag", Example: withSteps("        - uses: example/tool\n")},
		{name: "another version", Example: withSteps("        - uses: go/bump@v3\n"),
			want:  []string{"8:17: warning: unknown action `go/bump@v3`; did you mean `go/bump@v2`?"},
			fixed: withSteps("        - uses: go/bump@v2\n").Fragment},
		{name: "version without v", Example: withSteps("        - uses: 'patch@1'\n"),
			want:  []string{"8:17: warning: unknown action `patch@1`; did you mean `patch@v1`?"},
			fixed: withSteps("        - uses: 'patch@v1'\n").Fragment},
		{name: "nothing near", Example: withSteps("        - uses: rocket/launch@v1\n"), want: []string{"8:17: warning: unknown action `rocket/launch@v1`"}},
		{name: "no image either", Example: withSteps("        - uses: 'dhi/gradle:'\n"),
			want: []string{"8:28: warning: `dhi/gradle:` is neither an action nor an image: expected a tag behind :"}},
	})
	checkEdges(t, "step-uses-image-no-digest", []edgeCase{
		{name: "official builder", Example: withSteps("        - uses: dhi.io/dhi/build-pkg:0\n        - uses: dhi/build-pkg:1\n")},
		{name: "an action", Example: withSteps("        - uses: go/hermetic@v1\n        - uses: strip\n        - uses: no/such@v9\n")},
		{name: "a variable", Example: rulestest.Example{Base: "debian", Fragment: "vars:\n  G: dhi/gradle:9\n" + withSteps("        - uses: ${G}\n        - uses: ${H}\n").Fragment},
			want: []string{"10:17: info: the image `dhi/gradle:9` is not pinned: its tag may lead to another image tomorrow"}},
	})
	checkEdges(t, "step-runs-without-name", []edgeCase{
		{name: "action", Example: withSteps("        - uses: go/hermetic@v1\n")},
		{name: "project", Example: withSteps("        - runs: make\n"), want: []string{"8:11: hint: the step has no `name`: messages of the build cannot say which step they mean"}},
	})
	checkEdges(t, "duplicate-step", []edgeCase{
		{name: "the same name", Example: withSteps("        - name: a\n          runs: make\n        - name: a\n          runs: make install\n"),
			want: []string{"10:17: info: two steps of the stage are called `a`"}},
		{name: "without a name, adjacent", Example: withSteps("        - uses: go/hermetic@v1\n        - uses: go/hermetic@v1\n"),
			want:  []string{"9:11: warning: the step stands in the stage twice"},
			fixed: withSteps("        - uses: go/hermetic@v1\n").Fragment},
		{name: "without a name, apart", Example: withSteps("        - uses: go/hermetic@v1\n        - runs: make\n        - uses: go/hermetic@v1\n")},
		{name: "in two stages", Example: rulestest.Example{Base: "debian", Fragment: debianContents() + "  builds:\n    - name: a\n      pipeline:\n        - name: x\n          runs: make\n    - name: b\n      pipeline:\n        - name: x\n          runs: make\n"}},
	})
}

func TestStepInputs(t *testing.T) {
	checkEdges(t, "step-with-unknown-key", []edgeCase{
		{name: "both written", Example: withSteps("        - uses: go/build@v1\n          with:\n            output: /a\n            extra_env: b\n            extra-env: b\n"),
			want: []string{"11:13: warning: `go/build@v1` has no input `extra_env`; did you mean `extra-env`?"}},
		{name: "fixed", Example: withSteps("        - uses: yarn/bump@v2\n          with:\n            yarn-root: /a\n            bump: b\n"),
			want:  []string{"11:13: warning: `yarn/bump@v2` has no input `bump`; did you mean `bumps`?"},
			fixed: withSteps("        - uses: yarn/bump@v2\n          with:\n            yarn-root: /a\n            bumps: b\n").Fragment},
		{name: "nothing near", Example: withSteps("        - uses: helm/login@v1\n          with:\n            registry: a\n            colour: red\n"),
			want: []string{"11:13: warning: `helm/login@v1` has no input `colour`"}},
		{name: "inputs of an image", Example: withSteps("        - uses: dhi/gradle:9\n          with:\n            anything: 1\n")},
	})
	checkEdges(t, "step-with-missing-key", []edgeCase{
		{name: "no inputs at all", Example: withSteps("        - uses: helm/login@v1\n"), want: []string{"8:17: warning: `helm/login@v1` lacks the input `registry`"}},
		{name: "half typed", Example: withSteps("        - uses: helm/login@v1\n          with:\n"), want: []string{"8:17: warning: `helm/login@v1` lacks the input `registry`"}},
		{name: "inputs that are no mapping", Example: withSteps("        - uses: helm/login@v1\n          with: text\n")},
	})
	checkEdges(t, "step-with-invalid-value", []edgeCase{
		{name: "a list of one", Example: withSteps("        - uses: go/bump@v2\n          with:\n            deps: golang.org/x/net@v0.40.0\n"),
			want:  []string{"10:19: warning: go/bump@v2: `deps` must be a list, got string \"golang.org/x/net@v0.40.0\""},
			fixed: withSteps("        - uses: go/bump@v2\n          with:\n            deps:\n              - golang.org/x/net@v0.40.0\n").Fragment},
		{name: "a number that is text", Example: withSteps("        - uses: helm/login@v1\n          with:\n            registry: 5000\n"),
			want:  []string{"10:23: warning: helm/login@v1: `registry` must be a string, got number 5000"},
			fixed: withSteps("        - uses: helm/login@v1\n          with:\n            registry: \"5000\"\n").Fragment},
		{name: "what the build fills in", Example: withSteps("        - uses: go/build@v1\n          with:\n            output: /a\n            strip: ${STRIP}\n")},
	})
	checkEdges(t, "step-with-version-number", []edgeCase{
		{name: "whole number", Example: withSteps("        - uses: spdx@v1\n          with:\n            name: a\n            version: 7\n            purl: b\n            license: c\n"),
			want:  []string{"11:22: warning: the version `7` is a number to YAML, which reads 1.10 as 1.1: quote it"},
			fixed: withSteps("        - uses: spdx@v1\n          with:\n            name: a\n            version: \"7\"\n            purl: b\n            license: c\n").Fragment},
		{name: "three parts", Example: withSteps("        - uses: spdx@v1\n          with:\n            name: a\n            version: 1.4.2\n            purl: b\n            license: c\n")},
	})
	checkEdges(t, "step-with-empty", []edgeCase{
		{name: "off", Example: withSteps("        - uses: go/bump@v2\n          with:\n            deps: []\n")},
		{name: "switched on", Example: func() rulestest.Example {
			e := withSteps("        - uses: go/bump@v2\n          with:\n            deps:\n            replaces: {}\n            tidy: \"\"\n")
			e.On = "step-with-empty"
			return e
		}(), want: []string{"10:13: warning: the input `deps` is empty", "11:13: warning: the input `replaces` is empty", "12:13: warning: the input `tidy` is empty"}},
	})
}

func TestSubpackages(t *testing.T) {
	step := func(names string) rulestest.Example {
		return withSteps("        - uses: dhi/build-pkg:0\n          with:\n            name: tool\n            subpackages:\n" + names)
	}
	checkEdges(t, "duplicate-subpackage", []edgeCase{
		{name: "that of the package", Example: step("              - name: tool\n"),
			want: []string{"12:23: warning: two packages of the step are called `tool`: the second replaces the first, or the build stops"}},
		{name: "without names", Example: step("              - description: a\n              - description: b\n              - name:\n              - name:\n")},
		{name: "names alone", Example: step("              - tool\n              - tool\n")},
		{name: "as a mapping", Example: withSteps("        - uses: abuild/bump@v1\n          with:\n            name: tool\n            subpackages:\n              tool:\n                provides: a\n")},
	})
}

func TestMetadataURL(t *testing.T) {
	def := func(checkout, url string) rulestest.Example {
		return rulestest.Example{Base: "package", Profile: analysis.ProfileCatalog, Fragment: alpineContents(list("repositories", alpineMain)) +
			"  builds:\n    - name: a\n      contents:\n        files:\n          - url: " + checkout + "\n            path: /a\n            uid: 0\n            gid: 0\n      pipeline:\n        - uses: dhi/build-pkg:0\n          with:\n            url: " + url + "\n"}
	}
	checkEdges(t, "copied-metadata-url", []edgeCase{
		{name: "the same", Example: def("git+https://github.com/Example/Tool.git#v1", "https://github.com/example/tool")},
		{name: "below it", Example: def("git+https://github.com/example/tool#v1", "https://github.com/example/tool/tree/main/sub")},
		{name: "of another owner", Example: def("git+https://github.com/other/tool#v1", "https://github.com/example/tool")},
		{name: "elsewhere", Example: def("git+https://github.com/example/plugins#v1", "https://example.com/tool")},
		{name: "a checkout that is not known", Example: def("${SOURCE}", "https://github.com/example/tool")},
		{name: "copied", Example: def("git+https://github.com/example/plugins.git#v1", "https://github.com/example/tool"),
			want: []string{"18:18: info: `https://github.com/example/tool` is not among the repositories that the definition builds: `example/plugins`"}},
	})
}
