package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// flavorCompat is the flavor that adds a shell and common tools, and changes
// nothing else.
const flavorCompat = "compat"

// flavorKeys are the keys that all flavors of a version have in common with
// the plain image, compatKeys those that the compat flavor has beside them.
var (
	flavorKeys = []string{"platforms", "volumes", "labels", "os-release"}
	compatKeys = []string{"ports", "annotations", "stop-signal", "work-dir", "entrypoint", "dates"}
)

// workspaceFlavorRules compare the flavors of an image with the plain one.
func workspaceFlavorRules() []*Rule {
	return []*Rule{
		{ID: "flavor-drift", Summary: "A flavor of an image differs from the plain image in what the two share", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkFlavorDrift},
		{ID: "flavor-version-drift", Summary: "A flavor of an image is of another version than the plain image", Level: always(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkFlavorVersions},
		{ID: "flavor-tag-drift", Summary: "The tags of a flavor are not those of the plain image with the flavor", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkFlavorTags},
		{ID: "compat-lacks-package", Summary: "A compat image lacks a package of the plain image", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkCompatPackages},
	}
}

// releaseLine is what the files of one release have in common: the name
// without variant and flavor.
func releaseLine(r *facts.Record) string {
	name := strings.TrimSuffix(stem(r.Path), "-dev")
	if f := r.Flavor.Value; f != "" {
		name = strings.TrimSuffix(name, "-"+f)
	}
	return name
}

// plainOf is the definition of the same variant and release without a flavor,
// nil where there is none. A dev variant is compared with its runtime alone,
// which is compared with the plain one.
func (p *Pass) plainOf(r *facts.Record) *facts.Record {
	if r.Kind != definition.Image || r.Flavor.Value == "" || p.runtimeOf(r) != nil {
		return nil
	}
	line := releaseLine(r)
	for _, o := range p.Workspace.Image(r.ImageName()) {
		if o != r && o.Flavor.Value == "" && o.Variant.Value == r.Variant.Value && o.Image.Value == r.Image.Value &&
			path.Dir(o.Path) == path.Dir(r.Path) && releaseLine(o) == line {
			return o
		}
	}
	return nil
}

// shares reports whether two definitions of one release have the key in
// common, as far as variant and flavor tell.
func shares(a, b *facts.Record, key string) bool {
	if !slices.Contains(sharedKeys, key) && !slices.Contains(compatKeys, key) {
		return false
	}
	if a.Variant.Value != b.Variant.Value && !slices.Contains(sharedKeys, key) {
		return false
	}
	if a.Flavor.Value == b.Flavor.Value || slices.Contains(flavorKeys, key) {
		return true
	}
	compat := func(r *facts.Record) bool { return r.Flavor.Value == "" || r.Flavor.Value == flavorCompat }
	return slices.Contains(compatKeys, key) && compat(a) && compat(b)
}

// siblings are the other definitions of the same release that share the key.
func (p *Pass) siblings(key string) []*facts.Record {
	line := releaseLine(p.Self)
	var out []*facts.Record
	for _, o := range p.variants() {
		if releaseLine(o) == line && shares(p.Self, o, key) {
			out = append(out, o)
		}
	}
	return out
}

func checkFlavorDrift(p *Pass) {
	plain := p.plainOf(p.Self)
	if plain == nil {
		return
	}
	keys := flavorKeys
	if p.Self.Flavor.Value == flavorCompat {
		keys = append(slices.Clone(flavorKeys), compatKeys...)
	}
	for _, key := range keys {
		p.compareWithPlain(plain, key)
	}
}

func (p *Pass) compareWithPlain(plain *facts.Record, key string) {
	own, other := p.Self.Block(key), plain.Block(key)
	if sameBlock(own, other) {
		return
	}
	f := p.reportBlocks(own, other, plain, key)
	if edit, ok := copyBlock(plain, p.Self, key); ok {
		f.Fix("Take `"+key+"` from `"+p.short(plain)+"`", false, edit)
	}
	p.applyTo(f, key)
}

func checkFlavorVersions(p *Pass) {
	plain := p.plainOf(p.Self)
	if plain == nil {
		return
	}
	own, ok1 := p.Self.Var("SEMVER_VERSION")
	other, ok2 := plain.Var("SEMVER_VERSION")
	if ok1 && ok2 && own.Value != other.Value && !strings.Contains(own.Value+other.Value, "${") {
		p.Report(own.Range, "this is version `%s`, but `%s` is `%s`", shorten(own.Value), p.short(plain), shorten(other.Value)).
			RelatedIn(plain.Path, other.Range, "the version there")
		return
	}
	p.comparePins(p.Self, plain)
}

// checkFlavorTags: the tags of a flavor are those of the plain image, each
// with the flavor in it.
func checkFlavorTags(p *Pass) {
	plain := p.plainOf(p.Self)
	if plain == nil || !checkable(p.Self.Tags) || !checkable(plain.Tags) || ownTagScheme[p.Self.ImageName()] {
		return
	}
	if own, ok := p.Self.Var("SEMVER_VERSION"); ok {
		if other, ok := plain.Var("SEMVER_VERSION"); !ok || other.Value != own.Value {
			return // flavor-version-drift says it
		}
	}
	bare := map[string]bool{}
	for _, t := range p.Self.Tags {
		without := strings.Replace(t.Value, "-"+p.Self.Flavor.Value, "", 1)
		if without == t.Value {
			return // tag-lacks-flavor says it
		}
		bare[without] = true
		if !plain.HasTag(without) {
			p.Report(t.Range, "`%s` has no tag `%s`", p.short(plain), without).RelatedIn(plain.Path, plain.TagList, "the tags of the plain image")
		}
	}
	var missing []string
	for _, t := range plain.Tags {
		if !bare[t.Value] && !isVTag(t.Value) && !formMissing(bare, t.Value) {
			missing = append(missing, t.Value)
		}
	}
	if len(missing) > 0 {
		p.Report(p.tagsKey(), "no tag stands for %s of `%s`", quoteList(missing), p.short(plain)).RelatedIn(plain.Path, plain.TagList, "the tags of the plain image")
	}
}

// formMissing reports whether all other versions among the tags have one of the
// form that this one lacks, so that tag-form-missing says it.
func formMissing(tags map[string]bool, tag string) bool {
	v := taggedVersion.FindString(tag)
	known, others := false, false
	for t := range tags {
		o := taggedVersion.FindString(t)
		if o == v {
			known = true
			continue
		}
		others = true
		if !tags[o+tag[len(v):]] {
			return false
		}
	}
	return known && others
}

// checkCompatPackages: a compat image is the plain one with more in it.
func checkCompatPackages(p *Pass) {
	plain := p.plainOf(p.Self)
	if plain == nil || p.Self.Flavor.Value != flavorCompat {
		return
	}
	for i := range plain.Packages {
		k := &plain.Packages[i]
		if k.Stage != "" || k.Exclude || entryOf(p.Self, k.Name, false) != nil {
			continue
		}
		p.Report(p.packagesRange(), "`%s` of `%s` is not among the packages of its compat flavor", k.Name, p.short(plain)).
			RelatedIn(plain.Path, k.Range, "the package of the plain image")
	}
}
