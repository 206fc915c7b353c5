package upgrade

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// allowed holds the change to what the caller expects.
func (p *plan) allowed() error {
	if p.new == "" {
		return fmt.Errorf("%s is at %s: to which version?", p.Target, p.old)
	}
	if p.From != "" && p.From != p.old && p.From != p.oldUpstream {
		return &OtherVersion{Target: p.Target, Has: p.old, Want: p.From}
	}
	if !p.Downgrade && Lower(p.doc.Dist().Family, strings.TrimPrefix(p.new, "v"), strings.TrimPrefix(p.old, "v")) {
		return &OtherVersion{Target: p.Target, Has: p.old, Want: p.new, Newer: true}
	}
	return nil
}

// release counts the release of a package definition up where only what it is
// built with changes.
func (p *plan) release() {
	if p.product || p.KeepRelease || p.doc.Kind != definition.Package || p.old == p.new {
		return
	}
	if n, err := strconv.Atoi(p.oldRel); err == nil {
		p.newRel = strconv.Itoa(n + 1)
	}
}

// swap is one text that stands for a version, and where it may stand.
type swap struct {
	old, new string
	in       func(*leaf) bool
}

// rewrite finds all edits.
func (p *plan) rewrite() {
	p.rewritePins()
	p.rewriteReferences()
	p.rewriteModules()
	swaps := p.swaps()
	for _, s := range swaps {
		if s.old == "" || s.old == s.new {
			continue
		}
		for _, l := range p.leaves {
			if l.zone == fixed || l.zone == inPin || l.zone == inReference || l.zone == inDependency || !s.in(l) {
				continue
			}
			for _, at := range find(l.value(), s.old) {
				if s.old == p.doc.Dist().Release && ofDist(l.value()[:at]) {
					continue
				}
				l.replace(at, at+len(s.old), s.new)
			}
		}
	}
	p.rewriteReleaseFields()
}

// ofDist reports whether what follows the text is the release of a
// distribution: alpine3.24, debian-13, alpine/v3.24.
func ofDist(before string) bool {
	before = strings.TrimRight(strings.ToLower(before), "-/v ")
	return strings.HasSuffix(before, "alpine") || strings.HasSuffix(before, "debian")
}

func (p *plan) rewritePins() {
	for _, l := range p.leaves {
		if l.zone != inPin {
			continue
		}
		e := entry.Parse(l.value())
		if p.pins[e.FullName()] && e.Operator == "=" && e.Version == p.old {
			l.replace(e.VersionRange.Start, e.VersionRange.End, p.new)
		}
	}
}

func (p *plan) rewriteReferences() {
	for _, l := range p.leaves {
		if r, ok := p.mine(l); ok {
			if v := tagVersion.FindString(r.Tag.Text); v != "" {
				new := p.new
				if v == p.oldUpstream {
					new = p.newUpstream
				}
				l.replace(r.Tag.Range.Start, r.Tag.Range.Start+len(v), new)
			}
			if p.digest != "" && r.Digest.Text != "" {
				l.replace(r.Digest.Range.Start, r.Digest.Range.End, p.digest)
			}
		}
	}
}

// mine reports whether the leaf is a reference that the change is about.
func (p *plan) mine(l *leaf) (entry.Reference, bool) {
	r, name, ok := l.reference()
	if !ok {
		return r, false
	}
	v := tagVersion.FindString(r.Tag.Text)
	if p.image == "" {
		return r, p.product && p.ownImage(name) && v != "" && (v == p.old || v == p.oldUpstream)
	}
	return r, name == p.image && p.sameRest(r.Tag.Text) && v == p.old
}

// ownImage reports whether an image goes along with the product: the package
// that an image is made of, or the image that a chart installs.
func (p *plan) ownImage(name string) bool {
	switch p.doc.Kind {
	case definition.Image:
		return name == "pkg-"+p.ownName()
	case definition.Chart:
		return name+"-chart" == p.ownName()
	}
	return false
}

func (p *plan) rewriteModules() {
	if p.module == "" {
		return
	}
	for _, l := range p.leaves {
		if v, ok := moduleVersion(l.value(), p.module); ok && l.zone == inDependency && v == p.old {
			l.replace(len(l.value())-len(v), len(l.value()), p.new)
		}
	}
}

// swaps are the texts to exchange, longer ones first.
func (p *plan) swaps() []swap {
	var list []swap
	if p.module == "" {
		switch {
		case p.product && p.fromDebian() && p.productVersion() == "":
			return p.debianSwaps(p.oldUpstream, p.newUpstream)
		case p.product:
			list = p.productSwaps()
		default:
			list = p.componentSwaps()
		}
	}
	if !p.product && p.fromDebian() {
		source := p.v(debianSource)
		list = append(list, p.debianSwaps(source, source)...)
	}
	if p.doc.Kind == definition.Package && p.oldRel != "" && !p.product {
		up, _ := p.packageUpstream()
		list = append(list, p.releaseSwaps(up, up)...)
	}
	return list
}

// packageUpstream is the version that a package definition builds.
func (p *plan) packageUpstream() (string, string) {
	v := p.productVersion()
	for _, sep := range []string{"-r", "-"} {
		if up, ok := strings.CutSuffix(v, sep+p.oldRel); ok {
			return up, sep
		}
	}
	return v, "-r"
}

// releaseSwaps exchange versions with the release of a package definition.
func (p *plan) releaseSwaps(old, new string) []swap {
	list := []swap{{old + "-r" + p.oldRel, new + "-r" + p.newRel, p.ownText}}
	if p.doc.Dist().Family != "alpine" {
		list = append(list, swap{old + "-" + p.oldRel, new + "-" + p.newRel, p.ownText})
	}
	return list
}

func (p *plan) productSwaps() []swap {
	var list []swap
	if p.oldRel != "" {
		list = p.releaseSwaps(p.oldUpstream, p.newUpstream)
	} else if p.old != p.oldUpstream {
		list = append(list, swap{p.old, p.new, p.ownText})
	}
	old, new := p.oldUpstream, p.newUpstream
	list = append(list, swap{old, new, p.ownText})
	if dots(old) >= 2 {
		list = append(list, swap{strings.ReplaceAll(old, ".", "_"), strings.ReplaceAll(new, ".", "_"), p.ownText})
	}
	return append(list, p.partSwaps()...)
}

// ownText is where the version of the product may stand. A version of one
// number means nothing in a script.
func (p *plan) ownText(l *leaf) bool {
	if p.claimed(l) {
		return false
	}
	if dots(p.oldUpstream) > 0 {
		return true
	}
	switch l.zone {
	case inTag, inSource, inMapping:
		return true
	case inVar:
		return l.key == "VERSION" || strings.HasPrefix(l.key, "SEMVER_") || p.related(l.key)
	case inText:
		return l.key == "version" || l.key == "purl" || l.path.Match("contents", "files", "[]", "*")
	}
	return false
}

// partSwaps exchange 1.2 and 1 of 1.2.3 where they change.
func (p *plan) partSwaps() []swap {
	oldM, oldMM := parts(p.oldUpstream)
	newM, newMM := parts(p.newUpstream)
	var list []swap
	if oldMM != newMM && oldMM != "" && newMM != "" && oldMM != p.oldUpstream {
		list = append(list, swap{oldMM, newMM, p.partPlace(oldMM)})
		list = append(list, swap{"v" + oldMM, "v" + newMM, p.partPlace("v" + oldMM)})
	}
	if oldM != newM && oldM != "" {
		list = append(list, swap{oldM, newM, p.partPlace(oldM)})
		p.notes = append(p.notes, fmt.Sprintf("the major version changes from %s to %s: look at the file's name, the dates and what else the line of %s decided", oldM, newM, oldM))
	}
	return list
}

// partPlace is where a part of the version may stand: the parts say less than
// the version, so that they need more of a context.
func (p *plan) partPlace(part string) func(*leaf) bool {
	whole := dots(part) > 0 && p.holds(part)
	return func(l *leaf) bool {
		if p.claimed(l) {
			return false
		}
		v := l.value()
		switch l.zone {
		case inTag:
			return v == part || strings.HasPrefix(v, part+"-")
		case inName:
			return strings.Contains(v, part+".x") || dots(part) > 0
		case inVar:
			own := strings.HasPrefix(l.key, "SEMVER_") || strings.HasPrefix(l.key, "MAJOR_") || l.key == "PACKAGE_NAME" || p.related(l.key)
			return own && (v == part || l.key == "PACKAGE_NAME" && dots(part) > 0)
		case inSource, inText, inEnvironment:
			return whole && (p.doc.Kind == definition.Package || v == part || l.zone == inSource)
		}
		return false
	}
}

// holds reports whether a variable of the product has the value and no other.
func (p *plan) holds(value string) bool {
	own := false
	for _, l := range p.leaves {
		if l.zone != inVar || l.value() != value {
			continue
		}
		if !strings.HasPrefix(l.key, "SEMVER_") && !strings.HasPrefix(l.key, "MAJOR_") && !p.related(l.key) {
			return false
		}
		own = true
	}
	return own
}

// componentSwaps exchange the version of something that the product is made of.
func (p *plan) componentSwaps() []swap {
	files := p.changedFiles()
	ambiguous := p.ambiguous()
	in := func(old string) func(*leaf) bool {
		return func(l *leaf) bool {
			switch l.zone {
			case inSource, inText:
				if item := fileItem(l); item != nil {
					return files[item]
				}
				return l.zone == inText && dots(old) >= 2 && (!ambiguous || p.named(l.value()))
			case inVar:
				return !p.claimed(l)
			case inEnvironment:
				return !p.claimed(l) && (p.named(l.key) || dots(old) >= 2 && !ambiguous)
			case inMapping:
				return p.pins[l.key] || p.named(l.key)
			case inTag:
				return !ambiguous && dots(old) >= 2
			}
			return false
		}
	}
	list := []swap{{p.old, p.new, in(p.old)}}
	if p.oldUpstream == p.old {
		return list
	}
	// The version without the release of a pin says less: it counts beside a name.
	named := func(l *leaf) bool {
		switch l.zone {
		case inVar, inEnvironment:
			return l.value() == p.oldUpstream && p.named(l.key) && !p.claimed(l)
		case inMapping:
			return p.pins[l.key]
		}
		return false
	}
	return append(list, swap{p.oldUpstream, p.newUpstream, named})
}

// named reports whether the text has a word of what is bumped.
func (p *plan) named(s string) bool {
	for _, name := range p.targetNames() {
		if shareWord(s, name) {
			return true
		}
	}
	return false
}

func (p *plan) targetNames() []string {
	list := []string{p.variable, p.image, p.source[strings.LastIndexByte(p.source, '/')+1:]}
	for n := range p.pins {
		list = append(list, n)
	}
	return list
}

// ambiguous reports whether something else has the same version.
func (p *plan) ambiguous() bool {
	v := p.productVersion()
	if up, _ := splitRelease(v); v == p.old || up == p.old {
		return true
	}
	for _, l := range p.leaves {
		if l.zone == inVar && l.value() == p.old && p.claimed(l) {
			return true
		}
	}
	return false
}

// claimed reports whether a variable or environment entry belongs to another
// product that has the same version.
func (p *plan) claimed(l *leaf) bool {
	if l.zone != inVar && l.zone != inEnvironment {
		return false
	}
	if l.key == p.variable && l.zone == inVar {
		return false
	}
	if l.key == "VERSION" || strings.HasPrefix(l.key, "SEMVER_") {
		return !p.product && l.zone == inVar
	}
	if p.named(l.key) || p.product && p.related(l.key) {
		return false
	}
	for _, o := range p.leaves {
		switch o.zone {
		case inPin:
			e := entry.Parse(o.value())
			if e.Operator == "=" && !p.pins[e.FullName()] && (e.Version == l.value() || strings.HasPrefix(e.Version, l.value()+"-")) && shareWord(l.key, e.Name) {
				return true
			}
		case inReference:
			r, name, ok := o.reference()
			if ok && name != p.image && tagVersion.FindString(r.Tag.Text) == l.value() && shareWord(l.key, name) {
				return true
			}
		}
	}
	return false
}

// fileItem is the item of files that the leaf belongs to.
func fileItem(l *leaf) *syntax.Node {
	for n := l.node; n != nil && n.Parent != nil; n = n.Parent {
		if o := n.Parent.Owner(); n.Parent.Kind == syntax.Sequence && o != nil && o.Key != nil && o.Key.Value == "files" && n.Kind == syntax.Mapping && n.Get("url") != nil {
			return n
		}
	}
	return nil
}

// changedFiles are the items of files whose URL is of the target.
func (p *plan) changedFiles() map[*syntax.Node]bool {
	files := map[*syntax.Node]bool{}
	if p.source == "" && p.variable == "" {
		return files
	}
	ambiguous := p.ambiguous()
	for _, l := range p.leaves {
		if l.zone != inSource || len(find(l.value(), p.old)) == 0 {
			continue
		}
		if p.source != "" && urlOf(l.value(), p.source) || p.named(l.value()) || !ambiguous && dots(p.old) >= 2 && p.source == "" {
			files[fileItem(l)] = true
		}
	}
	return files
}

// releaseKeys are the keys and variables that hold the release alone.
var releaseKeys = map[string]bool{"rel": true, "REL": true, "DHI_REL": true, "PACKAGE_REL": true, "RELEASE": true, "PKG_RELEASE": true, "PACKAGE_RELEASE": true}

// rewriteReleaseFields sets the fields that hold the release alone.
func (p *plan) rewriteReleaseFields() {
	old, new := p.oldRel, p.newRel
	if p.doc.Kind != definition.Package {
		if !p.product {
			return
		}
		old, new = releaseOf(p.old), releaseOf(p.new)
	}
	if old == "" || new == "" || old == new {
		return
	}
	for _, l := range p.leaves {
		if !releaseKeys[l.key] || l.zone == fixed {
			continue
		}
		for _, prefix := range []string{"", "r"} {
			if l.value() == prefix+strings.TrimPrefix(old, "r") {
				l.replace(0, len(l.value()), prefix+strings.TrimPrefix(new, "r"))
			}
		}
	}
}
