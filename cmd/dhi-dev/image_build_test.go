//go:build buildkit

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/dhi-ls/dhi-ls/buildrunner"
	"github.com/dhi-ls/dhi-ls/buildrunner/builder"
	"github.com/dhi-ls/dhi-ls/buildrunner/buildtest"
	"github.com/dhi-ls/dhi-ls/cmd/dhi-dev/internal/release"
)

// TestImage builds the container image for both platforms with a real
// BuildKit, twice, and runs what is in it.
func TestImage(t *testing.T) {
	daemon := buildtest.NewDaemon(t, buildtest.Options{})
	o := release.Options{
		Root: "../..", Out: t.TempDir(), Version: "1.2.3", Commit: strings.Repeat("0123abcd", 5), Time: time.Unix(1767323045, 0),
		Platforms: []release.Platform{{OS: "linux", Arch: "amd64"}, {OS: "linux", Arch: "arm64"}}, Log: io.Discard,
	}
	if err := release.Stage(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	first := buildImage(t, daemon, filepath.Join(o.Out, "stage"))
	again := buildImage(t, daemon, filepath.Join(o.Out, "stage"))
	if a, b := first.files["index.json"], again.files["index.json"]; !bytes.Equal(a, b) {
		t.Errorf("two builds differ:\n%s\n%s", a, b)
	}
	var platforms []string
	for _, m := range first.images(t) {
		config := first.config(t, m)
		platforms = append(platforms, config.OS+"/"+config.Architecture)
		checkImageConfig(t, config.Config)
		if config.Architecture == "amd64" {
			runImage(t, first.unpack(t, m), config.Config)
		}
	}
	slices.Sort(platforms)
	if !slices.Equal(platforms, []string{"linux/amd64", "linux/arm64"}) {
		t.Errorf("the image is for %v", platforms)
	}
}

func checkImageConfig(t *testing.T, c ocispec.ImageConfig) {
	t.Helper()
	if c.User != "65532:65532" || c.WorkingDir != "/work" || !slices.Equal(c.Entrypoint, []string{"/usr/bin/dhi-ls"}) || !slices.Equal(c.Cmd, []string{"check"}) {
		t.Errorf("the configuration is %+v", c)
	}
	for key, want := range map[string]string{"version": "1.2.3", "revision": strings.Repeat("0123abcd", 5), "created": "2026-01-02T03:04:05Z", "licenses": "Apache-2.0"} {
		if got := c.Labels["org.opencontainers.image."+key]; got != want {
			t.Errorf("label %s is %q, want %q", key, got, want)
		}
	}
}

// runImage runs the program in the image's files as a container engine would:
// with its user, environment and folder, and nothing else.
func runImage(t *testing.T, root string, c ocispec.ImageConfig) {
	t.Helper()
	const definition = "# syntax=dhi.io/build:2-alpine3.23\n\nnameee: Bad\n"
	if err := os.WriteFile(filepath.Join(root, "work/app.yaml"), []byte(definition), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (string, int) {
		cmd := exec.Command(c.Entrypoint[0], args...)
		cmd.Dir, cmd.Env = c.WorkingDir, c.Env
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	if out, code := run("version"); code != 0 || !strings.HasPrefix(out, "dhi-ls 1.2.3\n") {
		t.Errorf("version: %d\n%s", code, out)
	}
	if out, code := run(c.Cmd...); code != 1 || !strings.Contains(out, "error[unknown-field]") || strings.Contains(out, "cache") && strings.Contains(out, "could not") {
		t.Errorf("check: %d\n%s", code, out)
	}
	if kept, err := os.ReadDir(filepath.Join(root, "cache/check")); err != nil || len(kept) == 0 {
		t.Errorf("results were not kept in /cache: %v", err)
	}
	if out, code := run("index", "list"); code != 0 {
		t.Errorf("index list: %d\n%s", code, out)
	}
}

// ociArchive is an OCI archive in memory.
type ociArchive struct{ files map[string][]byte }

func buildImage(t *testing.T, d *buildtest.Daemon, context string) ociArchive {
	t.Helper()
	dest := filepath.Join(t.TempDir(), "image.tar")
	req := buildrunner.Request{
		File: "../../.ci/image/Dockerfile", ContextDir: context, Builder: builder.Options{Spec: d.Addr}, NoCache: true,
		Platforms: []string{"linux/amd64", "linux/arm64"},
		BuildArgs: map[string]string{"VERSION": "1.2.3", "COMMIT": strings.Repeat("0123abcd", 5), "DATE": "2026-01-02T03:04:05Z", "SOURCE_DATE_EPOCH": "1767323045"},
		// Provenance has the time of the build in it.
		Provenance: buildrunner.Attestation{Set: true, Off: true},
		Outputs:    []buildrunner.Output{{Type: "oci", Dest: dest, Attrs: map[string]string{"rewrite-timestamp": "true"}}},
	}
	var runner buildrunner.Runner
	if _, err := runner.Run(t.Context(), req, buildrunner.Events{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(dest)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a := ociArchive{map[string][]byte{}}
	for r := tar.NewReader(f); ; {
		h, err := r.Next()
		if err == io.EOF {
			return a
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.files[h.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

func (a ociArchive) decode(t *testing.T, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(a.files[name], v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func blob(d ocispec.Descriptor) string { return "blobs/sha256/" + d.Digest.Encoded() }

// images are the manifests behind the index, one per platform.
func (a ociArchive) images(t *testing.T) []ocispec.Manifest {
	t.Helper()
	var top, index ocispec.Index
	a.decode(t, "index.json", &top)
	a.decode(t, blob(top.Manifests[0]), &index)
	var out []ocispec.Manifest
	for _, d := range index.Manifests {
		var m ocispec.Manifest
		a.decode(t, blob(d), &m)
		out = append(out, m)
	}
	return out
}

func (a ociArchive) config(t *testing.T, m ocispec.Manifest) ocispec.Image {
	t.Helper()
	var c ocispec.Image
	a.decode(t, blob(m.Config), &c)
	return c
}

// unpack lays out the layers in a folder.
func (a ociArchive) unpack(t *testing.T, m ocispec.Manifest) string {
	t.Helper()
	dir := t.TempDir()
	for _, layer := range m.Layers {
		z, err := gzip.NewReader(bytes.NewReader(a.files[blob(layer)]))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("tar", "-x", "--same-owner", "--same-permissions", "-C", dir)
		cmd.Stdin = z
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	// Nothing but the program is in it.
	for _, p := range []string{"bin", "etc", "lib", "tmp"} {
		if _, err := os.Stat(filepath.Join(dir, p)); err == nil {
			t.Errorf("the image has /%s", p)
		}
	}
	// The folder of the test is closed to others.
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
