//go:build buildkit

package buildrunner_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/moby/buildkit/client"
	"github.com/tonistiigi/fsutil"
)

func benchProject(b *testing.B) (string, string) {
	b.Helper()
	dir := b.TempDir()
	file := filepath.Join(dir, "1.yaml")
	for name, text := range map[string]string{file: definition, filepath.Join(dir, ".spec.json"): "{}", filepath.Join(dir, "config", "demo.conf"): "demo\n"} {
		writeFile(b, name, text)
	}
	return dir, file
}

// BenchmarkWarmBuild takes turns between a whole Run of a definition that is
// in the cache (finding the builder, session, solve and stream) and the same
// solve as buildctl does it, and reports both and what Run adds.
func BenchmarkWarmBuild(b *testing.B) {
	d := buildtest.NewDaemon(b, buildtest.Options{Mirror: buildtest.NewRegistry(b, "")})
	dir, file := benchProject(b)
	req := buildrunner.Request{File: file, Builder: builder.Options{Spec: d.Addr}}
	var r buildrunner.Runner
	var runs, solves []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := r.Run(b.Context(), req, buildrunner.Events{}); err != nil {
			b.Fatal(err)
		}
		runs = append(runs, time.Since(start))
		start = time.Now()
		if err := bareSolve(b.Context(), d.Addr, dir); err != nil {
			b.Fatal(err)
		}
		solves = append(solves, time.Since(start))
	}
	r.Wait()
	run, solve := median(runs), median(solves)
	b.ReportMetric(float64(run.Microseconds())/1000, "run-ms")
	b.ReportMetric(float64(solve.Microseconds())/1000, "solve-ms")
	b.ReportMetric(float64((run-solve).Microseconds())/1000, "added-ms")
}

func median(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

func bareSolve(ctx context.Context, addr, dir string) error {
	c, err := client.New(ctx, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	fs, err := fsutil.NewFS(dir)
	if err != nil {
		return err
	}
	ch := make(chan *client.SolveStatus)
	go func() {
		for range ch {
		}
	}()
	_, err = c.Solve(ctx, nil, client.SolveOpt{
		Frontend: "dockerfile.v0", FrontendAttrs: map[string]string{"filename": "1.yaml", "attest:provenance": "mode=min,inline-only=true"},
		LocalMounts: map[string]fsutil.FS{"dockerfile": fs, "context": fs},
	}, ch)
	return err
}
