package index

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/dhi-ls/dhi-ls/index/store"
)

// Options of a cache.
type Options struct {
	// MaxAge is how long after its last confirmation an index counts as fresh;
	// default 72 hours.
	MaxAge time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Cache is a folder of indexes. It is safe for concurrent use, by other
// processes too.
type Cache struct {
	dir    *store.Dir
	now    func() time.Time
	maxAge atomic.Int64 // nanoseconds

	mu       sync.Mutex
	open     map[string]weak.Pointer[store.Index] // by file name
	manifest *store.Manifest
	stamp    stamp
}

// stamp tells whether the manifest's file is still the one that was read.
type stamp struct {
	modified time.Time
	size     int64
}

// DefaultDir is the folder for the user's cache.
func DefaultDir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding the folder for the package cache: %w", err)
	}
	return filepath.Join(base, "dhi-ls", "index"), nil
}

// Open uses a folder, which need not exist yet.
func Open(dir string) (*Cache, error) { return OpenWith(dir, Options{}) }

// OpenWith is Open with options.
func OpenWith(dir string, o Options) (*Cache, error) {
	if dir == "" {
		return nil, errors.New("the package cache needs a folder")
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("the package cache %s is not a folder", dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("opening the package cache: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &Cache{dir: store.NewDir(dir), now: o.Now, open: map[string]weak.Pointer[store.Index]{}}
	c.SetMaxAge(o.MaxAge)
	return c, nil
}

// Path is the cache's folder.
func (c *Cache) Path() string { return c.dir.Path() }

// MaxAge is how long an index counts as fresh.
func (c *Cache) MaxAge() time.Duration { return time.Duration(c.maxAge.Load()) }

// SetMaxAge says how long an index counts as fresh from now on; the default
// of 72 hours for 0.
func (c *Cache) SetMaxAge(d time.Duration) {
	if d <= 0 {
		d = defaultMaxAge
	}
	c.maxAge.Store(int64(d))
}

const defaultMaxAge = 72 * time.Hour

// Generation changes when the cache does; it is cheap to ask.
func (c *Cache) Generation() string {
	s := c.stampNow()
	return fmt.Sprintf("%d-%d", s.modified.UnixNano(), s.size)
}

func (c *Cache) stampNow() stamp {
	info, err := os.Stat(filepath.Join(c.dir.Path(), "manifest.json"))
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// load returns the manifest, read anew when its file changed. It must not be
// changed.
func (c *Cache) load() *store.Manifest {
	now := c.stampNow()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.manifest == nil || now != c.stamp {
		// A damaged manifest counts as empty: its indexes are absent.
		c.manifest, _ = c.dir.Load()
		c.stamp = now
	}
	return c.manifest
}

// openFile opens an index file, once per process while it is in use.
func (c *Cache) openFile(name string) (*store.Index, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.open[name].Value(); x != nil {
		return x, nil
	}
	x, err := store.Open(c.dir.FilePath(name))
	if err != nil {
		return nil, err
	}
	for old, p := range c.open {
		if p.Value() == nil {
			delete(c.open, old)
		}
	}
	c.open[name] = weak.Make(x)
	return x, nil
}

// Relax takes the open indexes out of resident memory until they are asked
// again.
func (c *Cache) Relax() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.open {
		if x := p.Value(); x != nil {
			x.Relax()
		}
	}
}

// List tells of every index that the cache knows, by URL, suite and
// architecture.
func (c *Cache) List() []Status {
	m := c.load()
	var list []Status
	for key, e := range m.Entries {
		r := Repository{Family: e.Family, URL: e.URL, Suite: e.Suite}
		if e.Component != "" {
			r.Components = []string{e.Component}
		}
		s := Source{Repository: r, Component: e.Component, Arch: e.Arch, Platform: platformOf(e.Family, e.Arch)}
		s.Contents = s.Key() != key
		if s.Key() == key {
			status, _ := c.status(s, m)
			list = append(list, status)
		}
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Key() < list[j].Key() })
	return list
}

func platformOf(family Family, arch string) string {
	for _, p := range platforms {
		if family == Alpine && p.alpine == arch || family == Debian && p.debian == arch {
			return p.oci
		}
	}
	return arch
}

// status is the state of a source, and its index when it is usable.
func (c *Cache) status(s Source, m *store.Manifest) (Status, *store.Index) {
	e, known := m.Entries[s.Key()]
	st := Status{Source: s, Entry: e, Problem: e.Problem}
	if !known || e.File == "" {
		st.State = StateWithout(e.Problem)
		return st, nil
	}
	x, err := c.openFile(e.File)
	if err != nil || x.Damaged() {
		st.State = Damaged
		return st, nil
	}
	now := c.now()
	st.Trust, st.State = e.Trust, Fresh
	if now.Sub(e.Checked) > c.MaxAge() || !e.ValidUntil.IsZero() && now.After(e.ValidUntil) {
		st.State = Stale
	}
	return st, x
}

// Verify reads every byte of every index and tells of the damaged ones, which
// the next update fetches again.
func (c *Cache) Verify(ctx context.Context) ([]Status, error) {
	var damaged []Status
	m, err := c.dir.Load()
	if err != nil {
		return nil, err
	}
	for _, st := range c.List() {
		if ctx.Err() != nil {
			return damaged, ctx.Err()
		}
		e := m.Entries[st.Key()]
		if e.File != "" && !c.intact(e.File) {
			st.State = Damaged
			damaged = append(damaged, st)
		}
	}
	return damaged, nil
}

// intact opens a file anew and checks every byte.
func (c *Cache) intact(name string) bool {
	x, err := store.Open(c.dir.FilePath(name))
	return err == nil && x.Verify() == nil
}

// Collect deletes what is no longer current.
func (c *Cache) Collect(ctx context.Context) (files int, freed int64, err error) {
	return c.dir.Collect(ctx)
}

// Forget removes the indexes whose key matches from the cache; the files go
// with the next Collect.
func (c *Cache) Forget(ctx context.Context, match func(Status) bool) (int, error) {
	forgotten := 0
	list := c.List()
	err := c.dir.Update(ctx, func(m *store.Manifest) error {
		for _, st := range list {
			if match(st) {
				delete(m.Entries, st.Key())
				forgotten++
			}
		}
		return nil
	})
	return forgotten, err
}

// Export writes the whole cache as one file.
func (c *Cache) Export(ctx context.Context, w io.Writer) error { return c.dir.Export(ctx, w) }

// Import takes an export in and returns the number of indexes taken.
func (c *Cache) Import(ctx context.Context, r io.Reader) (int, error) { return c.dir.Import(ctx, r) }
