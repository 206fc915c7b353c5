package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// distribution is what is known of the definition's distribution.
func (p *place) distribution() schema.Distribution {
	d := p.Doc.Dist()
	if d.Family == "" {
		d = p.Doc.Directive.Dist()
	}
	dist, _ := schema.LookupDistribution(schema.Family(d.Family), d.Release)
	if dist.Family == "" {
		dist.Family, dist.Release = schema.Family(d.Family), d.Release
	}
	if dist.Family == "" && p.Doc.Kind == definition.Chart {
		// Charts are assembled on Debian.
		dist, _ = schema.DistributionOfCodename("trixie")
	}
	return dist
}

// scope is the contents around the place.
func (p *place) scope() *definition.Contents {
	if p.Doc.Def == nil {
		return nil
	}
	if stages := p.stages(); p.build >= 0 && p.build < len(stages) && stages[p.build].Contents != nil {
		return stages[p.build].Contents
	}
	return p.Doc.Def.Contents
}

// repositories offers the lines known for the distribution.
func (p *place) repositories() {
	taken := p.cur.Siblings()
	dist := p.distribution()
	offer := func(tier int, line, title string) {
		if line != "" && !containsString(taken, line) {
			p.add(Item{Label: line, value: line, Kind: protocol.CompletionItemKindModule, Description: title, tier: tier, Doc: p.fieldDoc("")})
		}
	}
	for _, line := range dist.Repositories {
		offer(tierNext, line, dist.PrettyName)
	}
	offer(tierNext, dist.HardenedRepository, "Hardened packages")
	for _, c := range p.scopes() {
		for _, r := range c.Repositories {
			if !p.here(r) {
				offer(tierLikely, r.Value(), "in this definition")
			}
		}
	}
	for _, r := range schema.Repositories() {
		if dist.Family != "" && r.Family != dist.Family {
			continue
		}
		offer(tierTable, forRelease(r, dist), r.Title)
	}
	if dist.Family == schema.Debian {
		offer(tierTable, "deb "+entry.DebianArchive+" "+dist.Codename+"-backports main", "Debian backports")
	}
}

// forRelease is the example of a repository with the release it is for.
func forRelease(r schema.Repository, dist schema.Distribution) string {
	line := r.Example
	if dist.Family == schema.Alpine && dist.Release != "" {
		for _, d := range schema.Distributions() {
			if d.Family == schema.Alpine {
				line = strings.ReplaceAll(line, "/v"+d.Release+"/", "/v"+dist.Release+"/")
			}
		}
	}
	if dist.Family == schema.Debian && dist.Codename != "" && !strings.Contains(r.Prefix, "debian/13") && !strings.Contains(r.Prefix, "debian13") {
		for _, d := range schema.Distributions() {
			if d.Codename != "" {
				line = strings.ReplaceAll(line, d.Codename, dist.Codename)
			}
		}
	}
	return line
}

func (p *place) scopes() []*definition.Contents {
	if p.Doc.Def == nil {
		return nil
	}
	return p.Doc.Def.Scopes()
}

// keyring offers the keys of the scope's repositories that lack theirs, then
// the other known ones.
func (p *place) keyring() {
	taken := p.cur.Siblings()
	offer := func(tier int, key, title string) {
		if !containsString(taken, key) {
			p.add(Item{Label: key, value: key, Kind: protocol.CompletionItemKindConstant, Description: title, tier: tier, Doc: p.fieldDoc("")})
		}
	}
	scope := p.scope()
	if scope != nil {
		for _, r := range scope.EffectiveRepositories() {
			line := entry.ParseRepository(r.Value(), entry.UnknownFamily)
			if known, ok := schema.LookupRepository(line.URL.Text); ok {
				for _, key := range known.Keys(line.URL.Text) {
					offer(tierNext, key, "for "+known.Title)
				}
			}
		}
	}
	for _, c := range p.scopes() {
		for _, k := range c.Keyring {
			if !p.here(k) {
				offer(tierLikely, k.Value(), "in this definition")
			}
		}
	}
	for _, r := range schema.Repositories() {
		for _, key := range r.Keyring {
			if !strings.Contains(key, "{url}") && (p.distribution().Family == "" || r.Family == p.distribution().Family) {
				offer(tierTable, key, r.Title)
			}
		}
	}
}

// repositoriesBlock is the usual list of repositories, with the keys it needs.
func (p *place) repositoriesBlock(present []string) {
	dist := p.distribution()
	lines := append([]string(nil), dist.Repositories...)
	if dist.HardenedRepository != "" {
		lines = append(lines, dist.HardenedRepository)
	}
	if len(lines) == 0 {
		return
	}
	b := "repositories:"
	for _, line := range lines {
		b += "\n  - " + literal(line)
	}
	if !containsString(present, "keyring") {
		line := entry.ParseRepository(dist.HardenedRepository, entry.UnknownFamily)
		if known, ok := schema.LookupRepository(line.URL.Text); ok {
			b += "\nkeyring:"
			for _, key := range known.Keys(line.URL.Text) {
				b += "\n  - " + literal(key)
			}
		}
	}
	p.addBlock(block{label: "repositories", about: "those of " + dist.Name, text: b}, "repositories", tierLikely)
}
