// Package indexed lets analysis ask the cached package indexes: it answers the
// questions of package packages from an [index.Cache]. It is the only room of
// analysis that knows package index. Answering never touches the network.
package indexed

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/oci"
	"github.com/dhi-ls/dhi-ls/index/version"
)

// DebianArchives are the archives that the Debian frontends use by themselves
// and that DEBIAN_ARCHIVE stands for.
var DebianArchives = index.Archives{Main: "https://deb.debian.org/debian", Security: "https://deb.debian.org/debian-security"}

// Options of a source.
type Options struct {
	// Catalog answers for the repositories of hardened packages from the
	// definitions of a workspace; nil for none.
	Catalog *Catalog
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Source answers from a cache. It is safe for concurrent use.
type Source struct {
	cache   *index.Cache
	images  *Images
	now     func() time.Time
	catalog atomic.Pointer[Catalog]
	renamed atomic.Int64 // how often the catalog or the age were replaced
	idle    *time.Timer  // until the indexes leave the memory

	mu         sync.Mutex
	generation string
	opened     time.Time
	sets       map[string]*scoped
	closures   map[string]packages.Resolution
	installed  int // packages in closures
}

var _ packages.Index = (*Source)(nil)

// New makes a source of a cache.
func New(cache *index.Cache, o Options) *Source {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Source{cache: cache, images: newImages(oci.Open(cache.Path(), oci.Options{MaxAge: cache.MaxAge, Now: o.Now})), now: o.Now}
	s.catalog.Store(o.Catalog)
	s.idle = time.AfterFunc(idleAfter, cache.Relax)
	return s
}

// idleAfter is how long after the last question the indexes leave the memory.
const idleAfter = 2 * time.Second

// UseCatalog replaces the catalog, nil for none.
func (s *Source) UseCatalog(c *Catalog) {
	s.catalog.Store(c)
	s.renamed.Add(1)
}

// SetMaxAge says how long indexes and the words of registries count as fresh;
// the default for 0.
func (s *Source) SetMaxAge(d time.Duration) {
	before := s.cache.MaxAge()
	if s.cache.SetMaxAge(d); s.cache.MaxAge() != before {
		s.renamed.Add(1)
	}
}

// Cache is the cache that is asked.
func (s *Source) Cache() *index.Cache { return s.cache }

// Images are what registries say of images, in the same folder.
func (s *Source) Images() *Images { return s.images }

// Generation changes whenever answers may change.
func (s *Source) Generation() string {
	return s.cache.Generation() + "/" + strconv.FormatInt(s.renamed.Load(), 10)
}

// scoped is a scope with its indexes.
type scoped struct {
	key       string
	set       *index.Set
	sources   []index.Status
	statuses  []packages.SourceStatus
	platforms []string            // of the scope, as it names them
	states    map[string]answered // by platform, "" for all
	hardened  bool                // lists a repository of dhi.io
	family    index.Family
	release   string

	elsewhere sync.Once
	others    *index.Set
	otherAt   []index.Status

	commandsOnce sync.Once
	commands     *index.Commands
}

// answered is what holds for every answer about a platform.
type answered struct {
	state   packages.State
	detail  string
	sources []packages.SourceStatus
}

// bounds of what is kept: sets share the memory of their indexes.
const (
	maxSets = 64
	// maxInstalled are the packages of the resolutions that are kept, some 400
	// bytes each. Definitions that install the same stand beside each other.
	maxInstalled = 16 << 10
	// reopen is how long a set is kept: an index grows stale meanwhile.
	reopen = 10 * time.Minute
)

// of is the scope's indexes as they stand in the cache.
func (s *Source) of(scope packages.Scope) *scoped {
	key := scopeKey(scope)
	s.renew()
	s.idle.Reset(idleAfter)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.sets[key]; ok {
		return c
	}
	if len(s.sets) >= maxSets {
		clear(s.sets)
	}
	c := s.open(scope)
	c.key = key
	s.sets[key] = c
	return c
}

// renew forgets what was read from an older cache.
func (s *Source) renew() {
	generation, now := s.cache.Generation(), s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sets == nil || generation != s.generation || now.Sub(s.opened) > reopen {
		s.sets, s.closures = map[string]*scoped{}, map[string]packages.Resolution{}
		s.installed = 0
		s.generation, s.opened = generation, now
	}
}

func scopeKey(scope packages.Scope) string {
	var b strings.Builder
	b.WriteString(scope.Family + " " + scope.Release)
	for _, p := range scope.Platforms {
		b.WriteString("\x00" + p)
	}
	for _, r := range scope.Repositories {
		b.WriteString("\x01" + r)
		for _, p := range scope.Only[r] {
			b.WriteString("\x00" + p)
		}
	}
	return b.String()
}

func (s *Source) open(scope packages.Scope) *scoped {
	repositories, problems := Repositories(scope)
	c := &scoped{
		set: s.cache.Set(repositories, scope.Platforms), platforms: scope.Platforms, states: map[string]answered{},
		family: familyOf(scope.Family), release: scope.Release,
	}
	c.sources = c.set.Sources()
	for _, st := range c.sources {
		c.statuses = append(c.statuses, c.status(st))
		c.hardened = c.hardened || hardened(st.Repository)
	}
	for _, p := range problems {
		c.statuses = append(c.statuses, packages.SourceStatus{Repository: p.Line, State: packages.Absent, Problem: p.Err.Error()})
	}
	c.states[""] = c.answer("")
	for _, p := range scope.Platforms {
		c.states[index.CleanPlatform(p)] = c.answer(index.CleanPlatform(p))
	}
	return c
}

// hardened reports whether a repository is one of dhi.io, for which the
// definitions of packages in a workspace stand.
func hardened(r index.Repository) bool { return r.Host() == "dhi.io" }

func familyOf(name string) index.Family {
	if name == "alpine" {
		return index.Alpine
	}
	return index.Debian
}

// named is the platform as the scope writes it.
func (c *scoped) named(oci string) string {
	for _, p := range c.platforms {
		if index.CleanPlatform(p) == oci {
			return p
		}
	}
	return oci
}

func (c *scoped) allNamed(list []string) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		out = append(out, c.named(p))
	}
	return slices.Clip(out)
}

// states of an index as analysis names them.
var states = map[index.State]packages.State{
	index.Fresh: packages.Known, index.Stale: packages.Stale, index.Closed: packages.Closed,
	index.Absent: packages.Absent, index.NotFound: packages.Absent, index.Failed: packages.Absent, index.Damaged: packages.Absent,
}

func (c *scoped) status(st index.Status) packages.SourceStatus {
	out := packages.SourceStatus{
		Repository: placeName(st.Source), Platform: c.named(st.Platform), Host: st.Repository.Host(), State: states[st.State],
		Checked: st.Entry.Checked, Verified: st.Trust == "verified",
	}
	if st.Usable() {
		out.Packages = st.Entry.Packages
	}
	if out.State != packages.Known {
		out.Problem = st.Explain()
	}
	return out
}

// placeName names an index without its platform.
func placeName(s index.Source) string {
	name := s.Repository.URL
	if s.Repository.Suite != "" {
		name += " " + s.Repository.Suite
	}
	if s.Component != "" {
		name += " " + s.Component
	}
	return name
}

// gravity orders the states: the gravest of a scope's indexes is the scope's.
var gravity = map[packages.State]int{packages.Known: 0, packages.Stale: 1, packages.Closed: 2, packages.Absent: 3}

// answer sums the indexes of a platform up. Without any, nothing is known.
func (c *scoped) answer(oci string) answered {
	a := answered{state: packages.Known}
	for _, st := range c.statuses {
		if oci != "" && st.Platform != "" && index.CleanPlatform(st.Platform) != oci {
			continue
		}
		a.sources = append(a.sources, st)
		if gravity[st.State] > gravity[a.state] {
			a.state, a.detail = st.State, st.Problem
		}
	}
	if len(a.sources) == 0 {
		a.state, a.detail = packages.Absent, "no repository serves this platform"
	}
	return a
}

// state is what holds for a platform, also one that the scope does not list.
func (c *scoped) state(platform string) answered {
	if a, ok := c.states[index.CleanPlatform(platform)]; ok {
		return a
	}
	return answered{state: packages.Absent, detail: "the platform " + platform + " is not among those of the definition"}
}

// Compare orders versions as the family's package manager does.
func (s *Source) Compare(family, a, b string) int { return schemeOf(family).Compare(a, b) }

func schemeOf(family string) version.Scheme { return familyOf(family).Versions() }

// operators of entries.
var operators = map[string]version.Op{
	"": version.Any, "=": version.Equal, "~": version.Fuzzy | version.Equal, "<": version.Less, ">": version.Greater,
	"<=": version.Less | version.Equal, ">=": version.Greater | version.Equal,
}

// Satisfies says whether a version meets an operator and a wanted version. An
// operator that no entry has is met by nothing.
func (s *Source) Satisfies(family, have, operator, wanted string) bool {
	op, known := operators[operator]
	return known && schemeOf(family).Satisfies(have, version.Constraint{Op: op, Version: wanted})
}

// Off is the value of DHI_LS_INDEX_DIR that leaves the indexes out.
const Off = "off"

// Dir is the folder of the package indexes: DHI_LS_INDEX_DIR, or the user's
// cache; empty where they are left out.
func Dir() (string, error) {
	switch dir := os.Getenv("DHI_LS_INDEX_DIR"); dir {
	case "":
		return index.DefaultDir()
	case Off:
		return "", nil
	default:
		return dir, nil
	}
}

// OpenDefault opens the indexes in [Dir]; nil where they are left out.
func OpenDefault(o index.Options, with Options) (*Source, error) {
	dir, err := Dir()
	if err != nil || dir == "" {
		return nil, err
	}
	cache, err := index.OpenWith(dir, o)
	if err != nil {
		return nil, err
	}
	return New(cache, with), nil
}
