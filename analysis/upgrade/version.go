package upgrade

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/version"
)

var (
	apkRelease = regexp.MustCompile(`-r[0-9]+$`)
	debRelease = regexp.MustCompile(`-[^-]+$`)
	epoch      = regexp.MustCompile(`^[0-9]+:`)
	// tagVersion is the version that opens a tag: 3.4.9 of 3.4.9-debian13-dev.
	tagVersion = regexp.MustCompile(`^v?[0-9][0-9A-Za-z.]*(?:-r[0-9]+)?`)
	dotted     = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)*`)
)

// splitRelease takes the release off a package's version: 1.2.3 and r0 of
// 1.2.3-r0, 1.2.3 and 1 of 1:1.2.3-1.
func splitRelease(v string) (upstream, release string) {
	v = epoch.ReplaceAllString(v, "")
	for _, re := range []*regexp.Regexp{apkRelease, debRelease} {
		if at := re.FindStringIndex(v); at != nil && at[0] > 0 {
			return v[:at[0]], v[at[0]+1:]
		}
	}
	return v, ""
}

// parts are the version's first components: 1 and 1.2 of 1.2.3.
func parts(v string) (major, majorMinor string) {
	n := strings.Split(dotted.FindString(strings.TrimPrefix(v, "v")), ".")
	if n[0] == "" {
		return "", ""
	}
	if len(n) < 2 {
		return n[0], ""
	}
	return n[0], n[0] + "." + n[1]
}

func dots(v string) int { return strings.Count(v, ".") }

// Lower reports whether a is a lower version than b to the family's package
// manager.
func Lower(family, a, b string) bool {
	if family == "alpine" && version.ValidAlpine(a) && version.ValidAlpine(b) {
		return version.CompareAlpine(a, b) < 0
	}
	if version.ValidDebian(a) != nil || version.ValidDebian(b) != nil {
		return false
	}
	return version.CompareDebian(a, b) < 0
}

// find returns the offsets at which old stands in s as a version of its own:
// 1.2.3 in v1.2.3, app-1.2.3.tar.gz and 1.2.3-dev, not in 11.2.3 or 1.2.3.4.
func find(s, old string) []int {
	var list []int
	for from := 0; ; {
		i := strings.Index(s[from:], old)
		if i < 0 || old == "" {
			return list
		}
		i += from
		if opens(s, i, old) && closes(s, i+len(old), old) {
			list = append(list, i)
		}
		from = i + len(old)
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// opens says that a version may begin at i. Behind a digit and an underscore
// one with dots may: z3_4.13.3.
func opens(s string, i int, old string) bool {
	if i == 0 {
		return true
	}
	c := s[i-1]
	joins := c == '.' || c == '_' && !strings.Contains(old, ".")
	return !isDigit(c) && !(joins && i > 1 && isDigit(s[i-2]))
}

// closes says that the version may end before i.
func closes(s string, i int, old string) bool {
	if i >= len(s) {
		return true
	}
	if isDigit(s[i]) {
		return false
	}
	if s[i] == '.' || s[i] == '_' && strings.Contains(old, "_") {
		return i+1 >= len(s) || !isDigit(s[i+1])
	}
	return true
}

// words are the parts of a name that tell it from others: golang of
// GOLANG_VERSION and golang-1.26-oci-config.
func words(name string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	}) {
		if !common[w] && !isDigit(w[0]) {
			set[w] = true
		}
	}
	return set
}

// common are words of names that tell nothing.
var common = map[string]bool{
	"version": true, "reference": true, "ref": true, "digest": true, "dev": true, "image": true, "chart": true,
	"pkg": true, "dhi": true, "io": true, "semver": true, "major": true, "minor": true, "rel": true,
	"sha": true, "commit": true, "oci": true, "config": true, "full": true, "release": true, "lib": true, "bin": true,
}

func shareWord(a, b string) bool {
	set := words(a)
	for w := range words(b) {
		if set[w] {
			return true
		}
	}
	return false
}
