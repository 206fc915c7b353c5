// Package workspacetest makes workspaces that look like a catalog, for
// benchmarks and for tests that need many files: images with runtime and dev
// variants for two distributions, the packages that they take as artifacts, and
// charts of the images, with references between them.
package workspacetest

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// A group is what refers to each other: two images of eight definitions, their
// packages and a chart.
const (
	groupPackages = 15
	groupImages   = 2
	// GroupSize is how many definitions a group has.
	GroupSize = groupPackages + groupImages*4 + 1
)

// File is one file of a workspace.
type File struct {
	// Path is below the root of the workspace, with forward slashes.
	Path, Content string
}

// Group are the files of a group of GroupSize definitions: the definitions
// first.
func Group(n int) []File {
	var defs, more []File
	for i := range groupPackages {
		defs = append(defs, packageFile(n, i))
	}
	for i := range groupImages {
		name := imageName(n, i)
		for _, d := range dists {
			defs = append(defs, File{imagePath(name, d, ""), imageOf(n, i, d, false)}, File{imagePath(name, d, "-dev"), imageOf(n, i, d, true)})
		}
		more = append(more, about("image/"+name, name)...)
	}
	name := imageName(n, 0)
	defs = append(defs, File{"chart/" + name + "/helm/1.yaml", chartOf(n)})
	more = append(more, about("chart/"+name, name+" Helm chart")...)
	more = append(more, File{"chart/" + name + "/config/values.yaml", values})
	return append(defs, more...)
}

// Write makes a workspace of at least the number of definitions below root,
// and tells how many it has.
func Write(root string, definitions int) (int, error) {
	n := 0
	for group := 0; n < definitions; group++ {
		for _, f := range Group(group) {
			if err := WriteFile(root, f); err != nil {
				return n, err
			}
		}
		n += GroupSize
	}
	return n, nil
}

// WriteFile writes one file below root.
func WriteFile(root string, f File) error {
	path := filepath.Join(root, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(f.Content), 0o644)
}

// Nonroot are the users and groups of an image, below accounts.
const Nonroot = `  users:
    - name: nonroot
      uid: 65532
      gid: 65532
  groups:
    - name: nonroot
      gid: 65532
      members:
        - nonroot
`

// Debian13 is the os-release of an image for that distribution.
const Debian13 = `os-release:
  name: Docker Hardened Images (Debian)
  id: debian
  version-id: "13"
  version-codename: trixie
  pretty-name: Docker Hardened Images/Debian GNU/Linux 13 (trixie)
  home-url: https://docker.com/products/hardened-images/
  bug-report-url: https://docker.com/support/
`

type dist struct{ family, release, directive, osRelease, repositories, base string }

var dists = []dist{
	{"alpine", "alpine-3.23", "alpine3.23", `os-release:
  name: Docker Hardened Images (Alpine)
  id: alpine
  version-id: "3.23"
  pretty-name: Docker Hardened Images/Alpine Linux v3.23
  home-url: https://docker.com/products/hardened-images/
  bug-report-url: https://docker.com/support/
`, `  repositories:
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/main
    - https://dl-cdn.alpinelinux.org/alpine/v3.23/community
`, "alpine-baselayout-data"},
	{"debian", "debian-13", "debian13", Debian13, "", "base-files"},
}

func imageName(group, i int) string { return fmt.Sprintf("app-%d-%c", group, 'a'+i) }

func imagePath(image string, d dist, suffix string) string {
	return "image/" + image + "/" + d.release + "/1" + suffix + ".yaml"
}

func packageName(group, i int) string { return fmt.Sprintf("lib-%d-%c", group, 'a'+i) }

// distOf is the distribution that a package is built for: the first half for
// Alpine, the rest for Debian.
func distOf(i int) dist { return dists[min(1, i/8)] }

func digest(of string) string {
	const hex = "0123456789abcdef"
	h := uint64(14695981039346656037)
	var b strings.Builder
	for i := range 64 {
		for _, c := range []byte(of) {
			h = (h ^ uint64(c)) * 1099511628211
		}
		b.WriteByte(hex[(h>>uint(i%32))&15])
	}
	return "sha256:" + b.String()
}

func artifact(group, i int) string {
	d := distOf(i)
	name := fmt.Sprintf("pkg-%s:1.4.2-%s", packageName(group, i), d.directive)
	return name + "@" + digest(name)
}

func packageFile(group, i int) File {
	d, name := distOf(i), packageName(group, i)
	version, kind := "1.4.2-r3", "apk"
	if d.family == "debian" {
		version, kind = "1.4.2-3", "deb"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# syntax=dhi.io/build:2-%[1]s

image: dhi.io/pkg-%[2]s
variant: runtime
tags:
  - 1.4.2-%[1]s
  - %[3]s-%[1]s
platforms:
  - linux/amd64
  - linux/arm64
vars:
  PACKAGE_NAME: main/%[2]s
  REL: "3"
  VERSION: 1.4.2
contents:
%[4]s  packages:
    - %[5]s
  builds:
    - name: build
      work-dir: ${source.dir}/%[2]s
      contents:
        packages:
          - bash
          - coreutils
          - make
          - pkgconf
        files:
          - url: git+https://git.example.com/sample/%[2]s.git#0123456789abcdef0123456789abcdef01234567
            path: ${source.dir}/%[2]s
            uid: 0
            gid: 0
          - url: https://download.example.com/%[2]s/%[2]s-1.4.2.tar.xz
            checksum: %[6]s
            path: /var/cache/distfiles/%[2]s-1.4.2.tar.xz
            uid: 0
            gid: 0
      pipeline:
        - name: build
          runs: |
            set -eux -o pipefail

            ./configure --prefix=/usr --sysconfdir=/etc --localstatedir=/var \
              --disable-static --enable-shared
            make -j"$(nproc)"
            make DESTDIR="${target.dir}" install
            for doc in README.md CHANGES.md; do
              install -D -m 0644 "$doc" "${target.dir}/usr/share/doc/%[2]s/$doc"
            done
      outputs:
        - source: ${target.dir}/usr
          target: /usr
          uid: 0
          gid: 0
`, d.directive, name, version, d.repositories, d.base, digest(name))
	b.WriteString(d.osRelease)
	return File{fmt.Sprintf("package/%s/main/%s/%s/1.yaml", kind, name, d.release), b.String()}
}

func imageOf(group, i int, d dist, dev bool) string {
	name, variant, suffix, title := imageName(group, i), "runtime", "", ""
	if dev {
		variant, suffix, title = "dev", "-dev", " (dev)"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# syntax=dhi.io/build:2-%[1]s

name: App %[2]d %[3]s 1.x%[4]s
image: dhi.io/%[5]s
variant: %[6]s
tags:
  - 1-%[1]s%[7]s
  - 1.4-%[1]s%[7]s
  - 1.4.2-%[1]s%[7]s
platforms:
  - linux/amd64
  - linux/arm64
dates:
  release: "2025-02-03"
vars:
  SEMVER_MAJOR_MINOR_VERSION: "1.4"
  SEMVER_MAJOR_VERSION: "1"
  SEMVER_VERSION: 1.4.2
  VERSION: 1.4.2
contents:
%[8]s  packages:
`, d.directive, group, strings.ToUpper(name[len(name)-1:]), title, name, variant, suffix, d.repositories)
	packages := []string{"ca-certificates", "tzdata"}
	switch {
	case dev && d.family == "alpine":
		packages = []string{"apk-tools", "bash", "busybox", "ca-certificates", "coreutils", "findutils", "tzdata"}
	case dev:
		packages = []string{"apt", "bash", "ca-certificates", "coreutils", "dpkg", "findutils", "tzdata"}
	}
	packages = append(packages, d.base)
	sort.Strings(packages)
	for _, p := range packages {
		b.WriteString("    - " + p + "\n")
	}
	b.WriteString("  artifacts:\n")
	first := i * 4
	if d.family == "debian" {
		first = 8 + i*3
	}
	for k := range 3 {
		fmt.Fprintf(&b, "    - name: dhi.io/%s\n      includes:\n        - usr/**\n      uid: 0\n      gid: 0\n", artifact(group, first+k))
	}
	if dev {
		b.WriteString("accounts:\n  root: true\n  run-as: root\n")
	} else {
		b.WriteString("accounts:\n  run-as: nonroot\n")
	}
	b.WriteString(Nonroot)
	b.WriteString(d.osRelease)
	b.WriteString("environment:\n")
	if dev && d.family == "debian" {
		b.WriteString("  DEBIAN_FRONTEND: noninteractive\n")
	}
	fmt.Fprintf(&b, `  APP_HOME: /opt/%[1]s
  APP_VERSION: 1.4.2
  PATH: /opt/%[1]s/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
paths:
  - type: directory
    path: /opt/%[1]s
    uid: 65532
    gid: 65532
    mode: "0755"
ports:
  - 8080/tcp
annotations:
  org.opencontainers.image.description: A sample of many
  org.opencontainers.image.licenses: Apache-2.0
entrypoint:
  - /usr/bin/%[1]s
`, name)
	return b.String()
}

func chartOf(group int) string {
	name := imageName(group, 0)
	tag := "1.4.2-" + dists[1].directive
	ref := name + ":" + tag
	return fmt.Sprintf(`# syntax=dhi.io/build:2-helm3

name: App %[1]d A Helm chart 1.x
image: dhi.io/%[2]s-chart
variant: helm
tags:
  - 1.4.2
platforms:
  - linux/amd64
vars:
  APP_REFERENCE: dhi/%[3]s@%[4]s
  SEMVER_VERSION: 1.4.2
  VERSION: 1.4.2
contents:
  builds:
    - name: %[2]s-chart
      contents:
        packages:
          - bash
          - coreutils
        files:
          - url: git+https://git.example.com/sample/charts.git#0123456789abcdef0123456789abcdef01234567
            path: ${source.dir}/charts
            uid: 0
            gid: 0
      pipeline:
        - name: prepare chart
          uses: helm/rudder@v1
          work-dir: ${source.dir}/charts/app
          with:
            chart:
              appRef: app
              images:
                - name: app
                  ref: dhi/%[3]s@%[4]s
              name: %[2]s-chart
              sourceUrl: https://git.example.com/sample/charts
            cmd: prepare
            registry: dhi.io
        - name: package
          uses: helm/package@v1
          work-dir: ${source.dir}/charts
          with:
            chart: app
      paths:
        - type: directory
          path: ${source.dir}/config
          uid: 0
          gid: 0
          mode: "0644"
          source: chart/%[2]s/config
`, group, name, ref, digest(ref))
}

const values = `image:
  registry: ${app.registry}
  repository: ${app.repository}
  tag: ${app.tag}@${app.digest}

securityContext:
  runAsUser: 65532
  runAsNonRoot: true
`

// about are the files that readers of a catalog see.
func about(dir, name string) []File {
	return []File{
		{dir + "/info.yaml", "metadata:\n  display-name: " + name + "\n  short-description: A sample of many.\n  featured: false\n  home-url: https://git.example.com/" + dir + "\n  categories:\n    - developer-tools\n"},
		{dir + "/overview.md", name + "\n"},
		{dir + "/guides.md", name + "\n"},
	}
}
