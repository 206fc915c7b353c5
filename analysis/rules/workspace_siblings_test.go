package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	compatPath = "image/sample/alpine-3.23/1-compat.yaml"
	fpmPath    = "image/sample/alpine-3.23/1-fpm.yaml"
)

// flavored is the head of a definition with a flavor.
func flavored(flavor string) string {
	return "name: Sample 1.x (" + flavor + ")\nflavor: " + flavor + "\ntags:\n  - 1-alpine3.23-" + flavor + "\n  - 1.4-alpine3.23-" + flavor + "\n  - 1.4.2-alpine3.23-" + flavor + "\n"
}

// TestSiblings holds the rules on flavors, distributions and release lines to
// be silent where the difference may be meant.
func TestSiblings(t *testing.T) {
	plain := func(fragment string) rulestest.Beside {
		return rulestest.Beside{Path: runtimePath, Fragment: fragment}
	}
	at := func(path, base, fragment string) rulestest.Beside {
		return rulestest.Beside{Path: path, Base: base, Fragment: fragment}
	}
	debian := func(fragment string) rulestest.Beside {
		return at("image/sample/debian-13/1.yaml", "debian", fragment)
	}
	third := func(fragment string) rulestest.Beside {
		return at("image/sample/alpine-3.24/1.yaml", "", fragment)
	}
	version := func(v string) string { return "vars:\n  SEMVER_VERSION: " + v + "\n" }
	packages := func(list ...string) string {
		return "contents:\n  packages:\n    - " + strings.Join(list, "\n    - ") + "\n"
	}
	for name, c := range map[string]struct {
		rule, path, base, fragment string
		beside                     []rulestest.Beside
		want                       string
	}{
		"ports of another flavor":            {"flavor-drift", fpmPath, "", flavored("fpm") + "ports:\n  - 9000/tcp\n", []rulestest.Beside{plain("ports:\n  - 80/tcp\n")}, ""},
		"platforms of another flavor":        {"flavor-drift", fpmPath, "", flavored("fpm") + "platforms:\n  - linux/amd64\n", []rulestest.Beside{plain("")}, "`platforms` differs"},
		"entrypoint of compat":               {"flavor-drift", compatPath, "", flavored("compat") + "entrypoint:\n  - /bin/other\n", []rulestest.Beside{plain("")}, "`entrypoint` differs"},
		"cmd of compat":                      {"flavor-drift", compatPath, "", flavored("compat") + "cmd:\n  - bash\n", []rulestest.Beside{plain("")}, ""},
		"compat of another line":             {"flavor-drift", "image/sample/alpine-3.23/2-compat.yaml", "", flavored("compat") + "ports:\n  - 81/tcp\n", []rulestest.Beside{plain("ports:\n  - 80/tcp\n")}, ""},
		"compat of another image":            {"flavor-drift", compatPath, "", flavored("compat") + "image: registry.example.com/other\nports:\n  - 81/tcp\n", []rulestest.Beside{plain("ports:\n  - 80/tcp\n")}, ""},
		"a flavor's package":                 {"compat-lacks-package", fpmPath, "", flavored("fpm") + packages("musl"), []rulestest.Beside{plain(packages("musl", "tzdata"))}, ""},
		"an exclusion of the plain image":    {"compat-lacks-package", compatPath, "", flavored("compat") + packages("musl"), []rulestest.Beside{plain(packages("musl", "'!tzdata'"))}, ""},
		"v tags of the plain image":          {"flavor-tag-drift", compatPath, "", flavored("compat"), []rulestest.Beside{plain("tags:\n  - 1-alpine3.23\n  - 1.4-alpine3.23\n  - 1.4.2-alpine3.23\n  - v1.4.2\n")}, ""},
		"a tag of the flavor alone":          {"flavor-tag-drift", compatPath, "", flavored("compat"), []rulestest.Beside{plain("tags:\n  - 1.4-alpine3.23\n  - 1.4.2-alpine3.23\n")}, "has no tag `1-alpine3.23`"},
		"tags of another version":            {"flavor-tag-drift", compatPath, "", flavored("compat") + version("1.4.2"), []rulestest.Beside{plain("tags:\n  - 1.5-alpine3.23\n" + version("1.5.0"))}, ""},
		"a pin of the plain image":           {"flavor-version-drift", compatPath, "", flavored("compat") + packages("sample-tool=1.4.1-r0"), []rulestest.Beside{plain(packages("sample-tool=1.4.2-r0"))}, "pinned to `1.4.1-r0`"},
		"two distributions against one":      {"dist-settings-drift", runtimePath, "", "ports:\n  - 81/tcp\n", []rulestest.Beside{debian("ports:\n  - 80/tcp\n"), third("ports:\n  - 80/tcp\n")}, "`ports` differs"},
		"one distribution has it too":        {"dist-settings-drift", runtimePath, "", "ports:\n  - 81/tcp\n", []rulestest.Beside{debian("ports:\n  - 80/tcp\n"), third("ports:\n  - 81/tcp\n")}, ""},
		"another version elsewhere":          {"dist-settings-drift", runtimePath, "", "ports:\n  - 81/tcp\n", []rulestest.Beside{debian("ports:\n  - 80/tcp\n" + version("1.4.3"))}, ""},
		"another name":                       {"dist-settings-drift", runtimePath, "", "name: Simple 1.x\n", []rulestest.Beside{debian("")}, "the name is `Simple 1.x`"},
		"the major version is another's":     {"dist-tag-drift", runtimePath, "", "tags:\n  - 1.4.2-alpine3.23\n", []rulestest.Beside{debian("tags:\n  - \"1\"\n  - 1.4.2\n"), at("image/sample/alpine-3.23/1.5.yaml", "", "tags:\n  - 1-alpine3.23\n"+version("1.5.0"))}, ""},
		"a tag of another scheme":            {"dist-tag-drift", runtimePath, "", "tags:\n  - 1.4.2-alpine3.23\n", []rulestest.Beside{debian("tags:\n  - 1.4.2\n  - 1.4.2-helm3\n  - latest\n")}, ""},
		"a library of another line":          {"line-package-drift", runtimePath, "", packages("musl"), []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "", version("2.0.1")+packages("musl", "libssl3")), at("image/sample/alpine-3.23/3.yaml", "", version("3.0.1")+packages("musl", "libssl3"))}, ""},
		"a tool of all other lines":          {"line-package-drift", runtimePath, "", packages("musl"), []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "", version("2.0.1")+packages("musl", "tzdata")), at("image/sample/alpine-3.23/3.yaml", "", version("3.0.1")+packages("musl", "tzdata"))}, "`tzdata` is not among"},
		"a tool of one other line":           {"line-package-drift", runtimePath, "", packages("musl"), []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "", version("2.0.1")+packages("musl", "tzdata"))}, ""},
		"excluded and installed":             {"line-package-drift", runtimePath, "", packages("'!gawk'", "gawk"), []rulestest.Beside{at("image/sample/alpine-3.23/2.yaml", "", version("2.0.1")+packages("gawk"))}, ""},
		"another file of the same version":   {"line-package-drift", runtimePath, "", packages("'!gawk'"), []rulestest.Beside{at("image/sample/alpine-3.23/full.yaml", "", packages("gawk"))}, ""},
		"a package of the distribution":      {"pinned-unknown", runtimePath, "", packages("musl=1.2.5-r1"), []rulestest.Beside{at("package/main/other/alpine-3.23/1.yaml", "package", "image: dhi.io/pkg-musl-2.0\n")}, ""},
		"a line for another distribution":    {"pinned-unknown", runtimePath, "", packages("tool=1.2.5-r1"), []rulestest.Beside{at("package/main/tool/alpine-3.24/1.yaml", "package", "image: dhi.io/pkg-tool-1.2\nos-release:\n  id: alpine\n  version-id: \"3.24\"\n")}, ""},
		"the dev package of a release line":  {"pinned-unknown", runtimePath, "", packages("tool-dev=1.2.5-r1"), []rulestest.Beside{at("package/main/tool/alpine-3.23/1.yaml", "package", "image: dhi.io/pkg-tool-1.2-dev\n")}, "`tool-1.2-dev`"},
		"a package that is built under both": {"pinned-unknown", runtimePath, "", packages("tool=1.2.5-r1"), []rulestest.Beside{at("package/main/tool/alpine-3.23/1.yaml", "package", "image: dhi.io/pkg-tool-1.2\n"), at("package/main/tool/alpine-3.23/2.yaml", "package", "image: dhi.io/pkg-tool\n")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			lines, found := across(t, c.rule, rulestest.Example{Path: c.path, Base: c.base, Fragment: c.fragment, Beside: c.beside})
			switch {
			case c.want == "" && len(lines) > 0:
				t.Errorf("reported:\n%s", strings.Join(lines, "\n"))
			case c.want != "" && (len(lines) != 1 || !strings.Contains(lines[0], c.want)):
				t.Errorf("want one line with %q, got %q", c.want, lines)
			case c.want != "" && (len(found[0].Related) == 0 || found[0].Related[0].File == ""):
				t.Error("no place in the other file")
			}
		})
	}
}

// TestApplyToSiblings: a block goes to all definitions of the release that
// share it and differ, and to no other.
func TestApplyToSiblings(t *testing.T) {
	beside := []rulestest.Beside{
		{Path: devPath, Base: "dev", Fragment: "ports:\n  - 81/tcp\n"},
		{Path: compatPath, Fragment: flavored("compat") + "ports:\n  - 81/tcp\n"},
		{Path: "image/sample/alpine-3.23/1-compat-dev.yaml", Base: "dev", Fragment: "flavor: compat\nports:\n  - 81/tcp\n"},
		{Path: fpmPath, Fragment: flavored("fpm") + "ports:\n  - 9000/tcp\n"},
		{Path: "image/sample/alpine-3.23/2.yaml", Fragment: "ports:\n  - 81/tcp\n"},
	}
	_, found := across(t, "variant-drift", rulestest.Example{Path: runtimePath, Fragment: "ports:\n  - 80/tcp\n", Beside: beside})
	if len(found) != 1 || len(found[0].Fixes) != 1 {
		t.Fatalf("%+v", found)
	}
	fix := found[0].Fixes[0]
	if fix.Title != "Apply `ports` to the 3 siblings" || fix.Safe {
		t.Errorf("the fix is %q, safe %v", fix.Title, fix.Safe)
	}
	files := map[string]bool{}
	for _, e := range fix.Edits {
		files[e.File] = true
		if e.New != "ports:\n  - 80/tcp\n" {
			t.Errorf("%s gets %q", e.File, e.New)
		}
	}
	for _, b := range beside[:3] {
		if !files[b.Path] {
			t.Errorf("%s is left out", b.Path)
		}
	}
	if len(files) != 3 {
		t.Errorf("edits %v", files)
	}
}

// TestOneMistake changes one file of a release that is without findings, and
// holds what the whole workspace says of it to the places that have to change.
func TestOneMistake(t *testing.T) {
	compatDev := "image/sample/alpine-3.23/1-compat-dev.yaml"
	debianPath, newPath := "image/sample/debian-13/1.yaml", "image/sample/alpine-3.24/1.yaml"
	flavoredDev := strings.NewReplacer("(compat)", "(compat, dev)", "-compat\n", "-compat-dev\n").Replace(flavored("compat"))
	clean := func() map[string]rulestest.Beside {
		return map[string]rulestest.Beside{
			runtimePath: {Path: runtimePath}, devPath: {Path: devPath, Base: "dev"},
			compatPath: {Path: compatPath, Fragment: flavored("compat")}, compatDev: {Path: compatDev, Base: "dev", Fragment: flavoredDev},
			debianPath: {Path: debianPath, Base: "debian", Fragment: "tags:\n  - 1-debian13\n  - 1.4-debian13\n  - 1.4.2-debian13\n"},
		}
	}
	ports := "ports:\n  - 8080/tcp\n"
	next := "vars:\n  SEMVER_VERSION: 1.4.3\n  VERSION: 1.4.3\ntags:\n  - 1-alpine3.23\n  - 1.4-alpine3.23\n  - 1.4.3-alpine3.23\n"
	for name, c := range map[string]struct {
		change map[string]rulestest.Beside
		want   []string
	}{
		"nothing":             {nil, nil},
		"a port in dev":       {map[string]rulestest.Beside{devPath: {Path: devPath, Base: "dev", Fragment: ports}}, []string{"1-dev warning variant-drift"}},
		"a port in compat":    {map[string]rulestest.Beside{compatPath: {Path: compatPath, Fragment: flavored("compat") + ports}}, []string{"1-compat warning flavor-drift", "1-compat-dev warning variant-drift"}},
		"a port in runtime":   {map[string]rulestest.Beside{runtimePath: {Path: runtimePath, Fragment: ports}}, []string{"1 info dist-settings-drift", "1-compat warning flavor-drift", "1-dev warning variant-drift"}},
		"a bump in runtime":   {map[string]rulestest.Beside{runtimePath: {Path: runtimePath, Fragment: next}}, []string{"1 info dist-drift", "1-compat warning flavor-version-drift", "1-dev warning variant-version-drift"}},
		"a copied release":    {map[string]rulestest.Beside{newPath: {Path: newPath}}, nil},
		"a shell in dev":      {map[string]rulestest.Beside{devPath: {Path: devPath, Base: "dev", Fragment: "entrypoint:\n  - /bin/sh\n"}}, []string{"1-dev info dev-entrypoint-drift"}},
		"a tag out of compat": {map[string]rulestest.Beside{compatPath: {Path: compatPath, Fragment: strings.Replace(flavored("compat"), "  - 1.4-alpine3.23-compat\n", "", 1)}}, []string{"1-compat warning flavor-tag-drift"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := clean()
			for path, f := range c.change {
				files[path] = f
			}
			var got []string
			for path, f := range files {
				e := rulestest.Example{Path: path, Base: f.Base, Fragment: f.Fragment}
				for other, o := range files {
					if other != path {
						e.Beside = append(e.Beside, o)
					}
				}
				_, found, _, err := rulestest.Check(e)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range found {
					if strings.HasSuffix(d.Code, "-drift") && d.Severity != diagnostic.Hint || d.Code == "tag-not-unique" {
						stem := strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], ".yaml")
						got = append(got, stem+" "+d.Severity.String()+" "+d.Code)
					}
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
		})
	}
}
