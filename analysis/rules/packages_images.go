package rules

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

const (
	variantDev     = "dev"
	variantRuntime = "runtime"
	debianFrontend = "DEBIAN_FRONTEND"
)

// imagePackages is the scope of the image's own packages, and whether all that
// it installs is known.
func (p *Pass) imagePackages() (*packageScope, bool) {
	s := &p.packageScopes()[0]
	return s, p.Def.Contents.Node != nil && !s.unsure() && !p.brokenPackages() && !p.damagedContents()
}

// brokenPackages reports whether the list of packages is half typed.
func (p *Pass) brokenPackages() bool {
	e := p.Def.Contents.Node.Entry("packages")
	return e != nil && len(p.Def.Contents.Packages) == 0 && !e.Value.IsNull() && len(e.Value.Entries) > 0
}

// packagesKey is where a missing package is reported.
func (p *Pass) packagesKey() text.Range {
	if e := p.Def.Contents.Node.Entry("packages"); e != nil && e.Key != nil {
		return e.Key.Range
	}
	if owner := p.Def.Contents.Node.Owner(); owner != nil && owner.Key != nil {
		return owner.Key.Range
	}
	return p.topRange()
}

// manager is the package manager of a family, with the packages that bring it.
func manager(family entry.Family) (name string, packages []string) {
	switch family {
	case entry.Alpine:
		return "apk-tools", []string{"apk-tools"}
	case entry.Debian:
		return "apt", []string{"apt"}
	}
	return "", nil
}

func checkDevPackageManager(p *Pass) {
	if p.Def.Variant.Value() != variantDev {
		return
	}
	s, known := p.imagePackages()
	name, packages := manager(p.packageFamily(s))
	if !known || name == "" {
		return
	}
	if _, ok := s.has(packages...); !ok {
		p.addPackage(p.Report(p.packagesKey(), "a dev image has a package manager, but `%s` is not among its packages", name), name)
	}
}

func checkRuntimePackageManager(p *Pass) {
	if p.Def.Variant.Value() != variantRuntime {
		return
	}
	s := &p.packageScopes()[0]
	_, packages := manager(p.packageFamily(s))
	if i, ok := s.has(packages...); ok {
		k := &s.list[i]
		p.Report(p.nameRange(k), "`%s` puts a package manager into a runtime image, where an attacker could use it", k.meant.FullName()).
			Help("move it to the dev variant, or into a build stage")
	}
}

// nameRange is the name in a package entry.
func (p *Pass) nameRange(k *pkg) text.Range {
	if k.HasTemplate {
		return k.Range()
	}
	return p.In(k.Node, k.FullNameRange())
}

func (p *Pass) environment(name string) (definition.Field, bool) {
	for _, f := range p.Def.Environment {
		if f.Name() == name {
			return f, true
		}
	}
	return definition.Field{}, false
}

func checkDevFrontend(p *Pass) {
	if p.Def.Variant.Value() != variantDev || p.packageFamily(&p.packageScopes()[0]) != entry.Debian {
		return
	}
	f, ok := p.environment(debianFrontend)
	switch {
	case !ok:
		found := p.Report(p.environmentKey(), "a Debian dev image sets `DEBIAN_FRONTEND: noninteractive`, so that apt asks nothing")
		p.addEnvironment(p.absent(found, p.Def.Root, "environment", debianFrontend), debianFrontend, "noninteractive")
	case f.Set() && f.Value() != "noninteractive" && !strings.Contains(f.Value(), "{"):
		p.Report(f.Range(), "`DEBIAN_FRONTEND` is `%s`: with `noninteractive`, apt asks nothing", f.Value()).AtMost(diagnostic.Info)
	}
}

// environmentKey is where a missing variable is reported.
func (p *Pass) environmentKey() text.Range {
	for _, key := range []string{"environment", "variant"} {
		if e := p.Def.Root.Entry(key); e != nil && e.Key != nil {
			return e.Key.Range
		}
	}
	return p.topRange()
}

func checkRuntimeFrontend(p *Pass) {
	f, ok := p.environment(debianFrontend)
	if ok && p.Def.Variant.Value() == variantRuntime && p.packageFamily(&p.packageScopes()[0]) != entry.Alpine {
		p.reportFrontend(f, "`DEBIAN_FRONTEND` is for apt, which a runtime image does not run")
	}
}

func checkAlpineFrontend(p *Pass) {
	f, ok := p.environment(debianFrontend)
	if ok && p.packageFamily(&p.packageScopes()[0]) == entry.Alpine {
		p.reportFrontend(f, "`DEBIAN_FRONTEND` is for Debian's apt and has no effect on Alpine")
	}
}

func (p *Pass) reportFrontend(f definition.Field, message string) {
	finding := p.Report(f.Key.Range, "%s", message)
	if e, ok := p.RemoveEntry(f.Key); ok {
		finding.Fix("Remove DEBIAN_FRONTEND", true, e)
	}
}

func checkBaselayout(p *Pass) {
	p.checkBase(entry.Alpine, "alpine-baselayout-data", "alpine-baselayout", "alpine-base")
}

func checkBaseFiles(p *Pass) { p.checkBase(entry.Debian, "base-files") }

// checkBase wants the package that has the skeleton of the file system, or
// one of those that bring it along.
func (p *Pass) checkBase(family entry.Family, packages ...string) {
	s, known := p.imagePackages()
	if !known || p.packageFamily(s) != family || p.copiesRoot() {
		return
	}
	if _, ok := s.has(packages...); !ok {
		p.addPackage(p.Report(p.packagesKey(), "`%s`, which has the skeleton of the file system, is not among the packages", packages[0]), packages[0])
	}
}

// copiesRoot reports whether a stage or an artifact may bring a whole file
// system along.
func (p *Pass) copiesRoot() bool {
	for i := range p.Def.Contents.Builds {
		for _, o := range p.Def.Contents.Builds[i].Outputs {
			if o.Source.Value() == "/" && o.Target.Value() == "/" && !o.Diff.True() {
				return true
			}
		}
	}
	return false
}

// certBundle is where ca-certificates and ca-certificates-bundle put theirs.
const certBundle = "/etc/ssl/certs/ca-certificates.crt"

func checkCertFile(p *Pass) {
	f, ok := p.environment("SSL_CERT_FILE")
	if !ok || !f.Set() {
		return
	}
	file, known := p.Resolve(f.Value())
	s, sure := p.imagePackages()
	if !known || !sure || path.Clean(file) != certBundle || p.brings(certBundle) {
		return
	}
	if _, ok := s.has("ca-certificates", "ca-certificates-bundle"); ok {
		return
	}
	want := "ca-certificates"
	if p.packageFamily(s) == entry.Alpine {
		want = "ca-certificates-bundle"
	}
	p.addPackage(p.Report(f.Range(), "nothing installs `%s`: expected `%s` among the packages", certBundle, want), want)
}

// brings reports whether a path, an output or an artifact may put the file
// into the image.
func (p *Pass) brings(file string) bool {
	for _, e := range p.Def.Paths {
		if v := e.Path.Value(); within(file, v) && (e.Type.Value() != "directory" || v == file || e.Source.Set()) || strings.Contains(v, "{") {
			return true
		}
	}
	for _, f := range p.Def.Contents.Files {
		if within(file, f.Path.Value()) {
			return true
		}
	}
	for i := range p.Def.Contents.Builds {
		for _, o := range p.Def.Contents.Builds[i].Outputs {
			if p.outputBrings(&p.Def.Contents.Builds[i], o.Target.Value(), file) {
				return true
			}
		}
	}
	for _, a := range p.Def.Contents.Artifacts {
		if len(a.Includes) == 0 {
			return true
		}
		for _, g := range a.Includes {
			if prefix, _, _ := strings.Cut(g.Value(), "*"); strings.HasPrefix(file[1:], strings.TrimPrefix(prefix, "/")) {
				return true
			}
		}
	}
	return false
}

// outputBrings: a target at or above the file may hold it; a whole tree does
// only where the stage has certificates to copy.
func (p *Pass) outputBrings(b *definition.Build, target, file string) bool {
	if !within(file, target) {
		return strings.Contains(target, "{")
	}
	if path.Clean(target) != "/" {
		return true
	}
	for i := range b.Contents.Packages {
		if strings.HasPrefix(b.Contents.Packages[i].Entry.Name, "ca-certificates") {
			return true
		}
	}
	return false
}

// within reports whether file is the path or lies below it.
func within(file, dir string) bool {
	if dir == "" {
		return false
	}
	dir = path.Clean(dir)
	return file == dir || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
}
