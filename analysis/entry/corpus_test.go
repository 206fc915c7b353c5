package entry_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// Every package entry, repository, artifact and uses of the catalog parses.
func TestCorpus(t *testing.T) {
	entries, repositories, references, actions, versions := 0, 0, 0, 0, 0
	for _, d := range corpustest.Definitions(t) {
		family := familyOf(d.File)
		for _, s := range d.Scalars {
			report := func(problems []entry.Problem) {
				for _, p := range problems {
					if p.Kind == entry.MalformedVersion || p.Kind == entry.NoRelease {
						versions++
						continue
					}
					t.Errorf("%s: %q: %s", s.File, s.Value, p.Message)
				}
			}
			switch {
			case s.Under("contents", "packages") && isItem(s):
				entries++
				e := entry.Parse(s.Value)
				report(e.Problems)
				report(e.Check(family))
				if e.String() != s.Value {
					t.Errorf("%s: %q is read as %q", s.File, s.Value, e.String())
				}
			case s.Last() == "repositories":
				repositories++
				report(entry.ParseRepository(s.Value, entry.UnknownFamily).Problems)
			case s.Under("artifacts", "name"):
				references++
				report(entry.ParseReference(s.Value).Problems)
			case s.Last() == "uses":
				u := entry.ParseUses(s.Value)
				report(u.Problems)
				report(u.Image.Problems)
				if u.Kind == entry.UsesEither {
					t.Errorf("%s: uses %q is ambiguous", s.File, s.Value)
				}
				if u.Kind == entry.UsesAction {
					actions++
				}
			}
		}
	}
	if entries < 40000 || repositories < 5000 || references < 200 || actions < 5000 {
		t.Errorf("too few: %d entries, %d repositories, %d references, %d actions", entries, repositories, references, actions)
	}
	t.Logf("%d entries, %d repositories, %d references, %d actions, %d remarks on versions", entries, repositories, references, actions, versions)
}

func isItem(s corpustest.Scalar) bool { return slices.Contains(s.Path[len(s.Path)-1:], "[]") }

func familyOf(file string) entry.Family {
	switch {
	case strings.Contains(file, "/alpine-"):
		return entry.Alpine
	case strings.Contains(file, "/debian-"):
		return entry.Debian
	}
	return entry.UnknownFamily
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		entry.Parse("redis-server=6:8.0.5-1rl1~trixie1")
	}
}
