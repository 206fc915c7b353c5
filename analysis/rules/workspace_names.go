package rules

import (
	"path"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/schema"
)

func workspaceNameRules() []*Rule {
	return []*Rule{
		{ID: "name-product-drift", Summary: "The name spells the product in another way than the other definitions of the image", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkProductName},
	}
}

// versionWord is the last word of a name in front of the brackets: 1.x, v2,
// or the name of a release line.
var versionWord = regexp.MustCompile(` (?:v?[0-9]\S*|latest|stable|mainline|lts)$`)

// product is the name without version, flavor and variant.
func product(name string) string {
	name, _, _ = strings.Cut(name, " (")
	return versionWord.ReplaceAllString(name, "")
}

// checkProductName reports a name that stands alone and is nearly the one
// that all others have. Other names are different products.
func checkProductName(p *Pass) {
	if !p.Self.Name.Present() || strings.Contains(p.Self.Name.Value, "${") {
		return
	}
	own, want, first, others := product(p.Self.Name.Value), "", "", 0
	for _, o := range p.Workspace.Image(p.Self.ImageName()) {
		if o.Path == p.Self.Path || o.Kind != definition.Image || !o.Name.Present() || path.Base(path.Dir(path.Dir(o.Path))) != path.Base(path.Dir(path.Dir(p.Self.Path))) {
			continue
		}
		switch name := product(o.Name.Value); {
		case want != "" && name != want:
			return // the others do not agree either
		default:
			want, first = name, o.Path
			others++
		}
	}
	if others < 2 || own == want {
		return
	}
	if _, near := schema.Suggest(own, []string{want}); !near {
		return
	}
	f := p.Report(p.Self.Name.Range, "the product is `%s` here, but `%s` in the other definitions of the image", own, want)
	if at := p.Self.Name.Range; at.Len() == len(p.Self.Name.Value) {
		at.End = at.Start + len(own)
		f.Fix("Change to `"+want+"`", false, Replace(at, want))
	}
	f.Help("`%s` is one of them", path.Base(first))
}
