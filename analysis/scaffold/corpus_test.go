package scaffold_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// TestDeriveCatalog derives from the runtimes of an unpacked catalog: what has
// no errors has none afterwards.
func TestDeriveCatalog(t *testing.T) {
	root := os.Getenv("DHI_CORPUS")
	if root == "" {
		t.Skip("DHI_CORPUS names no unpacked catalog")
	}
	made, worse := 0, 0
	err := filepath.WalkDir(filepath.Join(root, "image"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc := definition.New("a.yaml", text.New(string(b)), definition.Options{})
		if doc.Def == nil || doc.Def.Variant.Value() != "runtime" {
			return nil
		}
		before := errorsOf(doc.Text.String())
		for _, v := range []scaffold.Variation{{Variant: "dev"}, {Dist: other[doc.Dist().String()]}} {
			out, err := scaffold.Derive(doc, v)
			if err != nil {
				t.Errorf("%s %+v: %v", path, v, err)
				continue
			}
			made++
			if after := errorsOf(out.Text); len(after) > len(before) {
				worse++
				t.Errorf("%s %+v: %s", path, v, strings.Join(after, "; "))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d derived, %d of them with new errors", made, worse)
}

// other is the release next to each.
var other = map[string]string{
	"alpine-3.21": "alpine-3.22", "alpine-3.22": "alpine-3.23", "alpine-3.23": "alpine-3.24", "alpine-3.24": "alpine-3.23", "debian-12": "debian-13", "debian-13": "debian-12",
}

func errorsOf(content string) (list []string) {
	r := analysis.Analyze(context.Background(), "a.yaml", text.New(content), analysis.Options{Profile: analysis.ProfileProject, Today: "2026-06-01"})
	for _, d := range r.Diagnostics {
		if d.Severity == diagnostic.Error {
			list = append(list, d.Code+" "+d.Message)
		}
	}
	return list
}
