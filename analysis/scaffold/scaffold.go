// Package scaffold writes new definitions: from a few answers, or from a
// definition that there is already. What it writes is in canonical form and
// has no findings.
package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

// Spec are the answers that a new definition is made of.
type Spec struct {
	// Name is what people call the product: Redis.
	Name string `json:"name"`
	// Image is the repository: dhi.io/redis. Without a registry it is of
	// dhi.io; empty, it is made of Name.
	Image string `json:"image,omitempty"`
	// Version is the product's version, 1.0.0 where empty.
	Version string `json:"version,omitempty"`
	// Dist is a name of Distributions, the newest Debian where empty. Charts
	// have none.
	Dist string `json:"dist,omitempty"`
	// Variant is runtime (where empty) or dev.
	Variant string `json:"variant,omitempty"`
	// Flavor is compat, fips or another one; empty for none.
	Flavor string `json:"flavor,omitempty"`
	// Packages are entries of contents.packages beside those that every image
	// has.
	Packages []string `json:"packages,omitempty"`
	// User is who a runtime runs as, nonroot where empty.
	User string `json:"user,omitempty"`
	// Ports are such as 8080/tcp or 8080.
	Ports []string `json:"ports,omitempty"`
	// Entrypoint is /usr/bin/ and the image's name where empty.
	Entrypoint []string `json:"entrypoint,omitempty"`
	// License is the SPDX expression of what the image holds, Apache-2.0 where
	// empty.
	License string `json:"license,omitempty"`
}

var (
	versionForm = regexp.MustCompile(`^[0-9]+(\.[0-9A-Za-z_]+)*$`)
	wordForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	userForm    = regexp.MustCompile(`^[a-z_][a-z0-9_-]*$`)
	notWord     = regexp.MustCompile(`[^a-z0-9]+`)
)

// complete fills in what is left out and says what is wrong.
func (s Spec) complete() (Spec, definition.Dist, error) {
	var none definition.Dist
	if s.Name = strings.TrimSpace(s.Name); s.Name == "" {
		return s, none, errors.New("a name is missing: what do people call the product?")
	}
	if s.Image == "" {
		s.Image = strings.Trim(notWord.ReplaceAllString(strings.ToLower(s.Name), "-"), "-")
	}
	if !strings.Contains(s.Image, "/") {
		s.Image = "dhi.io/" + s.Image
	}
	if r := entry.ParseReference(s.Image); len(r.Problems) > 0 || r.Tag.Text != "" || r.Digest.Text != "" || r.HasTemplate {
		return s, none, fmt.Errorf("%q is no image name such as dhi.io/redis, without a tag", s.Image)
	}
	defaults := []struct {
		field *string
		value string
	}{{&s.Version, "1.0.0"}, {&s.Dist, "debian-13"}, {&s.Variant, "runtime"}, {&s.User, "nonroot"}, {&s.License, "Apache-2.0"}}
	for _, d := range defaults {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	d, err := ParseDist(s.Dist)
	if err != nil {
		return s, none, err
	}
	switch {
	case !versionForm.MatchString(s.Version):
		return s, none, fmt.Errorf("%q is no version such as 1.2.3", s.Version)
	case s.Variant != "runtime" && s.Variant != "dev":
		return s, none, fmt.Errorf("unknown variant %q: use runtime or dev", s.Variant)
	case s.Flavor != "" && !wordForm.MatchString(s.Flavor):
		return s, none, fmt.Errorf("%q is no flavor such as compat", s.Flavor)
	case !userForm.MatchString(s.User):
		return s, none, fmt.Errorf("%q is no name of a user", s.User)
	}
	if s.Ports, err = ports(s.Ports); err != nil {
		return s, none, err
	}
	for _, p := range s.Packages {
		e := entry.Parse(p)
		family := entry.Debian
		if d.Family == "alpine" {
			family = entry.Alpine
		}
		if problems := append(e.Problems, e.Check(family)...); len(problems) > 0 {
			return s, none, fmt.Errorf("%q: %s", p, problems[0].Message)
		}
	}
	return s, d, nil
}

// ports writes ports as the catalog does, with their protocol.
func ports(list []string) ([]string, error) {
	var out []string
	for _, s := range list {
		p, problem := entry.ParsePort(s)
		if problem != "" {
			return nil, fmt.Errorf("%q is no port: %s", s, problem)
		}
		numbers, _, _ := strings.Cut(s, "/")
		out = append(out, numbers+"/"+cmp.Or(p.Protocol, "tcp"))
	}
	return out, nil
}

// title is the display name: Redis 8.x (compat, dev).
func title(name, version, flavor, variant string) string {
	major, _, _ := strings.Cut(version, ".")
	var in []string
	if flavor != "" {
		in = append(in, flavor)
	}
	if variant == "dev" {
		in = append(in, "dev")
	}
	t := name + " " + major + ".x"
	if len(in) > 0 {
		t += " (" + strings.Join(in, ", ") + ")"
	}
	return t
}

// Image writes the definition of an image.
func Image(spec Spec) (string, error) {
	s, d, err := spec.complete()
	if err != nil {
		return "", err
	}
	dev := s.Variant == "dev"
	root := mapping("name", str(title(s.Name, s.Version, s.Flavor, s.Variant)), "image", str(s.Image), "variant", str(s.Variant))
	if s.Flavor != "" {
		put(root, "flavor", str(s.Flavor))
	}
	put(root, "tags", list(tags(s.Version, d, s.Flavor, s.Variant)...))
	put(root, "platforms", list("linux/amd64", "linux/arm64"))
	put(root, "vars", versions(s.Version))
	put(root, "contents", contents(d, append(basePackages(d, dev), s.Packages...)))
	put(root, "accounts", accounts(s.User, dev, d))
	put(root, "os-release", osRelease(d))
	if dev && d.Family == "debian" {
		put(root, "environment", mapping("DEBIAN_FRONTEND", str("noninteractive")))
	}
	put(root, "annotations", mapping(
		"org.opencontainers.image.description", str("A minimal "+s.Name+" image"), "org.opencontainers.image.licenses", str(s.License)))
	if len(s.Entrypoint) == 0 {
		s.Entrypoint = []string{"/usr/bin/" + s.Image[strings.LastIndexByte(s.Image, '/')+1:]}
	}
	put(root, "entrypoint", list(s.Entrypoint...)) // a dev image starts what its runtime starts
	if len(s.Ports) > 0 {
		put(root, "ports", list(s.Ports...))
	}
	return write("dhi.io/build:2-"+d.Tag(), root)
}

// versions are the variables that hold the version and its parts.
func versions(v string) *yaml.Node {
	n := strings.Split(v, ".")
	m := mapping("SEMVER_MAJOR_VERSION", str(n[0]), "SEMVER_VERSION", str(v), "VERSION", str(v))
	if len(n) > 1 {
		put(m, "SEMVER_MAJOR_MINOR_VERSION", str(n[0]+"."+n[1]))
	}
	return m
}

func contents(d definition.Dist, packages []string) *yaml.Node {
	repos, keys := repositories(d)
	slices.Sort(packages)
	return mapping("repositories", list(repos...), "keyring", list(keys...), "packages", list(slices.Compact(packages)...))
}

// accounts are those of a runtime, which is not root, or of a dev image.
func accounts(user string, dev bool, d definition.Dist) *yaml.Node {
	m := mapping()
	if dev {
		put(m, "root", boolean(true))
		put(m, "run-as", str("root"))
	} else {
		put(m, "run-as", str(user))
	}
	if user == "root" {
		put(m, "root", boolean(true))
		return m
	}
	users := seq(account(user, 65532, 65532))
	if dev && d.Family == "debian" {
		users.Content = append(users.Content, account(aptUser, 42, 65532))
	}
	put(m, "users", users)
	put(m, "groups", seq(mapping("name", str(user), "gid", num(65532), "members", list(user))))
	return m
}

// account is a user.
func account(name string, uid, gid int) *yaml.Node {
	return mapping("name", str(name), "uid", num(uid), "gid", num(gid))
}

// Package writes the definition of a package built from source: a step writes
// one program, which the package holds.
func Package(spec Spec) (string, error) {
	s, d, err := spec.complete()
	if err != nil {
		return "", err
	}
	base := s.Image[strings.LastIndexByte(s.Image, '/')+1:]
	name := strings.TrimPrefix(base, "pkg-")
	image := strings.TrimSuffix(s.Image, base) + "pkg-" + name
	sep := "-r0"
	if d.Family == "debian" {
		sep = "-0"
	}
	tail := "-" + d.Tag()
	tagList := list(s.Version+tail, s.Version+sep+tail)
	if d.Family == "debian" && d.Release == "13" {
		tagList = list(s.Version+sep, s.Version+sep+tail)
	}
	vars := versions(s.Version)
	put(vars, "PACKAGE_NAME", str(name))
	put(vars, "REL", str("0"))
	repos, keys := repositories(d)
	script := "set -eux -o pipefail\n\nmkdir -p \"${target.dir}/usr/bin\"\nprintf '#!/bin/sh\\necho " + name + "\\n' > \"${target.dir}/usr/bin/" + name + "\"\nchmod 0755 \"${target.dir}/usr/bin/" + name + "\"\n"
	runs := str(script)
	runs.Style = yaml.LiteralStyle
	install := []string{"busybox"}
	if d.Family == "debian" {
		install = []string{"bash", "coreutils"}
	}
	stage := mapping(
		"name", str(name),
		"contents", mapping("packages", list(append(install, s.Packages...)...)),
		"pipeline", seq(
			mapping("name", str("build"), "runs", runs),
			mapping("uses", str("dhi/build-pkg:0"), "with", mapping(
				"description", str(s.Name), "files", list("usr/bin/"+name), "license", str(s.License), "name", str(name),
				"rel", num(0), "url", str("https://example.com/"+name), "version", str(s.Version))),
		),
	)
	root := mapping(
		"image", str(image), "variant", str("runtime"),
		"tags", tagList,
		"platforms", list("linux/amd64", "linux/arm64"),
		"vars", vars,
		"contents", mapping("repositories", list(repos...), "keyring", list(keys...), "packages", list(basePackages(d, false)[0]), "builds", seq(stage)),
		"os-release", osRelease(d),
	)
	return write("dhi.io/build:2-"+d.Tag(), root)
}
