package definition

import (
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
)

// Definition is an image, a package or a chart.
type Definition struct {
	Kind Kind
	// Root is the top-level mapping, nil for an empty file.
	Root *syntax.Node

	Name, Image, Variant, Flavor, Output, Compression Field
	Tags, Platforms                                   []Field
	Vars                                              []Field
	Contents                                          *Contents
	Accounts                                          *Accounts
	OSRelease                                         OSRelease
	WorkDir, StopSignal                               Field
	Environment, Annotations, Labels                  []Field
	Paths                                             []Path
	Entrypoint, Cmd, Ports, Volumes                   []Field
	Dates                                             Dates
}

// OSRelease is what becomes /etc/os-release.
type OSRelease struct {
	Node                                                                    *syntax.Node
	Name, ID, VersionID, VersionCodename, PrettyName, HomeURL, BugReportURL Field
}

// Dates are the release and end of life of what the image holds.
type Dates struct {
	Node               *syntax.Node
	Release, EndOfLife Field
}

// Accounts are the users and groups, and who the container runs as.
type Accounts struct {
	Node        *syntax.Node
	Root, RunAs Field
	Users       []User
	Groups      []Group
}

// User is an entry of accounts.users.
type User struct {
	Node           *syntax.Node
	Name, UID, GID Field
	Home, Shell    Field
}

// Group is an entry of accounts.groups.
type Group struct {
	Node      *syntax.Node
	Name, GID Field
	Members   []Field
}

// Path is an entry of paths: something to create in the image or the stage.
type Path struct {
	Node                        *syntax.Node
	Type, Path, Source, Content Field
	UID, GID, Mode, Recursive   Field
	Platforms                   []Field
}

func newDefinition(tree *syntax.Tree) *Definition {
	root := tree.Root
	if root != nil && root.Kind != syntax.Mapping {
		root = nil
	}
	d := &Definition{Root: root}
	if root == nil {
		d.Contents = newContents(nil, nil)
		return d
	}
	d.Name, d.Image, d.Variant, d.Flavor = field(root, "name"), field(root, "image"), field(root, "variant"), field(root, "flavor")
	d.Output, d.Compression = field(root, "output"), field(root, "compression")
	d.Tags, d.Platforms = fields(root, "tags"), fields(root, "platforms")
	d.Vars = pairs(root, "vars")
	d.Accounts = newAccounts(root.Get("accounts"))
	d.OSRelease = newOSRelease(root.Get("os-release"))
	d.WorkDir, d.StopSignal = field(root, "work-dir"), field(root, "stop-signal")
	d.Environment, d.Annotations, d.Labels = pairs(root, "environment"), pairs(root, "annotations"), pairs(root, "labels")
	d.Paths = newPaths(root)
	d.Entrypoint, d.Cmd, d.Ports, d.Volumes = fields(root, "entrypoint"), fields(root, "cmd"), fields(root, "ports"), fields(root, "volumes")
	if n := root.Get("dates"); n != nil {
		d.Dates = Dates{n, field(n, "release"), field(n, "end-of-life")}
	}
	d.Contents = newContents(root.Get("contents"), nil)
	return d
}

func newOSRelease(n *syntax.Node) OSRelease {
	return OSRelease{
		Node: n, Name: field(n, "name"), ID: field(n, "id"), VersionID: field(n, "version-id"),
		VersionCodename: field(n, "version-codename"), PrettyName: field(n, "pretty-name"),
		HomeURL: field(n, "home-url"), BugReportURL: field(n, "bug-report-url"),
	}
}

func newAccounts(n *syntax.Node) *Accounts {
	if n == nil || n.Kind != syntax.Mapping {
		return nil
	}
	a := &Accounts{Node: n, Root: field(n, "root"), RunAs: field(n, "run-as")}
	for _, u := range mappings(n, "users") {
		a.Users = append(a.Users, User{u, field(u, "name"), field(u, "uid"), field(u, "gid"), field(u, "home"), field(u, "shell")})
	}
	for _, g := range mappings(n, "groups") {
		a.Groups = append(a.Groups, Group{g, field(g, "name"), field(g, "gid"), fields(g, "members")})
	}
	return a
}

func newPaths(n *syntax.Node) []Path {
	var out []Path
	for _, p := range mappings(n, "paths") {
		out = append(out, Path{
			Node: p, Type: field(p, "type"), Path: field(p, "path"), Source: field(p, "source"), Content: field(p, "content"),
			UID: field(p, "uid"), GID: field(p, "gid"), Mode: field(p, "mode"), Recursive: field(p, "recursive"), Platforms: fields(p, "platforms"),
		})
	}
	return out
}

// Var returns the variable of the name.
func (d *Definition) Var(name string) (Field, bool) {
	for _, v := range d.Vars {
		if v.Name() == name {
			return v, true
		}
	}
	return Field{}, false
}

// Annotation returns the annotation's value, "" if it is absent.
func (d *Definition) Annotation(key string) string {
	for _, a := range d.Annotations {
		if a.Name() == key {
			return a.Value()
		}
	}
	return ""
}

// Scopes are all contents of the definition: the top level, then each stage.
func (d *Definition) Scopes() []*Contents {
	out := []*Contents{d.Contents}
	for i := range d.Contents.Builds {
		out = append(out, d.Contents.Builds[i].Contents)
	}
	return out
}

// AllPaths are the paths of the image and of every stage.
func (d *Definition) AllPaths() []Path {
	out := d.Paths[:len(d.Paths):len(d.Paths)]
	for i := range d.Contents.Builds {
		out = append(out, d.Contents.Builds[i].Paths...)
	}
	return out
}
