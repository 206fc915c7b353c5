package feature

import (
	"context"

	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/outline"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// DocumentSymbol answers textDocument/documentSymbol: nested if the client can
// show that, else one list in which each symbol names what holds it.
func DocumentSymbol(_ context.Context, s *session.Snapshot, p *protocol.DocumentSymbolParams) (protocol.DocumentSymbolResult, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	symbols := outline.Of(doc.Tree)
	if s.Capabilities.HierarchicalSymbols() {
		return protocol.DocumentSymbolSlice(nested(d, symbols)), nil
	}
	return flat(d, nil, symbols, ""), nil
}

func nested(d *session.Document, symbols []outline.Symbol) []protocol.DocumentSymbol {
	out := make([]protocol.DocumentSymbol, len(symbols))
	for i := range symbols {
		s := &symbols[i]
		out[i] = protocol.DocumentSymbol{
			Name: s.Name, Kind: symbolKinds[s.Kind], Range: d.Range(s.Range), SelectionRange: d.Range(s.NameRange),
		}
		if s.Detail != "" {
			out[i].Detail = &s.Detail
		}
		if len(s.Children) > 0 {
			out[i].Children = nested(d, s.Children)
		}
	}
	return out
}

func flat(d *session.Document, out protocol.SymbolInformationSlice, symbols []outline.Symbol, container string) protocol.SymbolInformationSlice {
	for i := range symbols {
		s := &symbols[i]
		info := protocol.SymbolInformation{Location: d.Location(s.Range)}
		info.Name, info.Kind = s.Name, symbolKinds[s.Kind]
		if container != "" {
			info.ContainerName = &container
		}
		out = flat(d, append(out, info), s.Children, s.Name)
	}
	return out
}

// symbolKinds are what the kinds of an outline look like in an editor.
var symbolKinds = map[outline.Kind]protocol.SymbolKind{
	outline.Key: protocol.SymbolKindProperty, outline.Map: protocol.SymbolKindObject, outline.List: protocol.SymbolKindArray,
	outline.Item: protocol.SymbolKindString, outline.Variable: protocol.SymbolKindVariable, outline.Package: protocol.SymbolKindPackage,
	outline.Stage: protocol.SymbolKindModule, outline.Step: protocol.SymbolKindFunction, outline.File: protocol.SymbolKindFile,
	outline.User: protocol.SymbolKindClass, outline.Group: protocol.SymbolKindInterface, outline.Constant: protocol.SymbolKindConstant,
	outline.Repository: protocol.SymbolKindNamespace,
}
