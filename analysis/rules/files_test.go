package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	commit      = "0123456789abcdef0123456789abcdef01234567"
	otherCommit = "89abcdef0123456789abcdef0123456789abcdef"
	sum         = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

// fileStage is a fragment with one file in a stage and the steps behind it. The
// file's fields are lines.
func fileStage(file []string, steps ...string) rulestest.Example {
	var b strings.Builder
	b.WriteString("contents:\n  packages:\n    - base-files\n    - ca-certificates\n  builds:\n    - name: sample\n      contents:\n        packages:\n          - bash\n        files:\n")
	for i, line := range file {
		b.WriteString("          " + map[bool]string{true: "- ", false: "  "}[i == 0] + line + "\n")
	}
	b.WriteString("            uid: 0\n            gid: 0\n      pipeline:\n")
	for _, s := range steps {
		b.WriteString(s)
	}
	b.WriteString("        - name: install\n          runs: |\n            set -eux -o pipefail\n            mkdir -p ${target.dir}/opt\n      outputs:\n        - source: ${target.dir}/opt\n          target: /opt\n          uid: 0\n          gid: 0\n")
	return rulestest.Example{Base: "debian", Fragment: b.String()}
}

func TestGitFiles(t *testing.T) {
	const url = "url: git+https://git.example.com/sample/sample.git"
	checkout := func(dir string) string {
		return "        - uses: git/checkout@v1\n          with:\n" + dir + "            expected-commit: " + commit + "\n"
	}
	checkEdges(t, "file-git-ref-not-pinned", []edgeCase{
		{name: "no reference at all", Example: fileStage([]string{url, "path: ${source.dir}/a"}),
			want: []string{"11:18: warning: the git source names no commit: what is built depends on the day"}},
		{name: "a branch", Example: fileStage([]string{url + "#main", "path: ${source.dir}/a"}),
			want: []string{"11:64: warning: `main` is not pinned to a commit: a branch or tag can be moved"}},
		{name: "a commit", Example: fileStage([]string{url + "#" + commit, "path: ${source.dir}/a"})},
		{name: "a tag and a checksum", Example: fileStage([]string{url + "#v1.4.2", "path: ${source.dir}/a", "checksum: " + commit})},
		{name: "held by a step", Example: fileStage([]string{url + "#main", "path: ${source.dir}/a"}, checkout(""))},
		{name: "held by a step of the same directory", Example: fileStage([]string{url + "#main", "path: ${source.dir}/a"}, checkout("            dir: ${source.dir}/a/\n"))},
		{name: "a step of another directory", Example: fileStage([]string{url + "#main", "path: ${source.dir}/a"}, checkout("            dir: ${source.dir}/ab\n")),
			want: []string{"11:64: warning: `main` is not pinned to a commit: a branch or tag can be moved"}},
		{name: "not known", Example: fileStage([]string{"url: ${SAMPLE_URL}", "path: ${source.dir}/a"})},
		{name: "half typed", Example: fileStage([]string{"url:", "path: ${source.dir}/a"})},
	})
	checkEdges(t, "file-git-checksum-not-sha1", []edgeCase{
		{name: "abbreviated", Example: fileStage([]string{url + "#v1", "path: ${source.dir}/a", "checksum: 0123456789ab"}),
			want: []string{"13:23: warning: `0123456789ab` is an abbreviated commit id: write all 40 hex digits"}},
		{name: "sha256 repository", Example: fileStage([]string{url + "#v1", "path: ${source.dir}/a", "checksum: " + sum})},
		{name: "a variable", Example: withVars(fileStage([]string{url + "#v1", "path: ${source.dir}/a", "checksum: ${COMMIT_SHA}"}), "COMMIT_SHA: "+commit)},
	})
	checkEdges(t, "file-git-ref-vs-checksum", []edgeCase{
		{name: "the same", Example: fileStage([]string{url + "#" + commit, "path: ${source.dir}/a", "checksum: " + commit})},
		{name: "another", Example: fileStage([]string{url + "#" + commit, "path: ${source.dir}/a", "checksum: " + otherCommit}),
			want: []string{"13:23: error: the checksum is commit `89abcdef0123`, but the URL names commit `0123456789ab`"}},
	})
}

// withVars lays variables over an example.
func withVars(e rulestest.Example, lines ...string) rulestest.Example {
	e.Fragment = "vars:\n  " + strings.Join(lines, "\n  ") + "\n" + e.Fragment
	return e
}

func TestDownloads(t *testing.T) {
	const url = "url: https://git.example.com/sample-1.4.2.tar.gz"
	const unverified = "11:18: warning: the file has no `checksum`, and no step of the stage verifies it"
	bare := []string{url, "path: ${source.dir}/a.tar.gz"}
	script := func(s string) string {
		return "        - name: verify\n          runs: |\n            set -eux -o pipefail\n            " + s + "\n"
	}
	action := func(s string) string { return "        - name: verify\n          uses: " + s + "\n" }
	checkEdges(t, "file-url-no-checksum", []edgeCase{
		{name: "nothing", Example: fileStage(bare), want: []string{unverified}},
		{name: "a script that does something else", Example: fileStage(bare, script("tar -xf a.tar.gz")), want: []string{unverified}},
		{name: "gpg", Example: fileStage(bare, action("gpg/verify@v1"))},
		{name: "cosign", Example: fileStage(bare, action("cosign/verify-blob@v1"))},
		{name: "sha256sum", Example: fileStage(bare, script("sha256sum -c a.sha256"))},
		{name: "abuild", Example: fileStage(bare, action("abuild/build@v1"))},
		{name: "a signature", Example: fileStage([]string{url + ".asc", "path: ${source.dir}/a.tar.gz.asc"})},
		{name: "a list of sums", Example: fileStage([]string{"url: https://git.example.com/v1/SHASUMS256.txt", "path: ${source.dir}/sums"})},
		{name: "keys", Example: fileStage([]string{"url: https://downloads.example.com/KEYS", "path: ${source.dir}/KEYS"})},
		{name: "of a commit", Example: fileStage([]string{"url: https://raw.githubusercontent.com/a/b/" + commit + "/c.conf", "path: ${source.dir}/c"})},
		{name: "git", Example: fileStage([]string{"url: git+https://git.example.com/a.git#" + commit, "path: ${source.dir}/c"})},
		{name: "at the top level there are no steps", Example: rulestest.Example{Base: "debian", Fragment: "contents:\n  files:\n    - " + url + "\n      path: /opt/a\n      uid: 0\n      gid: 0\n"},
			want: []string{"3:12: warning: the file has no `checksum`, and no step of the stage verifies it"}},
	})
	checkEdges(t, "file-url-http-no-checksum", []edgeCase{
		{name: "verified by a step", Example: fileStage([]string{"url: http://git.example.com/a.tar.gz", "path: ${source.dir}/a"}, action("abuild/build@v1")),
			want: []string{"11:18: info: the file is downloaded over plain HTTP; a step of the stage verifies it"}},
		{name: "quoted", Example: fileStage([]string{"url: 'http://git.example.com/a.tar.gz'", "path: ${source.dir}/a"}),
			want: []string{"11:19: warning: the file is downloaded over plain HTTP without a `checksum`: anybody on the way can replace it"}},
	})
	with := func(checksum string) rulestest.Example {
		return fileStage([]string{url, "path: ${source.dir}/a.tar.gz", "checksum: " + checksum})
	}
	checkEdges(t, "file-checksum-malformed", []edgeCase{
		{name: "sha256", Example: with("sha256:" + sum)},
		{name: "sha512", Example: with("sha512:" + sum + sum)},
		{name: "a URL", Example: with("https://git.example.com/a.sha256")},
		{name: "a variable that is not known", Example: with("sha256:${SUM}")},
		{name: "a variable", Example: withVars(with("sha256:${SUM}"), "SUM: "+sum)},
		{name: "a short variable", Example: withVars(with("sha256:${SUM}"), "SUM: abc"),
			want: []string{"15:23: error: a sha256 checksum has 64 hex digits, this one has 3"}},
		{name: "without algorithm", Example: with(sum),
			want:  []string{"13:23: error: the checksum lacks its algorithm: expected `sha256:` and 64 hex digits"},
			fixed: with("sha256:" + sum).Fragment},
		{name: "capitals", Example: with("sha256:" + strings.ToUpper(sum)),
			want:  []string{"13:23: warning: the hex digits of a checksum are written in lower case"},
			fixed: with("sha256:" + sum).Fragment},
		{name: "another algorithm", Example: with("md5:0123"), want: []string{"13:23: error: `md5` is no algorithm for a checksum: expected sha256, sha384 or sha512"}},
		{name: "no hex", Example: with("sha256:xyz"), want: []string{"13:23: error: the checksum has characters that are no hex digits"}},
		{name: "free text", Example: with("later"), want: []string{"13:23: error: `later` is no checksum: expected `sha256:` and 64 hex digits, or the URL of a checksum file"}},
	})
	checkEdges(t, "file-url-malformed", []edgeCase{
		{name: "ssh", Example: fileStage([]string{"url: git@git.example.com:a/b.git", "path: ${source.dir}/a"}),
			want: []string{"11:18: warning: `git@git.example.com:a/b.git` is no URL of the format: expected git+https://, https:// or http://"}},
		{name: "another scheme is not known", Example: fileStage([]string{"url: oci://registry.example.com/a", "path: ${source.dir}/a"})},
	})
}

func TestFileModes(t *testing.T) {
	mode := func(m string) rulestest.Example {
		return fileStage([]string{"url: https://a.example.com/a", "path: ${source.dir}/a", "checksum: sha256:" + sum, "mode: " + m})
	}
	checkEdges(t, "file-mode-not-4-digits", []edgeCase{
		{name: "four", Example: mode(`"0644"`)},
		{name: "three", Example: mode(`"644"`), want: []string{"14:19: info: the mode `644` is usually written with four digits: \"0644\""}, fixed: mode(`"0644"`).Fragment},
		{name: "five", Example: mode(`"00644"`), want: []string{"14:19: info: the mode `00644` is usually written with four digits: \"0644\""}, fixed: mode(`"0644"`).Fragment},
		{name: "no octal", Example: mode(`"0698"`)},
	})
	checkEdges(t, "file-mode-malformed", []edgeCase{
		{name: "no octal", Example: mode(`"0698"`), want: []string{"14:19: error: `0698` is no mode: expected four octal digits such as \"0644\""}},
		{name: "not known", Example: mode(`${MODE}`)},
	})
	checkEdges(t, "file-duplicate", []edgeCase{
		{name: "for other platforms", Example: rulestest.Example{Base: "debian", Fragment: "contents:\n  files:\n    - url: https://a.example.com/a\n      path: /a\n      platforms:\n        - linux/amd64\n    - url: https://a.example.com/b\n      path: /a\n      platforms:\n        - linux/arm64\n"}},
		{name: "into one directory", Example: rulestest.Example{Base: "debian", Fragment: "contents:\n  files:\n    - url: https://a.example.com/a\n      path: /a/\n    - url: https://a.example.com/b\n      path: /a/\n"}},
	})
}
