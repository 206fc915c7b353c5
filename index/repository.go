// Package index answers questions about the packages of repositories from
// cached indexes: which there are, in which versions, on which platforms, what
// they need, and what a selection of them installs. Reading the cache never
// touches the network; Update does.
package index

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// The families of repositories.
const (
	Alpine = record.Alpine
	Debian = record.Debian
)

// Family is the kind of a repository.
type Family = record.Family

// Repository is what one line of a definition's repositories names.
type Repository struct {
	Family     Family
	URL        string   // without a slash at its end
	Suite      string   // Debian: the release, or the path of a flat repository
	Components []string // Debian; empty for a flat repository
	Flat       bool     // Debian: Packages lies beside Release, there are no components
	Arches     []string // Debian's arch= option, in Debian's names; empty means all
	SignedBy   string   // Debian's signed-by option
	Trusted    bool     // Debian's trusted=yes
	Tag        string   // Alpine's @tag
	// Builtin marks a repository that the frontend adds by itself.
	Builtin bool
}

// ParseRepository reads a line, whose variables have been replaced before.
func ParseRepository(family Family, line string) (Repository, error) {
	line = strings.TrimSpace(line)
	if strings.Contains(line, "${") {
		return Repository{}, fmt.Errorf("repository %q holds a variable that is not known", line)
	}
	if family == Alpine {
		return parseAlpine(line)
	}
	return parseDebian(line)
}

func parseAlpine(line string) (Repository, error) {
	r := Repository{Family: Alpine}
	words := strings.Fields(line)
	if len(words) == 2 && strings.HasPrefix(words[0], "@") {
		r.Tag, words = words[0][1:], words[1:]
	}
	if len(words) != 1 {
		return r, fmt.Errorf("repository %q: expected one URL, such as https://example.org/alpine/v3.23/main", line)
	}
	var err error
	r.URL, err = cleanURL(words[0])
	return r, err
}

func parseDebian(line string) (Repository, error) {
	r := Repository{Family: Debian}
	rest, ok := strings.CutPrefix(line, "deb ")
	if !ok {
		return r, fmt.Errorf("repository %q: expected deb [options] URL suite component", line)
	}
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "[") {
		options, after, ok := strings.Cut(rest[1:], "]")
		if !ok {
			return r, fmt.Errorf("repository %q: the options lack their closing bracket", line)
		}
		r.setOptions(options)
		rest = after
	}
	words := strings.Fields(rest)
	if len(words) < 2 {
		return r, fmt.Errorf("repository %q: expected a URL and a suite", line)
	}
	var err error
	if r.URL, err = cleanURL(words[0]); err != nil {
		return r, err
	}
	r.Suite, r.Components = words[1], words[2:]
	r.Flat = strings.HasSuffix(r.Suite, "/")
	switch {
	case r.Flat && len(r.Components) > 0:
		return r, fmt.Errorf("repository %q: a suite that ends in a slash takes no components", line)
	case !r.Flat && len(r.Components) == 0:
		return r, fmt.Errorf("repository %q: expected a component, such as main, after the suite %s", line, r.Suite)
	case slices.Contains(strings.Split(r.Suite, "/"), ".."):
		return r, fmt.Errorf("repository %q: the suite leaves the repository", line)
	}
	return r, nil
}

func (r *Repository) setOptions(text string) {
	for _, option := range strings.Fields(text) {
		key, value, _ := strings.Cut(option, "=")
		switch key {
		case "arch":
			r.Arches = strings.Split(value, ",")
		case "signed-by":
			r.SignedBy = value
		case "trusted":
			r.Trusted = value == "yes"
		}
	}
}

func cleanURL(text string) (string, error) {
	if strings.HasPrefix(text, "/") {
		text = "file://" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%q is not a URL: %w", text, err)
	}
	switch {
	case u.Scheme == "file" && strings.HasPrefix(u.Path, "/"):
		return "file://" + strings.TrimRight(u.EscapedPath(), "/"), nil
	case u.Scheme != "http" && u.Scheme != "https":
		return "", fmt.Errorf("%q: expected an http, https or file URL", text)
	case u.Host == "":
		return "", fmt.Errorf("%q names no host", text)
	}
	u.Host = strings.ToLower(u.Host)
	return strings.TrimRight(u.String(), "/"), nil
}

// Host is the repository's host; empty for a folder.
func (r Repository) Host() string {
	u, err := url.Parse(r.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// String is the repository as a definition's line, without its options.
func (r Repository) String() string {
	if r.Family == Alpine {
		return r.URL
	}
	return strings.Join(append([]string{"deb", r.URL, r.Suite}, r.Components...), " ")
}

// Validate reports a repository that was not made by ParseRepository.
func (r Repository) Validate() error {
	if r.Family != Alpine && r.Family != Debian || r.URL == "" {
		return errors.New("a repository needs a family and a URL")
	}
	return nil
}

// Codenames are Debian's releases by number.
var codenames = map[string]string{"11": "bullseye", "12": "bookworm", "13": "trixie", "14": "forky", "15": "duke"}

// Codename is the name of a Debian release such as 13; empty when unknown.
func Codename(release string) string { return codenames[release] }

// Archives are the base URLs of the Debian archive and its security archive.
type Archives struct{ Main, Security string }

// DebianDefaults are the repositories that the frontend gives to a definition
// of a Debian release: main, its updates and its security updates.
func DebianDefaults(a Archives, codename string) []Repository {
	list := []Repository{
		{URL: a.Main, Suite: codename},
		{URL: a.Main, Suite: codename + "-updates"},
		{URL: a.Security, Suite: codename + "-security"},
	}
	for i := range list {
		list[i].Family, list[i].Components, list[i].Builtin = Debian, []string{"main"}, true
		list[i].URL = strings.TrimRight(list[i].URL, "/")
	}
	return list
}

// platform ties an OCI platform to the names of the families.
type platform struct{ oci, alpine, debian string }

var platforms = []platform{
	{"amd64", "x86_64", "amd64"},
	{"arm64", "aarch64", "arm64"},
	{"arm/v7", "armv7", "armhf"},
	{"arm/v6", "armhf", "armel"},
	{"386", "x86", "i386"},
	{"ppc64le", "ppc64le", "ppc64el"},
	{"s390x", "s390x", "s390x"},
	{"riscv64", "riscv64", "riscv64"},
	{"loong64", "loongarch64", "loong64"},
}

// Arch is the family's name of an OCI platform: linux/arm64 is aarch64 to
// Alpine. The operating system and a variant that means nothing are optional.
func Arch(family Family, oci string) (string, bool) {
	oci = CleanPlatform(oci)
	for _, p := range platforms {
		if p.oci == oci {
			if family == Alpine {
				return p.alpine, true
			}
			return p.debian, true
		}
	}
	return "", false
}

// CleanPlatform cuts the operating system and arm64's only variant off:
// linux/arm64/v8 is arm64.
func CleanPlatform(oci string) string {
	oci = strings.TrimPrefix(strings.ToLower(oci), "linux/")
	if oci == "arm64/v8" {
		return "arm64"
	}
	if oci == "arm" {
		return "arm/v7"
	}
	return oci
}
