package action

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"go.lsp.dev/protocol"
)

// updatePins gives the pinned packages of the selection the newest version
// that all platforms have.
func updatePins(r *request) []offer {
	source := r.s.Services.Packages
	if r.doc.Def == nil || source == nil {
		return nil
	}
	var list []pinned
	for _, c := range r.doc.Def.Scopes() {
		scope, ok := packages.ScopeOf(r.doc, c, "")
		if !ok {
			continue
		}
		for _, p := range c.Packages {
			if !p.Set() || !p.Range().Overlaps(r.at) || !p.Pinned() || p.HasTemplate || len(list) == maxPinned {
				continue
			}
			version, ok := newest(source, scope, p.FullName())
			if ok && source.Compare(scope.Family, version, p.Version) > 0 {
				list = append(list, pinned{p, version})
			}
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return r.updateOffer(fmt.Sprintf("Update %s to %s", list[0].entry.FullName(), list[0].version), list)
	}
	return r.updateOffer(fmt.Sprintf("Update %d packages to their newest versions", len(list)), list)
}

func (r *request) updateOffer(title string, list []pinned) []offer {
	var edits []diagnostic.Edit
	for _, p := range list {
		more, ok := rewrite(r.doc.Tree, p.entry.Node, []replacement{{p.entry.VersionRange, p.version}})
		if !ok {
			return nil
		}
		edits = append(edits, more...)
	}
	return []offer{{title: title, kind: protocol.CodeActionKindRefactorRewrite, unsafe: true, change: change{edits: edits}}}
}

// fetchIndexes offers to fetch what package-index-missing misses.
func fetchIndexes(r *request) []offer {
	if r.s.Services.Indexes == nil || !r.s.Trusted {
		return nil
	}
	for _, f := range r.found() {
		if f.Code == "package-index-missing" {
			const title = "Fetch the package indexes"
			return []offer{{
				title: title, kind: protocol.CodeActionKindQuickFix, solves: r.solved(f), preferred: true,
				command: commandid.Of(title, commandid.IndexUpdate, commandid.Document{URI: r.d.URI}),
			}}
		}
	}
	return nil
}
