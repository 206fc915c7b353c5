package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// withRelease is a version of a package with the release of its packaging.
var withRelease = regexp.MustCompile(`^[0-9].*-r?[0-9]+$`)

// checkPinnedVersion wants a package of the version that an image without
// build stages has: whatever the package is called, it is what the image is
// made of.
func (p *Pass) checkPinnedVersion(version string) {
	if !withRelease.MatchString(version) || len(p.Def.Contents.Builds) > 0 {
		return
	}
	var pins []*definition.PackageEntry
	for i := range p.Def.Contents.Packages {
		e := &p.Def.Contents.Packages[i]
		if e.Exclude || !e.Pinned() {
			continue
		}
		pin, known := p.Resolve(e.Version)
		if !known || sameUpstream(pin, version) {
			return
		}
		pins = append(pins, e)
	}
	v, _ := p.Var("VERSION")
	switch len(pins) {
	case 0:
	case 1:
		p.Report(p.In(pins[0].Node, pins[0].VersionRange), "`%s` is the only pinned package, but `VERSION` is `%s`", pins[0].String(), version).
			Related(v.Range(), "the version of the image")
	default:
		p.Report(v.Range(), "`VERSION` is `%s`, but no package is pinned to it", version).
			Related(p.In(pins[0].Node, pins[0].VersionRange), "the first pin")
	}
}

// checkSourceOfVersion finds the source that an update of a package forgot:
// it bears the package's name and a version of the form of VERSION, and no
// source is of VERSION itself.
func checkSourceOfVersion(p *Pass) {
	version, ok := p.varValue("VERSION")
	core := dottedVersion.FindString(strings.TrimPrefix(version, "v"))
	if !ok || p.Doc.Kind != definition.Package || !strings.Contains(core, ".") {
		return
	}
	if semver, ok := p.varValue("SEMVER_VERSION"); ok && olderOrNewer(version, semver) {
		return // semver-vars-vs-tags says it
	}
	names := []string{strings.TrimPrefix(p.imageName(), "pkg-")}
	if name, ok := p.varValue("PACKAGE_NAME"); ok {
		names = append(names, name)
	}
	var stale *fileSource
	var at text.Range
	current := false
	p.sources(func(s fileSource) {
		if current || strings.Contains(sepDigits.Replace(s.URL), sepDigits.Replace(core)) || commitID.MatchString(s.Ref) && namesAny(s.URL, names) {
			current = true // of the version, or of a commit that may be
			return
		}
		if found, ok := ownSourceVersion(s.URL, names, strings.Count(core, ".")); ok && stale == nil {
			stale, at = &s, found
		}
	})
	if current || stale == nil {
		return
	}
	if said, ok := p.known(stale.SPDXVersion); ok && said != "" && !strings.Contains(sepDigits.Replace(stale.URL), sepDigits.Replace(said)) {
		return // the comparison with spdx.version says it
	}
	v, _ := p.Var("VERSION")
	p.Report(p.within(stale.File.URL, stale.URL, at), "the URL is of version `%s`, but `VERSION` is `%s`", stale.URL[at.Start:at.End], version).
		Related(v.Range(), "the version of the package")
}

func namesAny(url string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return name != "" && strings.Contains(url, name) })
}

// ownSourceVersion is the version behind one of the names in a URL, if it has
// the given number of dots: sample-1.4.2.tar.gz, sample.git#v1.4.2.
func ownSourceVersion(url string, names []string, dots int) (text.Range, bool) {
	for _, name := range names {
		if name == "" {
			continue
		}
		for from := 0; ; {
			i := strings.Index(url[from:], name)
			if i < 0 {
				break
			}
			from += i + len(name)
			m := behindName.FindStringSubmatchIndex(url[from:])
			if m == nil || i > 0 && isWordByte(url[from-len(name)-1]) {
				continue
			}
			if found := (text.Range{Start: from + m[2], End: from + m[3]}); strings.Count(url[found.Start:found.End], ".") == dots {
				return found, true
			}
		}
	}
	return text.Range{}, false
}

// behindName is a version directly behind the name of a package.
var behindName = regexp.MustCompile(`^(?:\.git)?[-_#]v?([0-9]+(?:\.[0-9]+)+)(?:$|[-_./+][A-Za-z])`)

var (
	releaseInTag = regexp.MustCompile(`-r([0-9]+)(?:-|$)`)
	wholeNumber  = regexp.MustCompile(`^[0-9]+$`)
)

// checkReleaseTags compares the release of a package with its tags. In the
// 2,011 packages of half of the public catalog whose tags tell it they agree.
func checkReleaseTags(p *Pass) {
	for _, name := range []string{"REL", "DHI_REL"} {
		rel, ok := p.varValue(name)
		if !ok || !wholeNumber.MatchString(rel) || p.Doc.Kind != definition.Package {
			continue
		}
		for _, t := range p.Def.Tags {
			tag, ok := p.known(t)
			if m := releaseInTag.FindStringSubmatch(tag); ok && m != nil && m[1] != rel {
				v, _ := p.Var(name)
				p.Report(t.Range(), "the tag is of release `%s`, but `%s` is `%s`", m[1], name, rel).Related(v.Range(), "the release")
			}
		}
		return
	}
}

// checkBumpProvides compares what a rebuilt package provides with its version
// and release. In the 702 entries of half of the public catalog they agree.
func (p *Pass) checkBumpProvides(f definition.Field) {
	version, ok1 := p.varValue("VERSION")
	rel, ok2 := p.varValue("REL")
	s, ok3 := p.known(f)
	if !ok1 || !ok3 || !f.Set() || p.Doc.Kind != definition.Package {
		return
	}
	for _, m := range providedPin.FindAllStringSubmatchIndex(s, -1) {
		pin := s[m[2]:m[3]]
		if strings.ContainsAny(s[m[0]:m[2]], ":$") || strings.Count(pin, ".") < strings.Count(version, ".") {
			continue
		}
		at := p.within(f, s, text.Range{Start: m[2], End: m[3]})
		v, _ := p.Var("VERSION")
		switch rest, same := strings.CutPrefix(pin, version); {
		case !same && !sameUpstream(pin, version):
			p.Report(at, "the package is version `%s`, but provides `%s`", version, s[m[0]:m[1]]).Related(v.Range(), "the version")
		case same && ok2 && releaseOnly.MatchString(rest) && rest != "-r"+rel:
			p.Report(at, "the package is of release `%s`, but provides `%s`", rel, s[m[0]:m[1]]).Related(v.Range(), "the version")
		}
	}
}

var releaseOnly = regexp.MustCompile(`^-r[0-9]+$`)
