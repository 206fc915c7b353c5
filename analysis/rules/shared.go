package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// Context says who substitutes ${…} in a scalar.
type Context uint8

const (
	// InDefinition: only the build frontend.
	InDefinition Context = iota
	// InVars: a value of vars.
	InVars
	// InShell: the inputs of a step and the environments of stages and steps,
	// whose ${NAME} may be the shell's.
	InShell
	// InScript: a runs script.
	InScript
	// InEnvironment: the image's own environment.
	InEnvironment
)

// ScalarTemplate is a scalar that holds a substitution or looks like it.
type ScalarTemplate struct {
	Node     *syntax.Node
	Context  Context
	Template expr.Template
	// Key says that the scalar is a mapping's key.
	Key bool
}

type sharedTemplates struct {
	templates []ScalarTemplate
	collected bool
	vars      map[string]definition.Field
	dated     bool
	used      map[string]bool
}

// Templates are the scalars of the document with something to substitute,
// scripts excepted: those are in Scripts.
func (p *Pass) Templates() []ScalarTemplate {
	if !p.shared.collected {
		p.shared.collected = true
		p.collect(p.Doc.Tree.Root, InDefinition, 0)
	}
	return p.shared.templates
}

func (p *Pass) collect(n *syntax.Node, c Context, depth int) {
	n = n.Deref()
	if n == nil {
		return
	}
	for i := range n.Entries {
		e := &n.Entries[i]
		inner := c
		if e.Key != nil {
			inner = contextOf(e.Key.Value, c, depth)
			p.collectScalar(e.Key, c, true)
		}
		switch e.Value.Kind {
		case syntax.Scalar:
			p.collectScalar(e.Value, inner, false)
		case syntax.Mapping, syntax.Sequence:
			p.collect(e.Value, inner, depth+1)
		}
	}
}

// contextOf is the context of the value behind a key.
func contextOf(key string, outer Context, depth int) Context {
	switch {
	case depth == 0 && key == "vars":
		return InVars
	case depth == 0 && key == "environment":
		return InEnvironment
	case outer == InDefinition && key == "runs":
		return InScript
	case outer == InDefinition && (key == "with" || key == "environment"):
		return InShell
	}
	return outer
}

func (p *Pass) collectScalar(n *syntax.Node, c Context, key bool) {
	if c == InScript || !strings.ContainsAny(n.Value, "$#{@") || n.Style == syntax.Plain && n.Type != syntax.String {
		return
	}
	if !strings.Contains(n.Value, "{") && !strings.Contains(n.Value, "$") {
		return
	}
	p.shared.templates = append(p.shared.templates, ScalarTemplate{Node: n, Context: c, Template: expr.Parse(n.Value), Key: key})
}

// Var is the variable of the name.
func (p *Pass) Var(name string) (definition.Field, bool) {
	if p.shared.vars == nil {
		p.shared.vars = make(map[string]definition.Field, len(p.Def.Vars))
		for _, v := range p.Def.Vars {
			p.shared.vars[v.Name()] = v
		}
	}
	v, ok := p.shared.vars[name]
	return v, ok
}

// Env resolves variables for a platform, "" for no platform in particular.
func (p *Pass) Env(platform string) expr.Env {
	return expr.Env{Platform: platform, Vars: func(name string) (string, bool) {
		v, ok := p.Var(name)
		return v.Value(), ok && v.Set()
	}}
}

// Resolve is the value of s for the first platform and whether all of it is
// known.
func (p *Pass) Resolve(s string) (string, bool) {
	if !strings.Contains(s, "${") && !strings.Contains(s, "#{") {
		return s, true
	}
	platform := "linux/amd64"
	if len(p.Def.Platforms) > 0 && p.Def.Platforms[0].Set() {
		platform = p.Def.Platforms[0].Value()
	}
	v, open := expr.Resolve(s, p.Env(platform))
	return v, len(open) == 0
}

// NeedsToday notes that the result depends on the date, and returns it.
func (p *Pass) NeedsToday() string {
	p.shared.dated = true
	return p.Today
}

// Dated says whether a rule asked for the date.
func (p *Pass) Dated() bool { return p.shared.dated }
