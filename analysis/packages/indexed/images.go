package indexed

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/oci"
)

// Images answers from what registries said. It is safe for concurrent use.
type Images struct {
	cache *oci.Cache

	mu   sync.Mutex
	made map[string]made // by name
}

// made is an answer with what it was made of.
type made struct {
	of     *oci.Repository
	status oci.Status
	answer *images.Repository
}

var _ images.Source = (*Images)(nil)

func newImages(cache *oci.Cache) *Images { return &Images{cache: cache, made: map[string]made{}} }

// Cache is the cache that is asked.
func (i *Images) Cache() *oci.Cache { return i.cache }

// maxMade bounds how many answers are kept.
const maxMade = 128

// Repository is what is known of a repository.
func (i *Images) Repository(name string) *images.Repository {
	st, r := i.cache.Lookup(name)
	i.mu.Lock()
	defer i.mu.Unlock()
	if m, ok := i.made[name]; ok && m.of == r && m.status.State == st.State && m.status.Entry.Attempted.Equal(st.Entry.Attempted) {
		return m.answer
	}
	if len(i.made) >= maxMade {
		clear(i.made)
	}
	m := made{r, st, answerOf(st, r)}
	i.made[name] = m
	return m.answer
}

// imageStates are the states of the cache as analysis knows them.
var imageStates = map[index.State]images.State{
	index.Fresh: images.Known, index.Stale: images.Stale, index.Absent: images.Absent, index.Closed: images.Closed, index.NotFound: images.NoRepository,
	oci.Offline: images.Unknown, index.Failed: images.Unknown, index.Damaged: images.Absent,
}

func answerOf(st oci.Status, r *oci.Repository) *images.Repository {
	out := &images.Repository{Name: st.Name, State: imageStates[st.State], Detail: st.Explain(), Checked: st.Entry.Checked}
	if r == nil {
		return out
	}
	out.Listed, out.Tags = r.Listed, images.Newest(r.Tags)
	out.Asked = make(map[string]images.Tag, len(r.Asked))
	for tag, t := range r.Asked {
		out.Asked[tag] = images.Tag{Digest: t.Digest, Checked: t.Checked}
	}
	out.Images = make(map[string]images.Image, len(r.Images))
	for digest, m := range r.Images {
		out.Images[digest] = images.Image{Created: m.Created, Platforms: m.Platforms, Index: m.IsIndex(), Missing: m.Missing, Checked: m.Checked, Note: m.Note}
	}
	return out
}

// ImagePlan is what an update asks registries.
type ImagePlan []oci.Want

// Add takes a reference into the plan; one that names no repository is left
// out.
func (p *ImagePlan) Add(r *entry.Reference) {
	name, ok := images.NameOf(r)
	if !ok {
		return
	}
	parsed, err := oci.ParseName(name)
	if err != nil {
		return
	}
	i := slices.IndexFunc(*p, func(w oci.Want) bool { return w.Name == parsed })
	if i < 0 {
		i = len(*p)
		*p = append(*p, oci.Want{Name: parsed})
	}
	w := &(*p)[i]
	if t := r.Tag.Text; t != "" && !strings.Contains(t, "${") {
		w.Tags = union(w.Tags, t)
	}
	if d := r.Digest.Text; sha256Digest(d) {
		w.Digests = union(w.Digests, d)
	}
}

func sha256Digest(s string) bool {
	hex, ok := strings.CutPrefix(s, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// ImagesOf plans the references of definitions: artifacts, builder images,
// images of steps and charts, and variables that hold a reference.
func ImagesOf(docs []*definition.Document) ImagePlan {
	var p ImagePlan
	for _, doc := range docs {
		r := facts.Of(doc)
		if r == nil {
			continue
		}
		for i := range r.References {
			reference := Reference(&r.References[i])
			p.Add(&reference)
		}
	}
	return p
}

// Reference is a remembered reference as it is written.
func Reference(r *facts.Reference) entry.Reference {
	s := r.Image
	if r.DHI {
		s = images.Hardened + "/" + s
	}
	if r.Tag != "" {
		s += ":" + r.Tag
	}
	if r.Digest != "" {
		s += "@" + r.Digest
	}
	return entry.ParseReference(s)
}

// Registries are the hosts of a plan.
func (p ImagePlan) Registries() []string {
	var list []string
	for _, w := range p {
		list = union(list, w.Name.Registry)
	}
	return list
}

// Only keeps the repositories of some registries.
func (p ImagePlan) Only(registries []string) ImagePlan {
	return slices.DeleteFunc(slices.Clone(p), func(w oci.Want) bool { return !slices.Contains(registries, w.Name.Registry) })
}

// imageClient goes where the user allows it, and to the hosts that belong to
// the registries that may be asked. A registry is a whole host, with its login
// beside its API: so is a mirror of the user's own.
func (c Consent) imageClient(registries []string) *fetch.Client {
	wide := c
	wide.Asked, wide.Hosts = slices.Clone(c.Asked), slices.Clone(c.Hosts)
	for _, to := range c.Mirrors {
		if u, err := url.Parse(to); err == nil && u.Host != "" {
			wide.Hosts = append(wide.Hosts, u.Scheme+"://"+u.Host)
		}
	}
	for _, r := range registries {
		wide.Asked = append(wide.Asked, oci.Companions(r)...)
	}
	return wide.client()
}

// NeededFor are the registries of a plan that need the user's yes first.
func (c Consent) NeededFor(p ImagePlan) []string {
	return c.refused(p, func(err error) bool { return errors.Is(err, fetch.ErrNeedsConsent) })
}

// refused are the registries that may not be asked, for the reasons that
// match.
func (c Consent) refused(p ImagePlan, match func(error) bool) []string {
	client, rules := c.client(), c.rules()
	defer client.Close()
	var list []string
	for _, w := range p {
		u, err := url.Parse(client.Resolve("https://" + w.Name.Registry + "/v2/" + w.Name.Path))
		if err != nil {
			continue
		}
		plain := *u
		plain.Scheme = "http"
		// A host of the user's own may be named for http alone.
		if err := rules.Check(u); err != nil && rules.Check(&plain) != nil && match(err) {
			list = union(list, w.Name.Registry)
		}
	}
	return list
}

// UpdateImages asks the registries of a plan. Those that the user allows
// nothing of are not asked and come back by their names.
func (s *Source) UpdateImages(ctx context.Context, p ImagePlan, c Consent, o oci.UpdateOptions) (outcomes []oci.Outcome, skipped []string) {
	skipped = c.refused(p, func(error) bool { return true })
	allowed := slices.DeleteFunc(p.Registries(), func(r string) bool { return slices.Contains(skipped, r) })
	client := c.imageClient(allowed)
	defer client.Close()
	o.Client = oci.NewClient(client, fetch.DefaultCredentials())
	return s.images.cache.Update(ctx, p.Only(allowed), o), skipped
}
