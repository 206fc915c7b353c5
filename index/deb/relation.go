// Package deb reads Debian's repository indexes and the relations in them,
// and verifies their signatures.
package deb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/version"
)

// Relation is one alternative of a dependency: name[:qualifier] [(op version)]
// [[architectures]] [<profiles>].
type Relation struct {
	Name       string
	Qualifier  string // the architecture after the colon: any, native, amd64
	Constraint version.Constraint
}

// String writes the relation in Debian's form.
func (r Relation) String() string {
	s := r.Name
	if r.Qualifier != "" {
		s += ":" + r.Qualifier
	}
	if r.Constraint.Unbound() {
		return s
	}
	return s + " (" + operatorText(r.Constraint.Op) + " " + r.Constraint.Version + ")"
}

// operatorText differs from apk's for the strict ones: << and >>.
func operatorText(o version.Op) string {
	switch o {
	case version.Less:
		return "<<"
	case version.Greater:
		return ">>"
	}
	if o&version.Less != 0 {
		return "<="
	}
	return o.String()
}

var operators = map[string]version.Op{
	"<<": version.Less, "<=": version.Less | version.Equal, "=": version.Equal,
	">=": version.Greater | version.Equal, ">>": version.Greater,
	// Deprecated forms, which dpkg still reads as the non-strict ones.
	"<": version.Less | version.Equal, ">": version.Greater | version.Equal,
}

// ParseRelation reads one alternative. keep is false when its architecture
// list rules it out for arch.
func ParseRelation(text, arch string) (r Relation, keep bool, err error) {
	s := strings.TrimSpace(text)
	end := strings.IndexAny(s, " \t\n([<")
	if end < 0 {
		end = len(s)
	}
	name := s[:end]
	s = strings.TrimSpace(s[end:])
	r.Name, r.Qualifier, _ = strings.Cut(name, ":")
	if r.Name == "" {
		return r, false, fmt.Errorf("relation %q has no package name", text)
	}
	if strings.HasPrefix(s, "(") {
		inner, after, ok := strings.Cut(s[1:], ")")
		if !ok {
			return r, false, fmt.Errorf("relation %q lacks its closing parenthesis", text)
		}
		if r.Constraint, err = parseConstraint(inner); err != nil {
			return r, false, fmt.Errorf("relation %q: %w", text, err)
		}
		s = strings.TrimSpace(after)
	}
	if strings.HasPrefix(s, "[") {
		inner, _, ok := strings.Cut(s[1:], "]")
		if !ok {
			return r, false, fmt.Errorf("relation %q lacks its closing bracket", text)
		}
		return r, forArchitecture(strings.Fields(inner), arch), nil
	}
	return r, true, nil
}

func parseConstraint(s string) (version.Constraint, error) {
	s = strings.TrimSpace(s)
	n := 0
	for n < len(s) && strings.IndexByte("<>=", s[n]) >= 0 {
		n++
	}
	op, known := operators[s[:n]]
	v := strings.TrimSpace(s[n:])
	switch {
	case n == 0:
		op = version.Equal
	case !known:
		return version.Constraint{}, fmt.Errorf("%q is no operator: expected << <= = >= >>", s[:n])
	}
	if v == "" {
		return version.Constraint{}, fmt.Errorf("the version is missing")
	}
	return version.Constraint{Op: op, Version: v}, nil
}

func forArchitecture(list []string, arch string) bool {
	if len(list) == 0 {
		return true
	}
	negative := strings.HasPrefix(list[0], "!")
	match := slices.ContainsFunc(list, func(a string) bool {
		a = strings.TrimPrefix(a, "!")
		return a == arch || a == "any" || a == "linux-any" || a == "any-"+arch
	})
	return match != negative
}

// ParseRelations reads a whole field: groups of alternatives. A group that
// cannot be read is left out, and the number of such groups returned.
func ParseRelations(field, arch string) (groups [][]Relation, skipped int) {
	if strings.TrimSpace(field) == "" {
		return nil, 0
	}
	for group := range strings.SplitSeq(field, ",") {
		if strings.TrimSpace(group) == "" {
			continue
		}
		alternatives, err := parseGroup(group, arch)
		if err != nil {
			skipped++
			continue
		}
		if len(alternatives) > 0 {
			groups = append(groups, alternatives)
		}
	}
	return groups, skipped
}

func parseGroup(group, arch string) ([]Relation, error) {
	var alternatives []Relation
	for text := range strings.SplitSeq(group, "|") {
		r, keep, err := ParseRelation(text, arch)
		if err != nil {
			return nil, err
		}
		if keep {
			alternatives = append(alternatives, r)
		}
	}
	return alternatives, nil
}
