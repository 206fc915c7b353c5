package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func environmentRules() []*Rule {
	return []*Rule{
		{ID: "env-name-invalid", Summary: "The name of an environment variable is not one that shells know", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkEnvNames},
		{ID: "env-self-reference", Summary: "An environment variable adds to its own value", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkEnvSelf},
		{ID: "env-secret-like", Summary: "The image's environment holds what looks like a secret", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkEnvSecrets},
		{ID: "env-path-unmade", Summary: "An environment variable names a path of its own that nothing makes", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkEnvUnmade},
		{ID: "env-PATH-duplicate-entry", Summary: "`PATH` names a directory twice", Level: always(diagnostic.Info), Kinds: Definitions, Fix: SafeFix, Check: checkPathTwins},
		{ID: "env-PATH-without-usr-bin", Summary: "`PATH` lacks /usr/bin", Level: always(diagnostic.Warning), Kinds: Images, Check: checkPathUsrBin},
		{ID: "env-PATH-relative-entry", Summary: "`PATH` names a relative directory", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkPathRelative},
		{ID: "env-version-format", Summary: "The environment names another version than the variables", Level: Level{diagnostic.Info, diagnostic.Warning}, Kinds: Images, Check: checkEnvVersion},
	}
}

// knownOddNames are names with other characters that their readers want.
var knownOddNames = []string{"BUILDKIT_SCAN_"}

func checkEnvNames(p *Pass) {
	for _, e := range p.Def.Environment {
		name := e.Name()
		if e.Key == nil || isEnvName(name) || strings.Contains(name, "${") || hasPrefixOf(name, knownOddNames) {
			continue
		}
		p.Report(e.KeyRange(), "`%s` is no name for an environment variable: shells know letters, digits and _, and no digit at the start", shorten(name))
	}
}

func hasPrefixOf(s string, prefixes []string) bool {
	for _, pre := range prefixes {
		if strings.HasPrefix(s, pre) {
			return true
		}
	}
	return false
}

// isEnvName also takes dots, which Java and Elasticsearch read.
func isEnvName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '.') {
			return false
		}
	}
	return s != ""
}

func checkEnvSelf(p *Pass) {
	for i := range p.Templates() {
		t := &p.Templates()[i]
		if t.Context != InEnvironment || t.Key {
			continue
		}
		for j := range t.Template.Parts {
			part := &t.Template.Parts[j]
			if part.Kind != expr.Variable || !t.selfReference(part.Name) {
				continue
			}
			if _, ok := p.Var(part.Name); ok {
				continue
			}
			p.Report(p.In(t.Node, part.Range), "`%s` stays in the value as it is: the environment of an image is not expanded by a shell", "${"+part.Name+"}").
				Help("write the whole value")
		}
	}
}

// secretEnds are the last words of the names of secrets; plainEnds those of
// names that only speak of one.
var (
	secretEnds = []string{"PASSWORD", "PASSWD", "TOKEN", "SECRET", "SECRET_KEY", "PRIVATE_KEY", "API_KEY", "APIKEY", "ACCESS_KEY", "CREDENTIALS"}
	noSecrets  = []string{"", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "disabled", "enabled"}
)

func checkEnvSecrets(p *Pass) {
	for _, e := range p.Def.Environment {
		if !e.Set() || !isSecretName(e.Name()) {
			continue
		}
		value := strings.ToLower(strings.TrimSpace(e.Value()))
		if slices.Contains(noSecrets, value) || strings.HasPrefix(value, "/") || strings.HasPrefix(value, "file:") {
			continue
		}
		p.Report(e.Range(), "`%s` has a value that everybody can read who has the image", e.Name()).
			Help("leave it out and set it where the container is run")
	}
}

func isSecretName(name string) bool {
	up := strings.ToUpper(name)
	for _, end := range secretEnds {
		if head, ok := strings.CutSuffix(up, end); ok && (head == "" || head[len(head)-1] == '_' || head[len(head)-1] == '.') {
			return true
		}
	}
	return false
}

// pathEntries calls f for each directory of the image's PATH, with its range
// in the value. Nothing is said of a PATH that is not wholly known.
func (p *Pass) pathEntries(f func(field definition.Field, value, entry string, at text.Range)) {
	for _, e := range p.Def.Environment {
		value, ok := p.known(e)
		if e.Name() != "PATH" || !ok || strings.Contains(value, "$") {
			continue
		}
		start := 0
		for i := 0; i <= len(value); i++ {
			if i == len(value) || value[i] == ':' {
				f(e, value, value[start:i], text.Range{Start: start, End: i})
				start = i + 1
			}
		}
	}
}

func checkPathTwins(p *Pass) {
	var seen []string
	p.pathEntries(func(e definition.Field, value, entry string, at text.Range) {
		clean := strings.TrimSuffix(entry, "/")
		if !slices.Contains(seen, clean) || clean == "" {
			seen = append(seen, clean)
			return
		}
		f := p.Report(p.within(e, value, at), "`%s` is in `PATH` already", entry).Tag(diagnostic.Unnecessary)
		if value == e.Value() {
			f.Fix("Remove it", true, Replace(p.In(e.Node, text.Range{Start: at.Start - 1, End: at.End}), ""))
		}
	})
}

func checkPathUsrBin(p *Pass) {
	for _, e := range p.Def.Environment {
		value, ok := p.known(e)
		if e.Name() != "PATH" || !ok || strings.Contains(value, "$") {
			continue
		}
		found := false
		for _, dir := range strings.Split(value, ":") {
			found = found || strings.TrimSuffix(dir, "/") == "/usr/bin"
		}
		if !found {
			p.Report(e.Range(), "`PATH` lacks /usr/bin, where packages install their programs")
		}
	}
}

func checkPathRelative(p *Pass) {
	p.pathEntries(func(e definition.Field, value, entry string, at text.Range) {
		switch {
		case strings.HasPrefix(entry, "/"):
		case entry == "":
			p.Report(p.within(e, value, text.Range{Start: max(at.Start-1, 0), End: min(at.End+1, len(value))}), "an empty entry in `PATH` means the working directory, from which anybody may run programs")
		default:
			p.Report(p.within(e, value, at), "`%s` in `PATH` is relative to the working directory: expected a path from /", entry)
		}
	})
}

// checkEnvVersion compares NAME_VERSION of the image NAME with the version
// that the definition's variables have.
func checkEnvVersion(p *Pass) {
	own := strings.ToUpper(strings.ReplaceAll(p.imageName(), "-", "_")) + "_VERSION"
	for _, e := range p.Def.Environment {
		value, ok := p.known(e)
		if !ok || value == "" || !versionLike.MatchString(value) {
			continue
		}
		if e.Name() == own && p.ownVersion(e, value) {
			continue
		}
		p.checkNamesake(e, value)
	}
}

// ownVersion compares the variable named after the image with the version of
// the variables, and reports whether those have one.
func (p *Pass) ownVersion(e definition.Field, value string) bool {
	semver, ok1 := p.varValue("SEMVER_VERSION")
	version, ok2 := p.varValue("VERSION")
	if !ok1 && !ok2 {
		return false
	}
	if rest, ok := strings.CutPrefix(value, semver+"-"); ok && ok1 && packagingRelease.MatchString(rest) {
		p.Report(e.Range(), "`%s` is `%s`: it holds the release of the package, which is no part of the version", e.Name(), value).
			Help("write `%s`, as upstream names it", semver).AtMost(diagnostic.Info)
		return true
	}
	if value == semver || value == version || semver != "" && strings.HasPrefix(value, semver+".") || isPartOf(value, version) {
		return true
	}
	want := semver
	if want == "" {
		want = version
	}
	f := p.Report(e.Range(), "`%s` is `%s`, but the version of the variables is `%s`", e.Name(), value, want)
	for _, name := range []string{"SEMVER_VERSION", "VERSION"} {
		if v, ok := p.Var(name); ok {
			f.Related(v.Range(), "the version")
			break
		}
	}
	return true
}

// packagingRelease is what Alpine puts behind the version of a package.
var packagingRelease = regexp.MustCompile(`^r[0-9]+$`)

// checkNamesake compares a version with the variable of the same name in
// vars: one may be part of the other, as 1.4 or jdk-1.4.2+7 are of 1.4.2.
func (p *Pass) checkNamesake(e definition.Field, value string) {
	if !strings.HasSuffix(e.Name(), "_VERSION") {
		return
	}
	want, ok := p.varValue(e.Name())
	if !ok || !versionLike.MatchString(want) || strings.Contains(want, value) || strings.Contains(value, want) {
		return
	}
	v, _ := p.Var(e.Name())
	p.Report(e.Range(), "`%s` is `%s`, but the variable of the same name is `%s`", e.Name(), value, want).Related(v.Range(), "the variable").
		Help("write the version that is in the image in both")
}

// isPartOf reports whether value is version without its epoch and packaging
// release.
func isPartOf(value, version string) bool {
	if _, rest, ok := strings.Cut(version, ":"); ok {
		version = rest
	}
	return version != "" && isPrefixVersion(value, version)
}

// varValue is the resolved value of a variable.
func (p *Pass) varValue(name string) (string, bool) {
	v, ok := p.Var(name)
	if !ok {
		return "", false
	}
	s, known := p.known(v)
	return s, known && s != ""
}

// imageName is the last part of the image's name.
func (p *Pass) imageName() string {
	name := p.Def.Image.Value()
	return name[strings.LastIndexByte(name, '/')+1:]
}
