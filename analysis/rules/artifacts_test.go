package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	digestA = "@sha256:052b3b915055006a27c42470eed5c65d7ee92d2c3de47ecaedcc6bbd36077b95"
	digestB = "@sha256:" + sum
)

func artifact(name string) rulestest.Example {
	return rulestest.Example{Base: "debian", Fragment: "contents:\n  packages:\n    - base-files\n    - ca-certificates\n  artifacts:\n    - name: " + name + "\n      includes:\n        - opt/**\n      uid: 0\n      gid: 0\n"}
}

func TestArtifactRules(t *testing.T) {
	checkEdges(t, "artifact-other-dist-family", []edgeCase{
		{name: "the same", Example: artifact("dhi.io/pkg-a:1-debian13" + digestA)},
		{name: "another release", Example: artifact("dhi.io/pkg-a:1-debian12" + digestA)},
		{name: "none in the tag", Example: artifact("dhi.io/pkg-a:1.4.2" + digestA)},
		{name: "another family", Example: artifact("dhi.io/pkg-a:1-alpine3.23-dev" + digestA),
			want: []string{"6:26: warning: the artifact is built for alpine, but this definition is for debian: its libraries and its entry in the SBOM do not fit"}},
		{name: "a foreign image", Example: artifact("registry.example.com/a:1-alpine3.23" + digestA)},
		{name: "a word that begins like it", Example: artifact("dhi.io/pkg-a:1-alpinelinux" + digestA)},
	})
	checkEdges(t, "artifact-no-digest", []edgeCase{
		{name: "a variable", Example: withVars(artifact("dhi.io/pkg-a:1-debian13@${DIGEST}"), "DIGEST: "+digestA[1:])},
		{name: "not known", Example: artifact("${REFERENCE}")},
		{name: "malformed is told once", Example: artifact("dhi.io/pkg-A:1")},
	})
	checkEdges(t, "reference-malformed", []edgeCase{
		{name: "short digest", Example: artifact("dhi.io/pkg-a:1@sha256:abc"),
			want: []string{"6:35: error: a sha256 digest has 64 hex digits in lower case; this has 3 characters"}},
	})
	checkEdges(t, "artifact-foreign-registry", []edgeCase{
		{name: "mirrored on Docker Hub", Example: catalog(artifact("dhi/pkg-a:1" + digestA))},
		{name: "outside of a catalog", Example: artifact("registry.example.com/a:1" + digestA)},
	})
	reference := func(v, used string) rulestest.Example {
		return withVars(artifact("dhi.io/pkg-a:"+used), "A_REFERENCE: dhi/pkg-a:"+v)
	}
	checkEdges(t, "artifact-vs-vars", []edgeCase{
		{name: "the same", Example: reference("1-debian13"+digestA, "1-debian13"+digestA)},
		{name: "other digest", Example: reference("1-debian13"+digestB, "1-debian13"+digestA),
			want: []string{"8:37: warning: the digest differs from that of the variable `A_REFERENCE`, which names the same image"}},
		{name: "other tag and digest", Example: reference("2-debian13"+digestB, "1-debian13"+digestA),
			want: []string{"8:26: warning: the reference differs in tag and digest from the variable `A_REFERENCE`, which names the same image"}},
		{name: "two variables for the image", Example: withVars(artifact("dhi.io/pkg-a:1"+digestA), "A_REFERENCE: dhi/pkg-a:1"+digestB, "B_REFERENCE: dhi/pkg-a:2@sha256:"+sum[1:]+"0")},
		{name: "the digest alone in a variable", Example: withVars(artifact("dhi.io/pkg-a:1"+digestA), "A_DIGEST: "+digestA[1:], "B_REFERENCE: dhi/pkg-a:2"+digestB)},
	})
	checkEdges(t, "reference-var-unused", []edgeCase{
		{name: "by its name", Example: withVars(artifact("${A_REFERENCE}"), "A_REFERENCE: dhi/pkg-a:1"+digestA)},
		{name: "in an expression", Example: withVars(artifact("${R}"), "A_REFERENCE: dhi/pkg-a:1"+digestA, `R: '#{ target.arch == "amd64" ? definition.vars.A_REFERENCE : "none" }'`)},
		{name: "a half-done update is told once", Example: reference("1-debian13"+digestB, "1-debian13"+digestA)},
		{name: "a version", Example: withVars(artifact("dhi.io/pkg-a:1"+digestA), "OTHER: 1.2.3")},
		{name: "unused", Example: withVars(artifact("dhi.io/pkg-a:1"+digestA), "B_DIGEST: "+digestB[1:]),
			want: []string{"2:3: info: nothing uses the digest of `B_DIGEST`"}},
	})
	checkEdges(t, "artifact-glob-leading-slash", []edgeCase{
		{name: "quoted", Example: rulestest.Example{Base: "debian", Fragment: "contents:\n  artifacts:\n    - name: dhi.io/pkg-a:1" + digestA + "\n      excludes:\n        - '/opt/**'\n"},
			want:  []string{"5:12: warning: globs are relative to the artifact's root: one that begins with / may match nothing"},
			fixed: "contents:\n  artifacts:\n    - name: dhi.io/pkg-a:1" + digestA + "\n      excludes:\n        - 'opt/**'\n"},
	})
}

func catalog(e rulestest.Example) rulestest.Example {
	e.Profile = analysis.ProfileCatalog
	return e
}
