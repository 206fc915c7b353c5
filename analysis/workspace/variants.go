package workspace

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// Variants are the definitions of the same image and release line, r among
// them, by path: runtime, dev and flavors, in all distributions. Outside of a
// catalog they are those of the folder.
func (v View) Variants(r *facts.Record) []*facts.Record {
	if r.ImageName() == "" {
		return nil
	}
	var out []*facts.Record
	for _, o := range v.Image(r.ImageName()) {
		if o.Kind == r.Kind && line(o) == line(r) {
			out = append(out, o)
		}
	}
	return out
}

// line is what the catalog names the file after: 1.29 of 1.29-compat-dev.yaml.
func line(r *facts.Record) string {
	base := path.Base(r.Path)
	base = strings.TrimSuffix(strings.TrimSuffix(base, path.Ext(base)), "-dev")
	if flavor := r.Flavor.Value; flavor != "" {
		base = strings.TrimSuffix(base, "-"+flavor)
	}
	return base
}
