package resolve

import (
	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// tags is a set of repository tags; bit 0 is "no tag".
type tags uint64

const untagged tags = 1

// apkPackage is a package in one version, with the solver's view of it.
type apkPackage struct {
	name      *apkName
	version   string
	record    record.Package
	depends   []apk.Dependency
	provides  []apk.Dependency
	installIf []apk.Dependency
	repo, row int
	tags      tags // of the repositories that have it

	chain     int // longest chain of dependencies below it
	disabled  string
	allowed   tags // tags it may come from, beside none
	preferred tags
	triggered bool // its install_if holds
	chosen    bool
	because   *apkNeed // the first need that led to it
	viaIf     bool
}

// label is name-version, as apk writes it.
func (p *apkPackage) label() string { return p.name.text + "-" + p.version }

// apkProvider is a package under one of the names it answers to.
type apkProvider struct {
	pkg     *apkPackage
	version string // provided; empty for a virtual package
}

// apkNeed is a dependency at work.
type apkNeed struct {
	by   *apkPackage // nil for the selection
	dep  apk.Dependency
	want int // of the selection; -1 otherwise
}

// apkName is a package name or virtual name.
type apkName struct {
	text       string
	providers  []apkProvider
	dependents []*apkName // names with an option that depends on this one
	chain      int

	needs    []apkNeed
	common   bool // every option of a needed name depends on it
	locked   bool
	chosen   apkProvider
	anyOf    bool // an install_if of a package so named holds
	queued   bool
	order    int // of queueing
	explored bool
}

func (n *apkName) needed() bool { return len(n.needs) > 0 || n.common }

// apkPool loads names and packages as they are met.
type apkPool struct {
	repositories []Repository
	tagBits      map[string]tags
	arch         string
	names        map[string]*apkName
	packages     map[[2]int]*apkPackage
	identical    map[string]*apkPackage // by name, version and checksum
}

func newAlpinePool(repositories []Repository, arch string) *apkPool {
	p := &apkPool{
		repositories: repositories, arch: arch, tagBits: map[string]tags{"": untagged},
		names: map[string]*apkName{}, packages: map[[2]int]*apkPackage{}, identical: map[string]*apkPackage{},
	}
	for _, r := range repositories {
		if _, known := p.tagBits[r.Tag]; !known {
			p.tagBits[r.Tag] = 1 << min(len(p.tagBits), 63)
		}
	}
	return p
}

// name loads a name with its providers.
func (p *apkPool) name(text string) *apkName {
	if n, ok := p.names[text]; ok {
		return n
	}
	n := &apkName{text: text}
	p.names[text] = n
	for i, r := range p.repositories {
		from, to := r.Index.Rows(text)
		for row := from; row < to; row++ {
			if pkg := p.load(i, row); pkg != nil {
				n.provide(apkProvider{pkg, pkg.version})
			}
		}
		for _, row := range r.Index.Providers(text) {
			pkg := p.load(i, row)
			for _, d := range pkg.provides {
				if d.Name == text {
					n.provide(apkProvider{pkg, d.Constraint.Version})
				}
			}
		}
	}
	return n
}

func (n *apkName) provide(x apkProvider) {
	for _, have := range n.providers {
		if have == x {
			return
		}
	}
	n.providers = append(n.providers, x)
}

// load makes the package of a row. The same package in a further repository
// is the same.
func (p *apkPool) load(repo, row int) *apkPackage {
	key := [2]int{repo, row}
	if pkg, ok := p.packages[key]; ok {
		return pkg
	}
	rec := p.repositories[repo].Index.Relations(row)
	bit := p.tagBits[p.repositories[repo].Tag]
	same := rec.Name + "\x00" + rec.Version + "\x00" + rec.Checksum
	if pkg, ok := p.identical[same]; ok && rec.Checksum != "" {
		pkg.tags |= bit
		p.packages[key] = pkg
		return pkg
	}
	pkg := &apkPackage{version: rec.Version, record: rec, repo: repo, row: row, tags: bit, allowed: untagged, preferred: untagged}
	p.packages[key], p.identical[same] = pkg, pkg
	pkg.depends, _ = apk.ParseDependencies(rec.Depends)
	pkg.provides, _ = apk.ParseDependencies(rec.Provides)
	pkg.installIf, _ = apk.ParseDependencies(rec.InstallIf)
	if rec.Arch != "" && rec.Arch != "noarch" && rec.Arch != p.arch {
		pkg.disabled = "it is built for " + rec.Arch
	}
	pkg.name = p.name(rec.Name)
	return pkg
}

// installIfOf are the packages whose install_if mentions a name.
func (p *apkPool) installIfOf(name string) []*apkPackage {
	var list []*apkPackage
	for i, r := range p.repositories {
		for _, row := range r.Index.InstallIf(name) {
			list = append(list, p.load(i, row))
		}
	}
	return list
}

// explore walks down the dependencies of a name, to know how deep they go and
// which names look at which.
func (p *apkPool) explore(n *apkName) {
	if n.explored {
		return
	}
	n.explored = true
	for _, option := range n.providers {
		for _, d := range option.pkg.depends {
			below := p.name(d.Name)
			below.addDependent(n)
			p.explore(below)
			option.pkg.chain = max(option.pkg.chain, below.chain+1)
		}
		n.chain = max(n.chain, option.pkg.chain)
	}
}

func (n *apkName) addDependent(d *apkName) {
	for _, have := range n.dependents {
		if have == d {
			return
		}
	}
	n.dependents = append(n.dependents, d)
}

// satisfies says whether a provider meets a dependency, its ! not considered.
// A virtual package has no version and meets unversioned dependencies only.
func (x apkProvider) satisfies(d apk.Dependency) bool {
	if d.Constraint.Unbound() {
		return true
	}
	return x.version != "" && version.Alpine.Satisfies(x.version, d.Constraint)
}
