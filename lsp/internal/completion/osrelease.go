package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// releaseValue is the value of a key of os-release for a distribution.
func releaseValue(key string, d schema.Distribution) string {
	switch key {
	case "name":
		return d.Name
	case "id":
		return string(d.Family)
	case "version-id":
		return d.Release
	case "version-codename":
		return d.Codename
	case "pretty-name":
		return d.PrettyName
	case "home-url":
		return schema.HomeURL
	case "bug-report-url":
		return schema.BugReportURL
	case "id-like":
		return "debian"
	}
	return ""
}

// osRelease offers what follows from the directory and the directive, then
// the other distributions.
func (p *place) osRelease() {
	key := p.path[len(p.path)-1]
	offer := func(tier int, d schema.Distribution) {
		if v := releaseValue(key, d); v != "" {
			p.value(tier, v, d.Directory)
		}
	}
	likely := p.targets()
	for _, d := range likely {
		offer(tierNext, d)
	}
	for _, d := range schema.Distributions() {
		if len(likely) == 0 || d.Family == likely[0].Family {
			offer(tierLikely, d)
		} else {
			offer(tierTable, d)
		}
	}
}

// targets are the distributions that the definition may be for, the surest
// first: what its place and its other values in os-release say, then the
// directive's.
func (p *place) targets() []schema.Distribution {
	var out []schema.Distribution
	put := func(d schema.Distribution, ok bool) {
		if ok {
			out = append(out, d)
		}
	}
	place := p.Doc.Place.Dist
	put(schema.LookupDistribution(schema.Family(place.Family), place.Release))
	if p.Doc.Def != nil {
		release := p.Doc.Def.OSRelease
		for _, d := range schema.Distributions() {
			same := release.VersionID.Set() && release.VersionID.Value() == d.Release || release.VersionCodename.Set() && release.VersionCodename.Value() == d.Codename || release.PrettyName.Set() && release.PrettyName.Value() == d.PrettyName
			put(d, same)
		}
	}
	directive := p.Doc.Directive.Dist()
	put(schema.LookupDistribution(schema.Family(directive.Family), directive.Release))
	return out
}

// fixedValue is the only likely value of a key that is written in a block.
func (p *place) fixedValue(shape string) string {
	key, ok := strings.CutPrefix(shape, "os-release.")
	if !ok {
		return ""
	}
	if targets := p.targets(); len(targets) > 0 {
		return releaseValue(key, targets[0])
	}
	return ""
}

// osReleaseBlock is os-release for a distribution, as a snippet.
func osReleaseBlock(d schema.Distribution) string {
	b := "os-release:"
	for _, key := range usualChildren["os-release"] {
		if v := releaseValue(key, d); v != "" {
			b += "\n  " + key + ": " + literal(quote(v, syntax.Plain, false, true))
		}
	}
	return b
}

// directive completes the first line.
func (p *place) directive() {
	t := p.Doc.Text
	line := t.LineRange(0)
	line.Start = t.BOM()
	word := line
	word.End = max(word.End, p.Offset)
	p.typed = t.Slice(line)[:p.Offset-line.Start]
	current := p.Doc.Place.Dist.Tag()
	for i, d := range schema.Directives() {
		tier := tierLikely
		if _, name, ok := strings.Cut(d, "-"); ok && current != "" && name == current {
			tier = tierNext
		}
		if i == len(schema.Directives())-1 {
			tier = tierKnown
		}
		text := "# syntax=" + d
		p.add(Item{Label: text, Kind: protocol.CompletionItemKindSnippet, Description: directiveTitle(d), Text: text, word: &word, tier: tier,
			Filter: text, Doc: Doc{Text: "The build frontend for " + directiveTitle(d) + ". The directive must be the first line of a definition."}})
	}
	if strings.HasPrefix("# syntax=", p.typed) || strings.HasPrefix(p.typed, "#s") {
		p.typed = ""
	}
}

func directiveTitle(directive string) string {
	_, name, _ := strings.Cut(directive[strings.LastIndexByte(directive, ':')+1:], "-")
	if d, ok := schema.DistributionOfDirective(name); ok {
		return d.PrettyName
	}
	return "Helm charts"
}

// isDirectivePrefix says whether a first line may become the directive: it is
// empty, a lone #, or the beginning of one.
func isDirectivePrefix(line string) bool {
	s := strings.ToLower(strings.ReplaceAll(line, " ", ""))
	return s == "" || strings.HasPrefix("#syntax=dhi.io/build:", s) || strings.HasPrefix(s, "#syntax=dhi")
}

// StartsDefinition says whether a text that is no definition may become one by
// a directive on its first line: it is blank, or begins with half of one.
func StartsDefinition(t *text.Text) bool {
	first := t.Line(0)[t.BOM():]
	if s := strings.ReplaceAll(first, " ", ""); len(s) > 1 {
		return isDirectivePrefix(first)
	}
	return isDirectivePrefix(first) && strings.TrimSpace(t.String()[t.LineEnd(0):]) == ""
}
