package engine

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// MakersOf are the definitions of the workspace that make a hardened image:
// the one that has the tag, else, exact being false, all of them.
func MakersOf(s *session.Snapshot, d *session.Document, reference string) (makers []workspace.Target, exact bool) {
	view, _, ok := View(s, d)
	ref := entry.ParseReference(reference)
	name, ours := ref.DHIName()
	if !ok || !ours || name == "" {
		return nil, false
	}
	return view.Resolve(&facts.Reference{DHI: true, Image: name, Tag: ref.Tag.Text})
}

// includedFrom is the reference of the artifact of which the offset is in an
// include, empty elsewhere.
func includedFrom(doc *definition.Document, offset int) string {
	if doc.Def == nil {
		return ""
	}
	for _, c := range doc.Def.Scopes() {
		for i := range c.Artifacts {
			a := &c.Artifacts[i]
			if a.Node == nil || !a.Node.Range.Contains(offset) || !a.Name.Set() {
				continue
			}
			for _, key := range []string{"includes", "excludes"} {
				if list := a.Node.Get(key); list != nil && (list.Range.Contains(offset) || list.Range.End == offset) {
					return a.Name.Value()
				}
			}
		}
	}
	return ""
}
