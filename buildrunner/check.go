package buildrunner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/moby/buildkit/client"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
)

// subrequestsCap is what a frontend must declare to be asked for its lint.
const subrequestsCap = "moby.buildkit.frontend.subrequests"

// check asks the frontend for its lint. The answer is in the gateway result's
// metadata, so the question is put from inside a client-side build.
func (req *Request) check(ctx context.Context, b *builder.Builder, text []byte, res *Result, ev Events) (*Result, error) {
	node := b.Assign(nil)[0].Node
	res.Nodes = []string{node.Name}
	so, err := req.solveOpt(text, nil)
	if err != nil {
		return res.notPrepared(err)
	}
	c, err := node.Dial(ctx)
	if err != nil {
		return res.connectFailed(err)
	}
	defer c.Close()
	attrs := so.FrontendAttrs
	attrs["requestid"], attrs["frontend.caps"] = lint.RequestLint, subrequestsCap
	so.Frontend, so.CacheExports, so.Internal = "", nil, true

	var answer *gateway.Result
	tracker := progress.NewTracker(ev.Progress, ev.Log)
	_, err = follow(ctx, c, tracker, ev, func(ctx context.Context, ch chan *client.SolveStatus) (*client.SolveResponse, error) {
		return c.Build(ctx, so, "dhi-ls", func(ctx context.Context, g gateway.Client) (*gateway.Result, error) {
			r, err := g.Solve(ctx, gateway.SolveRequest{Frontend: frontend, FrontendOpt: attrs})
			answer = r
			return gateway.NewResult(), err
		}, ch)
	})
	switch {
	case cannotLint(err):
		res.Notes = append(res.Notes, fmt.Sprintf("The frontend %s has no lint of its own.", Directive(text)))
		return res, nil
	case err != nil:
		return res.failed(ctx, req, text, tracker, err)
	}
	res.CanLint = true
	return res.linted(answer)
}

// cannotLint tells a frontend without lint from one that failed.
func cannotLint(err error) bool {
	var cap *errdefs.UnsupportedFrontendCapError
	var sub *errdefs.UnsupportedSubrequestError
	return errors.As(err, &cap) || errors.As(err, &sub) || err != nil && isUnimplemented(err)
}

func (res *Result) linted(answer *gateway.Result) (*Result, error) {
	data := answer.Metadata["result.json"]
	if data == nil {
		res.CanLint = false
		res.Notes = append(res.Notes, "The frontend answered the request for its lint with nothing.")
		return res, nil
	}
	var l lint.LintResults
	if err := json.Unmarshal(data, &l); err != nil {
		return res, fmt.Errorf("the frontend's lint cannot be read: %w", err)
	}
	for _, w := range l.Warnings {
		out := progress.Warning{Text: w.RuleName + ": " + w.Detail, URL: w.URL, Level: 1}
		if w.Description != "" && w.Description != w.Detail {
			out.Detail = []string{w.Description}
		}
		out.Source, out.Ranges = located(&l, w.Location)
		res.Warnings = append(res.Warnings, out)
	}
	if l.Error == nil {
		return res, nil
	}
	source, ranges := located(&l, &l.Error.Location)
	e := cause.Evidence{Text: l.Error.Message, Sources: []cause.Source{{File: source.GetFilename(), Data: source.GetData(), Ranges: ranges}}}
	res.Failures = cause.Find(e)
	return res, &Failure{res.Failures, errors.New(l.Error.Message)}
}

func located(l *lint.LintResults, at *pb.Location) (*pb.SourceInfo, []*pb.Range) {
	i := int(at.GetSourceIndex())
	if at == nil || i < 0 || i >= len(l.Sources) {
		return nil, nil
	}
	return l.Sources[i], at.Ranges
}
