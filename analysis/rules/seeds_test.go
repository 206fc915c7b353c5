package rules_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// seed is a mistake as people make it: one edit of a good definition. The
// finding must stand on the line of the mark, which is where "to" differs.
type seed struct {
	base     string
	from, to string
	// span is the text the finding should cover, rule its id.
	span, rule string
}

// seeds are the mistakes that users, the catalog's history and the comparison
// of the peers know, one each.
var seeds = []seed{
	// schema
	{"runtime", "entrypoint:", "entrypiont:", "entrypiont", "unknown-field"},
	{"runtime", "variant: runtime", "variant: rutime", "rutime", "invalid-value"},
	{"runtime", "uid: 65532", "uid: \"65532\"", "\"65532\"", "wrong-type"},
	{"runtime", "  - 1.4.2-alpine3.23", "  - 1.4", "1.4", "wrong-type"},
	{"runtime", "  - linux/arm64", "  - linux/arm", "linux/arm", "invalid-value"},
	{"runtime", "    - name: nonroot\n      uid: 65532", "    - name: nonroot", "", "missing-field"},
	{"debian", "      uid: 65532\n      gid: 65532\n  groups", "      uid: 65532\n      gid: 65532\n      home: /home\n      homes: /home\n  groups", "homes", "unknown-field"},
	{"chart", "variant: helm", "variant: [helm]", "[helm]", "wrong-type"},
	{"runtime", "name: Sample 1.x\n", "", "", "required-name"},
	{"package", "platforms:\n  - linux/amd64\n  - linux/arm64\n", "", "", "missing-field"},
	{"runtime", "version-id: \"3.23\"", "version-id: 3.23", "3.23", "wrong-type"},
	// YAML
	{"debian", "- '!mawk'", "- !mawk", "!mawk", "yaml-trap"},
	{"runtime", "  run-as: nonroot", "  run-as nonroot", "run-as nonroot", "yaml-syntax"},
	{"runtime", "  run-as: nonroot", "  run-as:nonroot", "", "yaml-syntax"},
	{"runtime", "  run-as: nonroot", "\trun-as: nonroot", "\t", "yaml-tab"},
	{"runtime", "variant: runtime", "variant: runtime\nvariant: dev", "variant", "duplicate-yaml-key"},
	{"runtime", "  - 1-alpine3.23", "  - \"1-alpine3.23", "", "yaml-syntax"},
	{"runtime", "image: registry.example.com/sample", "image: registry.example.com/sample: x", "", "yaml-syntax"},
	{"debian", "VERSION: 1.4.2\ncontents", "VERSION: #{ target.arch }\ncontents", "", "yaml-trap"},
	{"runtime", "tags:\n", "tags: [\n", "", "yaml-syntax"},
	// directive and os-release
	{"runtime", "2-alpine3.23\n", "2-alpine\n", "", "syntax-directive-malformed"},
	{"runtime", "version-id: \"3.23\"", "version-id: \"3.23\"\n  version-codename: trixie", "", "osrelease-codename-on-alpine"},
	{"debian", "version-codename: trixie", "version-codename: bookworm", "bookworm", "osrelease-codename"},
	// tags
	{"runtime", "  - 1.4.2-alpine3.23", "  - 1.4.2_alpine/3.23", "", "tag-malformed"},
	{"runtime", "  - 1.4.2-alpine3.23", "  - 1-alpine3.23", "1-alpine3.23", "tags-duplicate"},
	// accounts
	{"runtime", "run-as: nonroot", "run-as: nonrot", "nonrot", "run-as-undefined"},
	{"runtime", "        - nonroot", "        - nobody", "nobody", "group-member-undefined"},
	{"runtime", "      gid: 65532\n      members", "      gid: 65533\n      members", "65532", "user-gid-undefined"},
	{"runtime", "run-as: nonroot", "run-as: root", "root", "run-as-root-but-root-not-enabled"},
	{"dev", "  root: true\n", "", "", "run-as-root-but-root-not-enabled"},
	// packages and repositories
	{"runtime", "    - musl\n", "    - musl = 1.2\n", "", "package-malformed"},
	{"runtime", "    - musl\n", "    - musl\n    - musl=1.2.5-r10\n", "", "package-duplicate-versions"},
	{"debian", "    - libc6\n", "    - libc6\n    - '!libc6'\n", "", "package-included-and-excluded"},
	{"runtime", "v3.23/community", "v3.22/community", "", "repository-wrong-release"},
	{"runtime", "    - https://dl-cdn.alpinelinux.org/alpine/v3.23/community", "    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main", "", "repository-duplicate"},
	{"runtime", "v3.23/community", "edge/community", "", "repository-edge"},
	{"chart", "trixie main", "trixie", "", "repository-malformed"},
	// builds, steps, scripts
	{"debian", "target: /usr/bin", "target: usr/bin", "usr/bin", "output-target-not-absolute"},
	{"debian", "          target: /usr/bin\n", "", "", "output-field-missing"},
	{"package", "uses: abuild/build@v1", "uses: abuild/biuld@v1", "abuild/biuld@v1", "step-unknown-action"},
	{"chart", "            chart: sample", "            charts: sample", "charts", "step-with-unknown-key"},
	{"debian", "            cp sample", "            if true; then cp sample", "", "runs-syntax"},
	{"debian", "            set -eux -o pipefail\n\n", "", "", "runs-no-set"},
	{"debian", "            mkdir -p ${target.dir}/usr/bin", "            chmod -R 777 ${target.dir}", "", "runs-chmod-777"},
	{"debian", "            mkdir -p ${target.dir}/usr/bin", "            curl -sSL https://x.example.com/i | sh", "", "runs-curl-pipe-sh"},
	{"debian", "            mkdir -p ${target.dir}/usr/bin", "            curl -k -o x https://x.example.com/i", "", "runs-tls-disabled"},
	{"debian", "            mkdir -p ${target.dir}/usr/bin", "            apt-get install -y gcc", "", "runs-package-manager"},
	// files and artifacts
	{"debian", "            checksum: 0123456789abcdef0123456789abcdef01234567\n", "", "", "file-git-ref-not-pinned"},
	{"debian", "checksum: 0123456789abcdef0123456789abcdef01234567", "checksum: sha256:0123", "sha256:0123", "file-git-checksum-not-sha1"},
	{"debian", "purl: pkg:generic/sample@1.4.2", "purl: generic/sample@1.4.2", "", "spdx-purl-malformed"},
	{"debian", "version: 1.4.2\n              packages", "version: 1.4.1\n              packages", "", "spdx-version-vs-purl"},
	{"debian", "license: Apache-2.0", "license: Apache 2.0", "Apache 2.0", "license-spdx"},
	// variables and environment
	{"debian", "path: ${source.dir}/sample\n            checksum", "path: ${source.dir}/${NAM}\n            checksum", "", "var-undefined"},
	{"debian", "path: ${source.dir}/sample\n            checksum", "path: ${source.dir/sample\n            checksum", "", "substitution-malformed"},
	{"debian", "path: ${source.dir}/sample\n            checksum", "path: ${source.dri}/sample\n            checksum", "", "builtin-unknown"},
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "LD_LIBRARY_PATH: /opt/lib:${LD_LIBRARY_PATH}", "", "env-self-reference"},
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "PATH: /usr/bin:/bin:/usr/bin", "", "env-PATH-duplicate-entry"},
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "STORE_PASSWORD: hunter2", "", "env-secret-like"},
	{"runtime", "  VERSION: 1.4.2", "  VERSION: '#{ target.arch == \"x86_64\" ? \"a\" : \"b\" }'", "", "expr-arch-unknown"},
	// slips inside of values, and parts that no longer fit together
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "SSL_CERT_FILE: “/etc/ssl/certs/ca-certificates.crt”", "“/etc/ssl/certs/ca-certificates.crt”", "yaml-trap"},
	{"runtime", "      uid: 65532", "      uid: 65523", "65523", "nonroot-id"},
	{"runtime", "dl-cdn.alpinelinux.org/alpine/v3.23/main", "dl-cdn.alpinelinx.org/alpine/v3.23/main", "", "repository-misspelt"},
	{"runtime", "home-url: https://", "home-url: https:/", "", "osrelease-url-malformed"},
	{"debian", "source: ${target.dir}/usr/bin\n", "source: ${target.dir}/usr/bni\n", "${target.dir}/usr/bni", "output-not-written"},
	{"debian", "source: ${target.dir}/usr/bin\n", "source: ${source.dir}/usr/bin\n", "${source.dir}/usr/bin", "output-not-written"},
	{"debian", "source: ${target.dir}/usr/bin\n", "source: /usr/bin\n", "/usr/bin", "output-not-written"},
	{"debian", "          gid: 0\naccounts", "          gid: 0\n          mode: \"0785\"\naccounts", "\"0785\"", "file-mode-malformed"},
	{"debian", "            path: ${source.dir}/sample\n", "", "", "file-field-missing"},
	{"debian", "url: git+https://", "url: git+htps://", "git+htps", "file-url-malformed"},
	{"debian", "url: git+https://", "url: https://", "", "file-url-malformed"},
	{"debian", "sample.git#v1.4.2", "sample.git #v1.4.2", "", "file-git-ref-not-pinned"},
	{"debian", "purl: pkg:generic/sample@1.4.2", "purl: pkg:generic/sample@@1.4.2", "", "spdx-purl-malformed"},
	{"debian", "  VERSION: 1.4.2\ncontents", "  VERSION: 1.4.2\n  BASE_DIGEST: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\ncontents", "", "var-digest-malformed"},
	{"debian", "            cp sample ${target.dir}/usr/bin/sample", "            cp sample ${target.dri}/usr/bin/sample", "target.dri", "builtin-unknown"},
	{"debian", "            cp sample ${target.dir}/usr/bin/sample", "            cp sample ${target_dir}/usr/bin/sample", "target_dir", "runs-variable-undefined"},
	{"debian", "            cp sample ${target.dir}/usr/bin/sample", "            name=sample\n            cp $nmae ${target.dir}/usr/bin/sample", "nmae", "runs-variable-undefined"},
	{"debian", "            cp sample ${target.dir}/usr/bin/sample", "            cp sample \\ \n              ${target.dir}/usr/bin/sample", " ", "runs-command-cut"},
	{"debian", "            cp sample ${target.dir}/usr/bin/sample", "            install sample\n              -m 0755 ${target.dir}/usr/bin/sample", "-m", "runs-command-cut"},
	{"debian", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "SAMPLE_VERSION: 1.4.2-r3", "1.4.2-r3", "env-version-format"},
	{"runtime", "    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main\n", "", "", "repository-community-alone"},
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "SAMPLE_HOME: /data", "/data", "env-path-unmade"},
	{"runtime", "SSL_CERT_FILE: /etc/ssl/certs/ca-certificates.crt", "SAMPLE_TOKEN_FILE: <path>", "<path>", "placeholder-left"},
	{"package", "uses: abuild/build@v1", "uses: abuild/bump@v1\n          with:\n            provides: sample=1.3.9-r0", "1.3.9-r0", "version-drift"},
	{"package", "1.4.2-r0-alpine3.23", "1.4.2-r1-alpine3.23", "1.4.2-r1-alpine3.23", "semver-vars-vs-tags"},
	{"package", "sample/aports.git#0123456789abcdef0123456789abcdef01234567", "sample/sample.git#v1.4.1", "1.4.1", "version-in-url-drift"},
}

// TestSeeds plants the mistakes one at a time.
func TestSeeds(t *testing.T) {
	onLine, onSpan, spans := 0, 0, 0
	for _, s := range seeds {
		data, err := os.ReadFile(filepath.Join("rulestest", "base", s.base+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		good := string(data)
		at := strings.Index(good, s.from)
		if at < 0 {
			t.Errorf("%s has no %q", s.base, s.from)
			continue
		}
		bad := good[:at] + s.to + good[at+len(s.from):]
		txt := text.New(bad)
		res := analysis.Analyze(context.Background(), "app.yaml", txt, analysis.Options{Today: "2026-06-01"})
		first, last := txt.LineOf(at), txt.LineOf(at+len(s.to))
		found, line, span := false, false, false
		for _, d := range res.Diagnostics {
			if d.Code != s.rule {
				continue
			}
			found = true
			l := txt.LineOf(d.Range.Start)
			line = line || first <= l && l <= last || s.to == "" || s.rule == "user-gid-undefined" || s.rule == "missing-field" && l >= first-1
			span = span || s.span != "" && txt.Slice(d.Range) == s.span
		}
		if !found {
			t.Errorf("%s: %q for %q: no %s, but %v", s.base, s.to, s.from, s.rule, codes(res))
			continue
		}
		if line {
			onLine++
		} else {
			t.Errorf("%s: %q for %q: %s is on another line: %v", s.base, s.to, s.from, s.rule, codes(res))
		}
		if s.span != "" {
			spans++
			if span {
				onSpan++
			} else {
				t.Errorf("%s: %q: %s does not cover %q exactly", s.base, s.to, s.rule, s.span)
			}
		}
	}
	t.Logf("%d seeds: %d on the line; of %d with one exact span %d on it", len(seeds), onLine, spans, onSpan)
}

func codes(r *analysis.Result) []string {
	var out []string
	for _, d := range r.Diagnostics {
		h := r.Document.Text.Human(d.Range.Start)
		out = append(out, d.Code+" "+strings.TrimSpace(r.Document.Text.Line(h.Line-1)))
	}
	return out
}
