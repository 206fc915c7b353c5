package rules_test

import (
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

func TestEnvironmentRules(t *testing.T) {
	env := func(s string) rulestest.Example { return fragment("environment:\n  " + s + "\n") }
	checkEdges(t, "env-name-invalid", []edgeCase{
		{name: "dots", Example: env("discovery.type: single-node")},
		{name: "BuildKit's", Example: env("BUILDKIT_SCAN_SELECT-CATALOGERS: a")},
		{name: "digit", Example: env("1A: a"), want: []string{"2:3: warning: `1A` is no name for an environment variable: shells know letters, digits and _, and no digit at the start"}},
	})
	checkEdges(t, "env-secret-like", []edgeCase{
		{name: "a file", Example: env("A_TOKEN: /run/secrets/a")},
		{name: "a switch", Example: env(`A_PASSWORD: "true"`)},
		{name: "empty", Example: env(`A_PASSWORD: ""`)},
		{name: "speaks of one", Example: env("TOKENIZERS_PARALLELISM: a")},
		{name: "a path to one", Example: env("A_PASSWORD_FILE: a")},
		{name: "small letters", Example: env("a_api_key: abc"), want: []string{"2:14: warning: `a_api_key` has a value that everybody can read who has the image"}},
	})
	checkEdges(t, "env-PATH-duplicate-entry", []edgeCase{
		{name: "with a slash", Example: env("PATH: /usr/bin:/a:/usr/bin/"),
			want:  []string{"2:21: info: `/usr/bin/` is in `PATH` already"},
			fixed: "environment:\n  PATH: /usr/bin:/a\n"},
		{name: "not known", Example: env("PATH: /usr/bin:${A}:/usr/bin")},
	})
	checkEdges(t, "env-PATH-relative-entry", []edgeCase{
		{name: "empty", Example: env("PATH: '/usr/bin:'"), want: []string{"2:18: warning: an empty entry in `PATH` means the working directory, from which anybody may run programs"}},
	})
	checkEdges(t, "env-self-reference", []edgeCase{
		{name: "a variable of vars", Example: env("VERSION: ${VERSION}")},
		{name: "not in vars", Example: env("A: /a:${A}"), want: []string{"2:9: warning: `${A}` stays in the value as it is: the environment of an image is not expanded by a shell"}},
	})
	checkEdges(t, "env-version-format", []edgeCase{
		{name: "longer", Example: env("SAMPLE_VERSION: 1.4.2.1664")},
		{name: "of another product", Example: env("JAVA_VERSION: 25.0.1")},
		{name: "without packaging release", Example: fragment("vars:\n  VERSION: 1:1.4.2-3+dhi1\nenvironment:\n  SAMPLE_VERSION: 1.4.2\n")},
		{name: "no variables", Example: fragment("vars: {}\nenvironment:\n  SAMPLE_VERSION: 1.4.2\n")},
		{name: "packaging release left in", Example: env("SAMPLE_VERSION: 1.4.2-r1"), want: []string{"2:19: info: `SAMPLE_VERSION` is `1.4.2-r1`: it holds the release of the package, which is no part of the version"}},
	})
}

func TestMetadataRules(t *testing.T) {
	checkEdges(t, "annotation-unknown", []edgeCase{
		{name: "own domain", Example: fragment("annotations:\n  com.example.team: a\n")},
		{name: "Docker's own", Example: fragment("annotations:\n  com.docker.dhi.something: a\n")},
	})
	checkEdges(t, "annotation-description-missing", []edgeCase{
		{name: "empty", Example: fragment("annotations:\n  org.opencontainers.image.description: \"\"\n"), want: []string{"2:3: warning: the description of the image is empty"}},
		{name: "no annotations", Example: rulestest.Example{Drop: []string{"annotations"}}, want: []string{"base:3:1: warning: the image has no `org.opencontainers.image.description`: registries show it"}},
		{name: "a package needs none", Example: rulestest.Example{Base: "package"}},
	})
	checkEdges(t, "date-malformed", []edgeCase{
		{name: "no such day", Example: fragment("dates:\n  release: \"2026-02-30\"\n"), want: []string{"2:12: error: there is no day `2026-02-30`"}},
		{name: "another form", Example: fragment("dates:\n  release: \"30.1.2026\"\n"), want: []string{"2:12: error: `30.1.2026` is no date: expected YYYY-MM-DD"}},
		{name: "not quoted", Example: fragment("dates:\n  release: 2026-01-30\n")},
		{name: "half typed", Example: fragment("dates:\n  release:\n")},
	})
	checkEdges(t, "date-eol-past", []edgeCase{
		{name: "today", Example: rulestest.Example{Today: "2026-06-01", Fragment: "dates:\n  end-of-life: \"2026-06-01\"\n"}},
		{name: "yesterday", Example: rulestest.Example{Today: "2026-06-01", Fragment: "dates:\n  end-of-life: \"2026-05-31\"\n"}, want: []string{"2:16: warning: what is in here has had no support since 2026-05-31"}},
	})
	checkEdges(t, "dates-empty", []edgeCase{
		{name: "null", Example: fragment("dates:\nwork-dir: /\n"), want: []string{"1:1: info: `dates` holds no date"}},
		{name: "wrong key is the schema's", Example: fragment("dates:\n  relase: \"2026-01-30\"\n")},
	})
	checkEdges(t, "stop-signal-unknown", []edgeCase{
		{name: "number", Example: fragment("stop-signal: \"15\"\n")},
		{name: "short name", Example: fragment("stop-signal: term\n")},
		{name: "real time", Example: fragment("stop-signal: SIGRTMIN+3\n")},
		{name: "variable", Example: fragment("stop-signal: ${SIGNAL}\n")},
	})
	checkEdges(t, "placeholder-left", []edgeCase{
		{name: "part of a value", Example: fragment("environment:\n  A: foo.example.com\n")},
		{name: "in brackets", Example: fragment("environment:\n  A: <CHANGEME>\n"), want: []string{"2:6: warning: `<CHANGEME>` looks like a placeholder that was left behind"}},
	})
}

func TestCommandRules(t *testing.T) {
	list := func(key string, items ...string) rulestest.Example {
		s := key + ":\n"
		for _, i := range items {
			s += "  - " + i + "\n"
		}
		return fragment(s)
	}
	checkEdges(t, "entrypoint-shell-appended", []edgeCase{
		{name: "shell alone", Example: list("entrypoint", "/bin/bash")},
		{name: "wrapper", Example: list("entrypoint", "/usr/bin/tini", "/bin/bash")},
		{name: "entrypoint script", Example: list("entrypoint", "/docker-entrypoint.sh", "bash")},
		{name: "shell of a shell", Example: list("cmd", "sh", "bash")},
		{name: "in cmd", Example: list("cmd", "iex", "/bin/bash"), want: []string{"3:5: warning: `iex` gets a shell as its argument"}},
		{name: "removed", Example: list("entrypoint", "airflow", "/usr/bin/bash"), want: []string{"3:5: warning: `airflow` gets a shell as its argument"}, fixed: "entrypoint:\n  - airflow\n"},
	})
	checkEdges(t, "entrypoint-has-flags", []edgeCase{
		{name: "java", Example: list("entrypoint", "java", "-jar", "/a.jar")},
		{name: "wrapper", Example: list("entrypoint", "/usr/bin/tini", "-g", "--", "a")},
		{name: "end of flags", Example: list("entrypoint", "a", "--")},
	})
	checkEdges(t, "entrypoint-shell-form", []edgeCase{
		{name: "blank in a name", Example: list("entrypoint", "my program")},
		{name: "in cmd behind an entrypoint it is an argument", Example: list("cmd", "/a -b")},
	})
	checkEdges(t, "runtime-no-entrypoint-or-cmd", []edgeCase{
		{name: "cmd alone", Example: rulestest.Example{Drop: []string{"entrypoint"}, Fragment: "cmd:\n  - /a\n"}},
		{name: "half typed", Example: rulestest.Example{Drop: []string{"entrypoint"}, Fragment: "cmd:\n  -\n"}},
	})
}

func TestContent(t *testing.T) {
	file := func(path, body string) rulestest.Example {
		return fragment("paths:\n  - type: file\n    path: " + path + "\n    content: |\n" + body + "    uid: 0\n    gid: 0\n    mode: \"0644\"\n")
	}
	checkEdges(t, "content-parses", []edgeCase{
		{name: "comments", Example: file("/a.json", "      // port\n      {\"a\": 1}\n"), want: []string{"5:7: info: the content is no JSON: invalid character '/' looking for beginning of value"}},
		{name: "template", Example: file("/a.json", "      {\"a\": {{ .A }}}\n")},
		{name: "substitution", Example: file("/a.json", "      {\"a\": ${A}}\n")},
		{name: "not closed", Example: file("/a.json", "      {\n        \"a\": 1\n"), want: []string{"6:9: error: the content is no JSON: unexpected end of JSON input"}},
		{name: "several documents", Example: file("/a.yml", "      a: 1\n      ---\n      b: 2\n")},
		{name: "broken YAML", Example: file("/a.yaml", "      a: 1\n      b: [\n      c: }\n"), want: []string{"6:7: error: the content is no YAML: line 2: did not find expected node content"}},
		{name: "another kind", Example: file("/a.toml", "      }{\n")},
	})
}

func TestVersionRules(t *testing.T) {
	checkEdges(t, "semver-vars-vs-tags", []edgeCase{
		{name: "no tag as long", Example: fragment("tags:\n  - 1-alpine3.23\n  - 1.4-alpine3.23\n")},
		{name: "build number", Example: fragment("vars:\n  SEMVER_VERSION: 1.4.2+7\ntags:\n  - 1.4.2-7-alpine3.23\n")},
		{name: "snapshot of a version", Example: fragment("vars:\n  SEMVER_MAJOR_VERSION: \"0\"\n  SEMVER_MAJOR_MINOR_VERSION: 0_git20260401\n  SEMVER_VERSION: 0_git20260401\n")},
		{name: "a chart has its own version", Example: rulestest.Example{Base: "chart", Fragment: "vars:\n  CHART_VERSION: 1.4.2\n  SEMVER_VERSION: 0.49.1\n"}},
		{name: "v before the version", Example: fragment("tags:\n  - v1.4.2\n")},
	})
	own := func(pin, version string) rulestest.Example {
		return rulestest.Example{Base: "debian", Fragment: "vars:\n  VERSION: " + version + "\ncontents:\n  packages:\n    - " + pin + "\n"}
	}
	checkEdges(t, "own-package-vs-VERSION", []edgeCase{
		{name: "epoch and release", Example: own("sample=6:8.0.5-1rl1~trixie1", "8.0.5")},
		{name: "line and dev", Example: own("sample-8.0-dev=8.0.5-2", "8.0.5-2")},
		{name: "packaging release", Example: own("sample=8.0.5-1", "8.0.5-2"), want: []string{"5:14: warning: `sample` is pinned to `8.0.5-1`, but `VERSION` is `8.0.5-2`"}},
		{name: "snapshot", Example: own("sample=3383.a~0e-1", "3383.a_0e")},
		{name: "another package", Example: own("sample-tools=1.0.0-1", "8.0.5")},
		{name: "another version", Example: own("sample-8.0=8.0.4-1", "8.0.5"), want: []string{"5:18: warning: `sample-8.0` is pinned to `8.0.4-1`, but `VERSION` is `8.0.5`"}},
	})
	url := func(url, version string) rulestest.Example {
		return fileStage([]string{"url: " + url, "path: ${source.dir}/a", "checksum: " + commit, "spdx:", "  name: a", "  version: " + version})
	}
	checkEdges(t, "version-in-url-drift", []edgeCase{
		{name: "other separators", Example: url("git+https://a.example.com/a.git#REL_1_4_2", "1.4.2")},
		{name: "a branch", Example: url("git+https://a.example.com/a.git#main", "1.4.2")},
		{name: "the version of another thing in the address", Example: url("git+https://a.example.com/v1.0.0/a.git#v1.4.2", "1.4.2")},
		{name: "short version", Example: url("git+https://a.example.com/a.git#v1.4.2", "1.4")},
		{name: "another version", Example: url("git+https://a.example.com/a.git#v1.4.1", "1.4.2"), want: []string{"11:51: warning: the URL is of version `1.4.1`, but `spdx.version` is `1.4.2`"}},
	})
	name := func(n, path string) rulestest.Example {
		return rulestest.Example{Path: path, Fragment: "name: " + n + "\n"}
	}
	checkEdges(t, "name-version", []edgeCase{
		{name: "outside of a catalog", Example: name("Sample 2.x", "app.yaml")},
		{name: "no line", Example: name("Sample", "image/sample/alpine-3.23/1.yaml")},
		{name: "minor line", Example: name("Sample 1.4.x", "image/sample/alpine-3.23/1.4.yaml")},
		{name: "part of a number", Example: name("Sample 14.x", "image/sample/alpine-3.23/1.yaml"), want: []string{"1:14: warning: the name says 14.x, but no tag is of that version"}},
		{name: "file of a minor line", Example: name("Sample 1.x", "image/sample/alpine-3.23/1.4.yaml"), want: []string{"1:14: info: the name says 1.x, but the file is for 1.4.x"}},
	})
}

func TestInfoRules(t *testing.T) {
	info := func(s string) rulestest.Example {
		return rulestest.Example{Base: "info", Path: "image/sample/info.yaml", Fragment: "metadata:\n  short-description: A\n" + s}
	}
	checkEdges(t, "info-empty", []edgeCase{
		{name: "no value is the schema's", Example: info("  display-name:\n")},
		{name: "blanks", Example: info("  display-name: ' '\n"), want: []string{"3:3: warning: `display-name` is empty: the catalog's pages show it"}},
		{name: "no category", Example: info("  categories: []\n"), want: []string{"3:3: warning: `categories` is empty: nobody will find the image by what it is for"}},
		{name: "metadata half typed", Example: rulestest.Example{Base: "info", Path: "image/sample/info.yaml", Fragment: "metadata:\n"}},
	})
	checkEdges(t, "info-home-url", []edgeCase{
		{name: "plain HTTP", Example: info("  home-url: http://a.example.com\n"), want: []string{"3:13: info: the home page is linked over plain HTTP"}},
	})
	checkEdges(t, "info-duplicate", []edgeCase{
		{name: "tools", Example: info("  included-tools:\n    - name: a\n      description: b\n    - name: a\n      description: c\n"),
			want: []string{"6:13: warning: `a` is listed twice in `included-tools`"}},
	})
}
