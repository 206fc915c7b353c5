package feature

import (
	"context"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// SignatureHelp answers textDocument/signatureHelp inside of a step's `with`:
// the inputs of its action, with the one at the cursor as the active one, or
// the first that is not given yet.
func SignatureHelp(_ context.Context, s *session.Snapshot, p *protocol.SignatureHelpParams) (*protocol.SignatureHelp, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	action, given, at, ok := inputs(doc, d.Offset(p.Position))
	if !ok || len(action.Inputs) == 0 {
		return nil, nil
	}
	signature := describe(s, action)
	active := protocol.NewNullable(uint32(activeInput(action, given, at)))
	return &protocol.SignatureHelp{Signatures: []protocol.SignatureInformation{signature}, ActiveParameter: active}, nil
}

// inputs are the action of the step whose `with` holds the offset, the inputs
// that it gives, and the one at the offset, "" between them.
func inputs(doc *definition.Document, offset int) (action schema.Action, given []string, at string, ok bool) {
	cursor := doc.Tree.At(offset)
	with := slices.IndexFunc(cursor.Path, func(s syntax.Segment) bool { return s.Key == "with" })
	if with < 1 || !cursor.Path[:with].Match("contents", "builds", "[]", "pipeline", "[]") {
		return action, nil, "", false
	}
	step, ok := doc.Tree.Lookup(cursor.Path[:with])
	if !ok {
		return action, nil, "", false
	}
	uses := step.Get("uses")
	if uses == nil || uses.Kind != syntax.Scalar {
		return action, nil, "", false
	}
	if action, ok = schema.LookupAction(uses.Value); !ok {
		return action, nil, "", false
	}
	if m := step.Get("with"); m != nil && m.Kind == syntax.Mapping {
		for i := range m.Entries {
			given = append(given, m.Entries[i].Key.Value)
		}
	}
	// The path of a key is that of its mapping.
	switch {
	case len(cursor.Path) > with+1:
		at = cursor.Path[with+1].Key
	case cursor.Entry != nil && cursor.Entry.Key != nil:
		at = cursor.Entry.Key.Value
	default:
		at = cursor.Prefix
	}
	return action, given, at, true
}

// activeInput is the input that is typed: the one of this name or beginning,
// else the first that is not given.
func activeInput(action schema.Action, given []string, at string) int {
	names := action.InputNames()
	if i := slices.Index(names, at); i >= 0 {
		return i
	}
	if at != "" {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, at) }); i >= 0 {
			return i
		}
	}
	return max(0, slices.IndexFunc(names, func(n string) bool { return !slices.Contains(given, n) }))
}

// describe writes the signature: go/build@v1(output: string, packages?: string).
func describe(s *session.Snapshot, action schema.Action) protocol.SignatureInformation {
	kind := s.Capabilities.SignatureMarkup()
	out := protocol.SignatureInformation{Label: action.Uses + "(", Documentation: markup.Content(kind, action.Summary+".")}
	for i, in := range action.Inputs {
		if i > 0 {
			out.Label += ", "
		}
		label := in.Name
		if !in.Required {
			label += "?"
		}
		if len(in.Types) > 0 {
			label += ": " + strings.Join(in.Types, "|")
		}
		start := units(out.Label)
		out.Label += label
		parameter := protocol.ParameterInformation{Label: protocol.String(label)}
		if s.Capabilities.LabelOffsets() {
			parameter.Label = protocol.ParameterInformationLabelTuple{start, units(out.Label)}
		}
		if in.Description != "" {
			parameter.Documentation = markup.Content(kind, in.Description)
		}
		out.Parameters = append(out.Parameters, parameter)
	}
	out.Label += ")"
	return out
}

// units is the length in UTF-16, in which the protocol counts labels in every
// encoding.
func units(s string) uint32 { return uint32(len(utf16.Encode([]rune(s)))) }
