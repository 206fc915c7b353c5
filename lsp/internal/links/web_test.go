package links

import "testing"

func TestPurl(t *testing.T) {
	for purl, want := range map[string]string{
		"pkg:golang/example.com/a/b@v1.2.3":     "https://pkg.go.dev/example.com/a/b@v1.2.3",
		"pkg:npm/%40scope/name@1.0.0":           "https://www.npmjs.com/package/@scope/name/v/1.0.0",
		"pkg:npm/name":                          "https://www.npmjs.com/package/name",
		"pkg:pypi/some-thing@2":                 "https://pypi.org/project/some-thing/2/",
		"pkg:maven/org.example/lib@1?type=jar":  "https://central.sonatype.com/artifact/org.example/lib/1",
		"pkg:maven/lib":                         "",
		"pkg:github/owner/repo@v1":              "https://github.com/owner/repo/tree/v1",
		"pkg:deb/debian/curl@8?arch=amd64":      "https://tracker.debian.org/pkg/curl",
		"pkg:deb/ubuntu/curl@8":                 "",
		"pkg:generic/thing@1":                   "",
		"pkg:docker/library/alpine@3":           "https://hub.docker.com/r/library/alpine",
		"pkg:":                                  "",
		"nothing":                               "",
		"pkg:gem/a b@1":                         "https://rubygems.org/gems/a%20b/versions/1",
		"pkg:composer/vendor/name@1.0#sub/path": "https://packagist.org/packages/vendor/name#1.0",
	} {
		got, ok := Purl(purl)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", purl, got, ok)
		}
	}
}

func TestURL(t *testing.T) {
	const commit = "4f2a9d6b7c1e8035a4d9be07f6123c58e90ab7d4"
	for address, want := range map[string]string{
		"https://example.com/a?b=c#d":                   "https://example.com/a?b=c#d",
		"git+https://github.com/owner/repo.git#v1.2":    "https://github.com/owner/repo/tree/v1.2",
		"git+https://github.com/owner/repo.git":         "https://github.com/owner/repo",
		"git+https://gitlab.com/group/sub/repo#main":    "https://gitlab.com/group/sub/repo/-/tree/main",
		"git+https://git.example.com/repo.git#v1":       "https://git.example.com/repo.git",
		"git+https://codeberg.org/owner/repo#" + commit: "https://codeberg.org/owner/repo/src/commit/" + commit,
		"git+https://codeberg.org/owner/repo#v1":        "https://codeberg.org/owner/repo",
		"https://":                                      "", "ftp://example.com/a": "", "file:///etc/passwd": "", "javascript:alert(1)": "", "https://example.com/${X}": "",
		"plain text": "", "": "",
	} {
		got, ok := URL(address)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", address, got, ok)
		}
	}
}

func TestCatalog(t *testing.T) {
	for ref, want := range map[string]string{
		"dhi.io/redis:8-debian13":   "https://hub.docker.com/hardened-images/catalog/dhi/redis",
		"dhi/redis:8@sha256:" + "a": "",
		"dhi/redis:8":               "https://hub.docker.com/hardened-images/catalog/dhi/redis",
		"dhi.io/pkg-redis:8":        "",
		"dhi.io/build:2-debian13":   "",
		"docker.io/library/redis":   "",
		"${IMAGE}":                  "",
		"dhi.io/${NAME}:1":          "",
		"":                          "",
	} {
		got, ok := Catalog(ref)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", ref, got, ok)
		}
	}
}
