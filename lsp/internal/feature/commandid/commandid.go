// Package commandid names the commands of workspace/executeCommand and their
// arguments, for those who carry them out and those who offer them. They are
// documented in docs/protocol.md.
package commandid

import (
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// The commands.
const (
	// Build builds the definition; see [Document].
	Build = "dhi-ls.build"
	// Check checks a document or the workspace; see [Document].
	Check = "dhi-ls.check"
	// FixAll mends all that can be mended safely; see [Document].
	FixAll = "dhi-ls.fixAll"
	// Explain opens the page of a rule; see [Rule].
	Explain = "dhi-ls.explain"
	// ShowProblems leads to the gravest finding; see [Document].
	ShowProblems = "dhi-ls.showProblems"
	// MakeDevVariant writes the dev variant of a runtime; see [Document].
	MakeDevVariant = "dhi-ls.makeDevVariant"
	// Reload reads configuration and files anew. It has no arguments.
	Reload = "dhi-ls.reload"
)

// Document is the argument of a command about a document.
type Document struct {
	URI uri.URI `json:"uri"`
}

// Rule is the argument of a command about a rule.
type Rule struct {
	Rule string `json:"rule"`
}

// Of is the command with its argument, as lenses and actions carry it.
func Of(title, id string, argument any) *protocol.Command {
	raw, err := json.Marshal(argument)
	if err != nil {
		raw = protocol.LSPAny("null") // strings alone cannot fail
	}
	return &protocol.Command{Title: title, Command: id, Arguments: []protocol.LSPAny{raw}}
}
