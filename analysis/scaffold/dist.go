package scaffold

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// codenames of Debian's releases.
var codenames = map[string]string{"12": "bookworm", "13": "trixie"}

// dists are the distributions that there is a frontend for, newest first.
var dists = []definition.Dist{
	{Family: "alpine", Release: "3.24"}, {Family: "alpine", Release: "3.23"}, {Family: "alpine", Release: "3.22"},
	{Family: "debian", Release: "13"}, {Family: "debian", Release: "12"},
}

// Distributions are the names of the distributions that definitions can be
// made for.
func Distributions() []string {
	var list []string
	for _, d := range dists {
		list = append(list, d.String())
	}
	return list
}

// ParseDist reads a name of Distributions, with or without the dash.
func ParseDist(s string) (definition.Dist, error) {
	for _, d := range dists {
		if s == d.String() || s == d.Tag() {
			return d, nil
		}
	}
	return definition.Dist{}, fmt.Errorf("unknown distribution %q: use one of %s", s, strings.Join(Distributions(), ", "))
}

const (
	apkKey = "https://dhi.io/keyring/dhi-apk@docker-0F81AD7700D99184.rsa.pub"
	debKey = "https://dhi.io/keyring/dhi-deb-gpg.D46852F6925E9F71.key"
)

// repositories are those of hardened packages and of the distribution. Debian's
// own archive is the frontend's default.
func repositories(d definition.Dist) (repos, keyring []string) {
	if d.Family == "alpine" {
		return []string{
			"https://dhi.io/apk/alpine/v" + d.Release + "/main",
			"https://dl-cdn.alpinelinux.org/alpine/v" + d.Release + "/main",
			"https://dl-cdn.alpinelinux.org/alpine/v" + d.Release + "/community",
		}, []string{apkKey}
	}
	return []string{"deb [signed-by=/usr/share/keyrings/dhi-deb-main.gpg] http://dhi.io/deb/debian/main " + codenames[d.Release] + " main"}, []string{debKey}
}

// basePackages make an image of the distribution; dev adds a shell and the
// package manager, and keeps Debian's other awks and init library out, as the
// catalog's dev images do.
func basePackages(d definition.Dist, dev bool) []string {
	alpine, debian := []string{"alpine-baselayout-data", "ca-certificates-bundle"}, []string{"base-files", "ca-certificates"}
	if dev {
		alpine = append(alpine, "apk-tools", "busybox")
		debian = append(debian, "!gawk", "!libelogind0", "!original-awk", "apt", "bash", "coreutils", "diffutils", "dpkg", "findutils", "grep", "libc-bin", "mawk", "perl-base", "sed", "util-linux")
	}
	if d.Family == "alpine" {
		return alpine
	}
	return debian
}

// osRelease is the os-release of the distribution.
func osRelease(d definition.Dist) *yaml.Node {
	pretty := "Docker Hardened Images/Alpine Linux v" + d.Release
	name := "Docker Hardened Images (Alpine)"
	if d.Family == "debian" {
		name = "Docker Hardened Images (Debian)"
		pretty = "Docker Hardened Images/Debian GNU/Linux " + d.Release + " (" + codenames[d.Release] + ")"
	}
	m := mapping("name", str(name), "id", str(d.Family), "version-id", str(d.Release))
	if c := codenames[d.Release]; d.Family == "debian" {
		put(m, "version-codename", str(c))
	}
	put(m, "pretty-name", str(pretty))
	put(m, "home-url", str("https://docker.com/products/hardened-images/"))
	put(m, "bug-report-url", str("https://docker.com/support/"))
	return m
}

// suffixes are what tags of the distribution end in: Debian 13 is the default
// and needs none.
func suffixes(d definition.Dist) []string {
	if d.Family == "debian" && d.Release == "13" {
		return []string{"", "-debian", "-debian13"}
	}
	return []string{"-" + d.Tag()}
}

// tags are those of a version, from the floating one to the exact one.
func tags(version string, d definition.Dist, flavor, variant string) []string {
	tail := ""
	if flavor != "" {
		tail = "-" + flavor
	}
	if variant == "dev" {
		tail += "-dev"
	}
	var versions, list []string
	n := strings.Split(version, ".")
	for i := range n {
		versions = append(versions, strings.Join(n[:i+1], "."))
	}
	for i, s := range suffixes(d) {
		for _, v := range versions {
			if i == 0 {
				list = append(list, v+s+tail)
			}
		}
	}
	if rest := suffixes(d)[1:]; len(rest) > 0 {
		for _, v := range versions {
			for _, s := range rest {
				list = append(list, v+s+tail)
			}
		}
	}
	return slices.Compact(list)
}
