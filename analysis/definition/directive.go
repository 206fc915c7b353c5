// Package definition is the typed view of a document: an image, a package, a
// chart or an info file as a reader thinks of it, in which every leaf knows
// its place in the text.
package definition

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// DirectiveState says what the first line of a document is.
type DirectiveState uint8

const (
	// NoDirective: the first line is no syntax directive.
	NoDirective DirectiveState = iota
	// OurDirective names the DHI frontend.
	OurDirective
	// ForeignDirective names another frontend.
	ForeignDirective
)

// Directive is the syntax directive on the first line, which names the
// BuildKit frontend that builds the file.
type Directive struct {
	State DirectiveState
	// Line is the first line without its break.
	Line text.Range
	// Ref is the image reference behind "syntax=".
	Ref      text.Range
	RefValue string
	// Registry and Repository are the parts of the reference: dhi.io and build.
	Registry, Repository string
	// Tag is what stands behind the colon, TagRange where.
	Tag      string
	TagRange text.Range
	Digest   string
	// WellFormed says that the tag has the form VERSION-FAMILYRELEASE[-dev].
	WellFormed bool
	// Major is the frontend's major version: 2.
	Major string
	// Version is the frontend's version as written: 2, 2.20 or 2.20.0.
	Version string
	// Family is alpine, debian or helm.
	Family string
	// Release is 3.23, 13, or 3 for helm.
	Release string
	// Suffix is "dev" for a -dev frontend.
	Suffix string
}

// Dist is the distribution that the directive names, without helm.
func (d Directive) Dist() Dist {
	if d.Family == "helm" {
		return Dist{}
	}
	return Dist{d.Family, d.Release}
}

var (
	// directiveLine follows BuildKit's own grammar of parser directives.
	directiveLine = regexp.MustCompile(`^#[ \t]*(?i:syntax)[ \t]*=[ \t]*(\S+)[ \t]*$`)
	directiveTag  = regexp.MustCompile(`^(([0-9]+)(?:\.[0-9]+){0,2})-(alpine|debian|helm)([0-9][0-9.]*)(?:-(dev))?$`)
)

// DefaultPrefixes are the registries whose build image is the DHI frontend.
var defaultPrefixes = []string{"dhi.io", "dhi", "docker.io/dhi"}

// parseDirective reads the first line. Prefixes are further registry
// prefixes under which the user mirrors the frontend.
func parseDirective(t *text.Text, prefixes []string) Directive {
	line := t.LineRange(0)
	line.Start += t.BOM()
	d := Directive{Line: line}
	m := directiveLine.FindStringSubmatchIndex(t.Slice(line))
	if m == nil {
		return d
	}
	d.Ref = text.Range{Start: line.Start + m[2], End: line.Start + m[3]}
	d.RefValue = t.Slice(d.Ref)
	d.split()
	d.State = ForeignDirective
	if d.Repository == "build" && isPrefix(d.Registry, prefixes) {
		d.State = OurDirective
	}
	if g := directiveTag.FindStringSubmatch(d.Tag); g != nil {
		d.WellFormed = true
		d.Version, d.Major, d.Family, d.Release, d.Suffix = g[1], g[2], g[3], g[4], g[5]
	}
	return d
}

func isPrefix(registry string, prefixes []string) bool {
	for _, p := range defaultPrefixes {
		if registry == p {
			return true
		}
	}
	for _, p := range prefixes {
		p = strings.TrimSuffix(p, "/")
		if registry == p || registry == p+"/dhi.io" || registry == p+"/dhi" {
			return true
		}
	}
	return false
}

// split takes the reference apart; it needs to cope with half-typed ones.
func (d *Directive) split() {
	name := d.RefValue
	if at := strings.IndexByte(name, '@'); at >= 0 {
		d.Digest = name[at+1:]
		name = name[:at]
	}
	slash := strings.LastIndexByte(name, '/')
	if colon := strings.LastIndexByte(name, ':'); colon > slash {
		d.Tag = name[colon+1:]
		d.TagRange = text.Range{Start: d.Ref.Start + colon + 1, End: d.Ref.Start + len(name)}
		name = name[:colon]
	} else {
		d.TagRange = text.At(d.Ref.Start + len(name))
	}
	if slash >= 0 {
		d.Registry, d.Repository = name[:slash], name[slash+1:]
	} else {
		d.Repository = name
	}
}
