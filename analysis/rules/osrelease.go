package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func osReleaseRules() []*Rule {
	return []*Rule{
		{ID: "osrelease-id-vs-dir", Summary: "`os-release` names another distribution than the directory, or than all else", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkOSReleaseID},
		{ID: "osrelease-version-vs-dir", Summary: "`os-release` names another release than the directory, or than all else", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkOSReleaseVersion},
		{ID: "osrelease-codename", Summary: "The codename is not that of the Debian release", Level: always(diagnostic.Error), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkOSReleaseCodename},
		{ID: "osrelease-codename-on-alpine", Summary: "Alpine releases have no codename", Level: always(diagnostic.Warning), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkCodenameOnAlpine},
		{ID: "osrelease-name", Summary: "`os-release.name` is not what the catalog writes", Level: catalogOnly(diagnostic.Info), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkOSReleaseName},
		{ID: "osrelease-pretty-name", Summary: "`os-release.pretty-name` is not what the catalog writes", Level: catalogOnly(diagnostic.Info), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkOSReleasePrettyName},
		{ID: "osrelease-url-malformed", Summary: "A URL of os-release is no address", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkOSReleaseURLs},
		{ID: "osrelease-home-without-bug-report", Summary: "`home-url` stands without `bug-report-url`", Level: always(diagnostic.Warning), Kinds: Images | Packages, Fix: UnsafeFix, Check: checkBugReportURL},
		{ID: "osrelease-field-missing", Summary: "`os-release` lacks a field that scanners or readers need", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkOSReleaseFields},
	}
}

// known is the field's value with its variables resolved; false where it is
// absent or not known.
func (p *Pass) known(f definition.Field) (string, bool) {
	if !f.Set() {
		return "", false
	}
	return p.Resolve(f.Value())
}

// distFix replaces a field's value and keeps its quotes.
func distFix(f *Finding, field definition.Field, want string) {
	f.Fix("Change to `"+want+"`", false, Replace(field.Node.Range, quoteLike(field, want)))
}

// quoteLike writes s in the quotes that the field has, and in quotes where it
// would read as a number.
func quoteLike(f definition.Field, s string) string {
	if raw := f.Node.Range.Len() - f.Node.Body.Len(); raw == 0 && !isRelease(s) {
		return s
	}
	return `"` + s + `"`
}

func checkOSReleaseID(p *Pass) {
	os, dir := p.Def.OSRelease, p.Doc.Place.Dist
	id, ok := p.known(os.ID)
	if d, voted := p.outvoted(); voted && id != d.Family {
		f := p.Report(os.ID.Range(), "`id` is `%s`, but the build frontend and the repositories are of %s", id, d.Family)
		f.Related(p.Doc.Directive.TagRange, "the build frontend")
		distFix(f, os.ID, d.Family)
		return
	}
	if !ok || dir.Family == "" || id == dir.Family {
		return
	}
	f := p.Report(os.ID.Range(), "`id` is `%s`, but the file stands in a directory of %s", id, dir.Family)
	distFix(f, os.ID, dir.Family)
}

func checkOSReleaseVersion(p *Pass) {
	os, dir := p.Def.OSRelease, p.Doc.Place.Dist
	version, ok := p.known(os.VersionID)
	if d, voted := p.outvoted(); voted && os.ID.Value() == d.Family {
		f := p.Report(os.VersionID.Range(), "`version-id` is `%s`, but the build frontend and the repositories are of %s", version, d.String())
		f.AtMost(diagnostic.Warning).Related(p.Doc.Directive.TagRange, "the build frontend")
		distFix(f, os.VersionID, d.Release)
		return
	}
	if !ok || dir.Release == "" || version == dir.Release {
		return
	}
	if id, ok := p.known(os.ID); ok && id != dir.Family {
		return // osrelease-id-vs-dir says it
	}
	f := p.Report(os.VersionID.Range(), "`version-id` is `%s`, but the file stands in the directory `%s`", version, dir.String())
	f.Help("change it to \"%s\", or move the file to `%s`", dir.Release, definition.Dist{Family: dir.Family, Release: version})
	distFix(f, os.VersionID, dir.Release)
}

func checkOSReleaseCodename(p *Pass) {
	os := p.Def.OSRelease
	id, ok1 := p.known(os.ID)
	version, ok2 := p.known(os.VersionID)
	codename, ok3 := p.known(os.VersionCodename)
	if !ok1 || !ok2 || !ok3 || id != string(schema.Debian) {
		return
	}
	want, ok := schema.LookupDistribution(schema.Debian, version)
	if !ok {
		// A codename of another release is wrong for one that is not known, too.
		if other, ok := schema.DistributionOfCodename(codename); ok {
			p.Report(os.VersionCodename.Range(), "`%s` is the codename of Debian %s, not of Debian %s", codename, other.Release, version)
		}
		return
	}
	if codename == want.Codename {
		return
	}
	f := p.Report(os.VersionCodename.Range(), "Debian %s has the codename `%s`, not `%s`", version, want.Codename, codename)
	f.Related(os.VersionID.Range(), "the release")
	distFix(f, os.VersionCodename, want.Codename)
}

func checkCodenameOnAlpine(p *Pass) {
	os := p.Def.OSRelease
	if id, ok := p.known(os.ID); !ok || id != string(schema.Alpine) || !os.VersionCodename.Set() || os.VersionCodename.Value() == "" {
		return
	}
	f := p.Report(os.VersionCodename.KeyRange(), "Alpine releases have no codename")
	if edit, ok := p.RemoveEntry(os.VersionCodename.Node); ok {
		f.Fix("Remove `version-codename`", false, edit)
	}
}

func checkOSReleaseName(p *Pass) {
	p.checkHouseName(p.Def.OSRelease.Name, func(d schema.Distribution) string { return d.Name })
}

func checkOSReleasePrettyName(p *Pass) {
	p.checkHouseName(p.Def.OSRelease.PrettyName, func(d schema.Distribution) string { return d.PrettyName })
}

// checkHouseName compares with what all definitions of the catalog write. The
// distribution is that of os-release, so that one mistake is told once.
func (p *Pass) checkHouseName(field definition.Field, house func(schema.Distribution) string) {
	os := p.Def.OSRelease
	id, ok1 := p.known(os.ID)
	version, ok2 := p.known(os.VersionID)
	name, ok3 := p.known(field)
	if !ok1 || !ok2 || !ok3 {
		return
	}
	d, ok := schema.LookupDistribution(schema.Family(id), version)
	if !ok || name == house(d) {
		return
	}
	if dir, ok := schema.LookupDistribution(schema.Family(p.Doc.Place.Dist.Family), p.Doc.Place.Dist.Release); ok && name == house(dir) {
		return // it is the release that is wrong
	}
	f := p.Report(field.Range(), "the catalog writes `%s` here", house(d))
	if field.Node.Body.Len() == field.Node.Range.Len() {
		f.Fix("Change to `"+house(d)+"`", false, Replace(field.Node.Range, house(d)))
	}
}

func checkBugReportURL(p *Pass) {
	os := p.Def.OSRelease
	if !os.HomeURL.Set() || os.BugReportURL.Set() {
		return
	}
	f := p.Report(os.HomeURL.KeyRange(), "`home-url` stands without `bug-report-url`: users are told where the image comes from, but not where to report its faults")
	if os.HomeURL.Value() != schema.HomeURL || os.BugReportURL.Present() {
		return
	}
	line := p.Doc.Text.LineOf(os.HomeURL.Key.Range.Start)
	indent := os.HomeURL.Key.Range.Start - p.Doc.Text.LineStart(line)
	if os.Node.Indent != indent {
		return
	}
	f.Fix("Add `bug-report-url`", false, Replace(text.At(p.Doc.Text.LineEnd(line)), p.Doc.Text.Newline()+spaces(indent)+"bug-report-url: "+schema.BugReportURL))
}

// osReleaseFields are the fields that every definition of the catalog has.
// Scanners find the distribution by id and version-id; the others are for
// people, and only the catalog asks for them.
var osReleaseFields = []struct {
	name   string
	of     func(definition.OSRelease) definition.Field
	needed bool
}{
	{"name", func(o definition.OSRelease) definition.Field { return o.Name }, false},
	{"id", func(o definition.OSRelease) definition.Field { return o.ID }, true},
	{"version-id", func(o definition.OSRelease) definition.Field { return o.VersionID }, true},
	{"pretty-name", func(o definition.OSRelease) definition.Field { return o.PrettyName }, false},
	{"home-url", func(o definition.OSRelease) definition.Field { return o.HomeURL }, false},
	{"bug-report-url", func(o definition.OSRelease) definition.Field { return o.BugReportURL }, false},
}

func checkOSReleaseFields(p *Pass) {
	os := p.Def.OSRelease
	if os.Node == nil {
		f := p.Report(p.topRange(), "`os-release` is missing: without it neither scanners nor users can tell which distribution the image is").AtMost(p.unlessCatalog(diagnostic.Info))
		p.absent(f, p.Def.Root, "os-release")
		return
	}
	e := os.Node.Owner()
	if os.Node.Kind != syntax.Mapping || e == nil || e.Key == nil {
		return
	}
	var needed, wanted []string
	for _, field := range osReleaseFields {
		switch {
		case field.of(os).Set(), p.excused(absence{os.Node, []string{field.name}}):
		case field.name == "bug-report-url" && os.HomeURL.Set():
			// osrelease-home-without-bug-report says it.
		case field.needed:
			needed = append(needed, field.name)
		default:
			wanted = append(wanted, field.name)
		}
	}
	if d, voted := p.outvoted(); os.ID.Value() == string(schema.Debian) && !os.VersionCodename.Set() && !(voted && d.Family != string(schema.Debian)) {
		wanted = append(wanted, "version-codename")
	}
	if len(needed) > 0 {
		p.Report(e.Key.Range, "`os-release` lacks %s: scanners cannot tell which vulnerabilities apply", listNames(needed))
	}
	if len(wanted) > 0 {
		p.Report(e.Key.Range, "`os-release` lacks %s", listNames(wanted)).AtMost(p.unlessCatalog(diagnostic.Info))
	}
}

// unlessCatalog is the severity s outside of the catalog, and no bound in it.
func (p *Pass) unlessCatalog(s diagnostic.Severity) diagnostic.Severity {
	if p.Catalog {
		return diagnostic.Error
	}
	return s
}

// listNames writes `a`, `b` and `c`.
func listNames(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "`" + n + "`"
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " and " + quoted[last]
}

func checkOSReleaseURLs(p *Pass) {
	for _, f := range []definition.Field{p.Def.OSRelease.HomeURL, p.Def.OSRelease.BugReportURL} {
		value, ok := p.known(f)
		if !ok || value == "" || strings.HasPrefix(value, "https://") && hostOf(value) != "" || strings.HasPrefix(value, "http://") && hostOf(value) != "" || strings.HasPrefix(value, "mailto:") {
			continue
		}
		p.Report(f.Range(), "`%s` is no address: expected https://…", shorten(value))
	}
}
