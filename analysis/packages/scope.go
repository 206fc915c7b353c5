package packages

import (
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
)

// DefaultPlatforms are those of a definition that lists none.
var defaultPlatforms = []string{"linux/amd64"}

// ScopeOf is where the packages of c stand. Variables are resolved for the
// platform, or for every platform of the definition when it is empty. ok is
// false where there is nothing to ask: the distribution is not known, or the
// stage runs in another image, whose repositories are its own.
func ScopeOf(doc *definition.Document, c *definition.Contents, platform string) (scope Scope, ok bool) {
	if doc == nil || doc.Def == nil || c == nil || c.Stage != nil && c.Stage.Uses.Set() {
		return Scope{}, false
	}
	dist := doc.Dist()
	if directive := doc.Directive.Dist(); !dist.Known() || directive.Known() && directive.Family != dist.Family {
		dist = directive
	}
	// A chart runs no package manager of its own, but its frontend is Debian's.
	if doc.Directive.Family == "helm" {
		dist = definition.Dist{Family: "debian", Release: helmDebian}
	}
	if dist.Family != "alpine" && dist.Family != "debian" || dist.Release == "" {
		return Scope{}, false
	}
	scope = Scope{Family: dist.Family, Release: dist.Release, Platforms: Platforms(doc)}
	platforms := scope.Platforms
	if platform != "" {
		platforms = []string{platform}
	}
	resolve := resolver(doc.Def)
	for _, f := range inherited(c, func(c *definition.Contents) ([]definition.Field, bool) { return c.Repositories, c.HasRepositories }) {
		scope.addLine(f.Value(), platforms, resolve)
	}
	for _, f := range inherited(c, func(c *definition.Contents) ([]definition.Field, bool) { return c.Keyring, c.HasKeyring }) {
		for _, p := range platforms {
			if key, known := resolve(f.Value(), p); known && f.Set() && !slices.Contains(scope.Keyring, key) {
				scope.Keyring = append(scope.Keyring, key)
			}
		}
	}
	return scope, true
}

// helmDebian is the Debian release of the helm frontend: its charts list
// hardened packages of trixie.
const helmDebian = "13"

// Platforms are the platforms of a definition as its list names them.
func Platforms(doc *definition.Document) []string {
	var list []string
	for _, f := range doc.Def.Platforms {
		if f.Set() && !slices.Contains(list, f.Value()) {
			list = append(list, f.Value())
		}
	}
	if list == nil {
		return slices.Clone(defaultPlatforms)
	}
	return list
}

// inherited are the fields of the scope itself, or of the one around it where
// it has no such list.
func inherited(c *definition.Contents, list func(*definition.Contents) ([]definition.Field, bool)) []definition.Field {
	for ; c != nil; c = c.Parent {
		if fields, has := list(c); has {
			return fields
		}
	}
	return nil
}

// addLine adds a repository for each different form that it has.
func (s *Scope) addLine(line string, platforms []string, resolve func(s, platform string) (string, bool)) {
	if line == "" {
		return
	}
	forms := map[string][]string{}
	var order []string
	for _, p := range platforms {
		form, _ := resolve(line, p)
		if forms[form] == nil {
			order = append(order, form)
		}
		forms[form] = append(forms[form], p)
	}
	for _, form := range order {
		s.Repositories = append(s.Repositories, form)
		if len(order) > 1 {
			if s.Only == nil {
				s.Only = map[string][]string{}
			}
			s.Only[form] = append(s.Only[form], forms[form]...)
		}
	}
}

// resolver replaces variables of a definition for a platform.
func resolver(def *definition.Definition) func(s, platform string) (string, bool) {
	return func(s, platform string) (string, bool) {
		if !strings.Contains(s, "${") && !strings.Contains(s, "#{") {
			return s, true
		}
		v, open := expr.Resolve(s, expr.Env{Platform: platform, Vars: func(name string) (string, bool) {
			f, ok := def.Var(name)
			return f.Value(), ok && f.Set()
		}})
		return v, len(open) == 0
	}
}

// Entry is a package entry of a scope with its variables resolved for a
// platform; ok is false where it is no whole entry or holds what is not known.
func Entry(doc *definition.Document, e *definition.PackageEntry, platform string) (entry.Entry, bool) {
	if !e.Set() {
		return entry.Entry{}, false
	}
	parsed := e.Entry
	if e.HasTemplate {
		v, known := resolver(doc.Def)(e.Source, platform)
		if !known {
			return entry.Entry{}, false
		}
		parsed = entry.Parse(v)
	}
	for i := range parsed.Problems {
		if k := parsed.Problems[i].Kind; k == entry.Malformed || k == entry.UnusedForm {
			return entry.Entry{}, false
		}
	}
	return parsed, parsed.Name != ""
}

// Entries are the entries of a scope as the package manager of a platform is
// given them, and the place in c.Packages that each comes from. whole is false
// where one could not be read.
func Entries(doc *definition.Document, c *definition.Contents, platform string) (list []string, from []int, whole bool) {
	whole = true
	for i := range c.Packages {
		e, ok := Entry(doc, &c.Packages[i], platform)
		if !ok {
			whole = whole && c.Packages[i].Value() == ""
			continue
		}
		list, from = append(list, e.String()), append(from, i)
	}
	return list, from, whole
}
