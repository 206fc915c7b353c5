package feature_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/internal/corpustest"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/hover"
	"github.com/dhi-ls/dhi-ls/lsp/internal/names"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

const file = uri.URI("file:///w/image.yaml")

const sample = `# syntax=dhi.io/build:2-alpine3.23
name: Tide table
image: registry.example.com/tide
vars:
  ARCH: '#{ target.arch == "arm64" ? "aarch64" : definition.vars.BASE }'
  BASE: x86_64
contents:
  repositories: [https://dl-cdn.alpinelinux.org/alpine/v3.23/main]
  packages: [tini, '!mawk', "a=${BASE}"]
  builds:
    - name: tide
      pipeline:
        - uses: go/build@v1
          with: {output: "${target.dir}/a"}
        - runs: |
            set -eux
            make "${ARCH}" $SOURCE_DATE_EPOCH
accounts:
  run-as: "tide:tide"
  users: [{name: tide, uid: 65532, gid: 65532}]
  groups:
    - {name: tide, gid: 65532, members: &m [tide]}
    - {name: other, gid: 1, members: *m}
paths:
  - {type: file, path: /a, source: a/b, uid: 65532, gid: 65532, mode: "4755"}
annotations:
  org.opencontainers.image.licenses: MIT OR GPL-2.0
`

// ask calls everything at a place, for its effect on the health of the test.
func ask(t testing.TB, s *session.Snapshot, d *session.Document, offset int) {
	t.Helper()
	ctx := context.Background()
	at := protocol.TextDocumentPositionParams{TextDocument: lsptest.Doc(d.URI), Position: d.Position(offset)}
	check := func(method string, err error) {
		if err != nil {
			t.Errorf("%s at %d: %v", method, offset, err)
		}
	}
	h, err := hover.Hover(ctx, s, &protocol.HoverParams{TextDocumentPositionParams: at})
	check("hover", err)
	if h != nil && h.Range != nil && !d.Bytes(*h.Range).Contains(offset) {
		t.Errorf("the hover at %d is for %v", offset, *h.Range)
	}
	_, err = feature.Definition(ctx, s, &protocol.DefinitionParams{TextDocumentPositionParams: at})
	check("definition", err)
	_, err = feature.References(ctx, s, &protocol.ReferenceParams{TextDocumentPositionParams: at})
	check("references", err)
	_, err = feature.DocumentHighlight(ctx, s, &protocol.DocumentHighlightParams{TextDocumentPositionParams: at})
	check("highlight", err)
	linked, err := feature.LinkedEditingRange(ctx, s, &protocol.LinkedEditingRangeParams{TextDocumentPositionParams: at})
	check("linked", err)
	if linked != nil {
		same(t, d, linked.Ranges)
	}
	_, err = feature.PrepareRename(ctx, s, &protocol.PrepareRenameParams{TextDocumentPositionParams: at})
	check("prepareRename", err)
	_, err = feature.SignatureHelp(ctx, s, &protocol.SignatureHelpParams{TextDocumentPositionParams: at})
	check("signatureHelp", err)
	ranges, err := feature.SelectionRange(ctx, s, &protocol.SelectionRangeParams{TextDocument: at.TextDocument, Positions: []protocol.Position{at.Position}})
	check("selectionRange", err)
	for i := range ranges {
		for r := &ranges[i]; r.Parent != nil; r = r.Parent {
			if inner, outer := d.Bytes(r.Range), d.Bytes(r.Parent.Range); !outer.Covers(inner) || inner == outer {
				t.Errorf("the selection %v is not inside of %v", inner, outer)
			}
		}
	}
}

// same holds linked ranges to have one text and not to overlap.
func same(t testing.TB, d *session.Document, ranges []protocol.Range) {
	t.Helper()
	last := -1
	for _, r := range ranges {
		b := d.Bytes(r)
		if d.Text.Slice(b) != d.Text.Slice(d.Bytes(ranges[0])) || b.Start <= last {
			t.Errorf("the linked ranges %v do not fit each other", ranges)
		}
		last = b.End
	}
}

func askWhole(t testing.TB, s *session.Snapshot, d *session.Document) {
	t.Helper()
	ctx := context.Background()
	symbols, err := feature.DocumentSymbol(ctx, s, &protocol.DocumentSymbolParams{TextDocument: lsptest.Doc(d.URI)})
	if err != nil {
		t.Error(err)
	}
	if list, ok := symbols.(protocol.DocumentSymbolSlice); ok {
		inside(t, d, list, d.Text.Full())
	}
	folds, err := feature.FoldingRange(ctx, s, &protocol.FoldingRangeParams{TextDocument: lsptest.Doc(d.URI)})
	if err != nil {
		t.Error(err)
	}
	for _, f := range folds {
		if f.EndLine <= f.StartLine || int(f.EndLine) >= d.Text.Lines() {
			t.Errorf("no fold: %+v of %d lines", f, d.Text.Lines())
		}
	}
	if _, err := feature.DocumentLink(ctx, s, &protocol.DocumentLinkParams{TextDocument: lsptest.Doc(d.URI)}); err != nil {
		t.Error(err)
	}
	if _, err := feature.WorkspaceSymbol(ctx, s, &protocol.WorkspaceSymbolParams{Query: "a"}); err != nil {
		t.Error(err)
	}
}

// inside holds symbols to have names, and to lie inside of each other.
func inside(t testing.TB, d *session.Document, list []protocol.DocumentSymbol, outer text.Range) {
	t.Helper()
	for i := range list {
		all, name := d.Bytes(list[i].Range), d.Bytes(list[i].SelectionRange)
		if strings.TrimSpace(list[i].Name) == "" || !outer.Covers(all) || !all.Covers(name) {
			t.Errorf("the symbol %q at %v, its name at %v, in %v", list[i].Name, all, name, outer)
		}
		inside(t, d, list[i].Children, all)
	}
}

// FuzzNavigation asks everything at any place of any text.
func FuzzNavigation(f *testing.F) {
	for i := 0; i < len(sample); i += 37 {
		f.Add(sample, uint16(i), byte(i))
		f.Add(sample[:i]+"\n"+sample[i:], uint16(i), byte(0))
		f.Add(sample[:i], uint16(i), byte(1))
	}
	f.Fuzz(func(t *testing.T, content string, offset uint16, enc byte) {
		if !strings.HasPrefix(content, "# syntax") {
			content = "# syntax=dhi.io/build:2-alpine3.23\n" + content
		}
		profile := []lsptest.Profile{lsptest.VSCode, lsptest.Minimal}[enc>>2&1]
		s, d := lsptest.Snapshot(t, profile, text.Encoding(enc%3), file, content)
		at := d.Offset(d.Position(min(int(offset), len(content))))
		ask(t, s, d, at)
		askWhole(t, s, d)
		renameAt(t, s, d, at)
	})
}

// renameAt renames the name at the place and holds the result to have the new
// name wherever the text had the old one, and no other change of names.
func renameAt(t testing.TB, s *session.Snapshot, d *session.Document, offset int) {
	t.Helper()
	doc := engine.Document(s, d)
	if doc.Tree == nil {
		return
	}
	index := names.For(d, doc)
	at, ok := index.At(offset)
	if !ok {
		return
	}
	to := map[names.Kind]string{names.UID: "4242", names.GID: "4242"}[at.Kind]
	if to == "" {
		to = "RENAMED_THING"
	}
	edits, err := index.Rename(at.Name, to)
	if err != nil {
		t.Errorf("rename %v %q: %v", at.Kind, at.Text, err)
		return
	}
	after, err := text.Apply(d.Text.String(), plainEdits(edits))
	if err != nil {
		t.Errorf("rename %v %q: %v", at.Kind, at.Text, err)
		return
	}
	if len(doc.Tree.Problems) > 0 {
		return // what a broken text means may change with every letter
	}
	again := names.Of(analysis.Open(doc.Path, text.New(after), analysis.Options{}))
	count := 0
	for _, o := range again.Every() {
		if o.Kind == at.Kind && o.Text == to {
			count++
		}
	}
	if want := len(index.All(at.Name)); count != want || len(again.Every()) != len(index.Every()) {
		t.Errorf("renamed %v %q: %d places of %d, %d names of %d\n%s", at.Kind, at.Text, count, want, len(again.Every()), len(index.Every()), after)
	}
}

func plainEdits(edits []diagnostic.Edit) []text.Edit {
	out := make([]text.Edit, len(edits))
	for i, e := range edits {
		out[i] = text.Edit{Range: e.Range, New: e.New}
	}
	return out
}

// catalog calls f for the YAML files of the catalog. Without one the test is
// skipped.
func catalog(t *testing.T, f func(path, content string)) {
	t.Helper()
	for _, file := range corpustest.Files(t) {
		f("/"+file.Path, file.Content)
	}
}

// TestNavigationCorpus asks everything in one of ten definitions of the
// catalog, and renames in it.
func TestNavigationCorpus(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	seen, renamed := 0, 0
	catalog(t, func(path, content string) {
		if random.IntN(10) != 0 {
			return
		}
		s, d := lsptest.Snapshot(t, lsptest.VSCode, text.UTF16, uri.File(path), content)
		askWhole(t, s, d)
		for range 20 {
			ask(t, s, d, d.Offset(d.Position(random.IntN(len(content)+1))))
		}
		doc := engine.Document(s, d)
		if doc.Tree == nil {
			return
		}
		for _, o := range names.For(d, doc).Every() {
			if random.IntN(5) == 0 {
				renameAt(t, s, d, o.Range.Start)
				renamed++
			}
		}
		seen++
	})
	if seen == 0 || renamed == 0 {
		t.Errorf("%d files, %d renames", seen, renamed)
	}
}

// long is a definition of the size of the longest of the catalog.
func long() string {
	var b strings.Builder
	b.WriteString(sample + "environment:\n")
	for i := 0; b.Len() < 66<<10; i++ {
		b.WriteString("  NAME_" + strings.Repeat("X", i%40+1) + "_" + string(rune('A'+i%26)) + ": some value of ${BASE}\n")
	}
	return b.String()
}

func benchmark(b *testing.B, content string, run func(s *session.Snapshot, at protocol.TextDocumentPositionParams)) {
	s, d := lsptest.Snapshot(b, lsptest.VSCode, text.UTF16, file, content)
	at := protocol.TextDocumentPositionParams{TextDocument: lsptest.Doc(file), Position: d.Position(strings.Index(content, "uid: 65532, gid: 65532, mode") + 6)}
	run(s, at)
	b.ReportAllocs()
	for b.Loop() {
		run(s, at)
	}
}

func BenchmarkHover(b *testing.B) {
	for name, content := range map[string]string{"1KB": sample, "66KB": long()} {
		b.Run(name, func(b *testing.B) {
			benchmark(b, content, func(s *session.Snapshot, at protocol.TextDocumentPositionParams) {
				_, _ = hover.Hover(context.Background(), s, &protocol.HoverParams{TextDocumentPositionParams: at})
			})
		})
	}
}

// BenchmarkFirstHover is a hover of a version that nothing was asked about.
func BenchmarkFirstHover(b *testing.B) {
	for name, content := range map[string]string{"1KB": sample, "66KB": long()} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s, d := lsptest.Snapshot(b, lsptest.VSCode, text.UTF16, file, content)
				at := protocol.TextDocumentPositionParams{TextDocument: lsptest.Doc(file), Position: d.Position(strings.Index(content, "uid: 65532, gid: 65532, mode") + 6)}
				_, _ = hover.Hover(context.Background(), s, &protocol.HoverParams{TextDocumentPositionParams: at})
			}
		})
	}
}

func BenchmarkDocumentSymbol(b *testing.B) {
	for name, content := range map[string]string{"1KB": sample, "66KB": long()} {
		b.Run(name, func(b *testing.B) {
			benchmark(b, content, func(s *session.Snapshot, at protocol.TextDocumentPositionParams) {
				_, _ = feature.DocumentSymbol(context.Background(), s, &protocol.DocumentSymbolParams{TextDocument: at.TextDocument})
			})
		})
	}
}
