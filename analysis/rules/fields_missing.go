package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// wantedField is a field that all entries of a list have in the public
// catalog, though the schema asks for none.
type wantedField struct {
	name string
	definition.Field
	// owner says that it is a part of the owner, for which root stands in.
	owner bool
}

func checkFileFields(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			f := &c.Files[i]
			p.checkWanted("file", f.Node, []wantedField{{"url", f.URL, false}, {"path", f.Path, false}, {"uid", f.UID, true}, {"gid", f.GID, true}})
		}
	}
}

func checkArtifactFields(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Artifacts {
			a := &c.Artifacts[i]
			p.checkWanted("artifact", a.Node, []wantedField{{"name", a.Name, false}, {"uid", a.UID, true}, {"gid", a.GID, true}})
		}
	}
}

// checkArtifactDuplicates finds entries that repeat one before them in all
// parts. With other globs an image may well be listed twice.
func checkArtifactDuplicates(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Artifacts {
			for j := range i {
				if a, b := &c.Artifacts[j], &c.Artifacts[i]; b.Name.Set() && same(a.Node, b.Node) {
					p.Report(b.Name.Range(), "the artifact is listed twice, with the same files").
						Help("remove one of the two").Related(a.Name.Range(), "the first one")
					break
				}
			}
		}
	}
}

// checkWanted reports the fields that an entry lacks; one of uid and gid
// stands for both.
func (p *Pass) checkWanted(what string, n *syntax.Node, fields []wantedField) {
	if n.Deref() == nil || n.Deref().Kind != syntax.Mapping {
		return
	}
	for _, w := range fields {
		if w.Present() {
			continue
		}
		f := p.absent(p.Report(firstLine(p.Doc.Text, n.Range), "the %s has no `%s`", what, w.name), n, w.name)
		if w.owner {
			f.AtMost(diagnostic.Info).Help("name the owner: uid: 0 and gid: 0 are root")
			return
		}
	}
}
