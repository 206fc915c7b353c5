package analysis

import (
	"context"
	"sort"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// maxRounds bounds how often fixes make room for further fixes.
const maxRounds = 10

// ApplyFixes applies the safe fixes (and the unsafe ones, if wanted) of the
// findings down to the severity, until no more apply. It returns the result
// for the mended text and how many fixes were applied. A round that would
// bring in a syntax error is not taken.
func ApplyFixes(ctx context.Context, path string, res *Result, opt Options, unsafe bool, down diagnostic.Severity) (*Result, int) {
	total := 0
	for range maxRounds {
		edits, n := selectFixes(res.Diagnostics, unsafe, down)
		if n == 0 || ctx.Err() != nil {
			break
		}
		next, err := text.Apply(res.Document.Text.String(), edits)
		if err != nil || next == res.Document.Text.String() {
			break
		}
		mended := Analyze(ctx, path, text.New(next), opt)
		if problems(mended) > problems(res) {
			break
		}
		res = mended
		total += n
	}
	return res, total
}

func problems(r *Result) int {
	if r.Document.Tree == nil {
		return 0
	}
	n := 0
	for _, p := range r.Document.Tree.Problems {
		if !p.Lenient {
			n++
		}
	}
	return n
}

// selectFixes takes the first fix of each finding that overlaps with none
// taken before.
func selectFixes(list []diagnostic.Diagnostic, unsafe bool, down diagnostic.Severity) (edits []text.Edit, n int) {
	var taken []text.Range
	for _, d := range list {
		if d.Severity > down {
			continue
		}
		for _, f := range d.Fixes {
			if !f.Safe && !unsafe || !local(f) || overlaps(taken, f) {
				continue
			}
			for _, e := range f.Edits {
				edits = append(edits, text.Edit{Range: e.Range, New: e.New})
				taken = append(taken, e.Range)
			}
			n++
			break
		}
	}
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].Range.Start < edits[j].Range.Start })
	return edits, n
}

func local(f diagnostic.Fix) bool {
	for _, e := range f.Edits {
		if e.File != "" {
			return false
		}
	}
	return len(f.Edits) > 0
}

func overlaps(taken []text.Range, f diagnostic.Fix) bool {
	for _, e := range f.Edits {
		for _, t := range taken {
			if e.Range.Start < t.End && t.Start < e.Range.End || e.Range.Start == t.Start {
				return true
			}
		}
	}
	return false
}
