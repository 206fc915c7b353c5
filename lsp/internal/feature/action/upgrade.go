package action

import (
	"fmt"
	"path"

	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/upgrades"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// upgradePins takes the pinned packages of the selection to newer versions,
// with all that the definition says of them; a single one also in all
// siblings.
func upgradePins(r *request) []offer {
	if r.doc.Def == nil {
		return nil
	}
	var list []upgrade.Change
	for _, c := range r.doc.Def.Scopes() {
		for i := range c.Packages {
			p := &c.Packages[i]
			if !p.Set() || !p.Range().Overlaps(r.at) || len(list) == maxPinned {
				continue
			}
			if version, ok := upgrades.Newer(r.s, r.d, r.doc, c, p); ok {
				list = append(list, upgrade.Change{Target: p.FullName(), Version: version})
			}
		}
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return r.upgradeOffers(list[0], fmt.Sprintf("Upgrade %s to %s", list[0].Target, list[0].Version))
	}
	after, marks, made := upgrades.Several(r.d, r.doc, list)
	if made == 0 {
		return nil
	}
	o := offer{
		title: fmt.Sprintf("Upgrade %d packages to their newest versions", made), kind: protocol.CodeActionKindRefactorRewrite, unsafe: true,
		change: change{edits: difference(r.d.Text.String(), after)},
	}
	o.then = toRefresh(map[uri.URI][]upgrades.Mark{r.d.URI: marks})
	return []offer{o}
}

// upgradeOffers are an upgrade of this file, and of its siblings where that is
// more.
func (r *request) upgradeOffers(c upgrade.Change, title string) []offer {
	here, err := upgrades.Make(r.s, r.d, r.doc, c, false)
	if err != nil {
		return nil
	}
	out := []offer{r.upgradeOffer(title, here)}
	all, err := upgrades.Make(r.s, r.d, r.doc, c, true)
	if err != nil {
		return out
	}
	switch n := len(all.Files) - 1; n {
	case 0:
	case 1:
		out = append(out, r.upgradeOffer(title+" here and in "+path.Base(engine.PathOf(all.Files[1].Doc.URI)), all))
	default:
		out = append(out, r.upgradeOffer(fmt.Sprintf("%s here and in %d siblings", title, n), all))
	}
	return out
}

func (r *request) upgradeOffer(title string, p *upgrades.Plan) offer {
	o := offer{title: title, kind: protocol.CodeActionKindRefactorRewrite, unsafe: true, change: change{edits: p.Edits()}}
	o.then = toRefresh(p.Marks())
	return o
}

// toRefresh is the command that notes what an upgrade leaves to be refreshed,
// nil where that is nothing.
func toRefresh(marks map[uri.URI][]upgrades.Mark) *protocol.Command {
	for u, list := range marks {
		if len(list) == 0 {
			delete(marks, u)
		}
	}
	if len(marks) == 0 {
		return nil
	}
	return commandid.Of("Note what is to be refreshed", commandid.ToRefresh, commandid.Refresh{Files: marks})
}

// upgradeProduct takes the product to the version that the definition of the
// same name for another distribution has.
func upgradeProduct(r *request) []offer {
	if r.doc.Def == nil || !r.atTop() && !r.atVersion() {
		return nil
	}
	view, self, ok := engine.View(r.s, r.d)
	if !ok || self.ImageName() == "" || self.Version() == "" {
		return nil
	}
	best, of := "", ""
	for _, o := range view.Image(self.ImageName()) {
		v := o.Version()
		if o.Dist == self.Dist || path.Base(o.Path) != path.Base(self.Path) || v == "" || !upgrade.Lower("debian", self.Version(), v) {
			continue
		}
		if best == "" || upgrade.Lower("debian", best, v) {
			best, of = v, o.Dist.String()
		}
	}
	if best == "" {
		return nil
	}
	return r.upgradeOffers(upgrade.Change{Version: best}, fmt.Sprintf("Upgrade to %s, as for %s", best, of))
}

// atVersion: the cursor is in a variable that holds the product's version.
func (r *request) atVersion() bool {
	for _, name := range []string{"VERSION", "SEMVER_VERSION"} {
		if v, ok := r.doc.Def.Var(name); ok && v.Set() && v.Node.Range.Overlaps(r.at) {
			return true
		}
	}
	return false
}
