package completion

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// maxPulledIn is how many packages an exclusion is offered for first.
const maxPulledIn = 200

// exclusions offers to exclude what the rest of the list would pull in, before
// all other names, and returns the names.
func (p *place) exclusions(typed string, word text.Range) []string {
	var names []string
	for _, pulled := range p.pulledIn(typed) {
		if len(names) == maxPulledIn || !strings.HasPrefix(pulled.Name, typed) {
			continue
		}
		names = append(names, pulled.Name)
		it := p.packageItem("!"+pulled.Name, word)
		it.Detail, it.tier = prefixed(" ", pulled.Version), tierNext
		if by := pulled.NeededBy; len(by) > 0 && by[0].By != "" {
			it.Description = "needed by " + by[0].By
		}
		p.add(it)
	}
	return names
}

// pulledIn are the packages that are installed without being listed, were it
// not for the exclusion that is typed; none where the index cannot tell.
func (p *place) pulledIn(typed string) []packages.Installed {
	index, ok := p.Packages.(packages.Index)
	scope := p.scope()
	if !ok || scope == nil {
		return nil
	}
	at, ok := packages.ScopeOf(p.Doc, scope, "")
	if !ok {
		return nil
	}
	entries, _, _ := packages.Entries(p.Doc, scope, at.Platforms[0])
	entries = slices.DeleteFunc(entries, func(e string) bool { return strings.TrimPrefix(e, "!") == typed })
	return slices.DeleteFunc(index.Resolve(at, at.Platforms[0], entries).Packages, func(i packages.Installed) bool { return i.Wanted })
}
