package schema

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

func decode(t testing.TB, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return value
}

// TestValidate has every kind of violation, with its place and its message.
func TestValidate(t *testing.T) {
	tests := []struct {
		name string
		kind Kind
		yaml string
		want []string
	}{
		{"nothing wrong", Definition, "name: x", nil},
		{"empty mapping", Definition, "{}", nil},
		{"typo", Definition, "entrypiont: [x]", []string{"entrypiont! unknown-field: unknown field `entrypiont`; did you mean `entrypoint`?"}},
		{"other spelling", Definition, "workDir: /x", []string{"workDir! unknown-field: unknown field `workDir`; did you mean `work-dir`?"}},
		{"other format's word", Definition, "expose: ['80']", []string{"expose! unknown-field: unknown field `expose`; did you mean `ports`?"}},
		{"beginning of a word", Definition, "annot: {}", []string{"annot! unknown-field: unknown field `annot`; did you mean `annotations`?"}},
		{"belongs below", Definition, "packages: [x]", []string{"packages! unknown-field: unknown field `packages`; it belongs in `contents`"}},
		{"belongs above", Definition, "contents: {entrypoint: [x]}", []string{"contents.entrypoint! unknown-field: unknown field `entrypoint` in `contents`; it belongs at the top level"}},
		{"belongs in a list item", Definition, "contents: {builds: [{runs: x}]}", []string{"contents.builds[0].runs! unknown-field: unknown field `runs` in `builds[0]`; it belongs in `contents.builds[].pipeline[]`"}},
		{"belongs around", Definition, "contents: {builds: [{pipeline: [{outputs: []}]}]}", []string{"contents.builds[0].pipeline[0].outputs! unknown-field: unknown field `outputs` in `pipeline[0]`; it belongs in `contents.builds[]`"}},
		{"belongs nowhere", Definition, "accounts: {xyzzy: 1}", []string{"accounts.xyzzy! unknown-field: unknown field `xyzzy` in `accounts`: expected one of `root`, `run-as`, `users`, `groups`"}},
		{"several unknown", Definition, "zzzzz: 1\nqqqqq: 1", []string{"qqqqq! unknown-field: unknown field `qqqqq`", "zzzzz! unknown-field: unknown field `zzzzz`"}},
		{"terminal escape in a key", Definition, `{"\e[31mred": 1}`, []string{"\x1b[31mred! unknown-field: unknown field `\\x1b[31mred`"}},
		{"missing", Definition, "paths: [{type: file}]", []string{"paths[0]! missing-field: missing field `path` in `paths[0]`"}},
		{"missing at the top", Info, "{}", []string{"! missing-field: missing field `metadata`"}},
		{"two missing", Definition, "accounts: {users: [{name: x}]}", []string{"accounts.users[0]! missing-field: missing field `gid` in `users[0]`", "accounts.users[0]! missing-field: missing field `uid` in `users[0]`"}},
		{"string for integer", Definition, `accounts: {users: [{name: x, uid: "0", gid: 1}]}`, []string{"accounts.users[0].uid wrong-type: `uid` must be an integer, got string \"0\""}},
		{"number for string", Definition, "tags: [a, 1.5]", []string{"tags[1] wrong-type: `tags[1]` must be a string, got number 1.5"}},
		{"boolean for string", Definition, "environment: {DEBUG: true}", []string{"environment.DEBUG wrong-type: `DEBUG` must be a string, got true"}},
		{"nothing for list", Definition, "tags:", []string{"tags wrong-type: `tags` must be a list, got nothing"}},
		{"list for mapping", Definition, "contents: []", []string{"contents wrong-type: `contents` must be a mapping, got a list"}},
		{"string for boolean", Definition, "accounts: {root: 'yes'}", []string{"accounts.root wrong-type: `root` must be true or false, got string \"yes\""}},
		{"fraction for integer", Definition, "tests: [{exit-code: 0.5}]", []string{"tests[0].exit-code wrong-type: `exit-code` must be an integer, got number 0.5"}},
		{"whole float is an integer", Definition, "tests: [{exit-code: 1.0}]", nil},
		{"list as document", Definition, "[a]", []string{" wrong-type: the document must be a mapping, got a list"}},
		{"empty document", Definition, "", []string{" wrong-type: the document must be a mapping, got nothing"}},
		{"not in enum", Definition, "variant: rutime", []string{"variant not-in-enum: `variant` must be one of `dev`, `runtime`, `helm`, got \"rutime\"; did you mean `runtime`?"}},
		{"pattern", Definition, "os-release: {id-like: 'A  B'}", []string{"os-release.id-like pattern: `id-like` must be lower-case identifiers separated by single blanks, such as `debian` or `rhel fedora`, got \"A  B\""}},
		{"volumes", Definition, "volumes: [/data]", nil},
		{"any action", Definition, "contents: {builds: [{pipeline: [{uses: whatever}]}]}", nil},
		{"action of a wrong type", Definition, "contents: {builds: [{pipeline: [{uses: 7}]}]}", []string{"contents.builds[0].pipeline[0].uses wrong-type: `uses` must be a string, got number 7"}},
		{"list order is numeric", Definition, "tags: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", []string{
			"tags[0] ", "tags[1] ", "tags[2] ", "tags[3] ", "tags[4] ", "tags[5] ", "tags[6] ", "tags[7] ", "tags[8] ", "tags[9] ", "tags[10] ",
		}},

		{"tracker", Definition, "track: [{type: github_release, owner: a, repo: b, set: V}]", nil},
		{"var_increment with set and increment", Definition, "track: [{type: var_increment, set: REL, increment: [A], reset: [B]}]", nil},
		{"tracker without a type", Definition, "track: [{owner: x}]", []string{"track[0]! missing-field: missing field `type` in `track[0]`"}},
		{"tracker of unknown type", Definition, "track: [{type: github_tags}]", []string{"track[0].type unknown-variant: unknown `type` \"github_tags\": expected one of `github_release`, `github_tag`, `github_repository`, `alpine_package`, `debian_package`, `var_increment`, `oci_artifact`, `file`, `json_file`; did you mean `github_tag`?"}},
		{"tracker type of wrong type", Definition, "track: [{type: [x]}]", []string{"track[0].type wrong-type: `type` must be a string, got a list"}},
		{"one problem of one tracker", Definition, "track: [{type: github_tag, owner: a, repo: b, set: V}]", []string{"track[0]! missing-field: missing field `match` in `track[0]`"}},
		{"tracker is a string", Definition, "track: [x]", []string{"track[0] wrong-type: `track[0]` must be a mapping, got string \"x\""}},
		{"set of a wrong type", Definition, "track: [{type: github_release, owner: a, repo: b, set: 7}]", []string{"track[0].set wrong-type: `set` must be a string or a list, got number 7"}},
		{"set with a wrong item", Definition, "track: [{type: github_release, owner: a, repo: b, set: [{var: V, value: tags}]}]", []string{"track[0].set[0].value not-in-enum: `value` must be one of `commit`, `tag`, `name`, got \"tags\"; did you mean `tag`?"}},
		{"purl of another type", Definition, "track: [{type: alpine_package, package: pkg:deb/x, set: V}]", []string{"track[0].package pattern: `package` must be a package URL of type apk, such as `pkg:apk/alpine/redis`, got \"pkg:deb/x\""}},

		{"info", Info, "metadata: {display-name: a, short-description: b, featured: false, home-url: c, categories: [web-servers]}", nil},
		{"info category", Info, "metadata: {display-name: a, short-description: b, featured: false, home-url: c, categories: [web-server]}", []string{"metadata.categories[0] not-in-enum: `categories[0]` must be one of"}},
		{"info field in the wrong place", Info, "metadata: {display-name: a, short-description: b, featured: false, home-url: c, categories: [], track-ignore: []}", []string{"metadata.track-ignore! unknown-field: unknown field `track-ignore` in `metadata`; it belongs at the top level"}},

		{"config", Config, "profile: catalog\nrules:\n  a: off\n  b: {severity: hint, max: 3}\noverrides:\n  - paths: [x/**]\n    rules: {a: error}\nexclude: [y]\ndirective-prefixes: ['registry.example.com:5000/mirror']\nshellcheck: false\nmirrors: {https://a: https://b}\nindex: {fetch: never, max-age: 12h, keys: [k]}\nbuild: {builder: auto}", nil},
		{"config severity", Config, "rules: {a: warn}", []string{"rules.a not-in-enum: `a` must be one of `off`, `error`, `warning`, `info`, `hint`, got \"warn\""}},
		{"config severity of a wrong type", Config, "rules: {a: [off]}", []string{"rules.a wrong-type: `a` must be a string or a mapping, got a list"}},
		{"config severity in options", Config, "rules: {a: {severity: high}}", []string{"rules.a.severity not-in-enum: "}},
		{"config override without paths", Config, "overrides: [{rules: {}}]", []string{"overrides[0]! missing-field: missing field `paths` in `overrides[0]`"}},
		{"config override with no path", Config, "overrides: [{paths: [], rules: {}}]", []string{"overrides[0].paths min-items: `paths` must not be empty"}},
		{"config prefix with scheme", Config, "directive-prefixes: [https://registry.example.com]", []string{"directive-prefixes[0] pattern: `directive-prefixes[0]` must be a registry and path"}},
		{"config unknown", Config, "rule: {}", []string{"rule! unknown-field: unknown field `rule`; did you mean `rules`?"}},
		{"config age", Config, "index: {max-age: tomorrow}", []string{"index.max-age pattern: `max-age` must be a duration such as `30m`, `12h` or `7d`, got \"tomorrow\""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, v := range Validate(test.kind, decode(t, test.yaml)) {
				got = append(got, summary(v))
			}
			same := slices.EqualFunc(got, test.want, strings.HasPrefix)
			if !same {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

// summary writes a violation on one line: path, "!" if it belongs on the key,
// keyword and message.
func summary(v Violation) string {
	mark := ""
	if v.OnKey {
		mark = "!"
	}
	return DottedPath(v.Path) + mark + " " + string(v.Keyword) + ": " + v.Message()
}

func TestViolationFields(t *testing.T) {
	list := Validate(Definition, decode(t, `accounts: {users: [{name: x, uid: "0", gid: 1, shell: 2}]}`))
	if len(list) != 2 {
		t.Fatalf("got %v", messages(list))
	}
	unknown, wrong := list[0], list[1]
	if want := []string{"accounts", "users", "0", "shell"}; !slices.Equal(unknown.Path, want) || unknown.Name != "shell" || !unknown.OnKey {
		t.Errorf("unknown field: %+v", unknown)
	}
	if !slices.Equal(unknown.Allowed, []string{"name", "uid", "gid", "mode"}) {
		t.Errorf("allowed: %v", unknown.Allowed)
	}
	if wrong.Name != "uid" || !slices.Equal(wrong.Want, []string{TypeInteger}) || wrong.Got != `string "0"` || wrong.OnKey {
		t.Errorf("wrong type: %+v", wrong)
	}
}

// TestOddValues has Go values that a decoder may hand over and that JSON does
// not know.
func TestOddValues(t *testing.T) {
	user := func(uid any) any {
		return map[string]any{"accounts": map[string]any{"users": []any{map[string]any{"name": "x", "uid": uid, "gid": 1}}}}
	}
	integers := []any{0, int8(1), int16(1), int32(1), int64(1), uint(1), uint8(1), uint16(1), uint32(1), uint64(math.MaxUint64), 2.0, float32(2), json.Number("7"), json.Number("1e3")}
	for _, value := range integers {
		if got := Validate(Definition, user(value)); got != nil {
			t.Errorf("%T %v: %v", value, value, messages(got))
		}
	}
	others := []any{math.NaN(), math.Inf(1), 1.5, json.Number("abc"), json.Number(""), json.Number("1e999999999"), json.Number("0x"), time.Now(), struct{}{}, []string{"a"}, []byte("x"), func() {}, make(chan int)}
	for _, value := range others {
		got := Validate(Definition, user(value))
		if len(got) != 1 || got[0].Keyword != WrongType || got[0].Message() == "" {
			t.Errorf("%T %v: %v", value, value, messages(got))
		}
	}
	if got := Validate(Definition, map[string]any{"tags": []string{"a"}, "dates": map[any]any{"release": time.Now()}}); got != nil {
		t.Errorf("strings and times: %v", messages(got))
	}
	got := Validate(Definition, map[any]any{1: 2, "name": 3})
	if len(got) != 2 || got[0].Name != "1" || got[1].Keyword != WrongType {
		t.Errorf("mapping with other keys: %v", messages(got))
	}
}

func TestPathEscapes(t *testing.T) {
	for _, key := range []string{"a/b", "~1", "a%20b", "100%", "ä ö", "", "#", "?", "0", "x.y"} {
		got := Validate(Definition, map[string]any{"vars": map[string]any{key: 1}})
		if len(got) != 1 || !slices.Equal(got[0].Path, []string{"vars", key}) {
			t.Errorf("key %q: %+v", key, got)
		}
	}
}

func TestValidateWith(t *testing.T) {
	tests := []struct {
		uses, yaml string
		want       []string
	}{
		{"go/build@v1", "output: /x\nldflags: [a]\ntags: a,b\ncgo_enabled: 0", nil},
		{"go/build@v1", "output: /x\ntags:", nil},
		{"go/build@v1", "output: /x\nextra_env: A=b", []string{"unknown field `extra_env`; did you mean `extra-env`?"}},
		{"go/build@v1", "packages: .", []string{"missing field `output`"}},
		{"go/build@v1", "output: /x\nldflags: [1]", []string{"`ldflags[0]` must be a string, got number 1"}},
		{"abuild/apk@v1", "{name: a, version: 1.10, rel: 0, description: b, license: MIT}", []string{"`version` must be a string, got number 1.1"}},
		{"abuild/apk@v1", "{name: a, version: '1', rel: '${REL}', description: b, license: MIT}", nil},
		{"helm/rudder@v1", "cmd: prepar", []string{"`cmd` must be one of `prepare`, `patch`, got \"prepar\"; did you mean `prepare`?"}},
		{"helm/rudder@v1", "{cmd: prepare, chart: {dependencies: null, images: [{name: a, ref: b}]}}", nil},
		{"dhi/build-pkg:0", "{name: a, version: '1', rel: 0, url: u, description: d, license: l, files: [a, {path: b, source: c}], provides: null}", nil},
		{"dhi/build-pkg:0", "{name: a, version: '1', rel: 0, url: u, description: d, license: l, files: [{source: c}]}", []string{"missing field `path` in `files[0]`"}},
		{"nobody/knows@v1", "{a: 1}", nil},
	}
	for _, test := range tests {
		var got []string
		for _, v := range ValidateWith(test.uses, decode(t, test.yaml)) {
			got = append(got, v.Message())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s with %s: got %v, want %v", test.uses, test.yaml, got, test.want)
		}
	}
}

// TestConcurrent is for the race detector.
func TestConcurrent(t *testing.T) {
	value := decode(t, sampleDefinition)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, k := range Kinds() {
				Validate(k, value)
			}
			if Lookup(Definition, []string{"contents", "builds"}) == nil || len(Actions()) == 0 {
				t.Error("lookup failed")
			}
		})
	}
	wg.Wait()
}

// sampleDefinition is an image of about 2 KB, as large as the median of the
// public catalog.
const sampleDefinition = `
name: Example server 1.x
image: registry.example.com/example-server
variant: runtime
tags: ["1", "1.4", 1.4.2, 1-debian13, 1.4-debian13, 1.4.2-debian13]
platforms: [linux/amd64, linux/arm64]
dates: {release: "2026-02-10", end-of-life: "2028-02-10"}
vars:
  ARCH: '#{ target.arch == "amd64" ? "x86_64" : "aarch64" }'
  COMMIT_SHA: 0123456789abcdef0123456789abcdef01234567
  SEMVER_MAJOR_VERSION: "1"
  SEMVER_MAJOR_MINOR_VERSION: "1.4"
  SEMVER_VERSION: 1.4.2
  VERSION: 1.4.2
contents:
  repositories:
    - deb [signed-by=/usr/share/keyrings/example.gpg] https://packages.example.com/deb trixie main
  keyring: [https://packages.example.com/key.asc]
  packages: ['!gawk', '!mawk', base-files, libssl3t64, tini, tzdata]
  builds:
    - name: server
      caches: [{path: /go/pkg/mod}]
      contents:
        packages: [bash, git, golang-1.26]
        files:
          - url: git+https://git.example.com/example/server.git#v1.4.2
            checksum: 0123456789abcdef0123456789abcdef01234567
            path: ${source.dir}/server
            spdx:
              name: example-server
              version: 1.4.2
              packages:
                - {name: example-server, purl: "pkg:generic/example-server@1.4.2", license: Apache-2.0}
            uid: 0
            gid: 0
      pipeline:
        - name: dependencies
          uses: go/bump@v2
          with: {deps: [golang.org/x/net@v0.56.0], download: true}
        - name: build
          uses: go/build@v1
          work-dir: ${source.dir}/server
          with:
            ldflags: [-X main.version=1.4.2]
            output: ${target.dir}/usr/bin/example-server
            packages: ./cmd/server
        - name: configuration
          runs: |
            set -eux -o pipefail
            install -D example.conf ${target.dir}/etc/example/server.conf
      outputs:
        - {source: "${target.dir}", target: /, uid: 0, gid: 0}
accounts:
  run-as: nonroot
  users: [{name: nonroot, uid: 65532, gid: 65532}]
  groups: [{name: nonroot, gid: 65532, members: [nonroot]}]
os-release:
  name: Docker Hardened Images (Debian)
  id: debian
  version-id: "13"
  version-codename: trixie
  pretty-name: Docker Hardened Images/Debian GNU/Linux 13 (trixie)
  home-url: https://docker.com/products/hardened-images/
  bug-report-url: https://docker.com/support/
work-dir: /var/lib/example
environment: {EXAMPLE_VERSION: 1.4.2, SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt}
paths:
  - {type: directory, path: /var/lib/example, uid: 65532, gid: 65532, mode: "0755"}
annotations:
  org.opencontainers.image.description: An example server
  org.opencontainers.image.licenses: Apache-2.0
entrypoint: [/usr/bin/tini, --]
cmd: [/usr/bin/example-server, --config, /etc/example/server.conf]
ports: [8080/tcp]
`

func TestSampleDefinition(t *testing.T) {
	if got := Validate(Definition, decode(t, sampleDefinition)); got != nil {
		t.Errorf("the sample is not valid: %v", messages(got))
	}
}

func BenchmarkValidate(b *testing.B) {
	value := decode(b, sampleDefinition)
	Validate(Definition, value)
	b.ReportAllocs()
	for b.Loop() {
		Validate(Definition, value)
	}
}

// BenchmarkValidateStrict is the validator without the fast way: the floor to
// measure Validate against.
func BenchmarkValidateStrict(b *testing.B) {
	value := decode(b, sampleDefinition)
	b.ReportAllocs()
	for b.Loop() {
		if err := strict(Definition, value); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValidateWithMistakes(b *testing.B) {
	value := decode(b, sampleDefinition).(map[string]any)
	value["entrypiont"], value["variant"], value["tags"] = 1, "rutime", []any{1.5}
	b.ReportAllocs()
	for b.Loop() {
		if len(Validate(Definition, value)) != 3 {
			b.Fatal("expected three mistakes")
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	path := []string{"contents", "builds", "0", "pipeline", "3", "caches", "0", "sharing"}
	for b.Loop() {
		if Lookup(Definition, path) == nil {
			b.Fatal("not found")
		}
	}
}

// BenchmarkCompile is what the first use of a schema costs.
func BenchmarkCompile(b *testing.B) {
	b.Run("fields", func(b *testing.B) {
		for b.Loop() {
			compile(Definition)
		}
	})
	b.Run("validator", func(b *testing.B) {
		for b.Loop() {
			newValidator(Definition)
		}
	})
}

// FuzzValidate holds that no value makes a validation fail, that its order is
// stable, and that every violation leads somewhere and says something.
func FuzzValidate(f *testing.F) {
	f.Add([]byte(`{"contents":{"builds":[{"pipeline":[{"uses":1}]}]},"track":[{"type":"x"}]}`))
	f.Add([]byte(`{"track":[{"type":"var_increment","set":"REL","reset":["A"]}],"vars":{"a/b~%":1e400}}`))
	f.Add([]byte(`{"metadata":{"featured":1},"rules":{"a":["off"]},"overrides":[{}]}`))
	f.Add([]byte(`[null,1.5,"x"]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var value any
		dec := json.NewDecoder(strings.NewReader(string(text)))
		dec.UseNumber()
		if dec.Decode(&value) != nil {
			t.Skip("no JSON")
		}
		for _, k := range Kinds() {
			list := Validate(k, value)
			if (len(list) == 0) != (strict(k, value) == nil) {
				t.Fatalf("%s: the fast way and the validator disagree: %v", k, messages(list))
			}
			again := Validate(k, value)
			if !slices.Equal(messages(list), messages(again)) {
				t.Fatalf("%s: order is not stable: %v, %v", k, messages(list), messages(again))
			}
			for _, v := range list {
				checkViolation(t, value, v)
			}
		}
		ValidateWith("helm/rudder@v1", value)
	})
}

func checkViolation(t *testing.T, value any, v Violation) {
	message := v.Message()
	if message == "" || strings.ContainsAny(message, "\n\r\x1b") {
		t.Errorf("message %q", message)
	}
	if len(v.Path) == 0 {
		return
	}
	parent, last := at(value, v.Path[:len(v.Path)-1]), v.Path[len(v.Path)-1]
	if _, ok := parent.([]any); !ok && !hasMember(parent, last) {
		t.Errorf("path %q leads nowhere: %s", v.Path, message)
	}
}
