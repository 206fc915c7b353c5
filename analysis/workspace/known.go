package workspace

import (
	"slices"
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

// Packages are the entries without a version that all definitions of the image
// for the distribution, variant and flavor have, but for that of one path, with
// a ! before what is excluded. Of a single definition nothing follows.
func (v View) Packages(image string, dist definition.Dist, variant, flavor, except string) []string {
	count, all := map[string]int{}, 0
	var order []string
	for _, r := range v.Image(image) {
		if r.Dist != dist || r.Variant.Value != variant || r.Flavor.Value != flavor || r.Path == except {
			continue
		}
		all++
		seen := map[string]bool{}
		for i := range r.Packages {
			p := &r.Packages[i]
			entry := p.Name
			if p.Exclude {
				entry = "!" + entry
			}
			if p.Stage != "" || p.Operator != "" || !p.Exact || seen[entry] {
				continue
			}
			seen[entry] = true
			if count[entry]++; count[entry] == 1 {
				order = append(order, entry)
			}
		}
	}
	if all < 2 {
		return nil
	}
	return slices.DeleteFunc(order, func(entry string) bool { return count[entry] < all })
}

func withoutRelease(version string) string {
	if i := strings.LastIndexByte(version, '-'); i > 0 {
		return version[:i]
	}
	return version
}
