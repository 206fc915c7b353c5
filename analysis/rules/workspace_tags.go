package rules

import (
	"path"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// workspaceTagRules compare tags and names with those of other definitions of
// the image.
func workspaceTagRules() []*Rule {
	return []*Rule{
		{ID: "tag-not-unique", Summary: "Two definitions of an image claim the same tag", Level: Level{diagnostic.Hint, diagnostic.Error}, Kinds: Definitions, Check: checkTagUnique},
		{ID: "tag-set-drift", Summary: "The tags differ from those of the other variant or release", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Fix: UnsafeFix, Check: checkTagSet},
		{ID: "name-not-unique", Summary: "Two definitions of an image have the same name", Level: catalogOnly(diagnostic.Info), Kinds: Images | Charts, Check: checkNameUnique},
	}
}

// maxRelated bounds how many other places a finding names.
const maxRelated = 5

func checkTagUnique(p *Pass) {
	image := p.Self.ImageName()
	if image == "" || !p.Workspace.Clashing(image) {
		return
	}
	claims := map[string][]*facts.Record{}
	for _, o := range p.Workspace.Image(image) {
		if o.Path == p.Self.Path || o.Image.Value != p.Self.Image.Value {
			continue
		}
		for _, t := range o.Tags {
			if misplacedTag(o, t.Value) {
				continue
			}
			if list := claims[t.Value]; len(list) == 0 || list[len(list)-1] != o {
				claims[t.Value] = append(list, o)
			}
		}
	}
	for _, t := range p.Self.Tags {
		by := claims[t.Value]
		if len(by) == 0 || strings.Contains(t.Value, "${") || misplacedTag(p.Self, t.Value) {
			continue
		}
		f := p.Report(t.Range, "tag `%s` is claimed by `%s` too", t.Value, p.short(by[0]))
		f.Help("an image has each tag once: the definition that is built last would take it from the other")
		for _, o := range by[:min(len(by), maxRelated)] {
			f.RelatedIn(o.Path, tagRange(o, t.Value), "the same tag")
		}
	}
}

// misplacedTag tells the tags of a copied file that name another distribution
// than its directory: tag-wrong-dist says it.
func misplacedTag(r *facts.Record, tag string) bool {
	d, ok := tagDist(tag)
	return ok && d.Known() && r.Place.Dist.Known() && d != r.Place.Dist
}

func tagRange(r *facts.Record, tag string) text.Range {
	for _, t := range r.Tags {
		if t.Value == tag {
			return t.Range
		}
	}
	return r.TagList
}

// checkTagSet reports on the dev variant what differs from its runtime, else
// the major version that no definition of the image claims although others
// do.
func checkTagSet(p *Pass) {
	if runtime := p.runtimeOf(p.Self); runtime != nil && p.checkDevTags(runtime) {
		return
	}
	p.checkMajorTag()
}

func checkable(tags []facts.Text) bool {
	for _, t := range tags {
		if strings.Contains(t.Value, "${") {
			return false
		}
	}
	return len(tags) > 0
}

// isVTag tells tags such as v3.31.7, which some images carry beside the
// others in their runtime variant alone.
func isVTag(tag string) bool { return len(tag) > 1 && tag[0] == 'v' && startsWithDigit(tag[1:]) }

// checkDevTags reports whether the tags differ from those of the runtime.
func (p *Pass) checkDevTags(runtime *facts.Record) bool {
	if !checkable(p.Self.Tags) || !checkable(runtime.Tags) || ownTagScheme[p.Self.ImageName()] {
		return true
	}
	if own, ok := p.Self.Var("SEMVER_VERSION"); ok {
		if other, ok := runtime.Var("SEMVER_VERSION"); ok && other.Value != own.Value {
			return true // variant-version-drift says it
		}
	}
	for _, t := range p.Self.Tags {
		if !strings.HasSuffix(t.Value, "-dev") {
			return true // tag-dev-suffix says it
		}
	}
	var missing []string
	for _, t := range runtime.Tags {
		if !p.Self.HasTag(t.Value+"-dev") && !isVTag(t.Value) && !strings.HasSuffix(t.Value, "-dev") {
			missing = append(missing, t.Value+"-dev")
		}
	}
	var extra []facts.Text
	for _, t := range p.Self.Tags {
		if tag := strings.TrimSuffix(t.Value, "-dev"); !runtime.HasTag(tag) && !p.flavorLacks(runtime, tag) {
			extra = append(extra, t)
		}
	}
	if len(missing) > 0 {
		f := p.Report(p.tagsKey(), "the tags lack %s, which `%s` has without `-dev`", quoteList(missing), p.short(runtime))
		f.RelatedIn(runtime.Path, runtime.TagList, "the tags of the runtime variant")
		p.fixTags(f, runtime)
	}
	for _, t := range extra {
		p.Report(t.Range, "`%s` has no tag `%s`", p.short(runtime), strings.TrimSuffix(t.Value, "-dev")).
			RelatedIn(runtime.Path, runtime.TagList, "the tags of the runtime variant")
	}
	return len(missing)+len(extra) > 0
}

// flavorLacks reports whether the plain image of a flavor has the tag, so that
// flavor-tag-drift tells of it.
func (p *Pass) flavorLacks(r *facts.Record, tag string) bool {
	plain := p.plainOf(r)
	return plain != nil && plain.HasTag(strings.Replace(tag, "-"+r.Flavor.Value, "", 1))
}

// tagsKey is where the list of tags stands, or the image without one.
func (p *Pass) tagsKey() text.Range {
	if len(p.Self.Tags) > 0 {
		return p.Self.Tags[0].Range
	}
	return p.Self.Image.Range
}

// fixTags writes the tags of the runtime variant in its order, each with
// -dev.
func (p *Pass) fixTags(f *Finding, runtime *facts.Record) {
	indent := p.Self.TagIndent
	if indent == "" {
		return
	}
	var b strings.Builder
	for _, t := range runtime.Tags {
		if !isVTag(t.Value) || p.Self.HasTag(t.Value+"-dev") {
			b.WriteString(indent + t.Value + "-dev\n")
		}
	}
	first, last := p.Self.Tags[0].Range, p.Self.Tags[len(p.Self.Tags)-1].Range
	list := strings.TrimSuffix(strings.TrimPrefix(b.String(), indent), "\n")
	f.Fix("Take the tags of `"+p.short(runtime)+"`", false, Replace(text.Range{Start: first.Start, End: last.End}, list))
}

func quoteList(list []string) string {
	out := make([]string, 0, len(list))
	for _, s := range list[:min(len(list), 4)] {
		out = append(out, "`"+s+"`")
	}
	if more := len(list) - len(out); more > 0 {
		out = append(out, strconv.Itoa(more)+" more")
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

// splitTag cuts a tag into its version and the rest: 1.4.2 and -alpine3.23.
func splitTag(tag string) (version, rest string) {
	version = dottedVersion.FindString(tag)
	return version, tag[len(version):]
}

// line is what the definitions that make the same image for another release
// have in common.
func sameLine(a, b *facts.Record) bool {
	return a.Image.Value == b.Image.Value && a.Dist == b.Dist && a.Variant.Value == b.Variant.Value && a.Flavor.Value == b.Flavor.Value &&
		path.Dir(a.Path) == path.Dir(b.Path)
}

// checkMajorTag finds the newest definition of a major version which does not
// claim that version alone (19 of 19.3.0), though those of other major
// versions claim theirs.
func (p *Pass) checkMajorTag() {
	if !checkable(p.Self.Tags) || !p.Self.InCatalog() {
		return
	}
	major, full := majorOf(p.Self)
	if major == "" {
		return
	}
	var peers []*facts.Record
	for _, o := range p.Workspace.Image(p.Self.ImageName()) {
		if o.Path != p.Self.Path && sameLine(o, p.Self) {
			peers = append(peers, o)
		}
	}
	var example *facts.Record
	for _, o := range peers {
		m, v := majorOf(o)
		switch {
		case !checkable(o.Tags):
			return
		case m == major && (claims(o, major) || compareVersions(v, full) > 0):
			return // another has it, or should
		case m != "" && m != major && claims(o, m):
			example = o
		}
	}
	if example == nil || claims(p.Self, major) {
		return
	}
	f := p.Report(p.tagsKey(), "no tag is `%s` alone, but `%s` has such a tag for its major version", major, p.short(example))
	f.AtMost(diagnostic.Info).RelatedIn(example.Path, example.TagList, "the tags of another major version")
}

// majorOf is the major version of a definition by its longest version in a
// tag, with that version.
func majorOf(r *facts.Record) (major, full string) {
	for _, t := range r.Tags {
		if v, _ := splitTag(t.Value); strings.Count(v, ".") >= 1 && len(v) > len(full) {
			full = v
		}
	}
	major, _, _ = strings.Cut(full, ".")
	return major, full
}

// claims reports whether the definition has a tag of which the whole version
// is the major one.
func claims(r *facts.Record, major string) bool {
	for _, t := range r.Tags {
		if v, _ := splitTag(t.Value); v == major {
			return true
		}
	}
	return false
}

func checkNameUnique(p *Pass) {
	name := p.Self.Name.Value
	if name == "" || strings.Contains(name, "${") {
		return
	}
	var f *Finding
	for _, o := range p.Workspace.Image(p.Self.ImageName()) {
		if o.Path == p.Self.Path || o.Name.Value != name || path.Dir(o.Path) != path.Dir(p.Self.Path) {
			continue
		}
		if f == nil {
			f = p.Report(p.Self.Name.Range, "`%s` is called `%s` too: readers of the catalog cannot tell the two", p.short(o), name).
				Help("name what tells them apart: the minor version, the flavor, or the variant")
		}
		f.RelatedIn(o.Path, o.Name.Range, "the same name")
	}
}

// runtimeOf is the runtime variant that a dev variant belongs to, nil where
// there is none: the file beside it whose name lacks the -dev.
func (p *Pass) runtimeOf(r *facts.Record) *facts.Record {
	if r.Kind != definition.Image || r.Variant.Value != variantDev {
		return nil
	}
	return p.sibling(r, strings.TrimSuffix(stem(r.Path), "-dev"), variantRuntime)
}

// devOf is the dev variant that belongs to a runtime variant.
func (p *Pass) devOf(r *facts.Record) *facts.Record {
	if r.Kind != definition.Image || r.Variant.Value != variantRuntime {
		return nil
	}
	return p.sibling(r, stem(r.Path)+"-dev", variantDev)
}

func (p *Pass) sibling(r *facts.Record, name, variant string) *facts.Record {
	if name == stem(r.Path) {
		return nil
	}
	for _, o := range p.Workspace.Image(r.ImageName()) {
		if stem(o.Path) == name && path.Dir(o.Path) == path.Dir(r.Path) && o.Variant.Value == variant && o.Image.Value == r.Image.Value {
			return o
		}
	}
	return nil
}

// stem is the file name without .yaml or .yml.
func stem(file string) string {
	base := path.Base(file)
	return strings.TrimSuffix(base, path.Ext(base))
}

// compareVersions orders versions of one product: runs of digits as numbers,
// all else as text, and 1.4 before 1.4.1. It is no order of a package manager:
// it only tells newer from older where the forms are the same.
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		x, restA := chunk(a)
		y, restB := chunk(b)
		if c := compareChunks(x, y); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	switch {
	case a == b:
		return 0
	case a == "":
		return -1
	}
	return 1
}

func chunk(s string) (first, rest string) {
	digit := isDigit(s[0])
	i := 1
	for i < len(s) && isDigit(s[i]) == digit {
		i++
	}
	return s[:i], s[i:]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func compareChunks(x, y string) int {
	if isDigit(x[0]) && isDigit(y[0]) {
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if len(x) != len(y) {
			return len(x) - len(y)
		}
	}
	return strings.Compare(x, y)
}
