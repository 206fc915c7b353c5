package rules

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// taggedVersion is the version that a tag begins with, with a packaging release
// or the version of a second product.
var taggedVersion = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)*(?:-r?[0-9]+(?:\.[0-9]+)*)?`)

// checkTagForms finds a tag that one version lacks though all other versions
// have one of this form, such as -debian13 behind the version.
func checkTagForms(p *Pass) {
	if ownTagScheme[p.Doc.Place.Name] {
		return
	}
	var versions []string
	forms := map[string]map[string]bool{}
	last := map[string]definition.Field{}
	for _, t := range p.Def.Tags {
		tag, ok := p.known(t)
		if !ok || p.oddTag(tag) {
			return
		}
		v := taggedVersion.FindString(tag)
		if v == "" || len(tag) > len(v) && tag[len(v)] != '-' {
			continue
		}
		if forms[v] == nil {
			forms[v] = map[string]bool{}
			versions = append(versions, v)
		}
		forms[v][tag[len(v):]] = true
		last[v] = t
	}
	for _, v := range versions {
		p.reportForms(v, versions, forms, last[v])
	}
}

// oddTag tells the tags that other rules report: those without the variant or
// the flavor of the image, and those of another distribution.
func (p *Pass) oddTag(tag string) bool {
	if flavor, ok := p.known(p.Def.Flavor); ok && !strings.Contains(tag, flavor) {
		return true
	}
	if strings.HasSuffix(tag, "-dev") != (p.Def.Variant.Value() == variantDev) {
		return true
	}
	d, ok := tagDist(tag)
	target := p.target()
	return ok && target.Known() && (d.Family != target.Family || d.Release != "" && d.Release != target.Release)
}

func (p *Pass) reportForms(v string, versions []string, forms map[string]map[string]bool, last definition.Field) {
	for _, o := range versions {
		if o == v {
			continue
		}
		for _, t := range p.Def.Tags {
			tag, _ := p.known(t)
			form, ok := strings.CutPrefix(tag, o)
			if !ok || !forms[o][form] || forms[v][form] {
				continue
			}
			forms[v][form] = true // told once
			if !everyOther(v, versions, forms, form) {
				continue
			}
			f := p.Report(last.Range(), "the tags lack `%s`: all other versions have a tag of this form, such as `%s`", v+form, tag)
			f.Related(t.Range(), "a tag of this form")
		}
		return
	}
}

// everyOther reports whether all versions but v have the form.
func everyOther(v string, versions []string, forms map[string]map[string]bool, form string) bool {
	for _, o := range versions {
		if o != v && !forms[o][form] {
			return false
		}
	}
	return true
}

func tagRules() []*Rule {
	return append([]*Rule{
		{ID: "tag-malformed", Summary: "A tag breaks the grammar of image tags", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkTagGrammar},
		{ID: "tags-duplicate", Summary: "A tag is listed twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkTagsDuplicate},
		{ID: "tags-empty", Summary: "The definition has no tags", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkTagsEmpty},
		{ID: "tag-wrong-dist", Summary: "A tag names another distribution than that of the image", Level: Level{diagnostic.Warning, diagnostic.Error}, Kinds: Images | Packages, Fix: UnsafeFix, Check: checkTagDist},
		{ID: "tags-lack-dist-tag", Summary: "No tag names the distribution", Level: catalogOnly(diagnostic.Info), Kinds: Images | Packages, Check: checkTagsLackDist},
		{ID: "package-tag-pair", Summary: "A tag of a package lacks the one that goes with it", Level: catalogOnly(diagnostic.Warning), Kinds: Packages, Check: checkPackageTagPairs},
		{ID: "package-tag-without-dist", Summary: "A package's tag does not end in the distribution", Level: catalogOnly(diagnostic.Info), Kinds: Packages, Check: checkPackageTagDist},
		{ID: "tag-dev-suffix", Summary: "The `-dev` of a tag does not match the variant", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Fix: UnsafeFix, Check: checkTagDevSuffix},
		{ID: "tag-form-missing", Summary: "One version has no tag of a form that all other versions have", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkTagForms},
		{ID: "tag-lacks-flavor", Summary: "A tag does not name the flavor", Level: catalogOnly(diagnostic.Warning), Kinds: Images, Check: checkTagFlavor},
		{ID: "platforms-amd64-only", Summary: "The image is built for one platform only", Level: catalogOnly(diagnostic.Info), Kinds: Images | Packages, Check: checkPlatforms},
		{ID: "platforms-duplicate", Summary: "A platform is listed twice", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: SafeFix, Check: checkPlatformsDuplicate},
		{ID: "platforms-empty", Summary: "The definition has no platforms", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkPlatformsEmpty},
	}, nameRules()...)
}

// maxTag is the length limit of a tag by the OCI distribution specification.
const maxTag = 128

func checkTagGrammar(p *Pass) {
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok {
			continue
		}
		at, message := tagProblem(value)
		if message == "" {
			continue
		}
		r := tag.Range()
		if value == tag.Value() && at < len(value) {
			r = p.In(tag.Node, text.Range{Start: at, End: at + 1})
		}
		p.Report(r, "`%s` is no valid tag: %s", value, message)
	}
}

// tagProblem says where a tag breaks the grammar [A-Za-z0-9_][A-Za-z0-9_.-]*.
func tagProblem(tag string) (at int, message string) {
	switch {
	case tag == "":
		return 0, "it is empty"
	case len(tag) > maxTag:
		return len(tag), "it is longer than 128 characters"
	case tag[0] == '.' || tag[0] == '-':
		return 0, "it must begin with a letter, a digit or `_`"
	}
	for i, c := range tag {
		if c < 0x80 && (isWord(byte(c)) || c == '.' || c == '-') {
			continue
		}
		if c == ':' {
			return i, "only the part behind the colon of an image reference is the tag"
		}
		return i, "letters, digits, `_`, `.` and `-` are allowed"
	}
	return 0, ""
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func checkTagsDuplicate(p *Pass) { p.checkDuplicates(p.Def.Tags, "tag") }

// checkDuplicates reports items of a list that repeat an earlier one.
func (p *Pass) checkDuplicates(list []definition.Field, what string) {
	if len(list) < 2 {
		return
	}
	first := make(map[string]definition.Field, len(list))
	for _, item := range list {
		value, ok := p.known(item)
		if !ok {
			continue
		}
		before, twice := first[value]
		if !twice {
			first[value] = item
			continue
		}
		f := p.Report(item.Range(), "%s `%s` is listed twice", what, value).Tag(diagnostic.Unnecessary)
		f.Related(before.Range(), "listed first here")
		if edit, ok := p.RemoveEntry(item.Node); ok {
			f.Fix("Remove the repeated "+what, true, edit)
		}
	}
}

// checkEmptyList reports a list that is there and holds nothing.
func (p *Pass) checkEmptyList(key, message string) {
	if e := p.Def.Root.Entry(key); e != nil && e.Value.Deref().Kind == syntax.Sequence && len(e.Value.Deref().Entries) == 0 {
		p.Report(e.Key.Range, "%s", message)
	}
}

func checkTagsEmpty(p *Pass) {
	p.checkEmptyList("tags", "`tags` is empty: without a tag nobody can pull the image")
}

func checkPlatformsEmpty(p *Pass) {
	p.checkEmptyList("platforms", "`platforms` is empty: expected `linux/amd64`, `linux/arm64` or both")
}

// distOf is what a part of a tag says about the distribution: a family alone,
// or a family and a release.
func distOf(part string) (definition.Dist, bool) {
	if part == "" || part[0] >= '0' && part[0] <= '9' {
		return definition.Dist{}, false
	}
	for _, family := range []schema.Family{schema.Alpine, schema.Debian} {
		release, ok := strings.CutPrefix(part, string(family))
		if !ok || release != "" && (release[0] < '0' || release[0] > '9' || !isRelease(release)) {
			continue
		}
		return definition.Dist{Family: string(family), Release: release}, true
	}
	if d, ok := schema.DistributionOfCodename(part); ok {
		return definition.Dist{Family: string(d.Family), Release: d.Release}, true
	}
	return definition.Dist{}, false
}

// eachTagDist calls f for every part of a tag that names a distribution, with
// its place in the tag.
func eachTagDist(tag string, f func(definition.Dist, text.Range)) {
	for start := 0; start <= len(tag); {
		end := start + strings.IndexByte(tag[start:], '-')
		if end < start {
			end = len(tag)
		}
		if d, ok := distOf(tag[start:end]); ok {
			f(d, text.Range{Start: start, End: end})
		}
		start = end + 1
	}
}

func checkTagDist(p *Pass) {
	target := p.target()
	if target.Family == "" {
		return
	}
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok {
			continue
		}
		eachTagDist(value, func(d definition.Dist, at text.Range) {
			if d.Family == target.Family && (d.Release == "" || target.Release == "" || d.Release == target.Release) {
				return
			}
			r, written := tag.Range(), value == tag.Value()
			if written {
				r = p.In(tag.Node, at)
			}
			f := p.Report(r, "tag `%s` names `%s`, but the image is for %s", value, value[at.Start:at.End], target.String())
			p.relateTarget(f)
			if written && target.Release != "" {
				f.Fix("Change to `"+target.Tag()+"`", false, Replace(r, target.Tag()))
			}
		})
	}
}

// ownTagScheme are the images of the catalog whose tags follow a scheme of
// their own: the build frontends, and templates of sandboxes.
var ownTagScheme = map[string]bool{"build": true, "sbx-templates": true}

func checkTagsLackDist(p *Pass) {
	target := p.target()
	if target.Family == "" || len(p.Def.Tags) == 0 || ownTagScheme[p.Doc.Place.Name] {
		return
	}
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok {
			return
		}
		named := false
		eachTagDist(value, func(definition.Dist, text.Range) { named = true })
		if named {
			return
		}
	}
	p.Report(p.Def.Root.Entry("tags").Key.Range, "no tag names the distribution: expected some that hold `%s`", target.Tag())
}

// checkPackageTagDist leaves out the default distribution, for which a tag
// without a distribution stands.
func checkPackageTagDist(p *Pass) {
	target := p.target()
	known, ok := schema.LookupDistribution(schema.Family(target.Family), target.Release)
	if !ok || known.Default {
		return
	}
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok {
			continue
		}
		last := value[strings.LastIndexByte(value, '-')+1:]
		if _, named := distOf(last); !named {
			p.Report(tag.Range(), "tag `%s` does not end in `-%s`", value, target.Tag())
		}
	}
}

func checkTagDevSuffix(p *Pass) {
	variant := p.Def.Variant.Value()
	if variant != "dev" && variant != "runtime" || ownTagScheme[p.Doc.Place.Name] {
		return
	}
	for _, tag := range p.Def.Tags {
		value, ok := p.known(tag)
		if !ok || strings.HasSuffix(value, "-dev") == (variant == "dev") {
			continue
		}
		if variant == "dev" {
			f := p.Report(tag.Range(), "tag `%s` of a dev variant does not end in `-dev`", value)
			if value == tag.Value() && tag.Node.Style != syntax.Literal && tag.Node.Style != syntax.Folded {
				f.Fix("Append `-dev`", false, Replace(text.At(tag.Node.Body.End), "-dev"))
			}
			continue
		}
		p.Report(tag.Range(), "tag `%s` ends in `-dev`, but the variant is %s", value, variant)
	}
}

func checkTagFlavor(p *Pass) {
	flavor, ok := p.known(p.Def.Flavor)
	if !ok || flavor == "" {
		return
	}
	for _, tag := range p.Def.Tags {
		if value, ok := p.known(tag); ok && !strings.Contains(value, flavor) {
			p.Report(tag.Range(), "tag `%s` does not name the flavor `%s`", value, flavor).Related(p.Def.Flavor.Range(), "the flavor")
		}
	}
}

func checkPlatforms(p *Pass) {
	if len(p.Def.Platforms) != 1 || !p.Def.Platforms[0].Set() {
		return
	}
	only := p.Def.Platforms[0]
	for _, other := range schema.Platforms() {
		if other.Name != only.Value() {
			p.Report(only.Range(), "only `%s` is built, not `%s`", only.Value(), other.Name).
				Help("add `%s`, if all that is built exists for it", other.Name)
			return
		}
	}
}

func checkPlatformsDuplicate(p *Pass) { p.checkDuplicates(p.Def.Platforms, "platform") }
