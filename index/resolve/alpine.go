package resolve

import (
	"cmp"
	"slices"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// apkSolver chooses one package after the other without ever taking a choice
// back, as apk does: names that leave no choice first; of the others those
// with the longest chain of dependencies first. What is chosen rules other
// packages out, and what loses its dependencies by that goes too.
type apkSolver struct {
	*apkPool
	request  Request
	excluded exclusions
	dirty    []*apkName
	waiting  []*apkName
	orders   int
	chosen   []*apkPackage
	met      []Met
	problems []Problem
}

// Alpine resolves a selection of Alpine packages. The closure holds what could
// be chosen; it is whole when there is no problem.
func Alpine(repositories []Repository, r Request) (Closure, []Problem) {
	dropped := map[int]bool{}
	var told []Problem
	for {
		s := &apkSolver{apkPool: newAlpinePool(repositories, r.Arch), request: r, excluded: excluded(r)}
		s.solve(dropped)
		if !r.DropUnsatisfiable || len(s.problems) == 0 || !s.drop(dropped) {
			return s.closure(), append(told, s.problems...)
		}
		told = append(told, s.problems...)
	}
}

// drop leaves the wants out that the problems name; false when none is new.
func (s *apkSolver) drop(dropped map[int]bool) bool {
	progress := false
	for _, p := range s.problems {
		if p.Want >= 0 && !dropped[p.Want] {
			dropped[p.Want], progress = true, true
		}
	}
	return progress
}

func (s *apkSolver) solve(dropped map[int]bool) {
	order := make([]int, 0, len(s.request.Wants))
	for i := range s.request.Wants {
		if !dropped[i] {
			order = append(order, i)
		}
	}
	// apk keeps its world sorted by name.
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.request.Wants[a].Name, s.request.Wants[b].Name) })
	for _, i := range order {
		s.explore(s.name(s.request.Wants[i].Name))
	}
	for _, i := range order {
		w := s.request.Wants[i]
		s.pin(w)
		s.require(apkNeed{want: i, dep: apk.Dependency{Name: w.Name, Tag: w.Tag, Constraint: w.Constraint, Conflict: w.Conflict}})
	}
	for {
		s.settle()
		n := s.next()
		if n == nil {
			return
		}
		s.choose(n)
	}
}

// pin lets the packages of a want come from its tagged repository, and
// prefers them.
func (s *apkSolver) pin(w Want) {
	if w.Tag == "" {
		return
	}
	bit := s.tagBits[w.Tag]
	for _, x := range s.name(w.Name).providers {
		x.pkg.allowed |= bit
		x.pkg.preferred = bit
	}
}

// require puts a dependency to work: what does not fit it is ruled out.
func (s *apkSolver) require(need apkNeed) {
	n := s.name(need.dep.Name)
	s.explore(n)
	if !need.dep.Conflict {
		if need.by != nil && s.meets(need.by, need.dep) {
			return
		}
		n.needs = append(n.needs, need)
	}
	if n.locked {
		if !s.held(n, need) {
			s.conflict(n, need)
		}
		return
	}
	for _, x := range n.providers {
		if x.pkg == need.by {
			continue // what a package provides itself neither breaks nor limits it
		}
		if x.satisfies(need.dep) == need.dep.Conflict {
			s.disable(x.pkg, "it does not fit "+s.needLabel(need))
		} else if need.by != nil {
			x.pkg.allowed |= need.by.allowed
		}
	}
	s.touch(n)
	s.queue(n)
}

// meets applies the inference that an exclusion counts as met.
func (s *apkSolver) meets(by *apkPackage, d apk.Dependency) bool {
	if !s.excluded.met || len(s.excluded.names) == 0 {
		return false
	}
	n := s.name(d.Name)
	for _, x := range n.providers {
		if s.excluded.names[x.pkg.name.text] && x.satisfies(d) {
			s.met = append(s.met, Met{By: by.name.text, Relation: d.String(), Excluded: x.pkg.name.text, Rule: CountsAsMet})
			return true
		}
	}
	return false
}

// held says whether a locked name fits a need.
func (s *apkSolver) held(n *apkName, need apkNeed) bool {
	if n.chosen.pkg == nil {
		return need.dep.Conflict
	}
	if n.chosen.pkg == need.by {
		return true
	}
	return n.chosen.satisfies(need.dep) != need.dep.Conflict
}

// disable rules a package out; whoever depends on its names looks again.
func (s *apkSolver) disable(p *apkPackage, why string) {
	if p.disabled != "" || p.chosen {
		return
	}
	p.disabled = why
	s.touch(p.name)
	for _, d := range p.provides {
		s.touch(s.name(d.Name))
	}
}

// touch makes a name and those that depend on it look again.
func (s *apkSolver) touch(n *apkName) {
	s.dirty = append(s.dirty, n)
	s.dirty = append(s.dirty, n.dependents...)
}

// settle looks at names until nothing changes any more.
func (s *apkSolver) settle() {
	for len(s.dirty) > 0 {
		n := s.dirty[0]
		s.dirty = s.dirty[1:]
		if n.locked {
			continue
		}
		for _, x := range n.providers {
			if x.pkg.disabled == "" && !x.pkg.chosen {
				s.check(x.pkg)
			}
		}
		if n.needed() {
			s.requireCommon(n)
		}
	}
}

// check rules a package out whose dependencies can no longer be met.
func (s *apkSolver) check(p *apkPackage) {
	for _, d := range p.depends {
		if !s.possible(p, d) {
			s.disable(p, "its dependency "+d.String()+" cannot be met")
			return
		}
	}
}

func (s *apkSolver) possible(by *apkPackage, d apk.Dependency) bool {
	n := s.name(d.Name)
	if d.Conflict {
		return !n.locked || s.held(n, apkNeed{by: by, dep: d})
	}
	if n.locked && n.chosen.pkg != nil {
		return n.chosen.satisfies(d)
	}
	for _, x := range n.providers {
		if x.pkg == by || x.satisfies(d) && (x.pkg.disabled == "" || s.excluded.met && s.excluded.names[x.pkg.name.text]) {
			return true
		}
	}
	return false
}

// requireCommon finds what every option of a needed name depends on: that is
// needed whichever is chosen.
func (s *apkSolver) requireCommon(n *apkName) {
	var common []string
	first := true
	for _, x := range n.providers {
		if x.pkg.disabled != "" {
			continue
		}
		var names []string
		for _, d := range x.pkg.depends {
			if !d.Conflict && (first || slices.Contains(common, d.Name)) {
				names = append(names, d.Name)
			}
		}
		common, first = names, false
	}
	for _, text := range common {
		below := s.name(text)
		if below.locked || below.needed() || s.anyExcluded(below) {
			continue
		}
		below.common = true
		s.queue(below)
		s.touch(below)
	}
}

func (s *apkSolver) anyExcluded(n *apkName) bool {
	return slices.ContainsFunc(n.providers, func(x apkProvider) bool { return s.excluded.names[x.pkg.name.text] })
}

func (s *apkSolver) queue(n *apkName) {
	if n.locked || n.queued || !n.needed() && !n.anyOf {
		return
	}
	n.queued = true
	s.orders++
	n.order = s.orders
	s.waiting = append(s.waiting, n)
}

// next takes the name to decide now.
func (s *apkSolver) next() *apkName {
	best := -1
	for i, n := range s.waiting {
		if !n.locked && (best < 0 || s.compareWaiting(n, s.waiting[best]) < 0) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	n := s.waiting[best]
	s.waiting = slices.DeleteFunc(s.waiting, func(x *apkName) bool { return x.locked || x == n })
	return n
}

func (s *apkSolver) compareWaiting(a, b *apkName) int {
	freeA, freeB := s.options(a) > 1, s.options(b) > 1
	switch {
	case freeA != freeB:
		return boolInt(freeA) - boolInt(freeB)
	case !freeA:
		return cmp.Compare(a.order, b.order)
	case a.needed() != b.needed():
		return boolInt(b.needed()) - boolInt(a.needed())
	case a.chain != b.chain:
		return cmp.Compare(b.chain, a.chain)
	}
	return cmp.Compare(a.order, b.order)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *apkSolver) options(n *apkName) int {
	count := 0
	for _, x := range n.providers {
		if x.pkg.disabled == "" {
			count++
		}
	}
	return count
}

// choose decides a name.
func (s *apkSolver) choose(n *apkName) {
	var best apkProvider
	for _, x := range n.providers {
		if s.eligible(n, x) && (best.pkg == nil || compareProviders(x, best) > 0) {
			best = x
		}
	}
	if best.pkg == nil || best.pkg.tags&best.pkg.allowed == 0 {
		n.locked = true
		s.touch(n)
		if n.needed() {
			s.unmet(n)
		}
		return
	}
	s.install(n, best)
}

// eligible says whether an option may be chosen by itself. A virtual package
// without a priority has to be chosen by name.
func (s *apkSolver) eligible(n *apkName, x apkProvider) bool {
	p := x.pkg
	switch {
	case p.disabled != "" || s.excluded.names[p.name.text]:
		return false
	case !n.needed():
		return p.triggered && p.tags&p.allowed != 0
	case x.version == "" && p.name != n && !p.name.needed() && p.record.Priority == 0:
		return false
	}
	return true
}

// compareProviders is positive when a is the better one.
func compareProviders(a, b apkProvider) int {
	p, q := a.pkg, b.pkg
	if r := boolInt(p.tags&p.allowed != 0) - boolInt(q.tags&q.allowed != 0); r != 0 {
		return r
	}
	if r := boolInt(p.tags&p.preferred != 0) - boolInt(q.tags&q.preferred != 0); r != 0 {
		return r
	}
	if p.name != q.name {
		if r := boolInt(p.name.needed()) - boolInt(q.name.needed()); r != 0 {
			return r
		}
	}
	if a.version != "" && b.version != "" {
		if r := version.CompareAlpine(a.version, b.version); r != 0 {
			return r
		}
	}
	if p.name == q.name {
		if r := version.CompareAlpine(p.version, q.version); r != 0 {
			return r
		}
	}
	if r := cmp.Compare(p.record.Priority, q.record.Priority); r != 0 {
		return r
	}
	return cmp.Compare(q.repo, p.repo)
}

// install chooses a package and puts its dependencies to work.
func (s *apkSolver) install(n *apkName, x apkProvider) {
	p := x.pkg
	p.chosen = true
	p.viaIf = !n.needed()
	if len(n.needs) > 0 {
		p.because = &n.needs[0]
	}
	s.chosen = append(s.chosen, p)
	s.lock(n, x)
	s.lock(p.name, apkProvider{p, p.version})
	for _, d := range p.provides {
		s.lock(s.name(d.Name), apkProvider{p, d.Constraint.Version})
	}
	for _, d := range p.depends {
		s.require(apkNeed{by: p, dep: d, want: -1})
	}
	s.trigger(p)
}

// lock gives a name to a provider. Providers without a version share a name;
// with one, the name is theirs alone.
func (s *apkSolver) lock(n *apkName, x apkProvider) {
	if n.locked {
		shared := x.version == "" && n.chosen.version == "" || x.pkg == n.chosen.pkg && n == x.pkg.name
		if n.chosen != x && !shared {
			s.clash(n, x)
		}
		return
	}
	n.locked, n.chosen = true, x
	for _, need := range n.needs {
		if !s.held(n, need) {
			s.conflict(n, need)
		}
	}
	for _, other := range n.providers {
		if other.pkg != x.pkg && (other.version != "" || x.version != "") {
			s.disable(other.pkg, x.pkg.label()+" takes "+n.text)
		}
	}
	s.touch(n)
}

// trigger looks at the install_if of packages that wait for one of the names
// of p.
func (s *apkSolver) trigger(p *apkPackage) {
	names := []string{p.name.text}
	for _, d := range p.provides {
		names = append(names, d.Name)
	}
	for _, name := range names {
		for _, follower := range s.installIfOf(name) {
			s.tryInstallIf(follower, p)
		}
	}
}

func (s *apkSolver) tryInstallIf(f, because *apkPackage) {
	if f.triggered || f.chosen || s.excluded.names[f.name.text] {
		return
	}
	for _, d := range f.installIf {
		n := s.name(d.Name)
		present := n.locked && n.chosen.pkg != nil && n.chosen.satisfies(d)
		if present == d.Conflict {
			return
		}
	}
	f.triggered = true
	f.allowed |= because.allowed
	f.name.anyOf = true
	s.explore(f.name)
	s.touch(f.name)
	s.queue(f.name)
}
