//go:build buildkit

package buildrunner_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

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
	dir := corpustest.Folder(t)
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
