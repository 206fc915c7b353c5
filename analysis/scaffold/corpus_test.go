package scaffold_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/analysis/semdiff"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
)

// expected are the findings that a derived definition may have and its origin
// has not, each of which its notes or the finding itself explain.
var expected = map[string]string{
	"build-uses-other-dist": "no file of the workspace uses the image for the other distribution, so that its digest is not known",
	"compat-lacks-package":  "the dev variant without a flavor installs another package in place of the runtime's",
	"flavor-tag-drift":      "the definition without the flavor holds floating tags for the other distribution",
	"line-package-drift":    "the other versions exclude and install one package",
	"pinned-behind":         "the product's own pin stays with VERSION",
	"tag-not-unique":        "the other distribution has a definition of the same version under another file name",
	"variant-drift":         "the sibling there differs from the one here",
}

// TestDeriveCatalog derives from the runtimes of the catalog, in their
// place among the other files: what has no findings has none afterwards.
func TestDeriveCatalog(t *testing.T) {
	root := corpustest.Folder(t)
	loader := &workspace.Loader{Read: os.ReadFile}
	paths, _ := workspace.Paths(t.Context(), []string{root}, nil)
	model := workspace.New(loader.Files(t.Context(), paths))
	files, err := filepath.Glob(root + "/image/*/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	made, pairs, same, seen := 0, 0, 0, map[string]int{}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		doc := definition.New(path, text.New(string(content)), definition.Options{})
		if doc.Def == nil || doc.Def.Variant.Value() != "runtime" {
			continue
		}
		before := findings(model, doc)
		for _, v := range []scaffold.Variation{{Variant: "dev"}, {Dist: other[doc.Dist().String()]}, {Flavor: "compat"}} {
			if v.Flavor != "" && doc.Def.Flavor.Set() {
				continue
			}
			v.Known = model.View(model.Record(path))
			out, err := scaffold.Derive(doc, v)
			if err != nil {
				t.Errorf("%s %+v: %v", path, v, err)
				continue
			}
			made++
			derived := definition.New(scaffold.PathOf(doc, v), text.New(out.Text), definition.Options{})
			if actual, err := os.ReadFile(derived.Path); err == nil && v.Variant == "dev" {
				pairs++
				diff, err := semdiff.Compare(derived, definition.New(derived.Path, text.New(string(actual)), definition.Options{}))
				if err == nil && len(diff) == 0 {
					same++
				}
			}
			for code, d := range findings(model.With(derived.Path, facts.Of(derived)), derived) {
				if _, had := before[code]; had {
					continue
				}
				seen[code]++
				if expected[code] == "" {
					t.Errorf("%s: %s %s: %s", derived.Path, d.Severity, code, d.Message)
				}
			}
		}
	}
	t.Logf("%d derived; new findings, by rule: %v; %d of %d dev variants are as in the catalog", made, seen, same, pairs)
	if made == 0 {
		t.Error("nothing was derived")
	}
}

// other is the release next to each.
var other = map[string]string{
	"alpine-3.21": "alpine-3.22", "alpine-3.22": "alpine-3.23", "alpine-3.23": "alpine-3.24", "alpine-3.24": "alpine-3.23", "debian-12": "debian-13", "debian-13": "debian-12",
}

// findings are those of the document in its place, by rule.
func findings(model *workspace.Model, doc *definition.Document) map[string]diagnostic.Diagnostic {
	opt := analysis.Options{Profile: analysis.ProfileProject, Today: "2026-06-01"}
	self := model.Record(doc.Path)
	list := analysis.Analyze(context.Background(), doc.Path, doc.Text, opt).Diagnostics
	list = append(list, analysis.Across(self, model.View(self), func() *definition.Document { return doc }, opt).Diagnostics...)
	out := map[string]diagnostic.Diagnostic{}
	for _, d := range list {
		out[d.Code] = d
	}
	return out
}
