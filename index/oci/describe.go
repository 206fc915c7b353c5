package oci

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/dhi-ls/dhi-ls/index/fetch"
)

var errManifest = errors.New("it is no manifest of an image")

// maxPlatforms bounds what is kept of an index.
const maxPlatforms = 100

// describe reads a manifest: for which platforms it is, and when it was made.
func describe(d *remote.Descriptor) (Image, error) {
	out := Image{MediaType: string(d.MediaType)}
	if d.MediaType.IsIndex() {
		return describeIndex(d, out)
	}
	manifest, err := v1.ParseManifest(bytes.NewReader(d.Manifest))
	if err != nil {
		return out, fmt.Errorf("%w: %w", errManifest, err)
	}
	out.Created = created(manifest.Annotations)
	// The configuration of what is no image, such as a chart, has no platform.
	if t := manifest.Config.MediaType; t != types.OCIConfigJSON && t != types.DockerConfigJSON {
		return out, nil
	}
	image, err := d.Image()
	if err != nil {
		return out, err
	}
	return withConfig(out, image, true)
}

func describeIndex(d *remote.Descriptor, out Image) (Image, error) {
	manifest, err := v1.ParseIndexManifest(bytes.NewReader(d.Manifest))
	if err != nil {
		return out, fmt.Errorf("%w: %w", errManifest, err)
	}
	out.Created = created(manifest.Annotations)
	var first *v1.Descriptor
	for i := range manifest.Manifests {
		m := &manifest.Manifests[i]
		p := platform(m.Platform)
		if p == "" || m.Annotations["vnd.docker.reference.type"] != "" {
			continue // an attestation
		}
		if !slices.Contains(out.Platforms, p) && len(out.Platforms) < maxPlatforms {
			out.Platforms = append(out.Platforms, p)
		}
		if first == nil {
			first = m
		}
		if out.Created.IsZero() {
			out.Created = created(m.Annotations)
		}
	}
	slices.Sort(out.Platforms)
	if first == nil || !out.Created.IsZero() {
		return out, nil
	}
	index, err := d.ImageIndex()
	if err != nil {
		return out, err
	}
	image, err := index.Image(first.Digest)
	if err != nil {
		return out.withNote(err)
	}
	return withConfig(out, image, false)
}

// withConfig adds what the image's configuration says. Without it the rest
// still holds.
func withConfig(out Image, image v1.Image, single bool) (Image, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return out.withNote(err)
	}
	if out.Created.IsZero() && config.Created.Unix() > 0 {
		out.Created = config.Created.UTC()
	}
	if p := platform(config.Platform()); single && p != "" {
		out.Platforms = []string{p}
	}
	return out, nil
}

// withNote goes on without the configuration unless asking again may bring
// it.
func (i Image) withNote(err error) (Image, error) {
	err = kinded("", err)
	switch fetch.KindOf(err) {
	case fetch.Policy, fetch.NotFound, fetch.NeedLogin, fetch.TooLarge, fetch.BadHash:
		i.Note = err.Error()
		return i, nil
	}
	return i, err
}

// created is the date that annotations state. A reproducible build may state
// the epoch, which says nothing.
func created(annotations map[string]string) time.Time {
	t, err := time.Parse(time.RFC3339, annotations["org.opencontainers.image.created"])
	if err != nil || t.Unix() <= 0 {
		return time.Time{}
	}
	return t.UTC()
}

// platform writes a platform as definitions do; empty for none. The variant
// that all processors of an architecture have is left out.
func platform(p *v1.Platform) string {
	if p == nil || p.OS == "" || p.OS == "unknown" || p.Architecture == "" || p.Architecture == "unknown" {
		return ""
	}
	s := p.OS + "/" + p.Architecture
	if p.Variant != "" && !(p.Architecture == "arm64" && p.Variant == "v8") && !(p.Architecture == "amd64" && p.Variant == "v1") {
		s += "/" + p.Variant
	}
	return s
}
