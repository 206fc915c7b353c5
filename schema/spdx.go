package schema

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// License is one identifier of the SPDX License List.
type License struct {
	// ID is the identifier in its canonical spelling.
	ID string
	// Name is the full name, as the list (version 3.28, CC0-1.0) has it.
	Name string
	// Deprecated says that the list advises against the identifier.
	Deprecated bool
	// Replacement is the expression to use instead of a deprecated identifier;
	// "" if there is none. For the GNU licences it is the narrow reading
	// (-only): whether later versions are meant only the author knows.
	Replacement string
}

// licenseTable holds the list by identifier in lower case, since identifiers
// are compared without regard to case.
type licenseTable struct {
	licenses   []License
	byID       map[string]License
	exceptions []string
	byName     map[string]string
}

// licenseNameList has a line for each identifier: the identifier, a tab and
// the full name.
//
//go:embed spdx_names.txt
var licenseNameList string

var licenseList = sync.OnceValue(func() licenseTable {
	t := licenseTable{byID: map[string]License{}, byName: map[string]string{}}
	names := map[string]string{}
	for l := range strings.Lines(licenseNameList) {
		id, name, _ := strings.Cut(strings.TrimSuffix(l, "\n"), "\t")
		names[id] = name
	}
	for _, id := range strings.Fields(licenseIDs) {
		t.licenses = append(t.licenses, License{ID: id, Name: names[id]})
	}
	for id, replacement := range deprecatedLicenses {
		t.licenses = append(t.licenses, License{ID: id, Name: names[id], Deprecated: true, Replacement: replacement})
	}
	slices.SortFunc(t.licenses, func(a, b License) int {
		return strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID))
	})
	for _, l := range t.licenses {
		t.byID[strings.ToLower(l.ID)] = l
	}
	t.exceptions = strings.Fields(licenseExceptionIDs)
	for _, id := range t.exceptions {
		t.byName[strings.ToLower(id)] = id
	}
	return t
})

// Licenses returns the identifiers of the SPDX License List, deprecated ones
// included, sorted without regard to case.
func Licenses() []License { return slices.Clone(licenseList().licenses) }

// LookupLicense finds an identifier, in any case. Custom identifiers
// (LicenseRef-…) are not on the list.
func LookupLicense(id string) (License, bool) {
	l, ok := licenseList().byID[strings.ToLower(id)]
	return l, ok
}

// LicenseExceptions returns the identifiers that may follow WITH, sorted
// without regard to case.
func LicenseExceptions() []string { return slices.Clone(licenseList().exceptions) }

// LookupLicenseException finds the identifier of an exception, in any case,
// and returns its canonical spelling.
func LookupLicenseException(id string) (string, bool) {
	canonical, ok := licenseList().byName[strings.ToLower(id)]
	return canonical, ok
}

// licenseNames maps names that people write instead of identifiers, squeezed
// to lower-case letters and digits. Names that leave the version open (BSD,
// GPL) are not here: they have no one meaning.
var licenseNames = map[string]string{
	"agplv3":              "AGPL-3.0-only",
	"apache2":             "Apache-2.0",
	"apache20":            "Apache-2.0",
	"apachelicense20":     "Apache-2.0",
	"apachelicensev2":     "Apache-2.0",
	"apachev2":            "Apache-2.0",
	"asl20":               "Apache-2.0",
	"boostsoftware":       "BSL-1.0",
	"bsd2":                "BSD-2-Clause",
	"bsd2clause":          "BSD-2-Clause",
	"bsd3":                "BSD-3-Clause",
	"bsd3clause":          "BSD-3-Clause",
	"businesssource11":    "BUSL-1.1",
	"cc0":                 "CC0-1.0",
	"elasticlicense20":    "Elastic-2.0",
	"elasticlicensev2":    "Elastic-2.0",
	"elv2":                "Elastic-2.0",
	"gpl1":                "GPL-1.0-only",
	"gpl2":                "GPL-2.0-only",
	"gpl3":                "GPL-3.0-only",
	"gplv2":               "GPL-2.0-only",
	"gplv3":               "GPL-3.0-only",
	"iscl":                "ISC",
	"lgplv21":             "LGPL-2.1-only",
	"lgplv3":              "LGPL-3.0-only",
	"mitlicense":          "MIT",
	"mozilla20":           "MPL-2.0",
	"mplv2":               "MPL-2.0",
	"mpl2":                "MPL-2.0",
	"postgresqllicense":   "PostgreSQL",
	"psf":                 "PSF-2.0",
	"pythonsoftware":      "PSF-2.0",
	"serversidepublic":    "SSPL-1.0",
	"sspl":                "SSPL-1.0",
	"themitlicense":       "MIT",
	"universalpermissive": "UPL-1.0",
	"upl10":               "UPL-1.0",
	"zliblicense":         "Zlib",
}

// SuggestLicense finds the identifier that somebody most likely meant: one
// that differs in case or separators only, a customary other name, or the
// nearest one. Deprecated identifiers are not suggested.
func SuggestLicense(word string) (string, bool) {
	if id, ok := licenseNames[squeeze(word)]; ok {
		return id, true
	}
	var current []string
	for _, l := range licenseList().licenses {
		if !l.Deprecated {
			current = append(current, l.ID)
		}
	}
	return Suggest(word, current)
}
