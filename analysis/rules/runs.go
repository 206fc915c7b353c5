package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// ScriptRef is a runs script with the stage and step it belongs to.
type ScriptRef struct {
	Stage  *definition.Build
	Step   *definition.Step
	Node   *syntax.Node
	Script *script.Script
}

type sharedScripts struct {
	scripts   []ScriptRef
	scriptsOK bool
}

// Scripts are the parsed scripts of all steps.
func (p *Pass) Scripts() []ScriptRef {
	if p.shared.scriptsOK || p.Def == nil {
		return p.shared.scripts
	}
	p.shared.scriptsOK = true
	for i := range p.Def.Contents.Builds {
		b := &p.Def.Contents.Builds[i]
		for j := range b.Pipeline {
			s := &b.Pipeline[j]
			if s.Runs.Set() {
				p.shared.scripts = append(p.shared.scripts, ScriptRef{b, s, s.Runs.Node, script.Parse(s.Runs.Value(), script.DialectOf(shellOf(b, s)))})
			}
		}
	}
	return p.shared.scripts
}

// shellOf is the shell a step's script runs in, "" for the builder's default.
func shellOf(b *definition.Build, s *definition.Step) string {
	if s.Shell.Set() {
		return s.Shell.Value()
	}
	return b.Shell.Value()
}
