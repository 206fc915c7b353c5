package expr

import (
	"fmt"
	"slices"
	"strings"
)

// check types the expression and its members. It runs only on expressions
// without syntax problems.
func check(e *Expr) {
	c := &checker{e: e}
	if got := c.typeOf(e.Root); got == TypeBool {
		c.mismatch(e.Root, "the expression yields a condition where a string is expected: write condition ? \"a\" : \"b\"")
	}
}

type checker struct{ e *Expr }

func (c *checker) mismatch(n Node, message string) {
	c.e.report(TypeMismatch, n.Span(), "", message)
}

func (c *checker) want(n Node, want Type, what string) {
	got := c.typeOf(n)
	if got != TypeUnknown && got != want {
		c.mismatch(n, fmt.Sprintf("%s must be %s, this is %s", what, want, got))
	}
}

func (c *checker) typeOf(n Node) Type {
	switch n := n.(type) {
	case *StringLit:
		return TypeString
	case *BoolLit:
		return TypeBool
	case *Paren:
		return c.typeOf(n.X)
	case *Unary:
		c.want(n.X, TypeBool, "what ! negates")
		return TypeBool
	case *Member:
		return c.memberType(n)
	case *Binary:
		return c.binaryType(n)
	case *Ternary:
		return c.ternaryType(n)
	}
	return TypeUnknown
}

func (c *checker) binaryType(n *Binary) Type {
	switch n.Op {
	case "+":
		c.want(n.X, TypeString, "what + joins")
		c.want(n.Y, TypeString, "what + joins")
		return TypeString
	case "||", "&&":
		c.want(n.X, TypeBool, "what "+n.Op+" combines")
		c.want(n.Y, TypeBool, "what "+n.Op+" combines")
		return TypeBool
	}
	x, y := c.typeOf(n.X), c.typeOf(n.Y)
	if x != TypeUnknown && y != TypeUnknown && x != y {
		c.mismatch(n, fmt.Sprintf("%s compares %s with %s", n.Op, x, y))
	}
	c.archValue(n.X, n.Y)
	c.archValue(n.Y, n.X)
	return TypeBool
}

// archValue reports target.arch compared with a value it never has.
func (c *checker) archValue(x, y Node) {
	m, isMember := x.(*Member)
	lit, isString := y.(*StringLit)
	if !isMember || !isString || m.Path() != "target.arch" || slices.Contains(Architectures(), lit.Value) {
		return
	}
	pr := c.e.report(UnknownArch, lit.Range, lit.Value, fmt.Sprintf("target.arch is never %q: its values are \"amd64\" and \"arm64\"", lit.Value))
	if meant := archNames[strings.ToLower(lit.Value)]; meant != "" {
		pr.fix(`Write "`+meant+`"`, lit.Range, `"`+meant+`"`)
	}
}

func (c *checker) ternaryType(n *Ternary) Type {
	c.want(n.Cond, TypeBool, "what stands before ?")
	x, y := c.typeOf(n.Then), c.typeOf(n.Else)
	if x == TypeUnknown {
		return y
	}
	if y != TypeUnknown && x != y {
		c.mismatch(n, fmt.Sprintf("the branches differ in type: %s and %s", x, y))
	}
	return x
}

func (c *checker) memberType(m *Member) Type {
	if _, _, ok := m.Var(); ok {
		return TypeString
	}
	path := ""
	last := MemberInfo{}
	for i, name := range m.Names {
		known := members[path]
		at := slices.IndexFunc(known, func(k MemberInfo) bool { return k.Name == name })
		if at < 0 {
			c.unknownMember(m, i, known)
			return TypeUnknown
		}
		last = known[at]
		path = strings.TrimPrefix(path+"."+name, ".")
	}
	if last.Type == TypeObject {
		c.mismatch(m, fmt.Sprintf("%s is no value: expected a member such as %s", path, memberExample[path]))
		return TypeUnknown
	}
	return last.Type
}

var memberExample = map[string]string{
	"target": "target.arch", "definition": "definition.vars.NAME", "definition.vars": "definition.vars.NAME",
}

func (c *checker) unknownMember(m *Member, i int, known []MemberInfo) {
	base := strings.Join(m.Names[:i], ".")
	if i == 0 && len(m.Names) == 1 {
		pr := c.e.report(UnknownMember, m.Range, m.Names[0], fmt.Sprintf("%s is not known here: write definition.vars.%s for a variable, or \"%s\" for text", m.Names[0], m.Names[0], m.Names[0]))
		if m.Names[0] == strings.ToUpper(m.Names[0]) {
			pr.fix("Write definition.vars."+m.Names[0], m.Range, "definition.vars."+m.Names[0])
		}
		return
	}
	var names []string
	for _, k := range known {
		names = append(names, k.Name)
	}
	where, expected := "", strings.Join(names, " or ")
	if base != "" {
		where = " of " + base
	}
	if expected == "" {
		expected = "none: it is a string"
	}
	c.e.report(UnknownMember, m.Ranges[i], m.Path(), fmt.Sprintf("%s is no known member%s; known: %s", m.Names[i], where, expected))
}
