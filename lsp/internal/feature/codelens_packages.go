package feature

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// packageLenses say over each list of packages what it installs. They lead to
// the list.
func packageLenses(s *session.Snapshot, d *session.Document, doc *definition.Document) []protocol.CodeLens {
	if doc.Def == nil {
		return nil
	}
	var out []protocol.CodeLens
	for _, c := range doc.Def.Scopes() {
		if c.Node == nil {
			continue
		}
		e := c.Node.Entry("packages")
		r, ok := engine.Resolve(s, doc, c, "")
		if !ok || e == nil || e.Key == nil {
			continue
		}
		about := commandid.Packages{URI: d.URI, Platform: r.Platform}
		if c.Stage != nil {
			about.Stage = c.Stage.Name.Value()
		}
		title := fmt.Sprintf("%s, %s installed", countPackages(len(r.Packages)), megabytes(r.InstalledSize))
		if len(r.Problems) > 0 {
			title = "cannot be installed: " + r.Problems[0].Message
		}
		out = append(out, protocol.CodeLens{Range: d.Range(e.Key.Range), Command: *commandid.Of(title, commandid.Resolve, about)})
	}
	return out
}
