package engine

import (
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/schema"
)

// PackageScope is where the packages of a scope come from, as the package
// index asks it. A definition that names no platforms is built for all.
func PackageScope(doc *definition.Document, c *definition.Contents) packages.Scope {
	dist := doc.Dist()
	scope := packages.Scope{Family: dist.Family, Release: dist.Release}
	for _, p := range doc.Def.Platforms {
		if p.Set() {
			scope.Platforms = append(scope.Platforms, p.Value())
		}
	}
	if len(scope.Platforms) == 0 {
		for _, p := range schema.Platforms() {
			scope.Platforms = append(scope.Platforms, p.Name)
		}
	}
	env := Env(doc, scope.Platforms[0])
	scope.Repositories = resolved(c.EffectiveRepositories(), env)
	scope.Keyring = resolved(c.EffectiveKeyring(), env)
	return scope
}

func resolved(list []definition.Field, env expr.Env) []string {
	var out []string
	for _, f := range list {
		if f.Set() {
			value, _ := expr.Resolve(f.Value(), env)
			out = append(out, value)
		}
	}
	return out
}

// Env resolves the variables of a definition for a platform, "" for none in
// particular.
func Env(doc *definition.Document, platform string) expr.Env {
	return expr.Env{Platform: platform, Vars: func(name string) (string, bool) {
		v, ok := doc.Def.Var(name)
		return v.Value(), ok && v.Set()
	}}
}
