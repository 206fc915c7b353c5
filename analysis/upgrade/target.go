package upgrade

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
)

// resolveReference finds dhi/NAME, dhi/NAME:TAG and dhi.io/NAME:TAG@DIGEST.
func (p *plan) resolveReference(target string) (bool, error) {
	if !strings.HasPrefix(target, "dhi/") && !strings.HasPrefix(target, "dhi.io/") {
		return false, nil
	}
	want := entry.ParseReference(target)
	name, ok := want.DHIName()
	if !ok {
		return false, nil
	}
	version := tagVersion.FindString(want.Tag.Text)
	if want.Tag.Text != "" {
		p.tagRest, p.hasRest = want.Tag.Text[len(version):], true
	}
	p.digest = want.Digest.Text
	found := false
	for _, l := range p.leaves {
		r, n, ok := l.reference()
		if !ok || n != name || !p.sameRest(r.Tag.Text) {
			continue
		}
		if v := tagVersion.FindString(r.Tag.Text); !found || p.From != "" && v == p.From {
			p.old = v
		}
		found = true
	}
	if !found {
		return false, nil
	}
	p.image = name
	switch {
	case p.Version != "":
		p.new = p.Version
	case version != "" && dots(version) >= dots(p.old):
		p.new = version
	default: // the tag is a floating one: only the digest is new
		p.new = p.old
	}
	p.oldUpstream, p.newUpstream = p.old, p.new
	p.product = p.old != "" && p.productVersion() == p.old && p.related(name)
	return true, nil
}

// sameRest reports whether a tag is of the flavor that the target names.
func (p *plan) sameRest(tag string) bool {
	return !p.hasRest || tag[len(tagVersion.FindString(tag)):] == p.tagRest
}

// pinnedReference reports whether references are to be refreshed though their
// version stays.
func (p *plan) pinnedReference() bool { return p.image != "" }

func (p *plan) resolveVariable(target string) (bool, error) {
	if !expr.IsVarName(target) || strings.ToUpper(target) != target || p.v(target) == "" {
		return false, nil
	}
	if target == "VERSION" || target == "SEMVER_VERSION" || p.fromDebian() && (target == debianSource || target == "DHI_VERSION") {
		return true, p.resolveProduct()
	}
	value := p.v(target)
	if done, err := p.resolveMirrored(target, value); done || err != nil {
		return done, err
	}
	for _, l := range p.leaves {
		if l.zone == inReference && l.path.Match("vars", target) {
			r, _, _ := l.reference()
			return p.resolveReference(value[:max(r.Tag.Range.Start-1, 0)])
		}
	}
	p.variable = target
	p.old, p.new = value, p.Version
	p.oldUpstream, p.newUpstream = p.old, p.new
	p.product = value == p.productVersion() && p.related(target)
	return true, nil
}

// resolveMirrored finds the pin or the image of which a variable repeats the
// version: they go together.
func (p *plan) resolveMirrored(target, value string) (bool, error) {
	if value == p.productVersion() {
		return false, nil
	}
	name := ""
	for pin, version := range p.allPins() {
		if version == value && shareWord(target, pin) && (name == "" || len(pin) < len(name) || len(pin) == len(name) && pin < name) {
			name = pin
		}
	}
	if name != "" {
		return p.resolvePin(name)
	}
	only, named := map[string]bool{}, ""
	for _, l := range p.leaves {
		r, image, ok := l.reference()
		if !ok || tagVersion.FindString(r.Tag.Text) != value {
			continue
		}
		only[image] = true
		if shareWord(target, image) {
			named = image
		}
	}
	if named == "" && len(only) == 1 && dots(value) >= 2 {
		for image := range only { // nothing else has this version: JRE_VERSION
			named = image
		}
	}
	if named == "" {
		return false, nil
	}
	return p.resolveReference("dhi/" + named)
}

// resolveSibling finds the variable that says the version of a package that
// only a sibling installs: it has the version that the sibling has, and the
// package's name.
func (p *plan) resolveSibling(target string) (bool, error) {
	if p.From == "" {
		return false, nil
	}
	for _, l := range p.leaves {
		if l.zone == inVar && l.value() == p.From && versionVar(l) && l.key != "VERSION" && shareWord(l.key, target) {
			return p.resolveVariable(l.key)
		}
	}
	return false, nil
}

// resolveModule finds name@version among the arguments of a bump action.
func (p *plan) resolveModule(target string) (bool, error) {
	for _, l := range p.leaves {
		if l.zone != inDependency {
			continue
		}
		if v, ok := moduleVersion(l.value(), target); ok {
			p.module = target
			p.old, p.new = v, p.Version
			if strings.HasPrefix(v, "v") && !strings.HasPrefix(p.new, "v") {
				p.new = "v" + p.new
			}
			p.oldUpstream, p.newUpstream = p.old, p.new
			return true, nil
		}
	}
	return false, nil
}

func moduleVersion(value, module string) (string, bool) {
	v, ok := strings.CutPrefix(value, module+"@")
	return v, ok && v != "" && !strings.ContainsAny(v, " \n")
}

// resolveSource finds OWNER/REPO in the URLs of files.
func (p *plan) resolveSource(target string) (bool, error) {
	if !strings.Contains(target, "/") {
		return false, nil
	}
	target = strings.TrimSuffix(strings.Trim(target, "/"), ".git")
	for _, l := range p.leaves {
		if l.zone != inSource || !urlOf(l.value(), target) {
			continue
		}
		url, ref, _ := strings.Cut(l.value(), "#")
		if hashes.FindString(ref) != ref || ref == "" {
			url = l.value()
		} else if p.isCommit(ref) {
			p.source = target
			return true, p.resolveProduct()
		}
		version, variable := p.versionIn(url)
		if version == "" {
			continue
		}
		if version == p.productVersion() || variable == "SEMVER_VERSION" {
			p.source = target
			return true, p.resolveProduct()
		}
		p.source, p.variable = target, variable
		p.old, p.new = version, p.Version
		if strings.HasPrefix(p.new, "v") && !strings.HasPrefix(p.old, "v") && isDigit(p.old[0]) {
			p.new = p.new[1:]
		}
		p.oldUpstream, p.newUpstream = p.old, p.new
		return true, nil
	}
	return false, nil
}

// urlOf reports whether the URL is of the repository.
func urlOf(url, repository string) bool {
	i := strings.Index(url, "/"+repository)
	if i < 0 {
		return false
	}
	end := i + 1 + len(repository)
	return end == len(url) || strings.ContainsRune("/.#?", rune(url[end]))
}

// versionIn is the longest value of a variable that stands as a version in the
// URL; without variable, that of the URL's ref.
func (p *plan) versionIn(url string) (version, variable string) {
	for _, l := range p.leaves {
		if l.zone != inVar || strings.Contains(l.key, "MAJOR") || len(l.value()) <= len(version) || !strings.ContainsAny(l.value(), "0123456789") {
			continue
		}
		if v := l.value(); tagVersion.MatchString(v) && len(v) < 40 && len(find(url, v)) > 0 {
			version, variable = v, l.key
		}
	}
	if version != "" {
		return version, variable
	}
	_, ref, _ := strings.Cut(url, "#")
	if v := tagVersion.FindString(ref); v == ref && len(v) < 40 {
		return strings.TrimPrefix(v, "v"), ""
	}
	return "", ""
}
