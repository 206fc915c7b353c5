// Package resolve computes what a selection of packages installs, as the
// package manager of its family would: apk's solver for Alpine, apt's for
// Debian. What a definition's exclusions mean is a handful of named inferences
// (see Inferences).
package resolve

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/store"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// Repository is an index to choose from. Their order is the order of
// preference among equals.
type Repository struct {
	Index *store.Index
	Tag   string // Alpine: only packages pinned to it come from here
	// Priority is Debian's pin priority; 0 means 500. Archives that say
	// NotAutomatic (backports) have 100, experimental ones 1.
	Priority int
}

// Want is one package that the selection names.
type Want struct {
	Name       string
	Constraint version.Constraint
	Tag        string // Alpine
	// Conflict is apk's own !name: the thing must not be there. A definition's
	// exclusions are no Wants; they go into Request.Exclude.
	Conflict bool
}

// String is the want as an entry writes it.
func (w Want) String() string {
	s := w.Name
	if w.Conflict {
		s = "!" + s
	}
	if w.Tag != "" {
		s += "@" + w.Tag
	}
	if !w.Constraint.Unbound() {
		s += w.Constraint.Op.String() + w.Constraint.Version
	}
	return s
}

// Request is a selection.
type Request struct {
	Wants   []Want
	Exclude []string // names after !
	Arch    string   // the family's name
	// DropUnsatisfiable leaves out the wants that cannot be met, each as a
	// Problem, and resolves the others (apk's --force-broken-world).
	DropUnsatisfiable bool
	Inferences        Inferences
}

// Need is why a package is there.
type Need struct {
	By       string // the package that needs it; empty for the selection itself
	Relation string // as that package writes it
}

// Chosen is a package of a closure.
type Chosen struct {
	Name, Version string
	Repository    int // in the order given
	Row           int // in its index
	Wanted        bool
	NeededBy      []Need
	InstallIf     bool // Alpine: there because of its install_if
}

// Met is a dependency that counts as met because of an exclusion.
type Met struct {
	By       string // package
	Relation string
	Excluded string // the excluded package that would satisfy it
	Rule     string // the inference
}

// Closure is what a selection installs, in the order in which it was chosen.
type Closure struct {
	Packages []Chosen
	Met      []Met
}

// ProblemKind is the class of a Problem.
type ProblemKind string

const (
	Missing     ProblemKind = "missing"     // no index has it
	NoVersion   ProblemKind = "no-version"  // not in a version that fits
	Conflict    ProblemKind = "conflict"    // two things that exclude each other
	Ambiguous   ProblemKind = "ambiguous"   // a virtual package with several providers
	Unavailable ProblemKind = "unavailable" // there, but it cannot be installed
)

// Problem is a reason why a selection cannot be installed.
type Problem struct {
	Kind    ProblemKind
	Want    int // in Request.Wants: the entry that causes it
	Message string
	// Chain are the reasons in order, from the entry to what fails.
	Chain []string
	// Choices are the packages to choose from when it is Ambiguous.
	Choices []string
}

func (p Problem) Error() string {
	if len(p.Chain) == 0 {
		return p.Message
	}
	return p.Message + " (" + strings.Join(p.Chain, "; ") + ")"
}

func needText(by, relation string) string {
	if by == "" {
		return fmt.Sprintf("the selection lists %s", relation)
	}
	return fmt.Sprintf("%s needs %s", by, relation)
}
