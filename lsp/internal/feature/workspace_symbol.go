package feature

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// maxSymbols is how many symbols one query is answered with.
const maxSymbols = 500

// nameKinds are what names look like in an editor.
var nameKinds = map[names.Kind]protocol.SymbolKind{
	names.Variable: protocol.SymbolKindVariable, names.User: protocol.SymbolKindClass,
	names.Group: protocol.SymbolKindInterface, names.Stage: protocol.SymbolKindModule,
}

// WorkspaceSymbol answers workspace/symbol: of the open documents the
// definitions themselves, their variables, users, groups and build stages
// whose names have the letters of the query in this order, of all other files
// the definitions, their stages and the packages they build.
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
	return append(out, symbolsElsewhere(s, query, maxSymbols-len(out))...), nil
}

// elsewhereKinds are what the names of the workspace look like in an editor.
var elsewhereKinds = map[workspace.SymbolKind]protocol.SymbolKind{
	workspace.ImageSymbol: protocol.SymbolKindFile, workspace.ChartSymbol: protocol.SymbolKindFile, workspace.PackageSymbol: protocol.SymbolKindFile,
	workspace.ProductSymbol: protocol.SymbolKindPackage, workspace.StageSymbol: protocol.SymbolKindModule,
}

// maxElsewhere bounds how many symbols of files that are not open are told:
// each file is read for its columns.
const maxElsewhere = 100

// symbolsElsewhere are images, charts, packages and stages in files that are
// not open.
func symbolsElsewhere(s *session.Snapshot, query string, limit int) []protocol.SymbolInformation {
	model := engine.Model(s)
	if model == nil || limit <= 0 || query == "" {
		return nil
	}
	var out []protocol.SymbolInformation
	for _, symbol := range model.Symbols(query, min(limit, maxElsewhere)) {
		if _, open := s.Document(uri.File(symbol.In.Path)); open {
			continue
		}
		at, ok := convert.Location(s, nil, symbol.In.Path, symbol.Range)
		if !ok {
			continue
		}
		info := protocol.SymbolInformation{Location: at}
		info.Name, info.Kind, info.ContainerName = line(symbol.Name), elsewhereKinds[symbol.Kind], &symbol.Container
		out = append(out, info)
	}
	return out
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
