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
	d := &deriver{doc: doc, root: parsed.Content[0], directive: doc.Directive.RefValue, from: doc.Dist(), out: &Derived{}}
	d.root.HeadComment = strings.TrimSpace(strings.Replace(d.root.HeadComment, "# syntax="+d.directive, "", 1))
	parsed.HeadComment = ""
	if len(d.root.Content) > 0 {
		k := d.root.Content[0]
		k.HeadComment = strings.TrimSpace(strings.Replace(k.HeadComment, "# syntax="+d.directive, "", 1))
	}
	for _, step := range []func(Variation) error{d.dist, d.flavor, d.variant, d.name} {
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
	out       *Derived
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
			add(end.ReplaceAllString(t.Value, suffix+"$1"))
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
			if e := entry.Parse(p.Value); e.Operator != "" {
				d.note("%s is pinned to a version of %s: give it the one of %s", p.Value, d.from, to)
			}
		}
	}
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

// references lists the images of the old distribution, which are to be looked
// for in the new one.
func (d *deriver) references(n *yaml.Node, to definition.Dist) {
	if n.Kind == yaml.ScalarNode && (strings.HasPrefix(n.Value, "dhi.io/") || strings.HasPrefix(n.Value, "dhi/")) && strings.Contains(n.Value, d.from.Tag()) && strings.Contains(n.Value, "@sha256:") {
		d.note("%s is an image of %s: take the one of %s with its digest", n.Value, d.from, to)
	}
	for _, c := range n.Content {
		d.references(c, to)
	}
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

func (d *deriver) variant(v Variation) error {
	old := d.doc.Def.Variant.Value()
	switch {
	case v.Variant == "" || v.Variant == old:
		return nil
	case v.Variant != "dev" || old != "runtime" || d.doc.Kind != definition.Image:
		return fmt.Errorf("a %s variant is not made of this one (%s): dev images are made of runtimes", v.Variant, old)
	}
	put(d.root, "variant", str("dev"))
	d.tail("dev")
	d.inTitle("dev")
	family := d.doc.Dist()
	if v.Dist != "" {
		family, _ = ParseDist(v.Dist)
	}
	d.devPackages(family)
	m := get(d.root, "accounts")
	if m == nil {
		m = mapping()
		put(d.root, "accounts", m)
	}
	put(m, "root", boolean(true))
	put(m, "run-as", str("root"))
	if family.Family == "debian" {
		env := get(d.root, "environment")
		if env == nil {
			env = mapping()
			put(d.root, "environment", env)
		}
		put(env, "DEBIAN_FRONTEND", str("noninteractive"))
	}
	return nil
}

// devPackages adds a shell and the package manager, and takes exclusions of
// them out.
func (d *deriver) devPackages(dist definition.Dist) {
	contents := get(d.root, "contents")
	if contents == nil {
		contents = mapping()
		put(d.root, "contents", contents)
	}
	var names []string
	if old := get(contents, "packages"); old != nil {
		for _, p := range old.Content {
			names = append(names, p.Value)
		}
	}
	for _, p := range basePackages(dist, true) {
		names = slices.DeleteFunc(names, func(s string) bool { return s == "!"+p })
		if !slices.ContainsFunc(names, func(s string) bool { e := entry.Parse(s); return e.FullName() == p }) {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	put(contents, "packages", list(names...))
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
