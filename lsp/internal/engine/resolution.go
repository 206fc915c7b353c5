package engine

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// Resolution is what a scope of a definition installs on a platform.
type Resolution struct {
	packages.Resolution
	Platform string
	Entries  []string
	// From is the place in the scope's packages of each entry.
	From []int
}

// Resolve works the packages of a scope out. It is false where the index
// cannot tell, or an entry cannot be read.
func Resolve(s *session.Snapshot, doc *definition.Document, c *definition.Contents, platform string) (*Resolution, bool) {
	source, ok := s.Services.Packages.(packages.Index)
	if !ok {
		return nil, false
	}
	scope, ok := packages.ScopeOf(doc, c, "")
	if !ok || len(c.Packages) == 0 {
		return nil, false
	}
	if platform == "" {
		platform = scope.Platforms[0]
	}
	if !usable(source.Status(scope), platform) {
		return nil, false
	}
	entries, from, whole := packages.Entries(doc, c, platform)
	if !whole || len(entries) == 0 {
		return nil, false
	}
	return &Resolution{source.Resolve(scope, platform, entries), platform, entries, from}, true
}

// usable says that every index of a platform is there, though perhaps old.
func usable(list []packages.SourceStatus, platform string) bool {
	some := false
	for _, st := range list {
		if st.Platform != "" && st.Platform != platform {
			continue
		}
		some = true
		if st.State != packages.Known && st.State != packages.Stale {
			return false
		}
	}
	return some
}
