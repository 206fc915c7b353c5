package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// checkShebangs looks at the first line of the files that a definition puts
// into the image or a stage: those whose content it holds, and those that it
// copies from the catalog.
func checkShebangs(p *Pass) {
	for _, c := range p.Def.Scopes() {
		paths := p.Def.Paths
		if c.Stage != nil {
			paths = c.Stage.Paths
		}
		for _, d := range paths {
			if d.Source.Set() {
				p.checkSourceShebang(c, d)
				continue
			}
			first, _, _ := strings.Cut(d.Content.Value(), "\n")
			if strings.ContainsAny(first, "${") {
				continue
			}
			p.checkShebang(c, first, func(start, end int) wanted {
				return wanted{at: p.In(d.Content.Node, text.Range{Start: start, End: end}), value: first[start:end]}
			})
		}
	}
}

// checkShebang looks at the interpreter that a first line names, and at the one
// that env starts.
func (p *Pass) checkShebang(c *definition.Contents, first string, named func(start, end int) wanted) {
	line, ok := strings.CutPrefix(first, "#!")
	words := strings.Fields(line)
	if !ok || len(words) == 0 {
		return
	}
	t := p.toolbox(c)
	if t == nil {
		return
	}
	check := func(word string) {
		start := strings.Index(first, word)
		g := named(start, start+len(word))
		g.dirs = standardDirs
		p.checkProgram(t, g)
	}
	check(words[0])
	if path.Base(words[0]) != "env" {
		return
	}
	for _, w := range words[1:] {
		if !strings.HasPrefix(w, "-") && !strings.Contains(w, "=") {
			check(w)
			return
		}
	}
}

// checkSourceShebang looks at a file of the catalog that somebody may execute.
// Outside of a catalog nobody knows the folder that sources are relative to.
func (p *Pass) checkSourceShebang(c *definition.Contents, d definition.Path) {
	heads, reads := p.Disk.(Heads)
	mode, known := p.mode(d.Mode)
	name, local := p.localSource(d)
	if !reads || !local || !known || mode&executable == 0 || !p.Doc.Place.InCatalog() {
		return
	}
	first := strings.TrimSuffix(heads.Head(p.Doc.Place.Root, name), "\r")
	p.checkShebang(c, first, func(start, end int) wanted {
		return wanted{at: d.Source.Range(), value: first[start:end], of: name}
	})
}
