package definition

import (
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// Contents is what goes into the image, or into one build stage: a scope in
// which packages are resolved.
type Contents struct {
	// Node is the mapping; nil where the scope has no contents.
	Node *syntax.Node
	// Stage is the build stage the contents belong to, nil at the top level.
	Stage *Build
	// Parent is the scope that repositories and keyring are inherited from.
	Parent       *Contents
	Repositories []Field
	Keyring      []Field
	Packages     []PackageEntry
	Files        []File
	Builds       []Build
	Mappings     []Field
	Artifacts    []Artifact
	// HasRepositories and HasKeyring tell an empty list from an absent one.
	HasRepositories, HasKeyring bool
}

// PackageEntry is one item of packages.
type PackageEntry struct {
	Field
	entry.Entry
}

// File is an item of files: a source that is fetched.
type File struct {
	Node                      *syntax.Node
	URL, Path, Checksum, Mode Field
	UID, GID                  Field
	SPDX                      *syntax.Node
	SPDXName, SPDXVersion     Field
	SPDXPackages              []SPDXPackage
	Platforms                 []Field
}

// SPDXPackage is what a file is in the SBOM.
type SPDXPackage struct {
	Node                *syntax.Node
	Name, PURL, License Field
}

// Build is a build stage.
type Build struct {
	Node                                   *syntax.Node
	Name, Uses, WorkDir, Shell, Privileged Field
	Contents                               *Contents
	Pipeline                               []Step
	Outputs                                []Output
	Environment                            []Field
	Paths                                  []Path
	Accounts                               *Accounts
	Attestations                           *syntax.Node
	Caches                                 []Field
}

// Step is a step of a pipeline.
type Step struct {
	Node                                    *syntax.Node
	Name, Uses, Runs, WorkDir, Shell, RunAs Field
	With                                    *syntax.Node
	Environment                             []Field
}

// Output is what a stage copies into the image.
type Output struct {
	Node                                 *syntax.Node
	Source, Target, UID, GID, Mode, Diff Field
}

// Artifact is an OCI artifact whose files go into the scope.
type Artifact struct {
	Node               *syntax.Node
	Name, UID, GID     Field
	Includes, Excludes []Field
}

func newContents(n *syntax.Node, parent *Contents) *Contents {
	c := &Contents{Node: n, Parent: parent}
	if n == nil || n.Kind != syntax.Mapping {
		return c
	}
	c.Repositories, c.Keyring, c.Mappings = fields(n, "repositories"), fields(n, "keyring"), pairs(n, "mappings")
	c.HasRepositories, c.HasKeyring = n.Get("repositories") != nil, n.Get("keyring") != nil
	if list := fields(n, "packages"); list != nil {
		c.Packages = make([]PackageEntry, 0, len(list))
		for _, f := range list {
			c.Packages = append(c.Packages, PackageEntry{f, entry.Parse(f.Value())})
		}
	}
	for _, f := range mappings(n, "files") {
		c.Files = append(c.Files, newFile(f))
	}
	for _, a := range mappings(n, "artifacts") {
		c.Artifacts = append(c.Artifacts, Artifact{a, field(a, "name"), field(a, "uid"), field(a, "gid"), fields(a, "includes"), fields(a, "excludes")})
	}
	builds := mappings(n, "builds")
	c.Builds = make([]Build, len(builds))
	for i, b := range builds {
		c.Builds[i] = newBuild(b, c)
		c.Builds[i].Contents.Stage = &c.Builds[i]
	}
	return c
}

func newFile(n *syntax.Node) File {
	f := File{
		Node: n, URL: field(n, "url"), Path: field(n, "path"), Checksum: field(n, "checksum"), Mode: field(n, "mode"),
		UID: field(n, "uid"), GID: field(n, "gid"), SPDX: n.Get("spdx"), Platforms: fields(n, "platforms"),
	}
	if f.SPDX == nil {
		return f
	}
	f.SPDXName, f.SPDXVersion = field(f.SPDX, "name"), field(f.SPDX, "version")
	for _, p := range mappings(f.SPDX, "packages") {
		f.SPDXPackages = append(f.SPDXPackages, SPDXPackage{p, field(p, "name"), field(p, "purl"), field(p, "license")})
	}
	return f
}

func newBuild(n *syntax.Node, parent *Contents) Build {
	b := Build{
		Node: n, Name: field(n, "name"), Uses: field(n, "uses"), WorkDir: field(n, "work-dir"), Shell: field(n, "shell"),
		Privileged: field(n, "privileged"), Environment: pairs(n, "environment"), Paths: newPaths(n),
		Accounts: newAccounts(n.Get("accounts")), Attestations: n.Get("attestations"),
		Contents: newContents(n.Get("contents"), parent),
	}
	for _, s := range mappings(n, "pipeline") {
		b.Pipeline = append(b.Pipeline, Step{
			Node: s, Name: field(s, "name"), Uses: field(s, "uses"), Runs: field(s, "runs"), WorkDir: field(s, "work-dir"),
			Shell: field(s, "shell"), RunAs: field(s, "run-as"), With: s.Get("with"), Environment: pairs(s, "environment"),
		})
	}
	for _, o := range mappings(n, "outputs") {
		b.Outputs = append(b.Outputs, Output{o, field(o, "source"), field(o, "target"), field(o, "uid"), field(o, "gid"), field(o, "mode"), field(o, "diff")})
	}
	for _, c := range mappings(n, "caches") {
		b.Caches = append(b.Caches, field(c, "path"))
	}
	return b
}

// ScopeName is what messages call the scope.
func (c *Contents) ScopeName() string {
	if c.Stage == nil {
		return "the top level"
	}
	if name := c.Stage.Name.Value(); name != "" {
		return "build stage `" + name + "`"
	}
	return "this build stage"
}

// EffectiveRepositories are the scope's own repositories, or those it
// inherits.
func (c *Contents) EffectiveRepositories() []Field {
	for s := c; s != nil; s = s.Parent {
		if s.HasRepositories {
			return s.Repositories
		}
	}
	return nil
}

// EffectiveKeyring is the scope's own keyring, or the one it inherits.
func (c *Contents) EffectiveKeyring() []Field {
	for s := c; s != nil; s = s.Parent {
		if s.HasKeyring {
			return s.Keyring
		}
	}
	return nil
}
