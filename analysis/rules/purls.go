package rules

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

func purlRules() []*Rule {
	return []*Rule{
		{ID: "spdx-purl-malformed", Summary: "A package URL breaks the grammar of package URLs", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkPurlGrammar},
		{ID: "purl-type", Summary: "A package URL has a type that is not registered", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkPurlType},
		{ID: "purl-vs-source", Summary: "The package URL of a source names another repository than its URL", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkPurlSource},
		{ID: "spdx-purl-no-version", Summary: "A package URL of a source has no version", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkPurlVersion},
		{ID: "spdx-version-vs-purl", Summary: "A source has one version in `spdx.version` and another in its package URL", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkSPDXVersion},
		{ID: "spdx-no-license", Summary: "A package of a source has no licence", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkSPDXLicense},
		{ID: "purl-go-major-suffix", Summary: "The package URL of a Go module lacks the suffix of its major version", Level: always(diagnostic.Hint), Kinds: Definitions, Fix: UnsafeFix, Check: checkGoMajor},
		{ID: "mapping-key-not-installed", Summary: "A mapping is for a package that is not installed", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkMappingKey},
		{ID: "mapping-version-vs-package", Summary: "A mapping has another version than the package's pin", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkMappingVersion},
		{ID: "mapping-os_version", Summary: "A mapping is for another distribution or release", Level: always(diagnostic.Error), Kinds: Definitions, Fix: UnsafeFix, Check: checkMappingDist},
		{ID: "mapping-purl-name-vs-key", Summary: "The package URL of a mapping has another name than its key", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkMappingName},
		{ID: "license-spdx", Summary: "A licence is no SPDX expression, or uses a deprecated identifier", Level: always(diagnostic.Info), Kinds: Definitions, Fix: UnsafeFix, Check: checkLicenses},
	}
}

// purl is a package URL taken apart; the ranges are those of its resolved
// text. Names and versions are as written, not decoded.
type purl struct {
	definition.Field
	Text                   string
	Type, Path, Version    string
	TypeAt, PathAt, VersAt text.Range
	Qualifiers             string
	QualifiersAt           text.Range
	// Problem says why the text is no package URL, "" if it is one.
	Problem   string
	ProblemAt text.Range
	// Doubtful says that readers mend the problem themselves.
	Doubtful bool
}

var (
	purlType    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.+-]*$`)
	purlVersion = regexp.MustCompile(`^[^\s@$]*$`)
)

// parsePurl reads pkg:type/namespace/name@version?qualifiers#subpath, the
// form of the purl specification.
func parsePurl(f definition.Field, s string) purl {
	u := purl{Field: f, Text: s}
	rest, at := s, 0
	if !strings.HasPrefix(s, "pkg:") {
		u.problem(text.Range{Start: 0, End: len(s)}, "`"+shorten(s)+"` is no package URL: expected pkg:TYPE/NAME@VERSION")
		return u
	}
	if hash := strings.IndexByte(rest, '#'); hash >= 0 {
		rest = rest[:hash]
	}
	if q := strings.IndexByte(rest, '?'); q >= 0 {
		u.Qualifiers, u.QualifiersAt = rest[q+1:], text.Range{Start: q + 1, End: len(rest)}
		rest = rest[:q]
	}
	at = len("pkg:")
	slash := strings.IndexByte(rest[at:], '/')
	if slash < 0 {
		u.problem(text.Range{Start: at, End: len(rest)}, "the package URL has no name: expected pkg:TYPE/NAME@VERSION")
		return u
	}
	u.Type, u.TypeAt = rest[at:at+slash], text.Range{Start: at, End: at + slash}
	at += slash + 1
	end := len(rest)
	if v := strings.LastIndexByte(rest, '@'); v > strings.LastIndexByte(rest, '/') {
		u.Version, u.VersAt = rest[v+1:], text.Range{Start: v + 1, End: len(rest)}
		end = v
	}
	u.Path, u.PathAt = rest[at:end], text.Range{Start: at, End: end}
	u.check()
	return u
}

func (u *purl) problem(r text.Range, message string) { u.Problem, u.ProblemAt = message, r }

func (u *purl) check() {
	switch {
	case !purlType.MatchString(u.Type):
		u.problem(u.TypeAt, "`"+shorten(u.Type)+"` is no type of a package URL: types have letters, digits, and . + -")
	case strings.Trim(u.Path, "/") == "":
		u.problem(u.PathAt, "the package URL has no name: expected pkg:TYPE/NAME@VERSION")
	case strings.ContainsAny(u.Text, " \t\r\n"):
		at := strings.IndexAny(u.Text, " \t\r\n")
		u.problem(text.Range{Start: at, End: at + 1}, "a package URL has no blanks: write %20")
	case strings.HasPrefix(u.Path, "/") || strings.HasSuffix(u.Path, "/") || strings.Contains(u.Path, "//"):
		u.problem(u.PathAt, "the package URL has an empty part between two slashes")
		u.Doubtful = true
	case strings.HasSuffix(u.Path, "@"):
		u.problem(text.Range{Start: u.PathAt.End - 1, End: u.PathAt.End}, "the package URL has two @: one stands between name and version")
		u.Doubtful = true
	case !purlVersion.MatchString(u.Version):
		u.problem(u.VersAt, "`"+shorten(u.Version)+"` does not look like a version: something was not replaced")
		u.Doubtful = true
	}
}

// Name is the last part of the path, decoded.
func (u *purl) Name() string { return unescape(u.Path[strings.LastIndexByte(u.Path, '/')+1:]) }

// Qualifier is the decoded value of a qualifier with its range.
func (u *purl) Qualifier(key string) (string, text.Range, bool) {
	at := u.QualifiersAt.Start
	for _, pair := range strings.Split(u.Qualifiers, "&") {
		if k, v, ok := strings.Cut(pair, "="); ok && k == key {
			start := at + len(k) + 1
			return unescape(v), text.Range{Start: start, End: start + len(v)}, true
		}
		at += len(pair) + 1
	}
	return "", text.Range{}, false
}

// unescape decodes %XX and leaves what is malformed.
func unescape(s string) string {
	if d, err := url.PathUnescape(s); err == nil {
		return d
	}
	return s
}

// spdxUses are the steps that write an SBOM entry with a package URL.
const spdxUses = "spdx@"

// purls calls f for every package URL whose text is known.
func (p *Pass) purls(f func(*purl)) {
	visit := func(field definition.Field) {
		if s, ok := p.known(field); ok && s != "" && !strings.Contains(s, "@{") {
			u := parsePurl(field, s)
			f(&u)
		}
	}
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			for _, pkg := range c.Files[i].SPDXPackages {
				visit(pkg.PURL)
			}
		}
		for _, m := range c.Mappings {
			visit(m)
		}
		if c.Stage == nil {
			continue
		}
		for i := range c.Stage.Pipeline {
			step := &c.Stage.Pipeline[i]
			if strings.HasPrefix(step.Uses.Value(), spdxUses) {
				visit(withField(step, "purl"))
			}
		}
	}
}

// withField is an input of a step.
func withField(s *definition.Step, name string) definition.Field {
	e := s.With.Entry(name)
	if e == nil || e.Value.Kind != syntax.Scalar {
		return definition.Field{}
	}
	return definition.Field{Key: e.Key, Node: e.Value}
}

func (u *purl) at(p *Pass, r text.Range) text.Range { return p.within(u.Field, u.Text, r) }

func checkPurlGrammar(p *Pass) {
	p.purls(func(u *purl) {
		if u.Problem == "" || strings.Contains(u.Text, "${") {
			return
		}
		f := p.Report(u.at(p, u.ProblemAt), "%s", u.Problem)
		if u.Doubtful {
			f.AtMost(diagnostic.Warning)
		}
	})
}

func checkPurlType(p *Pass) {
	p.purls(func(u *purl) {
		if u.Problem != "" {
			return
		}
		if _, ok := schema.LookupPurlType(strings.ToLower(u.Type)); ok {
			return
		}
		f := p.Report(u.at(p, u.TypeAt), "`%s` is no registered type of package URLs, so that scanners may find no vulnerabilities for it", u.Type)
		meant, ok := schema.SuggestPurlType(strings.ToLower(u.Type))
		if !ok {
			return
		}
		f.Help("did you mean `%s`?", meant)
		if u.Text == u.Field.Value() {
			f.Fix("Change to `"+meant+"`", false, Replace(u.at(p, u.TypeAt), meant))
		}
	})
}

func checkPurlVersion(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			for _, pkg := range c.Files[i].SPDXPackages {
				s, ok := p.known(pkg.PURL)
				if !ok || strings.Contains(s, "@{") {
					continue
				}
				if u := parsePurl(pkg.PURL, s); u.Problem == "" && u.Version == "" {
					p.Report(pkg.PURL.Range(), "the package URL has no version, so that vulnerabilities can't be matched with it").
						Help("add @VERSION behind the name")
				}
			}
		}
	}
}

// checkSPDXVersion compares the version of a source with that of its first
// package; further ones are what it bundles. The URL tells which of the two is
// wrong.
func checkSPDXVersion(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			f := &c.Files[i]
			version, u, ok := p.contradiction(f)
			if !ok {
				continue
			}
			if url, ok := p.known(f.URL); ok && !strings.Contains(url, version) && strings.Contains(url, strings.TrimPrefix(u.Version, "v")) {
				p.Report(f.SPDXVersion.Range(), "`spdx.version` is `%s`, but the package URL has version `%s`", version, u.Version).
					Related(u.at(p, u.VersAt), "the version of the package").Help("write the version that is fetched in both")
				continue
			}
			p.Report(u.at(p, u.VersAt), "the package URL has version `%s`, but `spdx.version` is `%s`", u.Version, version).
				Related(f.SPDXVersion.Range(), "the version of the source").Help("write the version that is fetched in both")
		}
	}
}

// contradiction is the version of a source and its first package URL, where
// both are known and contradict each other.
func (p *Pass) contradiction(f *definition.File) (version string, u purl, ok bool) {
	version, ok = p.known(f.SPDXVersion)
	if !ok || version == "" || len(f.SPDXPackages) == 0 {
		return "", purl{}, false
	}
	s, ok := p.known(f.SPDXPackages[0].PURL)
	if !ok || strings.Contains(s, "@{") || strings.Contains(version, "@{") {
		return "", purl{}, false
	}
	u = parsePurl(f.SPDXPackages[0].PURL, s)
	return version, u, u.Problem == "" && u.Version != "" && !sameVersion(version, unescape(u.Version))
}

var (
	commitLike  = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
	versionLike = regexp.MustCompile(`[0-9]`)
)

// sameVersion accepts what is no contradiction: a tag beside its version, a
// commit or a branch beside a version.
func sameVersion(a, b string) bool {
	switch {
	case strings.Contains(a, b), strings.Contains(b, a),
		commitLike.MatchString(a), commitLike.MatchString(b),
		!versionLike.MatchString(a), !versionLike.MatchString(b):
		return true
	}
	return strings.TrimLeft(a, "v") == strings.TrimLeft(b, "v")
}

func checkSPDXLicense(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Files {
			for _, pkg := range c.Files[i].SPDXPackages {
				if !pkg.License.Present() && pkg.Node != nil {
					p.Report(firstLine(p.Doc.Text, pkg.Node.Range), "the package has no `license`: the SBOM will say that it is not known").Help("add it as an SPDX expression, such as Apache-2.0")
				}
			}
		}
	}
}

var (
	goVersion = regexp.MustCompile(`^v?([2-9]|[1-9][0-9])\.[0-9]+\.[0-9]+(?:[-+.].*)?$`)
	goMajor   = regexp.MustCompile(`(?:^|/)v[0-9]+(?:/|$)|^gopkg\.in/`)
)

func checkGoMajor(p *Pass) {
	p.purls(func(u *purl) {
		if u.Problem != "" || u.Type != "golang" {
			return
		}
		m := goVersion.FindStringSubmatch(unescape(u.Version))
		if m == nil || goMajor.MatchString(u.Path) || strings.HasSuffix(u.Version, "incompatible") {
			return
		}
		f := p.Report(u.at(p, u.PathAt), "the path of a Go module of major version %s ends in /v%s: without it advisories may not match", m[1], m[1])
		f.Help("add /v%s behind `%s`, if go.mod has it", m[1], u.Path)
		if u.Text == u.Field.Value() {
			f.Fix("Add /v"+m[1], false, Replace(text.At(u.at(p, u.PathAt).End), "/v"+m[1]))
		}
	})
}
