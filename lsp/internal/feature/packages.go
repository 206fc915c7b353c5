package feature

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// resolution is what a scope of a definition installs on a platform.
type resolution struct {
	packages.Resolution
	platform string
	entries  []string
	// from is the place in the scope's packages of each entry.
	from []int
}

// resolve works the packages of a scope out. It is false where the index
// cannot tell, or an entry cannot be read.
func resolve(s *session.Snapshot, doc *definition.Document, c *definition.Contents, platform string) (*resolution, bool) {
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
	return &resolution{source.Resolve(scope, platform, entries), platform, entries, from}, true
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

// megabytes is a size for people, in units of 1000.
func megabytes(n int64) string {
	switch {
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1_000_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

func countPackages(n int) string {
	if n == 1 {
		return "1 package"
	}
	return fmt.Sprintf("%d packages", n)
}
