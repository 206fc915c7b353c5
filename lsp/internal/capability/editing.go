package capability

import (
	"slices"

	"go.lsp.dev/protocol"
)

func (c *Client) completionItem() *protocol.ClientCompletionItemOptions {
	return or(or(c.document().Completion).CompletionItem)
}

// Snippets: completion items may hold tab stops.
func (c *Client) Snippets() bool { return yes(c.completionItem().SnippetSupport) }

// LabelDetails: completion items may say more beside their label.
func (c *Client) LabelDetails() bool { return yes(c.completionItem().LabelDetailsSupport) }

// InsertReplace: completion items may offer to insert or to replace.
func (c *Client) InsertReplace() bool { return yes(c.completionItem().InsertReplaceSupport) }

// Preselect: a completion item may be marked as the likely one.
func (c *Client) Preselect() bool { return yes(c.completionItem().PreselectSupport) }

// CompletionResolves: the property of a completion item ("documentation",
// "detail", "additionalTextEdits") may be left to completionItem/resolve.
func (c *Client) CompletionResolves(property string) bool {
	return slices.Contains(c.completionItem().ResolveSupport.Properties, property)
}

// ItemDefault: the property ("editRange", "insertTextFormat", "data",
// "commitCharacters", "insertTextMode") may be given once for a whole list.
func (c *Client) ItemDefault(property string) bool {
	list := or(or(c.document().Completion).CompletionList)
	return slices.Contains(list.ItemDefaults, property)
}

// InsertTextMode: a completion item may say how its lines are indented, in
// this way.
func (c *Client) InsertTextMode(mode protocol.InsertTextMode) bool {
	modes := c.completionItem().InsertTextModeSupport
	return slices.Contains(modes.ValueSet, mode)
}

// DefaultInsertTextMode is how the client indents the lines of an item that
// does not say it; 0 if the client does not tell.
func (c *Client) DefaultInsertTextMode() protocol.InsertTextMode {
	return or(c.document().Completion).InsertTextMode
}

// DeprecatedItems: completion items may be tagged as deprecated.
func (c *Client) DeprecatedItems() bool {
	return slices.Contains(c.completionItem().TagSupport.ValueSet, protocol.CompletionItemTagDeprecated)
}

// CompletionDocumentation is the markup for the documentation of completion
// items.
func (c *Client) CompletionDocumentation() protocol.MarkupKind {
	return preferred(c.completionItem().DocumentationFormat)
}

// HoverMarkup is the markup for hovers.
func (c *Client) HoverMarkup() protocol.MarkupKind {
	return preferred(or(c.document().Hover).ContentFormat)
}

// SignatureMarkup is the markup for the documentation of signatures.
func (c *Client) SignatureMarkup() protocol.MarkupKind {
	return preferred(or(or(c.document().SignatureHelp).SignatureInformation).DocumentationFormat)
}

// preferred is the client's first choice of what it can show; a client that
// says nothing shows plain text.
func preferred(formats []protocol.MarkupKind) protocol.MarkupKind {
	for _, f := range formats {
		if f == protocol.MarkupKindMarkdown || f == protocol.MarkupKindPlainText {
			return f
		}
	}
	return protocol.MarkupKindPlainText
}

// HierarchicalSymbols: document symbols may nest.
func (c *Client) HierarchicalSymbols() bool {
	return yes(or(c.document().DocumentSymbol).HierarchicalDocumentSymbolSupport)
}

// LineFoldingOnly: folds start and end at whole lines.
func (c *Client) LineFoldingOnly() bool {
	return yes(or(c.document().FoldingRange).LineFoldingOnly)
}

// FoldingLimit is the most folds the client takes, 0 for no limit.
func (c *Client) FoldingLimit() int {
	if n := or(c.document().FoldingRange).RangeLimit; n != nil {
		return int(*n)
	}
	return 0
}

func (c *Client) codeAction() *protocol.CodeActionClientCapabilities {
	return or(c.document().CodeAction)
}

// CodeActionLiterals: code actions may be more than commands.
func (c *Client) CodeActionLiterals() bool {
	return c.codeAction().CodeActionLiteralSupport.CodeActionKind.ValueSet != nil
}

// CodeActionResolves: the property ("edit") may be left to codeAction/resolve,
// which needs the client to hand the action's data back.
func (c *Client) CodeActionResolves(property string) bool {
	a := c.codeAction()
	return yes(a.DataSupport) && slices.Contains(a.ResolveSupport.Properties, property)
}

// PrepareRename: the client asks for the range before it renames.
func (c *Client) PrepareRename() bool { return yes(or(c.document().Rename).PrepareSupport) }

// SemanticTokenTypes and modifiers that the client can colour.
func (c *Client) SemanticTokenTypes() []string { return c.document().SemanticTokens.TokenTypes }

// LabelOffsets: parameters of signatures may be given as offsets into the
// label.
func (c *Client) LabelOffsets() bool {
	return yes(or(or(or(c.document().SignatureHelp).SignatureInformation).ParameterInformation).LabelOffsetSupport)
}
