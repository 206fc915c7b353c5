package lsp

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature"
	"go.lsp.dev/protocol"
)

const yes = protocol.Boolean(true)

// offers say how each method is offered once it has a row in the table of
// features. A nil row belongs to the offer of another method.
var offers = map[string]func(*offer){
	protocol.MethodTextDocumentHover:                func(o *offer) { o.out.HoverProvider = yes },
	protocol.MethodTextDocumentDefinition:           func(o *offer) { o.out.DefinitionProvider = yes },
	protocol.MethodTextDocumentReferences:           func(o *offer) { o.out.ReferencesProvider = yes },
	protocol.MethodTextDocumentDocumentHighlight:    func(o *offer) { o.out.DocumentHighlightProvider = yes },
	protocol.MethodTextDocumentDocumentSymbol:       func(o *offer) { o.out.DocumentSymbolProvider = yes },
	protocol.MethodTextDocumentFoldingRange:         func(o *offer) { o.out.FoldingRangeProvider = yes },
	protocol.MethodTextDocumentSelectionRange:       func(o *offer) { o.out.SelectionRangeProvider = yes },
	protocol.MethodTextDocumentFormatting:           func(o *offer) { o.out.DocumentFormattingProvider = yes },
	protocol.MethodTextDocumentPrepareCallHierarchy: func(o *offer) { o.out.CallHierarchyProvider = yes },
	protocol.MethodTextDocumentLinkedEditingRange: func(o *offer) {
		o.out.LinkedEditingRangeProvider = yes
	},
	protocol.MethodTextDocumentRangeFormatting: func(o *offer) {
		o.out.DocumentRangeFormattingProvider = &protocol.DocumentRangeFormattingOptions{
			RangesSupport: o.resolves(protocol.MethodTextDocumentRangesFormatting),
		}
	},
	protocol.MethodTextDocumentOnTypeFormatting: func(o *offer) {
		o.out.DocumentOnTypeFormattingProvider = protocol.DocumentOnTypeFormattingOptions{
			FirstTriggerCharacter: feature.OnTypeTriggers[0], MoreTriggerCharacter: feature.OnTypeTriggers[1:],
		}
	},
	protocol.MethodTextDocumentCompletion: func(o *offer) {
		o.out.CompletionProvider = &protocol.CompletionOptions{
			TriggerCharacters: feature.CompletionTriggers,
			ResolveProvider:   o.resolves(protocol.MethodCompletionItemResolve),
			CompletionItem:    &protocol.ServerCompletionItemOptions{LabelDetailsSupport: on(true)},
		}
	},
	protocol.MethodTextDocumentSignatureHelp: func(o *offer) {
		o.out.SignatureHelpProvider = &protocol.SignatureHelpOptions{TriggerCharacters: feature.SignatureTriggers}
	},
	protocol.MethodTextDocumentDocumentLink: func(o *offer) {
		o.out.DocumentLinkProvider = &protocol.DocumentLinkOptions{ResolveProvider: o.resolves(protocol.MethodDocumentLinkResolve)}
	},
	protocol.MethodTextDocumentCodeLens: func(o *offer) {
		o.out.CodeLensProvider = &protocol.CodeLensOptions{ResolveProvider: o.resolves(protocol.MethodCodeLensResolve)}
	},
	protocol.MethodTextDocumentInlayHint: func(o *offer) {
		o.out.InlayHintProvider = &protocol.InlayHintOptions{ResolveProvider: o.resolves(protocol.MethodInlayHintResolve)}
	},
	protocol.MethodWorkspaceSymbol: func(o *offer) {
		o.out.WorkspaceSymbolProvider = &protocol.WorkspaceSymbolOptions{ResolveProvider: o.resolves(protocol.MethodWorkspaceSymbolResolve)}
	},
	protocol.MethodTextDocumentRename:             offerRename,
	protocol.MethodTextDocumentCodeAction:         offerCodeAction,
	protocol.MethodTextDocumentSemanticTokensFull: offerSemanticTokens,
	protocol.MethodTextDocumentDiagnostic:         offerDiagnostics,
	protocol.MethodWorkspaceTextDocumentContent: func(o *offer) {
		o.out.Workspace.TextDocumentContent = &protocol.TextDocumentContentOptions{Schemes: contentSchemes()}
	},
	protocol.MethodWorkspaceExecuteCommand: func(o *offer) {
		o.out.ExecuteCommandProvider = protocol.ExecuteCommandOptions{Commands: feature.CommandIDs()}
	},

	protocol.MethodCallHierarchyIncomingCalls:          nil,
	protocol.MethodCallHierarchyOutgoingCalls:          nil,
	protocol.MethodCompletionItemResolve:               nil,
	protocol.MethodDocumentLinkResolve:                 nil,
	protocol.MethodCodeLensResolve:                     nil,
	protocol.MethodInlayHintResolve:                    nil,
	protocol.MethodWorkspaceSymbolResolve:              nil,
	protocol.MethodTextDocumentPrepareRename:           nil,
	protocol.MethodCodeActionResolve:                   nil,
	protocol.MethodTextDocumentRangesFormatting:        nil,
	protocol.MethodTextDocumentSemanticTokensFullDelta: nil,
	protocol.MethodTextDocumentSemanticTokensRange:     nil,
	protocol.MethodWorkspaceDiagnostic:                 nil,
}

// offerRename: options may be sent only to clients that prepare.
func offerRename(o *offer) {
	o.out.RenameProvider = yes
	if o.client.PrepareRename() && o.has(protocol.MethodTextDocumentPrepareRename) {
		o.out.RenameProvider = &protocol.RenameOptions{PrepareProvider: on(true)}
	}
}

// offerCodeAction: options may be sent only to clients that take literals.
func offerCodeAction(o *offer) {
	o.out.CodeActionProvider = yes
	if o.client.CodeActionLiterals() {
		o.out.CodeActionProvider = &protocol.CodeActionOptions{
			CodeActionKinds: feature.CodeActionKinds,
			ResolveProvider: o.resolves(protocol.MethodCodeActionResolve),
		}
	}
}

func offerSemanticTokens(o *offer) {
	o.out.SemanticTokensProvider = &protocol.SemanticTokensOptions{
		Legend: protocol.SemanticTokensLegend{TokenTypes: feature.TokenTypes, TokenModifiers: feature.TokenModifiers},
		Range:  protocol.Boolean(o.has(protocol.MethodTextDocumentSemanticTokensRange)),
		Full:   &protocol.SemanticTokensFullDelta{Delta: on(o.has(protocol.MethodTextDocumentSemanticTokensFullDelta))},
	}
}

// offerDiagnostics: only to clients that pull; the others are pushed to.
func offerDiagnostics(o *offer) {
	if !o.client.PullDiagnostics() {
		return
	}
	o.out.DiagnosticProvider = &protocol.DiagnosticOptions{
		Identifier:            ptr("dhi-ls"),
		InterFileDependencies: true,
		WorkspaceDiagnostics:  o.has(protocol.MethodWorkspaceDiagnostic),
	}
}
