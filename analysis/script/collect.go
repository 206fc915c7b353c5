package script

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// collector walks the tree once and fills the lists of a Script.
type collector struct {
	s   *Script
	src string
	// stack holds the nodes from the file to the present one.
	stack []syntax.Node
	// scopes are the surroundings of the commands, the innermost last.
	scopes []scope
	stages map[*syntax.Stmt]scope
	// depends are the statements whose running or failing depends on others.
	depends   map[*syntax.Stmt]dependence
	pipelines int
	// slab holds the arguments of many commands in one allocation.
	slab []Arg
}

// scope is what a command inherits from its surroundings.
type scope struct {
	function                string
	pipeline, stage, stages int
	subst                   bool
	dependence
}

// dependence says on what a statement's running depends, see [Command].
type dependence struct{ guarded, conditional bool }

func (c *collector) collect(file *syntax.File) {
	c.scopes = []scope{{}}
	c.stack = make([]syntax.Node, 0, 32)
	// Commands of the catalog take 77 bytes of script on average.
	c.s.Commands = make([]Command, 0, 2+len(c.src)/64)
	syntax.Walk(file, c.visit)
	local := map[string]bool{}
	for _, f := range c.s.Functions {
		local[f.Name] = true
	}
	if len(local) > 0 {
		for i := range c.s.Commands {
			c.s.Commands[i].Local = local[c.s.Commands[i].Name]
		}
	}
	c.pipeFacts()
}

func (c *collector) scope() scope { return c.scopes[len(c.scopes)-1] }

func (c *collector) visit(n syntax.Node) bool {
	if n == nil {
		top := c.stack[len(c.stack)-1]
		c.stack = c.stack[:len(c.stack)-1]
		if c.opensScope(top) {
			c.scopes = c.scopes[:len(c.scopes)-1]
		}
		return true
	}
	if isLeaf(n) {
		return false
	}
	if c.opensScope(n) {
		c.scopes = append(c.scopes, c.inner(n))
	}
	c.stack = append(c.stack, n)
	c.node(n)
	return true
}

// isLeaf says that nothing below the node is of interest.
func isLeaf(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.Lit, *syntax.Comment, *syntax.SglQuoted:
		return true
	case *syntax.Word:
		return isPlain(n)
	}
	return false
}

// isPlain says that the word is literal text without quotes.
func isPlain(w *syntax.Word) bool {
	if len(w.Parts) != 1 {
		return false
	}
	_, ok := w.Parts[0].(*syntax.Lit)
	return ok
}

func (c *collector) opensScope(n syntax.Node) bool {
	switch n := n.(type) {
	case *syntax.FuncDecl, *syntax.CmdSubst, *syntax.ProcSubst:
		return true
	case *syntax.Stmt:
		_, staged := c.stages[n]
		_, depends := c.depends[n]
		return staged || depends
	}
	return false
}

func (c *collector) inner(n syntax.Node) scope {
	sc := c.scope()
	switch n := n.(type) {
	case *syntax.FuncDecl:
		if n.Name != nil {
			sc = scope{function: n.Name.Value}
		}
	case *syntax.CmdSubst, *syntax.ProcSubst:
		sc.subst = true
	case *syntax.Stmt:
		if stage, staged := c.stages[n]; staged {
			sc.pipeline, sc.stage, sc.stages = stage.pipeline, stage.stage, stage.stages
		}
		d := c.depends[n]
		sc.guarded, sc.conditional = sc.guarded || d.guarded, sc.conditional || d.conditional
	}
	return sc
}

func (c *collector) node(n syntax.Node) {
	switch n := n.(type) {
	case *syntax.Stmt:
		c.background(n)
	case *syntax.BinaryCmd:
		c.pipeline(n)
		c.dependOn(n)
	case *syntax.IfClause:
		c.mark(n.Cond, dependence{guarded: true})
		c.mark(n.Then, dependence{conditional: true})
	case *syntax.WhileClause:
		c.mark(n.Cond, dependence{guarded: true})
		c.mark(n.Do, dependence{conditional: true})
	case *syntax.CaseClause:
		for _, item := range n.Items {
			c.mark(item.Stmts, dependence{conditional: true})
		}
	case *syntax.CallExpr:
		c.call(n)
	case *syntax.DeclClause:
		c.declaration(n)
	case *syntax.Assign:
		c.assign(n)
	case *syntax.ForClause:
		if it, ok := n.Loop.(*syntax.WordIter); ok && it.Name != nil {
			c.variable(it.Name, Assigned)
		}
	case *syntax.ParamExp:
		c.parameter(n)
	case *syntax.FuncDecl:
		if n.Name != nil {
			c.s.Functions = append(c.s.Functions, Function{Name: n.Name.Value, Range: c.s.span(n), NameRange: c.s.span(n.Name)})
		}
	}
}

// pipeline numbers the stages of a | b | c, once for the outermost node.
func (c *collector) pipeline(n *syntax.BinaryCmd) {
	if !isPipe(n.Op) {
		return
	}
	if n := len(c.stack); n >= 3 {
		if outer, ok := c.stack[n-3].(*syntax.BinaryCmd); ok && isPipe(outer.Op) {
			return
		}
	}
	var stmts []*syntax.Stmt
	stmts = flatten(n, stmts)
	c.pipelines++
	if c.stages == nil {
		c.stages = map[*syntax.Stmt]scope{}
	}
	for i, st := range stmts {
		c.stages[st] = scope{pipeline: c.pipelines, stage: i, stages: len(stmts)}
	}
}

func (c *collector) mark(list []*syntax.Stmt, d dependence) {
	if c.depends == nil {
		c.depends = map[*syntax.Stmt]dependence{}
	}
	for _, st := range list {
		c.depends[st] = d
	}
}

// dependOn marks the sides of && and ||.
func (c *collector) dependOn(n *syntax.BinaryCmd) {
	switch n.Op {
	case syntax.AndStmt:
		c.mark([]*syntax.Stmt{n.Y}, dependence{conditional: true})
	case syntax.OrStmt:
		c.mark([]*syntax.Stmt{n.X}, dependence{guarded: true})
		c.mark([]*syntax.Stmt{n.Y}, dependence{conditional: true})
	}
}

func isPipe(op syntax.BinCmdOperator) bool { return op == syntax.Pipe || op == syntax.PipeAll }

func flatten(n *syntax.BinaryCmd, out []*syntax.Stmt) []*syntax.Stmt {
	for _, st := range []*syntax.Stmt{n.X, n.Y} {
		if b, ok := st.Cmd.(*syntax.BinaryCmd); ok && isPipe(b.Op) {
			out = flatten(b, out)
			continue
		}
		out = append(out, st)
	}
	return out
}

func (c *collector) call(n *syntax.CallExpr) {
	if len(n.Args) == 0 {
		return
	}
	args := c.newArgs(len(n.Args))
	for i, w := range n.Args {
		args[i] = c.arg(w)
	}
	c.command(args, "")
	c.executesFetched(n, args)
}

func (c *collector) newArgs(n int) []Arg {
	if n > len(c.slab) {
		c.slab = make([]Arg, max(n, min(64, 4+len(c.src)/16)))
	}
	args := c.slab[:n:n]
	c.slab = c.slab[n:]
	return args
}

// command records the command args[0] and, where it only runs another, that
// one too.
func (c *collector) command(args []Arg, wrapper string) {
	name := args[0]
	if !name.Static || name.Text == "" {
		return
	}
	sc := c.scope()
	c.s.Commands = append(c.s.Commands, Command{
		Name: base(name.Text), NameRange: name.Range, Args: args[1:], Wrapper: wrapper,
		Range:    name.Range.Union(args[len(args)-1].Range),
		Function: sc.function, Pipeline: sc.pipeline, Stage: sc.stage, Stages: sc.stages, subst: sc.subst,
		Guarded: sc.guarded, Conditional: sc.conditional,
	})
	cmd := &c.s.Commands[len(c.s.Commands)-1]
	if cmd.Name == "set" && c.s.Set == nil {
		c.s.Set = parseSet(cmd, len(c.s.Commands) == 1)
	}
	if cmd.Name == "read" {
		c.readVariables(cmd.Args)
	}
	if facts := commandFacts[cmd.Name]; facts != nil {
		facts(c, cmd)
	}
	outer := cmd.Name
	if inner := unwrap(outer, args[1:]); len(inner) > 0 {
		c.command(inner, outer)
	}
}

func (c *collector) declaration(n *syntax.DeclClause) {
	if n.Variant == nil {
		return
	}
	sc := c.scope()
	c.s.Commands = append(c.s.Commands, Command{
		Name: n.Variant.Value, NameRange: c.s.span(n.Variant), Range: c.s.span(n),
		Function: sc.function, Pipeline: sc.pipeline, Stage: sc.stage, Stages: sc.stages, subst: sc.subst,
	})
}

func (c *collector) assign(n *syntax.Assign) {
	if n.Name == nil {
		return
	}
	c.variable(n.Name, Assigned)
	if n.Value != nil {
		c.assignFacts(n.Name.Value, c.arg(n.Value), c.s.span(n))
	}
}

func (c *collector) variable(lit *syntax.Lit, use VariableUse) {
	r := c.s.span(lit)
	name := c.src[r.Start:r.End]
	// What DHI substitutes is no shell variable.
	if name == "" || strings.ContainsAny(name, ".:") {
		return
	}
	c.s.Variables = append(c.s.Variables, Variable{Name: name, Range: r, Use: use})
}

func (c *collector) parameter(n *syntax.ParamExp) {
	if n.Param != nil && syntax.ValidName(n.Param.Value) {
		c.variable(n.Param, Read)
	}
}

// readVariables are those that read NAME... assigns.
func (c *collector) readVariables(args []Arg) {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case strings.HasPrefix(a.Text, "-"):
			if len(a.Text) == 2 && strings.IndexByte("adinNptu", a.Text[1]) >= 0 && a.Text != "-a" {
				i++
			}
		case a.Static && syntax.ValidName(a.Text):
			c.s.Variables = append(c.s.Variables, Variable{Name: a.Text, Range: a.Range, Use: Assigned})
		}
	}
}

// arg is the text of a word without its quotes.
func (c *collector) arg(w *syntax.Word) Arg {
	r := c.s.span(w)
	if isPlain(w) {
		return Arg{Text: unescape(c.src[r.Start:r.End]), Static: true, Range: r}
	}
	var b strings.Builder
	static := c.appendParts(&b, w.Parts)
	return Arg{Text: b.String(), Static: static, Range: r}
}

func (c *collector) appendParts(b *strings.Builder, parts []syntax.WordPart) bool {
	static := true
	for _, part := range parts {
		r := c.s.span(part)
		src := c.src[r.Start:r.End]
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(unescape(src))
		case *syntax.SglQuoted:
			src = strings.TrimPrefix(src, "$")
			b.WriteString(strings.TrimSuffix(strings.TrimPrefix(src, "'"), "'"))
		case *syntax.DblQuoted:
			static = c.appendParts(b, p.Parts) && static
		default:
			b.WriteString(src)
			static = false
		}
	}
	return static
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	s = strings.ReplaceAll(s, "\\\n", "")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// CommandAt is the innermost command around the offset, or nil.
func (s *Script) CommandAt(offset int) *Command {
	var best *Command
	for i := range s.Commands {
		c := &s.Commands[i]
		if c.Range.Contains(offset) && (best == nil || best.Range.Covers(c.Range)) {
			best = c
		}
	}
	return best
}

// SubstitutionAt is the ${a.b} or ${NAME:regex} around the offset.
func (s *Script) SubstitutionAt(offset int) (name string, at text.Range, ok bool) {
	for i := range s.Substitutions {
		if p := &s.Substitutions[i]; p.Range.Contains(offset) {
			return p.Name, p.NameRange, true
		}
	}
	return "", text.Range{}, false
}
