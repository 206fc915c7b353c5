package completion

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// at completes where ^ stands in a text below the directive.
func at(t testing.TB, src string, change func(*Request)) (string, List) {
	t.Helper()
	if !strings.HasPrefix(src, "#") && !strings.HasPrefix(src, "^") {
		src = "# syntax=dhi.io/build:2-debian13\n\n" + src
	}
	offset := strings.IndexByte(src, '^')
	if offset < 0 {
		t.Fatalf("no ^ in %q", src)
	}
	src = src[:offset] + src[offset+1:]
	d := analysis.Open("project/x.yaml", text.New(src), analysis.Options{})
	r := Request{Doc: d, Facts: Collect(d), Offset: offset, Snippets: true, Today: "2026-08-23"}
	if change != nil {
		change(&r)
	}
	return src, Complete(r)
}

// accept applies the item with the label.
func accept(t testing.TB, src string, list List, label string) string {
	t.Helper()
	for _, it := range list.Items {
		if it.Label == label {
			got, err := text.Apply(src, append([]text.Edit{{Range: it.Replace, New: it.Text}}, it.Edits...))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	t.Fatalf("%q is not offered, but %q", label, labels(list))
	return ""
}

func labels(list List) (out []string) {
	for _, it := range list.Items {
		out = append(out, it.Label)
	}
	return out
}

// TestEdits shows what accepting an item makes of the text.
func TestEdits(t *testing.T) {
	for _, c := range []struct{ name, src, label, want string }{
		{"key with list", "contents:\n  pack^\n", "packages", "contents:\n  packages:\n    - $1\n"},
		{"key behind another", "name: x\nvar^", "variant", "name: x\nvariant: ${1|dev,runtime,helm|}"},
		{"its colon is there", "name: x\nvari^: dev", "variant", "name: x\nvariant: dev"},
		{"key in the line of its parent", "contents: ^\n", "packages", "contents:\n  packages:\n    - $1\n"},
		{"behind a bare colon", "contents:^\n", "packages", "contents:\n  packages:\n    - $1\n"},
		{"key of a new item", "paths:\n  - ^\n", "type", "paths:\n  - type: ${1|symlink,directory,file,delete,emptyfile|}\n"},
		{"key of an item without dash", "paths:\n  - type: file\n  ^\n", "type", "paths:\n  - type: file\n  - type: ${1|symlink,directory,file,delete,emptyfile|}\n"},
		{"second key of an item", "paths:\n  - type: file\n    ^\n", "path", "paths:\n  - type: file\n    path: $1\n"},
		{"block of an item", "paths:\n  - ^\n", "symlink", "paths:\n  - type: symlink\n    path: $1\n    uid: ${2:0}\n    gid: ${3:0}\n    source: $4\n"},
		{"block without dash", "paths:\n  ^\n", "symlink", "paths:\n  - type: symlink\n    path: $1\n    uid: ${2:0}\n    gid: ${3:0}\n    source: $4\n"},
		{"block in the line of the key", "paths: ^\n", "delete", "paths:\n  - type: delete\n    path: $1\n    uid: ${2:0}\n    gid: ${3:0}\n"},
		{"indented too far", "contents:\n  packages:\n    - a\naccounts:\n  run-as: x\n     ^\n", "root", "contents:\n  packages:\n    - a\naccounts:\n  run-as: x\n  root: ${1|true,false|}\n"},
		{"enum", "platforms:\n  - ^\n", "linux/arm64", "platforms:\n  - linux/arm64\n"},
		{"enum without dash", "platforms:\n  - linux/amd64\n  lin^\n", "linux/arm64", "platforms:\n  - linux/amd64\n  - linux/arm64\n"},
		{"enum in flow", "platforms: [linux/amd64, ^]\n", "linux/arm64", "platforms: [linux/amd64, linux/arm64]\n"},
		{"first item in the line of the key", "platforms: ^\n", "linux/arm64", "platforms:\n  - linux/arm64\n"},
		{"bare dash", "platforms:\n  -^\n", "linux/arm64", "platforms:\n  - linux/arm64\n"},
		{"bare colon", "variant:^\n", "dev", "variant: dev\n"},
		{"boolean", "accounts:\n  root: t^\n", "true", "accounts:\n  root: true\n"},
		{"single quotes", "variant: 'r^'\n", "runtime", "variant: 'runtime'\n"},
		{"double quotes", "variant: \"^\"\n", "runtime", "variant: \"runtime\"\n"},
		{"open quote", "paths:\n  - mode: \"07^\n", "0755", "paths:\n  - mode: \"0755\n"},
		{"mode gets quotes", "paths:\n  - mode: ^\n", "0755", "paths:\n  - mode: \"0755\"\n"},
		{"number stays one", "paths:\n  - uid: ^\n", "0", "paths:\n  - uid: 0\n"},
		{"version of the distribution is a string", "os-release:\n  version-id: ^\n", "13", "os-release:\n  version-id: \"13\"\n"},
		{"value replaced", "variant: run^xx\n", "runtime", "variant: runtime\n"},
		{"variable", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/${V^\n", "VERSION", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/${VERSION}\n"},
		{"variable in closed braces", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/${^}/b\n", "VERSION", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/${VERSION}/b\n"},
		{"variable behind a dollar", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/$^\n", "VERSION", "vars:\n  VERSION: 1.2.3\nwork-dir: /a/${VERSION}\n"},
		{"variable in a script", "vars:\n  VERSION: 1.2.3\ncontents:\n  builds:\n    - pipeline:\n        - runs: |\n            echo ${V^ x\n", "VERSION", "vars:\n  VERSION: 1.2.3\ncontents:\n  builds:\n    - pipeline:\n        - runs: |\n            echo ${VERSION} x\n"},
		{"variable in flow", "vars:\n  VERSION: 1.2.3\nentrypoint: [\"${V^\"]\n", "VERSION", "vars:\n  VERSION: 1.2.3\nentrypoint: [\"${VERSION}\"]\n"},
		{"member", "vars:\n  A: '#{ target.^ }'\n", "arch", "vars:\n  A: '#{ target.arch }'\n"},
		{"architecture", "vars:\n  A: '#{ target.arch == \"^\" }'\n", "arm64", "vars:\n  A: '#{ target.arch == \"arm64\" }'\n"},
		{"architecture in double quotes", "vars:\n  A: \"#{ target.arch == \\\"^\\\" }\"\n", "arm64", "vars:\n  A: \"#{ target.arch == \\\"arm64\\\" }\"\n"},
		{"expression without quotes", "vars:\n  A: #{^\n", "#{ target.arch == … }", "vars:\n  A: '#{ target.arch == \"amd64\" ? \"${1:x86_64}\" : \"${2:aarch64}\" \\}'\n"},
		{"exclusion gets quotes", "contents:\n  packages:\n    - !gaw^\n  builds:\n    - contents:\n        packages:\n          - gawk\n", "!gawk", "contents:\n  packages:\n    - '!gawk'\n  builds:\n    - contents:\n        packages:\n          - gawk\n"},
		{"exclusion in quotes", "contents:\n  packages:\n    - '!gaw^'\n  builds:\n    - contents:\n        packages:\n          - gawk\n", "!gawk", "contents:\n  packages:\n    - '!gawk'\n  builds:\n    - contents:\n        packages:\n          - gawk\n"},
		{"operand of a licence", "annotations:\n  org.opencontainers.image.licenses: MIT OR Apa^\n", "Apache-2.0", "annotations:\n  org.opencontainers.image.licenses: MIT OR Apache-2.0\n"},
		{"operator of a licence", "annotations:\n  org.opencontainers.image.licenses: MIT ^\n", "OR", "annotations:\n  org.opencontainers.image.licenses: MIT OR\n"},
		{"exception of a licence", "annotations:\n  org.opencontainers.image.licenses: GPL-2.0-only WITH Class^\n", "Classpath-exception-2.0", "annotations:\n  org.opencontainers.image.licenses: GPL-2.0-only WITH Classpath-exception-2.0\n"},
		{"key of a flow mapping", "accounts: {ro^}\n", "root", "accounts: {root: ${1|true,false|}}\n"},
		{"list in a flow mapping", "accounts: {us^}\n", "users", "accounts: {users: [$1]}\n"},
		{"annotation", "annotations:\n  lic^\n", "org.opencontainers.image.licenses", "annotations:\n  org.opencontainers.image.licenses: $1\n"},
		{"directive", "^", "# syntax=dhi.io/build:2-debian13", "# syntax=dhi.io/build:2-debian13"},
		{"directive begun", "# syntax=dhi.io/build:2-al^\n\nname: x\ncontents: {}\n", "# syntax=dhi.io/build:2-alpine3.23", "# syntax=dhi.io/build:2-alpine3.23\n\nname: x\ncontents: {}\n"},
		{"script", "contents:\n  builds:\n    - pipeline:\n        - ru^\n", "runs", "contents:\n  builds:\n    - pipeline:\n        - runs: |\n            $1\n"},
		{"user with group", "accounts:\n  users:\n    - ^\n  groups:\n    - name: a\n      gid: 1\n", "user with its group", "accounts:\n  users:\n    - name: nonroot\n      uid: 65532\n      gid: 65532\n  groups:\n    - name: a\n      gid: 1\n    - name: nonroot\n      gid: 65532\n      members:\n        - nonroot\n"},
		{"mapping", "contents:\n  packages:\n    - redis=6:8.0.5-1\n  mappings:\n    red^\n", "redis", "contents:\n  packages:\n    - redis=6:8.0.5-1\n  mappings:\n    redis: pkg:deb/redis/redis@6:8.0.5-1?os_name=debian&os_version=13\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, list := at(t, c.src, nil)
			head := ""
			if !strings.HasPrefix(c.src, "#") && !strings.HasPrefix(c.src, "^") {
				head = "# syntax=dhi.io/build:2-debian13\n\n"
			}
			if got := accept(t, src, list, c.label); got != head+c.want {
				t.Errorf("got\n%s\nwant\n%s", got, head+c.want)
			}
			// The same with CRLF.
			crlf := strings.ReplaceAll(head+c.src, "\n", "\r\n")
			src, list = at(t, crlf, nil)
			if got, want := accept(t, src, list, c.label), strings.ReplaceAll(head+c.want, "\n", "\r\n"); got != want && strings.Contains(crlf, "\n") {
				t.Errorf("CRLF: got\n%q\nwant\n%q", got, want)
			}
		})
	}
}

// TestNothing: places where nothing can be said.
func TestNothing(t *testing.T) {
	for _, src := range []string{"name: x # ^", "unknown:\n  - ^", "contents:\n  ^- x: 1\n", "contents:\n ^ packages: []\n"} {
		if _, list := at(t, src, nil); len(list.Items) > 0 {
			t.Errorf("%q: %q", src, labels(list))
		}
	}
}

func TestWithoutSnippets(t *testing.T) {
	for src, want := range map[string]string{
		"contents:\n  pack^\n":               "contents:\n  packages:\n    - \n",
		"acc^\nname: x\n":                    "accounts:\n  \nname: x\n",
		"name: x\nvaria^\n":                  "name: x\nvariant: \n",
		"paths:\n  - type: file\n    mod^\n": "paths:\n  - type: file\n    mode: \n",
	} {
		label := map[string]string{"pack": "packages", "acc": "accounts", "vari": "variant", "mod": "mode"}
		full, list := at(t, src, func(r *Request) { r.Snippets = false })
		for begin, l := range label {
			if strings.Contains(src, begin) && !strings.Contains(src, begin+"k:") && strings.Contains(src, begin+"^") || strings.Contains(src, begin+"a^") {
				if got := accept(t, full, list, l); !strings.HasSuffix(got, want) {
					t.Errorf("%q: got %q", src, got)
				}
			}
		}
		for _, it := range list.Items {
			if it.Snippet || strings.Contains(it.Text, "${1") || strings.Contains(it.Text, `\$`) {
				t.Errorf("%q: %q", it.Label, it.Text)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		typed, candidate string
		want             int
	}{
		{"", "x", matchPrefix}, {"mit", "MIT", matchFold}, {"MIT", "MIT", matchExact}, {"Ap", "Apache-2.0", matchPrefix}, {"uid", "my-uid", matchWord},
		{"orkd", "work-dir", noMatch}, {"workdir", "work-dir", matchFuzzy}, {"wd", "work-dir", matchFuzzy}, {"xy", "work-dir", noMatch}, {"kdi", "work-dir", noMatch},
		{"cer", "ca-certificates", matchWord}, {"ertif", "ca-certificates", matchInside}, {strings.Repeat("a", 300), strings.Repeat("a", 301), noMatch},
		{"é", "é", matchExact}, {"\xff", "a", noMatch},
	} {
		if got, _ := match(c.typed, c.candidate); got != c.want {
			t.Errorf("%q in %q: %d, want %d", c.typed, c.candidate, got, c.want)
		}
	}
}
