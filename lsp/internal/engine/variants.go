package engine

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

// Variant is another definition of the same image and release line.
type Variant struct {
	Record *facts.Record
	// Drift says in which of what the two should share they differ.
	Drift []string
}

// Variants are the others of the document's image and release line, by path.
func Variants(s *session.Snapshot, d *session.Document) []Variant {
	view, self, ok := View(s, d)
	if !ok || !self.Kind.IsDefinition() {
		return nil
	}
	records := view.Variants(self)
	if len(records) < 2 {
		return nil
	}
	drift := map[string][]string{}
	note := func(f diagnostic.Diagnostic, other string) {
		if strings.HasSuffix(f.Code, "-drift") { // the rules that compare variants
			drift[other] = append(drift[other], f.Message)
		}
	}
	for _, f := range Across(s, d) {
		for _, r := range f.Related {
			note(f, r.File)
		}
	}
	var out []Variant
	for _, r := range records {
		if r.Path == self.Path {
			continue
		}
		if len(drift[r.Path]) == 0 {
			for _, f := range acrossRecord(s, view, r) {
				for _, at := range f.Related {
					if at.File == self.Path {
						note(f, r.Path)
					}
				}
			}
		}
		out = append(out, Variant{r, drift[r.Path]})
	}
	return out
}

// acrossRecord is Across for any file of the workspace.
func acrossRecord(s *session.Snapshot, view workspace.View, r *facts.Record) []diagnostic.Diagnostic {
	path := filepath.FromSlash(r.Path)
	if d, open := s.Document(uri.File(path)); open {
		return Across(s, d)
	}
	open := func() *definition.Document {
		content, _ := os.ReadFile(path)
		return analysis.Open(r.Path, text.New(string(content)), analysis.Options{})
	}
	return analysis.Across(r, view, open, Options(s, session.FileDocument(path, "", s.Encoding))).Diagnostics
}
