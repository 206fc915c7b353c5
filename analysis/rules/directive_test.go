package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const plainName = "\nname: Sample 1.x\n"

func TestDirectiveRules(t *testing.T) {
	line := func(s string) rulestest.Example { return rulestest.Example{Fragment: s + "\n" + plainName} }
	checkEdges(t, "syntax-directive-missing", []edgeCase{
		{name: "no line at all", Example: rulestest.Example{Fragment: "\nname: Sample 1.x\n"},
			want: []string{"2:1: error: the first line is no syntax directive, so the file is not built as a hardened image"}},
		{name: "inserted", Example: rulestest.Example{Fragment: "# Our image\nname: Sample 1.x\n"},
			want:  []string{"2:1: error: the first line is no syntax directive, so the file is not built as a hardened image"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n\n# Our image\nname: Sample 1.x\n"},
		{name: "moved", Example: rulestest.Example{Fragment: "# Our image\n# syntax=dhi.io/build:2-alpine3.23\nname: Sample 1.x\n"},
			want:  []string{"2:1: error: the syntax directive stands on line 2, where it is only a comment: it must be the first line"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n# Our image\nname: Sample 1.x\n"},
		{name: "behind another directive BuildKit reads it", Example: line("# check=skip=all\n# syntax=dhi.io/build:2-alpine3.23"),
			want: []string{"2:1: warning: the syntax directive stands on line 2 instead of the first line"}},
		{name: "a chart", Example: rulestest.Example{Base: "chart", Fragment: "\nname: Sample Helm Chart 1.x\n"},
			want:  []string{"2:1: error: the first line is no syntax directive, so the file is not built as a hardened image"},
			fixed: "# syntax=dhi.io/build:2-helm3\n\n\nname: Sample Helm Chart 1.x\n"},
		{name: "spacing and case are free", Example: line("#SYNTAX = dhi.io/build:2-alpine3.23")},
		{name: "byte order mark", Example: line("\ufeff# syntax=dhi.io/build:2-alpine3.23")},
		{name: "malformed says more", Example: line("# sytnax=dhi.io/build:2-alpine3.23")},
	})
	checkEdges(t, "syntax-directive-malformed", []edgeCase{
		{name: "digest behind the tag", Example: line("# syntax=dhi.io/build:2-alpine3.23@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")},
		{name: "digest alone", Example: line("# syntax=dhi.io/build@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")},
		{name: "minor version", Example: line("# syntax=dhi.io/build:2.20-alpine3.23")},
		{name: "patch version", Example: line("# syntax=dhi.io/build:2.20.0-debian13"), want: nil},
		{name: "family unknown to us", Example: line("# syntax=dhi.io/build:2-wolfi1"),
			want: []string{"1:23: warning: `2-wolfi1` is no tag of the build frontend: expected VERSION-DISTRIBUTION such as `2-alpine3.23`"}},
		{name: "dash too much", Example: line("# syntax=dhi.io/build:2-alpine-3.22"),
			want:  []string{"1:23: error: `2-alpine-3.22` is no tag of the build frontend: expected VERSION-DISTRIBUTION such as `2-alpine3.23`"},
			fixed: "# syntax=dhi.io/build:2-alpine3.22\n" + plainName},
		{name: "colon without a tag", Example: line("# syntax=dhi.io/build:"),
			want:  []string{"1:10: error: the build frontend has no tag: expected one such as `2-alpine3.23`"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n" + plainName},
		{name: "misspelt key", Example: line("# sytnax=dhi.io/build:2-alpine3.23"),
			want:  []string{"1:1: error: the first line is no syntax directive: expected `# syntax=dhi.io/build:2-alpine3.23`"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n" + plainName},
		{name: "words behind it", Example: line("# syntax=dhi.io/build:2-alpine3.23 # the frontend"),
			want:  []string{"1:1: warning: only the reference should stand in the syntax directive: `# syntax=dhi.io/build:2-alpine3.23`"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n" + plainName},
		{name: "another image", Example: line("# syntax=dhi.io/builder:latest"),
			want: []string{"1:10: warning: `dhi.io/builder:latest` is no DHI build frontend: expected `dhi.io/build:2-alpine3.23`"}},
	})
	checkEdges(t, "syntax-directive-nonstandard", []edgeCase{
		{name: "minor version", Example: line("# syntax=dhi.io/build:2.20-alpine3.23")},
		{name: "a later major version", Example: line("# syntax=dhi.io/build:3-alpine3.23"),
			want: []string{"1:23: info: dhi-ls knows the build frontend up to version 2, this is version 3"}},
		{name: "the name on Docker Hub", Example: line("# syntax=dhi/build:2-alpine3.23")},
		{name: "the name on Docker Hub in a catalog", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: "# syntax=dhi/build:2-alpine3.23\n" + plainName},
			want: []string{"1:10: warning: the catalog names the build frontend `dhi.io/build`, not `dhi/build`"}},
		{name: "registry misspelt", Example: line("# syntax=dhl.io/build:2-alpine3.23"),
			want:  []string{"1:10: warning: `dhl.io/build` is not known to be the DHI build frontend"},
			fixed: "# syntax=dhi.io/build:2-alpine3.23\n" + plainName},
	})
	checkEdges(t, "syntax-dist-vs-dir-other-family", []edgeCase{
		{name: "the directory counts before os-release", Example: rulestest.Example{Path: "image/sample/debian-13/1.yaml", Fragment: "# syntax=dhi.io/build:2-alpine3.23\n" + plainName},
			want:  []string{"1:23: error: the build frontend of alpine cannot build for debian-13"},
			fixed: "# syntax=dhi.io/build:2-debian13\n" + plainName},
		{name: "directory without a release", Example: rulestest.Example{Path: "image/sample/debian/1.yaml", Base: "debian", Fragment: "# syntax=dhi.io/build:2-debian13\n" + plainName}},
		{name: "a distribution of one's own", Example: rulestest.Example{Fragment: "os-release:\n  id: mylinux\n  version-id: \"1\"\n"}},
		{name: "unknown variable", Example: rulestest.Example{Fragment: "os-release:\n  id: ${DISTRO}\n  version-id: \"1\"\n"}},
		{name: "chart with another frontend", Example: rulestest.Example{Base: "chart", Fragment: "# syntax=dhi.io/build:2-debian13\n\nname: Sample Helm Chart 1.x\n"},
			want: []string{"1:23: warning: charts are built by the frontend `2-helm3`, not by that of debian"}},
		{name: "image with the frontend for charts", Example: rulestest.Example{Path: "image/sample/alpine-3.23/1.yaml", Fragment: "# syntax=dhi.io/build:2-helm3\n" + plainName},
			want: []string{"1:23: error: the frontend `2-helm3` builds charts only"}},
	})
	checkEdges(t, "syntax-dist-vs-dir-version", []edgeCase{
		{name: "one Alpine release older", Example: rulestest.Example{Path: "image/sample/alpine-3.24/1.yaml"}},
		{name: "a release that the next one's frontend builds", Example: rulestest.Example{Path: "image/sample/alpine-3.21/1.yaml", Fragment: "# syntax=dhi.io/build:2-alpine3.22\n" + plainName}},
		{name: "newer", Example: rulestest.Example{Path: "image/sample/alpine-3.22/1.yaml", Fragment: "# syntax=dhi.io/build:2-alpine3.24\n" + plainName},
			want:  []string{"1:23: info: the build frontend of alpine-3.24 is newer than alpine-3.22, which the image is for"},
			fixed: "# syntax=dhi.io/build:2-alpine3.22\n" + plainName},
		{name: "Debian", Example: rulestest.Example{Base: "debian", Fragment: "# syntax=dhi.io/build:2-debian12\n" + plainName},
			want: []string{"1:23: info: the build frontend of debian-12 is older than debian-13, which the image is for"}},
	})
}
