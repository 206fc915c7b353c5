package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspaceDistRules compare a definition with the same one for other
// distributions.
func workspaceDistRules() []*Rule {
	return []*Rule{
		{ID: "dist-drift", Summary: "The same definition for another distribution has a newer version", Level: catalogOnly(diagnostic.Info), Kinds: Images, Check: checkDistDrift},
		{ID: "dist-settings-drift", Summary: "The same version for another distribution has other settings", Level: catalogOnly(diagnostic.Info), Kinds: Images, Fix: UnsafeFix, Check: checkDistSettings},
		{ID: "dist-tag-drift", Summary: "The same version for another distribution has a tag that is missing here", Level: catalogOnly(diagnostic.Info), Kinds: Images, Check: checkDistTags},
	}
}

// elsewhere are the definitions of the same file name for other
// distributions.
func (p *Pass) elsewhere() []*facts.Record {
	if !p.Self.Place.Dist.Known() {
		return nil
	}
	var out []*facts.Record
	for _, o := range p.Workspace.Folder(p.Self) {
		if o.Path != p.Self.Path && o.Place.File == p.Self.Place.File && o.Place.Dist.Known() && o.Place.Dist != p.Self.Place.Dist &&
			o.Kind == p.Self.Kind && o.Image.Value == p.Self.Image.Value {
			out = append(out, o)
		}
	}
	return out
}

// sameElsewhere are those that build the same version, variant and flavor. Dev
// variants and flavors are compared with what stands beside them.
func (p *Pass) sameElsewhere() []*facts.Record {
	own := plainSemver(p.Self)
	if own == "" || p.runtimeOf(p.Self) != nil || p.plainOf(p.Self) != nil {
		return nil
	}
	var out []*facts.Record
	for _, o := range p.elsewhere() {
		if plainSemver(o) == own && o.Variant.Value == p.Self.Variant.Value && o.Flavor.Value == p.Self.Flavor.Value {
			out = append(out, o)
		}
	}
	return out
}

// plainSemver is the version in a form that all distributions write alike, ""
// where it has a packaging release or another scheme.
func plainSemver(r *facts.Record) string {
	v, ok := r.Var("SEMVER_VERSION")
	if !ok || v.Value == "" || dottedVersion.FindString(v.Value) != v.Value {
		return ""
	}
	return v.Value
}

func checkDistDrift(p *Pass) {
	own := plainSemver(p.Self)
	if own == "" {
		return
	}
	var newest *facts.Record
	for _, o := range p.elsewhere() {
		if v := plainSemver(o); v != "" && compareVersions(v, own) > 0 && (newest == nil || compareVersions(v, plainSemver(newest)) > 0) {
			newest = o
		}
	}
	if newest == nil {
		return
	}
	v, _ := p.Self.Var("SEMVER_VERSION")
	there, _ := newest.Var("SEMVER_VERSION")
	f := p.Report(v.Range, "this is version `%s`, but `%s` is at `%s`", own, p.short(newest), there.Value)
	f.RelatedIn(newest.Path, there.Range, "the newer version").Help("update this one, too")
}

// distKeys are the keys that all distributions of one version have in common
// in the public catalog.
var distKeys = []string{"annotations", "labels", "ports", "stop-signal", "work-dir"}

// checkDistSettings reports what no other distribution has so: where others
// have it too, it is they who differ.
func checkDistSettings(p *Pass) {
	others := p.sameElsewhere()
	if len(others) == 0 {
		return
	}
	for _, key := range distKeys {
		p.compareElsewhere(others, key)
	}
	if name := p.Self.Name.Value; name != "" && !strings.Contains(name, "${") {
		for _, o := range others {
			if o.Name.Value == name || o.Name.Value == "" || strings.Contains(o.Name.Value, "${") {
				return
			}
		}
		f := p.Report(p.Self.Name.Range, "the name is `%s`, but `%s` in `%s`", name, others[0].Name.Value, p.short(others[0]))
		f.RelatedIn(others[0].Path, others[0].Name.Range, "the name there")
	}
}

func (p *Pass) compareElsewhere(others []*facts.Record, key string) {
	own := p.Self.Block(key)
	var other *facts.Record
	for _, o := range others {
		if sameBlock(own, o.Block(key)) {
			return
		}
		if dev := p.devOf(o); other == nil && (dev == nil || sameBlock(o.Block(key), dev.Block(key))) {
			other = o
		}
	}
	if other == nil {
		return // each differs from its own dev variant, where it is told
	}
	f := p.reportBlocks(own, other.Block(key), other, key)
	if edit, ok := copyBlock(other, p.Self, key); ok {
		f.Fix("Take `"+key+"` from `"+p.short(other)+"`", false, edit)
	}
}

// distless is a tag without its distribution, cut into version and rest.
func distless(tag string) (version, rest string) {
	words := strings.Split(tag, "-")
	kept := words[:0]
	for _, w := range words {
		if _, ok := tagDist(w); !ok {
			kept = append(kept, w)
		}
	}
	return splitTag(strings.Join(kept, "-"))
}

// checkDistTags looks for versions in the tags of another distribution that
// no definition for this one claims. Tags of another scheme are left out.
func checkDistTags(p *Pass) {
	if !checkable(p.Self.Tags) {
		return
	}
	for _, o := range p.sameElsewhere() {
		if !checkable(o.Tags) {
			continue
		}
		for _, t := range o.Tags {
			version, rest := distless(t.Value)
			if version == "" || !p.usualRest(rest) || p.claimedHere(version, rest) {
				continue
			}
			f := p.Report(p.tagsKey(), "no tag is of version `%s` here, but `%s` has `%s`", version+rest, p.short(o), t.Value)
			f.RelatedIn(o.Path, t.Range, "the tag there")
			return
		}
	}
}

// usualRest reports whether a tag has nothing behind the version but what
// variant and flavor of the file ask for.
func (p *Pass) usualRest(rest string) bool {
	want := ""
	if f := p.Self.Flavor.Value; f != "" {
		want = "-" + f
	}
	if p.Self.Variant.Value == variantDev {
		want += "-dev"
	}
	return rest == want
}

// claimedHere reports whether a definition for the same distribution has a tag
// of the version.
func (p *Pass) claimedHere(version, rest string) bool {
	for _, d := range p.Workspace.Image(p.Self.ImageName()) {
		if d.Dist != p.Self.Dist {
			continue
		}
		for _, t := range d.Tags {
			if v, r := distless(t.Value); v == version && r == rest {
				return true
			}
		}
	}
	return false
}
