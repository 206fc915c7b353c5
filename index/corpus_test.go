package index

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/internal/corpustest"
	"github.com/goccy/go-yaml"
)

// corpusSets are the selections of the corpus's Debian definitions whose
// packages are all in a set. The corpus is the folder that DHI_CORPUS names.
func corpusSets(t *testing.T, set *Set) [][]string {
	t.Helper()
	if os.Getenv("DHI_CORPUS") == "" {
		t.Log("DHI_CORPUS is not set: only own selections are judged")
		return nil
	}
	release := debianRelease(set)
	var sets [][]string
	seen := map[string]bool{}
	for _, f := range corpustest.Files(t) {
		if !strings.Contains(f.Path, "debian-"+release) {
			continue
		}
		for _, entries := range definitionSelections(f.Content) {
			key := strings.Join(entries, " ")
			if !seen[key] && allKnown(set, entries) {
				seen[key] = true
				sets = append(sets, entries)
			}
		}
	}
	t.Logf("%d different selections of the corpus", len(sets))
	return sets
}

// debianRelease is the number of a set's release.
func debianRelease(set *Set) string {
	for number, name := range codenames {
		if len(set.status) > 0 && strings.HasPrefix(set.status[0].Repository.Suite, name) {
			return number
		}
	}
	return "none"
}

// definitionSelections are the package lists of a definition: its own and its
// builds'.
func definitionSelections(content string) [][]string {
	var definition struct {
		Contents struct {
			Packages []string `yaml:"packages"`
			Builds   []struct {
				Contents struct {
					Packages []string `yaml:"packages"`
				} `yaml:"contents"`
			} `yaml:"builds"`
		} `yaml:"contents"`
	}
	if yaml.Unmarshal([]byte(content), &definition) != nil {
		return nil
	}
	sets := [][]string{definition.Contents.Packages}
	for _, b := range definition.Contents.Builds {
		sets = append(sets, b.Contents.Packages)
	}
	return sets
}

// allKnown says whether a selection installs something and the set has it all,
// in the versions asked for.
func allKnown(set *Set, entries []string) bool {
	wants := slices.DeleteFunc(slices.Clone(entries), func(e string) bool { return strings.HasPrefix(e, "!") })
	for _, e := range wants {
		name, v, _ := strings.Cut(e, "=")
		if _, _, ok := set.Lookup(name, v); !ok {
			return false
		}
	}
	return len(wants) > 0
}
