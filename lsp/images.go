package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/index/oci"
	"github.com/dhi-ls/dhi-ls/lsp/internal/feature/commandid"
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// imageAnswer is the answer to dhi-ls.image.update.
type imageAnswer struct {
	Asked   int    `json:"asked"`
	Failed  int    `json:"failed"`
	Message string `json:"message"`
	// Tag, Digest and Moved are about the reference that was asked about: what
	// its tag stands for now, and whether it is pinned to something else.
	Digest string `json:"digest,omitzero"`
	Moved  bool   `json:"moved,omitzero"`
}

// updateImages serves dhi-ls.image.update: it asks the registry of one
// reference, or those of all references of the documents.
func (s *server) updateImages(ctx context.Context, snapshot *session.Snapshot, p *protocol.ExecuteCommandParams) (any, error) {
	var raw jsonrpc2.RawMessage
	if len(p.Arguments) > 0 {
		raw = jsonrpc2.RawMessage(p.Arguments[0])
	}
	about, err := rpc.Decode[commandid.Image](raw)
	switch {
	case err != nil:
		return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s: %v", p.Command, err)
	case snapshot.Services.Indexes == nil:
		return nil, jsonrpc2.Errorf(requestFailed, "there is no folder for what registries say")
	case !snapshot.Trusted:
		return nil, jsonrpc2.Errorf(requestFailed, "nothing is fetched in a workspace that is not trusted")
	}
	job, err := planOf(snapshot, about.URI)
	if err != nil {
		return nil, jsonrpc2.Errorf(requestFailed, "%v", err)
	}
	job.plan = indexed.Plan{}
	if about.Reference != "" {
		reference := entry.ParseReference(about.Reference)
		job.images = nil
		if job.images.Add(&reference); len(job.images) == 0 {
			return nil, jsonrpc2.Errorf(jsonrpc2.InvalidParams, "%s names no image of a registry", about.Reference)
		}
	}
	job.consent.Asked = s.ask(ctx, snapshot, job.consent.NeededFor(job.images), "They are no known registries.")
	s.fetch(ctx, snapshot, job, p.WorkDoneToken)
	return imagesNow(snapshot, job.images, about.Reference), ctx.Err()
}

// imagesNow says what is known after asking.
func imagesNow(snapshot *session.Snapshot, plan indexed.ImagePlan, reference string) imageAnswer {
	out := imageAnswer{Asked: len(plan)}
	var problems []string
	for _, w := range plan {
		r := snapshot.Services.Indexes.Images().Repository(w.Name.String())
		if r.Detail != "" {
			out.Failed++
			problems = append(problems, r.Detail)
		}
	}
	out.Message = fmt.Sprintf("%d of %d repositories of images answered", out.Asked-out.Failed, out.Asked)
	if len(problems) > 0 {
		out.Message += "; " + strings.Join(problems, "; ")
	}
	if ref := entry.ParseReference(reference); reference != "" && len(plan) == 1 && ref.Tag.Text != "" {
		r := snapshot.Services.Indexes.Images().Repository(plan[0].Name.String())
		out.Digest = r.Digest(ref.Tag.Text)
		out.Moved = ref.Digest.Text != "" && out.Digest != "" && out.Digest != ref.Digest.Text
	}
	return out
}

// fetchImages asks the registries of a job, and returns how many repositories
// answered something new, and what went wrong.
func (s *server) fetchImages(ctx context.Context, snapshot *session.Snapshot, job indexJob, report func(name string)) (news int, problems []string) {
	if len(job.images) == 0 {
		return 0, nil
	}
	outcomes, skipped := snapshot.Services.Indexes.UpdateImages(ctx, job.images, job.consent, oci.UpdateOptions{
		Progress: func(o oci.Outcome) { report(o.Name.String()) },
	})
	for _, o := range outcomes {
		switch o.Result {
		case oci.Updated, oci.Shared:
			news++
		case oci.Kept, oci.None:
			news++ // the state did change
			problems = append(problems, o.Err.Error())
		}
	}
	for _, host := range skipped {
		problems = append(problems, host+" was not asked: it was not allowed")
	}
	return news, problems
}

// missingImages says whether a registry of the plan was not asked, or long
// ago, about something that is named, and was not tried before.
func (s *server) missingImages(snapshot *session.Snapshot, plan indexed.ImagePlan) bool {
	s.indexes.mu.Lock()
	defer s.indexes.mu.Unlock()
	if s.indexes.tried == nil {
		s.indexes.tried = map[string]bool{}
	}
	some := false
	for _, w := range plan {
		r := snapshot.Services.Indexes.Images().Repository(w.Name.String())
		wanting := r.State != images.Known ||
			slices.ContainsFunc(w.Tags, func(t string) bool { _, ok := r.Asked[t]; return !ok }) ||
			slices.ContainsFunc(w.Digests, func(d string) bool { _, ok := r.Images[d]; return !ok })
		key := "image " + w.Name.String() + strings.Join(w.Tags, " ")
		some = some || wanting && !s.indexes.tried[key]
		s.indexes.tried[key] = true
	}
	return some
}
