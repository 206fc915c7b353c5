package upgrades

import (
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// Newest is the newest version of a package that every platform offers, where
// the index knows.
func Newest(source packages.Source, scope packages.Scope, name string) (string, bool) {
	var common []string
	for i, platform := range scope.Platforms {
		answer := source.Lookup(scope, platform, name)
		if answer.State != packages.Known && answer.State != packages.Stale {
			return "", false
		}
		var versions []string
		for _, c := range answer.Candidates {
			if c.Name == name && (i == 0 || slices.Contains(common, c.Version)) {
				versions = append(versions, c.Version)
			}
		}
		common = versions
	}
	if len(common) == 0 {
		return "", false
	}
	return common[0], true
}

// Newer is a version that a pinned package can be taken to: the newest of the
// index, or where that has none the one that a definition of the workspace
// builds.
func Newer(s *session.Snapshot, d *session.Document, doc *definition.Document, c *definition.Contents, p *definition.PackageEntry) (string, bool) {
	if !p.Set() || !p.Pinned() || p.HasTemplate {
		return "", false
	}
	if source := s.Services.Packages; source != nil {
		if scope, ok := packages.ScopeOf(doc, c, ""); ok {
			version, ok := Newest(source, scope, p.FullName())
			if ok {
				return version, source.Compare(scope.Family, version, p.Version) > 0
			}
		}
	}
	view, _, ok := engine.View(s, d)
	if !ok {
		return "", false
	}
	version, ok := view.Version(p.FullName(), p.Version, doc.Dist())
	return version, ok && version != p.Version && upgrade.Lower(doc.Dist().Family, p.Version, version)
}

// NewerOf is Newer for the target of an upgrade: the package of that name
// wherever it is pinned.
func NewerOf(s *session.Snapshot, d *session.Document, doc *definition.Document, target string) (string, bool) {
	if doc.Def == nil {
		return "", false
	}
	for _, c := range doc.Def.Scopes() {
		for i := range c.Packages {
			if p := &c.Packages[i]; p.Set() && p.FullName() == target {
				if version, ok := Newer(s, d, doc, c, p); ok {
					return version, true
				}
			}
		}
	}
	return "", false
}
