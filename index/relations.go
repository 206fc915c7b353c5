package index

import (
	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// relationsOf reads the names that the store turns around.
func relationsOf(family Family, arch string) store.Relations {
	if family == Alpine {
		return alpineRelations
	}
	return func(p *record.Package) (provides, installIf []string) {
		if p.Provides == "" {
			return nil, nil
		}
		groups, _ := deb.ParseRelations(p.Provides, arch)
		for _, g := range groups {
			provides = append(provides, g[0].Name)
		}
		return provides, nil
	}
}

func alpineRelations(p *record.Package) (provides, installIf []string) {
	for _, d := range alpineNames(p.Provides) {
		provides = append(provides, d.Name)
	}
	for _, d := range alpineNames(p.InstallIf) {
		if !d.Conflict {
			installIf = append(installIf, d.Name)
		}
	}
	return provides, installIf
}

func alpineNames(field string) []apk.Dependency {
	if field == "" {
		return nil
	}
	list, _ := apk.ParseDependencies(field)
	return list
}
