package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// tags offers what follows from the versions, the distribution, the flavor
// and the variant.
func (p *place) tags() {
	def := p.Doc.Def
	if def == nil {
		return
	}
	taken := p.cur.Siblings()
	suffixes := p.tagSuffixes(taken)
	put := func(tier int, tag string) {
		if tag != "" && !containsString(taken, tag) {
			p.add(Item{Label: tag, value: tag, Kind: protocol.CompletionItemKindValue, tier: tier})
		}
	}
	versions := p.tagVersions(taken, suffixes)
	for _, v := range versions {
		for _, s := range suffixes {
			tier := tierKnown
			if endsWith(taken, s, suffixes) && begins(taken, v) {
				tier = tierLikely
			}
			if p.missing(taken, v, s) {
				tier = tierNext
			}
			put(tier, v+s)
		}
	}
}

// missing: the version stands with other suffixes, and the suffix with other
// versions.
func (p *place) missing(taken []string, version, suffix string) bool {
	withVersion, withSuffix := false, false
	for _, t := range taken {
		rest, ok := strings.CutPrefix(t, version)
		withVersion = withVersion || ok && rest != "" && rest[0] == '-' || ok && rest == ""
		if suffix != "" {
			withSuffix = withSuffix || strings.HasSuffix(t, suffix)
		} else {
			withSuffix = withSuffix || !strings.Contains(t, "-")
		}
	}
	return withVersion && withSuffix
}

func endsWith(taken []string, suffix string, all []string) bool {
	for _, t := range taken {
		if suffixOf(t, all) == suffix {
			return true
		}
	}
	return false
}

func begins(taken []string, version string) bool {
	for _, t := range taken {
		if strings.HasPrefix(t, version) {
			return true
		}
	}
	return false
}

// suffixOf is the longest of the suffixes that a tag ends in.
func suffixOf(tag string, all []string) string {
	best := ""
	for _, s := range all {
		if len(s) > len(best) && strings.HasSuffix(tag, s) {
			best = s
		}
	}
	return best
}

// tagSuffixes are what may follow the version.
func (p *place) tagSuffixes(taken []string) []string {
	def := p.Doc.Def
	dist := p.distribution()
	tail := ""
	if f := def.Flavor.Value(); f != "" {
		tail += "-" + f
	}
	if def.Variant.Value() == "dev" {
		tail += "-dev"
	}
	bases := []string{"-" + dist.Directive}
	switch {
	case dist.Directive == "":
		bases = []string{""}
	case def.Kind == definition.Package && dist.Default:
		bases = []string{"", "-" + dist.Directive}
	case def.Kind == definition.Package:
	case dist.Default:
		bases = []string{"", "-" + string(dist.Family), "-" + dist.Directive}
	case dist.Family == schema.Alpine:
		bases = []string{"-" + dist.Directive, "-" + string(dist.Family)}
	}
	out := make([]string, 0, len(bases))
	for _, b := range bases {
		out = append(out, b+tail)
	}
	for _, t := range taken {
		if s := tailOf(t); !containsString(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// tailOf is the part of a tag behind its version.
func tailOf(tag string) string {
	for i := range tag {
		if tag[i] == '-' && i+1 < len(tag) && (tag[i+1] < '0' || tag[i+1] > '9') && !release(tag[i+1:]) {
			return tag[i:]
		}
	}
	return ""
}

// release says whether a part of a tag is the release of a package: r3.
func release(s string) bool {
	s, _, _ = strings.Cut(s, "-")
	return len(s) > 1 && s[0] == 'r' && digits(s[1:])
}

// tagVersions are the versions that tags begin with: those of the other tags
// and of the variables, shortened to major and minor.
func (p *place) tagVersions(taken, suffixes []string) []string {
	var out []string
	put := func(v string) {
		if v != "" && !containsString(out, v) && !strings.ContainsAny(v, "${}#/: ") {
			out = append(out, v)
		}
	}
	for _, name := range []string{"SEMVER_MAJOR_VERSION", "SEMVER_MAJOR_MINOR_VERSION", "SEMVER_VERSION"} {
		put(p.resolvedVar(name))
	}
	semver, rel := p.resolvedVar("SEMVER_VERSION"), p.resolvedVar("REL")
	if semver != "" && rel != "" && digits(rel) {
		put(semver + "-r" + rel)
	}
	for _, t := range taken {
		v := strings.TrimSuffix(t, suffixOf(t, suffixes))
		put(v)
		if strings.Count(v, ".") == 2 && !strings.Contains(v, "-") {
			major, rest, _ := strings.Cut(v, ".")
			minor, _, _ := strings.Cut(rest, ".")
			put(major)
			put(major + "." + minor)
		}
	}
	for _, name := range []string{"VERSION", "DHI_VERSION"} {
		v := p.resolvedVar(name)
		put(v)
		if bare, _, ok := strings.Cut(v, "-"); ok {
			put(bare)
		}
		if parts := strings.Split(v, "."); len(parts) >= 3 {
			put(parts[0])
			put(parts[0] + "." + parts[1])
		}
	}
	return out
}

// resolvedVar is the value of a variable, "" where it is not known.
func (p *place) resolvedVar(name string) string {
	if p.Doc.Def == nil {
		return ""
	}
	if _, ok := p.Doc.Def.Var(name); !ok {
		return ""
	}
	v := p.resolved(name)
	if strings.ContainsAny(v, ", \n") {
		return ""
	}
	return v
}

// baseName is the name that the image goes by.
func (p *place) baseName() string {
	if n := p.Doc.Place.Name; n != "" {
		return n
	}
	if p.Doc.Def == nil {
		return ""
	}
	image := p.Doc.Def.Image.Value()
	image = image[strings.LastIndexByte(image, '/')+1:]
	return strings.TrimSuffix(strings.TrimPrefix(image, "pkg-"), "-chart")
}

// imageName offers the name that follows from the directory.
func (p *place) imageName() {
	name := p.Doc.Place.Name
	if name == "" {
		return
	}
	switch p.Doc.Place.Section {
	case "chart":
		p.value(tierNext, "dhi.io/"+name+"-chart", "")
	case "package":
		name = strings.ToLower(strings.NewReplacer("+", "plus", "_", "-").Replace(name))
		p.value(tierNext, "dhi.io/pkg-"+name, "")
	default:
		p.value(tierNext, "dhi.io/"+name, "")
	}
}

// productName offers the name as the catalog writes it.
func (p *place) productName() {
	def := p.Doc.Def
	if def == nil {
		return
	}
	product := p.title()
	if product == "" {
		if d, ok := strings.CutPrefix(def.Annotation("org.opencontainers.image.description"), "A minimal "); ok {
			product = strings.TrimSuffix(d, " image")
		}
	}
	if product == "" {
		product = p.baseName()
	}
	if product == "" {
		return
	}
	var marks []string
	if f := def.Flavor.Value(); f != "" {
		marks = append(marks, f)
	}
	if def.Variant.Value() == "dev" {
		marks = append(marks, "dev")
	}
	tail := ""
	if len(marks) > 0 {
		tail = " (" + strings.Join(marks, ", ") + ")"
	}
	for _, v := range []string{p.resolvedVar("SEMVER_MAJOR_VERSION"), p.resolvedVar("SEMVER_MAJOR_MINOR_VERSION")} {
		if v != "" {
			p.value(tierLikely, product+" "+v+".x"+tail, "")
		}
	}
	p.value(tierKnown, product+tail, "")
}

// variantName prefers the variant that the directory and the file name tell.
func (p *place) variantName() {
	likely := "runtime"
	switch {
	case p.Doc.Place.Section == "chart" || p.Doc.Kind == definition.Chart:
		likely = "helm"
	case strings.HasSuffix(p.Doc.Place.File, "-dev"):
		likely = "dev"
	}
	for i := range p.items {
		if p.items[i].Label == likely {
			p.items[i].tier, p.items[i].Preselect = tierNext, true
		}
	}
}

// flavors offers the modifiers that are in use.
func (p *place) flavors() {
	for _, f := range []struct{ name, about string }{
		{"compat", "with common shell utilities"}, {"sfw", "with the Socket firewall"}, {"sfw-ent", "with the Socket firewall, enterprise"}, {"fpm", "PHP's process manager"},
	} {
		p.value(tierTable, f.name, f.about)
	}
}

// stageNames offers a name for a build stage.
func (p *place) stageNames() {
	if n := p.baseName(); n != "" {
		p.value(tierLikely, n, "named like the image")
	}
	if p.Doc.Place.Format == "apk" {
		p.value(tierLikely, "abuild", "")
	}
	p.value(tierTable, "build", "")
}
