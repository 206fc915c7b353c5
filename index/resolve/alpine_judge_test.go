package resolve

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// judgeCase is one of apk-tools' solver tests.
type judgeCase struct {
	wants        []string
	force        bool
	repositories []string // "[@tag] file"
	installs     []string // name version
	refused      bool
}

func readJudge(t *testing.T, path string) judgeCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c judgeCase
	expected := false
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		key, value, _ := strings.Cut(line, " ")
		switch {
		case line == "@EXPECT":
			expected = true
		case expected && strings.HasPrefix(line, "ERROR:"):
			c.refused = true
		case expected && strings.Contains(line, ") Installing "):
			_, rest, _ := strings.Cut(line, ") Installing ")
			name, v, _ := strings.Cut(rest, " ")
			name, _, _ = strings.Cut(name, "@")
			c.installs = append(c.installs, name+" "+strings.Trim(v, "()"))
		case key == "@ARGS":
			for _, word := range strings.Fields(value) {
				switch {
				case word == "--force-broken-world":
					c.force = true
				case word != "add":
					c.wants = append(c.wants, word)
				}
			}
		case key == "@WORLD":
			c.wants = append(c.wants, strings.Fields(value)...)
		case key == "@REPO":
			c.repositories = append(c.repositories, value)
		}
	}
	return c
}

// buildIndex makes an index from the text of an APKINDEX.
func buildIndex(t testing.TB, text string) *store.Index {
	t.Helper()
	b := store.NewBuilder(store.Meta{Family: record.Alpine, Arch: "x86_64"}, apk.Names)
	if err := apk.Parse(strings.NewReader(text), record.Limits{}, b.Add); err != nil {
		t.Fatal(err)
	}
	file, _, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	x, err := store.FromBytes(file)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestAlpineJudge holds the solver to apk-tools' own tests: the same packages
// and versions, the same refusals.
func TestAlpineJudge(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "judges", "apk-solver")
	files, err := filepath.Glob(filepath.Join(dir, "*.test"))
	if err != nil || len(files) == 0 {
		t.Skip("apk-tools' solver tests are not beside the repository")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) {
			c := readJudge(t, file)
			var repositories []Repository
			for _, r := range c.repositories {
				tag, name := "", r
				if strings.HasPrefix(r, "@") {
					tag, name, _ = strings.Cut(r[1:], " ")
				}
				text, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				repositories = append(repositories, Repository{Index: buildIndex(t, string(text)), Tag: tag})
			}
			got, err := runJudge(repositories, c)
			if (err != nil) != c.refused {
				t.Fatalf("refused: %v, want %v (%v)", err != nil, c.refused, err)
			}
			t.Log(err)
			if c.refused {
				return
			}
			want := slices.Sorted(slices.Values(c.installs))
			if !slices.Equal(got, want) {
				t.Errorf("installs %q, want %q", got, want)
			}
		})
	}
}

func runJudge(repositories []Repository, c judgeCase) ([]string, error) {
	off := Inferences{Off: []string{NeverPulledIn, CountsAsMet, InclusionWins}}
	r := Request{Arch: "x86_64", DropUnsatisfiable: c.force, Inferences: off}
	for _, text := range c.wants {
		w, err := ParseWant(text)
		if err != nil {
			return nil, err
		}
		r.Wants = append(r.Wants, w)
	}
	closure, problems := Alpine(repositories, r)
	if len(problems) > 0 && !c.force {
		return nil, fmt.Errorf("%v", problems)
	}
	var got []string
	for _, p := range closure.Packages {
		got = append(got, p.Name+" "+p.Version)
	}
	slices.Sort(got)
	return got, nil
}
