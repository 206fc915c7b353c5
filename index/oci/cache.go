package oci

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// Offline is a state of images alone: the registry could not be reached.
const Offline index.State = "offline"

// Status is a repository with what the cache knows of it.
type Status struct {
	Name  string
	State index.State
	Entry store.Image
	// Problem is the last attempt's failure. What was fetched before it stays
	// in use.
	Problem *store.Problem
}

// Usable says that there is something to ask.
func (s Status) Usable() bool { return s.State == index.Fresh || s.State == index.Stale }

// Host is the registry.
func (s Status) Host() string {
	host, _, _ := strings.Cut(s.Name, "/")
	return host
}

// Explain says in one sentence what is wrong and how to mend it; empty when
// nothing is.
func (s Status) Explain() string {
	switch s.State {
	case index.Absent:
		return s.Name + " has not been fetched: run dhi-ls index update"
	case index.Closed:
		return fmt.Sprintf("%s needs a login: docker login %s", s.Name, s.Host())
	case index.Damaged:
		return fmt.Sprintf("what the cache has of %s is damaged: run dhi-ls index update", s.Name)
	}
	if s.Problem != nil {
		return s.Problem.Message
	}
	if s.State == index.Stale {
		return fmt.Sprintf("%s was last asked about on %s: run dhi-ls index update", s.Name, s.Entry.Checked.Format(time.DateOnly))
	}
	return ""
}

// Options of a cache.
type Options struct {
	// MaxAge is how long after its last answer a registry's word counts as
	// fresh; default 72 hours.
	MaxAge func() time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Cache is what registries said, in the folder of the package indexes. It is
// safe for concurrent use, by other processes too.
type Cache struct {
	dir     *store.Dir
	options Options

	mu       sync.Mutex
	manifest *store.Manifest
	modified time.Time
	size     int64
	open     map[string]*Repository // by file; nil for a damaged one
}

// Open uses a folder, which need not exist yet.
func Open(dir string, o Options) *Cache {
	if o.MaxAge == nil {
		o.MaxAge = func() time.Duration { return 72 * time.Hour }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Cache{dir: store.NewDir(dir), options: o, open: map[string]*Repository{}}
}

// maxOpen bounds how many repositories are kept in memory.
const maxOpen = 128

// load returns the entries, read anew when their file changed.
func (c *Cache) load() *store.Manifest {
	var modified time.Time
	var size int64
	if info, err := os.Stat(filepath.Join(c.dir.Path(), "manifest.json")); err == nil {
		modified, size = info.ModTime(), info.Size()
	}
	if c.manifest == nil || !modified.Equal(c.modified) || size != c.size {
		// A damaged manifest counts as empty: what it named is absent.
		c.manifest, _ = c.dir.Load()
		c.modified, c.size = modified, size
		for file := range c.open {
			if !slices.ContainsFunc(files(c.manifest), func(f string) bool { return f == file }) {
				delete(c.open, file)
			}
		}
	}
	return c.manifest
}

func files(m *store.Manifest) []string {
	out := make([]string, 0, len(m.Images))
	for _, e := range m.Images {
		out = append(out, e.File)
	}
	return out
}

// Lookup is what the cache knows of a repository: "dhi.io/golang". The
// repository is nil when the state is not usable.
func (c *Cache) Lookup(name string) (Status, *Repository) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status(name, c.load().Images[name])
}

// List tells of every repository that the cache knows, by name.
func (c *Cache) List() []Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []Status
	for name, e := range c.load().Images {
		st, _ := c.status(name, e)
		list = append(list, st)
	}
	slices.SortFunc(list, func(a, b Status) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (c *Cache) status(name string, e store.Image) (Status, *Repository) {
	st := Status{Name: name, Entry: e, Problem: e.Problem}
	if e.File == "" {
		st.State = stateWithout(e.Problem)
		// That a repository is not there is believed as long as an answer is.
		if st.State == index.NotFound && c.options.Now().Sub(e.Attempted) > c.options.MaxAge() {
			st.State = index.Absent
		}
		return st, nil
	}
	r := c.read(name, e)
	if r == nil {
		st.State = index.Damaged
		return st, nil
	}
	st.State = index.Fresh
	if c.options.Now().Sub(e.Checked) > c.options.MaxAge() {
		st.State = index.Stale
	}
	return st, r
}

// read opens a file once while it is in use; nil for one that is damaged.
func (c *Cache) read(name string, e store.Image) *Repository {
	if r, ok := c.open[e.File]; ok {
		return r
	}
	if len(c.open) >= maxOpen {
		clear(c.open)
	}
	r := c.parse(name, e)
	c.open[e.File] = r
	return r
}

func (c *Cache) parse(name string, e store.Image) *Repository {
	data, err := c.dir.ReadImage(e)
	if err != nil {
		return nil
	}
	r, err := ParseRepository(data)
	if err != nil || r.Name != name {
		return nil
	}
	return r
}

// stateWithout is the state of a repository without a file.
func stateWithout(problem *store.Problem) index.State {
	if problem != nil {
		switch fetch.Kind(problem.Kind) {
		case fetch.Offline, fetch.Timeout:
			return Offline
		}
	}
	return index.StateWithout(problem)
}

// Verify reads every byte and tells of what is damaged.
func (c *Cache) Verify(ctx context.Context) ([]Status, error) {
	m, err := c.dir.Load()
	if err != nil {
		return nil, err
	}
	var damaged []Status
	for _, st := range c.List() {
		if ctx.Err() != nil {
			return damaged, ctx.Err()
		}
		if e := m.Images[st.Name]; e.File != "" && c.parse(st.Name, e) == nil {
			st.State = index.Damaged
			damaged = append(damaged, st)
		}
	}
	return damaged, nil
}

// Forget removes everything; the files go with the next collection of the
// cache.
func (c *Cache) Forget(ctx context.Context) error {
	return c.dir.Update(ctx, func(m *store.Manifest) error {
		clear(m.Images)
		return nil
	})
}
