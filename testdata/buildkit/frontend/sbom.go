package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// packageList is where the build leaves the definition's package entries for
// the generator to find.
const packageList = "/var/lib/dhi-test/packages"

type predicate struct {
	PredicateType string `json:"predicateType"`
	Predicate     any    `json:"predicate"`
}

type spdxPackage struct {
	Name             string        `json:"name"`
	SPDXID           string        `json:"SPDXID"`
	VersionInfo      string        `json:"versionInfo"`
	LicenseConcluded string        `json:"licenseConcluded"`
	DownloadLocation string        `json:"downloadLocation"`
	ExternalRefs     []externalRef `json:"externalRefs"`
}

type externalRef struct {
	Category string `json:"referenceCategory"`
	Type     string `json:"referenceType"`
	Locator  string `json:"referenceLocator"`
}

// writeSBOM follows BuildKit's generator protocol: one in-toto statement in
// the destination directory for the scanned root file system.
func writeSBOM(source, destination string) error {
	listed, err := os.ReadFile(filepath.Join(source, packageList))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	pkgs := []spdxPackage{}
	for _, entry := range strings.Fields(string(listed)) {
		name, version, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "!") {
			continue
		}
		pkgs = append(pkgs, spdxPackage{
			Name: name, VersionInfo: version, SPDXID: "SPDXRef-" + name, LicenseConcluded: "MIT", DownloadLocation: "NOASSERTION",
			ExternalRefs: []externalRef{{"PACKAGE-MANAGER", "purl", "pkg:generic/" + name + "@" + version}},
		})
	}
	doc := map[string]any{
		"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "stand-in",
		"documentNamespace": "https://example.invalid/stand-in", "packages": pkgs,
	}
	out, err := json.Marshal(predicate{"https://spdx.dev/Document", doc})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(destination, "sbom.spdx.json"), out, 0o600)
}
