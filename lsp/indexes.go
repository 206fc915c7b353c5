package lsp

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// indexUpdates is what the server remembers of fetching package indexes.
type indexUpdates struct {
	running atomic.Int32
	// one update at a time; the next one finds what the last one fetched.
	one sync.Mutex

	mu sync.Mutex
	// answered holds the hosts that the user was asked about, and the answer.
	answered map[string]bool
	// tried are the indexes that were fetched unasked, each once.
	tried map[string]bool
}

// updated is the answer to dhi-ls.index.update.
type updated struct {
	Updated int    `json:"updated"`
	Current int    `json:"current"`
	Failed  int    `json:"failed"`
	Message string `json:"message"`
}

// requestFailed is the code for a request that was right but cannot be answered.
const requestFailed = -32803

// updateIndexes serves dhi-ls.index.update.
func (s *server) updateIndexes(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	var raw jsonrpc2.RawMessage
	if len(p.Arguments) > 0 {
		raw = jsonrpc2.RawMessage(p.Arguments[0])
	}
	about, err := rpc.Decode[commandid.Document](raw)
	switch {
	case err != nil:
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.Command, err)
	case snapshot.Services.Indexes == nil:
		return nil, jsonrpc2.Errorf(requestFailed, "there is no folder for package indexes")
	case !snapshot.Trusted:
		return nil, jsonrpc2.Errorf(requestFailed, "nothing is fetched in a workspace that is not trusted")
	}
	job, err := planOf(snapshot, about.URI)
	if err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	job.consent.Asked = s.ask(ctx, snapshot, union(job.consent.Needed(job.plan), job.consent.NeededFor(job.images)), "They are no known archives.")
	return s.fetch(ctx, snapshot, job, p.WorkDoneToken), ctx.Err()
}

// indexJob is what is to be fetched, and what is allowed.
type indexJob struct {
	plan    indexed.Plan
	images  indexed.ImagePlan
	consent indexed.Consent
}

// useCatalog lets the package definitions of the workspace answer for the
// repositories of hardened packages, once they are read.
func (s *server) useCatalog() {
	source := s.Services.Indexes
	if source == nil {
		return
	}
	s.client.Go("catalog", func(ctx context.Context) {
		var roots []string
		for _, f := range s.session.Snapshot().Folders {
			if path, ok := session.Path(f.URI); ok {
				roots = append(roots, path)
			}
		}
		catalog := indexed.NewCatalog(roots...)
		catalog.Read()
		if ctx.Err() == nil {
			source.UseCatalog(catalog)
		}
	})
}

// useMaxAge tells how long indexes count as fresh: as the person says, else
// as the shortest time that the configuration of a folder gives.
func (s *server) useMaxAge() {
	source := s.Services.Indexes
	if source == nil {
		return
	}
	snapshot := s.session.Snapshot()
	if said := snapshot.Settings("").Index.MaxAge; said != "" {
		if age, err := config.ParseDuration(said); err == nil {
			source.SetMaxAge(age)
			return
		}
	}
	var shortest time.Duration
	for _, f := range snapshot.Folders {
		dir, ok := session.Path(f.URI)
		if !ok || snapshot.Services.Config == nil {
			continue
		}
		cfg, err := snapshot.Services.Config(filepath.Join(dir, configFile))
		if err == nil && cfg != nil && cfg.Index.MaxAge > 0 && (shortest == 0 || cfg.Index.MaxAge < shortest) {
			shortest = cfg.Index.MaxAge
		}
	}
	source.SetMaxAge(shortest)
}

// planOf plans the indexes of one open document, or of all.
func planOf(snapshot *session.Snapshot, only uri.URI) (indexJob, error) {
	var job indexJob
	user, err := config.LoadUser(analysis.RuleName)
	if err != nil {
		return job, err
	}
	job.consent = indexed.Consent{}.WithUser(user)
	var scopes []packages.Scope
	var docs []*definition.Document
	for _, d := range snapshot.Documents() {
		if only != "" && session.KeyOf(d.URI) != session.KeyOf(only) {
			continue
		}
		doc := engine.Document(snapshot, d)
		if doc.Def == nil {
			continue
		}
		docs = append(docs, doc)
		job.consent = job.consent.WithWorkspace(engine.Config(snapshot, d))
		for _, c := range doc.Def.Scopes() {
			if scope, ok := packages.ScopeOf(doc, c, ""); ok && len(c.Packages) > 0 {
				scopes = append(scopes, scope)
			}
		}
	}
	job.plan, job.images = indexed.PlanFor(scopes), indexed.ImagesOf(docs)
	return job, nil
}

// ask asks about hosts that were not asked about before, all in one message,
// and returns those that the user ever said yes to.
func (s *server) ask(ctx context.Context, snapshot *session.Snapshot, hosts []string, why string) []string {
	s.indexes.mu.Lock()
	var open []string
	for _, h := range hosts {
		if _, asked := s.indexes.answered[h]; !asked {
			open = append(open, h)
		}
	}
	s.indexes.mu.Unlock()
	if len(open) > 0 {
		const yes = "Fetch"
		message := fmt.Sprintf("Fetch the package indexes of %s? %s", strings.Join(open, ", "), why)
		answer, err := snapshot.Client.Ask(ctx, protocol.MessageTypeInfo, message, yes, "Not now")
		s.indexes.mu.Lock()
		if s.indexes.answered == nil {
			s.indexes.answered = map[string]bool{}
		}
		for _, h := range open {
			s.indexes.answered[h] = err == nil && answer == yes
		}
		s.indexes.mu.Unlock()
	}
	s.indexes.mu.Lock()
	defer s.indexes.mu.Unlock()
	var allowed []string
	for _, h := range hosts {
		if s.indexes.answered[h] {
			allowed = append(allowed, h)
		}
	}
	return allowed
}

// fetch carries a job out with progress, and has everything that depends on
// packages asked for again.
func (s *server) fetch(ctx context.Context, snapshot *session.Snapshot, job indexJob, token protocol.ProgressToken) updated {
	s.indexes.one.Lock()
	defer s.indexes.one.Unlock()
	s.indexes.running.Add(1)
	s.tellIndexes()
	total := len(job.plan.Sources())
	ctx, progress := snapshot.Client.Begin(ctx, "Fetching package indexes", token)
	outcomes := snapshot.Services.Indexes.Update(ctx, job.plan, job.consent, indexed.UpdateOptions{Progress: func(p index.Progress) {
		part := -1
		if p.Total > 0 {
			part = int(100 * p.Done / p.Total)
		}
		progress.Report(p.Source.String(), part)
	}})
	out := summarize(outcomes, total)
	news, problems := s.fetchImages(ctx, snapshot, job, func(name string) { progress.Report(name, -1) })
	if n := len(job.images); n > 0 {
		problems = append([]string{fmt.Sprintf("%d of %d repositories of images answered", max(n-len(problems), 0), n)}, problems...)
		if total > 0 {
			problems = append([]string{out.Message}, problems...)
		}
		out.Message = strings.Join(problems, "; ")
	}
	progress.End(out.Message)
	s.indexes.running.Add(-1)
	s.tellIndexes()
	if out.Updated > 0 || news > 0 {
		s.filesChanged(false)
		snapshot.Client.RefreshAll()
	}
	return out
}

func summarize(outcomes []index.Outcome, total int) updated {
	var out updated
	var problems []string
	for _, o := range outcomes {
		switch o.Result {
		case index.Updated, index.Shared:
			out.Updated++
		case index.Current:
			out.Current++
		default:
			out.Failed++
			if text := o.Err.Error(); !slices.Contains(problems, text) {
				problems = append(problems, text)
			}
		}
	}
	out.Message = fmt.Sprintf("%d of %d indexes are at hand", out.Updated+out.Current, total)
	if len(problems) > 0 {
		out.Message += "; " + strings.Join(problems, "; ")
	}
	return out
}

// considerIndexes fetches what an opened definition misses, in the background,
// as far as the settings and the workspace's trust allow it.
func (s *server) considerIndexes(u uri.URI) {
	snapshot := s.session.Snapshot()
	if snapshot.Services.Indexes == nil || !snapshot.Trusted {
		return
	}
	s.client.Go("package indexes", func(ctx context.Context) {
		s.config.wait(ctx)
		snapshot := s.session.Snapshot()
		mode := fetchMode(snapshot, u)
		if mode == "never" {
			return
		}
		job, err := planOf(snapshot, u)
		if err != nil {
			return
		}
		// Both are asked: each remembers what was tried.
		packages, images := s.missing(snapshot, job.plan), s.missingImages(snapshot, job.images)
		if !packages && !images {
			return
		}
		allowed := union(hosts(job.plan), job.images.Registries())
		if mode == "ask" {
			allowed = s.ask(ctx, snapshot, allowed, "They let dhi-ls complete and check names of packages and images.")
			job.consent.Asked = allowed
		} else {
			needed := union(job.consent.Needed(job.plan), job.consent.NeededFor(job.images))
			allowed = slices.DeleteFunc(allowed, func(h string) bool { return slices.Contains(needed, h) })
		}
		job.plan, job.images = only(job.plan, allowed), job.images.Only(allowed)
		if len(job.plan.Jobs)+len(job.images) > 0 && ctx.Err() == nil {
			s.fetch(ctx, snapshot, job, nil)
		}
	})
}

// caution orders the modes: the more cautious of the person's setting and the
// workspace's configuration counts.
var caution = []string{"auto", "ask", "never"}

func fetchMode(snapshot *session.Snapshot, u uri.URI) string {
	mode := snapshot.Settings(u).Index.Fetch
	if d, ok := snapshot.Document(u); ok {
		if cfg := engine.Config(snapshot, d); cfg != nil && slices.Index(caution, cfg.Index.Fetch) > slices.Index(caution, mode) {
			mode = cfg.Index.Fetch
		}
	}
	return mode
}

// missing says whether an index of the plan is absent or old and was not tried
// before.
func (s *server) missing(snapshot *session.Snapshot, plan indexed.Plan) bool {
	s.indexes.mu.Lock()
	defer s.indexes.mu.Unlock()
	if s.indexes.tried == nil {
		s.indexes.tried = map[string]bool{}
	}
	some := false
	for _, job := range plan.Jobs {
		for _, st := range snapshot.Services.Indexes.Cache().Set(job.Repositories, job.Platforms).Sources() {
			key := st.Key()
			some = some || st.State != index.Fresh && !s.indexes.tried[key]
			s.indexes.tried[key] = true
		}
	}
	return some
}

// hosts are those of the repositories of a plan.
func hosts(plan indexed.Plan) []string {
	var list []string
	for _, j := range plan.Jobs {
		for _, r := range j.Repositories {
			if h := hostname(r); h != "" && !slices.Contains(list, h) {
				list = append(list, h)
			}
		}
	}
	return list
}

// union are both lists, each once.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func hostname(r index.Repository) string {
	host, _, _ := strings.Cut(r.Host(), ":")
	return host
}

// only keeps the repositories of some hosts, and local folders.
func only(plan indexed.Plan, allowed []string) indexed.Plan {
	var out indexed.Plan
	for _, j := range plan.Jobs {
		j.Repositories = slices.DeleteFunc(slices.Clone(j.Repositories), func(r index.Repository) bool {
			return hostname(r) != "" && !slices.Contains(allowed, hostname(r))
		})
		if len(j.Repositories) > 0 {
			out.Jobs = append(out.Jobs, j)
		}
	}
	return out
}

// indexStatus is the state of the indexes at hand, nil without any.
func (s *server) indexStatus() *client.IndexStatus {
	if s.Services.Indexes == nil {
		return nil
	}
	var out client.IndexStatus
	var oldest time.Time
	for _, st := range s.Services.Indexes.Cache().List() {
		if !st.Usable() {
			continue
		}
		out.Repositories++
		out.Stale = out.Stale || st.State == index.Stale
		if t := st.Entry.Fetched; oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
	}
	if out.Repositories == 0 {
		return nil
	}
	out.Updated = oldest.UTC().Format(time.RFC3339)
	return &out
}

// tellIndexes tells the client of the indexes.
func (s *server) tellIndexes() {
	s.client.Indexing(s.indexStatus(), s.indexes.running.Load() > 0)
}
