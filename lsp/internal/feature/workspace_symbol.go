package feature

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// maxSymbols is how many symbols one query is answered with.
const maxSymbols = 500

// nameKinds are what names look like in an editor.
var nameKinds = map[names.Kind]protocol.SymbolKind{
	names.Variable: protocol.SymbolKindVariable, names.User: protocol.SymbolKindClass,
	names.Group: protocol.SymbolKindInterface, names.Stage: protocol.SymbolKindModule,
}

// WorkspaceSymbol answers workspace/symbol for the open documents: the
// definitions themselves, their variables, users, groups and build stages
// whose names have the letters of the query in this order.
func WorkspaceSymbol(ctx context.Context, s *session.Snapshot, p *protocol.WorkspaceSymbolParams) (protocol.WorkspaceSymbolResult, error) {
	query := strings.ToLower(p.Query)
	out := protocol.SymbolInformationSlice{}
	documents := s.Documents()
	for _, key := range slices.Sorted(maps.Keys(documents)) {
		if ctx.Err() != nil || len(out) >= maxSymbols {
			break
		}
		d, doc, ok := engine.Ours(s, documents[key].URI)
		if !ok || doc.Def == nil {
			continue
		}
		container := doc.Def.Name.Value()
		add := func(name, container string, kind protocol.SymbolKind, at protocol.Location) {
			if name == "" || len(out) >= maxSymbols || !subsequence(strings.ToLower(name), query) {
				return
			}
			info := protocol.SymbolInformation{Location: at}
			info.Name, info.Kind = name, kind
			if container != "" {
				info.ContainerName = &container
			}
			out = append(out, info)
		}
		if f := doc.Def.Name; f.Set() {
			add(line(f.Value()), doc.Kind.String(), protocol.SymbolKindFile, d.Location(f.Node.Range))
		}
		for _, o := range names.For(d, doc).Every() {
			if kind, ok := nameKinds[o.Kind]; ok && o.Declaration {
				add(line(o.Text), container, kind, d.Location(o.Range))
			}
		}
	}
	return out, nil
}

// line makes a name one line.
func line(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ") }

// subsequence reports whether the runes of query stand in s in this order.
func subsequence(s, query string) bool {
	for _, want := range query {
		i := strings.IndexRune(s, want)
		if i < 0 {
			return false
		}
		s = s[i+utf8.RuneLen(want):]
	}
	return true
}
