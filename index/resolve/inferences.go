package resolve

// Inferences are the meanings of a definition's exclusions (!name), as far as
// the catalog lets one infer them. Each is described, with its evidence, in
// docs/resolution.md. The zero value has all of them on.
type Inferences struct {
	// Off lists the names of inferences that are not applied.
	Off []string
}

// The names of the inferences.
const (
	// NeverPulledIn: an excluded package is not installed for a dependency.
	NeverPulledIn = "never-pulled-in"
	// CountsAsMet: a dependency that an excluded package would satisfy counts
	// as met.
	CountsAsMet = "counts-as-met"
	// InclusionWins: naming a package beats its exclusion.
	InclusionWins = "inclusion-wins"
)

func (f Inferences) on(name string) bool {
	for _, off := range f.Off {
		if off == name {
			return false
		}
	}
	return true
}

// exclusions are the names that a request excludes, as the inferences read it.
type exclusions struct {
	names map[string]bool
	met   bool // CountsAsMet
}

func excluded(r Request) exclusions {
	e := exclusions{names: map[string]bool{}, met: r.Inferences.on(CountsAsMet)}
	if !r.Inferences.on(NeverPulledIn) {
		return e
	}
	for _, name := range r.Exclude {
		e.names[name] = true
	}
	if r.Inferences.on(InclusionWins) {
		for _, w := range r.Wants {
			delete(e.names, w.Name)
		}
	}
	return e
}
