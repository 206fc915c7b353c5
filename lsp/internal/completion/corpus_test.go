package completion

import (
	"errors"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// sample is a definition under the path that it has in a catalog.
type sample struct{ path, content string }

// ownDefinitions are the examples of this repository, as they would stand in
// a catalog.
func ownDefinitions(t testing.TB) []sample {
	t.Helper()
	var out []sample
	for file, at := range map[string]string{
		"good/image/harbormaster.yaml": "image/harbormaster/debian-13/3.yaml", "good/image/base.yaml": "image/base/alpine-3.23/1.yaml",
		"good/package/buoy.yaml": "package/main/buoy/alpine-3.23/1.yaml", "good/chart/harbormaster.yaml": "chart/harbormaster/helm/1.yaml",
	} {
		raw, err := os.ReadFile(filepath.Join("../../../examples", file))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sample{at, string(raw)})
	}
	slices.SortFunc(out, func(a, b sample) int { return strings.Compare(a.path, b.path) })
	return out
}

// catalogDefinitions are n definitions of the public catalog; none where there
// is no catalog.
func catalogDefinitions(t testing.TB, n int) []sample {
	t.Helper()
	files, err := corpustest.Load()
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("no catalog: DHI_CORPUS names no unpacked one; own definitions only")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for _, f := range files {
		if f.Definition() {
			all = append(all, sample{f.Path, f.Content})
		}
	}
	slices.SortFunc(all, func(a, b sample) int { return strings.Compare(a.path, b.path) })
	rand.New(rand.NewSource(7)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}
