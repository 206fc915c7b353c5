// Package links knows where the things that a definition names are found:
// pages of packages, images and repositories, and files beside it.
package links

import (
	"net/url"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/package-url/packageurl-go"
)

// registries make the address of a package's page. %N is namespace/name (or
// the name alone), %S the namespace, %n the name, %V the version; the first
// address of which all parts are known counts.
var registries = map[string][]string{
	"apk":         {"https://pkgs.alpinelinux.org/packages?name=%n"},
	"cargo":       {"https://crates.io/crates/%n/%V", "https://crates.io/crates/%n"},
	"cocoapods":   {"https://cocoapods.org/pods/%n"},
	"composer":    {"https://packagist.org/packages/%S/%n#%V", "https://packagist.org/packages/%S/%n"},
	"conan":       {"https://conan.io/center/recipes/%n?version=%V", "https://conan.io/center/recipes/%n"},
	"cran":        {"https://cran.r-project.org/package=%n"},
	"deb":         {"https://tracker.debian.org/pkg/%n"},
	"docker":      {"https://hub.docker.com/r/%S/%n", "https://hub.docker.com/_/%n"},
	"gem":         {"https://rubygems.org/gems/%n/versions/%V", "https://rubygems.org/gems/%n"},
	"cpan":        {"https://metacpan.org/release/%S/%n-%V", "https://metacpan.org/dist/%n"},
	"bitbucket":   {"https://bitbucket.org/%S/%n/src/%V", "https://bitbucket.org/%S/%n"},
	"github":      {"https://github.com/%S/%n/tree/%V", "https://github.com/%S/%n"},
	"gitlab":      {"https://gitlab.com/%S/%n/-/tree/%V", "https://gitlab.com/%S/%n"},
	"golang":      {"https://pkg.go.dev/%N@%V", "https://pkg.go.dev/%N"},
	"hackage":     {"https://hackage.haskell.org/package/%n-%V", "https://hackage.haskell.org/package/%n"},
	"hex":         {"https://hex.pm/packages/%n/%V", "https://hex.pm/packages/%n"},
	"huggingface": {"https://huggingface.co/%N/tree/%V", "https://huggingface.co/%N"},
	"maven":       {"https://central.sonatype.com/artifact/%S/%n/%V", "https://central.sonatype.com/artifact/%S/%n"},
	"npm":         {"https://www.npmjs.com/package/%N/v/%V", "https://www.npmjs.com/package/%N"},
	"nuget":       {"https://www.nuget.org/packages/%n/%V", "https://www.nuget.org/packages/%n"},
	"pub":         {"https://pub.dev/packages/%n/versions/%V", "https://pub.dev/packages/%n"},
	"pypi":        {"https://pypi.org/project/%n/%V/", "https://pypi.org/project/%n/"},
}

// Purl is the page of the package that a package URL names; false for types
// without a registry of pages, and for what is no package URL.
func Purl(purl string) (string, bool) {
	p, err := packageurl.FromString(purl)
	if err != nil || p.Name == "" {
		return "", false
	}
	if p.Type == "deb" && p.Namespace != "" && p.Namespace != "debian" {
		return "", false
	}
	if p.Type == "apk" && p.Namespace != "alpine" {
		return "", false
	}
	full := escape(p.Name)
	if p.Namespace != "" {
		full = escape(p.Namespace) + "/" + full
	}
	for _, form := range registries[p.Type] {
		if strings.Contains(form, "%V") && p.Version == "" || strings.Contains(form, "%S") && p.Namespace == "" {
			continue
		}
		return strings.NewReplacer("%N", full, "%S", escape(p.Namespace), "%n", escape(p.Name), "%V", escape(p.Version)).Replace(form), true
	}
	return "", false
}

// escape keeps slashes and the @ of npm scopes.
func escape(s string) string {
	parts := strings.Split(s, "/")
	for i := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(parts[i]), "%40", "@")
	}
	return strings.Join(parts, "/")
}

// Catalog is the page of a hardened image, for references such as
// dhi.io/redis:8 and dhi/redis:8.
func Catalog(reference string) (string, bool) {
	ref := entry.ParseReference(reference)
	name, ok := ref.DHIName()
	if !ok || name == "" || len(ref.Problems) > 0 || ref.Whole || strings.Contains(name, "${") {
		return "", false
	}
	if name == "build" || strings.HasPrefix(name, "pkg-") || strings.HasPrefix(name, "build-") {
		return "", false // the builder and its packages have no page
	}
	return "https://hub.docker.com/hardened-images/catalog/dhi/" + name, true
}

// trees are the hosts that show a ref of a repository, with what stands
// between the repository and the ref.
var trees = map[string]string{
	"github.com": "/tree/", "gitlab.com": "/-/tree/", "codeberg.org": "/src/commit/", "bitbucket.org": "/src/",
	"salsa.debian.org": "/-/tree/", "gitlab.alpinelinux.org": "/-/tree/", "gitlab.freedesktop.org": "/-/tree/", "gitlab.gnome.org": "/-/tree/",
}

// URL is the page of an http or https address, or of the repository and ref
// behind git+https.
func URL(address string) (string, bool) {
	git := strings.HasPrefix(address, "git+http")
	u, err := url.Parse(strings.TrimPrefix(address, "git+"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.ContainsAny(address, " \t\n{}$") {
		return "", false
	}
	if !git {
		return u.String(), true
	}
	ref := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	page := strings.TrimSuffix(u.String(), "/")
	tree, known := trees[u.Hostname()]
	if known {
		page = strings.TrimSuffix(page, ".git")
	}
	if !known || ref == "" {
		return page, true
	}
	if u.Hostname() == "codeberg.org" && !isCommit(ref) {
		return page, true // tags and branches have other addresses there
	}
	return page + tree + escape(ref), true
}

func isCommit(ref string) bool {
	return len(ref) == 40 && strings.Trim(ref, "0123456789abcdef") == ""
}
