package feature

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// packages shows the version that an entry without one installs, and behind a
// pin the newest one where that is newer.
func (h *hints) packages(s *session.Snapshot) {
	source := s.Services.Packages
	if source == nil {
		return
	}
	for _, c := range h.doc.Def.Scopes() {
		if c.Node == nil || !c.Node.Range.Overlaps(h.within) {
			continue
		}
		scope, ok := packages.ScopeOf(h.doc, c, "")
		if !ok {
			continue
		}
		installed := chosen(s, h.doc, c)
		for i := range c.Packages {
			p := &c.Packages[i]
			if !p.Set() || !p.Range().Overlaps(h.within) {
				continue
			}
			if e, ok := packages.Entry(h.doc, p, scope.Platforms[0]); ok && !e.Exclude {
				h.version(source, scope, p, &e, installed)
			}
		}
	}
}

// chosen are the versions that a scope installs, by name; empty where that is
// not known.
func chosen(s *session.Snapshot, doc *definition.Document, c *definition.Contents) map[string]string {
	out := map[string]string{}
	if r, ok := engine.Resolve(s, doc, c, ""); ok {
		for _, p := range r.Packages {
			out[p.Name] = p.Version
		}
	}
	return out
}

func (h *hints) version(source packages.Source, scope packages.Scope, p *definition.PackageEntry, e *entry.Entry, installed map[string]string) {
	answer := source.Lookup(scope, scope.Platforms[0], e.FullName())
	newest := ""
	if len(answer.Candidates) > 0 {
		newest = answer.Candidates[0].Version
	}
	label := ""
	switch {
	case e.Pinned() && newest != "" && source.Compare(scope.Family, newest, e.Version) > 0:
		h.upgrade(p.Range().End, e.FullName(), newest)
		return
	case e.Version != "":
	case installed[e.Name] != "":
		label = installed[e.Name]
	case answer.State == packages.Known || answer.State == packages.Stale:
		label = newest
	}
	if label != "" {
		h.add(p.Range().End, label, protocol.InlayHintKindType)
	}
}

// upgrade is a hint with a newer version, a click on which upgrades.
func (h *hints) upgrade(offset int, name, newest string) {
	h.add(offset, "→ "+newest, protocol.InlayHintKindType)
	hint := &h.out[len(h.out)-1]
	title := "Upgrade " + name + " to " + newest
	hint.Label = protocol.InlayHintLabelPartSlice{{
		Value: "→ " + newest, Tooltip: protocol.String(title),
		Command: *commandid.Of(title, commandid.Upgrade, commandid.Upgrading{URI: h.d.URI, Target: name, Version: newest}),
	}}
}
