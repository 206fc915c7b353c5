package definition

import (
	"strings"
)

// Kind is what a document defines.
type Kind uint8

const (
	// NotOurs is any other YAML; it gets silence.
	NotOurs Kind = iota
	// Image is an image definition.
	Image
	// Package is the definition of packages built from source.
	Package
	// Chart is the definition of a Helm chart.
	Chart
	// Info is the info.yaml beside an image's or a chart's definitions.
	Info
)

func (k Kind) String() string {
	return [...]string{"none", "image", "package", "chart", "info"}[k]
}

// IsDefinition tells definitions from info files and other YAML.
func (k Kind) IsDefinition() bool { return k == Image || k == Package || k == Chart }

// Dist is a distribution and its release: alpine 3.23, debian 13.
type Dist struct {
	Family, Release string
}

// Known reports whether the distribution is known.
func (d Dist) Known() bool { return d.Family != "" && d.Release != "" }

// String is the name that directories and tags use: alpine-3.23.
func (d Dist) String() string {
	if d.Release == "" {
		return d.Family
	}
	return d.Family + "-" + d.Release
}

// Tag is the name that tags use: alpine3.23, debian13.
func (d Dist) Tag() string { return d.Family + d.Release }

// Place is where a file stands in a catalog layout; the zero Place is outside
// of one.
type Place struct {
	// Root is the path of the catalog's root, "" for the current directory.
	Root string
	// Section is image, chart or package.
	Section string
	// Format is apk or deb for package/apk/… and package/deb/….
	Format string
	// Name is the directory of the image, chart or package.
	Name string
	// Dist is the distribution directory.
	Dist Dist
	// File is the file name without .yaml.
	File string
	// Info says that the file is an info.yaml.
	Info bool
}

// InCatalog reports whether the file stands in a catalog layout.
func (p Place) InCatalog() bool { return p.Section != "" }

// Dir is the directory of the definition relative to the root.
func (p Place) Dir() string { return p.Section + "/" + p.Name }

// PlaceOf reads the place from a path with forward slashes.
func PlaceOf(path string) Place {
	segs := strings.Split(strings.TrimPrefix(path, "./"), "/")
	file, ok := cutYAML(segs[len(segs)-1])
	if !ok {
		return Place{}
	}
	// at is the segment so many places before the file.
	at := func(n int) string {
		if i := len(segs) - 1 - n; i >= 0 {
			return segs[i]
		}
		return ""
	}
	root := func(n int) string { return strings.Join(segs[:len(segs)-1-n], "/") }
	if file == "info" && (at(2) == "image" || at(2) == "chart") && at(1) != "" {
		return Place{Root: root(2), Section: at(2), Name: at(1), File: file, Info: true}
	}
	if at(3) == "chart" && at(1) == "helm" {
		return Place{Root: root(3), Section: "chart", Name: at(2), File: file}
	}
	dist, ok := parseDist(at(1))
	if !ok {
		return Place{}
	}
	p := Place{Name: at(2), Dist: dist, File: file}
	isFormat := func(s string) bool { return s == "apk" || s == "deb" }
	switch {
	case at(3) == "image":
		p.Section, p.Root = "image", root(3)
	case at(3) == "package":
		p.Section, p.Root = "package", root(3)
	case at(4) == "package" && (at(3) == "main" || isFormat(at(3))):
		p.Section, p.Root = "package", root(4)
	case at(5) == "package" && at(3) == "main" && isFormat(at(4)):
		p.Section, p.Root = "package", root(5)
	default:
		return Place{}
	}
	if p.Section == "package" {
		for _, s := range []string{at(3), at(4)} {
			if isFormat(s) {
				p.Format = s
			}
		}
	}
	return p
}

func cutYAML(name string) (base string, ok bool) {
	for _, ext := range []string{".yaml", ".yml"} {
		if base, ok = strings.CutSuffix(name, ext); ok && base != "" {
			return base, true
		}
	}
	return "", false
}

// parseDist reads alpine-3.23, debian-13, and the bare families of old
// layouts.
func parseDist(s string) (Dist, bool) {
	family, release, dash := strings.Cut(s, "-")
	if family != "alpine" && family != "debian" || dash && release == "" {
		return Dist{}, false
	}
	for i := range len(release) {
		if c := release[i]; (c < '0' || c > '9') && (c != '.' || i == 0) {
			return Dist{}, false
		}
	}
	return Dist{family, release}, true
}
