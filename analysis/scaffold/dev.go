package scaffold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

// variant makes the dev image of a runtime.
func (d *deriver) variant(v Variation) error {
	old := d.doc.Def.Variant.Value()
	switch {
	case v.Variant == "" || v.Variant == old:
		return nil
	case v.Variant != "dev" || old != "runtime" || d.doc.Kind != definition.Image:
		return fmt.Errorf("a %s variant is not made of this one (%s): dev images are made of runtimes", v.Variant, old)
	}
	dist := d.target(v)
	put(d.root, "variant", str("dev"))
	d.tail("dev")
	d.suffix("FLAVORED_SUFFIX", "dev")
	d.suffix("SUFFIX", "dev")
	d.inTitle("dev")
	d.devPackages(dist)
	d.devAccounts(dist)
	if dist.Family == "debian" {
		put(d.child("environment"), "DEBIAN_FRONTEND", str("noninteractive"))
	}
	if get(d.root, "entrypoint") == nil && get(d.root, "cmd") == nil {
		put(d.root, "cmd", list(shell(dist)))
	}
	return nil
}

// target is the distribution that the variation is for.
func (d *deriver) target(v Variation) definition.Dist {
	if v.Dist == "" {
		return d.doc.Dist()
	}
	dist, _ := ParseDist(v.Dist) // which the first step has refused otherwise
	return dist
}

// packages are the entries of the image's own packages.
func (d *deriver) packages() []string {
	var names []string
	if old := get(d.child("contents"), "packages"); old != nil {
		for _, p := range old.Content {
			names = append(names, p.Value)
		}
	}
	return names
}

func (d *deriver) setPackages(names []string) {
	slices.Sort(names)
	put(d.child("contents"), "packages", list(names...))
}

// shell is the shell of dev images.
func shell(dist definition.Dist) string {
	if dist.Family == "debian" {
		return "/bin/bash"
	}
	return "/bin/sh"
}

// child is the mapping behind a key of the definition, made where it is
// missing.
func (d *deriver) child(key string) *yaml.Node {
	m := get(d.root, key)
	if m == nil || m.Kind != yaml.MappingNode {
		m = mapping()
		put(d.root, key, m)
	}
	return m
}

// devAccounts: a dev image runs as root, and Debian's apt has a user.
func (d *deriver) devAccounts(dist definition.Dist) {
	m := d.child("accounts")
	put(m, "root", boolean(true))
	put(m, "run-as", str("root"))
	if dist.Family != "debian" {
		return
	}
	users := get(m, "users")
	if users == nil || users.Kind != yaml.SequenceNode {
		users = seq()
		put(m, "users", users)
	}
	for _, u := range users.Content {
		if name := get(u, "name"); name != nil && name.Value == aptUser {
			return
		}
	}
	users.Content = append(users.Content, account(aptUser, 42, groupFor(m)))
}

// groupFor is the gid that apt's user gets: 65532 as in the catalog, or where
// no group has it the first that one has.
func groupFor(accounts *yaml.Node) int {
	const usual = 65532
	groups := get(accounts, "groups")
	if groups == nil {
		return usual
	}
	first := usual
	for i, g := range groups.Content {
		gid := get(g, "gid")
		if gid == nil {
			continue
		}
		n, err := strconv.Atoi(gid.Value)
		switch {
		case err == nil && n == usual:
			return usual
		case err == nil && i == 0:
			first = n
		}
	}
	return first
}

// others adds the packages that all other versions of the image have in the
// same variant and flavor.
func (d *deriver) others(v Variation) error {
	if d.known == nil || v.Variant == "" && v.Flavor == "" || d.doc.Kind != definition.Image {
		return nil
	}
	dist := d.target(v)
	text := func(key string) string {
		if n := get(d.root, key); n != nil {
			return n.Value
		}
		return ""
	}
	image := text("image")
	names := d.packages()
	var added []string
	for _, p := range d.known.Packages(image[strings.LastIndexByte(image, '/')+1:], dist, text("variant"), text("flavor"), PathOf(d.doc, v)) {
		name, excluded := strings.CutPrefix(p, "!")
		listed := func(s string) bool { e := entry.Parse(s); return e.FullName() == name && !e.Exclude }
		if slices.Contains(names, p) || slices.ContainsFunc(names, listed) {
			continue
		}
		if !excluded {
			names = slices.DeleteFunc(names, func(s string) bool { return s == "!"+name })
		}
		names, added = append(names, p), append(added, p)
	}
	if len(added) == 0 {
		return nil
	}
	d.setPackages(names)
	d.note("the packages that all other versions of the image have here were added: %s", strings.Join(added, ", "))
	return nil
}

// aptUser is whom apt drops its rights to, uid 42 in Debian.
const aptUser = "_apt"

// devPackages adds a shell and the package manager, and takes exclusions of
// them out.
func (d *deriver) devPackages(dist definition.Dist) {
	names := d.packages()
	for _, p := range basePackages(dist, true) {
		names = slices.DeleteFunc(names, func(s string) bool { return s == "!"+p })
		same := func(s string) bool { e := entry.Parse(s); return e.FullName() == strings.TrimPrefix(p, "!") }
		if !slices.ContainsFunc(names, same) {
			names = append(names, p)
		}
	}
	d.setPackages(names)
}
