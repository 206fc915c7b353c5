package definition

import (
	"regexp"
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

var (
	imagePlace   = regexp.MustCompile(`^(?:(.*)/)?image/([^/]+)/(alpine|debian)(?:-([0-9][0-9.]*))?/([^/]+)\.ya?ml$`)
	chartPlace   = regexp.MustCompile(`^(?:(.*)/)?chart/([^/]+)/helm/([^/]+)\.ya?ml$`)
	packagePlace = regexp.MustCompile(`^(?:(.*)/)?package/(?:(apk|deb)/)?(?:main/)?([^/]+)/(alpine|debian)(?:-([0-9][0-9.]*))?/([^/]+)\.ya?ml$`)
	infoPlace    = regexp.MustCompile(`^(?:(.*)/)?(image|chart)/([^/]+)/info\.ya?ml$`)
)

// PlaceOf reads the place from a path with forward slashes.
func PlaceOf(path string) Place {
	path = strings.TrimPrefix(path, "./")
	if m := imagePlace.FindStringSubmatch(path); m != nil {
		return Place{Root: m[1], Section: "image", Name: m[2], Dist: Dist{m[3], m[4]}, File: m[5]}
	}
	if m := packagePlace.FindStringSubmatch(path); m != nil {
		return Place{Root: m[1], Section: "package", Format: m[2], Name: m[3], Dist: Dist{m[4], m[5]}, File: m[6]}
	}
	if m := chartPlace.FindStringSubmatch(path); m != nil {
		return Place{Root: m[1], Section: "chart", Name: m[2], File: m[3]}
	}
	if m := infoPlace.FindStringSubmatch(path); m != nil {
		return Place{Root: m[1], Section: m[2], Name: m[3], File: "info", Info: true}
	}
	return Place{}
}
