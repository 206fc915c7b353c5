package schema

import (
	"slices"
	"strings"
)

// Family is a group of distributions that share a package manager.
type Family string

const (
	// Alpine distributions use apk packages.
	Alpine Family = "alpine"
	// Debian distributions use deb packages.
	Debian Family = "debian"
)

// Distribution is a release of a distribution that images are built from,
// with what definitions say about it.
type Distribution struct {
	// Family is also the `id` in os-release.
	Family Family
	// Release is the `version-id` in os-release: 3.23, 13.
	Release string
	// Codename is the `version-codename` in os-release, "" for Alpine.
	Codename string
	// Directory is the name of the folder in a catalog: alpine-3.23, debian-13.
	Directory string
	// Directive is the tag of the build frontend without its major version:
	// alpine3.23, debian13. Tags of images end in it too.
	Directive string
	// Name and PrettyName are what the public catalog writes in os-release.
	Name, PrettyName string
	// Repositories are the entries that definitions list for the
	// distribution's own packages; empty for Debian, whose archive the build
	// frontend brings along.
	Repositories []string
	// HardenedRepository is the entry for the hardened packages of the
	// release, "" if there is none in the public catalog.
	HardenedRepository string
	// Frontend says that there is a build frontend for the release.
	Frontend bool
	// Default says that tags without a distribution mean this one.
	Default bool
}

// HomeURL and BugReportURL are what every os-release of the public catalog
// says.
const (
	HomeURL      = "https://docker.com/products/hardened-images/"
	BugReportURL = "https://docker.com/support/"
)

// distributions are those of the build guide and the public catalog (August
// 2026), newest first in each family.
var distributions = []Distribution{
	alpine("3.24", true), alpine("3.23", true), alpine("3.22", true), alpine("3.21", false),
	debian("13", "trixie", true), debian("12", "bookworm", false),
}

func alpine(release string, frontend bool) Distribution {
	d := Distribution{
		Family:     Alpine,
		Release:    release,
		Directory:  "alpine-" + release,
		Directive:  "alpine" + release,
		Name:       "Docker Hardened Images (Alpine)",
		PrettyName: "Docker Hardened Images/Alpine Linux v" + release,
		Frontend:   frontend,
	}
	for _, branch := range []string{"main", "community"} {
		d.Repositories = append(d.Repositories, "https://dl-cdn.alpinelinux.org/alpine/v"+release+"/"+branch)
	}
	if release == "3.23" || release == "3.24" {
		d.HardenedRepository = "https://dhi.io/apk/alpine/v" + release + "/main"
	}
	return d
}

func debian(release, codename string, current bool) Distribution {
	d := Distribution{
		Family:     Debian,
		Release:    release,
		Codename:   codename,
		Directory:  "debian-" + release,
		Directive:  "debian" + release,
		Name:       "Docker Hardened Images (Debian)",
		PrettyName: "Docker Hardened Images/Debian GNU/Linux " + release + " (" + codename + ")",
		Frontend:   true,
		Default:    current,
	}
	if current {
		d.HardenedRepository = "deb [signed-by=/usr/share/keyrings/dhi-deb-main.gpg] http://dhi.io/deb/debian/main " + codename + " main"
	}
	return d
}

// Distributions returns the known releases, newest first in each family.
func Distributions() []Distribution { return slices.Clone(distributions) }

// LookupDistribution finds a release by family and release number.
func LookupDistribution(family Family, release string) (Distribution, bool) {
	return findDistribution(func(d Distribution) bool { return d.Family == family && d.Release == release })
}

// DistributionOfDirectory finds a release by its catalog folder, such as
// debian-13.
func DistributionOfDirectory(name string) (Distribution, bool) {
	return findDistribution(func(d Distribution) bool { return d.Directory == name })
}

// DistributionOfDirective finds a release by the part of the frontend's tag
// behind its major version: alpine3.23, debian13. A suffix -dev is ignored.
func DistributionOfDirective(name string) (Distribution, bool) {
	name = strings.TrimSuffix(name, "-dev")
	return findDistribution(func(d Distribution) bool { return d.Directive == name })
}

// DistributionOfCodename finds a Debian release by its codename.
func DistributionOfCodename(codename string) (Distribution, bool) {
	return findDistribution(func(d Distribution) bool { return codename != "" && d.Codename == codename })
}

func findDistribution(match func(Distribution) bool) (Distribution, bool) {
	for _, d := range distributions {
		if match(d) {
			return d, true
		}
	}
	return Distribution{}, false
}

// Frontends of definitions. Charts have one of their own, which belongs to no
// distribution.
const (
	// FrontendImage is the build frontend without its tag.
	FrontendImage = "dhi.io/build"
	// FrontendMajor is its current major version.
	FrontendMajor = "2"
	// ChartDirective is the tag of the chart frontend without the major
	// version.
	ChartDirective = "helm3"
)

// Directives returns the syntax directives in use, as they stand behind
// `# syntax=`: newest releases first, the one of charts last.
func Directives() []string {
	var out []string
	for _, d := range distributions {
		if d.Frontend {
			out = append(out, FrontendImage+":"+FrontendMajor+"-"+d.Directive)
		}
	}
	return append(out, FrontendImage+":"+FrontendMajor+"-"+ChartDirective)
}
