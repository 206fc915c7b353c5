package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// debSolver marks packages as apt-get install does on an empty system: first
// everything that the selection names, then, one after the other, their
// dependencies in depth, each met by the first alternative that can be
// installed. Recommends are not followed.
//
// The words are apt's: a package is marked to be installed, kept when its mark
// is taken back, and protected when nothing may take it back. Entries are
// protected, and so is what an entry needs where there is no choice; any other
// package is protected only while its own dependencies are being met.
type debSolver struct {
	*debPool
	request  Request
	excluded exclusions
	marked   []*debPackage          // may hold some whose mark was taken back
	broken   map[string][]heldBreak // by the name that a marked package conflicts with
	met      []Met
	problems []Problem
}

// Debian resolves a selection of Debian packages. The closure holds what could
// be chosen; it is whole when there is no problem.
func Debian(repositories []Repository, r Request) (Closure, []Problem) {
	s := &debSolver{debPool: newDebianPool(repositories, r.Arch), request: r, excluded: excluded(r), broken: map[string][]heldBreak{}}
	wanted := s.names()
	for _, x := range wanted {
		x.protected = true
		s.mark(x)
	}
	failed := map[*debPackage][]string{}
	for _, x := range wanted {
		if why := s.clash(x); why != nil {
			s.report(Conflict, x, fmt.Sprintf("%s cannot be installed", x.name), why)
			failed[x] = why
		} else if why := s.install(x); why != nil {
			failed[x] = why
		}
	}
	s.repair()
	for _, x := range wanted {
		why := s.unmet(x, map[*debPackage]bool{})
		if why != nil && failed[x] != nil {
			why = failed[x] // it tells what was tried
		}
		if why != nil && !s.reported(x) {
			s.report(Unavailable, x, fmt.Sprintf("%s cannot be installed", x.name), why)
		}
	}
	return s.closure(), s.problems
}

func (s *debSolver) reported(x *debPackage) bool {
	return slices.ContainsFunc(s.problems, func(p Problem) bool { return p.Want == x.want })
}

// names finds the packages that the selection names.
func (s *debSolver) names() []*debPackage {
	for _, w := range s.request.Wants {
		if !w.Constraint.Unbound() {
			s.pinned[w.Name] = w.Constraint
		}
	}
	var list []*debPackage
	for i, w := range s.request.Wants {
		x := s.candidate(w.Name)
		if x == nil {
			x = s.onlyProvider(i, w)
		}
		if x == nil || slices.Contains(list, x) {
			continue
		}
		x.want = i
		list = append(list, x)
	}
	return list
}

// onlyProvider stands in for a virtual package that one package provides, as
// apt-get does; otherwise it reports why there is none.
func (s *debSolver) onlyProvider(i int, w Want) *debPackage {
	if w.Constraint.Unbound() {
		providers := slices.DeleteFunc(slices.Clone(s.providers(w.Name)), func(x *debPackage) bool { return s.excluded.names[x.name] })
		if len(providers) == 1 {
			return providers[0]
		}
		if len(providers) > 1 {
			names := make([]string, len(providers))
			for j, x := range providers {
				names[j] = x.name
			}
			s.problems = append(s.problems, Problem{
				Kind: Ambiguous, Want: i, Choices: names,
				Message: fmt.Sprintf("%s is a virtual package: name one of its providers, %s", w.Name, strings.Join(names, ", ")),
			})
			return nil
		}
	}
	rows := s.rows(w.Name)
	if len(rows) == 0 {
		s.problems = append(s.problems, Problem{Kind: Missing, Want: i, Message: "there is no package " + w.Name})
		return nil
	}
	versions := make([]string, len(rows))
	for j, r := range rows {
		versions[j] = r.version
	}
	s.problems = append(s.problems, Problem{
		Kind: NoVersion, Want: i,
		Message: fmt.Sprintf("no version of %s fits %s; there is %s", w.Name, w.String(), strings.Join(slices.Compact(versions), ", ")),
	})
	return nil
}

func (s *debSolver) mark(x *debPackage) {
	if x.marked {
		return
	}
	x.marked = true
	s.parse(x)
	if !x.listed {
		x.listed = true
		s.marked = append(s.marked, x)
		for _, r := range x.breaks {
			s.broken[r.Name] = append(s.broken[r.Name], heldBreak{x, r})
		}
	}
}

// heldBreak is a conflict of a package that was marked once.
type heldBreak struct {
	by       *debPackage
	relation deb.Relation
}

// install marks x and what it depends on; the result is why that fails. What
// the attempt marked beside x stays marked, as in apt.
func (s *debSolver) install(x *debPackage) []string {
	switch {
	case x.discarded:
		return x.why
	case x.marked && !x.protected:
		return nil
	case s.excluded.names[x.name]:
		return []string{x.name + " is excluded"}
	}
	why := s.satisfiable(x)
	if why == nil {
		why = s.makeRoom(x)
	}
	if why == nil {
		s.mark(x)
		why = s.follow(x)
	}
	if why != nil && !x.protected {
		x.marked, x.discarded, x.why = false, true, why
	}
	return why
}

// satisfiable looks for a dependency of x that no candidate meets.
func (s *debSolver) satisfiable(x *debPackage) []string {
	s.parse(x)
	for _, group := range x.depends {
		if len(s.solutions(group)) == 0 && !s.isMet(x, group) {
			return []string{needText(x.name, groupText(group)), s.absent(group)}
		}
	}
	return nil
}

// makeRoom takes back what x conflicts with. What a protected package conflicts
// with is not looked at again.
func (s *debSolver) makeRoom(x *debPackage) []string {
	for _, r := range x.breaks {
		for _, y := range append([]*debPackage{s.candidate(r.Name)}, s.providers(r.Name)...) {
			if y == nil || y == x || s.excluded.names[y.name] || !s.satisfies(y, r) {
				continue
			}
			if y.marked && y.protected {
				return []string{fmt.Sprintf("%s conflicts with %s", x.name, y.name)}
			}
			y.marked = false
			if x.protected {
				y.discarded, y.why = true, []string{fmt.Sprintf("%s conflicts with %s", x.name, y.name)}
			}
		}
	}
	return s.held(x)
}

// follow meets the dependencies of x, in order.
func (s *debSolver) follow(x *debPackage) []string {
	firm := x.protected
	x.protected = true
	defer func() { x.protected = firm }()
	var first []string
	for _, group := range s.pending(x, firm) {
		why := s.meet(x, group, firm)
		if why == nil {
			continue
		}
		if first == nil {
			first = append([]string{needText(x.name, groupText(group))}, why...)
		}
		if !firm {
			break
		}
	}
	return first
}

// pending are the dependencies that nothing marked meets yet; of a firm package
// all, as what meets them is to be firm as well.
func (s *debSolver) pending(x *debPackage, firm bool) [][]deb.Relation {
	if firm {
		return x.depends
	}
	var list [][]deb.Relation
	for _, group := range x.depends {
		if !s.isMet(x, group) {
			list = append(list, group)
		}
	}
	return list
}

// meet installs the first solution of a group that can be installed. Where a
// firm package has no choice, the solution is protected.
func (s *debSolver) meet(x *debPackage, group []deb.Relation, firm bool) []string {
	if s.isMet(x, group) {
		if !firm {
			return nil
		}
		only := s.onlySolution(group)
		if only == nil || only.protected || !only.marked {
			return nil
		}
		only.protected = true
		return s.install(only)
	}
	solutions := s.solutions(group)
	var first []string
	for _, y := range solutions {
		if firm && len(solutions) == 1 && !s.excluded.names[y.name] {
			y.protected = true
		}
		why := s.install(y)
		if why == nil {
			return nil
		}
		if first == nil {
			first = why
		}
	}
	if first == nil {
		return []string{s.absent(group)}
	}
	return first
}

func (s *debSolver) onlySolution(group []deb.Relation) *debPackage {
	if list := s.solutions(group); len(list) == 1 {
		return list[0]
	}
	return nil
}

// repairRounds bounds the passes over what was left broken, as apt's does.
const repairRounds = 20

// repair looks after packages whose dependencies were taken back: what meets
// them is sought again, and where nothing does, they go themselves.
func (s *debSolver) repair() {
	for range repairRounds {
		changed := false
		for i := 0; i < len(s.marked); i++ { // it grows
			x := s.marked[i]
			if !x.marked {
				continue
			}
			for _, group := range x.depends {
				if s.isMet(x, group) {
					continue
				}
				if s.meet(x, group, x.protected) == nil {
					changed = true
				} else if !x.protected {
					x.marked, changed = false, true
					break
				}
			}
		}
		if !changed {
			return
		}
	}
}

// unmet is what is missing below x, or nil; seen holds what was looked at.
func (s *debSolver) unmet(x *debPackage, seen map[*debPackage]bool) []string {
	if seen[x] {
		return nil
	}
	seen[x] = true
	if why := s.clash(x); why != nil {
		return why
	}
	for _, group := range x.depends {
		if !s.isMet(x, group) {
			return []string{needText(x.name, groupText(group)), s.absent(group)}
		}
		for _, r := range group {
			y := s.metBy(r)
			if y == nil {
				continue
			}
			if why := s.unmet(y, seen); why != nil {
				return append([]string{needText(x.name, groupText(group))}, why...)
			}
		}
	}
	return nil
}

func (s *debSolver) isMet(by *debPackage, group []deb.Relation) bool {
	for _, r := range group {
		if s.metBy(r) != nil {
			return true
		}
	}
	if !s.excluded.met || len(s.excluded.names) == 0 {
		return false
	}
	for _, x := range s.solutions(group) {
		if s.excluded.names[x.name] {
			m := Met{By: by.name, Relation: groupText(group), Excluded: x.name, Rule: CountsAsMet}
			if !slices.Contains(s.met, m) {
				s.met = append(s.met, m)
			}
			return true
		}
	}
	return false
}

// metBy is a marked package that meets a relation, or nil.
func (s *debSolver) metBy(r deb.Relation) *debPackage {
	if x := s.candidate(r.Name); x != nil && x.marked && s.satisfies(x, r) {
		return x
	}
	for _, x := range s.providers(r.Name) {
		if x.marked && s.satisfies(x, r) {
			return x
		}
	}
	return nil
}

// absent tells why a group has no solution at all.
func (s *debSolver) absent(group []deb.Relation) string {
	var parts []string
	for _, r := range group {
		if x := s.candidate(r.Name); x != nil {
			if x.discarded && len(x.why) > 0 {
				parts = append(parts, strings.Join(x.why, "; "))
			} else {
				parts = append(parts, fmt.Sprintf("%s is there as %s only", r.Name, x.version))
			}
		} else {
			parts = append(parts, fmt.Sprintf("there is no package %s", r.Name))
		}
	}
	return strings.Join(parts, ", ")
}

// clash is what marked package x cannot be installed with, or nil.
func (s *debSolver) clash(x *debPackage) []string {
	s.parse(x)
	for _, r := range x.breaks {
		if y := s.otherMarked(x, r); y != nil {
			return []string{fmt.Sprintf("%s conflicts with %s", x.name, y.name)}
		}
	}
	return s.held(x)
}

// held is what marked package conflicts with x, or nil.
func (s *debSolver) held(x *debPackage) []string {
	s.parse(x)
	names := []string{x.name}
	for _, r := range x.provides {
		names = append(names, r.Name)
	}
	for _, name := range names {
		for _, held := range s.broken[name] {
			if held.by != x && held.by.marked && s.satisfies(x, held.relation) {
				return []string{fmt.Sprintf("%s conflicts with %s", held.by.name, x.name)}
			}
		}
	}
	return nil
}

func (s *debSolver) otherMarked(x *debPackage, r deb.Relation) *debPackage {
	if y := s.candidate(r.Name); y != nil && y != x && y.marked && s.satisfies(y, r) {
		return y
	}
	for _, y := range s.providers(r.Name) {
		if y != x && y.marked && s.satisfies(y, r) {
			return y
		}
	}
	return nil
}

func groupText(group []deb.Relation) string {
	parts := make([]string, len(group))
	for i, r := range group {
		parts[i] = r.String()
	}
	return strings.Join(parts, " | ")
}

func (s *debSolver) report(kind ProblemKind, x *debPackage, message string, why []string) {
	w := s.request.Wants[x.want]
	chain := append([]string{needText("", w.String())}, why...)
	s.problems = append(s.problems, Problem{Kind: kind, Want: x.want, Message: message, Chain: chain})
}

// closure is what the selection reaches of the marked packages: what a failed
// attempt left behind goes, as apt lets it go.
func (s *debSolver) closure() Closure {
	reached := map[*debPackage][]Need{}
	var order []*debPackage
	reach := func(x *debPackage, n Need) {
		needs, known := reached[x]
		if !known {
			order = append(order, x)
		}
		if !slices.Contains(needs, n) {
			reached[x] = append(needs, n)
		}
	}
	for _, x := range s.marked {
		if x.want >= 0 {
			reach(x, Need{Relation: s.request.Wants[x.want].String()})
		}
	}
	for i := 0; i < len(order); i++ {
		by := order[i]
		for _, group := range by.depends {
			n := Need{By: by.name, Relation: groupText(group)}
			for _, r := range group {
				for _, x := range append([]*debPackage{s.candidate(r.Name)}, s.providers(r.Name)...) {
					if x != nil && x != by && x.marked && s.satisfies(x, r) {
						reach(x, n)
					}
				}
			}
		}
	}
	c := Closure{}
	for _, m := range s.met {
		// What an attempt that failed counted as met tells nothing.
		if x := s.candidate(m.By); x != nil && reached[x] != nil {
			c.Met = append(c.Met, m)
		}
	}
	for _, x := range order {
		c.Packages = append(c.Packages, Chosen{
			Name: x.name, Version: x.version, Repository: x.repo, Row: x.row, Wanted: x.want >= 0, NeededBy: reached[x],
		})
	}
	return c
}

// ParseDebianWant reads an entry of a Debian selection: name or name=version.
func ParseDebianWant(entry string) (Want, error) {
	name, v, pinned := strings.Cut(entry, "=")
	w := Want{Name: name}
	if name == "" || strings.ContainsAny(name, " \t<>~!") {
		return w, fmt.Errorf("%q is not a package entry: expected name or name=version", entry)
	}
	if pinned {
		if err := version.ValidDebian(v); err != nil {
			return w, fmt.Errorf("%q: %w", entry, err)
		}
		w.Constraint = version.Constraint{Op: version.Equal, Version: v}
	}
	return w, nil
}
