package feature

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

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
// definitions themselves, their variables, users, groups and build stages, of
// all other files the definitions, their stages and the packages they build.
// See [workspace.Query] for what fits a query.
func WorkspaceSymbol(ctx context.Context, s *session.Snapshot, p *protocol.WorkspaceSymbolParams) (protocol.WorkspaceSymbolResult, error) {
	query := workspace.NewQuery(p.Query)
	var found []ranked
	documents := s.Documents()
	for _, key := range slices.Sorted(maps.Keys(documents)) {
		if ctx.Err() != nil || len(found) >= maxSymbols {
			break
		}
		d, doc, ok := engine.Ours(s, documents[key].URI)
		if !ok || doc.Def == nil {
			continue
		}
		container := doc.Def.Name.Value()
		add := func(name, container string, kind protocol.SymbolKind, at protocol.Location) {
			rank, ok := query.Rank(name, container)
			if name == "" || len(found) >= maxSymbols || !ok {
				return
			}
			info := protocol.SymbolInformation{Location: at}
			info.Name, info.Kind = name, kind
			if container != "" {
				info.ContainerName = &container
			}
			found = append(found, ranked{info, rank})
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
	found = append(found, symbolsElsewhere(s, p.Query, maxSymbols-len(found))...)
	slices.SortStableFunc(found, func(a, b ranked) int { return a.rank - b.rank })
	out := protocol.SymbolInformationSlice{}
	for _, f := range found {
		out = append(out, f.SymbolInformation)
	}
	return out, nil
}

// ranked is a symbol with how well it fits.
type ranked struct {
	protocol.SymbolInformation
	rank int
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
func symbolsElsewhere(s *session.Snapshot, query string, limit int) []ranked {
	model := engine.Model(s)
	if model == nil || limit <= 0 || query == "" {
		return nil
	}
	q := workspace.NewQuery(query)
	reader := convert.Reader{Snapshot: s}
	var out []ranked
	for _, symbol := range model.Symbols(query, min(limit, maxElsewhere)) {
		if _, open := s.Document(uri.File(symbol.In.Path)); open {
			continue
		}
		at, ok := reader.Location(symbol.In.Path, symbol.Range)
		if !ok {
			continue
		}
		info := protocol.SymbolInformation{Location: at}
		info.Name, info.Kind, info.ContainerName = line(symbol.Name), elsewhereKinds[symbol.Kind], &symbol.Container
		rank, _ := q.Rank(symbol.Name, symbol.Container)
		out = append(out, ranked{info, rank})
	}
	return out
}

// line makes a name one line.
func line(s string) string { return strings.Join(strings.FieldsFunc(s, unicode.IsControl), " ") }
