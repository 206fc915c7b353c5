package indexed

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/index/fetch"
)

// Consent is what the user allows an update to do. The zero value allows the
// archives of the distributions and dhi.io.
type Consent struct {
	// Hosts are further hosts, or URL prefixes, that the user named: they may
	// be private addresses and, as file:///folder, folders.
	Hosts []string
	// Asked are public hosts that the user said yes to when asked.
	Asked []string
	// Mirrors of the user's own settings may be private addresses.
	Mirrors map[string]string
	// WorkspaceMirrors come with the workspace: they are held to the same
	// rules as any other address.
	WorkspaceMirrors map[string]string
	// Keys are further keys, as files or URLs.
	Keys []string
	// Contents has the commands of Debian's packages fetched as well.
	Contents bool
	// Offline allows folders only.
	Offline bool
}

// WithUser adds the settings of the user's own configuration; nil has none.
func (c Consent) WithUser(user *config.Config) Consent {
	if user == nil {
		return c
	}
	c.Hosts = append(slices.Clone(c.Hosts), user.Index.Hosts...)
	c.Contents = c.Contents || user.Index.Contents
	c.Mirrors = merged(c.Mirrors, user.Mirrors)
	c.Keys = append(slices.Clone(c.Keys), keys(user)...)
	return c
}

// WithWorkspace adds the mirrors and keys of a workspace's configuration. The
// hosts that it lists are not allowed by it.
func (c Consent) WithWorkspace(cfg *config.Config) Consent {
	if cfg == nil {
		return c
	}
	c.Contents = c.Contents || cfg.Index.Contents
	c.WorkspaceMirrors = merged(c.WorkspaceMirrors, cfg.Mirrors)
	c.Keys = append(slices.Clone(c.Keys), keys(cfg)...)
	return c
}

func merged(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, b)
	return out
}

// keys are those of a configuration; files are relative to its folder.
func keys(cfg *config.Config) []string {
	var list []string
	for _, k := range cfg.Index.Keys {
		if !strings.Contains(k, "://") && !strings.HasPrefix(k, "/") {
			k = strings.TrimSuffix(cfg.Dir, "/") + "/" + k
		}
		list = append(list, k)
	}
	return list
}

func (c Consent) rules() fetch.Rules {
	r := fetch.Rules{Allowed: lower(c.Asked), Offline: c.Offline}
	for _, h := range c.Hosts {
		if strings.Contains(h, "://") {
			r.Configured = append(r.Configured, h)
			continue
		}
		h = strings.ToLower(h)
		r.Configured = append(r.Configured, "https://"+h, "http://"+h)
	}
	for _, to := range c.Mirrors {
		if strings.HasPrefix(to, "/") {
			to = "file://" + to
		}
		r.Configured = append(r.Configured, to)
	}
	slices.Sort(r.Configured)
	return r
}

// lower are hosts as rules have them: without a port, which registries are
// named with.
func lower(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		host := strings.ToLower(s)
		if name, port, ok := strings.Cut(host, ":"); ok && !strings.Contains(port, ":") {
			host = name
		}
		out[i] = host
	}
	return out
}

func (c Consent) client() *fetch.Client {
	var mirrors []fetch.Mirror
	add := func(m map[string]string) {
		for _, from := range slices.Sorted(maps.Keys(m)) {
			to := m[from]
			if strings.HasPrefix(to, "/") {
				to = "file://" + to
			}
			mirrors = append(mirrors, fetch.Mirror{From: from, To: to})
		}
	}
	// The user's own mirror for a prefix beats the workspace's.
	work := maps.Clone(c.WorkspaceMirrors)
	maps.DeleteFunc(work, func(from, _ string) bool { _, own := c.Mirrors[from]; return own })
	add(work)
	add(c.Mirrors)
	return fetch.New(fetch.Options{Rules: c.rules(), Mirrors: mirrors, Credentials: fetch.DefaultCredentials(), UserAgent: "dhi-ls"})
}

// Needed are the public hosts of a plan that need the user's yes first, in
// the order of the plan.
func (c Consent) Needed(p Plan) []string {
	client, rules := c.client(), c.rules()
	defer client.Close()
	var hosts []string
	for _, address := range p.addresses() {
		u, err := url.Parse(client.Resolve(address))
		if err == nil && errors.Is(rules.Check(u), fetch.ErrNeedsConsent) {
			hosts = union(hosts, hostOf(u.String()))
		}
	}
	return hosts
}

// UpdateOptions say how an update runs.
type UpdateOptions struct {
	Force    bool
	Progress func(index.Progress)
}

// Update fetches the indexes of a plan where they are new, and with them the
// lists of files that are wanted or in the cache already. Each index has its
// outcome; one failure does not end the rest.
func (s *Source) Update(ctx context.Context, p Plan, c Consent, o UpdateOptions) []index.Outcome {
	client := c.client()
	defer client.Close()
	var all []index.Outcome
	for _, j := range p.Jobs {
		k := index.Keys{URLs: slices.Clone(j.Keyring)}
		for _, key := range c.Keys {
			if strings.Contains(key, "://") {
				k.URLs = union(k.URLs, key)
			} else {
				k.Files = append(k.Files, key)
			}
		}
		with := index.UpdateOptions{Client: client, Keys: k, Force: o.Force, Progress: o.Progress}
		all = append(all, s.cache.Update(ctx, j.Repositories, j.Platforms, with)...)
		if listed := s.contents(j, c.Contents); len(listed) > 0 {
			all = append(all, s.cache.UpdateContents(ctx, listed, j.Platforms, with)...)
		}
	}
	return all
}

// contents are the repositories of a job whose lists of files are to be
// updated: all, or those that have been fetched before.
func (s *Source) contents(j Job, all bool) []index.Repository {
	if all {
		return j.Repositories
	}
	cached := map[string]bool{}
	for _, st := range s.cache.List() {
		if st.Contents {
			cached[st.Key()] = true
		}
	}
	var list []index.Repository
	for _, r := range j.Repositories {
		for _, source := range index.ContentsSources([]index.Repository{r}, j.Platforms) {
			if cached[source.Key()] {
				list = append(list, r)
				break
			}
		}
	}
	return list
}
