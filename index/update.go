package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"golang.org/x/sync/errgroup"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/record"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// UpdateOptions say how to update.
type UpdateOptions struct {
	Client *fetch.Client // required: it holds the rules of where to go
	Keys   Keys
	Limits record.Limits
	// Force asks the sources even when they were asked a moment ago, and takes
	// an index that is older than the cached one or empty.
	Force bool
	// Progress hears of the work; it is called from several goroutines.
	Progress func(Progress)
}

// Progress is where the update of one source stands.
type Progress struct {
	Source      Source
	Done, Total int64 // bytes; Total is -1 when unknown
}

// Result is how the update of one source ended.
type Result string

const (
	Updated Result = "updated" // a new index is in the cache
	Current Result = "current" // the one in the cache is the newest
	Shared  Result = "shared"  // another process has just updated it
	Kept    Result = "kept"    // refused or failed; the old index stays in use
	None    Result = "none"    // failed, and there was none
	Lacking Result = "lacking" // the repository offers no such list; no failure
)

// Outcome tells of one source.
type Outcome struct {
	Source   Source
	Result   Result
	Err      error   // of Kept and None
	Warnings []error // keys that could not be read, an index past its date
	Packages int
	Bytes    int64 // fetched
}

// pollInterval is the time within which a source is not asked twice.
const pollInterval = 10 * time.Second

// Update fetches the indexes of repositories for OCI platforms where they are
// new, verifies and stores them. It goes on after failures; each source has
// its outcome, in the order of Sources.
func (c *Cache) Update(ctx context.Context, repositories []Repository, ociPlatforms []string, o UpdateOptions) []Outcome {
	return c.updateAll(ctx, Sources(repositories, ociPlatforms), o)
}

func (c *Cache) updateAll(ctx context.Context, sources []Source, o UpdateOptions) []Outcome {
	if o.Keys.Discovery == (Discovery{}) {
		o.Keys.Discovery = published
	}
	u := &updater{cache: c, options: o, started: c.now(), releases: map[string]*releaseOnce{}}
	outcomes := make([]Outcome, len(sources))
	var group errgroup.Group
	group.SetLimit(4)
	for i, s := range sources {
		group.Go(func() error {
			outcomes[i] = u.update(ctx, s)
			return nil
		})
	}
	_ = group.Wait() // the outcomes hold the errors
	if err := c.dir.Sync(); err != nil && len(outcomes) > 0 {
		outcomes[0].Warnings = append(outcomes[0].Warnings, err)
	}
	return outcomes
}

// updater is one call of Update.
type updater struct {
	cache   *Cache
	options UpdateOptions
	started time.Time

	debianKeys struct { // the same for all repositories of an update
		once     sync.Once
		list     openpgp.EntityList
		warnings []error
	}

	mu       sync.Mutex
	releases map[string]*releaseOnce
}

// update brings one source up to date, under its lock.
func (u *updater) update(ctx context.Context, s Source) Outcome {
	out := Outcome{Source: s}
	if err := s.Repository.Validate(); err != nil {
		out.Result, out.Err = None, err
		return out
	}
	unlock, err := u.cache.dir.Lock(ctx, s.Key())
	if err != nil {
		out.Result, out.Err = None, fetch.E(fetch.KindOf(err), s.Repository.URL, err)
		return out
	}
	defer unlock()
	m, _ := u.cache.dir.Load()
	old := m.Entries[s.Key()]
	if old.File != "" && !u.cache.intact(old.File) {
		old.File, old.ETag, old.LastModified, old.Source = "", "", "", ""
	}
	if old.File != "" && old.Problem == nil && !u.options.Force && old.Checked.After(u.started.Add(-pollInterval)) {
		out.Result, out.Packages = Shared, old.Packages
		return out
	}
	job := &job{updater: u, source: s, old: old, out: &out}
	switch {
	case s.Contents:
		err = job.contents(ctx)
	case s.Repository.Family == Alpine:
		err = job.alpine(ctx)
	default:
		err = job.debian(ctx)
	}
	if err != nil {
		job.fail(ctx, err)
	}
	return out
}

// job is the update of one source.
type job struct {
	*updater
	source Source
	old    store.Entry
	out    *Outcome
	keySet string
}

// confirm notes that the cached index is current.
func (j *job) confirm(ctx context.Context, validUntil time.Time) error {
	j.out.Result, j.out.Packages = Current, j.old.Packages
	now := j.cache.now()
	return j.cache.dir.Update(ctx, func(m *store.Manifest) error {
		e := j.old
		e.Checked, e.Attempted, e.Problem = now, now, nil
		if !validUntil.IsZero() {
			e.ValidUntil = validUntil
		}
		m.Entries[j.source.Key()] = e
		return nil
	})
}

// fail notes why there is no new index.
func (j *job) fail(ctx context.Context, err error) {
	j.out.Err, j.out.Result = err, None
	if j.old.File != "" {
		j.out.Result = Kept
	}
	kind := fetch.KindOf(err)
	if kind == fetch.Canceled {
		return
	}
	e := j.old
	e.Family, e.URL, e.Suite = j.source.Repository.Family, j.source.Repository.URL, j.source.Repository.Suite
	e.Component, e.Arch = j.source.Component, j.source.Arch
	e.Attempted = j.cache.now()
	e.Problem = &store.Problem{Kind: string(kind), Host: j.source.Repository.Host(), Message: err.Error(), When: e.Attempted}
	// A cancelled context must not keep the reason from being noted.
	saveErr := j.cache.dir.Update(context.WithoutCancel(ctx), func(m *store.Manifest) error {
		m.Entries[j.source.Key()] = e
		return nil
	})
	if saveErr != nil {
		j.out.Warnings = append(j.out.Warnings, saveErr)
	}
}

// accept refuses an index that is worse than the one in the cache.
func (j *job) accept(fresh store.Entry) error {
	address := j.source.Repository.URL
	if j.options.Force || j.old.File == "" {
		return nil
	}
	switch {
	case fresh.Trust == store.Unverified && j.old.Trust == store.Verified && fresh.KeySet == j.old.KeySet:
		return fetch.E(fetch.BadSignature, address, fmt.Errorf("it was signed by %s before and is not signed by a known key now", j.old.SignedBy))
	case !fresh.Date.IsZero() && fresh.Date.Before(j.old.Date):
		return fetch.E(fetch.Downgrade, address, fmt.Errorf("of %s, the cache's is of %s", fresh.Date.Format(time.RFC3339), j.old.Date.Format(time.RFC3339)))
	case fresh.Packages == 0 && j.old.Packages > 0:
		return fetch.E(fetch.Shrunk, address, fmt.Errorf("the cache's has %d packages", j.old.Packages))
	}
	return nil
}

// commit stores what a builder collected.
func (j *job) commit(ctx context.Context, b *store.Builder, e store.Entry) error {
	e.Packages = b.Len()
	if err := j.accept(e); err != nil {
		return err
	}
	now := j.cache.now()
	e.Fetched, e.Checked, e.Attempted = now, now, now
	e.Family, e.URL, e.Suite = j.source.Repository.Family, j.source.Repository.URL, j.source.Repository.Suite
	e.Component, e.Arch = j.source.Component, j.source.Arch
	err := j.cache.dir.Commit(ctx, j.source.Key(), e, b)
	if errors.Is(err, store.ErrTooBig) {
		return fetch.E(fetch.TooLarge, j.source.Repository.URL, err)
	}
	if err != nil {
		return fetch.E(fetch.Internal, j.source.Repository.URL, err)
	}
	j.out.Result, j.out.Packages = Updated, e.Packages
	return nil
}

// builder makes one that must be discarded in the end.
func (j *job) builder() *store.Builder {
	meta := store.Meta{Family: j.source.Repository.Family, Arch: j.source.Arch}
	if j.source.Contents {
		return j.cache.dir.NewBuilder(meta, commandNames)
	}
	return j.cache.dir.NewBuilder(meta, relationsOf(meta.Family, meta.Arch))
}

func (j *job) progress(done, total int64) {
	j.out.Bytes = done
	if j.options.Progress != nil {
		j.options.Progress(Progress{j.source, done, total})
	}
}

// readError gives an error from reading an index its kind.
func readError(address string, err error) error {
	var own *fetch.Error
	var limit *record.LimitError
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &limit):
		return fetch.E(fetch.TooLarge, address, err)
	}
	return fetch.E(fetch.Malformed, address, err)
}

// trustOf turns a verification's result into a trust, or an error that forbids
// the index.
func trustOf(address string, err error) (store.Trust, error) {
	switch {
	case err == nil:
		return store.Verified, nil
	case errors.Is(err, apk.ErrBadSignature), errors.Is(err, deb.ErrBadSignature):
		return "", fetch.E(fetch.BadSignature, address, err)
	}
	return store.Unverified, nil
}

// keySetOf names a set of keys.
func keySetOf(names []string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\n")))
	return hex.EncodeToString(sum[:8])
}

// ahead lets what makes bytes and what reads them work at the same time, with so
// many chunks between the two sides: enough to work on, and few enough to stay
// in a processor's own cache. Its stop must be called; it returns when the other
// side is done.
func ahead(r io.Reader, chunks int) (out io.Reader, stop func()) {
	a := &aheadReader{full: make(chan chunk, chunks), free: make(chan []byte, chunks)}
	for range chunks {
		a.free <- make([]byte, aheadChunk)
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case buf := <-a.free:
				n, err := fill(r, buf)
				a.full <- chunk{buf[:n], err}
				if err != nil {
					return
				}
			}
		}
	}()
	return a, func() { close(quit); <-done }
}

// aheadChunk is the size of a chunk in bytes.
const aheadChunk = 64 << 10

type chunk struct {
	bytes []byte
	err   error // of what comes behind the bytes
}

type aheadReader struct {
	full    chan chunk
	free    chan []byte
	current chunk
	rest    []byte // of current's bytes
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.current.err != nil {
			return 0, a.current.err
		}
		if a.current.bytes != nil {
			a.free <- a.current.bytes[:cap(a.current.bytes)]
		}
		a.current = <-a.full
		a.rest = a.current.bytes
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// fill reads until buf is full or something ends it.
func fill(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var more int
		more, err = r.Read(buf[n:])
		n += more
	}
	return n, err
}
