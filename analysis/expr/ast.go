package expr

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Type is the type of an operand of a build expression.
type Type uint8

const (
	// TypeUnknown fits everywhere: a half-typed operand or an unknown member.
	TypeUnknown Type = iota
	// TypeString is text.
	TypeString
	// TypeBool is a condition.
	TypeBool
	// TypeObject has members and is no value.
	TypeObject
)

var typeNames = [...]string{"unknown", "a string", "a condition", "an object"}

func (t Type) String() string { return typeNames[t] }

// Node is an operand of a build expression.
type Node interface {
	// Span is the source range of the node.
	Span() text.Range
}

type (
	// StringLit is a double-quoted string; Value has its escapes decoded.
	StringLit struct {
		Range text.Range
		Value string
	}
	// BoolLit is true or false.
	BoolLit struct {
		Range text.Range
		Value bool
	}
	// Member is target.arch, definition.vars.NAME or another dotted path.
	Member struct {
		Range text.Range
		// Names are the segments; a segment not typed yet is empty.
		Names []string
		// Ranges are those of the segments.
		Ranges []text.Range
	}
	// Unary is !X.
	Unary struct {
		Range text.Range
		X     Node
	}
	// Binary is X Op Y with Op one of || && == != +.
	Binary struct {
		Range   text.Range
		Op      string
		OpRange text.Range
		X, Y    Node
	}
	// Ternary is Cond ? Then : Else.
	Ternary struct {
		Range            text.Range
		Cond, Then, Else Node
	}
	// Paren is ( X ).
	Paren struct {
		Range text.Range
		X     Node
	}
	// Bad stands where an operand is missing or not understood.
	Bad struct {
		Range text.Range
	}
)

// Span is the range of the literal with its quotes.
func (n *StringLit) Span() text.Range { return n.Range }

// Span is the range of the word.
func (n *BoolLit) Span() text.Range { return n.Range }

// Span is the range of the whole path.
func (n *Member) Span() text.Range { return n.Range }

// Span is the range of the operator and its operand.
func (n *Unary) Span() text.Range { return n.Range }

// Span is the range of both operands.
func (n *Binary) Span() text.Range { return n.Range }

// Span is the range from the condition to the last branch.
func (n *Ternary) Span() text.Range { return n.Range }

// Span is the range with both parentheses.
func (n *Paren) Span() text.Range { return n.Range }

// Span is the range of what was not understood, empty where nothing stands.
func (n *Bad) Span() text.Range { return n.Range }

// Path is the dotted path.
func (n *Member) Path() string { return strings.Join(n.Names, ".") }

// Var is NAME and its range if the member is definition.vars.NAME.
func (n *Member) Var() (string, text.Range, bool) {
	if len(n.Names) == 3 && n.Names[0] == "definition" && n.Names[1] == "vars" && n.Names[2] != "" {
		return n.Names[2], n.Ranges[2], true
	}
	return "", text.Range{}, false
}

// Expr is a parsed build expression.
type Expr struct {
	// Range is the text between the braces.
	Range text.Range
	// Closed says that the closing brace is there.
	Closed bool
	// Root is never nil.
	Root     Node
	Problems []Problem

	source string
	tokens []token
}

// Walk visits the nodes below and with n, parents first, until f says no.
func Walk(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	switch n := n.(type) {
	case *Unary:
		Walk(n.X, f)
	case *Paren:
		Walk(n.X, f)
	case *Binary:
		Walk(n.X, f)
		Walk(n.Y, f)
	case *Ternary:
		Walk(n.Cond, f)
		Walk(n.Then, f)
		Walk(n.Else, f)
	}
}

// References lists the variables and members the expression uses, in order.
func (e *Expr) References() []Reference {
	var refs []Reference
	Walk(e.Root, func(n Node) bool {
		m, ok := n.(*Member)
		if !ok {
			return true
		}
		if name, r, ok := m.Var(); ok {
			refs = append(refs, Reference{Name: name, Range: r, InExpression: true})
		} else if m.Names[0] == "target" {
			refs = append(refs, Reference{Name: m.Path(), Range: m.Range, Builtin: true, InExpression: true})
		}
		return true
	})
	return refs
}
