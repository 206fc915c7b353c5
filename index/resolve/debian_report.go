package resolve

import (
	"fmt"
	"slices"
	"strings"
)

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
			return []string{needText(x.name, group.text), s.absent(group)}
		}
		for _, r := range group.any {
			y := s.metBy(r)
			if y == nil {
				continue
			}
			if why := s.unmet(y, seen); why != nil {
				return append([]string{needText(x.name, group.text)}, why...)
			}
		}
	}
	return nil
}

// absent tells why a group has no solution at all.
func (s *debSolver) absent(group debGroup) string {
	var parts []string
	for _, r := range group.any {
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

func (s *debSolver) reported(x *debPackage) bool {
	return slices.ContainsFunc(s.problems, func(p Problem) bool { return p.Want == x.want })
}

func (s *debSolver) report(kind ProblemKind, x *debPackage, message string, why []string) {
	w := s.request.Wants[x.want]
	chain := append([]string{needText("", w.String())}, why...)
	s.problems = append(s.problems, Problem{Kind: kind, Want: x.want, Message: message, Chain: chain})
}

// closure is what the selection reaches of the marked packages: what a failed
// attempt left behind goes, as apt lets it go.
func (s *debSolver) closure() Closure {
	reached := make(map[*debPackage][]Need, len(s.marked))
	var order []*debPackage
	reach := func(x *debPackage, n Need) {
		needs, known := reached[x]
		if !known {
			order = append(order, x)
		}
		// The needs of a package come one after the other.
		if len(needs) == 0 || needs[len(needs)-1] != n {
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
			n := Need{By: by.name, Relation: group.text}
			for _, r := range group.any {
				s.named(r.Name, func(x *debPackage) bool {
					if x != by && x.marked && s.satisfies(x, r) {
						reach(x, n)
					}
					return true
				})
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
