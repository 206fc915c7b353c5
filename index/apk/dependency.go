// Package apk reads Alpine's package indexes and the relations in them, and
// verifies their signatures.
package apk

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// Dependency is one word of a D:, p: or i: field, or of apk's world file:
// [!]name[@tag][operator version].
type Dependency struct {
	Name       string
	Tag        string // pinned repository, without @
	Constraint version.Constraint
	Conflict   bool // !name: the thing must not be there
}

// ParseDependency reads one word as apk reads its world: the version must be
// one.
func ParseDependency(word string) (Dependency, error) {
	d, err := parseDependency(word)
	if err == nil && d.Constraint.Op != 0 && !version.ValidAlpine(d.Constraint.Version) {
		err = fmt.Errorf("%q: %q is not a version", word, d.Constraint.Version)
	}
	return d, err
}

func parseDependency(word string) (Dependency, error) {
	var d Dependency
	rest, conflict := strings.CutPrefix(word, "!")
	d.Conflict = conflict
	end := strings.IndexAny(rest, "<>=~@")
	if end < 0 {
		end = len(rest)
	}
	d.Name, rest = rest[:end], rest[end:]
	if d.Name == "" {
		return d, fmt.Errorf("%q has no name: expected name, name@tag or name=version", word)
	}
	if tagged, ok := strings.CutPrefix(rest, "@"); ok {
		end := strings.IndexAny(tagged, "<>=~@")
		if end < 0 {
			end = len(tagged)
		}
		d.Tag, rest = tagged[:end], tagged[end:]
		if d.Tag == "" {
			return d, fmt.Errorf("%q has an empty tag after @", word)
		}
	}
	if rest == "" {
		return d, nil
	}
	op, v := cutOperator(rest)
	// apk takes name@tag after the version too.
	if bare, tag, ok := strings.Cut(v, "@"); ok && d.Tag == "" {
		v, d.Tag = bare, tag
		if tag == "" || strings.ContainsAny(tag, "<>=~@") {
			return d, fmt.Errorf("%q has a malformed tag after @", word)
		}
	}
	d.Constraint = version.Constraint{Op: op, Version: v}
	if op == 0 {
		return d, fmt.Errorf("%q has a malformed operator: expected one of = < <= > >= ~ <~ >~", word)
	}
	return d, nil
}

var operators = map[string]version.Op{
	"=": version.Equal, "<": version.Less, ">": version.Greater,
	"<=": version.Less | version.Equal, ">=": version.Greater | version.Equal,
	"=<": version.Less | version.Equal, "=>": version.Greater | version.Equal,
	"~": version.Fuzzy, "=~": version.Fuzzy, "~=": version.Fuzzy,
	"<~": version.Less | version.Fuzzy, ">~": version.Greater | version.Fuzzy,
	"~<": version.Less | version.Fuzzy, "~>": version.Greater | version.Fuzzy,
	"><": version.Any, // a package by checksum, in installed databases only
}

func cutOperator(s string) (version.Op, string) {
	n := 0
	for n < len(s) && strings.IndexByte("<>=~", s[n]) >= 0 {
		n++
	}
	return operators[s[:n]], s[n:]
}

// String writes the dependency as apk does.
func (d Dependency) String() string {
	var b strings.Builder
	if d.Conflict {
		b.WriteByte('!')
	}
	b.WriteString(d.Name)
	if d.Tag != "" {
		b.WriteString("@" + d.Tag)
	}
	if !d.Constraint.Unbound() {
		b.WriteString(d.Constraint.Op.String() + d.Constraint.Version)
	}
	return b.String()
}

// ParseDependencies reads a whole field of an index. Versions there need not be
// valid (Alpine 3.16 has opensmtpd 6.8.0p2-r4): apk compares them all the same.
// A word that cannot be read is left out, as a later apk may have a grammar of
// its own; the number of such words is returned.
func ParseDependencies(field string) ([]Dependency, int) {
	words := strings.Fields(field)
	list := make([]Dependency, 0, len(words))
	skipped := 0
	for _, w := range words {
		d, err := parseDependency(w)
		if err != nil {
			skipped++
			continue
		}
		list = append(list, d)
	}
	return list, skipped
}

// Names tells the names that a package provides and those that start its
// install_if.
func Names(p *record.Package, provides, installIf func(name string)) {
	for word := range strings.FieldsSeq(p.Provides) {
		if d, err := parseDependency(word); err == nil {
			provides(d.Name)
		}
	}
	for word := range strings.FieldsSeq(p.InstallIf) {
		if d, err := parseDependency(word); err == nil && !d.Conflict {
			installIf(d.Name)
		}
	}
}
