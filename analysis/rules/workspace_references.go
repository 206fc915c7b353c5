package rules

import (
	"path"
	"sort"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/schema"
)

// workspaceReferenceRules follow references to the definitions that make the
// images.
func workspaceReferenceRules() []*Rule {
	return []*Rule{
		{ID: "artifact-unknown-image", Summary: "No definition makes the image of a reference, but one with a similar name", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkUnknownImage},
		{ID: "artifact-unknown-tag", Summary: "No definition makes the tag of an artifact any more", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkArtifactTag},
		{ID: "build-uses-unknown-tag", Summary: "No definition makes the tag of a stage's image any more", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkUsesTag},
		{ID: "chart-ref-unknown-tag", Summary: "No definition makes the tag of a chart's image any more", Level: always(diagnostic.Info), Kinds: Charts, Fix: UnsafeFix, Check: checkChartTag},
		{ID: "artifact-digest-conflict", Summary: "Most other references to the same tag have another digest", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkDigestConflict},
		{ID: "chart-ref-wrong-variant", Summary: "A chart takes a dev variant, or a flavor that the image's name in the chart does not tell", Level: always(diagnostic.Warning), Kinds: Charts, Check: checkChartVariant},
		{ID: "chart-values-alias", Summary: "The values of a chart name an image that the chart does not have", Level: Level{diagnostic.Warning, diagnostic.Error}, Kinds: Charts, Check: checkChartAliases},
	}
}

// pulls calls f for the references to hardened images, one for each place.
func (p *Pass) pulls(f func(*facts.Reference)) {
	for i := range p.Self.References {
		if r := &p.Self.References[i]; r.Pulls() {
			f(r)
		}
	}
}

// checkUnknownImage needs more than an image that no definition makes: a
// checkout may hold a part of the catalog. Nobody else refers to the image, and
// there is one whose name is like it.
func checkUnknownImage(p *Pass) {
	p.pulls(func(r *facts.Reference) {
		if r.Kind == facts.Step || len(p.Workspace.Image(r.Image)) > 0 || strings.Contains(r.Image, "/") || len(r.Image) < 5 {
			return
		}
		for _, o := range p.Workspace.Referring(r.Image) {
			if path.Dir(o.Path) != path.Dir(p.Self.Path) {
				return
			}
		}
		like, ok := schema.Suggest(r.Image, p.Workspace.Images())
		if !ok || !p.makes(like, r.Tag) {
			return
		}
		f := p.Report(r.Range, "no definition makes an image `%s`; did you mean `%s`?", r.Image, like)
		if at, ok := p.imagePart(r); ok {
			f.Fix("Change to `"+like+"`", false, Replace(at, like))
		}
	})
}

// makes reports whether a definition of the image claims the tag.
func (p *Pass) makes(image, tag string) bool {
	for _, d := range p.Workspace.Image(image) {
		if d.HasTag(tag) {
			return true
		}
	}
	return false
}

// imagePart is where the name stands in a reference.
func (p *Pass) imagePart(r *facts.Reference) (text.Range, bool) {
	if !r.Exact || r.Tag == "" {
		return text.Range{}, false
	}
	end := r.TagRange.Start - 1
	return text.Range{Start: end - len(r.Image), End: end}, end-len(r.Image) > r.Range.Start
}

func checkArtifactTag(p *Pass) { p.checkTags(facts.Artifact) }

func checkUsesTag(p *Pass) { p.checkTags(facts.Builder) }

func checkChartTag(p *Pass) { p.checkTags(facts.ChartImage) }

func (p *Pass) checkTags(kind facts.ReferenceKind) {
	p.pulls(func(r *facts.Reference) {
		if r.Kind != kind || r.Tag == "" {
			return
		}
		makers := p.Workspace.Image(r.Image)
		if len(makers) == 0 {
			return // nobody knows
		}
		newest, maker := successor(makers, r.Tag)
		if maker == nil {
			return
		}
		f := p.Report(r.TagRange, "no definition of `%s` makes the tag `%s` any more; there is `%s`", r.Image, r.Tag, newest)
		f.RelatedIn(maker.Path, tagRange(maker, newest), "the tag that is there")
		p.fixTag(f, r, newest)
	})
}

// successor is the tag of the same form and the nearest version, nil when a
// definition makes the tag itself or none has a tag of its form: those of that
// form may not be checked out.
func successor(makers []*facts.Record, tag string) (string, *facts.Record) {
	version, rest := splitTag(tag)
	if version == "" {
		return "", nil
	}
	var best *facts.Record
	bestTag, bestVersion := "", ""
	for _, d := range makers {
		for _, t := range d.Tags {
			if t.Value == tag {
				return "", nil
			}
			v, r := splitTag(t.Value)
			if r != rest || strings.Count(v, ".") != strings.Count(version, ".") {
				continue
			}
			if best == nil || nearer(version, v, bestVersion) {
				best, bestTag, bestVersion = d, t.Value, v
			}
		}
	}
	return bestTag, best
}

// nearer prefers the version that shares more of its parts, and then the newer
// one.
func nearer(to, a, b string) bool {
	if x, y := sharedParts(to, a), sharedParts(to, b); x != y {
		return x > y
	}
	return compareVersions(a, b) > 0
}

func sharedParts(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// fixTag changes the tag, with the digest that others pin it to; without one
// the digest goes, for it belongs to the old tag.
func (p *Pass) fixTag(f *Finding, r *facts.Reference, tag string) {
	if !r.Exact {
		return
	}
	if r.Digest == "" {
		f.Fix("Change to `"+tag+"`", false, Replace(r.TagRange, tag))
		return
	}
	both := text.Range{Start: r.TagRange.Start, End: r.DigestRange.End}
	if pins := countPins(p.Workspace.Pins(r.Image, tag)); len(pins) > 0 {
		f.Fix("Change to `"+tag+"` with the digest that others use", false, Replace(both, tag+"@"+pins[0].digest))
		return
	}
	f.Fix("Change to `"+tag+"` and drop the digest, which is to be pinned anew", false, Replace(both, tag))
}

// pinCount is a digest with the files that use it.
type pinCount struct {
	digest string
	pins   []facts.Pin
}

// countPins groups uses by digest, the most used one first.
func countPins(pins []facts.Pin) []pinCount {
	var out []pinCount
	at := map[string]int{}
	for _, pin := range pins {
		i, ok := at[pin.Digest]
		if !ok {
			i = len(out)
			at[pin.Digest] = i
			out = append(out, pinCount{digest: pin.Digest})
		}
		out[i].pins = append(out[i].pins, pin)
	}
	sort.SliceStable(out, func(i, j int) bool { return len(out[i].pins) > len(out[j].pins) })
	return out
}

// checkDigestConflict reports the digests that fewer files use than another
// one for the same tag. Which is newer nobody knows without the registry.
func checkDigestConflict(p *Pass) {
	p.pulls(func(r *facts.Reference) {
		if r.Tag == "" || r.Digest == "" {
			return
		}
		counts := countPins(p.Workspace.Pins(r.Image, r.Tag))
		if len(counts) < 2 || counts[0].digest == r.Digest || p.standsFor(r) == r.Digest {
			return
		}
		most, own := counts[0], 0
		for _, c := range counts {
			if c.digest == r.Digest {
				own = len(c.pins)
			}
		}
		f := p.Report(r.DigestRange, "`%s:%s` has another digest in %s, this one in %s", r.Image, r.Tag, files(len(most.pins)), files(own))
		f.Help("a tag moves to a new build now and then: all references to it should follow")
		for _, pin := range most.pins[:min(len(most.pins), maxRelated)] {
			f.RelatedIn(pin.In.Path, pin.Range, "the other digest")
		}
		if r.Exact && own < len(most.pins) {
			f.Fix("Change to the digest that most others use", false, Replace(r.DigestRange, most.digest))
		}
	})
}

func files(n int) string {
	if n == 1 {
		return "1 file"
	}
	return itoa(n) + " files"
}

// flavorOf is the flavor of the image that a reference names, as far as a
// definition tells it.
func (p *Pass) flavorOf(r *facts.Reference) (flavor string, variant string) {
	for _, d := range p.Workspace.Image(r.Image) {
		if d.HasTag(r.Tag) {
			return d.Flavor.Value, d.Variant.Value
		}
	}
	for _, word := range []string{"compat", "fips"} {
		if strings.Contains(r.Tag, "-"+word) {
			flavor = word
		}
	}
	if strings.HasSuffix(r.Tag, "-dev") {
		variant = variantDev
	}
	return flavor, variant
}

func checkChartVariant(p *Pass) {
	p.pulls(func(r *facts.Reference) {
		if r.Kind != facts.ChartImage || r.Tag == "" {
			return
		}
		flavor, variant := p.flavorOf(r)
		switch {
		case variant == variantDev && !strings.Contains(r.Name, "dev"):
			p.Report(r.TagRange, "the chart runs a dev variant, which has a shell and a package manager and runs as root")
		case flavor != "" && !strings.Contains(r.Name, flavor):
			p.Report(r.TagRange, "the chart takes the flavor `%s` as `%s`, a name that does not tell it", flavor, r.Name).
				AtMost(diagnostic.Hint).RelatedIn(p.Self.Path, r.NameRange, "the name")
		}
	})
}

func checkChartAliases(p *Pass) {
	images := map[string]*facts.Reference{}
	var first *facts.Reference
	for i := range p.Self.References {
		if r := &p.Self.References[i]; r.Kind == facts.ChartImage {
			images[r.Name] = r
			if first == nil {
				first = r
			}
		}
	}
	values := p.chartValues()
	if first == nil || values == nil {
		return
	}
	used := map[string]bool{}
	for _, h := range values.Placeholders {
		if used[h.Value] || images[h.Value] != nil {
			used[h.Value] = true
			continue
		}
		used[h.Value] = true
		p.Report(first.NameRange, "the values of the chart use `${%s.…}`, but no image has this name", h.Value).
			Help("add the image to the step that prepares the chart, or correct the name in the values").
			RelatedIn(values.Path, h.Range, "used here")
	}
	for i := range p.Self.References {
		if r := &p.Self.References[i]; r.Kind == facts.ChartImage && !used[r.Name] && len(values.Placeholders) > 0 {
			p.Report(r.NameRange, "the values of the chart never use `${%s.…}`", r.Name).AtMost(diagnostic.Hint).
				Help("remove the image, or name it in the values").
				RelatedIn(values.Path, values.Placeholders[0].Range, "the values")
		}
	}
}

// chartValues is the record of the values that belong to the chart.
func (p *Pass) chartValues() *facts.Record {
	for _, o := range p.Workspace.Folder(p.Self) {
		if facts.IsValues(o.Path) {
			return o
		}
	}
	return nil
}
