package indexed_test

import (
	"slices"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed/indexedtest"
)

const (
	alpineMain      = "https://dl-cdn.alpinelinux.org/alpine/v3.23/main"
	alpineCommunity = "https://dl-cdn.alpinelinux.org/alpine/v3.23/community"
	alpineNext      = "https://dl-cdn.alpinelinux.org/alpine/v3.24/main"
	hardenedAPK     = "https://dhi.io/apk/alpine/v3.23/main"
)

func alpineWorld(t *testing.T, o indexed.Options) *indexed.Source {
	t.Helper()
	s, err := indexedtest.Open(t.TempDir(), o,
		indexedtest.Repository{Family: "alpine", URL: alpineMain, Packages: []indexedtest.Package{
			{Name: "musl", Version: "1.2.5-r9", Provides: "so:libc.musl.so.1=1", Size: 100, Installed: 300},
			{Name: "busybox", Version: "1.37.0-r1", Depends: "so:libc.musl.so.1", Provides: "cmd:sh=1.37.0-r1 cmd:ls=1.37.0-r1", Size: 500, Installed: 900},
			{Name: "lib-extra", Version: "2.0-r0", Only: "x86_64"},
			{Name: "sample", Version: "1.9-r0", Depends: "busybox !old-sample", Description: "an example"},
			{Name: "sample", Version: "1.10-r0", Depends: "busybox"},
		}},
		indexedtest.Repository{Family: "alpine", URL: alpineCommunity, Packages: []indexedtest.Package{{Name: "sample", Version: "1.10-r0"}, {Name: "simple", Version: "3-r0"}}},
		indexedtest.Repository{Family: "alpine", URL: alpineNext, Packages: []indexedtest.Package{{Name: "newcomer", Version: "5-r0"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func versions(list []packages.Candidate) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Name+" "+c.Version+" "+c.Repository)
	}
	return out
}

func TestLookup(t *testing.T) {
	s := alpineWorld(t, indexed.Options{})
	scope := indexedtest.Scope("alpine", "3.23", alpineMain, alpineCommunity)
	a := s.Lookup(scope, "linux/amd64", "sample")
	want := []string{"sample 1.10-r0 " + alpineMain, "sample 1.10-r0 " + alpineCommunity, "sample 1.9-r0 " + alpineMain}
	if a.State != packages.Known || !slices.Equal(versions(a.Candidates), want) {
		t.Errorf("got %v %v, want %v", a.State, versions(a.Candidates), want)
	}
	last := a.Candidates[2]
	if !slices.Equal(last.Conflicts, []string{"!old-sample"}) || !slices.Equal(last.Depends, []string{"busybox"}) || last.Description != "an example" {
		t.Errorf("relations: %+v", last)
	}
	if a := s.Lookup(scope, "linux/arm64", "lib-extra"); len(a.Candidates) != 0 || a.State != packages.Known {
		t.Errorf("lib-extra for arm64: %+v", a)
	}
	if a := s.Lookup(scope, "linux/amd64", "lib-extra"); len(a.Candidates) != 1 || !slices.Equal(a.Candidates[0].Missing, []string{"linux/arm64"}) {
		t.Errorf("lib-extra for amd64: %+v", a.Candidates)
	}
	if a := s.Providers(scope, "linux/amd64", "cmd:sh"); len(a.Candidates) != 1 || a.Candidates[0].Name != "busybox" {
		t.Errorf("providers: %v", a.Candidates)
	}
}

func TestStates(t *testing.T) {
	now := time.Now()
	s := alpineWorld(t, indexed.Options{Now: func() time.Time { return now }})
	for _, c := range []struct {
		name  string
		scope packages.Scope
		want  packages.State
	}{
		{"cached", indexedtest.Scope("alpine", "3.23", alpineMain), packages.Known},
		{"never fetched", indexedtest.Scope("alpine", "3.23", alpineMain, hardenedAPK), packages.Absent},
		{"variable", indexedtest.Scope("alpine", "3.23", alpineMain, "https://example.org/${WHERE}/main"), packages.Absent},
		{"no repositories", indexedtest.Scope("alpine", "3.23"), packages.Absent},
		{"unknown release", indexedtest.Scope("debian", "99"), packages.Absent},
	} {
		a := s.Lookup(c.scope, "linux/amd64", "musl")
		if a.State != c.want || (a.State != packages.Known) != (a.Detail != "") {
			t.Errorf("%s: %v %q, want %v", c.name, a.State, a.Detail, c.want)
		}
	}
	scope := indexedtest.Scope("alpine", "3.23", alpineMain)
	if a := s.Lookup(scope, "linux/riscv64", "musl"); a.State != packages.Absent {
		t.Errorf("a platform that is not the definition's: %v", a.State)
	}
	now = now.Add(30 * 24 * time.Hour)
	if a := s.Lookup(scope, "linux/amd64", "musl"); a.State != packages.Stale || len(a.Candidates) != 1 {
		t.Errorf("a month later: %v", a)
	}
}

func TestSearch(t *testing.T) {
	s := alpineWorld(t, indexed.Options{})
	scope := indexedtest.Scope("alpine", "3.23", alpineMain, alpineCommunity)
	a := s.Search(scope, "s", 10)
	if got := versions(a.Candidates); len(got) < 2 || a.Candidates[0].Name != "sample" || a.Candidates[0].Version != "1.10-r0" || a.Candidates[1].Name != "simple" {
		t.Errorf("s: %v", got)
	}
	for _, found := range a.Candidates { // what a search leaves out stands in the same place of a look-up
		all := s.Lookup(scope, "", found.Name).Candidates
		i := slices.IndexFunc(all, func(c packages.Candidate) bool { return c.Version == found.Version })
		if i < 0 || all[i].Repository != found.Repository || all[i].Description != found.Description || all[i].Platform != found.Platform {
			t.Errorf("%+v was found, but looked up %+v", found, all)
		}
	}
	if a := s.Search(scope, "bbx", 10); len(a.Candidates) != 1 || a.Candidates[0].Name != "busybox" || a.Candidates[0].Score == 0 {
		t.Errorf("bbx: %+v", a.Candidates)
	}
	if a := s.Search(scope, "cmd:", 10); len(a.Candidates) != 2 || a.Candidates[0].Name != "cmd:ls" || a.Candidates[0].Origin != "busybox" {
		t.Errorf("cmd: %+v", a.Candidates)
	}
	if list := s.Similar(scope, "sampel", 3); len(list) == 0 || list[0].Name != "sample" {
		t.Errorf("similar: %v", list)
	}
	if list := s.Elsewhere(scope, "linux/amd64", "newcomer"); len(list) != 1 || list[0].Repository != alpineNext {
		t.Errorf("elsewhere: %v", list)
	}
	if list := s.Elsewhere(scope, "linux/amd64", "musl"); len(list) != 0 {
		t.Errorf("what the scope lists is not elsewhere: %v", list)
	}
}

func TestResolve(t *testing.T) {
	s := alpineWorld(t, indexed.Options{})
	scope := indexedtest.Scope("alpine", "3.23", alpineMain)
	r := s.Resolve(scope, "linux/amd64", []string{"sample"})
	names := map[string]packages.Installed{}
	for _, p := range r.Packages {
		names[p.Name] = p
	}
	if len(r.Problems) != 0 || len(names) != 3 || !names["sample"].Wanted || names["musl"].Wanted || names["musl"].NeededBy[0].By != "busybox" || r.InstalledSize < 1200 {
		t.Errorf("%+v", r)
	}
	if r := s.Resolve(scope, "linux/amd64", []string{"musl", "sample=7-r0"}); len(r.Problems) != 1 || r.Problems[0].Entry != 1 || r.Problems[0].Kind != packages.NoVersion {
		t.Errorf("%+v", r.Problems)
	}
}

func TestSatisfies(t *testing.T) {
	s := alpineWorld(t, indexed.Options{})
	for _, c := range []struct {
		family, have, op, want string
		ok                     bool
	}{
		{"alpine", "1.10-r0", "=", "1.10-r0", true},
		{"alpine", "1.10.2-r0", "~", "1.10", true},
		{"alpine", "1.9-r0", "~", "1.10", false},
		{"alpine", "1.9-r0", "", "", true},
		{"debian", "2:1.0-1", "=", "1.0-1", false},
		{"debian", "1.0~rc1-1", "<", "1.0-1", true},
		{"debian", "1.0-1", "==", "1.0-1", false},
	} {
		if got := s.Satisfies(c.family, c.have, c.op, c.want); got != c.ok {
			t.Errorf("%v: %v", c, got)
		}
	}
	if s.Compare("alpine", "1.9-r0", "1.10-r0") >= 0 {
		t.Error("1.9 is not below 1.10")
	}
}

func TestDebian(t *testing.T) {
	s, err := indexedtest.Open(t.TempDir(), indexed.Options{}, append(indexedtest.DebianBase("trixie",
		indexedtest.Package{Name: "hello", Version: "2.10-3", Depends: "libc6 (>= 2.14), base"},
		indexedtest.Package{Name: "libc6", Version: "2.41-12"},
	), indexedtest.Repository{Family: "debian", URL: indexed.DebianArchives.Main, Suite: "trixie-backports", Component: "main", Packages: []indexedtest.Package{{Name: "hello", Version: "2.12-1~bpo13+1"}}})...)
	if err != nil {
		t.Fatal(err)
	}
	scope := indexedtest.Scope("debian", "13", "deb DEBIAN_ARCHIVE trixie-backports main")
	a := s.Lookup(scope, "linux/arm64", "hello")
	if a.State != packages.Known || len(a.Candidates) != 2 || a.Candidates[0].Version != "2.12-1~bpo13+1" || len(a.Candidates[1].Depends) != 2 {
		t.Errorf("%v %+v", a.State, a)
	}
	if n := len(s.Status(scope)); n != 8 {
		t.Errorf("%d sources, want four for each platform", n)
	}
}

func TestOnly(t *testing.T) {
	s := alpineWorld(t, indexed.Options{})
	scope := indexedtest.Scope("alpine", "3.23", alpineMain, alpineNext)
	scope.Only = map[string][]string{alpineNext: {"linux/amd64"}}
	if n := len(s.Lookup(scope, "linux/amd64", "newcomer").Candidates); n != 1 {
		t.Errorf("amd64: %d", n)
	}
	if n := len(s.Lookup(scope, "linux/arm64", "newcomer").Candidates); n != 0 {
		t.Errorf("arm64: %d", n)
	}
}
