// Package upgrade plans version bumps: one edit that takes a package, an image
// or the product itself to another version everywhere the definition says it.
//
// The definitions of the catalog are written out: a version that was one
// variable once stands in pins, vars, tags, URLs, purls, scripts and names. A
// plan finds these places again by value and by name, and leaves alone what
// has the same version by chance. What only the network knows (commits,
// digests, checksums) keeps its old value and is listed as to be refreshed.
package upgrade

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Change says what is taken to which version.
type Change struct {
	// Target is a package (golang-1.26), an image (dhi/ruby, or with the tag
	// that is wanted dhi/ruby:3.4.10-debian13-dev), a variable (UV_VERSION), a
	// repository that files come from (astral-sh/uv), a Go module of go/bump,
	// or a purl of these. Empty, or the definition's own name, is the product.
	Target string
	// Version is the new version; for a product whose packages are pinned, and
	// for a package, with its release (1.2.3-r0, 1.2.3-1).
	Version string
	// From, where it is set, is the version that the target must have now.
	From string
	// KeepRelease leaves the release of a package definition as it is where one
	// of its dependencies is bumped.
	KeepRelease bool
	// Downgrade allows a version lower than the present one.
	Downgrade bool
}

// Parse reads TARGET, TARGET=VERSION or =VERSION.
func Parse(s string) (Change, error) {
	target, version, found := strings.Cut(s, "=")
	c := Change{Target: strings.TrimSpace(target), Version: strings.TrimSpace(version)}
	switch {
	case found && c.Version == "":
		return c, fmt.Errorf("%q: a version is missing behind the `=`", s)
	case strings.ContainsAny(c.Target+c.Version, " \t\n'\"#{}"):
		return c, fmt.Errorf("%q is no TARGET=VERSION", s)
	case c.Target == "" && c.Version == "":
		return c, errors.New("nothing to upgrade: use TARGET=VERSION, or =VERSION for the product itself")
	}
	return c, nil
}

// What a Place holds.
const (
	Commit   = "commit"
	Digest   = "digest"
	Checksum = "checksum"
	Date     = "date"
)

// Place is a value that only the network knows anew.
type Place struct {
	// Range is where the old value stands in the text before the edits, which
	// leave it alone.
	Range text.Range
	// Path leads to the scalar that holds it: vars.COMMIT_SHA.
	Path string
	// What is Commit, Digest, Checksum or Date.
	What string
	// Value is the old value.
	Value string
	// Of is what the value belongs to: a URL or an image reference, as it is
	// after the edits; empty where the definition does not say.
	Of string
}

// ErrCurrent says that the target has the version already.
var ErrCurrent = errors.New("has this version already")

// NotFound says that a definition does not hold what is to be bumped.
type NotFound struct {
	Target string
	// Have are the targets that there are.
	Have []string
}

func (e *NotFound) Error() string {
	if len(e.Have) == 0 {
		return fmt.Sprintf("no version of %q here, and none of anything else", e.Target)
	}
	return fmt.Sprintf("no version of %q here; there are: %s", e.Target, strings.Join(e.Have, ", "))
}

// OtherVersion says that the target has not the version that was asked for
// with Change.From, or a higher one than the wanted.
type OtherVersion struct {
	Target, Has, Want string
	// Newer says that the present version is the higher one.
	Newer bool
}

func (e *OtherVersion) Error() string {
	name := e.Target
	if name == "" {
		name = "the product"
	}
	if e.Newer {
		return fmt.Sprintf("%s is at %s, which is newer than %s", name, e.Has, e.Want)
	}
	return fmt.Sprintf("%s is at %s, not at %s", name, e.Has, e.Want)
}

// Result is a plan.
type Result struct {
	// From and To are the versions of what is bumped.
	From, To string
	Edits    []text.Edit
	Refresh  []Place
	// Product says that the definition's own version changes.
	Product bool
	// Notes are what a person should look at.
	Notes []string
}

// Plan finds the edits that make the change. The error is ErrCurrent, a
// *NotFound, an *OtherVersion, or says what is missing.
func Plan(doc *definition.Document, c Change) ([]text.Edit, []Place, error) {
	r, err := Make(doc, c)
	if err != nil {
		return nil, nil, err
	}
	return r.Edits, r.Refresh, nil
}

// Make is Plan with all that is known of the change.
func Make(doc *definition.Document, c Change) (*Result, error) {
	if doc == nil || doc.Def == nil || doc.Tree == nil || doc.Def.Root == nil {
		return nil, errors.New("not a DHI definition")
	}
	p := newPlan(doc, c)
	p.asking = c.Version == ""
	if err := p.resolve(); err != nil {
		return nil, err
	}
	if err := p.allowed(); err != nil {
		return nil, err
	}
	if p.old == p.new && !p.pinnedReference() {
		return nil, ErrCurrent
	}
	p.release()
	p.rewrite()
	p.mark()
	return p.result()
}

// Current is the version that the target of a change has now.
func Current(doc *definition.Document, target string) (string, error) {
	if doc == nil || doc.Def == nil || doc.Tree == nil || doc.Def.Root == nil {
		return "", errors.New("not a DHI definition")
	}
	p := newPlan(doc, Change{Target: target, Version: "0"})
	p.asking = true
	if err := p.resolve(); err != nil {
		return "", err
	}
	return p.old, nil
}
