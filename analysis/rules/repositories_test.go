package rules_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/rules/rulestest"
)

const (
	alpineMain  = "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"
	hardened    = "https://dhi.io/apk/alpine/v3.23/main"
	hardenedKey = "https://dhi.io/keyring/dhi-apk@docker-0F81AD7700D99184.rsa.pub"
	redisLine   = "deb [signed-by=/usr/share/keyrings/redis.gpg] https://packages.redis.io/deb trixie main"
	redisKey    = "https://packages.redis.io/gpg"
)

// list writes a list behind a key at the indent of the members of contents.
func list(key string, items ...string) string {
	if len(items) == 0 {
		return ""
	}
	return "  " + key + ":\n    - " + strings.Join(items, "\n    - ") + "\n"
}

func alpineContents(lists ...string) string {
	return "contents:\n" + strings.Join(lists, "") + list("packages", "alpine-baselayout-data", "ca-certificates-bundle")
}

func debianContents(lists ...string) string {
	return "contents:\n" + strings.Join(lists, "") + list("packages", "base-files", "ca-certificates")
}

func TestRepositoryForm(t *testing.T) {
	checkEdges(t, "repository-malformed", []edgeCase{
		{name: "a variable alone", Example: rulestest.Example{Fragment: "vars:\n  MIRROR: x\n" + alpineContents(list("repositories", "${MIRROR}/main"))}},
		{name: "deb line in a chart", Example: rulestest.Example{Base: "chart"}},
		{name: "stage in another image", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain)) +
			"  builds:\n    - name: a\n      uses: dhi/golang:1\n      contents:\n        repositories:\n          - deb DEBIAN_ARCHIVE trixie main\n      pipeline: []\n"}},
		{name: "an option that apt may know", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [signed-by=/a.gpg colour=red] https://example.com/d trixie main"), list("keyring", redisKey))},
			want: []string{"3:29: warning: colour is no option of a deb line; apt knows allow-downgrade-to-insecure, allow-insecure, allow-weak, arch, by-hash, check-date, check-valid-until, date-max-future, exclude, include, inrelease-path, lang, pdiffs, signed-by, snapshot, target, trusted, valid-until-max, valid-until-min"}},
		{name: "quoted", Example: rulestest.Example{Fragment: alpineContents(list("repositories", `"dl-cdn.alpinelinux.org/alpine/v3.23/main"`))},
			want:  []string{"3:8: error: dl-cdn.alpinelinux.org/alpine/v3.23/main is no URL: expected https://host/path"},
			fixed: alpineContents(list("repositories", `"`+alpineMain+`"`))},
		{name: "directive and os-release disagree", Example: rulestest.Example{Fragment: "# syntax=dhi.io/build:2-debian13\n\n" + debianContents(list("repositories", "deb DEBIAN_ARCHIVE trixie main"))}},
	})
	checkEdges(t, "repository-duplicate", []edgeCase{
		{name: "in two scopes", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + alpineMain + "\n      pipeline: []\n"}},
		{name: "slash at the end", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain, alpineMain+"/"))},
			want:  []string{"4:7: warning: the repository is listed twice"},
			fixed: alpineContents(list("repositories", alpineMain))},
		{name: "three times", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain, alpineMain, alpineMain))},
			want: []string{"4:7: warning: the repository is listed twice", "5:7: warning: the repository is listed twice"}},
	})
}

func TestRepositoryTrust(t *testing.T) {
	checkEdges(t, "repository-http", []edgeCase{
		{name: "hardened packages", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [signed-by=/a.gpg] http://dhi.io/deb/debian/main trixie main"), list("keyring", redisKey))}},
		{name: "without a key", Example: rulestest.Example{Fragment: alpineContents(list("repositories", "http://nginx.org/packages/alpine/v3.23/main"))},
			want:  []string{"3:7: warning: `http://nginx.org/packages/alpine/v3.23/main` is fetched without TLS"},
			fixed: alpineContents(list("repositories", "https://nginx.org/packages/alpine/v3.23/main"))},
		{name: "Alpine's own", Example: rulestest.Example{Fragment: alpineContents(list("repositories", "http://dl-cdn.alpinelinux.org/alpine/v3.23/main"))},
			want: []string{"3:7: info: `http://dl-cdn.alpinelinux.org/alpine/v3.23/main` is fetched without TLS"}},
		{name: "trusted", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [trusted=yes] http://example.com/deb trixie main"))},
			want: []string{"3:25: warning: `http://example.com/deb` is fetched without TLS"}},
		{name: "from a variable", Example: rulestest.Example{Base: "debian", Fragment: "vars:\n  URL: http://example.com/deb\n" + debianContents(list("repositories", "deb [signed-by=/a.gpg] ${URL} trixie main"), list("keyring", redisKey))},
			want: []string{"5:7: info: `http://example.com/deb` is fetched without TLS"}},
	})
	checkEdges(t, "repository-no-signed-by", []edgeCase{
		{name: "Debian's own", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb DEBIAN_ARCHIVE trixie-backports main", "deb http://deb.debian.org/debian trixie main", "deb https://mirror.example.com/debian trixie main"))}},
		{name: "unverified is told otherwise", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [trusted=yes] https://example.com/d trixie main"))}},
		{name: "Alpine has none", Example: rulestest.Example{Fragment: alpineContents(list("repositories", hardened), list("keyring", hardenedKey))}},
	})
	checkEdges(t, "repository-unverified", []edgeCase{
		{name: "switched on, so to speak", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [trusted=no] https://example.com/d trixie main"))}},
		{name: "upper case", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [Allow-Insecure=Yes] https://example.com/d trixie main"))},
			want: []string{"3:12: warning: `Allow-Insecure=Yes` makes apt install packages that nobody signed"}},
	})
}

func TestRepositoryRelease(t *testing.T) {
	bridge := strings.ReplaceAll(hardened, "3.23", "3.22")
	checkEdges(t, "repository-wrong-release", []edgeCase{
		{name: "bridge to the release before", Example: rulestest.Example{Fragment: alpineContents(list("repositories", bridge, alpineMain), list("keyring", hardenedKey))}},
		{name: "hardened packages of another release alone", Example: rulestest.Example{Fragment: alpineContents(list("repositories", bridge), list("keyring", hardenedKey))},
			want:  []string{"3:33: warning: the repository is of Alpine 3.22, but the definition is for Alpine 3.23"},
			fixed: alpineContents(list("repositories", hardened), list("keyring", hardenedKey))},
		{name: "version of something else", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain, "https://example.com/api/v1.2/apk"), list("keyring", hardenedKey))}},
		{name: "directory wins", Example: rulestest.Example{Path: "image/sample/alpine-3.24/1.yaml", Fragment: alpineContents(list("repositories", alpineMain))},
			want: []string{"3:45: warning: the repository is of Alpine 3.23, but the definition is for Alpine 3.24"}},
		{name: "from a variable", Example: rulestest.Example{Fragment: "vars:\n  RELEASE: \"3.22\"\n" + alpineContents(list("repositories", strings.Replace(alpineMain, "3.23", "${RELEASE}", 1)))},
			want: []string{"5:7: warning: the repository is of Alpine 3.22, but the definition is for Alpine 3.23"}},
		{name: "stage in another image", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain)) +
			"  builds:\n    - name: a\n      uses: dhi/maven:3-alpine3.22\n      contents:\n        repositories:\n          - " + strings.Replace(alpineMain, "3.23", "3.22", 1) + "\n      pipeline: []\n"}},
		{name: "edge is told otherwise", Example: rulestest.Example{Fragment: alpineContents(list("repositories", strings.Replace(alpineMain, "v3.23", "edge", 1)))}},
	})
	checkEdges(t, "repository-edge", []edgeCase{
		{name: "another edge", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain, "https://example.com/edge/apk"), list("keyring", hardenedKey))}},
	})
	checkEdges(t, "repository-wrong-suite", []edgeCase{
		{name: "vendor that has one release", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", strings.Replace(redisLine, "trixie", "bookworm", 1)), list("keyring", redisKey))},
			want:  []string{"3:83: info: the suite is of Debian 12 (bookworm), but the definition is for Debian 13 (trixie)"},
			fixed: debianContents(list("repositories", redisLine), list("keyring", redisKey))},
		{name: "names of the vendor", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", strings.Replace(redisLine, "trixie", "stable", 1), strings.Replace(redisLine, "trixie", "any-version", 1)), list("keyring", redisKey))}},
		{name: "flat", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", strings.Replace(redisLine, "trixie main", "/", 1)), list("keyring", redisKey))}},
		{name: "backports", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb DEBIAN_ARCHIVE trixie-backports main"))}},
		{name: "unstable", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb DEBIAN_ARCHIVE sid main"))},
			want: []string{"3:26: warning: the suite is of Debian sid, but the definition is for Debian 13 (trixie)"}},
		{name: "a variable that is not known", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb DEBIAN_ARCHIVE ${SUITE} main"))}},
	})
	checkEdges(t, "repository-order", []edgeCase{
		{name: "outside of a catalog", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain, hardened), list("keyring", hardenedKey))}},
		{name: "told once per scope", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: alpineContents(list("repositories", alpineMain, hardened, strings.Replace(hardened, "3.23", "3.22", 1)), list("keyring", hardenedKey))},
			want: []string{"4:7: info: the repository of hardened packages stands behind Alpine's own: list it first"}},
		{name: "each scope for itself", Example: rulestest.Example{Profile: analysis.ProfileCatalog, Fragment: alpineContents(list("repositories", hardened, alpineMain), list("keyring", hardenedKey)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + hardened + "\n          - " + alpineMain + "\n      pipeline: []\n"}},
	})
	checkEdges(t, "alpine-no-repositories", []edgeCase{
		{name: "Debian has its archive", Example: rulestest.Example{Base: "debian", Fragment: debianContents()}},
		{name: "stage that inherits", Example: rulestest.Example{Base: "package"}},
		{name: "nothing installed", Example: rulestest.Example{Fragment: "contents:\n  packages:\n    - '!busybox'\n"}},
		{name: "stage alone installs", Example: rulestest.Example{Fragment: "contents:\n  builds:\n    - name: a\n      contents:\n        packages:\n          - bash\n      pipeline: []\n"},
			want: []string{"5:9: error: `contents` installs Alpine packages but lists no repository, and Alpine has none by default"}},
		{name: "empty list", Example: rulestest.Example{Fragment: "contents:\n  repositories: []\n  packages:\n    - musl\n"},
			want: []string{"2:3: error: `contents` installs Alpine packages but lists no repository, and Alpine has none by default"}},
		{name: "stage in another image", Example: rulestest.Example{Fragment: "contents:\n  builds:\n    - name: a\n      uses: dhi/golang:1\n      contents:\n        packages:\n          - bash\n      pipeline: []\n"}},
		{name: "half typed", Example: rulestest.Example{Fragment: "contents:\n  repositories:\n    -\n  packages:\n    - musl\n"}},
	})
}

func TestKeyring(t *testing.T) {
	checkEdges(t, "keyring-missing", []edgeCase{
		{name: "stage inherits", Example: rulestest.Example{Fragment: alpineContents(list("repositories", hardened, alpineMain), list("keyring", hardenedKey)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + hardened + "\n      pipeline: []\n"}},
		{name: "only the stage needs one", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + hardened + "\n          - " + hardened + "/x\n      pipeline: []\n"},
			want: []string{"11:13: warning: `" + hardened + "` is signed with a key of its own, but no `keyring` lists one"},
			fixed: alpineContents(list("repositories", alpineMain)) +
				"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + hardened + "\n          - " + hardened + "/x\n        keyring:\n          - " + hardenedKey + "\n      pipeline: []\n"},
		{name: "mirrors", Example: rulestest.Example{Fragment: alpineContents(list("repositories", "https://mirror.example.com/alpine/v3.23/main", "https://mirror.example.com/pub/alpine/v3.23/community"))}},
		{name: "Debian's mirrors", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb https://mirror.example.com/debian trixie main", "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://example.com/x trixie main"))}},
		{name: "host that is not known", Example: rulestest.Example{Fragment: alpineContents(list("repositories", "https://${HOST}/alpine/v3.23/x"))}},
		{name: "nothing is verified", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [trusted=yes] https://example.com/d trixie main"))}},
	})
	checkEdges(t, "keyring-duplicate", []edgeCase{
		{name: "in two scopes", Example: rulestest.Example{Fragment: alpineContents(list("repositories", hardened), list("keyring", hardenedKey)) +
			"  builds:\n    - name: a\n      contents:\n        keyring:\n          - " + hardenedKey + "\n      pipeline: []\n"}},
		{name: "removed", Example: rulestest.Example{Fragment: alpineContents(list("repositories", hardened), list("keyring", hardenedKey, hardenedKey))},
			want:  []string{"6:7: warning: the key is listed twice"},
			fixed: alpineContents(list("repositories", hardened), list("keyring", hardenedKey))},
	})
	checkEdges(t, "keyring-http", []edgeCase{
		{name: "fixed", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", redisLine), list("keyring", "'http://packages.redis.io/gpg'"))},
			want:  []string{"5:7: warning: the key is fetched without TLS: whoever changes it on its way can sign packages"},
			fixed: debianContents(list("repositories", redisLine), list("keyring", "'https://packages.redis.io/gpg'"))},
	})
	checkEdges(t, "keyring-without-repositories", []edgeCase{
		{name: "for a stage that inherits the key", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("keyring", redisKey)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + redisLine + "\n      pipeline: []\n"}},
		{name: "empty", Example: rulestest.Example{Base: "debian", Fragment: debianContents("  keyring: []\n")}},
	})
	checkEdges(t, "keyring-without-thirdparty-repo", []edgeCase{
		{name: "key of the archive", Example: rulestest.Example{Base: "debian", Fragment: debianContents(list("repositories", "deb [signed-by=/usr/share/keyrings/archive-key-13.asc] DEBIAN_ARCHIVE trixie-backports main"), list("keyring", redisKey))}},
		{name: "a stage uses it", Example: rulestest.Example{Fragment: alpineContents(list("repositories", alpineMain), list("keyring", hardenedKey)) +
			"  builds:\n    - name: a\n      contents:\n        repositories:\n          - " + hardened + "\n      pipeline: []\n"}},
		{name: "a repository that is not known", Example: rulestest.Example{Fragment: alpineContents(list("repositories", "${MIRROR}/main"), list("keyring", hardenedKey))}},
	})
}
