package names

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// collector fills an index.
type collector struct {
	*Index
	def *definition.Definition
}

func (c *collector) add(n Name, r text.Range, node *syntax.Node, declaration bool) {
	if r.Len() > 0 {
		c.all = append(c.all, Occurrence{Name: n, Range: r, Node: node, Declaration: declaration})
	}
}

// in maps a range of a scalar's value to the file.
func (c *collector) in(n *syntax.Node, r text.Range) text.Range {
	if n.Style == syntax.Plain && n.Body.Len() == len(n.Value) {
		return r.Shift(n.Body.Start)
	}
	return c.doc.Tree.SourceMap(n).Range(r)
}

// variables are the keys of vars, and what names them.
func (c *collector) variables() {
	declared := map[string]bool{}
	for _, v := range c.def.Vars {
		if v.Key != nil && v.Key.Kind == syntax.Scalar {
			declared[v.Name()] = true
			c.add(Name{Kind: Variable, Text: v.Name()}, v.Key.Body, v.Key, true)
		}
	}
	pass := rules.NewPass(rules.Input{Doc: c.doc}, nil)
	list := pass.Templates()
	for i := range list {
		t := &list[i]
		for _, ref := range t.Template.References() {
			// What vars does not define may be the shell's.
			if !ref.Builtin && (declared[ref.Name] || t.Context == rules.InDefinition || t.Context == rules.InVars) {
				c.add(Name{Kind: Variable, Text: ref.Name}, c.in(t.Node, ref.Range), t.Node, false)
			}
		}
	}
	for i := range c.def.Contents.Builds {
		for j := range c.def.Contents.Builds[i].Pipeline {
			c.script(c.def.Contents.Builds[i].Pipeline[j].Runs, declared)
		}
	}
}

// script adds the uses of variables in a script. ${NAME} is taken for the
// definition's where it defines NAME and the script does not.
func (c *collector) script(runs definition.Field, declared map[string]bool) {
	source := runs.Value()
	if len(declared) == 0 || !strings.Contains(source, "${") {
		return
	}
	t := expr.ParseScript(source)
	var own map[string]bool
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Kind != expr.Variable || !declared[p.Name] {
			continue
		}
		if own == nil && strings.Count(source, p.Name) > strings.Count(source, "${"+p.Name) {
			own = assigned(source)
		}
		if !own[p.Name] {
			c.add(Name{Kind: Variable, Text: p.Name}, c.in(runs.Node, p.NameRange), runs.Node, false)
		}
	}
}

// assigned are the variables to which a script gives a value itself.
func assigned(source string) map[string]bool {
	out := map[string]bool{}
	for _, v := range script.Parse(source, script.Bash).Variables {
		if v.Use == script.Assigned {
			out[v.Name] = true
		}
	}
	return out
}

// stages are the names of the builds.
func (c *collector) stages() {
	for i := range c.def.Contents.Builds {
		if f := c.def.Contents.Builds[i].Name; f.Set() {
			c.add(Name{Kind: Stage, Text: f.Value()}, f.Node.Body, f.Node, true)
		}
	}
}

// accounts are users and groups, their numbers, and what names them.
func (c *collector) accounts() {
	c.declare(c.def.Accounts, nil)
	c.owners(nil, c.def.Paths, c.def.Contents)
	for i := range c.def.Contents.Builds {
		b := &c.def.Contents.Builds[i]
		c.declare(b.Accounts, b)
		c.owners(b, b.Paths, b.Contents)
		for _, o := range b.Outputs { // they go into the image
			c.number(UID, o.UID, nil, false)
			c.number(GID, o.GID, nil, false)
		}
		for _, s := range b.Pipeline {
			c.runAs(s.RunAs, b)
		}
	}
}

func (c *collector) declare(a *definition.Accounts, stage *definition.Build) {
	if a == nil {
		return
	}
	for _, u := range a.Users {
		c.account(User, u.Name, stage, true)
		c.number(UID, u.UID, stage, true)
		c.number(GID, u.GID, stage, false)
	}
	for _, g := range a.Groups {
		c.account(Group, g.Name, stage, true)
		c.number(GID, g.GID, stage, true)
		for _, m := range g.Members {
			c.account(User, m, stage, false)
		}
	}
	c.runAs(a.RunAs, stage)
}

func (c *collector) owners(stage *definition.Build, paths []definition.Path, contents *definition.Contents) {
	for _, p := range paths {
		c.number(UID, p.UID, stage, false)
		c.number(GID, p.GID, stage, false)
	}
	for _, f := range contents.Files {
		c.number(UID, f.UID, stage, false)
		c.number(GID, f.GID, stage, false)
	}
	for _, a := range contents.Artifacts {
		c.number(UID, a.UID, stage, false)
		c.number(GID, a.GID, stage, false)
	}
}

// runAs is a user, or a user and a group with a colon between them.
func (c *collector) runAs(f definition.Field, stage *definition.Build) {
	if !f.Set() || strings.Contains(f.Value(), "${") || f.Node.Body.Len() != len(f.Value()) {
		return
	}
	user, group, both := strings.Cut(f.Value(), ":")
	c.who(User, UID, f, text.Range{End: len(user)}, stage)
	if both {
		c.who(Group, GID, f, text.Range{Start: len(f.Value()) - len(group), End: len(f.Value())}, stage)
	}
}

func (c *collector) who(name, number Kind, f definition.Field, r text.Range, stage *definition.Build) {
	word := f.Value()[r.Start:r.End]
	n := Name{Kind: name, Text: word}
	if isNumber(word) {
		n.Kind = number
		n.Text = strings.TrimLeft(word[:len(word)-1], "0") + word[len(word)-1:]
	}
	c.add(c.scoped(n, stage), r.Shift(f.Node.Body.Start), f.Node, false)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (c *collector) account(k Kind, f definition.Field, stage *definition.Build, declaration bool) {
	if !f.Set() || strings.Contains(f.Value(), "${") {
		return
	}
	n := Name{Kind: k, Text: f.Value(), Stage: stage}
	if !declaration {
		n = c.scoped(n, stage)
	}
	c.add(n, f.Node.Body, f.Node, declaration)
}

func (c *collector) number(k Kind, f definition.Field, stage *definition.Build, declaration bool) {
	if !f.Set() || Number(f) == "" {
		return
	}
	n := Name{Kind: k, Text: Number(f), Stage: stage}
	if !declaration {
		n = c.scoped(n, stage)
	}
	c.add(n, f.Node.Body, f.Node, declaration)
}

// scoped puts the use of an account into the scope that defines it: the stage,
// or else the definition.
func (c *collector) scoped(n Name, stage *definition.Build) Name {
	n.Stage = stage
	if stage != nil && len(c.Users(n)) == 0 && len(c.Groups(n)) == 0 {
		n.Stage = nil
	}
	return n
}
