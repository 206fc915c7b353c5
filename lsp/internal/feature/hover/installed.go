package hover

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
)

// maxNeeds is how many dependencies, and how many packages that need one, are
// named.
const maxNeeds = 10

// installed says what becomes of an entry beside the others of its scope:
// the version that is installed and who else needs it, or of an exclusion, who
// has to do without. It is empty where the index cannot tell.
func (h *place) installed(e *entry.Entry) string {
	r, ok := engine.Resolve(h.s, h.doc, h.scope(), "")
	if !ok {
		return ""
	}
	if e.Exclude {
		return without(r.Met, e.Name)
	}
	for i := range r.Packages {
		if p := &r.Packages[i]; p.Name == e.Name {
			return fmt.Sprintf("Installed here: %s%s", markup.Code(p.Version), neededBy(p))
		}
	}
	return ""
}

func neededBy(p *packages.Installed) string {
	var names []string
	for _, n := range p.NeededBy {
		if n.By != "" && n.By != p.Name {
			names = append(names, n.By)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", needed by " + named(names)
}

// without names the packages of a scope that run without an excluded one.
func without(met []packages.Met, excluded string) string {
	var lines []string
	for _, m := range met {
		if m.Excluded == excluded {
			lines = append(lines, fmt.Sprintf("%s runs without it here, though it needs %s.", markup.Code(m.By), markup.Code(m.Relation)))
		}
	}
	return strings.Join(lines[:min(len(lines), maxNeeds)], "\n\n")
}

// named joins names, not too many of them.
func named(names []string) string {
	text := codes(names[:min(len(names), maxNeeds)])
	if more := len(names) - maxNeeds; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// dependencies are those of the version that an entry asks for.
func dependencies(source packages.Source, family string, rows []offer, e *entry.Entry) string {
	for _, r := range rows {
		if e.Version == "" || e.Operator == "" || source.Satisfies(family, r.Version, e.Operator, e.Version) {
			if len(r.Depends) == 0 {
				return ""
			}
			return "Depends on: " + named(r.Depends)
		}
	}
	return ""
}
