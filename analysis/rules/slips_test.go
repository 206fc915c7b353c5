package rules_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// slip is one typical mistake in a definition written by hand: the texts of
// edits in pairs of before and after, and all findings it may lead to.
type slip struct {
	name, base string
	edits      []string
	want       []string
}

// slipPaths are where the definitions stand: the first two in a project of
// their own, the others in a catalog.
var slipPaths = map[string]string{
	"alpine": "app.yaml", "debian": "app.yaml",
	"package": "package/main/tideline/alpine-3.23/1.yaml", "chart": "chart/tideline/helm/1.yaml",
}

// TestSlips holds every slip to be found once, at its place, with nothing
// that only follows from it.
func TestSlips(t *testing.T) {
	for _, s := range slips {
		t.Run(s.name, func(t *testing.T) {
			got := slipFindings(t, s.base, s.edits)
			if !slices.Equal(got, s.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(s.want, "\n  "))
			}
		})
	}
}

// TestSlipBases holds the definitions themselves to be free of findings, in
// any form of lines that editors write.
func TestSlipBases(t *testing.T) {
	for base := range slipPaths {
		for name, edits := range map[string][]string{"as it is": nil, "CRLF": {"\n", "\r\n"}, "BOM": {"# syntax", "\ufeff# syntax"}, "one CRLF": {"contents:\n", "contents:\r\n"}, "tab behind the colon": {"variant: ", "variant:\t"}} {
			n := 1
			if name == "CRLF" {
				n = -1
			}
			if got := analyseSlip(t, base, edits, n); len(got) > 0 {
				t.Errorf("%s, %s: %v", base, name, got)
			}
		}
	}
}

func slipFindings(t *testing.T, base string, edits []string) []string {
	t.Helper()
	return analyseSlip(t, base, edits, 1)
}

func analyseSlip(t *testing.T, base string, edits []string, n int) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "slips", base+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	content := string(data)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(content, edits[i]) {
			t.Fatalf("%s has no %q", base, edits[i])
		}
		content = strings.Replace(content, edits[i], edits[i+1], n)
	}
	res := analysis.Analyze(context.Background(), slipPaths[base], text.New(content), analysis.Options{Today: "2026-06-01"})
	var got []string
	for _, d := range res.Diagnostics {
		h := res.Document.Text.Human(d.Range.Start)
		got = append(got, fmt.Sprintf("%d:%d %s %s", h.Line, h.Column, d.Severity, d.Code))
	}
	return got
}

// slips are written from the build guide; what each leads to was looked at.
var slips = []slip{
	{"indent-one-less", "alpine", []string{"  packages:\n    - '!gawk'", " packages:\n    - '!gawk'"}, []string{"21:2 error yaml-syntax"}},
	{"indent-one-more", "alpine", []string{"  packages:\n    - '!gawk'", "   packages:\n    - '!gawk'"}, []string{"21:4 error yaml-syntax"}},
	{"indent-item", "alpine", []string{"    - busybox\n", "   - busybox\n"}, []string{"24:4 error yaml-syntax"}},
	{"indent-item-more", "alpine", []string{"    - busybox\n", "     - busybox\n"}, []string{"24:6 error yaml-trap"}},
	{"tab-indent", "alpine", []string{"    - busybox\n", "\t- busybox\n"}, []string{"24:1 error yaml-tab"}},
	{"tab-mixed", "alpine", []string{"      uid: 65532\n", "  \tuid: 65532\n"}, []string{"61:3 error yaml-tab"}},
	{"gawk-unquoted", "alpine", []string{"'!gawk'", "!gawk"}, []string{"22:7 warning yaml-trap"}},
	{"unquoted-tag", "alpine", []string{"\"3.4\"", "3.4"}, []string{"8:5 error wrong-type"}},
	{"unquoted-tag-10", "alpine", []string{"\"3.4\"", "3.10"}, []string{"8:5 error wrong-type"}},
	{"unquoted-mode", "alpine", []string{"mode: \"0755\"\n\nacc", "mode: 0755\n\nacc"}, []string{"55:17 error wrong-type"}},
	{"mode-no-quote-755", "alpine", []string{"mode: \"0755\"\n\nacc", "mode: 755\n\nacc"}, []string{"55:17 error wrong-type"}},
	{"misspelt-top", "alpine", []string{"variant:", "varient:"}, []string{"5:1 error unknown-field"}},
	{"misspelt-top2", "alpine", []string{"platforms:", "platform:"}, []string{"10:1 error unknown-field"}},
	{"misspelt-entrypoint", "alpine", []string{"entrypoint:", "entry-point:"}, []string{"91:1 error unknown-field"}},
	{"misspelt-workdir", "alpine", []string{"work-dir:", "workdir:"}, []string{"28:7 error unknown-field"}},
	{"misspelt-runas", "alpine", []string{"run-as:", "run_as:"}, []string{"58:3 error unknown-field"}},
	{"camel-case", "alpine", []string{"version-id:", "versionId:"}, []string{"72:3 error unknown-field"}},
	{"misspelt-nested", "alpine", []string{"outputs:", "output:"}, []string{"50:7 error unknown-field"}},
	{"wrong-type-tags-string", "alpine", []string{"tags:\n  - \"3\"\n  - \"3.4\"\n  - 3.4.1", "tags: 3.4.1"}, []string{"6:7 error wrong-type"}},
	{"wrong-type-entrypoint-string", "alpine", []string{"entrypoint:\n  - /usr/bin/harbour", "entrypoint: /usr/bin/harbour"}, []string{"91:13 error wrong-type"}},
	{"wrong-type-uid", "alpine", []string{"uid: 65532", "uid: \"65532\""}, []string{"61:12 error wrong-type"}},
	{"wrong-type-uid-text", "alpine", []string{"uid: 65532", "uid: nonroot"}, []string{"61:12 error wrong-type"}},
	{"wrong-type-env-list", "alpine", []string{"environment:\n  HARBOUR_HOME: /var/lib/harbour", "environment:\n  - HARBOUR_HOME=/var/lib/harbour"}, []string{"78:3 error wrong-type"}},
	{"env-number", "alpine", []string{"HARBOUR_HOME: /var/lib/harbour", "HARBOUR_PORT: 8080\n  HARBOUR_HOME: /var/lib/harbour"}, []string{"78:17 error wrong-type"}},
	{"env-bool", "alpine", []string{"HARBOUR_HOME: /var/lib/harbour", "HARBOUR_DEBUG: yes\n  HARBOUR_HOME: /var/lib/harbour"}, []string{"78:18 warning yaml-trap"}},
	{"ports-number", "alpine", []string{"8080/tcp", "8080"}, []string{"95:5 error wrong-type"}},
	{"ports-map", "alpine", []string{"- 8080/tcp", "- 8080:8080"}, []string{"95:5 error port-malformed"}},
	{"dup-key-top", "alpine", []string{"ports:\n", "environment:\n  X: y\nports:\n"}, []string{"94:1 error duplicate-yaml-key", "95:6 warning yaml-trap"}},
	{"dup-key-nested", "alpine", []string{"      uid: 65532\n", "      uid: 65532\n      uid: 65533\n"}, []string{"62:7 error duplicate-yaml-key"}},
	{"user-mismatch", "alpine", []string{"run-as: harbour", "run-as: nonroot"}, []string{"58:11 error run-as-undefined"}},
	{"member-mismatch", "alpine", []string{"        - harbour\n", "        - harbor\n"}, []string{"67:11 error group-member-undefined"}},
	{"gid-mismatch", "alpine", []string{"      uid: 65532\n      gid: 65532\n  groups", "      uid: 65532\n      gid: 1000\n  groups"}, []string{"62:12 warning user-gid-undefined"}},
	{"uid-path-mismatch", "alpine", []string{"path: /var/lib/harbour\n    uid: 65532", "path: /var/lib/harbour\n    uid: 1000"}, []string{"83:10 warning path-uid-unknown"}},
	{"unknown-action", "alpine", []string{"go/build@v1", "golang/build@v1"}, []string{"41:17 warning step-unknown-action"}},
	{"action-version", "alpine", []string{"go/build@v1", "go/build@v9"}, []string{"41:17 warning step-unknown-action"}},
	{"action-no-version", "alpine", []string{"go/build@v1", "go/build"}, []string{"41:17 warning step-unknown-action"}},
	{"unknown-input", "alpine", []string{"packages: ./cmd/harbour", "package: ./cmd/harbour"}, []string{"44:13 warning step-with-unknown-key"}},
	{"input-missing", "alpine", []string{"            output: ${target.dir}/usr/bin/harbour\n", ""}, []string{"41:17 warning step-with-missing-key"}},
	{"undefined-var", "alpine", []string{"v${VERSION}", "v${VERSOIN}"}, []string{"34:66 error var-undefined"}},
	{"unclosed-var", "alpine", []string{"v${VERSION}", "v${VERSION"}, []string{"34:64 error substitution-malformed"}},
	{"wrong-builtin", "alpine", []string{"source: ${target.dir}", "source: ${targetdir}"}, []string{"51:21 error var-undefined"}},
	{"dollar-var", "alpine", []string{"path: ${source.dir}/harbour\n            uid", "path: $source.dir/harbour\n            uid"}, []string{"36:19 error substitution-malformed"}},
	{"expr-bad", "alpine", []string{"VERSION: 3.4.1", "VERSION: '#{ target.arch = \"amd64\" ? \"a\" : \"b\" }'"}, []string{"15:28 error expr-malformed"}},
	{"no-directive", "alpine", []string{"# syntax=dhi.io/build:2-alpine3.23\n", ""}, []string{"2:1 error syntax-directive-missing"}},
	{"directive-typo", "alpine", []string{"dhi.io/build:2-alpine3.23", "dhi.io/build:2-alpine323"}, []string{"1:23 error syntax-directive-malformed"}},
	{"directive-debian", "alpine", []string{"dhi.io/build:2-alpine3.23", "dhi.io/build:2-debian13"}, []string{"1:23 error syntax-dist-vs-dir-other-family"}},
	{"directive-second-line", "alpine", []string{"# syntax=dhi.io/build:2-alpine3.23\n", "# a comment\n# syntax=dhi.io/build:2-alpine3.23\n"}, []string{"2:1 error syntax-directive-missing"}},
	{"repo-release", "alpine", []string{"v3.23/main", "v3.22/main"}, []string{"19:45 warning repository-wrong-release"}},
	{"repo-typo", "alpine", []string{"https://dl-cdn.alpinelinux.org/alpine/v3.23/main", "https:/dl-cdn.alpinelinux.org/alpine/v3.23/main"}, []string{"19:7 error repository-malformed"}},
	{"deb-on-alpine", "alpine", []string{"    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main", "    - deb http://deb.debian.org/debian trixie main"}, []string{"19:7 error repository-malformed"}},
	{"pkg-spaces", "alpine", []string{"- busybox\n", "- busybox = 1.37\n"}, []string{"24:14 error package-malformed"}},
	{"pkg-two-in-one", "alpine", []string{"- busybox\n", "- busybox curl\n"}, []string{"24:15 error package-malformed"}},
	{"pkg-map", "alpine", []string{"- busybox\n", "- busybox: 1.37\n"}, []string{"24:7 error wrong-type"}},
	{"pkg-null", "alpine", []string{"- busybox\n", "- \n"}, []string{"24:5 error wrong-type"}},
	{"pkg-dup", "alpine", []string{"- busybox\n", "- busybox\n    - busybox\n"}, []string{"25:7 info package-duplicate"}},
	{"missing-name", "alpine", []string{"name: Harbour Gate 3.x\n", ""}, []string{"3:1 error required-name"}},
	{"missing-tags", "alpine", []string{"tags:\n  - \"3\"\n  - \"3.4\"\n  - 3.4.1\n", ""}, []string{"3:1 error missing-field"}},
	{"missing-contents-list", "alpine", []string{"  packages:\n    - '!gawk'\n    - alpine-baselayout-data\n    - busybox\n    - ca-certificates-bundle\n", "  packages:\n"}, []string{"21:3 error wrong-type"}},
	{"path-relative", "alpine", []string{"path: /var/lib/harbour", "path: var/lib/harbour"}, []string{"82:11 error path-not-absolute"}},
	{"path-type-typo", "alpine", []string{"type: directory", "type: dir"}, []string{"81:11 error invalid-value"}},
	{"platform-typo", "alpine", []string{"linux/arm64", "linux/aarch64"}, []string{"12:5 error invalid-value"}},
	{"platform-plain", "alpine", []string{"linux/amd64", "amd64"}, []string{"11:5 error invalid-value"}},
	{"unclosed-quote", "alpine", []string{"'!gawk'", "'!gawk"}, []string{"22:7 error yaml-syntax"}},
	{"unclosed-dquote", "alpine", []string{"version-id: \"3.23\"", "version-id: \"3.23"}, []string{"72:15 error yaml-syntax"}},
	{"missing-colon", "alpine", []string{"accounts:\n", "accounts\n"}, []string{"57:1 error yaml-syntax"}},
	{"missing-space-colon", "alpine", []string{"variant: runtime", "variant:runtime"}, []string{"5:1 error yaml-syntax"}},
	{"missing-dash-space", "alpine", []string{"- busybox", "-busybox"}, []string{"24:5 error yaml-syntax"}},
	{"step-order", "alpine", []string{"        - name: build\n          uses: go/build@v1\n          with:\n            output: ${target.dir}/usr/bin/harbour\n            packages: ./cmd/harbour\n        - name: strip\n          runs: |\n            set -eux -o pipefail\n\n            strip \"${target.dir}/usr/bin/harbour\"\n", "        - name: strip\n          runs: |\n            set -eux -o pipefail\n\n            strip \"${target.dir}/usr/bin/harbour\"\n        - name: build\n          uses: go/build@v1\n          with:\n            output: ${target.dir}/usr/bin/harbour\n            packages: ./cmd/harbour\n"}, []string{"44:20 warning step-order"}},
	{"runs-and-uses", "alpine", []string{"          with:\n", "          runs: echo\n          with:\n"}, []string{"42:11 error step-uses-and-runs"}},
	{"run-for-runs", "alpine", []string{"          runs: |", "          run: |"}, []string{"46:11 error unknown-field"}},
	{"runs-list", "alpine", []string{"          runs: |\n            set -eux -o pipefail\n\n            strip \"${target.dir}/usr/bin/harbour\"", "          runs:\n            - set -eux -o pipefail\n            - strip x"}, []string{"47:13 error wrong-type"}},
	{"output-relative", "alpine", []string{"target: /usr/bin/harbour", "target: usr/bin/harbour"}, []string{"52:19 error output-target-not-absolute"}},
	{"checksum-short", "alpine", []string{"0123456789abcdef0123456789abcdef01234567", "0123456789abcdef0123456789abcdef0123456"}, []string{"35:23 warning file-git-checksum-not-sha1"}},
	{"entry-shell", "alpine", []string{"- /usr/bin/harbour", "- /usr/bin/harbour serve --all"}, []string{"92:5 warning entrypoint-shell-form"}},
	{"dates", "alpine", []string{"vars:", "dates:\n  release: 2026-13-01\n  end-of-life: \"2026-1-1\"\nvars:"}, []string{"15:12 error date-malformed", "15:12 warning yaml-trap", "16:16 error date-malformed"}},
	{"port-range", "alpine", []string{"8080/tcp", "80800/tcp"}, []string{"95:5 error port-malformed"}},
	{"port-priv", "alpine", []string{"8080/tcp", "80/tcp"}, []string{"95:5 warning port-privileged-nonroot"}},
	{"osrel-mismatch", "alpine", []string{"id: alpine", "id: debian"}, []string{"71:7 error osrelease-id-vs-dir"}},
	{"osrel-version", "alpine", []string{"version-id: \"3.23\"", "version-id: \"3.22\""}, []string{"72:15 warning osrelease-version-vs-dir"}},
	{"osrel-number", "alpine", []string{"version-id: \"3.23\"", "version-id: 3.23"}, []string{"72:15 error wrong-type"}},
	{"two-docs", "alpine", []string{"ports:", "---\nports:"}, []string{"94:1 error yaml-syntax"}},
	{"deb-suite", "debian", []string{"deb trixie main", "deb bookworm main"}, []string{"13:80 info repository-wrong-suite"}},
	{"deb-no-signed", "debian", []string{"[signed-by=/usr/share/keyrings/pier.gpg] ", ""}, []string{"13:11 warning repository-no-signed-by"}},
	{"deb-missing-comp", "debian", []string{"trixie main", "trixie"}, []string{"13:80 error repository-malformed"}},
	{"deb-no-apt", "debian", []string{"    - apt\n", ""}, []string{"16:3 info dev-no-package-manager"}},
	{"deb-no-front", "debian", []string{"  DEBIAN_FRONTEND: noninteractive\n", ""}, []string{"49:1 info dev-debian-no-DEBIAN_FRONTEND"}},
	{"deb-not-root", "debian", []string{"  root: true\n", ""}, []string{"28:11 error run-as-root-but-root-not-enabled"}},
	{"deb-runtime", "debian", []string{"variant: dev", "variant: runtime"}, []string{"19:7 warning runtime-has-package-manager", "29:11 warning runtime-runs-as-root", "50:3 info runtime-has-DEBIAN_FRONTEND"}},
	{"deb-mapping-version", "debian", []string{"pier@1:2.1.4-1", "pier@1:2.1.3-1"}, []string{"25:32 error mapping-version-vs-package"}},
	{"deb-mapping-key", "debian", []string{"    pier: pkg:deb", "    pierr: pkg:deb"}, []string{"25:5 warning mapping-key-not-installed"}},
	{"deb-codename", "debian", []string{"codename: trixie", "codename: bookworm"}, []string{"44:21 error osrelease-codename"}},
	{"deb-osver", "debian", []string{"os_version=13", "os_version=12"}, []string{"25:68 error mapping-os_version"}},
	{"deb-apk-pin", "debian", []string{"pier=1:2.1.4-1", "pier=2.1.4-r1"}, []string{"25:32 error mapping-version-vs-package"}},
	{"deb-no-keyring", "debian", []string{"  keyring:\n    - https://apt.example.com/pier.key\n", ""}, []string{"13:52 warning keyring-missing"}},
	{"deb-run-as-typo", "debian", []string{"run-as: root", "run-as: rooot"}, []string{"29:11 error run-as-undefined"}},
	{"p-version-float", "package", []string{"version: 1.10.2\nos", "version: 1.10\nos"}, []string{"71:22 warning step-with-version-number"}},
	{"p-rel-string", "package", []string{"rel: 1\n", "rel: \"1\"\n"}, []string{"65:18 warning step-with-invalid-value"}},
	{"p-rel-diff", "package", []string{"rel: 1\n", "rel: 2\n"}, []string{"65:18 warning version-drift"}},
	{"p-version-diff", "package", []string{"version: 1.10.2\nos", "version: 1.10.1\nos"}, []string{"71:22 warning version-drift"}},
	{"p-var-diff", "package", []string{"  VERSION: 1.10.2", "  VERSION: 1.10.3"}, []string{"16:12 warning semver-vars-vs-tags"}},
	{"p-tag-diff", "package", []string{"- 1.10.2-alpine3.23", "- 1.10.1-alpine3.23"}, []string{"6:5 warning semver-vars-vs-tags"}},
	{"p-licence", "package", []string{"            license: Apache-2.0\n            name", "            licence: Apache-2.0\n            name"}, []string{"63:13 warning step-with-unknown-key"}},
	{"p-license-val", "package", []string{"            license: Apache-2.0\n            name", "            license: Apache 2\n            name"}, []string{"63:22 info license-spdx"}},
	{"p-nodesc", "package", []string{"            description: A tide table\n", ""}, []string{"58:17 warning step-with-missing-key"}},
	{"p-sub-dup", "package", []string{"name: tideline-doc", "name: tideline"}, []string{"69:23 warning duplicate-subpackage"}},
	{"p-files-str", "package", []string{"            files:\n              - usr/bin/tideline\n            license", "            files: usr/bin/tideline\n            license"}, []string{"61:20 warning step-with-invalid-value"}},
	{"p-order", "package", []string{"        - name: package\n          uses: dhi/build-pkg:0", "        - name: setup\n          uses: abuild/build@v1\n        - name: setup2\n          uses: abuild/setup@v1\n        - name: package\n          uses: dhi/build-pkg:0"}, []string{"58:17 warning step-order"}},
	{"p-purl", "package", []string{"pkg:golang/github.com/tideline/tideline@1.10.2", "pkg:golang//github.com/tideline/tideline@$v1.10.2"}, []string{"42:36 warning spdx-purl-malformed"}},
	{"p-purl-ver", "package", []string{"tideline@1.10.2\n", "tideline@1.10.1\n"}, []string{"42:65 warning spdx-version-vs-purl"}},
	{"p-checksum-missing", "package", []string{"            checksum: 0123456789abcdef0123456789abcdef01234567\n", ""}, []string{"34:63 warning file-git-ref-not-pinned"}},
	{"p-image", "package", []string{"dhi.io/pkg-tideline", "dhi.io/pkg-tidelin"}, []string{"3:15 warning image-name-vs-dir"}},
	{"p-variant", "package", []string{"variant: runtime", "variant: dev"}, []string{"4:10 warning variant-package-not-runtime"}},
	{"p-outputs", "package", []string{"      pipeline:\n", "      pipelines:\n"}, []string{"46:7 error unknown-field"}},
	{"p-deps-string", "package", []string{"            deps:\n              - golang.org/x/net@v0.53.0", "            deps: golang.org/x/net@v0.53.0"}, []string{"50:19 warning step-with-invalid-value"}},
	{"p-output-var", "package", []string{"${target.dir}/usr/bin/tideline", "${target.dri}/usr/bin/tideline"}, []string{"55:23 warning builtin-unknown"}},
	{"p-os", "package", []string{"version-id: \"3.23\"", "version-id: \"3.22\""}, []string{"75:15 error osrelease-version-vs-dir"}},
	{"p-keyring", "package", []string{"  keyring:\n    - https://dhi.io/keyring/dhi-apk@docker-0F81AD7700D99184.rsa.pub\n", ""}, []string{"19:7 warning keyring-missing"}},
	{"p-with-on-step", "package", []string{"          with:\n            output", "            output"}, []string{"54:13 error yaml-syntax"}},
	{"p-uses-indent", "package", []string{"          uses: go/build@v1", "         uses: go/build@v1"}, []string{"53:10 error yaml-syntax"}},
	{"p-order2", "package", []string{"        - name: build\n          uses: go/build@v1\n          with:\n            output: ${target.dir}/usr/bin/tideline\n            packages: ./cmd/tideline\n", "", "      pipeline:\n", "      pipeline:\n        - name: strip\n          runs: |\n            set -eux -o pipefail\n\n            strip \"${target.dir}/usr/bin/tideline\"\n        - name: build\n          uses: go/build@v1\n          with:\n            output: ${target.dir}/usr/bin/tideline\n            packages: ./cmd/tideline\n"}, []string{"51:20 warning step-order"}},
	{"c-nodigest", "chart", []string{"debian13@sha256:f0091f6781a4c134639224bb2703257a0cd4f49eb653c61e9b3fc7ea35e3cdb0\n              name", "debian13\n              name"}, []string{"43:24 warning chart-ref-no-digest"}},
	{"c-digest-diff", "chart", []string{"3cdb0\n              name", "3cdb1\n              name"}, []string{"43:53 warning artifact-vs-vars"}},
	{"c-tag-diff", "chart", []string{"1.10.2-debian13@sha256:f0091f6781a4c134639224bb2703257a0cd4f49eb653c61e9b3fc7ea35e3cdb0\n              name", "1.10.1-debian13@sha256:f0091f6781a4c134639224bb2703257a0cd4f49eb653c61e9b3fc7ea35e3cdb0\n              name"}, []string{"43:37 warning artifact-vs-vars"}},
	{"c-digest-short", "chart", []string{"3cdb0\n              name", "3cdb\n              name"}, []string{"43:60 error reference-malformed"}},
	{"c-variant", "chart", []string{"variant: helm", "variant: runtime"}, []string{"5:10 error variant-chart-not-helm"}},
	{"c-frontend", "chart", []string{"2-helm3", "2-debian13"}, []string{"1:23 warning syntax-dist-vs-dir-other-family"}},
	{"c-appref", "chart", []string{"appRef: tideline", "appRef: tidelin"}, []string{"39:23 warning chart-app-unknown"}},
	{"c-images-dup", "chart", []string{"              name: tideline-chart", "                - name: tideline\n                  ref: dhi/tideline:1.10.2-debian13@sha256:f0091f6781a4c134639224bb2703257a0cd4f49eb653c61e9b3fc7ea35e3cdb0\n              name: tideline-chart"}, []string{"44:25 warning chart-image-duplicate"}},
	{"c-cmd", "chart", []string{"cmd: prepare", "cmd: prepaer"}, []string{"47:18 warning step-with-invalid-value"}},
	{"c-order", "chart", []string{"        - name: lint\n          uses: helm/cmd@v1\n          with:\n            chart: ${source.dir}/helm-charts\n            cmd: lint .\n", "", "      pipeline:\n", "      pipeline:\n        - name: lint\n          uses: helm/cmd@v1\n          with:\n            chart: ${source.dir}/helm-charts\n            cmd: lint .\n"}, []string{"35:17 warning step-order"}},
	{"c-tag", "chart", []string{"  - 1.4.2\npl", "  - 1.4.1\npl"}, []string{"7:5 warning semver-vars-vs-tags"}},
	{"c-name", "chart", []string{"name: Tideline Helm chart 1.x", "name: Tideline Helm chart 2.x"}, []string{"3:27 warning name-version"}},
	{"c-image", "chart", []string{"tideline-chart\nvariant", "tideline\nvariant"}, []string{"4:15 warning image-name-vs-dir"}}}
