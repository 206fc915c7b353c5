package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func TestTagRules(t *testing.T) {
	tags := func(path, base string, list ...string) rulestest.Example {
		return rulestest.Example{Path: path, Base: base, Fragment: "tags:\n  - " + strings.Join(list, "\n  - ") + "\n"}
	}
	long := strings.Repeat("a", 129)
	checkEdges(t, "tag-malformed", []edgeCase{
		{name: "longest", Example: tags("", "", long[1:])},
		{name: "too long", Example: tags("", "", long), want: []string{"2:5: error: `" + long + "` is no valid tag: it is longer than 128 characters"}},
		{name: "first character", Example: tags("", "", "_x", "x.y", ".x", "'-x'"), want: []string{
			"4:5: error: `.x` is no valid tag: it must begin with a letter, a digit or `_`",
			"5:6: error: `-x` is no valid tag: it must begin with a letter, a digit or `_`"}},
		{name: "letters of other scripts", Example: tags("", "", "versión"), want: []string{"2:10: error: `versión` is no valid tag: letters, digits, `_`, `.` and `-` are allowed"}},
		{name: "variables", Example: tags("", "", "${VERSION}-x", "${UNKNOWN}:x")},
		{name: "value of a variable", Example: rulestest.Example{Fragment: "vars:\n  V: 1+2\ntags:\n  - ${V}\n"},
			want: []string{"4:5: error: `1+2` is no valid tag: letters, digits, `_`, `.` and `-` are allowed"}},
		{name: "empty", Example: tags("", "", `""`), want: []string{"2:5: error: `` is no valid tag: it is empty"}},
	})
	checkEdges(t, "tags-duplicate", []edgeCase{
		{name: "removed", Example: tags("", "", `"1"`, "1-x", "'1'"), want: []string{"4:5: warning: tag `1` is listed twice"}, fixed: "tags:\n  - \"1\"\n  - 1-x\n"},
		{name: "by a variable", Example: tags("", "", "1.4.2", "${VERSION}"), want: []string{"3:5: warning: tag `1.4.2` is listed twice"}},
		{name: "unknown variables", Example: tags("", "", "${A}", "${A}")},
	})
	checkEdges(t, "tags-empty", []edgeCase{
		{name: "no value", Example: rulestest.Example{Fragment: "tags:\n"}},
		{name: "missing", Example: rulestest.Example{Drop: []string{"tags"}, Fragment: "name: Sample 1.x\n"}},
	})
	checkEdges(t, "tag-wrong-dist", []edgeCase{
		{name: "own release, family, none", Example: tags("", "", "1-alpine3.23", "1-alpine", "1", "1-alpine3.23-dev")},
		{name: "words that only begin so", Example: tags("", "", "1-debianish", "1-alpine3x", "1-debian13.")},
		{name: "family alone", Example: tags("", "", "1-debian-dev"), want: []string{"2:7: warning: tag `1-debian-dev` names `debian`, but the image is for alpine-3.23"}},
		{name: "fixed", Example: tags("", "debian", `"1-alpine3.22-dev"`), want: []string{"2:8: warning: tag `1-alpine3.22-dev` names `alpine3.22`, but the image is for debian-13"}, fixed: "tags:\n  - \"1-debian13-dev\"\n"},
		{name: "an error in the catalog", Example: tags("image/sample/alpine-3.24/1.yaml", "", "1-alpine3.23"), want: []string{"2:7: error: tag `1-alpine3.23` names `alpine3.23`, but the image is for alpine-3.24"}},
		{name: "distribution not known", Example: rulestest.Example{Drop: []string{"os-release"}, Fragment: "tags:\n  - 1-debian13\n"}},
	})
	checkEdges(t, "tags-lack-dist-tag", []edgeCase{
		{name: "a family is enough", Example: tags("image/sample/alpine-3.23/1.yaml", "", "1-alpine", "1")},
		{name: "a wrong one is another rule's", Example: tags("image/sample/alpine-3.23/1.yaml", "", "1-debian")},
		{name: "the frontend", Example: tags("image/build/debian-13/2-source.yaml", "debian", "2-source")},
	})
	checkEdges(t, "package-tag-without-dist", []edgeCase{
		{name: "the default distribution", Example: tags("package/deb/main/sample/debian-13/1.yaml", "package", "1.4.2", "1.4.2-debian13")},
		{name: "another Debian", Example: tags("package/deb/main/sample/debian-12/1.yaml", "package", "1.4.2"), want: []string{"2:5: info: tag `1.4.2` does not end in `-debian12`"}},
	})
	checkEdges(t, "tag-dev-suffix", []edgeCase{
		{name: "templates", Example: tags("image/sbx-templates/debian-13/shell-dev.yaml", "debian-dev", "shell")},
		{name: "runtime", Example: tags("image/sample/alpine-3.23/1.yaml", "", "1-alpine-dev"), want: []string{"2:5: warning: tag `1-alpine-dev` ends in `-dev`, but the variant is runtime"}},
		{name: "appended inside of quotes", Example: tags("image/sample/alpine-3.23/1-dev.yaml", "dev", `"1"`), want: []string{"2:5: warning: tag `1` of a dev variant does not end in `-dev`"}, fixed: "tags:\n  - \"1-dev\"\n"},
		{name: "outside of a catalog", Example: tags("", "dev", "1")},
	})
	checkEdges(t, "platforms-amd64-only", []edgeCase{
		{name: "arm64 only", Example: rulestest.Example{Path: "image/sample/alpine-3.23/1.yaml", Fragment: "platforms:\n  - linux/arm64\n"}, want: []string{"2:5: info: only `linux/arm64` is built, not `linux/amd64`"}},
		{name: "chart", Example: rulestest.Example{Base: "chart", Path: "chart/sample/helm/1.yaml"}},
	})
}

func TestNameRules(t *testing.T) {
	file := func(path, fragment string) rulestest.Example {
		return rulestest.Example{Path: path, Fragment: fragment}
	}
	checkEdges(t, "image-malformed", []edgeCase{
		{name: "port and path", Example: file("", "image: localhost:5000/team/app\n")},
		{name: "variable", Example: file("", "image: ${REGISTRY}/app\n")},
		{name: "digest", Example: file("", "image: dhi.io/app:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"),
			want:  []string{"1:18: warning: `image` holds `:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef`: it is the name alone, the tags stand in `tags`"},
			fixed: "image: dhi.io/app\n"},
	})
	checkEdges(t, "image-name-vs-dir", []edgeCase{
		{name: "plus as word", Example: file("package/apk/main/libstdc++/alpine-3.23/1.yaml", "image: dhi.io/pkg-libstdcplusplus\n")},
		{name: "plus left out", Example: file("package/apk/main/tolua++/alpine-3.23/1.yaml", "image: dhi.io/pkg-tolua\n")},
		{name: "underline kept", Example: file("package/apk/main/mini_httpd/alpine-3.23/1.yaml", "image: dhi.io/pkg-mini_httpd\n")},
		{name: "underline as dash, capitals", Example: file("package/apk/main/My_Tool/alpine-3.23/1.yaml", "image: dhi.io/pkg-my-tool\n")},
		{name: "version in the directory", Example: file("package/apk/main/ruby3/alpine-3.23/3.yaml", "image: dhi.io/pkg-ruby\n")},
		{name: "half of the version", Example: file("package/apk/main/postgresql16/alpine-3.23/16.yaml", "image: dhi.io/pkg-postgresql1\n"),
			want: []string{"1:15: warning: the image is called `pkg-postgresql1`, but its directory asks for `pkg-postgresql16`"}, fixed: "image: dhi.io/pkg-postgresql16\n"},
		{name: "upstream", Example: file("package/main/redis/debian-13/8.yaml", "image: dhi.io/pkg-redis-upstream\n")},
		{name: "chart", Example: file("chart/grafana-tempo/helm/2.yaml", "image: dhi.io/tempo-chart\n")},
		{name: "chart without -chart", Example: file("chart/sample/helm/2.yaml", "image: dhi.io/sample\n"), want: []string{"1:15: warning: the image is called `sample`, but its directory asks for `sample-chart`"}},
		{name: "variable", Example: file("image/sample/alpine-3.23/1.yaml", "image: dhi.io/${NAME}\n")},
	})
	checkEdges(t, "name-dev-suffix", []edgeCase{
		{name: "runtime", Example: file("image/sample/alpine-3.23/1.yaml", "name: Sample 1.x (dev)\n"), want: []string{"1:7: warning: the name says dev, but the variant is runtime"}},
		{name: "flavor and dev", Example: rulestest.Example{Base: "dev", Path: "image/sample/alpine-3.23/1-compat-dev.yaml", Fragment: "name: Sample 1.x (compat, dev)\n"}},
		{name: "flavor alone", Example: rulestest.Example{Base: "dev", Path: "image/sample/alpine-3.23/1-compat-dev.yaml", Fragment: "name: Sample 1.x (compat)\n"},
			want: []string{"1:7: warning: the name of a dev variant should end in `(dev)`"}, fixed: "name: Sample 1.x (compat, dev)\n"},
	})
	checkEdges(t, "variant-chart-not-helm", []edgeCase{
		{name: "image in a catalog", Example: file("image/sample/alpine-3.23/1.yaml", "variant: helm\n"), want: []string{"1:10: error: an image has the variant `runtime` or `dev`, `helm` is for charts"}},
		{name: "an image that is only called so", Example: file("", "image: example.com/flow-chart\n"), want: []string{"base:5:10: warning: a chart has the variant `helm`, not `runtime`"}},
	})
	checkEdges(t, "filename-dev-vs-variant", []edgeCase{
		{name: "dev", Example: rulestest.Example{Base: "dev", Path: "image/sample/alpine-3.23/1.yaml", Fragment: "variant: dev\n"}, want: []string{"1:10: warning: the variant is `dev`, so the file should be called `1-dev.yaml`"}},
		{name: "the frontend", Example: rulestest.Example{Base: "dev", Path: "image/build/alpine-3.23/2.yaml"}},
		{name: "outside of a catalog", Example: file("app-dev.yaml", "variant: runtime\n")},
	})
	checkEdges(t, "filename-vs-flavor", []edgeCase{
		{name: "dev", Example: file("image/sample/alpine-3.23/1-compat-dev.yaml", "flavor: compat\n")},
		{name: "left out", Example: file("image/docker/debian-13/29-dev.yaml", "flavor: cli\n")},
		{name: "shortened", Example: file("image/strimzi/debian-13/1-kafka-4.2.yaml", "flavor: kafka-4.2.1\n")},
		{name: "shortened word", Example: file("image/functions/debian-13/4-node22-dev.yaml", "flavor: node22.23\n")},
		{name: "default", Example: file("image/strimzi/debian-13/1-kafka-default.yaml", "flavor: kafka-4.3.1\n")},
		{name: "two parts", Example: file("image/node/alpine-3.23/24-swf-ent-dev.yaml", "flavor: sfw-ent\n"), want: []string{"1:9: warning: the flavor is `sfw-ent`, but the file is called `24-swf-ent-dev.yaml`"}},
	})
	checkEdges(t, "filename-version-vs-tags", []edgeCase{
		{name: "no version", Example: file("image/sample/alpine-3.23/mainline.yaml", "tags:\n  - 1-alpine3.23\n")},
		{name: "v", Example: file("image/sample/alpine-3.23/v1.4.yaml", "tags:\n  - 1.4.2-alpine3.23\n")},
		{name: "not only digits in front", Example: file("image/sample/alpine-3.23/2x.yaml", "tags:\n  - 1.4.2-alpine3.23\n")},
		{name: "14 is not 1.4", Example: file("image/sample/alpine-3.23/14.yaml", "tags:\n  - 1.4.2-alpine3.23\n  - 145-alpine3.23\n"), want: []string{"2:5: warning: the file is called `14.yaml`, but no tag is of version 14"}},
		{name: "calendar", Example: file("image/fetch/alpine-3.23/0.yaml", "tags:\n  - 2026.8-alpine3.23\n")},
		{name: "codename", Example: rulestest.Example{Base: "debian", Path: "image/base/debian-13/13.yaml", Fragment: "tags:\n  - trixie-debian13\n"}},
		{name: "package", Example: rulestest.Example{Base: "package", Path: "package/apk/main/sample/alpine-3.23/2.yaml", Fragment: "tags:\n  - 3.1-r0-alpine3.23\n"}, want: []string{"2:5: info: the file is called `2.yaml`, but no tag is of version 2"}},
		{name: "variable that is not known", Example: file("image/sample/alpine-3.23/2.yaml", "tags:\n  - ${X}-alpine3.23\n")},
	})
}
