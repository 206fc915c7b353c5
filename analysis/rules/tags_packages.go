package rules

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
)

// checkPackageTagPairs wants the tags of a package in the pairs that those of
// all packages of the public catalog come in: on Debian with and without the
// distribution, on Alpine with and without the release of the package.
func checkPackageTagPairs(p *Pass) {
	dist := p.Doc.Dist()
	if p.Doc.Kind != definition.Package || !dist.Known() || len(p.Def.Tags) == 0 {
		return
	}
	var tags []string
	for _, t := range p.Def.Tags {
		tag, ok := p.known(t)
		if !ok {
			return
		}
		tags = append(tags, tag)
	}
	switch dist.Family {
	case "debian":
		p.checkDebianPairs(tags, "-debian"+dist.Release)
	case "alpine":
		p.checkAlpinePairs(tags, "-alpine"+dist.Release)
	}
}

func (p *Pass) checkDebianPairs(tags []string, suffix string) {
	if !slices.ContainsFunc(tags, func(t string) bool { _, named := tagDist(t); return !named }) {
		return // all tags name the distribution: it is not the default one
	}
	for i, tag := range tags {
		other, named := strings.CutSuffix(tag, suffix)
		if !named {
			other = tag + suffix
		}
		if _, elsewhere := tagDist(tag); !slices.Contains(tags, other) && (named || !elsewhere) {
			p.Report(p.Def.Tags[i].Range(), "the tag `%s` beside it is missing: packages have each tag with and without the distribution", other)
			return
		}
	}
}

func (p *Pass) checkAlpinePairs(tags []string, suffix string) {
	var with, without int
	for _, tag := range tags {
		switch version, ok := strings.CutSuffix(tag, suffix); {
		case !ok || version == "" || !startsWithDigit(version):
			return // another rule says it
		case releaseInTag.MatchString(version):
			with++
		default:
			without++
		}
	}
	first := p.Def.Tags[0].Range()
	switch {
	case with > 0 && without == 0:
		p.Report(first, "no tag names the version alone: packages have a tag with the release `-rN` and one without")
	case with == 0 && without > 0:
		p.Report(first, "no tag names the release of the package: packages have a tag with `-rN` behind the version and one without")
	}
}
