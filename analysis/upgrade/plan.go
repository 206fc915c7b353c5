package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

// plan is one change in the making.
type plan struct {
	Change
	doc    *definition.Document
	leaves []*leaf
	// asking wants to know the present version alone.
	asking bool

	// old and new are the versions of what is bumped, with their release.
	old, new string
	// upstream is the same without release.
	oldUpstream, newUpstream string
	product                  bool
	// pins are the names of packages that change together.
	pins map[string]bool
	// image is the name of the image whose references change; tagRest is what
	// must follow the version in their tags where the target says so.
	image, tagRest, digest string
	hasRest                bool
	// module is a dependency in the arguments of an action.
	module string
	// variable is the variable that was named or stands behind a source.
	variable string
	// source is a part of the URLs that the target comes from.
	source string
	// rel is the release of a package definition and what it becomes.
	oldRel, newRel string

	refresh []Place
	notes   []string
}

func newPlan(doc *definition.Document, c Change) *plan {
	p := &plan{Change: c, doc: doc, leaves: leaves(doc.Def.Root), pins: map[string]bool{}}
	p.oldRel = p.presentRelease()
	p.newRel = p.oldRel
	return p
}

// v is the value of a variable, "" without.
func (p *plan) v(name string) string {
	f, ok := p.doc.Def.Var(name)
	if !ok {
		return ""
	}
	return f.Value()
}

// presentRelease is the release of a package definition, without its r.
func (p *plan) presentRelease() string {
	if p.doc.Kind != definition.Package {
		return ""
	}
	for _, name := range []string{"REL", "DHI_REL", "PACKAGE_REL", "RELEASE"} {
		if v := p.v(name); v != "" {
			return strings.TrimPrefix(v, "r")
		}
	}
	return ""
}

// productVersion is the version that the definition itself has.
func (p *plan) productVersion() string {
	for _, name := range []string{"VERSION", "SEMVER_VERSION"} {
		if v := p.v(name); v != "" && !strings.Contains(v, "${") && !strings.HasPrefix(v, "#{") {
			return v
		}
	}
	return ""
}

// ownName is the name of what the definition makes.
func (p *plan) ownName() string {
	image := p.doc.Def.Image.Value()
	return strings.TrimPrefix(image[strings.LastIndexByte(image, '/')+1:], "pkg-")
}

// resolve finds what the target is and which version it has.
func (p *plan) resolve() error {
	target := p.Target
	if rest, ok := strings.CutPrefix(target, "pkg:"); ok {
		target = purlTarget(rest)
	}
	if target == "" {
		return p.resolveProduct()
	}
	for _, try := range []func(string) (bool, error){
		p.resolvePin, p.resolveReference, p.resolveVariable, p.resolveModule, p.resolveSource, p.resolveOwn, p.resolveSibling,
	} {
		if ok, err := try(target); ok || err != nil {
			return err
		}
	}
	return &NotFound{p.Target, Targets(p.doc)}
}

// purlTarget is the target that a purl without its scheme stands for.
func purlTarget(s string) string {
	kind, rest, _ := strings.Cut(s, "/")
	rest, _, _ = strings.Cut(rest, "@")
	if kind == "deb" || kind == "apk" {
		return rest[strings.LastIndexByte(rest, '/')+1:]
	}
	return rest
}

func (p *plan) resolveOwn(target string) (bool, error) {
	if target != p.ownName() && target != p.v("PACKAGE_NAME") && target != p.doc.Def.Image.Value() {
		return false, nil
	}
	return true, p.resolveProduct()
}

func (p *plan) resolveProduct() error {
	old := p.productVersion()
	if old == "" && p.fromDebian() {
		return p.resolveDebian()
	}
	if old == "" {
		return &NotFound{p.Target, Targets(p.doc)}
	}
	p.product = true
	p.old, p.new = old, p.Version
	p.oldUpstream = old
	p.newUpstream = p.Version
	if p.doc.Kind == definition.Package {
		return p.packageVersions()
	}
	pins := p.allPins()
	p.pinned(pins, func(_, version string) bool { return version == old })
	if up, rel := splitRelease(old); len(p.pins) == 0 && rel != "" && p.v("SEMVER_VERSION") == up {
		return p.released(old, "VERSION")
	}
	if len(p.pins) == 0 {
		// The package has the product's version with a release behind it.
		p.pinned(pins, func(name, version string) bool {
			up, rel := splitRelease(version)
			return rel != "" && up == old && p.related(name)
		})
		for name := range p.pins {
			if pins[name] != pins[p.anyPin()] {
				clear(p.pins) // of different builds none is the product's
				break
			}
		}
		if len(p.pins) > 0 {
			p.old = pins[p.anyPin()]
		}
	}
	if len(p.pins) == 0 {
		return nil
	}
	return p.released(p.old, p.names())
}

// pinned notes the pins that match as those of the product.
func (p *plan) pinned(pins map[string]string, match func(name, version string) bool) {
	for name, version := range pins {
		if match(name, version) {
			p.pins[name] = true
		}
	}
}

// anyPin is the first pin by name.
func (p *plan) anyPin() string {
	first := ""
	for name := range p.pins {
		if first == "" || name < first {
			first = name
		}
	}
	return first
}

// released says that the version, which stands in what, has a release, which
// the new one must have as well.
func (p *plan) released(old, what string) error {
	p.oldUpstream, _ = splitRelease(old)
	up, rel := splitRelease(p.Version)
	if p.newUpstream = up; rel == "" && !p.asking {
		return fmt.Errorf("%s is at %s: give the new version with the package's release, as %s-%s", what, old, p.Version, releaseOf(old))
	}
	return nil
}

func releaseOf(v string) string {
	_, r := splitRelease(v)
	return r
}

// names are the pinned packages, for people.
func (p *plan) names() string {
	var list []string
	for n := range p.pins {
		list = append(list, n)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// packageVersions takes the release off the versions of a package definition.
// A new version begins again with release 0.
func (p *plan) packageVersions() error {
	sep := "-r"
	if p.doc.Dist().Family != "alpine" {
		sep = "-"
	}
	if up, ok := strings.CutSuffix(p.old, sep+p.oldRel); ok && p.oldRel != "" {
		p.oldUpstream = up
	}
	p.old = p.oldUpstream
	p.newUpstream = p.Version
	rel := ""
	if sep == "-r" && apkRelease.MatchString(p.Version) || sep == "-" && debRelease.MatchString(p.Version) && p.oldRel != "" {
		p.newUpstream, rel = splitRelease(p.Version)
	}
	rel = strings.TrimPrefix(rel, "r")
	if p.oldRel == "" {
		p.new = p.newUpstream
		return nil
	}
	switch {
	case rel != "":
		p.newRel = rel
	case p.newUpstream != p.oldUpstream:
		p.newRel = "0"
	}
	p.old, p.new = p.oldUpstream+sep+p.oldRel, p.newUpstream+sep+p.newRel
	return nil
}

// allPins are the pinned packages of all scopes with their versions.
func (p *plan) allPins() map[string]string {
	pins := map[string]string{}
	for _, l := range p.leaves {
		if l.zone != inPin {
			continue
		}
		if e := entry.Parse(l.value()); e.Operator == "=" && e.Version != "" && !e.HasTemplate {
			if _, seen := pins[e.FullName()]; !seen {
				pins[e.FullName()] = e.Version
			}
		}
	}
	return pins
}

func (p *plan) resolvePin(target string) (bool, error) {
	pins := p.allPins()
	old, ok := pins[target]
	if !ok {
		return false, nil
	}
	p.old, p.new = old, p.Version
	p.oldUpstream, _ = splitRelease(old)
	up, rel := splitRelease(p.Version)
	if p.newUpstream = up; !p.asking && rel == "" && releaseOf(old) != "" {
		return true, fmt.Errorf("%s is pinned as %s: give the new version with its release, as %s-%s", target, old, p.Version, releaseOf(old))
	}
	for name, version := range pins {
		if name == target || version == old && companion(target, name) {
			p.pins[name] = true
		}
	}
	p.product = p.doc.Kind != definition.Package && (p.productVersion() == old || p.productVersion() == p.oldUpstream && p.related(target))
	return true, nil
}

// companion reports whether packages of the same version are built together:
// caddy and caddy-dev, golang-1.26 and golang-1.26-oci-config, python-3.14 and
// libpython-3.14-stdlib.
func companion(a, b string) bool {
	first := func(s string) string {
		s, _, _ = strings.Cut(strings.TrimPrefix(s, "lib"), "-")
		return strings.TrimRight(s, "0123456789.")
	}
	return strings.HasPrefix(a, b+"-") || strings.HasPrefix(b, a+"-") || first(a) == first(b)
}

// related reports whether the name is that of the product.
func (p *plan) related(name string) bool {
	return shareWord(name, p.ownName()) || shareWord(name, p.v("PACKAGE_NAME"))
}

// Targets are what can be bumped in the definition: its own name, pinned
// packages, images and variables that hold versions.
func Targets(doc *definition.Document) []string {
	if doc == nil || doc.Def == nil || doc.Def.Root == nil {
		return nil
	}
	p := newPlan(doc, Change{})
	var list []string
	for name := range p.allPins() {
		list = append(list, name)
	}
	for _, l := range p.leaves {
		if _, name, ok := l.reference(); ok {
			list = append(list, "dhi/"+name)
		}
		if l.zone == inVar && versionVar(l) && !(p.fromDebian() && debianForm[l.key]) {
			list = append(list, l.key)
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	if (p.productVersion() != "" || p.fromDebian()) && p.ownName() != "" {
		list = append([]string{p.ownName()}, list...)
	}
	return slices.Compact(list)
}

// versionVar reports whether the variable holds a version that can be bumped
// by itself.
func versionVar(l *leaf) bool {
	if strings.HasPrefix(l.key, "SEMVER_") || !strings.Contains(l.key, "VERSION") || strings.Contains(l.key, "MAJOR") {
		return false
	}
	v := strings.TrimPrefix(l.value(), "v")
	return v != "" && isDigit(v[0])
}
