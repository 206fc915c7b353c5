package feature

import (
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// images shows behind a pinned reference the digest that its tag stands for
// now, where that is another one. That a tag moves is no mistake.
func (h *hints) images(s *session.Snapshot) {
	self := engine.Record(s, h.d)
	if s.Services.Images == nil || self == nil {
		return
	}
	for i := range self.References {
		r := &self.References[i]
		if !r.Exact || r.Digest == "" || r.Tag == "" || !r.Range.Overlaps(h.within) {
			continue
		}
		reference := indexed.Reference(r)
		name, ok := images.NameOf(&reference)
		if !ok {
			continue
		}
		found := s.Services.Images.Repository(name)
		now := found.Digest(r.Tag)
		if !found.Usable() || now == "" || now == r.Digest {
			continue
		}
		label := "→ " + images.Short(now)
		if created := found.Images[now].Created; !created.IsZero() {
			label += " " + created.Format(time.DateOnly)
		}
		h.add(r.DigestRange.End, label, protocol.InlayHintKindType)
	}
}
