package scaffold

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

// Variation is how a derived definition differs from the one it comes from;
// what is empty stays.
type Variation struct {
	// Name replaces the product's name, before the version, in the display name.
	Name string `json:"name,omitempty"`
	// Dist is a name of Distributions.
	Dist string `json:"dist,omitempty"`
	// Variant is dev; a runtime is not made of a dev image.
	Variant string `json:"variant,omitempty"`
	Flavor  string `json:"flavor,omitempty"`
	// Known, where it is set, knows images and packages of the other
	// distribution, so that references and pins can move to it.
	Known Known `json:"-"`
}

// Known is what a workspace knows of images and packages.
type Known interface {
	// Digest is that of a hardened image's tag.
	Digest(image, tag string) (string, bool)
	// Version is the one that a package pinned to the version has in another
	// distribution.
	Version(pkg, pinned string, to definition.Dist) (string, bool)
	// Packages are the entries without a version that all definitions of the
	// image for the distribution, variant and flavor have, but for that of one
	// path; none where there are not several.
	Packages(image string, dist definition.Dist, variant, flavor, except string) []string
}

// Derived is a definition made from another.
type Derived struct {
	Text string
	// Notes say what a person should check.
	Notes []string
}

// Derive makes the definition of another variant, flavor, distribution or
// release. What it installs stays, and the notes say what to check of it.
func Derive(doc *definition.Document, v Variation) (*Derived, error) {
	if doc == nil || doc.Def == nil || doc.Def.Root == nil || len(doc.Tree.Problems) > 0 {
		return nil, errors.New("a new definition is derived from a DHI definition without syntax errors alone")
	}
	var parsed yaml.Node
	if err := yaml.Unmarshal([]byte(doc.Text.String()), &parsed); err != nil || len(parsed.Content) == 0 {
		return nil, fmt.Errorf("the definition cannot be read: %v", err)
	}
	d := &deriver{doc: doc, root: parsed.Content[0], directive: doc.Directive.RefValue, from: doc.Dist(), known: v.Known, out: &Derived{}}
	d.root.HeadComment = strings.TrimSpace(strings.Replace(d.root.HeadComment, "# syntax="+d.directive, "", 1))
	parsed.HeadComment = ""
	if len(d.root.Content) > 0 {
		k := d.root.Content[0]
		k.HeadComment = strings.TrimSpace(strings.Replace(k.HeadComment, "# syntax="+d.directive, "", 1))
	}
	for _, step := range []func(Variation) error{d.dist, d.flavor, d.variant, d.others, d.name} {
		if err := step(v); err != nil {
			return nil, err
		}
	}
	content, err := write(d.directive, d.root)
	if err != nil {
		return nil, err
	}
	d.out.Text = content
	return d.out, nil
}

type deriver struct {
	doc       *definition.Document
	root      *yaml.Node
	directive string
	from      definition.Dist
	known     Known
	// digests are old digests of references with the new ones behind them.
	digests []string
	out     *Derived
}

func (d *deriver) note(format string, args ...any) {
	d.out.Notes = append(d.out.Notes, fmt.Sprintf(format, args...))
}

// dist moves the definition to another distribution or release.
func (d *deriver) dist(v Variation) error {
	if v.Dist == "" {
		return nil
	}
	to, err := ParseDist(v.Dist)
	if err != nil {
		return err
	}
	if d.doc.Kind == definition.Chart {
		return errors.New("a chart has no distribution")
	}
	if to == d.from {
		return nil
	}
	d.directive = "dhi.io/build:2-" + to.Tag()
	if r := d.doc.Directive; r.Registry != "" && r.Repository != "" {
		d.directive = r.Registry + "/" + r.Repository + ":2-" + to.Tag()
	}
	put(d.root, "os-release", osRelease(to))
	d.distTags(to)
	d.scope(get(d.root, "contents"), to, true)
	if builds := get(d.root, "contents", "builds"); builds != nil {
		for _, b := range builds.Content {
			d.scope(get(b, "contents"), to, false)
		}
	}
	d.references(d.root, to)
	d.replace(d.root, strings.NewReplacer(d.digests...))
	if to.Family != d.from.Family {
		d.note("packages have other names on %s: check every entry of packages with `dhi-ls resolve`", to)
	}
	return nil
}

// distTags rewrites the distribution in tags.
func (d *deriver) distTags(to definition.Dist) {
	tags := get(d.root, "tags")
	if tags == nil {
		return
	}
	end := regexp.MustCompile(`-(?:` + regexp.QuoteMeta(d.from.Family) + `(?:` + regexp.QuoteMeta(d.from.Release) + `)?)(-|$)`)
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, t := range tags.Content {
		suffix := suffixes(to)[len(suffixes(to))-1]
		switch {
		case end.MatchString(t.Value):
			t := end.ReplaceAllString(t.Value, suffix+"$1")
			if c := codenames[d.from.Release]; c != "" && codenames[to.Release] != "" {
				t = strings.ReplaceAll(t, c, codenames[to.Release])
			}
			add(t)
		case codenames[d.from.Release] != "" && codenames[to.Release] != "" && strings.Contains(t.Value, codenames[d.from.Release]):
			add(strings.ReplaceAll(t.Value, codenames[d.from.Release], codenames[to.Release]))
		default: // a tag of the default distribution, without its name
			i := strings.IndexByte(t.Value+"-", '-')
			add(t.Value[:i] + suffix + t.Value[i:])
		}
	}
	d.note("tags name %s alone: add the floating ones that this release should hold", to)
	put(d.root, "tags", list(out...))
}

var alpineURL = regexp.MustCompile(`/v3\.[0-9]+(/|$)`)

// scope rewrites repositories, keyring and packages of a scope.
func (d *deriver) scope(contents *yaml.Node, to definition.Dist, top bool) {
	if contents == nil || contents.Kind != yaml.MappingNode {
		return
	}
	repos := get(contents, "repositories")
	if repos != nil || top {
		d.repositories(contents, repos, to)
	}
	if list := get(contents, "packages"); list != nil {
		for _, p := range list.Content {
			d.pin(p, to)
		}
	}
}

// pin takes a pin to the version of the new distribution where that is known.
func (d *deriver) pin(p *yaml.Node, to definition.Dist) {
	e := entry.Parse(p.Value)
	if e.Operator == "" {
		return
	}
	if d.known != nil && e.Pinned() && !e.HasTemplate {
		version, ok := d.known.Version(e.FullName(), e.Version, to)
		own, _ := d.doc.Def.Var("VERSION") // which goes along with the product's own package
		if ok && (own.Value() != e.Version || version == e.Version) {
			p.SetString(p.Value[:e.VersionRange.Start] + version + p.Value[e.VersionRange.End:])
			return
		}
	}
	d.note("%s is pinned to a version of %s: give it the one of %s", p.Value, d.from, to)
}

func (d *deriver) repositories(contents, repos *yaml.Node, to definition.Dist) {
	if to.Family != d.from.Family {
		own, keys := repositories(to)
		put(contents, "repositories", list(own...))
		put(contents, "keyring", list(keys...))
		if repos != nil {
			d.note("the repositories are those of %s itself: what else was listed is left out", to)
		}
		return
	}
	if repos == nil {
		return
	}
	for _, r := range repos.Content {
		if to.Family == "alpine" {
			r.SetString(alpineURL.ReplaceAllString(r.Value, "/v"+to.Release+"$1"))
			continue
		}
		r.SetString(strings.ReplaceAll(r.Value, codenames[d.from.Release], codenames[to.Release]))
	}
}

// references takes images of the old distribution to the new one where the
// digest of that tag is known, and lists the others.
func (d *deriver) references(n *yaml.Node, to definition.Dist) {
	if n.Kind == yaml.ScalarNode && (strings.HasPrefix(n.Value, "dhi.io/") || strings.HasPrefix(n.Value, "dhi/")) && strings.Contains(n.Value, d.from.Tag()) && strings.Contains(n.Value, "@sha256:") {
		if other, ok := d.moved(n.Value, to); ok {
			d.digests = append(d.digests, n.Value[strings.Index(n.Value, "sha256:"):], other[strings.Index(other, "sha256:"):])
			n.Value = other
			d.note("%s is the image for %s that the workspace uses elsewhere", other, to)
		} else {
			d.note("%s is an image of %s: take the one of %s with its digest", n.Value, d.from, to)
		}
	}
	for _, c := range n.Content {
		d.references(c, to)
	}
}

// replace puts the new digests wherever the old ones stand: variables repeat
// them.
func (d *deriver) replace(n *yaml.Node, digests *strings.Replacer) {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "sha256:") {
		n.Value = digests.Replace(n.Value)
	}
	for _, c := range n.Content {
		d.replace(c, digests)
	}
}

// moved is the reference for another distribution.
func (d *deriver) moved(reference string, to definition.Dist) (string, bool) {
	ref := entry.ParseReference(reference)
	image, ok := ref.DHIName()
	if d.known == nil || !ok || ref.Tag.Text == "" {
		return "", false
	}
	tag := strings.Replace(ref.Tag.Text, d.from.Tag(), to.Tag(), 1)
	found, ok := d.known.Digest(image, tag)
	if !ok {
		return "", false
	}
	return reference[:ref.Tag.Range.Start] + tag + "@" + found, true
}

// tail adds a word to all tags: before -dev for a flavor, at the end for dev.
func (d *deriver) tail(word string) {
	tags := get(d.root, "tags")
	if tags == nil {
		return
	}
	var out []string
	for _, t := range tags.Content {
		if base, ok := strings.CutSuffix(t.Value, "-dev"); ok {
			out = append(out, base+"-"+word+"-dev")
		} else {
			out = append(out, t.Value+"-"+word)
		}
	}
	put(d.root, "tags", list(out...))
}

// suffix adds a word to a variable that holds the end of the tags.
func (d *deriver) suffix(name, word string) {
	v := get(d.root, "vars", name)
	if v == nil || v.Kind != yaml.ScalarNode {
		return
	}
	base, dev := strings.CutSuffix(v.Value, "-dev")
	if base += "-" + word; dev {
		base += "-dev"
	}
	v.SetString(base)
}

func (d *deriver) flavor(v Variation) error {
	old := d.doc.Def.Flavor.Value()
	switch {
	case v.Flavor == "" || v.Flavor == old:
		return nil
	case old != "":
		return fmt.Errorf("the definition is of flavor %s already: derive %s from one without", old, v.Flavor)
	case !wordForm.MatchString(v.Flavor):
		return fmt.Errorf("%q is no flavor such as compat", v.Flavor)
	}
	put(d.root, "flavor", str(v.Flavor))
	d.tail(v.Flavor)
	d.suffix("FLAVORED_SUFFIX", v.Flavor)
	d.inTitle(v.Flavor)
	d.note("add what makes the flavor %s to the packages", v.Flavor)
	return nil
}

// inTitle adds a word to the brackets of the display name: flavors first.
func (d *deriver) inTitle(word string) {
	name := get(d.root, "name")
	if name == nil {
		return
	}
	base, in, ok := strings.Cut(strings.TrimSuffix(name.Value, ")"), " (")
	switch {
	case !ok || !strings.HasSuffix(name.Value, ")"):
		name.SetString(name.Value + " (" + word + ")")
	case in == "dev" || strings.HasSuffix(in, ", dev"):
		name.SetString(base + " (" + strings.TrimSuffix(strings.TrimSuffix(in, "dev"), ", ") + sepIf(in != "dev") + word + ", dev)")
	default:
		name.SetString(base + " (" + in + ", " + word + ")")
	}
}

func sepIf(b bool) string {
	if b {
		return ", "
	}
	return ""
}

func (d *deriver) name(v Variation) error {
	name := get(d.root, "name")
	if v.Name == "" || name == nil {
		return nil
	}
	at := regexp.MustCompile(` \S*\.x\b`).FindStringIndex(name.Value)
	if at == nil {
		name.SetString(v.Name)
		return nil
	}
	name.SetString(v.Name + name.Value[at[0]:])
	return nil
}
