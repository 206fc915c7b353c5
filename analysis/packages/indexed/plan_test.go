package indexed

import (
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
)

const dhiKey = "https://dhi.io/keyring/dhi.rsa.pub"

func TestPlanFor(t *testing.T) {
	both := []string{"linux/amd64", "linux/arm64"}
	plan := PlanFor([]packages.Scope{
		{Family: "alpine", Release: "3.23", Platforms: both, Repositories: []string{"https://dhi.io/apk/alpine/v3.23/main", "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"}, Keyring: []string{dhiKey}},
		{Family: "alpine", Release: "3.23", Platforms: both[:1], Repositories: []string{"https://dl-cdn.alpinelinux.org/alpine/v3.23/main/", "ftp://example.org/x"}},
		{Family: "debian", Release: "13", Platforms: both, Keyring: []string{"https://example.org/other.key"}},
	})
	seen := map[string]int{}
	for _, s := range plan.Sources() {
		seen[s.String()]++
	}
	if len(seen) != 2*2+3*2 {
		t.Errorf("sources: %v", seen)
	}
	for s, n := range seen {
		if n != 1 {
			t.Errorf("%s is fetched %d times", s, n)
		}
	}
	for _, j := range plan.Jobs {
		builtin := j.Repositories[0].Builtin
		if builtin && len(j.Keyring) > 0 {
			t.Errorf("the distribution's own archive is given foreign keys: %v", j.Keyring)
		}
	}
	if len(plan.Problems) != 1 || plan.Problems[0].Line != "ftp://example.org/x" {
		t.Errorf("problems: %v", plan.Problems)
	}
}

func TestConsent(t *testing.T) {
	plan := PlanFor([]packages.Scope{{
		Family: "alpine", Release: "3.23", Platforms: []string{"linux/amd64"}, Keyring: []string{"https://keys.vendor.example/key.rsa.pub", dhiKey},
		Repositories: []string{"https://dl-cdn.alpinelinux.org/alpine/v3.23/main", "https://packages.vendor.example/alpine", "http://10.0.0.5/alpine"},
	}})
	workspace := &config.Config{Dir: "/w", Mirrors: map[string]string{"https://packages.vendor.example": "https://mirror.example.net"}, Index: config.Index{Hosts: []string{"packages.vendor.example"}, Keys: []string{"k.pub"}}}
	user := &config.Config{Dir: "/u", Mirrors: map[string]string{"https://packages.vendor.example": "http://10.0.0.9/m"}, Index: config.Index{Hosts: []string{"keys.vendor.example"}}}
	for _, c := range []struct {
		name    string
		consent Consent
		want    []string
	}{
		{"nothing", Consent{}, []string{"packages.vendor.example", "keys.vendor.example"}},
		{"asked", Consent{Asked: []string{"Keys.Vendor.example"}}, []string{"packages.vendor.example"}},
		{"flag", Consent{Hosts: []string{"packages.vendor.example"}}, []string{"keys.vendor.example"}},
		{"a workspace allows itself nothing", Consent{}.WithWorkspace(workspace), []string{"mirror.example.net", "keys.vendor.example"}},
		{"the user's mirror wins", Consent{}.WithWorkspace(workspace).WithUser(user), nil},
	} {
		if got := c.consent.Needed(plan); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := (Consent{}).WithWorkspace(workspace).Keys; !slices.Equal(got, []string{"/w/k.pub"}) {
		t.Errorf("keys: %v", got)
	}
}

func TestHardened(t *testing.T) {
	const hardened, upstream = "https://dhi.io/apk/alpine/v3.23/main", "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"
	cache, err := openCache(t)
	if err != nil {
		t.Fatal(err)
	}
	s := New(cache, Options{Catalog: NewCatalog(writeCatalog(t))})
	scope := packages.Scope{Family: "alpine", Release: "3.23", Platforms: []string{"linux/amd64"}, Repositories: []string{hardened}}
	a := s.Lookup(scope, "linux/amd64", "sample-mail")
	if a.State == packages.Known || len(a.Candidates) != 1 || !a.Candidates[0].Catalog || a.Candidates[0].Version != "1.4.2-r3" || a.Candidates[0].File == "" {
		t.Errorf("%v %+v", a.State, a.Candidates)
	}
	if found := s.Search(scope, "sample-mail", 10).Candidates; len(found) != 3 || found[0].Name != "sample-mail" {
		t.Errorf("search: %+v", found)
	}
	scope.Repositories = []string{upstream}
	if a := s.Lookup(scope, "linux/amd64", "sample-mail"); len(a.Candidates) != 0 {
		t.Errorf("the workspace answered for another repository: %+v", a.Candidates)
	}
	scope.Repositories, scope.Release = []string{hardened}, "3.24"
	if a := s.Lookup(scope, "linux/amd64", "sample-mail"); len(a.Candidates) != 0 {
		t.Errorf("the workspace answered for another release: %+v", a.Candidates)
	}
}

func openCache(t *testing.T) (*index.Cache, error) {
	t.Helper()
	return index.Open(t.TempDir())
}
