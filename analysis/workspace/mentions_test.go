package workspace

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// TestUsers holds what is found by looking and what is found in lists to
// what the records say.
func TestUsers(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	var all []*facts.Record
	want := map[name][]*facts.Record{}
	for i := range 300 {
		r := &facts.Record{Path: fmt.Sprintf("/work/%d/%03d.yaml", random.Intn(3), i)}
		for range random.Intn(8) {
			p := facts.Package{Name: fmt.Sprint("pkg", random.Intn(20)), Exclude: random.Intn(4) == 0}
			r.Packages = append(r.Packages, p)
			if key := (name{r.Root(), p.Name}); !p.Exclude && !slices.Contains(want[key], r) {
				want[key] = append(want[key], r)
			}
		}
		all = append(all, r)
	}
	m := newUsers(all)
	for _, how := range []string{"looked for", "in a list"} {
		m.asked.Store(0)
		if how == "in a list" {
			m.asked.Store(looksBeforeLists)
		}
		for root := range 3 {
			for pkg := range 21 {
				key := name{all[0].Root()[:len("\x00/work/")] + fmt.Sprint(root, "/"), fmt.Sprint("pkg", pkg)}
				if how == "looked for" {
					m.asked.Store(0)
				}
				if got := m.of(key); !slices.Equal(got, want[key]) {
					t.Fatalf("%s, %s: %d records, want %d", how, key, len(got), len(want[key]))
				}
			}
		}
	}
	if len(want) < 50 {
		t.Errorf("only %d names were asked for", len(want))
	}
}

// TestUsersTurn makes the lists once looking has cost as much.
func TestUsersTurn(t *testing.T) {
	r := &facts.Record{Path: "/a/1.yaml", Packages: []facts.Package{{Name: "tool"}}}
	m := newUsers([]*facts.Record{r})
	made := 0
	lists := m.lists
	m.lists = func() *mentions { made++; return lists() }
	for range looksBeforeLists + 3 {
		if got := m.of(name{r.Root(), "tool"}); len(got) != 1 {
			t.Fatalf("%d records", len(got))
		}
	}
	if made != 3 {
		t.Errorf("the lists were asked %d times", made)
	}
}
