package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
)

// TestInstalledCommands: the first item of entrypoint may be a command of any
// package that the image installs, of those needed too.
func TestInstalledCommands(t *testing.T) {
	source, err := indexedtest.Open(t.TempDir(), indexed.Options{}, indexedtest.DebianBase("trixie",
		indexedtest.Package{Name: "redis-server", Version: "8.0", Depends: "redis-tools", Commands: "/usr/bin/redis-server"},
		indexedtest.Package{Name: "redis-tools", Version: "8.0", Commands: "/usr/bin/redis-cli"},
		indexedtest.Package{Name: "other", Version: "1", Commands: "/usr/bin/redis-other"},
	)...)
	if err != nil {
		t.Fatal(err)
	}
	with := func(r *Request) { r.Packages = source }
	for typed, want := range map[string][]string{
		"redis-":       {"redis-server", "redis-cli"},
		"/usr/bin/red": {"/usr/bin/redis-server", "/usr/bin/redis-cli"},
	} {
		_, list := at(t, "contents:\n  packages:\n    - redis-server\nentrypoint:\n  - "+typed+"^\n", with)
		got := labels(list)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: %q lacks %s", typed, got, w)
			}
		}
		if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "other") }) {
			t.Errorf("%s: %q holds what is not installed", typed, got)
		}
	}
}
