package feature

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// FoldingRange answers textDocument/foldingRange by whole lines: every entry
// and item of more than one line, and comments that stand together.
func FoldingRange(_ context.Context, s *session.Snapshot, p *protocol.FoldingRangeParams) ([]protocol.FoldingRange, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	f := folder{text: d.Text}
	f.node(doc.Tree.Root)
	f.comments(doc.Tree.Comments)
	slices.SortStableFunc(f.folds, func(a, b fold) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	f.folds = slices.CompactFunc(f.folds, func(a, b fold) bool { return a.start == b.start })
	return f.limited(s.Capabilities.FoldingLimit()), nil
}

// fold is a range of lines, the last included.
type fold struct {
	start, end, depth int
	kind              protocol.FoldingRangeKind
}

type folder struct {
	text  *text.Text
	folds []fold
	depth int
}

func (f *folder) node(n *syntax.Node) {
	if n == nil {
		return
	}
	f.depth++
	defer func() { f.depth-- }()
	for i := range n.Entries {
		e := &n.Entries[i]
		f.add(e.Range, "")
		f.node(e.Value)
	}
}

// add folds a range that has more than one line. Blank lines at its end stay
// visible, as they part it from what follows.
func (f *folder) add(r text.Range, kind protocol.FoldingRangeKind) {
	start, end := f.text.LineOf(r.Start), f.text.LineOf(max(r.Start, r.End-1))
	for end > start && strings.TrimSpace(f.text.Line(end)) == "" {
		end--
	}
	if end > start {
		f.folds = append(f.folds, fold{start, end, f.depth, kind})
	}
}

// comments folds those that stand alone on lines that follow each other.
func (f *folder) comments(list []syntax.Comment) {
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[i].Alone && list[j].Alone && f.text.LineOf(list[j].Range.Start) == f.text.LineOf(list[j-1].Range.Start)+1 {
			j++
		}
		f.add(list[i].Range.Union(list[j-1].Range), protocol.FoldingRangeKindComment)
		i = j
	}
}

// limited converts the folds; of too many, the outer ones.
func (f *folder) limited(limit int) []protocol.FoldingRange {
	if limit > 0 && len(f.folds) > limit {
		depths := make([]int, len(f.folds))
		for i := range f.folds {
			depths[i] = f.folds[i].depth
		}
		slices.Sort(depths)
		deepest := depths[limit-1]
		f.folds = slices.DeleteFunc(f.folds, func(x fold) bool { return x.depth > deepest })
		f.folds = f.folds[:min(limit, len(f.folds))]
	}
	out := make([]protocol.FoldingRange, len(f.folds))
	for i, x := range f.folds {
		out[i] = protocol.FoldingRange{StartLine: uint32(x.start), EndLine: uint32(x.end), Kind: x.kind}
	}
	return out
}
