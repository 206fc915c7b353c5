package scaffold

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// PathOf is where the definition that [Derive] makes belongs, as the catalog
// names its files: 1-compat-dev.yaml beside 1.yaml, and in the folder of the
// other distribution. Outside of a catalog, where no folder is named after the
// distribution, the file's name says it.
func PathOf(doc *definition.Document, v Variation) string {
	dir, file := path.Split(doc.Path)
	extension := path.Ext(file)
	base, dev := strings.CutSuffix(strings.TrimSuffix(file, extension), "-dev")
	from, to := doc.Dist(), doc.Dist()
	if other, err := ParseDist(v.Dist); err == nil && other != from {
		to = other
	}
	if to != from {
		if up, last := path.Split(strings.TrimSuffix(dir, "/")); last == from.String() {
			dir = up + to.String() + "/"
		} else {
			base = strings.Replace(base, "-"+from.Tag(), "", 1) + "-" + to.Tag()
		}
	}
	if v.Flavor != "" && v.Flavor != doc.Def.Flavor.Value() {
		base += "-" + v.Flavor
	}
	if dev || v.Variant == "dev" {
		base += "-dev"
	}
	return dir + base + extension
}
