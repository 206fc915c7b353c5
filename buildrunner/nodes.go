package buildrunner

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/moby/buildkit/client"
)

// runShares builds each share of the platforms on its own node at the same
// time. Images are pushed by digest, and Result.Join says how to make one of
// them: a tag pushed by two nodes would only hold the last.
func (req *Request) runShares(ctx context.Context, shares []builder.Assignment, text []byte, res *Result, ev Events) (*Result, error) {
	if err := req.canShare(); err != nil {
		return res, err
	}
	ev = ev.locked()
	parts := make([]*Result, len(shares))
	errs := make([]error, len(shares))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	for i, share := range shares {
		wg.Go(func() {
			part := req.onNode(share)
			parts[i], errs[i] = part.runOn(ctx, share, text, &Result{Text: text, Builder: res.Builder}, ev)
			if errs[i] != nil {
				cancel()
			}
		})
	}
	wg.Wait()
	return req.join(res, shares, parts, errs)
}

// canShare refuses outputs that several nodes would write over.
func (req *Request) canShare() error {
	if req.Load {
		return badRequest("--load cannot take platforms that different nodes build: build one --platform at a time, or --push")
	}
	for _, o := range req.Outputs {
		if o.Dest != "" {
			return badRequest("--output type=%s,dest=%s would be written by several nodes: build one --platform at a time, or --push", o.Type, o.Dest)
		}
	}
	return nil
}

// onNode is the request as one of several nodes runs it.
func (req *Request) onNode(builder.Assignment) *Request {
	part := *req
	part.MetadataFile = ""
	if req.Push {
		part.Push = false
		part.Outputs = append([]Output(nil), req.Outputs...)
		part.Outputs = append(part.Outputs, Output{Type: "image", Attrs: map[string]string{
			"name": req.repository(), "push": "true", "push-by-digest": "true", "name-canonical": "true",
		}})
	}
	return &part
}

// repository is the first tag without its version.
func (req *Request) repository() string {
	if len(req.Tags) == 0 {
		return ""
	}
	name, err := normalTag(req.Tags[0])
	if err != nil {
		return req.Tags[0]
	}
	return name[:strings.LastIndexByte(name, ':')]
}

func (req *Request) join(res *Result, shares []builder.Assignment, parts []*Result, errs []error) (*Result, error) {
	var failed error
	res.Metadata = map[string]any{}
	pushed := []string{}
	for i, p := range parts {
		res.Nodes = append(res.Nodes, p.Nodes...)
		res.Warnings = append(res.Warnings, p.Warnings...)
		res.Images = append(res.Images, p.Images...)
		res.Notes = append(res.Notes, p.Notes...)
		res.Metadata[strings.Join(shares[i].Platforms, ",")] = p.Metadata
		if p.Digest != "" {
			pushed = append(pushed, req.repository()+"@"+p.Digest.String())
		}
		// A node that was canceled because another failed is no cause.
		if errs[i] != nil && (failed == nil || len(p.Failures) > 0) {
			failed = errs[i]
		}
		res.Failures = append(res.Failures, p.Failures...)
	}
	if failed != nil {
		return res, failed
	}
	if req.Push {
		for _, tag := range req.Tags {
			res.Join = append(res.Join, fmt.Sprintf("docker buildx imagetools create --tag %s %s", tag, strings.Join(pushed, " ")))
		}
		res.Notes = append(res.Notes, "Each node pushed its platforms by digest; the commands under Join make one image of them.")
	}
	if req.MetadataFile != "" {
		return res, writeMetadata(req.MetadataFile, res.Metadata)
	}
	return res, nil
}

// locked serializes the events of builds that run at the same time.
func (ev Events) locked() Events {
	var mu sync.Mutex
	out := ev
	out.Progress = func(e progress.Event) {
		mu.Lock()
		defer mu.Unlock()
		ev.Progress(e)
	}
	out.Status = func(s *client.SolveStatus) {
		mu.Lock()
		defer mu.Unlock()
		ev.Status(s)
	}
	return out
}
