// Package feature holds what the server answers: one file for each method of
// LSP, in it one function of a snapshot and the method's params that changes
// nothing and never sees the connection.
//
// A function answers for the text as it is, however broken, and for documents
// that are none of ours it answers with nothing, not with an error: editors
// show errors as pop-ups.
package feature

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/tokens"
	"go.lsp.dev/protocol"
)

// What the client is told of the features when they are offered. These lists
// are constant.
var (
	// CompletionTriggers open completion beside letters.
	CompletionTriggers = []string{"$", "{", "#", "/", ":", "=", "!", "@", ".", "-", " "}
	// SignatureTriggers open the help for the inputs of a step.
	SignatureTriggers = []string{":", "\n"}
	// OnTypeTriggers have the new line indented.
	OnTypeTriggers = []string{"\n"}
	// CodeActionKinds are all kinds of actions.
	CodeActionKinds = []protocol.CodeActionKind{
		protocol.CodeActionKindQuickFix,
		"refactor.extract", "refactor.inline", "refactor.rewrite",
		"source.fixAll.dhi-ls", "source.organizePackages", "dhi-ls.build",
	}
	// TokenTypes and TokenModifiers are the legend of semantic tokens.
	TokenTypes, TokenModifiers = tokens.Types, tokens.Modifiers
)
