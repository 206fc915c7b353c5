package schema

import (
	"slices"
	"strings"
)

// Repository is a family of package repositories that is known by the
// beginning of its URL, with the keys that its packages are verified with.
type Repository struct {
	// Prefix is the beginning of the URL without its scheme, ending at a slash
	// or at the end of the URL.
	Prefix string
	// Family says whose packages it has.
	Family Family
	// Title names the repository for people.
	Title string
	// Keyring are the keys to list beside it; empty where the build frontend
	// trusts the repository already. The word {url} stands for the URL of the
	// repository, without a slash at the end.
	Keyring []string
	// SignedBy is the file that deb lines name in signed-by; the name is free,
	// this one is customary. "" for Alpine and where none is needed.
	SignedBy string
	// Example is an entry as definitions write it.
	Example string
}

// keyrings is where deb lines look for keys by convention.
const keyrings = "/usr/share/keyrings/"

// repositories come from the public catalog (August 2026): each pairing of
// repository and key occurs there in one scope.
var repositories = []Repository{
	{Prefix: "dhi.io/apk/alpine/", Family: Alpine, Title: "Hardened packages for Alpine", Keyring: []string{"https://dhi.io/keyring/dhi-apk@docker-0F81AD7700D99184.rsa.pub"}, Example: "https://dhi.io/apk/alpine/v3.23/main"},
	{Prefix: "dl-cdn.alpinelinux.org/alpine/", Family: Alpine, Title: "Alpine Linux", Example: "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"},
	{Prefix: "nginx.org/packages/alpine/", Family: Alpine, Title: "nginx stable for Alpine", Keyring: []string{"https://nginx.org/keys/nginx_signing.rsa.pub"}, Example: "http://nginx.org/packages/alpine/v3.23/main"},
	{Prefix: "nginx.org/packages/mainline/alpine/", Family: Alpine, Title: "nginx mainline for Alpine", Keyring: []string{"https://nginx.org/keys/nginx_signing.rsa.pub"}, Example: "http://nginx.org/packages/mainline/alpine/v3.23/main"},
	{Prefix: "dhi.io/deb/debian/main", Family: Debian, Title: "Hardened packages for Debian", Keyring: []string{"https://dhi.io/keyring/dhi-deb-gpg.D46852F6925E9F71.key"}, SignedBy: keyrings + "dhi-deb-main.gpg", Example: "deb [signed-by=/usr/share/keyrings/dhi-deb-main.gpg] http://dhi.io/deb/debian/main trixie main"},
	{Prefix: "dhi.io/deb/debian/security", Family: Debian, Title: "Hardened packages for Debian, security", Keyring: []string{"https://dhi.io/keyring/dhi-deb-sec-gpg.D46852F6925E9F71.key"}, SignedBy: keyrings + "dhi-deb-security.gpg", Example: "deb [signed-by=/usr/share/keyrings/dhi-deb-security.gpg] http://dhi.io/deb/debian/security trixie main"},
	{Prefix: "deb.debian.org/debian", Family: Debian, Title: "Debian", Example: "deb http://deb.debian.org/debian trixie-backports main"},
	{Prefix: "deb.debian.org/debian-security", Family: Debian, Title: "Debian security", Example: "deb http://deb.debian.org/debian-security trixie-security main"},
	{Prefix: "security.debian.org/debian-security", Family: Debian, Title: "Debian security", Example: "deb http://security.debian.org/debian-security trixie-security main"},
	{Prefix: "nginx.org/packages/debian", Family: Debian, Title: "nginx stable for Debian", Keyring: []string{"https://nginx.org/keys/nginx_signing.key"}, SignedBy: keyrings + "nginx-archive-keyring.gpg", Example: "deb [signed-by=/usr/share/keyrings/nginx-archive-keyring.gpg] https://nginx.org/packages/debian bookworm nginx"},
	{Prefix: "nginx.org/packages/mainline/debian", Family: Debian, Title: "nginx mainline for Debian", Keyring: []string{"https://nginx.org/keys/nginx_signing.key"}, SignedBy: keyrings + "nginx-archive-keyring.gpg", Example: "deb [signed-by=/usr/share/keyrings/nginx-archive-keyring.gpg] https://nginx.org/packages/mainline/debian bookworm nginx"},
	{Prefix: "packages.redis.io/deb", Family: Debian, Title: "Redis", Keyring: []string{"https://packages.redis.io/gpg"}, SignedBy: keyrings + "redis-archive-keyring.gpg", Example: "deb [signed-by=/usr/share/keyrings/redis-archive-keyring.gpg] https://packages.redis.io/deb trixie main"},
	{Prefix: "cli.github.com/packages", Family: Debian, Title: "GitHub CLI", Keyring: []string{"https://cli.github.com/packages/githubcli-archive-keyring.gpg"}, SignedBy: keyrings + "githubcli-archive-keyring.gpg", Example: "deb [signed-by=/usr/share/keyrings/githubcli-archive-keyring.gpg] https://cli.github.com/packages stable main"},
	{Prefix: "packages.microsoft.com/debian/13/prod", Family: Debian, Title: "Microsoft for Debian 13", Keyring: []string{"https://packages.microsoft.com/keys/microsoft-2025.asc"}, SignedBy: keyrings + "microsoft-signing-key.gpg", Example: "deb [signed-by=/usr/share/keyrings/microsoft-signing-key.gpg] https://packages.microsoft.com/debian/13/prod trixie main"},
	{Prefix: "apt.llvm.org/", Family: Debian, Title: "LLVM", Keyring: []string{"https://apt.llvm.org/llvm-snapshot.gpg.key"}, SignedBy: keyrings + "apt.llvm.org.gpg", Example: "deb [signed-by=/usr/share/keyrings/apt.llvm.org.gpg] http://apt.llvm.org/trixie/ llvm-toolchain-trixie-21 main"},
	{Prefix: "repos.azul.com/", Family: Debian, Title: "Azul Zulu and Zing", Keyring: []string{"https://repos.azul.com/azul-repo.key"}, SignedBy: keyrings + "azul.gpg", Example: "deb [signed-by=/usr/share/keyrings/azul.gpg] https://repos.azul.com/zulu/deb stable main"},
	{Prefix: "developer.download.nvidia.com/compute/cuda/repos/debian13/", Family: Debian, Title: "NVIDIA CUDA for Debian 13", Keyring: []string{"{url}/8793F200.pub"}, SignedBy: keyrings + "8793F200.gpg", Example: "deb [signed-by=/usr/share/keyrings/8793F200.gpg] https://developer.download.nvidia.com/compute/cuda/repos/debian13/x86_64/ /"},
	{Prefix: "packages.clickhouse.com/deb", Family: Debian, Title: "ClickHouse", Keyring: []string{"https://keyserver.ubuntu.com/pks/lookup?op=get&search=0x3a9ea1193a97b548be1457d48919f6bd2b48d754"}, SignedBy: keyrings + "clickhouse-keyring.gpg", Example: "deb [signed-by=/usr/share/keyrings/clickhouse-keyring.gpg] https://packages.clickhouse.com/deb stable main"},
}

// Repositories returns the known repositories, those of Alpine first.
func Repositories() []Repository { return slices.Clone(repositories) }

// LookupRepository finds what is known of the repository at a URL (of a deb
// line: its URL alone). The longest prefix wins.
func LookupRepository(url string) (Repository, bool) {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return Repository{}, false
	}
	var best Repository
	for _, r := range repositories {
		if hasURLPrefix(rest, r.Prefix) && len(r.Prefix) > len(best.Prefix) {
			best = r
		}
	}
	return best, best.Prefix != ""
}

// hasURLPrefix says whether a URL lies at or below a prefix.
func hasURLPrefix(url, prefix string) bool {
	rest, ok := strings.CutPrefix(url, prefix)
	return ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(prefix, "/"))
}

// Keys returns the keys to list beside the repository at a URL; empty where
// none is needed.
func (r Repository) Keys(url string) []string {
	keys := slices.Clone(r.Keyring)
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(key, "{url}", strings.TrimSuffix(url, "/"))
	}
	return keys
}

// KeyURLs returns every key of the known repositories that has a fixed URL,
// without repetition.
func KeyURLs() []string {
	var out []string
	for _, r := range repositories {
		for _, key := range r.Keyring {
			if !strings.Contains(key, "{url}") && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}
