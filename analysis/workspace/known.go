package workspace

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// Digest is the digest by which most files of the root pull the tag of a
// hardened image; false where none does. Of digests that as many files use it
// is the one of the first file.
func (v View) Digest(image, tag string) (string, bool) {
	count := map[string]int{}
	best := ""
	for _, p := range v.Pins(image, tag) {
		count[p.Digest]++
	}
	for _, p := range v.Pins(image, tag) {
		if count[p.Digest] > count[best] {
			best = p.Digest
		}
	}
	return best, best != ""
}

// Version is the version that a package pinned to another has in the
// distribution, as far as definitions build it: the only one, or of several
// the one of the same upstream version.
func (v View) Version(pkg, pinned string, dist definition.Dist) (string, bool) {
	var all, same []string
	for _, r := range v.Producers(pkg) {
		if r.Dist != dist {
			continue
		}
		for i := range r.Products {
			p := &r.Products[i]
			if p.Name != pkg || p.Version == "" {
				continue
			}
			all = append(all, p.Version)
			if withoutRelease(p.Version) == withoutRelease(pinned) {
				same = append(same, p.Version)
			}
		}
	}
	switch {
	case len(same) == 1:
		return same[0], true
	case len(all) == 1:
		return all[0], true
	}
	return "", false
}

func withoutRelease(version string) string {
	if i := strings.LastIndexByte(version, '-'); i > 0 {
		return version[:i]
	}
	return version
}
