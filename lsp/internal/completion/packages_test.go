package completion

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
)

// index is a source of a few packages; versions compare as text.
type index []packages.Candidate

func (s index) answer(keep func(packages.Candidate) bool) packages.Answer {
	a := packages.Answer{State: packages.Known}
	for _, c := range s {
		if keep(c) {
			a.Candidates = append(a.Candidates, c)
		}
	}
	return a
}

func (s index) Lookup(_ packages.Scope, platform, name string) packages.Answer {
	return s.answer(func(c packages.Candidate) bool { return c.Name == name && (c.Platform == "" || c.Platform == platform) })
}

func (s index) Search(_ packages.Scope, query string, limit int) packages.Answer {
	a := s.answer(func(c packages.Candidate) bool {
		return strings.HasPrefix(c.Name, query) || slices.ContainsFunc(c.Provides, func(p string) bool { return strings.HasPrefix(p, query) })
	})
	a.Candidates = a.Candidates[:min(limit, len(a.Candidates))]
	return a
}

func (s index) Providers(_ packages.Scope, _, name string) packages.Answer {
	return s.answer(func(c packages.Candidate) bool { return slices.Contains(c.Provides, name) })
}

func (index) Compare(_, a, b string) int { return strings.Compare(a, b) }

func (index) Satisfies(_, version, _, wanted string) bool { return version == wanted }

var shelf = index{
	{Name: "tini", Version: "0.19.0-r3", Description: "init for containers"},
	{Name: "tini-static", Version: "0.19.0-r3"},
	{Name: "bash", Version: "5.2.37-r0", Provides: []string{"cmd:bash=5.2.37-r0", "cmd:sh"}},
	{Name: "nginx", Version: "1.28.0-r2"}, {Name: "nginx", Version: "1.29.5-r1", Platform: "linux/amd64"}, {Name: "nginx", Version: "1.29.4-r0"},
}

func TestPackages(t *testing.T) {
	with := func(r *Request) { r.Packages = shelf }
	for _, c := range []struct{ name, entry, label, want string }{
		{"name", "- tin^", "tini", "- tini"},
		{"name without dash", "- a\n    tin^", "tini", "- a\n    - tini"},
		{"name before a version", "- ngi^=1.29.4-r0", "nginx", "- nginx=1.29.4-r0"},
		{"excluded", "- !tin^", "!tini", "- '!tini'"},
		{"excluded in quotes", "- '!tin^'", "!tini-static", "- '!tini-static'"},
		{"newest version", "- nginx=^", "1.29.5-r1", "- nginx=1.29.5-r1"},
		{"version begun", "- nginx=1.28^", "1.28.0-r2", "- nginx=1.28.0-r2"},
		{"fuzzy version", "- nginx~^", "1.29", "- nginx~1.29"},
		{"command", "- cmd:ba^", "cmd:bash", "- cmd:bash"},
		{"in flow", "[a, tin^]", "tini", "[a, tini]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			lead := "contents:\n  packages:\n    "
			if strings.HasPrefix(c.entry, "[") {
				lead = "contents:\n  packages: "
			}
			src, list := at(t, lead+c.entry+"\n", with)
			got := accept(t, src, list, c.label)
			if want := lead + c.want + "\n"; !strings.HasSuffix(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestVersionsNewestFirst(t *testing.T) {
	_, list := at(t, "contents:\n  packages:\n    - nginx=^\n", func(r *Request) { r.Packages = shelf })
	if got := labels(list); !slices.Equal(got, []string{"1.29.5-r1", "1.29.4-r0", "1.28.0-r2"}) {
		t.Errorf("got %q", got)
	}
	if d := list.Items[0].Description; d != "arm64 missing" {
		t.Errorf("the gap is %q", d)
	}
	if !list.Items[0].Preselect || list.Items[1].Preselect {
		t.Error("the newest is not selected")
	}
}

// Without an index one item offers to fetch it, and inserts nothing.
func TestNoIndex(t *testing.T) {
	for _, src := range []string{"contents:\n  packages:\n    - ngi^\n", "contents:\n  packages:\n    - nginx=^\n", "contents:\n  packages:\n    - ^\n"} {
		for _, source := range []packages.Source{nil, absent{}} {
			full, list := at(t, src, func(r *Request) { r.Packages = source })
			if len(list.Items) != 1 || list.Items[0].Command != UpdateCommand {
				t.Fatalf("%q: %q", src, labels(list))
			}
			if got := accept(t, full, list, list.Items[0].Label); got != full {
				t.Errorf("%q became %q", full, got)
			}
		}
	}
}

type absent struct{ index }

func (absent) Lookup(packages.Scope, string, string) packages.Answer { return packages.Answer{} }

func (absent) Search(packages.Scope, string, int) packages.Answer { return packages.Answer{} }

func TestLocalFiles(t *testing.T) {
	tree := map[string][]string{"project": {"config/", "README.md", ".git/"}, "project/config": {"redis.conf", "extra/"}}
	with := func(r *Request) { r.ListDir = func(dir string) []string { return tree[dir] } }
	for src, want := range map[string]string{
		"paths:\n  - type: file\n    source: ^\n":             "config/ README.md",
		"paths:\n  - type: file\n    source: conf^\n":         "config/",
		"paths:\n  - type: directory\n    source: config/^\n": "extra/",
		"paths:\n  - type: file\n    source: config/re^\n":    "redis.conf",
	} {
		_, list := at(t, src, with)
		if got := strings.Join(labels(list), " "); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %q, want %q", src, got, want)
		}
	}
	src, list := at(t, "paths:\n  - type: file\n    source: config/re^\n", with)
	if got := accept(t, src, list, "redis.conf"); !strings.HasSuffix(got, "source: config/redis.conf\n") {
		t.Errorf("got %q", got)
	}
}
