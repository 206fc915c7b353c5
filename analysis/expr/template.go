// Package expr reads the substitutions of a DHI definition: ${NAME},
// ${NAME:regex}, the built-ins such as ${source.dir}, and build expressions
// #{ ... }. It parses half-typed text, says where a cursor stands, and works
// out values per platform.
//
// All offsets are bytes of the decoded string that was given; callers map
// them into the file.
package expr

import (
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// PartKind tells the parts of a template apart.
type PartKind uint8

const (
	// Literal is plain text.
	Literal PartKind = iota
	// Variable is ${NAME} or ${NAME:regex}, a name of the definition's vars
	// (or, in shell contexts, of the environment).
	Variable
	// Builtin is ${a.b}, a value that the build provides.
	Builtin
	// Expression is #{ ... }, which the build evaluates.
	Expression
	// Shell is a ${...} in the shape of a shell parameter expansion, such as
	// ${NAME:-default} or ${NAME%.*}: no substitution of the format.
	Shell
)

var partKindNames = [...]string{"literal", "variable", "builtin", "expression", "shell"}

func (k PartKind) String() string { return partKindNames[k] }

// Part is a stretch of a template. The parts of a template follow each other
// without gaps and cover the whole string.
type Part struct {
	Kind PartKind
	// Range is the whole part, ${ and } included.
	Range text.Range
	// Name is the variable or the dotted built-in, empty for other kinds and
	// where none is typed yet.
	Name      string
	NameRange text.Range
	// HasRegex says that a colon follows the name; Regex is what stands
	// between it and the closing brace.
	HasRegex   bool
	Regex      string
	RegexRange text.Range
	// Closed is false for half-typed parts.
	Closed bool
	// Expr is the parsed expression of an Expression.
	Expr *Expr
}

// ProblemKind classifies what is wrong, so that a caller can choose severity
// and rule.
type ProblemKind uint8

const (
	// Unclosed: ${ or #{ without its closing brace.
	Unclosed ProblemKind = iota + 1
	// WrongCloser: ${NAME) and the like.
	WrongCloser
	// EmptyName: ${} or ${:regex}.
	EmptyName
	// BadName: a name with characters that no name has.
	BadName
	// BadRegex: the regular expression does not compile.
	BadRegex
	// NoGroup: the regular expression has no capture group, and the result
	// of ${NAME:regex} is group 1. A note, as dpkg's ${binary:Version} has
	// this shape.
	NoGroup
	// Doubled: ${{ ... }}, the syntax of other tools.
	Doubled
	// LooksLikeVariable: @{NAME} or {NAME} without the dollar. A note: the
	// caller knows whether NAME is declared.
	LooksLikeVariable
	// ShellVariable: $NAME without braces, which only a shell substitutes. A
	// note: in shell contexts it is right.
	ShellVariable
	// ShellExpansion: ${NAME:-x}, ${NAME%x} ..., which only a shell
	// understands. A note: in shell contexts it is right.
	ShellExpansion
	// NotWhole: #{ ... } beside other text; the catalog has expressions only
	// as whole values. A note.
	NotWhole
	// Syntax: a build expression that no reading makes valid.
	Syntax
	// UnknownSyntax: a build expression with constructs the known grammar
	// lacks (numbers, calls, other operators); it may be valid elsewhere.
	UnknownSyntax
	// TypeMismatch: a string where a condition is meant, or the reverse.
	TypeMismatch
	// UnknownMember: target.x or definition.x that is not known.
	UnknownMember
	// UnknownArch: target.arch compared with a value it never has.
	UnknownArch
	// TooLong: the text exceeds the size limits of this package.
	TooLong
)

// Note reports whether the kind is only a hint that the caller has to judge
// by what it knows of the place.
func (k ProblemKind) Note() bool {
	switch k {
	case NoGroup, LooksLikeVariable, ShellVariable, ShellExpansion, NotWhole:
		return true
	}
	return false
}

// Problem is one defect with its exact place.
type Problem struct {
	Kind    ProblemKind
	Range   text.Range
	Message string
	// Name is the name the problem is about, if any.
	Name string
	// Fix, if not nil, is the edit that mends it; FixTitle says what it does.
	Fix      *text.Edit
	FixTitle string
}

// Template is a parsed string.
type Template struct {
	Source   string
	Parts    []Part
	Problems []Problem
}

// Plain reports whether the string holds no substitution.
func (t *Template) Plain() bool {
	for i := range t.Parts {
		if t.Parts[i].Kind != Literal {
			return false
		}
	}
	return true
}

// Reference is one use of a variable or built-in.
type Reference struct {
	// Name is NAME, or the dotted name of a built-in.
	Name string
	// Range is the name alone.
	Range   text.Range
	Builtin bool
	// InExpression is true for definition.vars.NAME and target.x in #{ }.
	InExpression bool
}

// References lists the variables and built-ins the string uses, in order.
func (t *Template) References() []Reference {
	var refs []Reference
	for i := range t.Parts {
		p := &t.Parts[i]
		switch {
		case p.Expr != nil:
			refs = append(refs, p.Expr.References()...)
		case p.Name != "" && p.Kind != Literal:
			refs = append(refs, Reference{Name: p.Name, Range: p.NameRange, Builtin: p.Kind == Builtin})
		}
	}
	return refs
}

// PartAt is the index of the part that holds offset. Between two parts, a
// closed substitution yields to the text behind it; an unclosed one does not.
func (t *Template) PartAt(offset int) int {
	for i := range t.Parts {
		r := t.Parts[i].Range
		if offset < r.End || (offset == r.End && t.keepsEnd(i)) {
			return i
		}
	}
	return len(t.Parts) - 1
}

func (t *Template) keepsEnd(i int) bool {
	p := &t.Parts[i]
	if p.Kind != Literal {
		return !p.Closed
	}
	return i == len(t.Parts)-1
}
