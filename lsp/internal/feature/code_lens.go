package feature

import (
	"context"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// CodeLens answers textDocument/codeLens: what can be done with the
// definition, above its first line.
func CodeLens(ctx context.Context, s *session.Snapshot, p *protocol.CodeLensParams) ([]protocol.CodeLens, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	wanted := s.Settings(d.URI).CodeLens
	about := commandid.Document{URI: d.URI}
	var out []protocol.CodeLens
	add := func(title, id string) {
		out = append(out, protocol.CodeLens{Range: d.Range(d.Text.LineRange(0)), Command: *commandid.Of(title, id, about)})
	}
	if wanted.Build && doc.Kind.IsDefinition() {
		out = append(out, buildLenses(d, doc)...)
	}
	if wanted.Check {
		add("Check", commandid.Check)
	}
	if wanted.Problems && s.Settings(d.URI).Diagnostics.Enable {
		if result := engine.Findings(s, d); result != nil && len(result.Diagnostics) > 0 {
			add(countOf(result.Diagnostics).String(), commandid.ShowProblems)
		}
	}
	if wanted.Variants {
		if lens, ok := variantLens(s, d); ok {
			out = append(out, lens)
		}
	}
	if wanted.Packages {
		out = append(out, packageLenses(s, d, doc)...)
	}
	return out, ctx.Err()
}

// counts is the number of findings of each severity.
type counts struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Hints    int `json:"hints"`
}

func countOf(list []diagnostic.Diagnostic) counts {
	var c counts
	c.add(list)
	return c
}

func (c *counts) add(list []diagnostic.Diagnostic) {
	for _, d := range list {
		switch d.Severity {
		case diagnostic.Error:
			c.Errors++
		case diagnostic.Warning:
			c.Warnings++
		case diagnostic.Info:
			c.Infos++
		case diagnostic.Hint:
			c.Hints++
		}
	}
}

// String is for people: "2 errors, 1 warning".
func (c counts) String() string {
	var parts []string
	for _, kind := range []struct {
		n    int
		word string
	}{{c.Errors, "error"}, {c.Warnings, "warning"}, {c.Infos, "info"}, {c.Hints, "hint"}} {
		switch {
		case kind.n == 1:
			parts = append(parts, "1 "+kind.word)
		case kind.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", kind.n, kind.word))
		}
	}
	if len(parts) == 0 {
		return "no problems"
	}
	return strings.Join(parts, ", ")
}
