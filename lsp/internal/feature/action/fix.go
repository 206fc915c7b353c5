package action

import (
	"context"
	"fmt"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/format"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/convert"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// found are the findings at the selection, or on the cursor's line when none
// is right at the cursor and somebody asks.
func (r *request) found() []diagnostic.Diagnostic {
	result := r.findings()
	if result == nil {
		return nil
	}
	var here, line []diagnostic.Diagnostic
	row := r.d.Text.LineOf(r.at.Start)
	for _, f := range result.Diagnostics {
		switch {
		case f.Range.Overlaps(r.at):
			here = append(here, f)
		case r.at.Empty() && !r.automatic && r.d.Text.LineOf(f.Range.Start) == row:
			line = append(line, f)
		}
	}
	if len(here) > 0 {
		return here
	}
	return line
}

// findings are those of the whole document; nil where the user wants none.
func (r *request) findings() *analysis.Result {
	if !r.s.Settings(r.d.URI).Diagnostics.Enable {
		return nil
	}
	return engine.AllFindings(r.s, r.d)
}

// solved is the finding as the client knows it.
func (r *request) solved(f diagnostic.Diagnostic) []protocol.Diagnostic {
	ours := convert.Diagnostics(r.s, r.d, []diagnostic.Diagnostic{f})[0]
	for _, given := range r.given {
		if given.Range == ours.Range && given.Code == ours.Code {
			return []protocol.Diagnostic{given}
		}
	}
	return []protocol.Diagnostic{ours}
}

// fixes are the repairs of the findings here, and of those that the client
// carries from the slow phase.
func fixes(r *request) []offer {
	var out []offer
	found := r.found()
	for _, f := range found {
		for i, fix := range f.Fixes {
			out = append(out, offer{
				title: fix.Title, kind: protocol.CodeActionKindQuickFix, solves: r.solved(f),
				preferred: i == 0 && fix.Safe, unsafe: !fix.Safe, change: change{edits: fix.Edits},
			})
		}
	}
	for _, given := range r.given {
		if slices.ContainsFunc(found, func(f diagnostic.Diagnostic) bool {
			return given.Code == protocol.String(f.Code) && given.Range == r.d.Range(f.Range)
		}) {
			continue
		}
		out = append(out, r.carried(given)...)
	}
	return merged(out)
}

// carried are the fixes in a diagnostic's data.
func (r *request) carried(given protocol.Diagnostic) []offer {
	data, ok := convert.DecodeData(given.Data)
	if !ok {
		return nil
	}
	var out []offer
	for i, fix := range data.Fixes {
		var edits []diagnostic.Edit
		for target, list := range fix.Edits {
			if session.KeyOf(uri.URI(target)) != r.d.Key() {
				edits = nil
				break
			}
			for _, e := range list {
				edits = append(edits, diagnostic.Edit{Range: r.d.Bytes(e.Range), New: e.NewText})
			}
		}
		if len(edits) > 0 {
			out = append(out, offer{
				title: fix.Title, kind: protocol.CodeActionKindQuickFix, solves: []protocol.Diagnostic{given},
				preferred: i == 0 && fix.Safe, unsafe: !fix.Safe, change: change{edits: edits},
			})
		}
	}
	return out
}

// merged makes one of offers that do the same.
func merged(list []offer) []offer {
	var out []offer
	for _, o := range list {
		i := slices.IndexFunc(out, func(other offer) bool {
			return other.title == o.title && slices.Equal(other.change.edits, o.change.edits)
		})
		if i < 0 {
			out = append(out, o)
			continue
		}
		out[i].solves = append(out[i].solves, o.solves...)
	}
	return out
}

// fixRule mends every finding of a rule that has a safe fix here.
func fixRule(r *request) []offer {
	var out []offer
	var seen []string
	for _, f := range r.found() {
		if !safe(f) || slices.Contains(seen, f.Code) {
			continue
		}
		seen = append(seen, f.Code)
		edits, n := r.fixesOf(f.Code)
		if n > 1 {
			out = append(out, offer{
				title: fmt.Sprintf("Fix all %d findings of %s in this file", n, f.Code),
				kind:  protocol.CodeActionKindQuickFix, solves: r.solved(f), change: change{edits: edits},
			})
		}
	}
	return out
}

func safe(f diagnostic.Diagnostic) bool { return len(f.Fixes) > 0 && f.Fixes[0].Safe }

// fixesOf are the safe fixes of a rule that do not touch each other.
func (r *request) fixesOf(code string) (edits []diagnostic.Edit, n int) {
	end := -1
	for _, f := range r.findings().Diagnostics {
		if f.Code != code || !safe(f) {
			continue
		}
		list := slices.Clone(f.Fixes[0].Edits)
		slices.SortFunc(list, func(a, b diagnostic.Edit) int { return a.Range.Start - b.Range.Start })
		if list[0].Range.Start <= end || slices.ContainsFunc(list, func(e diagnostic.Edit) bool { return e.File != "" }) {
			continue
		}
		end = list[len(list)-1].Range.End
		edits = append(edits, list...)
		n++
	}
	return edits, n
}

// fixAll mends all that can be mended safely.
func fixAll(r *request) []offer {
	result := r.findings()
	if result == nil || !slices.ContainsFunc(result.Diagnostics, safe) {
		return nil
	}
	return []offer{{title: "Fix all safely fixable findings", kind: kindFixAll, later: func() (change, bool) {
		edits, n := FixAll(r.ctx, r.s, r.d, r.doc)
		return change{edits: edits}, n > 0
	}}}
}

// FixAll are the edits that mend all that can be mended safely, and the number
// of findings that they mend.
func FixAll(ctx context.Context, s *session.Snapshot, d *session.Document, doc *definition.Document) ([]diagnostic.Edit, int) {
	result := engine.Findings(s, d)
	if result == nil {
		return nil, 0
	}
	options := engine.Options(s, d)
	options.ShellCheck = nil // runs in the slow phase only
	mended, n := analysis.ApplyFixes(ctx, doc.Path, result, options, false, diagnostic.Hint)
	return difference(d.Text.String(), mended.Document.Text.String()), n
}

// organize sorts the image's packages.
func organize(r *request) []offer {
	edit, ok := r.sorted()
	if !ok {
		return nil
	}
	return []offer{{title: "Organize packages", kind: kindOrganize, change: change{edits: editsOf([]text.Edit{edit})}}}
}

func (r *request) sorted() (text.Edit, bool) {
	if r.doc.Def == nil || r.doc.Def.Contents == nil || r.doc.Def.Contents.Node == nil {
		return text.Edit{}, false
	}
	return format.SortPackages(r.doc, r.doc.Def.Contents.Node.Get("packages"))
}

// sortPackages sorts the list of packages around the cursor, which organize
// does to the image's own.
func sortPackages(r *request) []offer {
	if r.doc.Def == nil {
		return nil
	}
	for _, scope := range r.doc.Def.Scopes() {
		if scope.Node == nil {
			continue
		}
		list := scope.Node.Get("packages")
		if list == nil || !list.Range.Overlaps(r.at) {
			continue
		}
		if edit, ok := format.SortPackages(r.doc, list); ok {
			return []offer{{title: "Sort these packages", kind: protocol.CodeActionKindRefactorRewrite, change: change{edits: editsOf([]text.Edit{edit})}}}
		}
	}
	return nil
}
