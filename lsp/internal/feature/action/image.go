package action

import (
	"fmt"
	"slices"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/references"
	"go.lsp.dev/protocol"
)

// referred is a reference of the selection, with what is known of it.
type referred struct {
	*facts.Reference
	parsed  entry.Reference
	digests []references.Digest
}

// referredAt are the references of the selection whose parts have their place
// in the file.
func (r *request) referredAt() []referred {
	self := engine.Record(r.s, r.d)
	if self == nil {
		return nil
	}
	known := engine.Known(r.s, r.d)
	var list []referred
	for i := range self.References {
		ref := &self.References[i]
		if !ref.Exact || ref.Tag == "" || !ref.Range.Overlaps(r.at) && ref.Range.End != r.at.Start {
			continue
		}
		parsed := indexed.Reference(ref)
		list = append(list, referred{ref, parsed, known.Digests(&parsed)})
	}
	return list
}

// pinCodes are the findings that a digest mends.
var pinCodes = []string{"artifact-no-digest", "build-uses-no-digest", "step-uses-image-no-digest"}

// pinImages gives a reference without a digest one that its tag stands for:
// what the registry has, or what other files of the workspace pin the tag to.
func pinImages(r *request) []offer {
	var out []offer
	var found []diagnostic.Diagnostic
	for _, f := range r.found() {
		if slices.Contains(pinCodes, f.Code) {
			found = append(found, f)
		}
	}
	for _, ref := range r.referredAt() {
		if ref.Digest != "" {
			continue
		}
		for _, d := range ref.digests {
			o := offer{
				title: "Pin to " + images.Short(d.Digest) + whence(d), kind: protocol.CodeActionKindQuickFix, unsafe: true,
				change: one(text.At(ref.TagRange.End), "@"+d.Digest),
			}
			if offered(found, o.change.edits) {
				continue
			}
			for _, f := range found {
				o.solves = append(o.solves, r.solved(f)...)
			}
			out = append(out, o)
		}
	}
	return out
}

// offered reports whether the findings offer the edits themselves.
func offered(found []diagnostic.Diagnostic, edits []diagnostic.Edit) bool {
	return slices.ContainsFunc(found, func(f diagnostic.Diagnostic) bool {
		return slices.ContainsFunc(f.Fixes, func(fix diagnostic.Fix) bool { return slices.Equal(fix.Edits, edits) })
	})
}

// whence says who tells of a digest.
func whence(d references.Digest) string {
	switch n := len(d.Files); {
	case d.Current && !d.Created.IsZero():
		return ", made " + d.Created.Format(time.DateOnly)
	case d.Current:
		return ", which the registry has"
	case n == 1:
		return ", as 1 other file does"
	default:
		return fmt.Sprintf(", as %d other files do", n)
	}
}

// updateDigests pins references to what their tags stand for now.
func updateDigests(r *request) []offer {
	var edits []diagnostic.Edit
	title := ""
	for _, ref := range r.referredAt() {
		if ref.Digest == "" || len(ref.digests) == 0 || !ref.digests[0].Current || ref.digests[0].Digest == ref.Digest {
			continue
		}
		now := ref.digests[0]
		edits = append(edits, diagnostic.Edit{Range: ref.DigestRange, New: now.Digest})
		title = "Update to the digest that " + ref.Tag + " stands for now" + whence(now)
	}
	switch len(edits) {
	case 0:
		return nil
	case 1:
	default:
		title = fmt.Sprintf("Update %d digests to what their tags stand for now", len(edits))
	}
	return []offer{{title: title, kind: protocol.CodeActionKindRefactorRewrite, unsafe: true, change: change{edits: edits}}}
}

// askRegistry offers to ask the registry of the reference at the cursor.
func askRegistry(r *request) []offer {
	if r.s.Services.Indexes == nil || !r.s.Trusted {
		return nil
	}
	for _, ref := range r.referredAt() {
		name, ok := images.NameOf(&ref.parsed)
		if !ok {
			continue
		}
		title := "Ask " + images.Registry(name) + " about this image"
		return []offer{{
			title: title, kind: protocol.CodeActionKindRefactorRewrite,
			command: commandid.Of(title, commandid.ImageUpdate, commandid.Image{URI: r.d.URI, Reference: ref.parsed.Source}),
		}}
	}
	return nil
}
