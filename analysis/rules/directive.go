package rules

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func directiveRules() []*Rule {
	return []*Rule{
		{ID: "syntax-directive-missing", Summary: "The first line is no syntax directive", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkDirectiveMissing},
		{ID: "syntax-directive-malformed", Summary: "The syntax directive does not name a build frontend", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkDirectiveMalformed},
		{ID: "syntax-directive-nonstandard", Summary: "The syntax directive names an old or a dev frontend, or an unknown registry", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkDirectiveNonstandard},
		{ID: "syntax-dist-vs-dir-other-family", Summary: "The build frontend is that of another distribution", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkDirectiveFamily},
		{ID: "syntax-dist-vs-dir-version", Summary: "The build frontend is much older than the release it builds for, or newer", Level: always(diagnostic.Info), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkDirectiveRelease},
	}
}

// parserDirective is a comment that BuildKit reads as a parser directive; the
// first other line ends their part of the file.
var parserDirective = regexp.MustCompile(`^#[ \t]*([a-zA-Z][a-zA-Z0-9]*)[ \t]*=[ \t]*(\S+)[ \t]*(.*)$`)

// frontendMention is a reference to a frontend anywhere in a line.
var frontendMention = regexp.MustCompile(`[A-Za-z0-9._/-]+/build:[A-Za-z0-9._-]+`)

// misplaced is a syntax directive that does not stand alone on line 1.
type misplaced struct {
	line    int
	ref     string
	honored bool // BuildKit reads it all the same
	more    bool // other words stand behind the reference
}

// findMisplaced looks for the syntax directive of a document that has none
// where it belongs.
func findMisplaced(t *text.Text) (misplaced, bool) {
	honored := true
	for i := 0; i < t.Lines(); i++ {
		line := t.Line(i)
		if i == 0 {
			line = line[min(t.BOM(), len(line)):]
		}
		if line != "" && line[0] != '#' {
			return misplaced{}, false
		}
		m := parserDirective.FindStringSubmatch(line)
		if m == nil {
			honored = false
			continue
		}
		if strings.EqualFold(m[1], "syntax") {
			return misplaced{line: i, ref: m[2], honored: honored, more: m[3] != ""}, true
		}
	}
	return misplaced{}, false
}

func checkDirectiveMissing(p *Pass) {
	d := p.Doc.Directive
	if d.State != definition.NoDirective || frontendMention.MatchString(p.Doc.Text.Slice(d.Line)) {
		return
	}
	found, ok := findMisplaced(p.Doc.Text)
	if !ok {
		f := p.Report(p.topRange(), "the first line is no syntax directive, so the file is not built as a hardened image")
		if want := p.wantedDirective(); want != "" {
			newline := p.Doc.Text.Newline()
			f.Help("put `%s` on the first line", want)
			f.Fix("Insert the syntax directive", false, Replace(text.At(d.Line.Start), want+newline+newline))
		}
		return
	}
	at := p.Doc.Text.LineRange(found.line)
	if found.honored {
		p.Report(at, "the syntax directive stands on line %d instead of the first line", found.line+1).AtMost(diagnostic.Warning)
		return
	}
	f := p.Report(at, "the syntax directive stands on line %d, where it is only a comment: it must be the first line", found.line+1)
	f.Fix("Move it to the first line", false,
		Replace(text.At(d.Line.Start), "# syntax="+found.ref+p.Doc.Text.Newline()),
		Replace(p.Doc.Text.FullLineRange(found.line), ""))
}

// wantedDirective is the directive that the rest of the document asks for.
func (p *Pass) wantedDirective() string {
	if p.Doc.Kind == definition.Chart {
		return "# syntax=" + schema.FrontendImage + ":" + schema.FrontendMajor + "-" + schema.ChartDirective
	}
	if d := p.target(); d.Known() {
		return "# syntax=" + schema.FrontendImage + ":" + schema.FrontendMajor + "-" + frontendFor(d)
	}
	return ""
}

// target is the distribution that a definition is for by its directory, else
// by its os-release; unknown where neither names one.
func (p *Pass) target() definition.Dist {
	if p.Doc.Place.Dist.Known() {
		return p.Doc.Place.Dist
	}
	if d, ok := p.outvoted(); ok {
		return d
	}
	id, ok1 := p.Resolve(p.Def.OSRelease.ID.Value())
	release, ok2 := p.Resolve(p.Def.OSRelease.VersionID.Value())
	if !ok1 || !ok2 || !isFamily(id) {
		return definition.Dist{}
	}
	return definition.Dist{Family: id, Release: release}
}

func isFamily(id string) bool { return id == string(schema.Alpine) || id == string(schema.Debian) }

// frontendFor is the part of the tag behind the version of the frontend that
// builds for a distribution.
func frontendFor(d definition.Dist) string {
	known, ok := schema.LookupDistribution(schema.Family(d.Family), d.Release)
	if !ok || known.Frontend {
		return d.Tag()
	}
	// A release without a frontend of its own is built by the next one.
	list := schema.Distributions()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Family == known.Family && list[i].Frontend && compareReleases(list[i].Release, d.Release) > 0 {
			return list[i].Directive
		}
	}
	return d.Tag()
}

func checkDirectiveMalformed(p *Pass) {
	d := p.Doc.Directive
	switch {
	case d.State == definition.NoDirective:
		p.reportBrokenLine(d)
	case d.WellFormed && !possibleRelease(d):
		p.reportBadTag(d)
	case d.WellFormed:
	case d.Tag == "" && d.Digest != "":
		// The digest alone decides; which release it is nobody can tell.
	case d.State == definition.ForeignDirective:
		p.Report(d.Ref, "`%s` is no DHI build frontend: expected `%s:%s`", d.RefValue, schema.FrontendImage, p.exampleTag()).AtMost(diagnostic.Warning)
	default:
		p.reportBadTag(d)
	}
}

// possibleRelease reports whether the release is written as the distribution
// writes its own: 3.23 for Alpine, 13 for Debian.
func possibleRelease(d definition.Directive) bool {
	dots := strings.Count(d.Release, ".")
	switch d.Family {
	case string(schema.Alpine):
		return dots == 1
	case string(schema.Debian):
		return dots == 0
	}
	return true
}

// reportBrokenLine reports a first line that was meant as a directive.
func (p *Pass) reportBrokenLine(d definition.Directive) {
	line := p.Doc.Text.Slice(d.Line)
	ref := frontendMention.FindString(line)
	if ref == "" {
		return
	}
	want := "# syntax=" + ref
	if m := parserDirective.FindStringSubmatch(line); m != nil && strings.EqualFold(m[1], "syntax") {
		p.Report(d.Line, "only the reference should stand in the syntax directive: `%s`", want).
			AtMost(diagnostic.Warning).Fix("Remove what stands behind the reference", false, Replace(d.Line, want))
		return
	}
	p.Report(d.Line, "the first line is no syntax directive: expected `%s`", want).
		Fix("Write it as a syntax directive", false, Replace(d.Line, want))
}

// unknownFamily is a tag that follows the scheme with a distribution that is
// not known here.
var unknownFamily = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+){0,2}-([a-z]+)[0-9][0-9.]*(?:-dev)?$`)

func (p *Pass) reportBadTag(d definition.Directive) {
	want := p.exampleTag()
	if d.Tag == "" {
		f := p.Report(d.Ref, "the build frontend has no tag: expected one such as `%s`", want)
		if d.TagRange.Start == d.Ref.End && p.wantedDirective() != "" {
			f.Fix("Add the tag `"+want+"`", false, Replace(d.Ref, strings.TrimSuffix(d.RefValue, ":")+":"+want))
		}
		return
	}
	f := p.Report(d.TagRange, "`%s` is no tag of the build frontend: expected VERSION-DISTRIBUTION such as `%s`", d.Tag, want)
	if m := unknownFamily.FindStringSubmatch(d.Tag); m != nil && !isFamily(m[1]) {
		f.AtMost(diagnostic.Warning)
	}
	if s, ok := schema.Suggest(d.Tag, knownTags()); ok {
		f.Help("did you mean `%s`?", s)
		f.Fix("Change to `"+s+"`", false, Replace(d.TagRange, s))
	} else if p.wantedDirective() != "" {
		f.Fix("Change to `"+want+"`", false, Replace(d.TagRange, want))
	}
}

// exampleTag is the tag that fits the document, else a common one.
func (p *Pass) exampleTag() string {
	if _, tag, ok := strings.Cut(p.wantedDirective(), schema.FrontendImage+":"); ok {
		return tag
	}
	return knownTags()[0]
}

// knownTags are the tags of the frontends that are known.
func knownTags() []string {
	tags := schema.Directives()
	for i := range tags {
		tags[i] = strings.TrimPrefix(tags[i], schema.FrontendImage+":")
	}
	return tags
}

func checkDirectiveNonstandard(p *Pass) {
	d := p.Doc.Directive
	if !d.WellFormed {
		return
	}
	if d.State == definition.ForeignDirective {
		p.reportForeign(d)
		return
	}
	current, _ := strconv.Atoi(schema.FrontendMajor)
	major, err := strconv.Atoi(d.Major)
	standard := schema.FrontendMajor + "-" + d.Family + d.Release
	switch {
	case err == nil && major > current:
		p.Report(d.TagRange, "dhi-ls knows the build frontend up to version %s, this is version %s", schema.FrontendMajor, d.Major).AtMost(diagnostic.Info)
	case major != current:
		p.Report(d.TagRange, "version %s of the build frontend is superseded by version %s", d.Major, schema.FrontendMajor).
			Fix("Change to `"+standard+"`", false, Replace(d.TagRange, standard))
	case d.Suffix != "":
		p.Report(d.TagRange, "`-%s` is an unreleased build frontend: expected `%s`", d.Suffix, standard).
			Fix("Change to `"+standard+"`", false, Replace(d.TagRange, standard))
	case p.Catalog && d.Registry != "dhi.io":
		p.Report(d.Ref, "the catalog names the build frontend `%s`, not `%s/%s`", schema.FrontendImage, d.Registry, d.Repository)
	}
}

// reportForeign reports a frontend with the right tag in a registry that is
// not known: a mirror that the user did not configure, or a typing mistake.
func (p *Pass) reportForeign(d definition.Directive) {
	name := strings.TrimPrefix(d.Registry+"/"+d.Repository, "/")
	f := p.Report(d.Ref, "`%s` is not known to be the DHI build frontend", name)
	if s, ok := schema.Suggest(name, []string{schema.FrontendImage}); ok {
		f.Help("did you mean `%s`?", s)
		f.Fix("Change to `"+s+"`", false, Replace(d.Ref, s+d.RefValue[len(name):]))
		return
	}
	f.AtMost(diagnostic.Info).Help("if it is a mirror of the frontend, name it in `directive-prefixes` of .dhi-ls.yaml")
}

func checkDirectiveFamily(p *Pass) {
	d := p.Doc.Directive
	if !d.WellFormed {
		return
	}
	if p.Doc.Kind == definition.Chart || d.Family == "helm" {
		p.checkChartFrontend(d)
		return
	}
	target := p.target()
	if target.Family == "" {
		target.Family = p.Doc.Place.Dist.Family
	}
	if target.Family == "" || target.Family == d.Family {
		return
	}
	f := p.Report(d.TagRange, "the build frontend of %s cannot build for %s", d.Family, target.String())
	p.relateTarget(f)
	if target.Release != "" {
		want := schema.FrontendMajor + "-" + frontendFor(target)
		f.Fix("Change to `"+want+"`", false, Replace(d.TagRange, want))
	}
}

// checkChartFrontend: charts, and only charts, are built by the helm frontend.
func (p *Pass) checkChartFrontend(d definition.Directive) {
	chart := p.Doc.Kind == definition.Chart
	if chart == (d.Family == "helm") {
		return
	}
	want := schema.FrontendMajor + "-" + schema.ChartDirective
	if chart {
		p.Report(d.TagRange, "charts are built by the frontend `%s`, not by that of %s", want, d.Family).
			AtMost(diagnostic.Warning).Fix("Change to `"+want+"`", false, Replace(d.TagRange, want))
		return
	}
	p.Report(d.TagRange, "the frontend `%s` builds charts only", d.Tag)
}

// relateTarget points at what says which distribution is built for.
func (p *Pass) relateTarget(f *Finding) {
	os := p.Def.OSRelease
	if !p.Doc.Place.Dist.Known() && os.ID.Set() {
		f.Related(os.ID.Range(), "the image is for %s", os.ID.Value())
	}
}

// checkDirectiveRelease knows that Alpine's frontend is upgraded later than
// the images: one release older builds fine.
func checkDirectiveRelease(p *Pass) {
	d, target := p.Doc.Directive, p.target()
	if !d.WellFormed || !possibleRelease(d) || target.Family != d.Family || !target.Known() || d.Release == target.Release {
		return
	}
	if target.Release == "" || !isRelease(target.Release) || d.Family == string(schema.Alpine) && oneOlder(d.Release, target.Release) {
		return
	}
	if frontendFor(target) == d.Family+d.Release {
		return
	}
	how := "older"
	if compareReleases(d.Release, target.Release) > 0 {
		how = "newer"
	}
	f := p.Report(d.TagRange, "the build frontend of %s is %s than %s, which the image is for", d.Dist().String(), how, target.String())
	p.relateTarget(f)
	want := schema.FrontendMajor + "-" + frontendFor(target)
	f.Fix("Change to `"+want+"`", false, Replace(d.TagRange, want))
}

// isRelease says that s is one or more numbers joined by dots.
func isRelease(s string) bool {
	for _, n := range strings.Split(s, ".") {
		if _, err := strconv.ParseUint(n, 10, 32); err != nil {
			return false
		}
	}
	return true
}

// compareReleases orders 3.9 before 3.22 and 12 before 13.
func compareReleases(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := 0; i < len(x) && i < len(y); i++ {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m - n
		}
	}
	return len(x) - len(y)
}

// oneOlder says that release a comes right before b: 3.23 before 3.24.
func oneOlder(a, b string) bool {
	majorA, minorA, ok1 := strings.Cut(a, ".")
	majorB, minorB, ok2 := strings.Cut(b, ".")
	m, err1 := strconv.Atoi(minorA)
	n, err2 := strconv.Atoi(minorB)
	return ok1 && ok2 && err1 == nil && err2 == nil && majorA == majorB && m+1 == n
}
