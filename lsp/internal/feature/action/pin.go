package action

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/upgrades"
	"go.lsp.dev/protocol"
)

// packageAt is the package entry of a node.
func (r *request) packageAt(n *syntax.Node) (definition.PackageEntry, bool) {
	for _, scope := range r.doc.Def.Scopes() {
		for _, p := range scope.Packages {
			if p.Node == n {
				return p, true
			}
		}
	}
	return definition.PackageEntry{}, false
}

// pinned is a package with the version it would be pinned to.
type pinned struct {
	entry   definition.PackageEntry
	version string
}

// pin gives the packages of the selection the newest version that all
// platforms have.
func pin(r *request) []offer {
	source := r.s.Services.Packages
	if r.doc.Def == nil || source == nil {
		return nil
	}
	var list []pinned
	for _, scope := range r.doc.Def.Scopes() {
		where := engine.PackageScope(r.doc, scope)
		for _, p := range scope.Packages {
			if !p.Set() || !p.Range().Overlaps(r.at) || p.Exclude || p.Operator != "" || p.HasTemplate || p.Entry.Namespace != "" || p.Entry.Name == "" {
				continue
			}
			if version, ok := upgrades.Newest(source, where, p.Entry.Name); ok {
				list = append(list, pinned{p, version})
			}
			if len(list) == maxPinned {
				break
			}
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		title := fmt.Sprintf("Pin %s to %s", list[0].entry.Entry.Name, list[0].version)
		return r.pinOffer(title, list)
	}
	return r.pinOffer(fmt.Sprintf("Pin %d packages to their versions", len(list)), list)
}

// maxPinned bounds the look-ups for one selection.
const maxPinned = 200

func (r *request) pinOffer(title string, list []pinned) []offer {
	var edits []diagnostic.Edit
	for _, p := range list {
		more, ok := rewrite(r.doc.Tree, p.entry.Node, []replacement{{text.At(len(p.entry.Node.Value)), "=" + p.version}})
		if !ok {
			return nil
		}
		edits = append(edits, more...)
	}
	return []offer{{title: title, kind: protocol.CodeActionKindRefactorRewrite, change: change{edits: edits}}}
}
