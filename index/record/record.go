// Package record holds what a repository index says about a package, in the
// same shape for Alpine and Debian.
package record

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/version"
)

// Family is the kind of a repository and of its packages.
type Family uint8

const (
	Alpine Family = iota + 1
	Debian
)

// String is the family's name as os-release and purls write it.
func (f Family) String() string {
	switch f {
	case Alpine:
		return "alpine"
	case Debian:
		return "debian"
	}
	return "unknown"
}

// Versions is the family's order of versions.
func (f Family) Versions() version.Scheme {
	if f == Alpine {
		return version.Alpine
	}
	return version.Debian
}

// Flags are yes-or-no facts about a package.
type Flags uint32

const (
	// Essential is Debian's Essential: yes.
	Essential Flags = 1 << iota
	// Important is Debian's Important (Protected) field.
	Important
	// MultiArchSame, MultiArchForeign and MultiArchAllowed are the values of
	// Debian's Multi-Arch field.
	MultiArchSame
	MultiArchForeign
	MultiArchAllowed
)

// Package is one version of a package in one index. Relations are kept as the
// index writes them; packages apk and deb read them.
type Package struct {
	Name        string
	Version     string
	Arch        string
	Description string // one line
	Origin      string // the source package
	License     string // Alpine only: Debian's indexes do not say
	Homepage    string

	Depends    string
	PreDepends string // Debian only
	Provides   string
	Conflicts  string // Debian only: Alpine writes !name in Depends
	Breaks     string // Debian only
	Replaces   string
	InstallIf  string // Alpine only

	// Weak are Debian's Recommends, Suggests and Enhances. They are not kept:
	// only the order in which names occur is, see store.Index.Born.
	Weak [3]string

	Checksum string // Alpine's C: field, which identifies the package

	Size          int64 // bytes of the package file
	InstalledSize int64 // bytes on disk
	BuildTime     int64 // seconds since 1970; 0 when the index does not say

	// Priority is Alpine's provider_priority (higher is preferred) or
	// Debian's Priority (1 required to 5 extra; lower is preferred).
	Priority int32
	Flags    Flags
}

// Clone copies the texts too: a parser's package is valid only until the next.
func (p Package) Clone() Package {
	for _, text := range []*string{
		&p.Name, &p.Version, &p.Arch, &p.Description, &p.Origin, &p.License, &p.Homepage, &p.Depends, &p.PreDepends, &p.Provides,
		&p.Conflicts, &p.Breaks, &p.Replaces, &p.InstallIf, &p.Weak[0], &p.Weak[1], &p.Weak[2], &p.Checksum,
	} {
		*text = strings.Clone(*text)
	}
	return p
}

// Limits bound what a parser takes in. The zero value means the defaults.
type Limits struct {
	Bytes    int64 // after decompression; default 1 GiB
	Packages int   // default 1,000,000
	Line     int   // bytes of one line; default 1 MiB
	Stanza   int   // bytes of one package; default 8 MiB
	Ratio    int64 // decompressed by compressed bytes; default 200
}

// WithDefaults fills in what is not set.
func (l Limits) WithDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 1 << 30
	}
	if l.Packages <= 0 {
		l.Packages = 1_000_000
	}
	if l.Line <= 0 {
		l.Line = 1 << 20
	}
	if l.Stanza <= 0 {
		l.Stanza = 8 << 20
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	return l
}

// LimitError says which limit an index broke.
type LimitError struct {
	What  string // "size", "packages", "package", "line length", "compression ratio"
	Limit int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the index exceeds the limit for its %s (%d)", e.What, e.Limit)
}

// SyntaxError is a place where an index does not follow its format.
type SyntaxError struct {
	Line    int // from 1
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }
