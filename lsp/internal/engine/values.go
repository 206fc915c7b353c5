package engine

import (
	"path"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// PlaceholderTargets are the images of the chart's definitions that a
// placeholder in the chart's values means, ${name.ref}.
func PlaceholderTargets(s *session.Snapshot, d *session.Document, offset int) []workspace.Target {
	if !facts.IsValues(FileOf(d)) {
		return nil
	}
	view, self, ok := View(s, d)
	if !ok {
		return nil
	}
	var out []workspace.Target
	for _, p := range self.Placeholders {
		if !p.Range.Contains(offset) && p.Range.End != offset {
			continue
		}
		for _, r := range view.Folder(self) {
			for i := range r.References {
				if ref := &r.References[i]; ref.Kind == facts.ChartImage && ref.Name == p.Value {
					out = append(out, workspace.Target{In: r, Range: ref.NameRange})
				}
			}
		}
	}
	return out
}

// placeholdersOf are the places in the values of a chart that name one of its
// images.
func placeholdersOf(view workspace.View, self *facts.Record, offset int) []workspace.Use {
	if self.Kind != definition.Chart {
		return nil
	}
	var out []workspace.Use
	for i := range self.References {
		ref := &self.References[i]
		if ref.Kind != facts.ChartImage || !ref.NameRange.Contains(offset) && ref.NameRange.End != offset {
			continue
		}
		for _, r := range view.Folder(self) {
			for _, p := range r.Placeholders {
				if p.Value == ref.Name {
					out = append(out, workspace.Use{Target: workspace.Target{In: r, Range: p.Range}, How: "placeholder", Detail: path.Base(r.Path)})
				}
			}
		}
	}
	return out
}
