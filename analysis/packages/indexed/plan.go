package indexed

import (
	"net/url"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
)

// Plan is what an update fetches.
type Plan struct {
	Jobs []Job
	// Problems are repository lines that name no index.
	Problems []LineError
}

// Job is repositories that the same keys may sign, for some platforms.
type Job struct {
	Repositories []index.Repository
	Platforms    []string
	// Keyring are the keys' URLs of the scopes.
	Keyring []string
}

// PlanFor plans the indexes of scopes, each once. A repository that several
// scopes list may be signed by the keys of each.
func PlanFor(scopes []packages.Scope) Plan {
	var p planner
	p.jobs = map[string]*wanted{}
	for _, scope := range scopes {
		p.add(scope)
	}
	return Plan{Jobs: p.group(), Problems: p.problems}
}

type planner struct {
	jobs     map[string]*wanted
	order    []string
	problems []LineError
}

// wanted is one index for all platforms.
type wanted struct {
	repository index.Repository
	platforms  []string
	keyring    []string
}

func (p *planner) add(scope packages.Scope) {
	repositories, problems := Repositories(scope)
	for _, bad := range problems {
		if !slices.ContainsFunc(p.problems, func(e LineError) bool { return e.Line == bad.Line }) {
			p.problems = append(p.problems, bad)
		}
	}
	for _, s := range index.Sources(repositories, scope.Platforms) {
		name := placeName(s)
		w := p.jobs[name]
		if w == nil {
			w = &wanted{repository: s.Repository}
			w.repository.Arches = nil
			if s.Component != "" {
				w.repository.Components = []string{s.Component}
			}
			p.jobs[name] = w
			p.order = append(p.order, name)
		}
		w.platforms = union(w.platforms, s.Platform)
		if !s.Repository.Builtin {
			w.keyring = union(w.keyring, scope.Keyring...)
		}
	}
}

func union(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// group joins what has the same platforms and keys.
func (p *planner) group() []Job {
	var jobs []Job
	at := map[string]int{}
	for _, name := range p.order {
		w := p.jobs[name]
		slices.Sort(w.platforms)
		slices.Sort(w.keyring)
		key := strings.Join(w.platforms, " ") + "\x00" + strings.Join(w.keyring, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(jobs)
			at[key] = i
			jobs = append(jobs, Job{Platforms: w.platforms, Keyring: w.keyring})
		}
		jobs[i].Repositories = append(jobs[i].Repositories, w.repository)
	}
	return jobs
}

// Sources are all indexes of the plan.
func (p Plan) Sources() []index.Source {
	var list []index.Source
	for _, j := range p.Jobs {
		list = append(list, index.Sources(j.Repositories, j.Platforms)...)
	}
	return list
}

// addresses are the URLs that the plan starts from, each once.
func (p Plan) addresses() []string {
	var list []string
	for _, j := range p.Jobs {
		for _, r := range j.Repositories {
			list = union(list, r.URL)
		}
		list = union(list, j.Keyring...)
	}
	return list
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
