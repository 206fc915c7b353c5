package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// addPackage offers to put a package into the image's list, where the order of
// the names has it.
func (p *Pass) addPackage(f *Finding, name string) {
	list := p.Def.Contents.Node.Get("packages").Deref()
	if at, indent, ok := p.placeFor(list, func(n *syntax.Node) bool { return n.Kind == syntax.Scalar && n.Value < name }); ok {
		f.Fix("Add `"+name+"`", false, Replace(at, indent+"- "+name+p.Doc.Text.Newline()))
	}
}

// behindEnvironment are the top-level keys that stand behind the environment
// in the order of the schema.
var behindEnvironment = []string{"paths", "annotations", "labels", "entrypoint", "cmd", "ports", "volumes", "tests"}

// addEnvironment offers to set a variable of the image's environment.
func (p *Pass) addEnvironment(f *Finding, name, value string) {
	if p.Def.Root.Entry("environment") == nil {
		p.addEnvironmentBlock(f, name, value)
		return
	}
	env := p.Def.Root.Get("environment").Deref()
	at, indent, ok := p.placeFor(env, func(n *syntax.Node) bool { return n.Value < name })
	if ok && env.Kind == syntax.Mapping {
		f.Fix("Add `"+name+"`", false, Replace(at, indent+name+": "+value+p.Doc.Text.Newline()))
	}
}

// addEnvironmentBlock offers to write the whole block.
func (p *Pass) addEnvironmentBlock(f *Finding, name, value string) {
	for _, key := range behindEnvironment {
		e := p.Def.Root.Entry(key)
		if e == nil || e.Key == nil || p.Def.Root.Style != syntax.Block {
			continue
		}
		t := p.Doc.Text
		at := t.LineStart(t.LineOf(e.Key.Range.Start))
		if at == e.Key.Range.Start {
			f.Fix("Add `"+name+"`", false, Replace(text.At(at), "environment:"+t.Newline()+"  "+name+": "+value+t.Newline()))
		}
		return
	}
}

// addUser offers to define a user with the numbers of its group.
func (p *Pass) addUser(f *Finding, users *syntax.Node, name, id string) {
	at, indent, ok := p.placeFor(users.Deref(), func(*syntax.Node) bool { return true })
	if !ok || !isNumber(id) {
		return
	}
	newline := p.Doc.Text.Newline()
	f.Fix("Define the user `"+name+"`", false, Replace(at, indent+"- name: "+name+newline+indent+"  uid: "+id+newline+indent+"  gid: "+id+newline))
}

// placeFor is the line in a block collection before which a new member stands,
// behind those that come before it, with the blanks that it begins with.
func (p *Pass) placeFor(n *syntax.Node, before func(*syntax.Node) bool) (text.Range, string, bool) {
	if n == nil || n.Style != syntax.Block || len(n.Entries) == 0 || n.Parent == nil {
		return text.Range{}, "", false
	}
	t := p.Doc.Text
	line := t.LineOf(n.Entries[0].Range.Start)
	for i := range n.Entries {
		e := &n.Entries[i]
		head := e.Value
		if e.Key != nil {
			head = e.Key
		}
		if !before(head) {
			break
		}
		line = t.LineOf(max(e.Range.Start, e.Range.End-1)) + 1
	}
	if line >= t.Lines() {
		return text.Range{}, "", false
	}
	first := n.Entries[0].Range.Start
	indent := t.Slice(text.Range{Start: t.LineStart(t.LineOf(first)), End: first})
	for i := range len(indent) {
		if indent[i] != ' ' {
			return text.Range{}, "", false
		}
	}
	return text.At(t.LineStart(line)), indent, true
}
