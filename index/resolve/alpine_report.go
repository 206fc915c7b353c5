package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/apk"
)

func (s *apkSolver) needLabel(need apkNeed) string {
	if need.by == nil {
		return "the entry " + need.dep.String()
	}
	return need.by.label() + "'s " + need.dep.String()
}

// chain are the reasons from the selection to a need.
func (s *apkSolver) chain(need *apkNeed) (want int, steps []string) {
	want = -1
	for range 1000 { // a guard; chains are short
		if need == nil {
			break
		}
		if need.by == nil {
			steps = append(steps, needText("", need.dep.String()))
			want = need.want
			break
		}
		steps = append(steps, needText(need.by.label(), need.dep.String()))
		need = need.by.because
	}
	slices.Reverse(steps)
	return want, steps
}

func (s *apkSolver) report(kind ProblemKind, need *apkNeed, message string, details ...string) {
	want, steps := s.chain(need)
	s.problems = append(s.problems, Problem{Kind: kind, Want: want, Message: message, Chain: append(steps, details...)})
}

// conflict reports a need that a name, decided before, does not fit.
func (s *apkSolver) conflict(n *apkName, need apkNeed) {
	if n.chosen.pkg == nil {
		s.unmetFor(n, need)
		return
	}
	holder := n.chosen.pkg.label()
	message := fmt.Sprintf("%s does not fit %s", s.needLabel(need), holder)
	_, why := s.chain(n.chosen.pkg.because)
	s.report(Conflict, &need, message, append(why, holder+" was chosen for "+n.text)...)
}

// clash reports two packages that provide the same versioned name.
func (s *apkSolver) clash(n *apkName, x apkProvider) {
	message := fmt.Sprintf("%s and %s cannot be installed together: both provide %s", n.chosen.pkg.label(), x.pkg.label(), n.text)
	s.report(Conflict, x.pkg.because, message)
}

// unmet reports a name that nothing can be chosen for.
func (s *apkSolver) unmet(n *apkName) {
	if len(n.needs) == 0 {
		return // its need comes with the package that has it
	}
	for _, need := range n.needs {
		s.unmetFor(n, need)
	}
}

func (s *apkSolver) unmetFor(n *apkName, need apkNeed) {
	if len(n.providers) == 0 {
		s.report(Missing, &need, fmt.Sprintf("there is no package %s", n.text))
		return
	}
	var fitting, virtual []string
	var details []string
	for _, x := range n.providers {
		if !x.satisfies(need.dep) {
			continue
		}
		fitting = append(fitting, x.pkg.label())
		switch {
		case x.pkg.disabled != "":
			details = append(details, x.pkg.label()+": "+x.pkg.disabled)
		case x.pkg.tags&x.pkg.allowed == 0:
			details = append(details, x.pkg.label()+" is only in a tagged repository")
		case x.version == "" && x.pkg.name != n:
			virtual = append(virtual, x.pkg.name.text)
		}
	}
	switch {
	case len(fitting) == 0:
		s.report(NoVersion, &need, fmt.Sprintf("no version of %s fits %s; there is %s", n.text, need.dep.String(), versionsOf(n)))
	case len(virtual) > 0:
		s.report(Ambiguous, &need, fmt.Sprintf("%s is a virtual package: name one of its providers, %s", n.text, strings.Join(virtual, ", ")))
		s.problems[len(s.problems)-1].Choices = virtual
	default:
		s.report(Unavailable, &need, fmt.Sprintf("%s cannot be installed", need.dep.String()), details...)
	}
}

func versionsOf(n *apkName) string {
	var list []string
	for _, x := range n.providers {
		if x.version != "" {
			list = append(list, x.version)
		} else {
			list = append(list, "no version (provided by "+x.pkg.name.text+")")
		}
	}
	return strings.Join(list, ", ")
}

// closure is what was chosen.
func (s *apkSolver) closure() Closure {
	c := Closure{Met: s.met}
	wanted := map[string]bool{}
	for _, w := range s.request.Wants {
		wanted[w.Name] = !w.Conflict
	}
	for _, p := range s.chosen {
		x := Chosen{Name: p.name.text, Version: p.version, Repository: p.repo, Row: p.row, Wanted: wanted[p.name.text], InstallIf: p.viaIf}
		x.NeededBy = s.neededBy(p)
		c.Packages = append(c.Packages, x)
	}
	return c
}

// neededBy are the needs that p meets under any of its names.
func (s *apkSolver) neededBy(p *apkPackage) []Need {
	var list []Need
	add := func(n *apkName) {
		for _, need := range n.needs {
			x := Need{Relation: need.dep.String()}
			if need.by != nil {
				x.By = need.by.name.text
			}
			if n.chosen.pkg == p && need.by != p && !slices.Contains(list, x) {
				list = append(list, x)
			}
		}
	}
	add(p.name)
	for _, d := range p.provides {
		add(s.name(d.Name))
	}
	return list
}

// ParseWant reads an entry of an Alpine selection.
func ParseWant(entry string) (Want, error) {
	d, err := apk.ParseDependency(entry)
	if err != nil {
		return Want{}, err
	}
	return Want{Name: d.Name, Constraint: d.Constraint, Tag: d.Tag, Conflict: d.Conflict}, nil
}
