package buildrunner

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/grpcerrors"
	digest "github.com/opencontainers/go-digest"
	"google.golang.org/grpc/codes"
)

// failed says why a solve failed.
func (res *Result) failed(ctx context.Context, req *Request, text []byte, t *progress.Tracker, err error) (*Result, error) {
	if ctx.Err() != nil {
		return res, fmt.Errorf("the build was canceled: %w", ctx.Err())
	}
	res.Failures = cause.Find(req.evidence(ctx, text, t, err))
	res.Failures = append(res.Failures, otherFailures(t, err, res.Failures)...)
	for i, c := range res.Failures {
		if url := c.URL(); c.Kind == cause.ChecksumMismatch && url != "" {
			res.Failures[i] = c.WithStatus(url, status(ctx, url))
		}
	}
	return res, &Failure{res.Failures, err}
}

var exitCode = regexp.MustCompile(`exit code: (\d+)$`)

// otherFailures are steps that failed beside the one that the error is of:
// BuildKit returns one error and tells the others in its stream only, without
// a location. The same step of another platform counts once.
func otherFailures(t *progress.Tracker, err error, known []cause.Cause) []cause.Cause {
	first := failedStep(t, err)
	if first == nil {
		return nil
	}
	seen := map[string]bool{stepKey(first.Name): true}
	for _, c := range known {
		seen[stepKey(c.Vertex)] = true
	}
	var out []cause.Cause
	for _, s := range t.Failed() {
		if s == first || s.Internal || seen[stepKey(s.Name)] {
			continue
		}
		seen[stepKey(s.Name)] = true
		e := cause.Evidence{Text: s.Err, Vertex: s.Name, Log: s.Log()}
		if m := exitCode.FindStringSubmatch(s.Err); m != nil {
			e.Exited = true
			e.ExitCode, _ = strconv.Atoi(m[1])
		}
		out = append(out, cause.Find(e)...)
	}
	return out
}

var platformPrefix = regexp.MustCompile(`\b\w+/[\w/]+(?:->\w+/\w+)?\b`)

// stepKey is a step's name without the platform in it.
func stepKey(name string) string {
	if strings.HasPrefix(name, "[linux/") || strings.HasPrefix(name, "[windows/") {
		return platformPrefix.ReplaceAllString(name, "")
	}
	return name
}

func isUnimplemented(err error) bool { return grpcerrors.Code(err) == codes.Unimplemented }

// evidence gathers what the error and the stream tell.
func (req *Request) evidence(ctx context.Context, text []byte, t *progress.Tracker, err error) cause.Evidence {
	e := cause.Evidence{
		Text:          err.Error(),
		Unavailable:   grpcerrors.Code(err) == codes.Unavailable,
		Unimplemented: isUnimplemented(err),
		Canceled:      errdefs.IsCanceled(ctx, err),
		Frontend:      Directive(text),
		Generator:     req.SBOM.Attrs["generator"],
	}
	for _, s := range errdefs.Sources(err) {
		e.Sources = append(e.Sources, cause.Source{File: s.Info.GetFilename(), Data: s.Info.GetData(), Ranges: s.Ranges})
	}
	var exit *gwpb.ExitError
	if errors.As(err, &exit) {
		e.Exited, e.ExitCode = true, int(exit.ExitCode)
	}
	if s := failedStep(t, err); s != nil {
		e.Vertex, e.Log = s.Name, s.Log()
	}
	return e
}

// statusLimit bounds the look at a URL whose checksum was wrong.
const statusLimit = 3 * time.Second

// status asks for a URL's HTTP status from here, 0 when that cannot be known:
// BuildKit does not tell an error page from a file that has changed.
func status(ctx context.Context, url string) int {
	ctx, cancel := context.WithTimeout(ctx, statusLimit)
	defer cancel()
	c := &http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}}
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		r, err := http.NewRequestWithContext(ctx, method, url, nil)
		if err != nil {
			return 0
		}
		r.Header.Set("Range", "bytes=0-0")
		resp, err := c.Do(r)
		if err != nil {
			return 0
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMethodNotAllowed && resp.StatusCode != http.StatusForbidden {
			return resp.StatusCode
		}
		if method == http.MethodGet {
			return resp.StatusCode
		}
	}
	return 0
}

// failedStep is the step that the error names, else the only one that failed.
// A daemon cancels all others when one fails, so the first to fail is it.
func failedStep(t *progress.Tracker, err error) *progress.Step {
	var v *errdefs.VertexError
	if errors.As(err, &v) {
		if s := t.Step(digest.Digest(v.Digest)); s != nil {
			return s
		}
	}
	for _, s := range t.Failed() {
		if !s.Internal {
			return s
		}
	}
	return nil
}
