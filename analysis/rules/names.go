package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// nameRules are about the names of a definition: the image, its title, its
// variant and its file.
func nameRules() []*Rule {
	return []*Rule{
		{ID: "image-malformed", Summary: "`image` is no name of an image", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkImageGrammar},
		{ID: "image-name-vs-dir", Summary: "The image has another name than its directory", Level: catalogOnly(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkImageName},
		{ID: "name-dev-suffix", Summary: "The `(dev)` of the name does not match the variant", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkNameDev},
		{ID: "name-lacks-flavor", Summary: "The name does not tell the flavor", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkNameFlavor},
		{ID: "variant-chart-not-helm", Summary: "A chart has the variant of an image, or an image that of a chart", Level: always(diagnostic.Error), Kinds: Images | Charts, Fix: UnsafeFix, Check: checkVariantHelm},
		{ID: "variant-package-not-runtime", Summary: "A package has another variant than `runtime`", Level: always(diagnostic.Warning), Kinds: Packages, Fix: UnsafeFix, Check: checkVariantPackage},
		{ID: "filename-dev-vs-variant", Summary: "The `-dev` of the file name does not match the variant", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkFilenameDev},
		{ID: "filename-vs-flavor", Summary: "The file name tells another flavor", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkFilenameFlavor},
		{ID: "filename-flavor-but-no-flavor", Summary: "The file name tells a flavor, but the definition has none", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkFilenameNoFlavor},
		{ID: "filename-version-vs-tags", Summary: "The version in the file name is in no tag", Level: catalogOnly(diagnostic.Warning), Kinds: Images | Packages, Check: checkFilenameVersion},
	}
}

func checkImageGrammar(p *Pass) {
	image, ok := p.known(p.Def.Image)
	if !ok {
		return
	}
	ref := entry.ParseReference(image)
	at := func(r text.Range) text.Range {
		if image == p.Def.Image.Value() {
			return p.In(p.Def.Image.Node, r)
		}
		return p.Def.Image.Range()
	}
	for _, pr := range ref.Problems {
		if pr.Kind == entry.Malformed {
			p.Report(at(pr.Range), "`image` is no valid name: %s", pr.Message)
			return
		}
	}
	end := len(image)
	if cut := strings.IndexByte(image, '@'); cut >= 0 {
		end = cut
	}
	if ref.Tag.Text != "" {
		end = ref.Tag.Range.Start - 1
	}
	if end == len(image) || end < 0 {
		return
	}
	r := at(text.Range{Start: end, End: len(image)})
	f := p.Report(r, "`image` holds `%s`: it is the name alone, the tags stand in `tags`", image[end:]).AtMost(diagnostic.Warning)
	if image == p.Def.Image.Value() {
		f.Fix("Remove `"+image[end:]+"`", false, Replace(r, ""))
	}
}

func checkImageName(p *Pass) {
	place := p.Doc.Place
	image, ok := p.known(p.Def.Image)
	if !ok || !place.InCatalog() {
		return
	}
	image, _, _ = strings.Cut(image, "@")
	start := strings.LastIndexByte(image, '/') + 1
	base, _, _ := strings.Cut(image[start:], ":")
	if start == 0 && image != "" && !strings.Contains(image, "${") {
		f := p.Report(p.Def.Image.Range(), "the image has no registry: images of the catalog begin with `dhi.io/`")
		if p.Def.Image.Value() == image {
			f.Fix("Write dhi.io/"+image, false, Replace(p.In(p.Def.Image.Node, text.At(0)), "dhi.io/"))
		}
	}
	want := map[string]string{"image": place.Name, "chart": place.Name + "-chart", "package": "pkg-" + place.Name}[place.Section]
	if sameName(base, want) || place.Section == "package" && packageAlias(base, want) {
		return
	}
	if place.Section == "chart" && strings.HasSuffix(want, "-"+base) {
		return // chart/grafana-tempo is tempo-chart
	}
	want = imageName(want)
	r, written := p.Def.Image.Range(), image == p.Def.Image.Value()
	if written {
		r = p.In(p.Def.Image.Node, text.Range{Start: start, End: start + len(base)})
	}
	f := p.Report(r, "the image is called `%s`, but its directory asks for `%s`", base, want)
	if written {
		f.Fix("Change to `"+want+"`", false, Replace(r, want))
	}
}

// imageName writes a directory's name with the characters of image names.
func imageName(dir string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(dir), "_", "-"), "+", "plus")
}

// sameName compares in the ways in which the catalog writes a package's name
// as that of an image: + as plus or left out, _ as - or kept, small letters.
func sameName(image, dir string) bool {
	image = strings.ReplaceAll(image, "_", "-")
	return image == imageName(dir) || image == imageName(strings.ReplaceAll(dir, "+", ""))
}

// packageAlias knows packages called after their upstream (pkg-redis-upstream)
// and directories with the version in the name (ruby3 for pkg-ruby).
func packageAlias(image, dir string) bool {
	return sameName(strings.TrimSuffix(image, "-upstream"), dir) || sameName(image, strings.TrimRight(dir, "0123456789."))
}

func checkNameDev(p *Pass) {
	name, ok := p.known(p.Def.Name)
	variant := p.Def.Variant.Value()
	if !ok || variant != "dev" && variant != "runtime" {
		return
	}
	dev := strings.HasSuffix(name, "(dev)") || strings.HasSuffix(name, " dev)")
	if dev == (variant == "dev") {
		return
	}
	if dev {
		p.Report(p.Def.Name.Range(), "the name says dev, but the variant is %s", variant).Related(p.Def.Variant.Range(), "the variant")
		return
	}
	f := p.Report(p.Def.Name.Range(), "the name of a dev variant should end in `(dev)`")
	if n := p.Def.Name.Node; n.Style == syntax.Plain && name == n.Value {
		want := name + " (dev)"
		if before, ok := strings.CutSuffix(name, ")"); ok {
			want = before + ", dev)"
		}
		f.Fix("Change to `"+want+"`", false, Replace(n.Range, want))
	}
}

func checkNameFlavor(p *Pass) {
	name, ok1 := p.known(p.Def.Name)
	flavor, ok2 := p.known(p.Def.Flavor)
	if ok1 && ok2 && !strings.Contains(strings.ToLower(name), strings.ToLower(flavor)) {
		p.Report(p.Def.Name.Range(), "the name does not tell the flavor `%s`", flavor).Related(p.Def.Flavor.Range(), "the flavor")
	}
}

func checkVariantHelm(p *Pass) {
	variant, chart := p.Def.Variant, p.Doc.Kind == definition.Chart
	if !variant.Set() || (variant.Value() == "helm") == chart {
		return
	}
	if _, ok := p.Resolve(variant.Value()); !ok {
		return
	}
	if !chart {
		p.Report(variant.Range(), "an image has the variant `runtime` or `dev`, `helm` is for charts")
		return
	}
	f := p.Report(variant.Range(), "a chart has the variant `helm`, not `%s`", variant.Value())
	if p.Doc.Place.Section != "chart" && p.Doc.Directive.Family != "helm" {
		// Only the image's name says that it is a chart.
		f.AtMost(diagnostic.Warning)
	}
	f.Fix("Change to `helm`", false, Replace(variant.Node.Range, "helm"))
}

func checkVariantPackage(p *Pass) {
	if v := p.Def.Variant; v.Set() && v.Value() != "runtime" {
		p.Report(v.Range(), "a package has the variant `runtime`, not `%s`", v.Value()).
			Fix("Change to `runtime`", false, Replace(v.Node.Range, "runtime"))
	}
}

func checkFilenameDev(p *Pass) {
	variant, file := p.Def.Variant, p.Doc.Place.File
	if !p.Doc.Place.InCatalog() || variant.Value() != "dev" && variant.Value() != "runtime" || p.Doc.Place.Name == "build" {
		return
	}
	if strings.HasSuffix(file, "-dev") != (variant.Value() == "dev") {
		want := file + "-dev.yaml"
		if variant.Value() == "runtime" {
			want = strings.TrimSuffix(file, "-dev") + ".yaml"
		}
		p.Report(variant.Range(), "the variant is `%s`, so the file should be called `%s`", variant.Value(), want)
	}
}

// checkFilenameFlavor compares the last parts of the file name with the
// flavor. Files may leave the flavor out, shorten its version (kafka-4.2 for
// kafka-4.2.1) or say "default" instead of it.
func checkFilenameFlavor(p *Pass) {
	flavor, ok := p.known(p.Def.Flavor)
	if !ok || flavor == "" || !p.Doc.Place.InCatalog() {
		return
	}
	file := strings.TrimSuffix(p.Doc.Place.File, "-dev")
	parts, n := strings.Split(file, "-"), strings.Count(flavor, "-")+1
	if len(parts) <= n || strings.HasSuffix(file, "-"+flavor) {
		return
	}
	told := strings.Join(parts[len(parts)-n:], "-")
	if isRelease(told) || strings.HasPrefix(flavor, told) || strings.HasPrefix(told, flavor) {
		return
	}
	if first, _, _ := strings.Cut(flavor, "-"); n > 1 && strings.HasPrefix(told, first+"-") {
		return
	}
	p.Report(p.Def.Flavor.Range(), "the flavor is `%s`, but the file is called `%s.yaml`", flavor, p.Doc.Place.File).Help("correct one of the two")
}

// flavorSuffixes are ends of file names that stand for a flavor.
var flavorSuffixes = []string{"-compat", "-fips", "-sfw", "-sfw-ent"}

func checkFilenameNoFlavor(p *Pass) {
	if !p.Doc.Place.InCatalog() || p.Def.Flavor.Present() {
		return
	}
	file := strings.TrimSuffix(p.Doc.Place.File, "-dev")
	for _, s := range flavorSuffixes {
		if strings.HasSuffix(file, s) {
			p.Report(p.topRange(), "the file name ends in `%s`, but the definition has no `flavor: %s`", s, s[1:])
			return
		}
	}
}

func checkFilenameVersion(p *Pass) {
	version := leadingVersion(p.Doc.Place.File)
	if !p.Doc.Place.InCatalog() || version == "" || len(p.Def.Tags) == 0 || version == p.Doc.Place.Dist.Release {
		return
	}
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok || hasVersion(value, version) || isCalendar(value) || p.isCodename(value) {
			return
		}
	}
	f := p.Report(p.Def.Tags[0].Range(), "the file is called `%s.yaml`, but no tag is of version %s", p.Doc.Place.File, version).
		Help("rename the file after its tags, or correct the tags")
	if p.Doc.Kind == definition.Package {
		// The file of a package keeps the version it was born with.
		f.AtMost(diagnostic.Info)
	}
}

// leadingVersion is the version that a file name begins with, "" if none.
func leadingVersion(file string) string {
	file = strings.TrimPrefix(file, "v")
	end := 0
	for end < len(file) && (file[end] >= '0' && file[end] <= '9' || file[end] == '.') {
		end++
	}
	if end < len(file) && file[end] != '-' && file[end] != '_' {
		return ""
	}
	return strings.Trim(file[:end], ".")
}

// hasVersion says that a tag begins with the version.
func hasVersion(tag, version string) bool {
	rest, ok := strings.CutPrefix(strings.TrimPrefix(tag, "v"), version)
	return ok && (rest == "" || strings.IndexByte(".-_", rest[0]) >= 0)
}

// isCalendar says that a tag is a date such as 2026.8, which restarts the
// numbers of software whose file is called 0.
func isCalendar(tag string) bool {
	year := leadingVersion(tag)
	year, _, _ = strings.Cut(year, ".")
	return len(year) == 4 && year >= "2000" && year < "2100"
}

// isCodename says that a tag counts by codenames of Debian.
func (p *Pass) isCodename(tag string) bool {
	first, _, _ := strings.Cut(tag, "-")
	_, ok := schema.DistributionOfCodename(first)
	return ok
}
