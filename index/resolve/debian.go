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
	return NewDebianArchive(repositories, r.Arch).Resolve(r)
}

// Resolve is Debian for the archive's repositories and architecture.
func (a *DebianArchive) Resolve(r Request) (Closure, []Problem) {
	s := &debSolver{debPool: newDebianPool(a), request: r, excluded: excluded(r), broken: map[string][]heldBreak{}}
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
	if s.repair() && len(failed) == 0 {
		return s.closure(), s.problems
	}
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
	rows := s.archive.rows(w.Name)
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
	for _, group := range x.depends {
		if !s.solvable(group) && !s.isMet(x, group) {
			return []string{needText(x.name, group.text), s.absent(group)}
		}
	}
	return nil
}

// makeRoom takes back what x conflicts with. What a protected package conflicts
// with is not looked at again.
func (s *debSolver) makeRoom(x *debPackage) []string {
	var why []string
	for _, r := range x.breaks {
		s.named(r.Name, func(y *debPackage) bool {
			if y == x || s.excluded.names[y.name] || !s.satisfies(y, r) {
				return true
			}
			reason := []string{fmt.Sprintf("%s conflicts with %s", x.name, y.name)}
			if y.marked && y.protected {
				why = reason
				return false
			}
			y.marked = false
			if x.protected {
				y.discarded, y.why = true, reason
			}
			return true
		})
		if why != nil {
			return why
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
			first = append([]string{needText(x.name, group.text)}, why...)
		}
		if !firm {
			break
		}
	}
	return first
}

// pending are the dependencies that nothing marked meets yet; of a firm package
// all, as what meets them is to be firm as well.
func (s *debSolver) pending(x *debPackage, firm bool) []debGroup {
	if firm {
		return x.depends
	}
	var list []debGroup
	for _, group := range x.depends {
		if !s.isMet(x, group) {
			list = append(list, group)
		}
	}
	return list
}

// meet installs the first solution of a group that can be installed. Where a
// firm package has no choice, the solution is protected.
func (s *debSolver) meet(x *debPackage, group debGroup, firm bool) []string {
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

func (s *debSolver) onlySolution(group debGroup) *debPackage {
	if list := s.solutions(group); len(list) == 1 {
		return list[0]
	}
	return nil
}

// repairRounds bounds the passes over what was left broken, as apt's does.
const repairRounds = 20

// repair looks after packages whose dependencies were taken back: what meets
// them is sought again, and where nothing does, they go themselves. It is true
// when nothing was broken.
func (s *debSolver) repair() (whole bool) {
	for round := range repairRounds {
		changed, broken := false, false
		for i := 0; i < len(s.marked); i++ { // it grows
			x := s.marked[i]
			if !x.marked {
				continue
			}
			for _, group := range x.depends {
				if s.isMet(x, group) {
					continue
				}
				broken = true
				if s.meet(x, group, x.protected) == nil {
					changed = true
				} else if !x.protected {
					x.marked, changed = false, true
					break
				}
			}
		}
		if !changed {
			return round == 0 && !broken
		}
	}
	return false
}

func (s *debSolver) isMet(by *debPackage, group debGroup) bool {
	for _, r := range group.any {
		if s.metBy(r) != nil {
			return true
		}
	}
	if !s.excluded.met || len(s.excluded.names) == 0 {
		return false
	}
	for _, x := range s.solutions(group) {
		if s.excluded.names[x.name] {
			m := Met{By: by.name, Relation: group.text, Excluded: x.name, Rule: CountsAsMet}
			if !slices.Contains(s.met, m) {
				s.met = append(s.met, m)
			}
			return true
		}
	}
	return false
}

// metBy is a marked package that meets a relation, or nil.
func (s *debSolver) metBy(r deb.Relation) *debPackage { return s.markedFor(r, nil) }

// markedFor is a marked package other than but that fits a relation, or nil.
func (s *debSolver) markedFor(r deb.Relation, but *debPackage) *debPackage {
	var found *debPackage
	s.named(r.Name, func(x *debPackage) bool {
		if x != but && x.marked && s.satisfies(x, r) {
			found = x
		}
		return found == nil
	})
	return found
}

// clash is what marked package x cannot be installed with, or nil.
func (s *debSolver) clash(x *debPackage) []string {
	for _, r := range x.breaks {
		if y := s.markedFor(r, x); y != nil {
			return []string{fmt.Sprintf("%s conflicts with %s", x.name, y.name)}
		}
	}
	return s.held(x)
}

// held is what marked package conflicts with x, or nil.
func (s *debSolver) held(x *debPackage) []string {
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
