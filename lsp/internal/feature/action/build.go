package action

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
)

// buildActions build the definition. They change no text.
func buildActions(r *request) []offer {
	if !r.doc.Kind.IsDefinition() {
		return nil
	}
	about := commandid.Building{URI: r.d.URI}
	add := func(out []offer, title string, change func(*commandid.Building)) []offer {
		a := about
		change(&a)
		return append(out, offer{title: title, kind: kindBuild, command: commandid.Of(title, commandid.Build, a)})
	}
	out := add(nil, "Build this definition", func(*commandid.Building) {})
	if r.doc.Kind == definition.Image {
		out = add(out, "Build this definition and load the image", func(b *commandid.Building) { b.Load = true })
	}
	out = add(out, "Build this definition as in the guide, with SBOM and provenance", func(b *commandid.Building) { b.Guide = true })
	return add(out, "Ask the frontend for its lint", func(b *commandid.Building) { b.Check = true })
}
