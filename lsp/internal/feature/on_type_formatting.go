package feature

import (
	"context"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// step is the indentation of a level.
const step = 2

// OnTypeFormatting answers textDocument/onTypeFormatting: behind a line break
// it gives the new line the indentation, and in a list the dash, that the line
// before calls for. It never touches scripts and other block scalars, nor a
// line with text on it.
func OnTypeFormatting(_ context.Context, s *session.Snapshot, p *protocol.DocumentOnTypeFormattingParams) ([]protocol.TextEdit, error) {
	d, doc, ok := engine.Ours(s, p.TextDocument.URI)
	if !ok || p.Ch != "\n" {
		return nil, nil
	}
	row := int(p.Position.Line)
	if row == 0 || row >= d.Text.Lines() || strings.Trim(d.Text.Line(row), " \t") != "" {
		return nil, nil
	}
	want, ok := newLine(doc, row)
	if !ok || want == d.Text.Line(row) {
		return nil, nil
	}
	return []protocol.TextEdit{{Range: d.Range(d.Text.LineRange(row)), NewText: want}}, nil
}

// newLine is what an empty line begins with, by the line before it.
func newLine(doc *definition.Document, row int) (string, bool) {
	t := doc.Text
	before := t.Line(row - 1)
	content := strings.TrimSpace(before)
	if content == "" || content[0] == '#' || row == 1 {
		return "", false
	}
	start := t.LineStart(row-1) + len(before) - len(strings.TrimLeft(before, " "))
	cursor := doc.Tree.At(start)
	if cursor.Role == syntax.RoleScalar || cursor.InFlow || inText(doc.Tree, t, row) {
		return "", false
	}
	indent := start - t.LineStart(row-1)
	if isItem(content) {
		return afterItem(doc, row, indent, content)
	}
	if strings.HasSuffix(content, ":") && !strings.HasPrefix(content, `"`) {
		return below(doc, row-1, indent)
	}
	return "", false
}

// inText says whether the line is inside a scalar or a collection in brackets
// that began on an earlier one.
func inText(tree *syntax.Tree, t *text.Text, row int) bool {
	at := t.LineStart(row)
	for _, offset := range []int{at, max(0, at-1)} {
		c := tree.At(offset)
		if c.Role == syntax.RoleScalar || c.InFlow {
			return true
		}
		if n := c.Node; n != nil && n.Kind == syntax.Scalar && n.Range.Start < at && n.Range.End > at {
			return true
		}
	}
	return false
}

func isItem(content string) bool { return content == "-" || strings.HasPrefix(content, "- ") }

// afterItem: behind an item that is one word comes the next one; behind one
// that is a mapping its next key; an item that was left empty ends the list.
func afterItem(doc *definition.Document, row, indent int, content string) (string, bool) {
	inner := strings.TrimSpace(strings.TrimPrefix(content, "-"))
	switch {
	case inner == "" || strings.HasSuffix(inner, "|") || strings.HasSuffix(inner, ">"):
		return "", false
	case strings.HasSuffix(inner, ":"):
		return below(doc, row-1, indent+step)
	}
	start := doc.Text.LineStart(row-1) + indent
	entry := doc.Tree.At(start + len(content)).Path
	if node, ok := doc.Tree.Lookup(entry); ok && node.Kind == syntax.Scalar && len(entry) > 0 && entry[len(entry)-1].IsIndex() {
		return strings.Repeat(" ", indent) + "- ", true
	}
	return strings.Repeat(" ", indent+step), true
}

// below is the line behind a key without a value: deeper, and with a dash
// where the key has a list.
func below(doc *definition.Document, row, indent int) (string, bool) {
	t := doc.Text
	end := t.LineStart(row) + len(strings.TrimRight(t.Line(row), " \t"))
	path := doc.Tree.At(end).Path
	kind := schema.Definition
	if doc.Kind == definition.Info {
		kind = schema.Info
	}
	lead := strings.Repeat(" ", indent+step)
	if f := schema.Lookup(kind, path.Strings()); f != nil && f.Items != nil && !f.Allows("object") {
		lead += "- "
	}
	return lead, true
}
