// Package rules holds the rule table and the rules. A rule is a value: id,
// summary, levels and a check function that sees a [Pass] and reports.
package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// Level is a rule's default severity in each profile.
type Level struct {
	// Project is for definitions anywhere, Catalog for those in a catalog
	// layout.
	Project, Catalog diagnostic.Severity
}

// always is the same severity in every profile.
func always(s diagnostic.Severity) Level { return Level{s, s} }

// catalogOnly is for conventions of the catalog that others need not share.
func catalogOnly(s diagnostic.Severity) Level { return Level{diagnostic.Off, s} }

// Kinds is a set of document kinds.
type Kinds uint8

// The kinds of documents a rule may apply to.
const (
	Images Kinds = 1 << iota
	Packages
	Charts
	Infos
	Definitions = Images | Packages | Charts
	Everything  = Definitions | Infos
)

// Has reports whether the set holds the kind.
func (k Kinds) Has(kind definition.Kind) bool {
	switch kind {
	case definition.Image:
		return k&Images != 0
	case definition.Package:
		return k&Packages != 0
	case definition.Chart:
		return k&Charts != 0
	case definition.Info:
		return k&Infos != 0
	}
	return false
}

// Need is what a rule must be given beside the document.
type Need uint8

const (
	// NeedsNothing: the file alone decides.
	NeedsNothing Need = iota
	// NeedsDisk: the rule asks whether other files are there.
	NeedsDisk
	// NeedsIndex: the rule asks the package index.
	NeedsIndex
	// NeedsRegistry: the rule asks what registries said of images.
	NeedsRegistry
	// NeedsWorkspace: the rule compares with other definitions.
	NeedsWorkspace
	// NeedsShellCheck: the rule runs an external program.
	NeedsShellCheck
)

// Rule is one thing that dhi-ls looks for. Its page is docs/rules/ID.md.
type Rule struct {
	// ID names the rule for ever.
	ID string
	// Aliases are former ids.
	Aliases []string
	// Summary is one line, without a full stop.
	Summary string
	Level   Level
	Kinds   Kinds
	Need    Need
	// Fix says whether findings may carry a fix, and which.
	Fix FixKind
	// Check looks at a document; nil where another part of the engine
	// reports under the id (syntax, schema, suppressions).
	Check func(*Pass)
}

// FixKind says what fixes a rule offers.
type FixKind uint8

const (
	// NoFix: the rule offers none.
	NoFix FixKind = iota
	// SafeFix: applied by --fix.
	SafeFix
	// UnsafeFix: applied by --unsafe-fixes.
	UnsafeFix
)

func (f FixKind) String() string { return [...]string{"no", "safe", "unsafe"}[f] }

// URL leads to the rule's page.
func (r *Rule) URL() string { return pageBase + r.ID + ".md" }

const pageBase = "https://github.com/dhi-ls/dhi-ls/blob/main/docs/rules/"

// In is the default severity in the profile.
func (l Level) In(catalog bool) diagnostic.Severity {
	if catalog {
		return l.Catalog
	}
	return l.Project
}
