package workspace

import (
	"iter"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// lookup is a way to find records by name.
type lookup uint8

const (
	byImage lookup = iota
	byFolder
	byProduct
	byReference
	byDisplayName
	byPackage
	// The following have no lists of records, but are questions all the same.
	byPin
	allImages
	allRecords
)

// keysOf are the names by which a lookup finds a record; one may come twice.
type keysOf func(*facts.Record) iter.Seq[string]

// lookups are the ways to find records, each with the names it finds them by.
var lookups = [...]keysOf{
	byImage: func(r *facts.Record) iter.Seq[string] {
		if !r.Kind.IsDefinition() {
			return one("")
		}
		return one(r.ImageName())
	},
	byFolder:      func(r *facts.Record) iter.Seq[string] { return one(folder(r)) },
	byProduct:     productNames,
	byReference:   referenceNames,
	byDisplayName: func(r *facts.Record) iter.Seq[string] { return one(strings.ToLower(r.DisplayName.Value)) },
	byPackage:     packageNames,
}

// one is a name alone, none where it is empty.
func one(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if name != "" {
			yield(name)
		}
	}
}

func productNames(r *facts.Record) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range r.Products {
			if name := r.Products[i].Name; name != "" && !yield(name) {
				return
			}
		}
	}
}

// referenceNames are the hardened images that a definition refers to.
func referenceNames(r *facts.Record) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range r.References {
			if ref := &r.References[i]; ref.DHI && ref.Image != "" && !yield(ref.Image) {
				return
			}
		}
	}
}

// packageNames are the packages that a definition installs.
func packageNames(r *facts.Record) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range r.Packages {
			if p := &r.Packages[i]; !p.Exclude && !yield(p.Name) {
				return
			}
		}
	}
}
