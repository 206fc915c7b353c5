// Package version orders package versions as the package managers do:
// Debian's as dpkg, Alpine's as apk-tools 3.
package version

import "strings"

// Op is the set of outcomes of a comparison that a constraint accepts.
type Op uint8

// The bits of an Op. Fuzzy (apk's ~) makes a version equal to each of its
// prefixes: 3.6.9 is ~3.6.
const (
	Less Op = 1 << iota
	Equal
	Greater
	Fuzzy

	// Any accepts every version; it is the Op of a bare name.
	Any = Less | Equal | Greater
)

// String writes the operator as apk does; Any is empty.
func (o Op) String() string {
	if o == Any || o == 0 {
		return ""
	}
	var b strings.Builder
	if o&Greater != 0 {
		b.WriteByte('>')
	}
	if o&Less != 0 {
		b.WriteByte('<')
	}
	switch {
	case o&Fuzzy != 0:
		b.WriteByte('~')
	case o&Equal != 0:
		b.WriteByte('=')
	}
	return b.String()
}

// Constraint limits the versions of a package. The zero value accepts nothing
// said, that is every version.
type Constraint struct {
	Op      Op
	Version string
}

// Unbound says that the constraint accepts every version.
func (c Constraint) Unbound() bool { return c.Op == 0 || c.Op == Any }

// Scheme is a package manager's order of versions.
type Scheme uint8

const (
	Debian Scheme = iota
	Alpine
)

// Compare returns -1, 0 or 1. It is a total order on valid versions; invalid
// ones compare too, without a promise about their place.
func (s Scheme) Compare(a, b string) int {
	if s == Alpine {
		return CompareAlpine(a, b)
	}
	return CompareDebian(a, b)
}

// Valid says whether v is a version of the scheme.
func (s Scheme) Valid(v string) bool {
	if s == Alpine {
		return ValidAlpine(v)
	}
	return ValidDebian(v) == nil
}

// Satisfies says whether version have meets c.
func (s Scheme) Satisfies(have string, c Constraint) bool {
	if c.Unbound() {
		return true
	}
	if s == Alpine {
		return satisfiesAlpine(have, c)
	}
	return c.Op&outcome(CompareDebian(have, c.Version)) != 0
}

func outcome(r int) Op {
	switch {
	case r < 0:
		return Less
	case r > 0:
		return Greater
	}
	return Equal
}
