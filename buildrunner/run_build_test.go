//go:build buildkit

package buildrunner_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
)

const definition = buildtest.Demo

// project writes the definition and its context and returns the file.
func project(t *testing.T, text string) string {
	t.Helper()
	return buildtest.NewProject(t, text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	writeFile(t, file, text)
}

func writeFile(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// environment has no builder and no credentials but what is given.
func environment(t *testing.T, vars map[string]string) builder.Env {
	t.Helper()
	home := t.TempDir()
	all := map[string]string{"DOCKER_CONFIG": filepath.Join(home, ".docker")}
	for k, v := range vars {
		all[k] = v
	}
	return builder.Env{
		Getenv:     func(k string) string { return all[k] },
		Home:       home,
		Sockets:    []string{},
		EngineHost: "unix://" + filepath.Join(home, "docker.sock"),
		Command:    func(context.Context, string, ...string) ([]byte, error) { return nil, os.ErrNotExist },
	}
}

func request(t *testing.T, d *buildtest.Daemon, file string) buildrunner.Request {
	t.Helper()
	return buildrunner.Request{File: file, Builder: builder.Options{Spec: d.Addr}, Env: environment(t, nil)}
}

func TestBuildDefinition(t *testing.T) {
	reg := buildtest.NewRegistry(t, "")
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: reg})
	req := request(t, d, project(t, definition))
	req.AsInGuide()
	req.Inspect = true
	dest := filepath.Join(t.TempDir(), "out", "image.tar")
	req.Outputs = []buildrunner.Output{{Type: "oci", Dest: dest}}
	req.MetadataFile = filepath.Join(t.TempDir(), "meta.json")

	var r buildrunner.Runner
	res, err := r.Run(t.Context(), req, buildrunner.Events{})
	if err != nil {
		t.Fatalf("build failed: %v\n%+v\n%s", err, res.Failures, d.Log())
	}
	if res.Digest == "" || len(res.Images) != 1 {
		t.Fatalf("digest %q, images %+v, notes %v", res.Digest, res.Images, res.Notes)
	}
	img := res.Images[0]
	if img.SBOM == nil || len(img.SBOM.Packages) != 2 || img.SBOM.Packages[1].Version != "1.2-r0" {
		t.Errorf("SBOM %+v", img.SBOM)
	}
	if !strings.Contains(string(img.Provenance), "buildType") {
		t.Errorf("provenance %s", img.Provenance)
	}
	if img.Size == 0 || len(img.Layers) == 0 || img.Config.User != "nonroot" {
		t.Errorf("image %+v", img)
	}
	for _, f := range []string{dest, req.MetadataFile} {
		if info, err := os.Stat(f); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", f, err)
		}
	}
	if !strings.Contains(reg.Log(), "/v2/build/manifests/2-alpine3.23") {
		t.Error("the frontend was not pulled from the mirror")
	}
}

func TestBuildUnsavedText(t *testing.T) {
	d := buildtest.NewDaemon(t, buildtest.Options{Mirror: buildtest.NewRegistry(t, "")})
	file := project(t, definition)
	req := request(t, d, file)
	req.Text = []byte(strings.Replace(definition, "echo made", "false", 1))
	var r buildrunner.Runner
	res, err := r.Run(t.Context(), req, buildrunner.Events{})
	if code := buildrunner.ExitCode(err); code != buildrunner.ExitDefinition {
		t.Fatalf("exit code %d, error %v", code, err)
	}
	c := res.Failures[0]
	if c.Kind != cause.StepFailed || c.ExitCode != 1 || !strings.Contains(c.Vertex, "prepare: write") {
		t.Errorf("cause %+v", c)
	}
	if len(c.Sources) == 0 || string(c.Sources[0].Data) != string(req.Text) {
		t.Error("the failure is not located in the unsaved text")
	}
}
