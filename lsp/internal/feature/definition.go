package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Definition answers textDocument/definition: where a variable, user, group or
// build stage is defined, whose number a uid or gid is, what an alias refers
// to, the local file behind the source of a path or behind the place where a
// stage finds it, and the definitions that make an image or build a package.
func Definition(_ context.Context, s *session.Snapshot, p *protocol.DefinitionParams) (protocol.DefinitionResult, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return placeholder(s, p), nil
	}
	offset := d.Offset(p.Position)
	var out protocol.LocationSlice
	for _, r := range definitions(d, doc, offset) {
		out = append(out, d.Location(r))
	}
	if out == nil {
		if file, ok := sourceAt(s, d, doc, offset); ok {
			out = append(out, protocol.Location{URI: uri.File(file)})
		}
	}
	if out == nil {
		if file, ok := stagedAt(s, d, doc, offset); ok {
			out = append(out, protocol.Location{URI: uri.File(file)})
		}
	}
	if out == nil {
		out = made(s, d, offset)
	}
	if out == nil {
		return nil, nil
	}
	return out, nil
}

// placeholder leads from the values of a chart to the image that is meant.
func placeholder(s *session.Snapshot, p *protocol.DefinitionParams) protocol.DefinitionResult {
	d, ok := s.Document(p.TextDocument.URI)
	if !ok {
		return nil
	}
	var out protocol.LocationSlice
	for _, t := range engine.PlaceholderTargets(s, d, d.Offset(p.Position)) {
		if at, ok := convert.Location(s, d, t.In.Path, t.Range); ok {
			out = append(out, at)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// made are the definitions of the workspace that make the image or build the
// package at the offset.
func made(s *session.Snapshot, d *session.Document, offset int) (out protocol.LocationSlice) {
	for _, t := range engine.TargetsAt(s, d, offset) {
		if at, ok := convert.Location(s, d, t.In.Path, t.Range); ok {
			out = append(out, at)
		}
	}
	return out
}

func definitions(d *session.Document, doc *definition.Document, offset int) []text.Range {
	index := names.For(d, doc)
	if at, ok := index.At(offset); ok {
		return declared(index, at.Name)
	}
	if n := doc.Tree.At(offset).Node; n != nil && n.Kind == syntax.Alias {
		if target := n.Deref(); target != nil && target.Anchor.Len() > 0 {
			return []text.Range{target.Anchor}
		}
	}
	return nil
}

// declared are the places that define a name. The definition of a number is
// the name of its user or group.
func declared(index *names.Index, n names.Name) []text.Range {
	var out []text.Range
	for _, u := range index.Users(n) {
		if n.Kind == names.UID && u.Name.Set() {
			out = append(out, u.Name.Node.Body)
		}
	}
	for _, g := range index.Groups(n) {
		if n.Kind == names.GID && g.Name.Set() {
			out = append(out, g.Name.Node.Body)
		}
	}
	if out != nil {
		return out
	}
	for _, o := range index.Declarations(n) {
		out = append(out, o.Range)
	}
	return out
}
