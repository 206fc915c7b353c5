// Package commandid names the commands of workspace/executeCommand and their
// arguments, for those who carry them out and those who offer them. They are
// documented in docs/protocol.md.
package commandid

import (
	"github.com/dhi-ls/dhi-ls/analysis/scaffold"
	"github.com/dhi-ls/dhi-ls/lsp/internal/upgrades"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// The commands.
const (
	// Build builds the definition; see [Building].
	Build = "dhi-ls.build"
	// CancelBuild ends the build of a definition; see [Document].
	CancelBuild = "dhi-ls.cancelBuild"
	// BuildLog is the log of the last build of a definition; see [Document].
	BuildLog = "dhi-ls.buildLog"
	// BuildResult is what the last build came to; see [Document].
	BuildResult = "dhi-ls.buildResult"
	// Check checks a document or the workspace; see [Document].
	Check = "dhi-ls.check"
	// FixAll mends all that can be mended safely; see [Document].
	FixAll = "dhi-ls.fixAll"
	// Explain opens the page of a rule; see [Rule].
	Explain = "dhi-ls.explain"
	// ShowProblems leads to the gravest finding; see [Document].
	ShowProblems = "dhi-ls.showProblems"
	// MakeVariant makes another variant of a definition; see [Variant].
	MakeVariant = "dhi-ls.makeVariant"
	// ShowVariant opens a variant that a code action made; see [Variant].
	ShowVariant = "dhi-ls.showVariant"
	// New writes a new definition; see [Scaffold].
	New = "dhi-ls.new"
	// CompareVariants compares a definition with its variants; see [Document].
	CompareVariants = "dhi-ls.compareVariants"
	// Upgrade takes something to another version; see [Upgrading].
	Upgrade = "dhi-ls.upgrade"
	// ToRefresh notes what an upgrade left to be refreshed; see [Refresh].
	ToRefresh = "dhi-ls.toRefresh"
	// Resolve lists what packages install; see [Packages].
	Resolve = "dhi-ls.resolve"
	// IndexUpdate fetches package indexes; see [Document].
	IndexUpdate = "dhi-ls.index.update"
	// ImageUpdate asks registries about images; see [Image].
	ImageUpdate = "dhi-ls.image.update"
	// Reload reads configuration and files anew. It has no arguments.
	Reload = "dhi-ls.reload"
)

// Document is the argument of a command about a document.
type Document struct {
	URI uri.URI `json:"uri"`
}

// Image is the argument of a command about an image that a document refers to;
// about all of them where no reference is given.
type Image struct {
	URI       uri.URI `json:"uri"`
	Reference string  `json:"reference,omitempty"`
}

// Building is the argument of the command that builds, as far as lenses and
// actions use it; package builds has all of it.
type Building struct {
	URI   uri.URI `json:"uri"`
	Load  bool    `json:"load,omitzero"`
	Guide bool    `json:"guide,omitzero"`
	Check bool    `json:"check,omitzero"`
}

// Packages is the argument of a command about the packages of a document: of
// the image, or of a build stage; for the first platform where none is named.
type Packages struct {
	URI      uri.URI `json:"uri"`
	Stage    string  `json:"stage,omitempty"`
	Platform string  `json:"platform,omitempty"`
}

// Scaffold is the argument of [New]: the answers that a definition of the kind
// (image, package, chart) is made of, or with the URI of an open document how
// the new one differs from it in name, distribution, variant and flavor.
type Scaffold struct {
	URI  uri.URI `json:"uri,omitempty"`
	Kind string  `json:"kind,omitempty"`
	scaffold.Spec
}

// Variant is the argument of a command about another variant of an open
// document; what is empty stays.
type Variant struct {
	URI     uri.URI `json:"uri"`
	Dist    string  `json:"dist,omitempty"`
	Variant string  `json:"variant,omitempty"`
	Flavor  string  `json:"flavor,omitempty"`
}

// Upgrading is the argument of [Upgrade]: what of an open document is taken to
// which version. Without a version it is the newest that is known, without a
// target the product itself.
type Upgrading struct {
	URI       uri.URI `json:"uri"`
	Target    string  `json:"target,omitempty"`
	Version   string  `json:"version,omitempty"`
	Siblings  bool    `json:"siblings,omitzero"`
	Downgrade bool    `json:"downgrade,omitzero"`
}

// Refresh is the argument of [ToRefresh]: the values by document.
type Refresh struct {
	Files map[uri.URI][]upgrades.Mark `json:"files"`
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
