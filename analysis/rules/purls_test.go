package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func spdx(version, purl, license string) rulestest.Example {
	return fileStage([]string{"url: https://a.example.com/a.tar.gz", "path: ${source.dir}/a", "checksum: sha256:" + sum,
		"spdx:", "  name: a", "  version: " + version, "  packages:", "    - name: a", "      purl: " + purl, "      license: " + license})
}

func TestPurlRules(t *testing.T) {
	checkEdges(t, "spdx-purl-malformed", []edgeCase{
		{name: "scope of npm", Example: spdx("1.0.0", "pkg:npm/%40a/b@1.0.0", "MIT")},
		{name: "qualifiers and subpath", Example: spdx("1.0.0", "pkg:github/a/b@1.0.0?x=y#c/d", "MIT")},
		{name: "no name", Example: spdx("1.0.0", "pkg:npm", "MIT"),
			want: []string{"19:29: error: the package URL has no name: expected pkg:TYPE/NAME@VERSION"}},
		{name: "type", Example: spdx("1.0.0", "pkg:a_b/c@1.0.0", "MIT"),
			want: []string{"19:29: error: `a_b` is no type of a package URL: types have letters, digits, and . + -"}},
		{name: "left-over of a template", Example: spdx("1.0.0", "pkg:github/a/b@$v1.0.0", "MIT"),
			want: []string{"19:40: warning: `$v1.0.0` does not look like a version: something was not replaced"}},
		{name: "blank", Example: spdx("1.0.0", "pkg:generic/a b@1.0.0", "MIT"),
			want: []string{"19:38: error: a package URL has no blanks: write %20"}},
		{name: "not known", Example: spdx("1.0.0", "${PURL}", "MIT")},
	})
	checkEdges(t, "spdx-version-vs-purl", []edgeCase{
		{name: "with v", Example: spdx("1.0.0", "pkg:github/a/b@v1.0.0", "MIT")},
		{name: "tag with a name", Example: spdx("9.3.3", "pkg:github/a/b@drbd-9.3.3", "MIT")},
		{name: "commit", Example: spdx("1.0.0", "pkg:github/a/b@"+commit, "MIT")},
		{name: "branch", Example: spdx("master", "pkg:github/a/b@1.0.0", "MIT")},
		{name: "escaped", Example: spdx("1.0.0+1", "pkg:github/a/b@1.0.0%2B1", "MIT")},
		{name: "malformed variable", Example: spdx("'@{VERSION}'", "pkg:github/a/b@1.0.0", "MIT")},
		{name: "another", Example: spdx("1.0.0", "pkg:github/a/b@2.0.0", "MIT"),
			want: []string{"19:40: warning: the package URL has version `2.0.0`, but `spdx.version` is `1.0.0`"}},
	})
	checkEdges(t, "purl-go-major-suffix", []edgeCase{
		{name: "inside of the path", Example: spdx("8.0.0", "pkg:golang/a.com/b/v8/cmd@v8.0.0", "MIT")},
		{name: "gopkg.in", Example: spdx("3.0.0", "pkg:golang/gopkg.in/yaml.v3@v3.0.0", "MIT")},
		{name: "incompatible", Example: spdx("8.0.0", "pkg:golang/a.com/b@v8.0.0%2Bincompatible", "MIT")},
		{name: "first major version", Example: spdx("1.9.0", "pkg:golang/a.com/b@v1.9.0", "MIT")},
		{name: "calendar version", Example: spdx("2026.1.0", "pkg:golang/a.com/b@v2026.1.0", "MIT")},
		{name: "without v", Example: spdx("8.0.0", "pkg:golang/a.com/b@8.0.0", "MIT"),
			want:  []string{"19:36: hint: the path of a Go module of major version 8 ends in /v8: without it advisories may not match"},
			fixed: spdx("8.0.0", "pkg:golang/a.com/b/v8@8.0.0", "MIT").Fragment},
	})
	checkEdges(t, "purl-type", []edgeCase{
		{name: "of the catalog", Example: spdx("1.0.0", "pkg:dhi/a@1.0.0", "MIT")},
		{name: "capitals", Example: spdx("1.0.0", "pkg:NPM/a@1.0.0", "MIT")},
		{name: "a known mistake", Example: spdx("1.0.0", "pkg:rust/a@1.0.0", "MIT"),
			want:  []string{"19:29: warning: `rust` is no registered type of package URLs, so that scanners may find no vulnerabilities for it"},
			fixed: spdx("1.0.0", "pkg:cargo/a@1.0.0", "MIT").Fragment},
	})
}

func TestLicenses(t *testing.T) {
	l := func(s string) rulestest.Example { return spdx("1.0.0", "pkg:npm/a@1.0.0", s) }
	checkEdges(t, "license-spdx", []edgeCase{
		{name: "choice", Example: l("(MIT OR Apache-2.0) AND BSD-3-Clause")},
		{name: "exception", Example: l("GPL-2.0-only WITH Classpath-exception-2.0")},
		{name: "own licence", Example: l("LicenseRef-Example")},
		{name: "not known", Example: l("NOASSERTION")},
		{name: "case does not matter", Example: l("apache-2.0")},
		{name: "variable", Example: l("${LICENSE}")},
		{name: "operators in small letters", Example: l("MIT or ISC"),
			want:  []string{"20:32: info: the operators of SPDX expressions are written in capitals"},
			fixed: l("MIT OR ISC").Fragment},
		{name: "deprecated", Example: l("GPL-2.0"), want: []string{"20:28: hint: `GPL-2.0` is deprecated on the SPDX licence list"}},
		{name: "customary name", Example: l("Elastic-License-2.0"),
			want:  []string{"20:28: info: `Elastic-License-2.0` is no identifier of the SPDX licence list"},
			fixed: l("Elastic-2.0").Fragment},
		{name: "no exception", Example: l("GPL-2.0-only WITH OpenSSL-Exception"), want: []string{"20:46: info: `OpenSSL-Exception` is no exception on the SPDX list"}},
		{name: "not complete", Example: l("(MIT OR ISC"), want: []string{"20:28: info: the SPDX expression is not complete"}},
		{name: "joined by nothing", Example: l("MIT AND ISC BSD-3-Clause"), want: []string{"20:40: info: `BSD-3-Clause` is not expected here: an SPDX expression joins identifiers by AND, OR and WITH"}},
	})
}

func mapped(pin, key, purl string) rulestest.Example {
	return rulestest.Example{Base: "debian", Fragment: "contents:\n  packages:\n    - base-files\n    - " + pin + "\n  mappings:\n    " + key + ": " + purl + "\n"}
}

func TestMappings(t *testing.T) {
	const tail = "?os_name=debian&os_version=13"
	checkEdges(t, "mapping-version-vs-package", []edgeCase{
		{name: "without a pin", Example: mapped("a", "a", "pkg:deb/a/a@1-1"+tail)},
		{name: "escaped", Example: mapped("a=1:1+dhi1-1", "a", "pkg:deb/a/a@1:1%2Bdhi1-1"+tail)},
		{name: "another", Example: mapped("a=2+dhi1-1", "a", "pkg:deb/a/a@1-1"+tail),
			want:  []string{"6:20: error: the mapping says version `1-1`, but `a` is pinned to `2+dhi1-1`"},
			fixed: mapped("a=2+dhi1-1", "a", "pkg:deb/a/a@2%2Bdhi1-1"+tail).Fragment},
	})
	checkEdges(t, "mapping-os_version", []edgeCase{
		{name: "point release", Example: mapped("a", "a", "pkg:deb/a/a@1?os_name=debian&os_version=13.2")},
		{name: "no qualifiers", Example: mapped("a", "a", "pkg:deb/a/a@1")},
		{name: "another kind of package", Example: mapped("a", "a", "pkg:generic/a@1?os_version=12")},
		{name: "another distribution", Example: mapped("a", "a", "pkg:deb/a/a@1?os_name=ubuntu&os_version=24.04"),
			want: []string{"6:30: error: the mapping is for `ubuntu`, but this definition is for debian 13"}},
	})
	checkEdges(t, "mapping-key-not-installed", []edgeCase{
		{name: "a name that is not known", Example: mapped("a-${VERSION}", "b", "pkg:deb/a/b@1"+tail)},
		{name: "excluded", Example: mapped("'!aaaa'", "aaaa", "pkg:deb/a/aaaa@1"+tail), want: []string{"6:5: warning: `aaaa` is not among the packages of the top level"}},
		{name: "near", Example: mapped("redis-server", "redis-servr", "pkg:deb/a/redis-server@1"+tail),
			want:  []string{"6:5: warning: `redis-servr` is not among the packages of the top level"},
			fixed: mapped("redis-server", "redis-server", "pkg:deb/a/redis-server@1"+tail).Fragment},
	})
}
