package rules

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/schema"
)

type sharedVote struct {
	vote      definition.Dist
	voteTaken bool
}

// outvoted is the distribution that the build frontend and the repositories
// of the image agree on where os-release names another one: then it is
// os-release that is wrong, and the mistake is told there, once. In a catalog
// layout the directory decides.
func (p *Pass) outvoted() (definition.Dist, bool) {
	if !p.shared.voteTaken {
		p.shared.voteTaken = true
		p.shared.vote = p.vote()
	}
	return p.shared.vote, p.shared.vote.Known()
}

func (p *Pass) vote() definition.Dist {
	os, d := p.Def.OSRelease, p.Doc.Directive
	id, ok1 := p.known(os.ID)
	version, ok2 := p.known(os.VersionID)
	if p.Doc.Place.InCatalog() || !ok1 || !ok2 || !d.WellFormed || !possibleRelease(d) || !isFamily(d.Family) {
		return definition.Dist{}
	}
	frontend := d.Dist()
	if frontend.Family == id && frontend.Release == version {
		return definition.Dist{}
	}
	agreed := false
	all := p.allRepositories()
	for i := range all {
		dist, ok := all[i].dist()
		switch {
		case all[i].scope != p.Def.Contents || !ok:
		case dist != frontend:
			return definition.Dist{}
		default:
			agreed = true
		}
	}
	if !agreed {
		return definition.Dist{}
	}
	return frontend
}

// dist is the release that the repository is for by its own words.
func (r *repository) dist() (definition.Dist, bool) {
	if release, ok := r.meant.AlpineRelease(); ok && isAlpineURL(&r.meant) && release.Text != "edge" {
		return definition.Dist{Family: string(schema.Alpine), Release: release.Text[1:]}, true
	}
	if d, ok := schema.DistributionOfCodename(debianCodename(r.meant.Suite.Text)); ok {
		return definition.Dist{Family: string(schema.Debian), Release: d.Release}, true
	}
	return definition.Dist{}, false
}
