// Package indexedtest writes small package repositories for tests, to be read
// from their folder or served over HTTP, and opens caches of them.
package indexedtest

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
)

// Package is one package of a repository.
type Package struct {
	Name, Version string
	// Depends and Provides are relations as the family writes them.
	Depends, Provides, Conflicts string
	Description                  string
	// Size and Installed are in bytes.
	Size, Installed int64
	// Commands are the paths of its executables, which Debian's lists of files
	// have, separated by blanks.
	Commands string
	// Priority is Debian's; empty means optional.
	Priority string
	// Only holds the architecture that has the package; empty for all.
	Only string
}

// Repository is what one line of a definition names.
type Repository struct {
	Family string // alpine or debian
	// URL is the one that definitions list.
	URL string
	// Suite and Component are Debian's.
	Suite, Component string
	Packages         []Package
}

// arches that are written, in the names of the families.
var arches = map[string][]string{"alpine": {"x86_64", "aarch64"}, "debian": {"amd64", "arm64"}}

// Path is where the repository lies below the folder of a world.
func (r Repository) Path() string {
	_, rest, _ := strings.Cut(r.URL, "://")
	return filepath.FromSlash(rest)
}

// Write writes repositories below a folder and returns the mirrors that lead
// from their URLs to base, which is the folder as a path or as a URL.
func Write(dir, base string, repositories ...Repository) (map[string]string, error) {
	mirrors := map[string]string{}
	releases := map[string]map[string][]byte{}
	for _, r := range repositories {
		mirrors[r.URL] = strings.TrimSuffix(base, "/") + "/" + filepath.ToSlash(r.Path())
		for _, arch := range arches[r.Family] {
			if r.Family == "alpine" {
				if err := write(filepath.Join(dir, r.Path(), arch, "APKINDEX.tar.gz"), r.apkIndex(arch)); err != nil {
					return nil, err
				}
				continue
			}
			suite := filepath.Join(dir, r.Path(), "dists", r.Suite)
			if releases[suite] == nil {
				releases[suite] = map[string][]byte{}
			}
			name := r.Component + "/binary-" + arch + "/Packages.gz"
			releases[suite][name] = gzipped([]byte(r.debPackages(arch)))
			if list := r.contents(arch); list != "" {
				releases[suite][r.Component+"/Contents-"+arch+".gz"] = gzipped([]byte(list))
			}
		}
	}
	for suite, files := range releases {
		if err := writeRelease(suite, files); err != nil {
			return nil, err
		}
	}
	return mirrors, nil
}

func write(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

func writeRelease(suite string, files map[string][]byte) error {
	var b strings.Builder
	name := filepath.Base(suite)
	fmt.Fprintf(&b, "Origin: Test\nSuite: %s\nCodename: %s\nDate: %s\nArchitectures: amd64 arm64\nComponents: main\n", name, name, time.Now().UTC().Format(time.RFC1123))
	if strings.Contains(name, "backports") {
		b.WriteString("NotAutomatic: yes\nButAutomaticUpgrades: yes\n")
	}
	b.WriteString("SHA256:\n")
	for path, data := range files {
		fmt.Fprintf(&b, " %x %d %s\n", sha256.Sum256(data), len(data), path)
		if err := write(filepath.Join(suite, filepath.FromSlash(path)), data); err != nil {
			return err
		}
	}
	return write(filepath.Join(suite, "Release"), []byte(b.String()))
}

func (r Repository) apkIndex(arch string) []byte {
	var b strings.Builder
	for _, p := range r.Packages {
		if p.Only != "" && p.Only != arch {
			continue
		}
		fmt.Fprintf(&b, "P:%s\nV:%s\nA:%s\nS:%d\nI:%d\nT:%s\n", p.Name, p.Version, arch, p.Size, p.Installed, p.Description)
		field(&b, "D:", p.Depends)
		field(&b, "p:", p.Provides)
		b.WriteString("\n")
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for name, content := range map[string]string{"DESCRIPTION": "test", "APKINDEX": b.String()} {
		_ = w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), ModTime: time.Now()})
		_, _ = w.Write([]byte(content))
	}
	_ = w.Close() // into memory
	return gzipped(archive.Bytes())
}

func (r Repository) debPackages(arch string) string {
	var b strings.Builder
	for _, p := range r.Packages {
		if p.Only != "" && p.Only != arch {
			continue
		}
		fmt.Fprintf(&b, "Package: %s\nVersion: %s\nArchitecture: %s\nInstalled-Size: %d\nSize: %d\nPriority: %s\n",
			p.Name, p.Version, arch, p.Installed>>10, p.Size, cmp.Or(p.Priority, "optional"))
		field(&b, "Depends: ", p.Depends)
		field(&b, "Provides: ", p.Provides)
		field(&b, "Conflicts: ", p.Conflicts)
		fmt.Fprintf(&b, "Description: %s\nFilename: pool/%s.deb\n\n", p.Description, p.Name)
	}
	return b.String()
}

// contents is Debian's list of files.
func (r Repository) contents(arch string) string {
	var lines []string
	for _, p := range r.Packages {
		for path := range strings.FieldsSeq(p.Commands) {
			if p.Only == "" || p.Only == arch {
				lines = append(lines, strings.TrimPrefix(path, "/")+"  misc/"+p.Name+"\n")
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func field(b *strings.Builder, name, value string) {
	if value != "" {
		b.WriteString(name + value + "\n")
	}
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data)
	_ = w.Close() // into memory
	return b.Bytes()
}

// Open writes repositories below dir, reads them into a cache there for both
// platforms, and opens a source of it. A repository without packages is left
// out of the cache.
func Open(dir string, o indexed.Options, repositories ...Repository) (*indexed.Source, error) {
	var filled []Repository
	for _, r := range repositories {
		if len(r.Packages) > 0 {
			filled = append(filled, r)
		}
	}
	folder := filepath.Join(dir, "repositories")
	mirrors, err := Write(folder, "file://"+filepath.ToSlash(folder), filled...)
	if err != nil {
		return nil, err
	}
	cache, err := index.OpenWith(filepath.Join(dir, "cache"), index.Options{Now: o.Now})
	if err != nil {
		return nil, err
	}
	source := indexed.New(cache, o)
	consent := indexed.Consent{Mirrors: mirrors, Offline: true, Contents: true}
	for _, outcome := range source.Update(context.Background(), indexed.Plan{Jobs: jobs(filled)}, consent, indexed.UpdateOptions{}) {
		if outcome.Err != nil {
			return nil, fmt.Errorf("%s: %w", outcome.Source, outcome.Err)
		}
	}
	return source, nil
}

func jobs(repositories []Repository) []indexed.Job {
	var list []indexed.Job
	for _, r := range repositories {
		family := index.Alpine
		one := index.Repository{Family: family, URL: r.URL}
		if r.Family == "debian" {
			one = index.Repository{Family: index.Debian, URL: r.URL, Suite: r.Suite, Components: []string{r.Component}}
		}
		list = append(list, indexed.Job{Repositories: []index.Repository{one}, Platforms: []string{"linux/amd64", "linux/arm64"}})
	}
	return list
}

// DebianBase are the repositories that every Debian scope has, with the
// packages in the first and something in the others.
func DebianBase(codename string, list ...Package) []Repository {
	a := indexed.DebianArchives
	filler := []Package{{Name: "filler", Version: "1"}}
	return []Repository{
		{Family: "debian", URL: a.Main, Suite: codename, Component: "main", Packages: list},
		{Family: "debian", URL: a.Main, Suite: codename + "-updates", Component: "main", Packages: filler},
		{Family: "debian", URL: a.Security, Suite: codename + "-security", Component: "main", Packages: filler},
	}
}

// Scope is a scope of both platforms.
func Scope(family, release string, repositories ...string) packages.Scope {
	return packages.Scope{Family: family, Release: release, Repositories: repositories, Platforms: []string{"linux/amd64", "linux/arm64"}}
}
