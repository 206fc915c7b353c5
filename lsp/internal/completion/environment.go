package completion

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// usualVariables are names of variables in the public catalog, most used
// first.
var usualVariables = []string{"VERSION", "SEMVER_VERSION", "SEMVER_MAJOR_VERSION", "SEMVER_MAJOR_MINOR_VERSION", "COMMIT_SHA", "REL", "PACKAGE_NAME", "DHI_REL", "DHI_VERSION", "SUFFIX", "FLAVORED_SUFFIX", "DEBIAN_VERSION", "UPSTREAM_VERSION", "TAG_VERSION", "GOLANG_VERSION", "PYTHON_VERSION", "ARCH"}

// variableKeys offers names for variables: those that are used but not
// declared first.
func (p *place) variableKeys(present []string) {
	for _, name := range p.undeclared(present) {
		p.freeKey(tierNext, name, "", "used, not declared", Doc{})
	}
	for _, name := range usualVariables {
		if !containsString(present, name) {
			p.freeKey(kinTier(name, present), name, p.derivedVariable(name), "", Doc{})
		}
	}
}

// undeclared are the variables that the values of the document use.
func (p *place) undeclared(present []string) []string {
	var out []string
	if p.Facts == nil {
		return nil
	}
	for _, uses := range p.Facts.uses {
		for _, u := range uses {
			if !strings.Contains(u.value, "${") {
				continue
			}
			t := expr.Parse(u.value)
			for _, r := range t.References() {
				if !r.Builtin && expr.IsVarName(r.Name) && !containsString(present, r.Name) && !containsString(out, r.Name) {
					out = append(out, r.Name)
				}
			}
		}
	}
	return out
}

// derivedVariable is the value that follows from other variables, as a
// snippet.
func (p *place) derivedVariable(name string) string {
	if v := p.derived(name); v != "" {
		return literal(quote(v, syntax.Plain, false, true))
	}
	return ""
}

func (p *place) derived(name string) string {
	semver := p.resolvedVar("SEMVER_VERSION")
	if semver == "" {
		semver, _, _ = strings.Cut(p.resolvedVar("VERSION"), "-")
	}
	parts := strings.Split(semver, ".")
	switch {
	case name == "PACKAGE_NAME":
		return p.baseName()
	case semver == "":
		return ""
	case name == "SEMVER_VERSION" || name == "VERSION":
		return semver
	case name == "SEMVER_MAJOR_VERSION":
		return parts[0]
	case name == "SEMVER_MAJOR_MINOR_VERSION" && len(parts) > 1:
		return parts[0] + "." + parts[1]
	}
	return ""
}

// variableValues offers what follows from the other variables.
func (p *place) variableValues() {
	if len(p.path) == 0 || p.Doc.Def == nil {
		return
	}
	name := p.path[len(p.path)-1]
	if v := p.derived(name); v != "" {
		p.value(tierNext, v, "")
	}
	if strings.HasSuffix(name, "_REFERENCE") || isReference(p.typed) {
		p.references()
	}
	snippet := "'" + expressionTernary + "'"
	if p.narrow || p.cur.Quote != syntax.Plain || p.cur.InFlow {
		return
	}
	it := Item{Label: "#{ target.arch == … }", Filter: "#{ target.arch", Description: "a value for each platform", Text: snippet, Snippet: p.Snippets, tier: tierTable}
	if !p.Snippets {
		it.Text = plainOf(snippet)
	}
	p.add(it)
}

// usualEnvironment are environment variables with their usual values.
var usualEnvironment = []struct{ name, value, about string }{
	{"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "where programs are looked for"},
	{"SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt", "certificate authorities"},
	{"LANG", "en_US.UTF-8", "locale"},
	{"LC_ALL", "en_US.UTF-8", "locale"},
	{"LANGUAGE", "en_US:en", "locale"},
	{"DEBIAN_FRONTEND", "noninteractive", "apt asks nothing"},
	{"JAVA_HOME", "", "Java"},
	{"HOME", "/home/nonroot", "home directory"},
	{"LD_LIBRARY_PATH", "", "where libraries are looked for"},
	{"PYTHONUNBUFFERED", "1", "Python writes at once"},
	{"PYTHONDONTWRITEBYTECODE", "1", "Python leaves no .pyc files"},
	{"NODE_ENV", "production", "Node.js"},
	{"TZ", "UTC", "time zone"},
	{"GOTOOLCHAIN", "local", "Go fetches no other toolchain"},
	{"CGO_ENABLED", "0", "Go without C"},
	{"GOFLAGS", "-buildvcs=false", "Go"},
	{"CFLAGS", "", "C compiler"},
	{"CPPFLAGS", "", "preprocessor"},
	{"LDFLAGS", "", "linker"},
	{"CI", "true", ""},
}

// buildEnvironment are variables for compilers rather than for containers.
var buildEnvironment = map[string]bool{
	"CFLAGS": true, "CPPFLAGS": true, "LDFLAGS": true, "GOFLAGS": true, "GOTOOLCHAIN": true, "CGO_ENABLED": true, "PATH": true, "JAVA_HOME": true, "CI": true,
}

// environmentKeys offers the usual names, those used elsewhere, and
// NAME_VERSION.
func (p *place) environmentKeys(present []string) {
	if p.Facts != nil {
		var seen []string
		for _, u := range p.Facts.keys["environment"] {
			if !containsString(present, u.value) && !containsString(seen, u.value) && !p.cur.Replace.Contains(u.at) {
				seen = append(seen, u.value)
				p.freeKey(tierLikely, u.value, "", "in this definition", Doc{})
			}
		}
	}
	if n := p.baseName(); n != "" && len(p.path) == 1 {
		name := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(n)) + "_VERSION"
		if version := p.resolvedVar("SEMVER_VERSION"); version != "" && !containsString(present, name) {
			p.freeKey(tierLikely, name, literal(quote(version, syntax.Plain, false, true)), "the version", Doc{})
		}
	}
	for _, e := range usualEnvironment {
		if !containsString(present, e.name) {
			value := ""
			if e.value != "" {
				value = "${1:" + literal(quote(e.value, syntax.Plain, false, true)) + "}"
			}
			tier := kinTier(e.name, present)
			if p.build >= 0 && buildEnvironment[e.name] {
				tier = tierKnown
			}
			p.freeKey(tier, e.name, value, e.about, Doc{})
		}
	}
}

// environmentValue offers the usual value of a variable.
func (p *place) environmentValue(key string) {
	for _, e := range usualEnvironment {
		if e.name == key && e.value != "" {
			p.value(tierLikely, e.value, e.about)
		}
	}
	if key == "LANG" || key == "LC_ALL" {
		p.value(tierLikely, "C.UTF-8", "locale")
	}
	if strings.HasSuffix(key, "VERSION") {
		p.versions()
	}
	if p.Doc.Def != nil {
		if _, ok := p.Doc.Def.Var(key); ok {
			p.value(tierLikely, "${"+key+"}", shorten(p.resolved(key)))
		}
	}
}

// environmentNames are the variables that a script sees.
func (p *place) environmentNames() []string {
	var out []string
	put := func(n *syntax.Node) {
		if n == nil || n.Kind != syntax.Mapping {
			return
		}
		for i := range n.Entries {
			if k := n.Entries[i].Key; k != nil && !containsString(out, k.Value) {
				out = append(out, k.Value)
			}
		}
	}
	for i := len(p.cur.Path); i >= 3; i-- {
		n, _ := p.Doc.Tree.Lookup(p.cur.Path[:i])
		put(n.Get("environment"))
	}
	return out
}

// kinTier prefers names that begin like one that is there: PYTHONPATH goes
// with PYTHONUNBUFFERED.
func kinTier(name string, present []string) int {
	const alike = 4
	for _, other := range present {
		if len(name) > alike && strings.HasPrefix(other, name[:alike]) {
			return tierKnown
		}
	}
	return tierTable
}
