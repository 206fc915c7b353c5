package buildrunner

import (
	"errors"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
	"github.com/dhi-ls/dhi-ls/buildrunner/progress"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/solver/errdefs"
	digest "github.com/opencontainers/go-digest"
)

func TestStepsThatFailBesideEachOther(t *testing.T) {
	now := time.Unix(1, 0)
	tr := progress.NewTracker(nil, nil)
	for id, name := range map[string]string{"a": "[linux/amd64 1/2] compile", "b": "[linux/arm64 1/2] compile", "c": "[dhi] docs", "d": "[internal] load"} {
		tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{{Digest: digest.Digest(id), Name: name, Started: &now, Completed: &now, Error: "did not complete successfully: exit code: 7"}}})
	}
	tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{{Digest: "e", Name: "[dhi] late", Started: &now, Completed: &now, Error: "context canceled"}}})
	err := errdefs.WrapVertex(errors.New("exit code: 7"), "a")
	req := &Request{}
	res, _ := (&Result{}).failed(t.Context(), req, nil, tr, err)
	if len(res.Failures) != 2 || res.Failures[0].Vertex != "[linux/amd64 1/2] compile" || res.Failures[1].Vertex != "[dhi] docs" {
		t.Fatalf("%+v", res.Failures)
	}
	if c := res.Failures[1]; c.ExitCode != 7 || c.Class != cause.Definition {
		t.Errorf("%+v", c)
	}
}
