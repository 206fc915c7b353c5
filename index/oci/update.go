package oci

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// Want is what somebody names of a repository.
type Want struct {
	Name Name
	// Tags and Digests are those whose images are asked for, beside the list
	// of all tags.
	Tags, Digests []string
}

// Result is how the update of one repository ended.
type Result string

const (
	Updated Result = "updated" // the registry says something new
	Current Result = "current" // it says what the cache has
	Shared  Result = "shared"  // another process has just asked
	Kept    Result = "kept"    // failed; what was there stays in use
	None    Result = "none"    // failed, and there was nothing
)

// Outcome tells of one repository.
type Outcome struct {
	Name   Name
	Result Result
	Err    error // of Kept and None, an *Error
	Tags   int
	// Missing are wanted tags and digests that the registry does not have.
	Missing []string
	// Warnings are about single tags and digests; the rest was stored.
	Warnings []error
}

// UpdateOptions say how to update.
type UpdateOptions struct {
	Client *Client // required
	// Force asks even what was asked a moment ago.
	Force bool
	// Progress hears of each repository that is done; it is called from
	// several goroutines.
	Progress func(Outcome)
}

const (
	// pollInterval is the time within which a registry is not asked twice.
	pollInterval = 10 * time.Second
	atOnce       = 4
)

// Update asks registries and stores what they say. It goes on after failures;
// each repository has its outcome, in the order of the wants.
func (c *Cache) Update(ctx context.Context, wants []Want, o UpdateOptions) []Outcome {
	u := &updater{cache: c, options: o, started: c.options.Now()}
	outcomes := make([]Outcome, len(wants))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, w := range wants {
		group.Go(func() error {
			outcomes[i] = u.update(ctx, w)
			if o.Progress != nil {
				o.Progress(outcomes[i])
			}
			return nil
		})
	}
	_ = group.Wait() // the outcomes hold the errors
	return outcomes
}

type updater struct {
	cache   *Cache
	options UpdateOptions
	started time.Time
}

// job is the update of one repository.
type job struct {
	*updater
	want    Want
	name    string
	old     store.Image
	content *Repository // what is there, nil for nothing
	out     *Outcome
}

func (u *updater) update(ctx context.Context, w Want) Outcome {
	out := Outcome{Name: w.Name}
	j := &job{updater: u, want: w, name: w.Name.String(), out: &out}
	unlock, err := u.cache.dir.Lock(ctx, "oci|"+j.name)
	if err != nil {
		out.Result, out.Err = None, &Error{j.name, fetch.E(fetch.KindOf(err), w.Name.address(), err)}
		return out
	}
	defer unlock()
	m, _ := u.cache.dir.Load()
	j.old = m.Images[j.name]
	if j.old.File != "" {
		if j.content = u.cache.parse(j.name, j.old); j.content == nil {
			j.old.File = ""
		}
	}
	if j.recent() {
		out.Result = Shared
		j.summarize(j.content)
		return out
	}
	if err := j.ask(ctx); err != nil {
		j.fail(ctx, err)
	}
	return out
}

// recent says that the registry was asked a moment ago, for all that is
// wanted.
func (j *job) recent() bool {
	if j.content == nil || j.old.Problem != nil || j.options.Force || !j.old.Checked.After(j.started.Add(-pollInterval)) {
		return false
	}
	asked := func(tag string) bool {
		t, ok := j.content.Asked[tag]
		return ok && t.Checked.After(j.started.Add(-pollInterval))
	}
	known := func(digest string) bool { _, ok := j.content.Images[digest]; return ok }
	return !slices.ContainsFunc(j.want.Tags, func(t string) bool { return !asked(t) }) &&
		!slices.ContainsFunc(j.want.Digests, func(d string) bool { return !known(d) })
}

// ask brings the record up to date and stores it.
func (j *job) ask(ctx context.Context) error {
	next := j.content.next(j.name)
	tags, err := j.options.Client.Tags(ctx, j.want.Name)
	switch {
	case err == nil:
		next.Listed, next.Tags = true, tags
	case !j.unlisted(ctx, next, err):
		return err
	}
	// What was learnt before a failure is kept.
	failure := j.named(ctx, next)
	next.forget(j.want, j.cache.options.Now())
	if err := j.commit(ctx, next); err != nil {
		return err
	}
	j.content = next
	return failure
}

// named asks about the tags and digests that are wanted.
func (j *job) named(ctx context.Context, next *Repository) error {
	for _, tag := range j.want.Tags {
		if err := j.tag(ctx, next, tag); err != nil {
			return err
		}
	}
	for _, digest := range j.want.Digests {
		if err := j.digest(ctx, next, digest); err != nil {
			return err
		}
	}
	return nil
}

// unlisted says that the registry refuses the list but not the images.
func (j *job) unlisted(ctx context.Context, next *Repository, err error) bool {
	kind := fetch.KindOf(err)
	if kind != fetch.NeedLogin && kind != fetch.NotFound && kind != fetch.Server || len(j.want.Tags) == 0 {
		return false
	}
	failed := j.tag(ctx, next, j.want.Tags[0])
	j.out.Warnings = nil
	if t := next.Asked[j.want.Tags[0]]; failed != nil || t.Digest == "" || t.Checked.Before(j.started) {
		return false
	}
	next.Listed, next.Tags = false, nil
	j.out.Warnings = append(j.out.Warnings, &Error{j.name, fetch.E(kind, j.want.Name.address(), errors.New("the registry lists no tags here; those that are named are known"))})
	return true
}

// tag asks what a tag stands for. Only what ends the whole is an error.
func (j *job) tag(ctx context.Context, next *Repository, tag string) error {
	now := j.cache.options.Now()
	if t, ok := next.Asked[tag]; ok && !t.Checked.Before(j.started) {
		return nil
	}
	digest, err := j.options.Client.Digest(ctx, j.want.Name, tag)
	if err == nil && digest != "" {
		if _, known := next.Images[digest]; known {
			next.Asked[tag] = Tag{digest, now}
			return nil
		}
	}
	identifier := tag
	if digest != "" {
		identifier = digest
	}
	var image Image
	if err == nil {
		digest, image, err = j.options.Client.Describe(ctx, j.want.Name, identifier)
	}
	switch {
	case err == nil:
		image.Checked = now
		next.Images[digest], next.Asked[tag] = image, Tag{digest, now}
	case fetch.KindOf(err) == fetch.NotFound:
		next.Asked[tag] = Tag{"", now}
	default:
		return j.single(tag, err)
	}
	return nil
}

// digest asks about a digest that is not known yet: what it stands for never
// changes. One that was missing may come, and a date that could not be learnt
// is asked for again.
func (j *job) digest(ctx context.Context, next *Repository, digest string) error {
	have, known := next.Images[digest]
	if known && !have.Missing && have.Note == "" {
		return nil
	}
	_, image, err := j.options.Client.Describe(ctx, j.want.Name, digest)
	image.Checked = j.cache.options.Now()
	switch {
	case err == nil:
		next.Images[digest] = image
	case fetch.KindOf(err) == fetch.NotFound:
		image.Missing = true
		next.Images[digest] = image
	default:
		return j.single(digest, err)
	}
	return nil
}

// single is a failure about one tag or digest. What the others will meet too
// ends the update.
func (j *job) single(what string, err error) error {
	switch fetch.KindOf(err) {
	case fetch.BadHash, fetch.Malformed, fetch.TooLarge, fetch.NeedLogin:
		j.out.Warnings = append(j.out.Warnings, &Error{j.name + sign(what) + what, err})
		return nil
	}
	return err
}

func sign(identifier string) string {
	if len(identifier) > len("sha256:") && identifier[:len("sha256:")] == "sha256:" {
		return "@"
	}
	return ":"
}

func (j *job) summarize(r *Repository) {
	j.out.Tags = len(r.Tags)
	for _, tag := range j.want.Tags {
		if t, ok := r.Asked[tag]; ok && t.Digest == "" {
			j.out.Missing = append(j.out.Missing, tag)
		}
	}
	for _, d := range j.want.Digests {
		if r.Images[d].Missing {
			j.out.Missing = append(j.out.Missing, d)
		}
	}
}

func (j *job) commit(ctx context.Context, next *Repository) error {
	j.summarize(next)
	j.out.Result = Updated
	if j.content != nil && next.says(j.content) {
		j.out.Result = Current
	}
	data, err := next.encode()
	if err != nil || len(data) > maxContent {
		return fetch.E(fetch.TooLarge, j.want.Name.address(), fmt.Errorf("%d bytes", len(data)))
	}
	now := j.cache.options.Now()
	e := store.Image{Tags: len(next.Tags), Fetched: now, Checked: now, Attempted: now}
	if err := j.cache.dir.PutImage(ctx, j.name, e, data); err != nil {
		return fetch.E(fetch.Internal, j.want.Name.address(), err)
	}
	return nil
}

// says reports whether two records say the same, apart from when.
func (r *Repository) says(o *Repository) bool {
	if r.Listed != o.Listed || !slices.Equal(r.Tags, o.Tags) || len(r.Asked) != len(o.Asked) || len(r.Images) != len(o.Images) {
		return false
	}
	for tag, t := range r.Asked {
		if have, ok := o.Asked[tag]; !ok || have.Digest != t.Digest {
			return false
		}
	}
	for digest, image := range r.Images {
		if have, ok := o.Images[digest]; !ok || have.Missing != image.Missing || have.Note != image.Note {
			return false
		}
	}
	return true
}

// fail notes why there is nothing new.
func (j *job) fail(ctx context.Context, err error) {
	failure := &Error{j.name, err}
	j.out.Err, j.out.Result = failure, None
	if j.content != nil {
		j.out.Result = Kept
		j.out.Tags = len(j.content.Tags)
	}
	kind := fetch.KindOf(err)
	if kind == fetch.Canceled {
		return
	}
	now := j.cache.options.Now()
	// A cancelled context must not keep the reason from being noted.
	saveErr := j.cache.dir.Update(context.WithoutCancel(ctx), func(m *store.Manifest) error {
		e := m.Images[j.name]
		e.Attempted = now
		e.Problem = &store.Problem{Kind: string(kind), Host: j.want.Name.Registry, Message: failure.Error(), When: now}
		m.Images[j.name] = e
		return nil
	})
	if saveErr != nil {
		j.out.Warnings = append(j.out.Warnings, saveErr)
	}
}
