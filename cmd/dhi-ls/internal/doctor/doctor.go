// Package doctor looks at what dhi-ls uses on this machine and says what is
// missing and how to mend it.
package doctor

import (
	"context"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
)

// Registry is where the frontends and the images come from.
const Registry = "dhi.io"

// State says how well a part is.
type State string

// The states, from good to bad. A part that is missing only takes away what
// needs it; one that is broken stops builds.
const (
	OK      State = "ok"
	Missing State = "missing"
	Broken  State = "broken"
)

// Report is all that was found. Its JSON form is documented in docs/build.md.
type Report struct {
	Version int `json:"version"`
	// OK: a definition can be built here.
	OK       bool      `json:"ok"`
	Builders []Builder `json:"builders"`
	Login    Part      `json:"login"`
	Index    Index     `json:"index"`
	Tools    []Part    `json:"tools"`
}

// Builder is a place where a builder was looked for.
type Builder struct {
	// Way says why it was looked at: a flag, a variable, a default.
	Way     string `json:"way"`
	Name    string `json:"name,omitempty"`
	Driver  string `json:"driver,omitempty"`
	Address string `json:"address,omitempty"`
	State   State  `json:"state"`
	// Used is the one that builds would take.
	Used      bool     `json:"used"`
	Version   string   `json:"version,omitempty"`
	Platforms []string `json:"platforms"`
	Problem   string   `json:"problem,omitempty"`
	Remedy    string   `json:"remedy,omitempty"`
}

// Part is one thing that is there or not.
type Part struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	// Detail is what is known of it: a user, a version.
	Detail string `json:"detail,omitempty"`
	Path   string `json:"path,omitempty"`
	// For says what needs it.
	For     string `json:"for,omitempty"`
	Problem string `json:"problem,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// Index is the cache of package indexes.
type Index struct {
	Part
	Repositories int `json:"repositories"`
	Unusable     int `json:"unusable"`
	// Updated is when the oldest of them was fetched, RFC 3339.
	Updated string `json:"updated,omitempty"`
}

// Options say where to look.
type Options struct {
	Env builder.Env
	// Builder is the builder that the user asks for, "" for none.
	Builder builder.Options
	// IndexDir is the cache of package indexes, "" where it is left out.
	IndexDir string
}

// limit bounds the whole look: an address that does not answer must not hold
// the rest.
const limit = 20 * time.Second

// Examine looks at everything at once.
func Examine(ctx context.Context, o Options) *Report {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r := &Report{Version: 1}
	var wg sync.WaitGroup
	wg.Go(func() { r.Builders, r.OK = builders(ctx, o) })
	wg.Go(func() { r.Login = login(o.Env) })
	wg.Go(func() { r.Index = indexes(o.IndexDir) })
	wg.Go(func() { r.Tools = tools(ctx, o.Env) })
	wg.Wait()
	return r
}

// builders lists every place and marks the one that a build would take. That
// is asked for separately: a builder that the user names is binding, and then
// no other is used, however many answer.
func builders(ctx context.Context, o Options) (list []Builder, ok bool) {
	all, used := o.Builder, o.Builder
	all.All, used.All = true, false
	var chosen *builder.Builder
	var wg sync.WaitGroup
	wg.Go(func() { _, chosen, _ = builder.Find(ctx, o.Env, used) }) // the attempts of all tell why
	attempts, _, _ := builder.Find(ctx, o.Env, all)
	wg.Wait()
	takes := map[string]bool{}
	if chosen != nil {
		for _, n := range chosen.Nodes {
			takes[n.Address] = true
		}
	}
	list = []Builder{}
	for _, a := range attempts {
		b := Builder{
			Way: a.Way, Name: a.Name, Driver: a.Driver, Address: a.Address, State: OK, Version: a.Version, Platforms: a.Platforms, Remedy: a.Remedy,
			Used: a.Found && takes[a.Address],
		}
		if b.Platforms == nil {
			b.Platforms = []string{}
		}
		if !a.Found {
			b.State = Missing
		}
		if a.Err != nil {
			b.Problem = a.Err.Error()
		}
		list = append(list, b)
	}
	return list, chosen != nil
}

func login(env builder.Env) Part {
	p := Part{Name: Registry, For: "building, and pulling hardened images"}
	user, err := buildrunner.Login(env, Registry)
	switch {
	case err != nil:
		p.State, p.Problem, p.Remedy = Broken, err.Error(), "Mend docker's configuration or its credential helper, then run: docker login "+Registry
	case user == "":
		p.State, p.Problem, p.Remedy = Missing, "not logged in", "Run: docker login "+Registry
	default:
		p.State, p.Detail = OK, user
	}
	return p
}
