package rules

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// versionRules compare the places of one file that hold the version of what
// it builds.
func versionRules() []*Rule {
	return []*Rule{
		{ID: "semver-vars-vs-tags", Summary: "The version in the variables disagrees with itself or with the tags", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkSemverVars},
		{ID: "own-package-vs-VERSION", Summary: "The image's own package is pinned to another version than `VERSION`", Level: always(diagnostic.Warning), Kinds: Images, Check: checkOwnPackage},
		{ID: "version-in-url-drift", Summary: "A source is fetched in another version than its SBOM entry or `VERSION` says", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkVersionInURL},
		{ID: "version-drift", Summary: "A package is built in another version than `VERSION`, or provides one", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkVersionDrift},
		{ID: "provides-literal-version", Summary: "A package repeats its own version in `provides`", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkProvidesLiteral},
		{ID: "name-version", Summary: "The name says another version than the tags or the file name", Level: catalogOnly(diagnostic.Warning), Kinds: Images | Charts, Check: checkNameVersion},
	}
}

// isPrefixVersion reports whether part is v or the beginning of v, ending at
// a separator: 1.4 of 1.4.2, 0 of 0_git20260401.
func isPrefixVersion(part, v string) bool {
	rest, ok := strings.CutPrefix(v, part)
	return ok && (rest == "" || strings.IndexByte("._-+~", rest[0]) >= 0)
}

func checkSemverVars(p *Pass) {
	checkReleaseTags(p)
	version, ok := p.varValue("SEMVER_VERSION")
	if !ok {
		return
	}
	full, _ := p.Var("SEMVER_VERSION")
	for _, name := range []string{"SEMVER_MAJOR_VERSION", "SEMVER_MAJOR_MINOR_VERSION"} {
		part, ok := p.varValue(name)
		if !ok || isPrefixVersion(part, version) {
			continue
		}
		v, _ := p.Var(name)
		p.Report(v.Range(), "`%s` is `%s`, but `SEMVER_VERSION` is `%s`", name, part, version).Related(full.Range(), "the version")
		return
	}
	if v, ok := p.varValue("VERSION"); ok && olderOrNewer(v, version) {
		field, _ := p.Var("VERSION")
		p.Report(field.Range(), "`VERSION` is `%s`, but `SEMVER_VERSION` is `%s`", v, version).Related(full.Range(), "the version")
		return
	}
	if _, ok := p.Var("CHART_VERSION"); !ok { // a chart may have a version of its own
		p.checkVersionTags(full, version)
	}
}

// olderOrNewer reports whether v is another version than semver, of as many
// parts or more.
func olderOrNewer(v, semver string) bool {
	v, semver = dottedVersion.FindString(strings.TrimPrefix(v, "v")), dottedVersion.FindString(semver)
	return semver != "" && strings.Count(v, ".") >= strings.Count(semver, ".") && v != "" && !isPrefixVersion(semver, v)
}

// checkVersionTags finds tags that an update left behind: those of another
// version beside others that have the right one, or else one for all.
func (p *Pass) checkVersionTags(full definition.Field, version string) {
	core := dottedVersion.FindString(version)
	if !strings.Contains(core, ".") {
		return
	}
	matching := false
	var stale []definition.Field
	for _, t := range p.Def.Tags {
		tag, ok := p.known(t)
		if !ok {
			return
		}
		tag = strings.TrimPrefix(tag, "v")
		matching = matching || strings.Contains(tag, version) || isPrefixVersion(core, tag)
		if otherVersion(tag, core) {
			stale = append(stale, t)
		}
	}
	if !matching {
		p.reportStaleTags(full, version, stale)
		return
	}
	for _, t := range stale {
		p.Report(t.Range(), "the tag is of another version than `%s` of `SEMVER_VERSION`", version).Related(full.Range(), "the version")
	}
}

// otherVersion reports whether the tag begins with a version that is not core
// nor the beginning of it. Versions with more parts than core are not judged.
func otherVersion(tag, core string) bool {
	v := dottedVersion.FindString(tag)
	if v == "" || len(v) < len(tag) && tag[len(v)] != '-' || strings.Count(v, ".") > strings.Count(core, ".") {
		return false
	}
	return v != core && !strings.HasPrefix(core, v+".")
}

// reportStaleTags reports the first whole version where no tag has the right
// one.
func (p *Pass) reportStaleTags(full definition.Field, version string, stale []definition.Field) {
	for _, t := range stale {
		if tag, _ := p.known(t); strings.Count(version, ".") >= 2 && strings.Count(dottedVersion.FindString(strings.TrimPrefix(tag, "v")), ".") >= 2 {
			p.Report(t.Range(), "no tag has the version `%s` of `SEMVER_VERSION`, but this one has another", version).
				Related(full.Range(), "the version")
			return
		}
	}
}

var dottedVersion = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)*`)

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// ownSuffix is what the catalog puts behind the name of an image's own
// package: the release line and -dev.
var ownSuffix = regexp.MustCompile(`^(?:-[0-9]+(?:\.[0-9]+)*)?(?:-dev)?$`)

func checkOwnPackage(p *Pass) {
	version, ok := p.varValue("VERSION")
	name := p.imageName()
	if !ok || name == "" || !startsWithDigit(version) {
		return
	}
	for i := range p.Def.Contents.Packages {
		e := &p.Def.Contents.Packages[i]
		rest, ok := strings.CutPrefix(e.FullName(), name)
		if !ok || e.Exclude || !e.Pinned() || !ownSuffix.MatchString(rest) {
			continue
		}
		pin, known := p.Resolve(e.Version)
		if !known || sameUpstream(pin, version) {
			continue
		}
		v, _ := p.Var("VERSION")
		p.Report(p.In(e.Node, e.VersionRange), "`%s` is pinned to `%s`, but `VERSION` is `%s`", e.FullName(), pin, version).
			Related(v.Range(), "the version of the image")
		return
	}
	p.checkPinnedVersion(version)
}

// sameUpstream compares versions without their epoch and packaging release.
func sameUpstream(pin, version string) bool {
	if _, rest, ok := strings.Cut(pin, ":"); ok {
		pin = rest
	}
	if _, rest, ok := strings.Cut(version, ":"); ok {
		version = rest
	}
	pin, version = plainVersion(pin), plainVersion(version)
	return pin == version || isPrefixVersion(version, pin) || isPrefixVersion(pin, version)
}

var separators = strings.NewReplacer("~", "-", "_", "-", "+", "-")

func plainVersion(s string) string { return separators.Replace(strings.TrimPrefix(s, "v")) }

var (
	threeParts = regexp.MustCompile(`[0-9]+(?:\.[0-9]+){2,}`)
	sepDigits  = strings.NewReplacer(".", "", "_", "", "-", "")
)

// checkVersionInURL compares a whole version in the URL with spdx.version.
func checkVersionInURL(p *Pass) {
	checkSourceOfVersion(p)
	p.sources(func(s fileSource) {
		version, ok := p.known(s.SPDXVersion)
		if !ok || strings.Count(version, ".") < 2 || !startsWithDigit(strings.TrimPrefix(version, "v")) || strings.Contains(version, "{") {
			return
		}
		where, offset := s.URL, 0
		if s.Git {
			where, offset = s.Ref, len(s.URL)-len(s.Ref)
		}
		found := threeParts.FindStringIndex(where)
		core := dottedVersion.FindString(strings.TrimPrefix(version, "v"))
		if found == nil || strings.Contains(sepDigits.Replace(where), sepDigits.Replace(core)) {
			return
		}
		if _, _, told := p.contradiction(s.File); told {
			return // spdx-version-vs-purl says it
		}
		at := text.Range{Start: offset + found[0], End: offset + found[1]}
		p.Report(p.within(s.File.URL, s.URL, at), "the URL is of version `%s`, but `spdx.version` is `%s`", where[found[0]:found[1]], version).
			Related(s.SPDXVersion.Range(), "the version in the SBOM")
	})
}

// packageUses are the steps that build a package of a name and version.
var packageUses = []string{"dhi/build-pkg:", "abuild/apk@"}

func checkVersionDrift(p *Pass) {
	for i := range p.Def.Contents.Builds {
		for j := range p.Def.Contents.Builds[i].Pipeline {
			step := &p.Def.Contents.Builds[i].Pipeline[j]
			if strings.HasPrefix(step.Uses.Value(), "abuild/bump@") {
				p.checkBumpProvides(withField(step, "provides"))
			}
			if !hasPrefixOf(step.Uses.Value(), packageUses) {
				continue
			}
			version := withField(step, "version")
			value, ok := p.known(version)
			if !ok || !startsWithDigit(value) {
				continue
			}
			if p.Doc.Kind == definition.Package {
				p.checkBuiltVersion(version, value)
				p.checkBuiltRelease(withField(step, "rel"))
			}
			for _, name := range []string{"provides", "replaces"} {
				p.checkProvided(withField(step, name), value)
			}
		}
	}
}

func (p *Pass) checkBuiltVersion(f definition.Field, value string) {
	main, ok := p.varValue("VERSION")
	if !ok || !startsWithDigit(main) || sameUpstream(value, main) {
		return
	}
	if semver, ok := p.varValue("SEMVER_VERSION"); ok && sameUpstream(value, semver) {
		return
	}
	v, _ := p.Var("VERSION")
	p.Report(f.Range(), "the package is built as version `%s`, but `VERSION` is `%s`", value, v.Value()).Related(v.Range(), "the version of the definition")
}

// checkBuiltRelease compares the packaging release of a step with REL.
func (p *Pass) checkBuiltRelease(f definition.Field) {
	rel, ok1 := p.known(f)
	want, ok2 := p.varValue("REL")
	if !ok1 || !ok2 || rel == want {
		return
	}
	v, _ := p.Var("REL")
	p.Report(f.Range(), "the package is built as release `%s`, but `REL` is `%s`", rel, want).Related(v.Range(), "the release of the definition")
}

var providedPin = regexp.MustCompile(`[^\s,=<>~]+=([0-9][^\s,]*)`)

// checkProvided finds name=version in provides that an update left behind.
// Names such as so:libx.so.1=1.2 have versions of their own.
func (p *Pass) checkProvided(f definition.Field, version string) {
	s, ok := p.known(f)
	if !ok {
		return
	}
	for _, m := range providedPin.FindAllStringSubmatchIndex(s, -1) {
		if strings.ContainsAny(s[m[0]:m[2]], ":$") || sameUpstream(s[m[2]:m[3]], version) || strings.Count(s[m[2]:m[3]], ".") < strings.Count(version, ".") {
			continue
		}
		p.Report(p.within(f, s, text.Range{Start: m[2], End: m[3]}), "the package is version `%s`, but provides `%s`", version, s[m[0]:m[1]])
	}
}

// checkProvidesLiteral finds the version of the package written out in
// provides, where the package builder knows a word for it.
func checkProvidesLiteral(p *Pass) {
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if !strings.HasPrefix(s.Uses.Value(), "dhi/build-pkg:") {
			return
		}
		version, ok1 := p.known(withField(s, "version"))
		rel, ok2 := p.known(withField(s, "rel"))
		provides := withField(s, "provides")
		value, ok3 := p.known(provides)
		if !ok1 || !ok2 || !ok3 || value != provides.Value() {
			return
		}
		for _, m := range providedPin.FindAllStringSubmatchIndex(value, -1) {
			pin := value[m[2]:m[3]]
			if pin != version+"-r"+rel && pin != version+"-"+rel {
				continue
			}
			at := p.In(provides.Node, text.Range{Start: m[2], End: m[3]})
			p.Report(at, "`%s` repeats the version of the package, and the next update may forget it: `$pkg_full_version` stands for it", pin).
				Fix("Write $pkg_full_version", true, Replace(at, "$pkg_full_version"))
		}
	})
}

// nameLine is 1.x or 1.19.x in a name.
var nameLine = regexp.MustCompile(`(?:^|\s)([0-9]+(?:\.[0-9]+)*)\.x(?:\s|$|\))`)

func checkNameVersion(p *Pass) {
	name, ok := p.known(p.Def.Name)
	if !ok {
		return
	}
	m := nameLine.FindStringSubmatchIndex(name)
	if m == nil {
		return
	}
	line := name[m[2]:m[3]]
	at := p.within(p.Def.Name, name, text.Range{Start: m[2], End: m[3] + len(".x")})
	file := dottedVersion.FindString(p.Doc.Place.File)
	matches, ofFile, known := false, false, len(p.Def.Tags) > 0
	for _, t := range p.Def.Tags {
		tag, ok := p.known(t)
		known = known && ok
		tag = strings.TrimPrefix(tag, "v")
		matches = matches || isPrefixVersion(line, tag)
		ofFile = ofFile || isPrefixVersion(file, tag)
	}
	switch {
	case !known:
	case !matches:
		p.Report(at, "the name says %s.x, but no tag is of that version", line).Help("write the version of the tags")
	case ofFile && strings.HasPrefix(file, line+"."):
		p.Report(at, "the name says %s.x, but the file is for %s.x", line, file).AtMost(diagnostic.Info).Help("write %s.x, as the file is called", file)
	}
}
