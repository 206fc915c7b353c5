package buildrunner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/moby/buildkit/client"
	digest "github.com/opencontainers/go-digest"
)

// Events are told while a build runs, from one goroutine at a time. All may
// be nil. None is called after Run has returned.
type Events struct {
	// Found tells the builder before the build begins.
	Found func(*builder.Builder)
	// Progress gets steps, bytes, lines and warnings.
	Progress func(progress.Event)
	// Status gets BuildKit's stream as it comes, for a Printer.
	Status func(*client.SolveStatus)
	// Log keeps the printed lines.
	Log *progress.Buffer
	// Stdout is where an output with dest=- goes, os.Stdout when nil.
	Stdout io.Writer
}

// Runner runs builds, any number at once. Its zero value is ready.
//
// A canceled build is reported at once, while the daemon may take its time to
// stop: Wait waits for what is left of such builds.
type Runner struct{ left sync.WaitGroup }

// drainLimit is how long a canceled build is followed before its connection
// is cut.
const drainLimit = 10 * time.Second

// Wait returns when nothing of any build runs any more.
func (r *Runner) Wait() { r.left.Wait() }

// Run builds. The Result is never nil. The error is nil for a good build, a
// *Failure with the causes for one that failed, context.Canceled (wrapped)
// when ctx ended, and a *RequestError for a request that cannot be run.
func (r *Runner) Run(ctx context.Context, req Request, ev Events) (*Result, error) {
	res := &Result{}
	if err := req.validate(); err != nil {
		return res, err
	}
	text, err := req.text()
	if err != nil {
		return res, err
	}
	res.Text = text
	return r.promptly(ctx, res, ev, func(ctx context.Context, ev Events) (*Result, error) {
		return req.run(ctx, text, ev)
	})
}

// promptly runs the build beside the caller, so that the end of ctx is
// answered at once whatever the daemon does.
func (r *Runner) promptly(ctx context.Context, early *Result, ev Events, run func(context.Context, Events) (*Result, error)) (*Result, error) {
	type answer struct {
		res *Result
		err error
	}
	gate := &gate{ev: ev}
	done := make(chan answer, 1)
	r.left.Go(func() {
		res, err := run(ctx, gate.events())
		done <- answer{res, err}
	})
	select {
	case a := <-done:
		gate.close()
		return a.res, a.err
	case <-ctx.Done():
		gate.close()
		return early, fmt.Errorf("the build was canceled: %w", ctx.Err())
	}
}

// gate stops events once the caller was answered.
type gate struct {
	mu     sync.Mutex
	closed bool
	ev     Events
}

func (g *gate) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
}

func (g *gate) events() Events {
	out := Events{Log: g.ev.Log, Stdout: g.ev.Stdout}
	out.Found = func(b *builder.Builder) { g.do(g.ev.Found != nil, func() { g.ev.Found(b) }) }
	out.Progress = func(e progress.Event) { g.do(g.ev.Progress != nil, func() { g.ev.Progress(e) }) }
	out.Status = func(s *client.SolveStatus) { g.do(g.ev.Status != nil, func() { g.ev.Status(s) }) }
	if out.Stdout == nil {
		out.Stdout = os.Stdout
	}
	return out
}

func (g *gate) do(wanted bool, f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wanted && !g.closed {
		f()
	}
}

func (req *Request) run(ctx context.Context, text []byte, ev Events) (*Result, error) {
	res := &Result{Text: text}
	_, b, err := builder.Find(ctx, req.Env, req.builderOptions())
	if err != nil {
		return res.connectFailed(err)
	}
	res.Builder = b.Name
	ev.Found(b)
	if req.Check {
		return req.check(ctx, b, text, res, ev)
	}
	shares := b.Assign(req.Platforms)
	if len(shares) > 1 {
		return req.runShares(ctx, shares, text, res, ev)
	}
	return req.runOn(ctx, shares[0], text, res, ev)
}

func (req *Request) builderOptions() builder.Options {
	opts := req.Builder
	opts.All, opts.Bootstrap = false, true
	return opts
}

func (res *Result) connectFailed(err error) (*Result, error) {
	if errors.Is(err, context.Canceled) {
		return res, err
	}
	e := cause.Evidence{Text: err.Error(), Connecting: true, Unimplemented: isUnimplemented(err)}
	res.Failures = cause.Find(e)
	return res, &Failure{res.Failures, err}
}

// runOn builds on one node.
func (req *Request) runOn(ctx context.Context, a builder.Assignment, text []byte, res *Result, ev Events) (*Result, error) {
	res.Nodes = append(res.Nodes, a.Node.Name)
	so, err := req.solveOpt(text, a.Platforms)
	if err != nil {
		return res.notPrepared(err)
	}
	x, err := req.exports(ctx, a.Node, ev.Stdout)
	if err != nil {
		return res.notPrepared(err)
	}
	so.Exports = x.entries
	c, err := a.Node.Dial(ctx)
	if err != nil {
		return res.connectFailed(err)
	}
	defer c.Close()
	tracker := progress.NewTracker(ev.Progress, ev.Log)
	response, err := follow(ctx, c, tracker, ev, func(ctx context.Context, ch chan *client.SolveStatus) (*client.SolveResponse, error) {
		return c.Solve(ctx, nil, so, ch)
	})
	x.abort(err)
	res.Warnings = append(res.Warnings, tracker.Warnings()...)
	if err != nil {
		return res.failed(ctx, req, text, tracker, err)
	}
	return req.finish(res, x, response)
}

// follow runs a solve and gives its stream to the tracker until it closes.
// When ctx ended, the connection is cut after drainLimit, so that a daemon
// that hangs holds nothing here.
func follow(ctx context.Context, c *client.Client, t *progress.Tracker, ev Events, solve func(context.Context, chan *client.SolveStatus) (*client.SolveResponse, error)) (*client.SolveResponse, error) {
	ch := make(chan *client.SolveStatus)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for s := range ch {
			t.Update(s)
			ev.Status(s)
		}
	}()
	finished := make(chan struct{})
	defer close(finished)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-finished:
		case <-time.After(drainLimit):
			c.Close()
		}
	})
	defer stop()
	response, err := solve(ctx, ch)
	<-drained
	return response, err
}

// notPrepared tells a request that cannot be from an environment that does
// not have what it needs.
func (res *Result) notPrepared(err error) (*Result, error) {
	c := cause.Cause{Class: cause.Environment, Title: err.Error() + ".", ExitCode: -1, Text: err.Error()}
	var l *loadError
	var d *configError
	switch {
	case errors.As(err, &l):
		c.Kind, c.Remedy = cause.OutputFailed, "Start the Docker engine, or use --push or --output."
	case errors.As(err, &d):
		c.Kind, c.Remedy = cause.Other, "Mend the file, or log in again with docker login."
	default:
		return res, err
	}
	res.Failures = []cause.Cause{c}
	return res, &Failure{res.Failures, err}
}

// finish reads the answers of a good build.
func (req *Request) finish(res *Result, x *exports, response *client.SolveResponse) (*Result, error) {
	metadata := decodeMetadata(response.ExporterResponse)
	if res.Metadata == nil {
		res.Metadata = map[string]any{}
	}
	maps.Copy(res.Metadata, metadata)
	res.Digest = digest.Digest(response.ExporterResponse[keyDigest])
	for _, l := range x.loads {
		res.Loaded = l.said
	}
	if x.manifest != nil && res.Digest != "" {
		images, err := x.manifest.images(res.Digest)
		if err != nil {
			res.Notes = append(res.Notes, "The result could not be looked into: "+err.Error())
		}
		res.Images = append(res.Images, images...)
	}
	if req.MetadataFile != "" {
		if err := writeMetadata(req.MetadataFile, res.Metadata); err != nil {
			return res, err
		}
	}
	return res, nil
}
