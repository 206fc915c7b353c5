//go:build buildkit

package buildrunner_test

import (
	"path/filepath"
	"testing"

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

// BenchmarkWarmBuild is a whole Run of a definition that is in the cache:
// finding the builder, the session, the solve and its stream.
func BenchmarkWarmBuild(b *testing.B) {
	d := buildtest.NewDaemon(b, buildtest.Options{Mirror: buildtest.NewRegistry(b, "")})
	_, file := benchProject(b)
	req := buildrunner.Request{File: file, Builder: builder.Options{Spec: d.Addr}}
	var r buildrunner.Runner
	for b.Loop() {
		if _, err := r.Run(b.Context(), req, buildrunner.Events{}); err != nil {
			b.Fatal(err)
		}
	}
	r.Wait()
}

// BenchmarkWarmSolve is the same solve as buildctl does it: connect, solve
// from the directory, drain.
func BenchmarkWarmSolve(b *testing.B) {
	d := buildtest.NewDaemon(b, buildtest.Options{Mirror: buildtest.NewRegistry(b, "")})
	dir, _ := benchProject(b)
	for b.Loop() {
		c, err := client.New(b.Context(), d.Addr)
		if err != nil {
			b.Fatal(err)
		}
		fs, err := fsutil.NewFS(dir)
		if err != nil {
			b.Fatal(err)
		}
		ch := make(chan *client.SolveStatus)
		go func() {
			for range ch {
			}
		}()
		_, err = c.Solve(b.Context(), nil, client.SolveOpt{
			Frontend: "dockerfile.v0", FrontendAttrs: map[string]string{"filename": "1.yaml", "attest:provenance": "mode=min,inline-only=true"},
			LocalMounts: map[string]fsutil.FS{"dockerfile": fs, "context": fs},
		}, ch)
		if err != nil {
			b.Fatal(err)
		}
		c.Close()
	}
}
