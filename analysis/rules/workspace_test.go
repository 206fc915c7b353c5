package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	runtimePath = "image/sample/alpine-3.23/1.yaml"
	devPath     = "image/sample/alpine-3.23/1-dev.yaml"
)

// across checks a fragment beside others and returns the lines of one rule.
func across(t *testing.T, rule string, e rulestest.Example) (lines []string, found []diagnostic.Diagnostic) {
	t.Helper()
	all, diagnostics, content, err := rulestest.Check(e)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range diagnostics {
		if d.Code == rule {
			lines, found = append(lines, all[i]), append(found, d)
		}
		for _, f := range d.Fixes {
			for _, edit := range f.Edits {
				if edit.File == "" && edit.Range.End > len(content) {
					t.Errorf("the fix %q edits behind the end", f.Title)
				}
			}
		}
	}
	return lines, found
}

// TestAcrossExceptions holds the rules to be silent where there is nothing to
// say, and to speak in the cases the pages do not show.
func TestAcrossExceptions(t *testing.T) {
	runtime := func(fragment string) rulestest.Beside {
		return rulestest.Beside{Path: runtimePath, Fragment: fragment}
	}
	dev := func(fragment string) rulestest.Beside {
		return rulestest.Beside{Path: devPath, Base: "dev", Fragment: fragment}
	}
	at := func(path, fragment string) rulestest.Beside { return rulestest.Beside{Path: path, Fragment: fragment} }
	for name, c := range map[string]struct {
		rule, path, base, fragment string
		beside                     []rulestest.Beside
		want                       string // in the only line, empty for silence
	}{
		"a tag of another image":              {"tag-not-unique", runtimePath, "", "name: S\n", []rulestest.Beside{at("image/other/alpine-3.23/1.yaml", "image: registry.example.com/other\n")}, ""},
		"a tag in another catalog":            {"tag-not-unique", runtimePath, "", "name: S\n", []rulestest.Beside{at("old/"+runtimePath, "")}, ""},
		"the same name in another registry":   {"tag-not-unique", runtimePath, "", "name: S\n", []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "image: mirror.example.com/sample\n")}, ""},
		"a copy in another folder":            {"tag-not-unique", "a/app.yaml", "", "name: S\n", []rulestest.Beside{at("b/app.yaml", "")}, ""},
		"v tags":                              {"tag-set-drift", devPath, "dev", "name: S\n", []rulestest.Beside{runtime("tags:\n  - 1-alpine3.23\n  - 1.4-alpine3.23\n  - 1.4.2-alpine3.23\n  - v1.4.2\n")}, ""},
		"a tag that the runtime lacks":        {"tag-set-drift", devPath, "dev", "name: S\n", []rulestest.Beside{runtime("tags:\n  - 1-alpine3.23\n  - 1.4-alpine3.23\n")}, "has no tag `1.4.2-alpine3.23`"},
		"tags of an open variable":            {"tag-set-drift", devPath, "dev", "tags:\n  - ${GONE}-dev\n", []rulestest.Beside{runtime("")}, ""},
		"the major version is claimed":        {"tag-set-drift", "image/sample/alpine-3.23/19.3.yaml", "", "tags:\n  - 19.3-alpine3.23\n", []rulestest.Beside{at("image/sample/alpine-3.23/20.yaml", "tags:\n  - 20-alpine3.23\n  - 20.1-alpine3.23\n"), at("image/sample/alpine-3.23/19.4.yaml", "tags:\n  - 19-alpine3.23\n  - 19.4-alpine3.23\n")}, ""},
		"a newer one should claim the major":  {"tag-set-drift", "image/sample/alpine-3.23/19.3.yaml", "", "tags:\n  - 19.3-alpine3.23\n", []rulestest.Beside{at("image/sample/alpine-3.23/20.yaml", "tags:\n  - 20-alpine3.23\n  - 20.1-alpine3.23\n"), at("image/sample/alpine-3.23/19.4.yaml", "tags:\n  - 19.4-alpine3.23\n")}, ""},
		"nobody claims the major":             {"tag-set-drift", "image/sample/alpine-3.23/19.yaml", "", "tags:\n  - 19.3-alpine3.23\n", []rulestest.Beside{at("image/sample/alpine-3.23/20.yaml", "tags:\n  - 20-alpine3.23\n  - 20.1-alpine3.23\n")}, "no tag is `19` alone"},
		"a packaged version":                  {"dist-drift", runtimePath, "", "vars:\n  SEMVER_VERSION: 1.4.2-r0\n", []rulestest.Beside{at("image/sample/alpine-3.24/1.yaml", "vars:\n  SEMVER_VERSION: 1.4.3-r1\n")}, ""},
		"the older one is elsewhere":          {"dist-drift", runtimePath, "", "vars:\n  SEMVER_VERSION: 1.10.0\n", []rulestest.Beside{at("image/sample/alpine-3.24/1.yaml", "vars:\n  SEMVER_VERSION: 1.9.9\n")}, ""},
		"equal in another style":              {"variant-drift", devPath, "dev", "ports: [80/tcp, 443/tcp]\n", []rulestest.Beside{runtime("ports:\n  - 80/tcp\n  - \"443/tcp\"\n")}, ""},
		"another order of a mapping":          {"variant-drift", devPath, "dev", "labels:\n  b: \"2\"\n  a: \"1\"\n", []rulestest.Beside{runtime("labels:\n  a: \"1\"\n  b: \"2\"\n")}, ""},
		"a variable in the value":             {"variant-drift", devPath, "dev", "ports:\n  - ${PORT}/tcp\n", []rulestest.Beside{runtime("ports:\n  - 80/tcp\n")}, ""},
		"missing ports":                       {"variant-drift", devPath, "dev", "name: S\n", []rulestest.Beside{runtime("ports:\n  - 80/tcp\n")}, "`ports` is missing"},
		"ports too many":                      {"variant-drift", devPath, "dev", "ports:\n  - 80/tcp\n", []rulestest.Beside{runtime("")}, "`1.yaml` has no `ports`"},
		"the runtime gets a hint":             {"variant-drift", runtimePath, "", "ports:\n  - 80/tcp\n", []rulestest.Beside{dev("ports:\n  - 81/tcp\n")}, "hint: `ports` differs"},
		"another number of a user":            {"variant-drift", devPath, "dev", "accounts:\n  root: true\n  run-as: root\n  users:\n    - name: nonroot\n      uid: 1000\n      gid: 65532\n  groups:\n    - name: nonroot\n      gid: 65532\n      members:\n        - nonroot\n", []rulestest.Beside{runtime("")}, "1000:65532 here"},
		"suffix variables":                    {"variant-version-drift", devPath, "dev", "vars:\n  SUFFIX: -dev\n  VERSION: 1.4.2\n", []rulestest.Beside{runtime("vars:\n  SUFFIX: \"\"\n  VERSION: 1.4.2\n")}, ""},
		"the dev variant of the same version": {"variant-version-drift", devPath, "dev", "vars:\n  X_REFERENCE: dhi/nginx:1.31.3-alpine3.23-dev@sha256:" + strings.Repeat("1", 64) + "\n", []rulestest.Beside{runtime("vars:\n  X_REFERENCE: dhi/nginx:1.31.3-alpine3.23@sha256:" + strings.Repeat("2", 64) + "\n")}, ""},
		"a reference of another version":      {"variant-version-drift", devPath, "dev", "vars:\n  X_REFERENCE: dhi/nginx:1.31.3-alpine3.23-dev@sha256:" + strings.Repeat("1", 64) + "\n", []rulestest.Beside{runtime("vars:\n  X_REFERENCE: dhi/nginx:1.31.4-alpine3.23@sha256:" + strings.Repeat("2", 64) + "\n")}, "of version `1.31.3`"},
		"a shell behind the program":          {"dev-entrypoint-drift", devPath, "dev", "entrypoint:\n  - /usr/bin/sample\n  - /bin/sh\n", []rulestest.Beside{runtime("entrypoint:\n  - /usr/bin/sample\n")}, ""},
		"no runtime beside it":                {"dev-entrypoint-drift", devPath, "dev", "entrypoint:\n  - /bin/sh\n", []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "tags:\n  - 2-alpine3.23\n")}, ""},
		"another image":                       {"dev-entrypoint-drift", devPath, "dev", "entrypoint:\n  - /bin/sh\n", []rulestest.Beside{runtime("image: registry.example.com/other\n")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, _ := across(t, c.rule, rulestest.Example{Path: c.path, Base: c.base, Fragment: c.fragment, Beside: c.beside})
			switch {
			case c.want == "" && len(lines) > 0:
				t.Errorf("reported:\n%s", strings.Join(lines, "\n"))
			case c.want != "" && (len(lines) != 1 || !strings.Contains(lines[0], c.want)):
				t.Errorf("want one line with %q, got %q", c.want, lines)
			}
		})
	}
}

const withArtifact = "contents:\n  packages:\n    - musl\n    - sample-tool=%s\n  artifacts:\n    - name: dhi.io/pkg-tool:%s\n      includes:\n        - opt/**\n      uid: 0\n      gid: 0\n"

// TestReferences: what a part of a catalog cannot know is not said.
func TestReferences(t *testing.T) {
	tool := rulestest.Beside{Path: "package/main/tool/alpine-3.23/1.yaml", Base: "package", Fragment: "image: dhi.io/pkg-tool\ntags:\n  - 1.4.2-alpine3.23\n  - 1.4-alpine3.23\n"}
	digest := "@sha256:" + strings.Repeat("1", 64)
	use := func(ref string) string {
		return strings.Replace(strings.Replace(withArtifact, "%s", "1", 1), "%s", ref, 1)
	}
	for name, c := range map[string]struct {
		rule, fragment string
		beside         []rulestest.Beside
		want, fix      string
	}{
		"an image of the other half":       {"artifact-unknown-tag", use("1.4.1-alpine3.23"), []rulestest.Beside{{Path: devPath, Base: "dev"}}, "", ""},
		"a distribution of the other half": {"artifact-unknown-tag", use("1.4.1-debian13"), []rulestest.Beside{tool}, "", ""},
		"a tag that is there":              {"artifact-unknown-tag", use("1.4-alpine3.23"), []rulestest.Beside{tool}, "", ""},
		"without a digest":                 {"artifact-unknown-tag", use("1.3.9-alpine3.23"), []rulestest.Beside{tool}, "there is `1.4.2-alpine3.23`", "1.4.2-alpine3.23"},
		"the digest goes":                  {"artifact-unknown-tag", use("1.3.9-alpine3.23" + digest), []rulestest.Beside{tool}, "there is `1.4.2-alpine3.23`", "1.4.2-alpine3.23"},
		"the digest of others": {"artifact-unknown-tag", use("1.3.9-alpine3.23" + digest), []rulestest.Beside{tool, {Path: "image/other/alpine-3.23/1.yaml", Fragment: "image: registry.example.com/other\n" + use("1.4.2-alpine3.23@sha256:"+strings.Repeat("2", 64))}},
			"there is `1.4.2-alpine3.23`", "1.4.2-alpine3.23@sha256:" + strings.Repeat("2", 64)},
		"one against one": {"artifact-digest-conflict", use("1.4.2-alpine3.23" + digest), []rulestest.Beside{{Path: "image/aaa/alpine-3.23/1.yaml", Fragment: "image: registry.example.com/aaa\n" + use("1.4.2-alpine3.23@sha256:"+strings.Repeat("2", 64))}},
			"has another digest in 1 file", ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, found := across(t, c.rule, rulestest.Example{Path: runtimePath, Fragment: c.fragment, Beside: c.beside})
			if c.want == "" {
				if len(lines) > 0 {
					t.Errorf("reported: %q", lines)
				}
				return
			}
			if len(lines) != 1 || !strings.Contains(lines[0], c.want) || len(found[0].Related) == 0 || found[0].Related[0].File == "" {
				t.Fatalf("%q %+v", lines, found)
			}
			got := ""
			if len(found[0].Fixes) > 0 {
				got = found[0].Fixes[0].Edits[0].New
			}
			if got != c.fix {
				t.Errorf("the fix writes %q, want %q", got, c.fix)
			}
		})
	}
}

// TestPins: a pin is compared with the definitions for the same distribution
// alone, and the nearest version of several counts.
func TestPins(t *testing.T) {
	product := func(dist, file, version, rel string) rulestest.Beside {
		return rulestest.Beside{Path: "package/apk/main/sample-tool/" + dist + "/" + file + ".yaml", Base: "package",
			Fragment: "image: dhi.io/pkg-sample-tool\ntags:\n  - " + version + "-" + file + "\nvars:\n  PACKAGE_NAME: main/sample-tool\n  REL: \"" + rel + "\"\n  VERSION: " + version +
				"\nos-release:\n  id: alpine\n  version-id: \"" + strings.TrimPrefix(dist, "alpine-") + "\"\ncontents:\n  builds:\n    - name: x\n      pipeline:\n        - uses: abuild/build@v1\n"}
	}
	for name, c := range map[string]struct {
		pin    string
		beside []rulestest.Beside
		want   string
	}{
		"equal":              {"1.4.2-r3", []rulestest.Beside{product("alpine-3.23", "1", "1.4.2", "3")}, ""},
		"another release":    {"1.4.2-r1", []rulestest.Beside{product("alpine-3.24", "1", "1.4.2", "3")}, ""},
		"behind":             {"1.4.2-r9", []rulestest.Beside{product("alpine-3.23", "1", "1.4.2", "10")}, "behind"},
		"ahead":              {"1.10.0-r0", []rulestest.Beside{product("alpine-3.23", "1", "1.9.0", "0")}, "ahead"},
		"one of two":         {"1.4.2-r3", []rulestest.Beside{product("alpine-3.23", "1", "1.4.2", "3"), product("alpine-3.23", "2", "2.0.0", "0")}, ""},
		"the nearest of two": {"1.4.1-r0", []rulestest.Beside{product("alpine-3.23", "1", "1.4.2", "3"), product("alpine-3.23", "2", "2.0.0", "0")}, "builds `1.4.2-r3`"},
	} {
		t.Run(name, func(t *testing.T) {
			fragment := strings.Replace(strings.Replace(withArtifact, "%s", c.pin, 1), "%s", "1", 1)
			lines, _ := across(t, "pinned-behind", rulestest.Example{Path: runtimePath, Fragment: fragment, Beside: c.beside})
			if c.want == "" && len(lines) > 0 || c.want != "" && (len(lines) != 1 || !strings.Contains(lines[0], c.want)) {
				t.Errorf("want %q, got %q", c.want, lines)
			}
		})
	}
}

// TestAcrossFixes applies the fixes of a dev variant and sees the findings go.
func TestAcrossFixes(t *testing.T) {
	beside := []rulestest.Beside{{Path: runtimePath, Fragment: "ports:\n  - 80/tcp\nwork-dir: /app\ncmd:\n  - --serve\n"}}
	e := rulestest.Example{Path: devPath, Base: "dev", Fragment: "tags:\n  - 1-alpine3.23-dev\nports:\n  - 81/tcp\n  - 82/tcp\nentrypoint:\n  - /bin/sh\n", Beside: beside}
	_, found, content, err := rulestest.Check(e)
	if err != nil {
		t.Fatal(err)
	}
	titles := map[string]bool{}
	for range 5 { // fixes that touch each other need rounds
		for _, d := range found {
			titles[d.Code] = titles[d.Code] || len(d.Fixes) > 0
		}
		content, _ = analysis.FixAcross(content, found, true, diagnostic.Hint)
		if _, found, _, err = rulestest.Check(rulestest.Example{Path: devPath, Base: "none", Fragment: content, Beside: beside}); err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range []string{"tag-set-drift", "variant-drift", "dev-entrypoint-drift"} {
		if !titles[rule] {
			t.Errorf("%s offers no fix", rule)
		}
	}
	lines, _, _, err := rulestest.Check(rulestest.Example{Path: devPath, Base: "none", Fragment: content, Beside: beside})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l, "drift") {
			t.Errorf("left: %s\n%s", l, content)
		}
	}
}
