// Package locate places the causes of a failed build on the nodes of the
// definition that was built, and keeps them in place while the text changes.
package locate

import "github.com/dhi-ls/dhi-ls/analysis/text"

// Kind says which part of a definition a node is. Paths are given for the top
// level; the same kinds exist inside each stage (contents.builds[]).
type Kind string

// The kinds of nodes that a build can fail on.
const (
	// Directive is the first line's syntax directive, without its break.
	Directive Kind = "directive"
	// Package is an item of contents.packages, an exclusion ("!name") too.
	Package Kind = "package"
	// Repository is an item of contents.repositories, Key of contents.keyring.
	Repository Kind = "repository"
	Key        Kind = "key"
	// FileURL and FileChecksum are contents.files[].url and .checksum.
	FileURL      Kind = "file-url"
	FileChecksum Kind = "file-checksum"
	// Artifact is contents.artifacts[].name, Include one of its includes.
	Artifact Kind = "artifact"
	Include  Kind = "include"
	// Uses is builds[].uses or builds[].pipeline[].uses.
	Uses Kind = "uses"
	// Path and PathSource are paths[].path and .source.
	Path       Kind = "path"
	PathSource Kind = "path-source"
	// OutputSource and OutputTarget are builds[].outputs[].source and .target.
	OutputSource Kind = "output-source"
	OutputTarget Kind = "output-target"
	// User and Group are accounts.users[].name and accounts.groups[].name;
	// RunAs is accounts.run-as or pipeline[].run-as.
	User  Kind = "user"
	Group Kind = "group"
	RunAs Kind = "run-as"
	// Stage is builds[].name, Step is builds[].pipeline[].name.
	Stage Kind = "stage"
	Step  Kind = "step"
	// Runs is builds[].pipeline[].runs: the whole scalar, for a block scalar
	// from its indicator to the end of its last line.
	Runs Kind = "runs"
	// Shell and WorkDir are the keys of that name on a stage or step.
	Shell   Kind = "shell"
	WorkDir Kind = "work-dir"
	// Secret is pipeline[].secrets[].id.
	Secret Kind = "secret"
	// Privileged is the key of that name on a stage or step.
	Privileged Kind = "privileged"
	// Platform is an item of platforms.
	Platform Kind = "platform"
	// Value is every scalar value of the document, those above included.
	Value Kind = "value"
)

// Node is one scalar of the definition.
type Node struct {
	Kind Kind
	// Range is the scalar as it stands in the text, its quotes included.
	Range text.Range
	// Value is the scalar's value as YAML reads it.
	Value string
	// Resolved are the values with their ${variables} put in, one for each
	// platform or matrix cell where they differ. It may be empty.
	Resolved []string
	// Stage and Step are the names of the stage and step around the node, ""
	// at the top level or where they have none. StepIndex is the 0-based
	// place of the step in its pipeline, -1 outside of one.
	Stage, Step string
	StepIndex   int
}

// Document is what locate has to know of a definition. The analysis fulfils
// it for the very text that was built; it must answer for any text, also one
// that does not parse.
type Document interface {
	// Text is the version of the text that was built.
	Text() *text.Text
	// Nodes are the nodes of the kind in the order of the text.
	Nodes(Kind) []Node
	// ScriptLine is the range of the 1-based line of the script in a Runs
	// node, as the shell counts it: for a block scalar, line 1 is the first
	// line below the indicator. The range leaves indentation and line break
	// out. It is false when the script has no such line.
	ScriptLine(n Node, line int) (text.Range, bool)
	// Span widens or narrows a range to the node that it means: the largest
	// value node inside r, blanks at its ends left out, or where there is
	// none the smallest node around r. It is r itself in a text without
	// nodes.
	Span(r text.Range) text.Range
}

// Span is what a Document's Span answers where the ranges are those of all its
// nodes.
func Span(nodes []text.Range, r text.Range) text.Range {
	var inside, around text.Range
	found := false
	for _, s := range nodes {
		if r.Covers(s) && s.Len() > inside.Len() {
			inside = s
		}
		if s.Covers(r) && (!found || s.Len() < around.Len()) {
			around, found = s, true
		}
	}
	switch {
	case inside.Len() > 0:
		return inside
	case found:
		return around
	}
	return r
}

// values are the forms in which the build may have seen the node.
func (n Node) values() []string {
	return append([]string{n.Value}, n.Resolved...)
}
