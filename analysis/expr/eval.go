package expr

import (
	"fmt"
)

// expression evaluates #{ ... } to a string.
func (r *resolver) expression(e *Expr, source string) (string, []Unresolved) {
	for _, p := range e.Problems {
		switch p.Kind {
		case Syntax, UnknownSyntax, TooLong:
			return source, r.open("", InvalidExpression, p.Message)
		}
	}
	v, open := r.eval(e.Root)
	if len(open) > 0 {
		return source, open
	}
	s, ok := v.(string)
	if !ok {
		return source, r.open("", InvalidExpression, "the expression yields a condition, not a string")
	}
	return s, nil
}

// eval yields a string or a bool. Branches not taken are not evaluated.
func (r *resolver) eval(n Node) (any, []Unresolved) {
	switch n := n.(type) {
	case *StringLit:
		return n.Value, nil
	case *BoolLit:
		return n.Value, nil
	case *Paren:
		return r.eval(n.X)
	case *Member:
		return r.evalMember(n)
	case *Unary:
		b, open := r.evalBool(n.X)
		return !b, open
	case *Ternary:
		return r.evalTernary(n)
	case *Binary:
		return r.evalBinary(n)
	}
	return nil, r.open("", InvalidExpression, "the expression is incomplete")
}

func (r *resolver) evalMember(n *Member) (any, []Unresolved) {
	name, _, isVar := n.Var()
	if isVar {
		v := r.variable(name)
		return v.value, v.open
	}
	path := n.Path()
	if v, ok := r.member(path); ok {
		return v, nil
	}
	return nil, r.open(path, Symbolic, fmt.Sprintf("the value of %s is known only in the build", path))
}

func (r *resolver) evalBool(n Node) (bool, []Unresolved) {
	v, open := r.eval(n)
	if len(open) > 0 {
		return false, open
	}
	b, ok := v.(bool)
	if !ok {
		return false, r.open("", InvalidExpression, "a string stands where a condition is expected")
	}
	return b, nil
}

func (r *resolver) evalTernary(n *Ternary) (any, []Unresolved) {
	cond, open := r.evalBool(n.Cond)
	switch {
	case len(open) > 0:
		return nil, open
	case cond:
		return r.eval(n.Then)
	}
	return r.eval(n.Else)
}

func (r *resolver) evalBinary(n *Binary) (any, []Unresolved) {
	if n.Op == "||" || n.Op == "&&" {
		x, open := r.evalBool(n.X)
		if len(open) > 0 || x == (n.Op == "||") {
			return x, open
		}
		return r.evalBool(n.Y)
	}
	x, open := r.eval(n.X)
	if len(open) > 0 {
		return nil, open
	}
	y, open := r.eval(n.Y)
	switch {
	case len(open) > 0:
		return nil, open
	case n.Op == "==":
		return x == y, nil
	case n.Op == "!=":
		return x != y, nil
	}
	return r.join(x, y)
}

func (r *resolver) join(x, y any) (any, []Unresolved) {
	a, okA := x.(string)
	b, okB := y.(string)
	switch {
	case !okA || !okB:
		return nil, r.open("", InvalidExpression, "+ joins strings only")
	case len(a)+len(b) > maxValue:
		return nil, r.open("", TooLarge, fmt.Sprintf("the value grows over %d bytes", maxValue))
	}
	return a + b, nil
}
