//go:build buildkit

package buildrunner_test

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/ulikunitz/xz"
)

// catalog is a folder of real definitions: DHI_CORPUS, or an archive beside
// the repository, unpacked.
func catalog(t *testing.T) string {
	t.Helper()
	if dir := os.Getenv("DHI_CORPUS"); dir != "" {
		return dir
	}
	archives, _ := filepath.Glob("../../shared/corpus/catalog*.tar.xz")
	if len(archives) == 0 {
		t.Skip("no catalog: set DHI_CORPUS or put the corpus beside the repository")
	}
	f, err := os.Open(archives[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, err := xz.NewReader(bufio.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for tr := tar.NewReader(x); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || !strings.HasSuffix(h.Name, ".yaml") {
			continue
		}
		data, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, h.Name), string(data))
	}
}

// offline definitions need nothing from the network: packages, which the
// stand-in does not install, paths with their content, accounts.
func offline(text string) bool {
	for _, word := range []string{"\n  files:", "\n  artifacts:", "\n  builds:", "    source: "} {
		if strings.Contains(text, word) {
			return false
		}
	}
	for _, known := range []string{"2-debian12", "2-debian13", "2-alpine3.22", "2-alpine3.23"} {
		if strings.HasPrefix(text, "# syntax=dhi.io/build:"+known+"\n") {
			return strings.Contains(text, "\naccounts:")
		}
	}
	return false
}

const corpusBuilds = 20

func TestCatalogDefinitionsUnchanged(t *testing.T) {
	buildtest.Programs(t)
	dir := catalog(t)
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	built, seen := 0, 0
	err := filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(file, ".yaml") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil || !offline(string(text)) {
			return err
		}
		// Every 10th, so that several images are among them.
		if seen++; seen%10 != 1 {
			return nil
		}
		req := request(t, d, file)
		req.ContextDir = filepath.Dir(file)
		req.Platforms = []string{"linux/amd64"}
		req.Inspect = true
		req.AsInGuide()
		res, err := build(t, req)
		if err != nil || len(res.Images) != 1 || res.Images[0].SBOM == nil {
			t.Errorf("%s: %v %+v", file, err, res.Failures)
		}
		if built++; built == corpusBuilds {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if built == 0 {
		t.Fatal("the catalog has no definition that can be built offline")
	}
	t.Logf("%d definitions of the catalog were built as they are", built)
}
