package main

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const (
	capsLabel    = "moby.buildkit.frontend.caps"
	caps         = "moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts"
	networkLabel = "moby.buildkit.frontend.network.none"
)

// foreign is the start of a 64-bit ELF executable for AArch64: enough for the
// kernel to refuse it with "exec format error" elsewhere.
var foreign = append([]byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00\x01\x00\x00\x00"), make([]byte, 64)...)

func pushImages(host, frontend, busybox, auth string) error {
	program, err := os.ReadFile(frontend)
	if err != nil {
		return err
	}
	shell, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	tools := map[string][]byte{"bin/frontend": program, "bin/busybox": shell}
	plain := v1.Config{Entrypoint: []string{"/bin/frontend"}, Env: []string{"PATH=/bin"}, Labels: map[string]string{networkLabel: "true"}}
	full := *plain.DeepCopy()
	full.Labels[capsLabel] = caps
	generator := v1.Config{Entrypoint: []string{"/bin/frontend", "sbom"}}
	images := []struct {
		tags   string
		files  map[string][]byte
		config v1.Config
	}{
		{"build:2-debian12 build:2-debian13 build:2-alpine3.22 build:2-alpine3.23", tools, full},
		{"build:no-lint", tools, plain},
		{"scout-sbom-indexer:1", tools, generator},
		{"foreign:1", map[string][]byte{"bin/busybox": foreign}, v1.Config{}},
		{"pkg-stand-in:1", map[string][]byte{"opt/stand-in/file": []byte("stand-in\n")}, v1.Config{}},
	}
	for _, i := range images {
		img, err := image(i.files, i.config)
		if err != nil {
			return err
		}
		for _, tag := range strings.Fields(i.tags) {
			if err := push(host+"/"+tag, img, auth); err != nil {
				return err
			}
		}
	}
	return nil
}

func image(files map[string][]byte, config v1.Config) (v1.Image, error) {
	var buf bytes.Buffer
	tw := tar.NewWriter(&buf)
	for path, data := range files {
		if err := tw.WriteHeader(&tar.Header{Name: path, Mode: 0o755, Size: int64(len(data)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := tw.Write(data); err != nil {
			return nil, err
		}
	}
	if err := tw.WriteHeader(&tar.Header{Name: "tmp/", Mode: 0o1777, Typeflag: tar.TypeDir}); err != nil {
		return nil, err
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buf.Bytes())), nil }
	layer, err := tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), layer)
	if err != nil {
		return nil, err
	}
	cf, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	cf = cf.DeepCopy()
	cf.OS, cf.Architecture, cf.Config = "linux", runtime.GOARCH, config
	return mutate.ConfigFile(img, cf)
}

func push(ref string, img v1.Image, auth string) error {
	tag, err := name.ParseReference(ref, name.Insecure)
	if err != nil {
		return err
	}
	var opts []remote.Option
	if user, password, ok := strings.Cut(auth, ":"); ok {
		opts = append(opts, remote.WithAuth(&authn.Basic{Username: user, Password: password}))
	}
	return remote.Write(tag, img, opts...)
}
