package completion

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ulikunitz/xz"
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

// catalogDefinitions are n definitions of the public catalog, of the folder
// that DHI_CORPUS names or of the archive beside the checkout; none where
// there is neither.
func catalogDefinitions(t testing.TB, n int) []sample {
	t.Helper()
	var all []sample
	take := func(path string, content string) {
		if strings.HasPrefix(content, "# syntax=") {
			all = append(all, sample{path, content})
		}
	}
	var err error
	if root := os.Getenv("DHI_CORPUS"); root != "" {
		err = folder(root, take)
	} else {
		err = archive("../../../../shared/corpus/catalog-half.tar.xz", take)
	}
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("no catalog: DHI_CORPUS names no unpacked one; own definitions only")
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b sample) int { return strings.Compare(a.path, b.path) })
	rand.New(rand.NewSource(7)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

func folder(root string, take func(path, content string)) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(root, path)
		take(filepath.ToSlash(rel), string(raw))
		return err
	})
}

func archive(path string, take func(path, content string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := xz.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, ".yaml") {
			continue
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		_, name, ok := strings.Cut(h.Name, "/")
		if ok {
			take(name, string(raw))
		}
	}
}
