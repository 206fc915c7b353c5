package oci

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Repository is what a registry says of a repository of images, as the cache
// keeps it. It does not change.
type Repository struct {
	Version int    `json:"version"`
	Name    string `json:"name"`
	// Listed says that Tags are all there are; some registries do not list
	// them.
	Listed bool     `json:"listed"`
	Tags   []string `json:"tags,omitempty"` // in the order of the registry
	// Asked are the tags whose digest was asked for.
	Asked map[string]Tag `json:"asked,omitempty"`
	// Images are by digest.
	Images map[string]Image `json:"images,omitempty"`
}

// Tag is what a tag stood for when the registry was asked.
type Tag struct {
	Digest  string    `json:"digest,omitempty"` // empty: there is no such tag
	Checked time.Time `json:"checked"`
}

// Image is what a digest stands for. It never changes but for Missing.
type Image struct {
	MediaType string `json:"mediaType,omitempty"`
	// Created is the image's own word; zero where it has none.
	Created   time.Time `json:"created,omitzero"`
	Platforms []string  `json:"platforms,omitempty"` // linux/amd64 and the like
	// Missing says that the registry has no such digest.
	Missing bool      `json:"missing,omitempty"`
	Checked time.Time `json:"checked"`
	// Note says what could not be learnt, and why.
	Note string `json:"note,omitempty"`
}

// IsIndex says that there is an image for each platform.
func (i Image) IsIndex() bool { return types.MediaType(i.MediaType).IsIndex() }

const contentVersion = 1

// Limits of what is kept of one repository.
const (
	maxTags    = 100_000
	maxContent = 64 << 20 // bytes
)

var errContent = errors.New("it is no record of a repository of images")

// ParseRepository reads what encode wrote. What it returns is sound: every
// tag that was asked for has its digest among the images.
func ParseRepository(data []byte) (*Repository, error) {
	if len(data) > maxContent {
		return nil, fmt.Errorf("%w: %d bytes", errContent, len(data))
	}
	var r Repository
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", errContent, err)
	}
	if r.Version != contentVersion || r.Name == "" || len(r.Tags) > maxTags {
		return nil, errContent
	}
	for tag, t := range r.Asked {
		if _, ok := r.Images[t.Digest]; t.Digest != "" && !ok {
			return nil, fmt.Errorf("%w: nothing is known behind the tag %s", errContent, tag)
		}
	}
	return &r, nil
}

func (r *Repository) encode() ([]byte, error) { return json.Marshal(r) }

// HasTag reports whether the registry has the tag; known is false where that
// cannot be said.
func (r *Repository) HasTag(tag string) (has, known bool) {
	if t, ok := r.Asked[tag]; ok {
		return t.Digest != "", true
	}
	return slices.Contains(r.Tags, tag), r.Listed
}

// unusedLife is how long an image is kept that nothing names any more.
const unusedLife = 90 * 24 * time.Hour

// next is a copy to which an update adds.
func (r *Repository) next(name string) *Repository {
	out := &Repository{Version: contentVersion, Name: name, Asked: map[string]Tag{}, Images: map[string]Image{}}
	if r != nil {
		out.Listed, out.Tags = r.Listed, r.Tags
		maps.Copy(out.Asked, r.Asked)
		maps.Copy(out.Images, r.Images)
	}
	return out
}

// forget drops the images that no tag stands for and nobody asked for in a
// while, and tags that are no longer there and were not asked for now.
func (r *Repository) forget(wanted Want, now time.Time) {
	used := map[string]bool{}
	for _, d := range wanted.Digests {
		used[d] = true
	}
	for tag, t := range r.Asked {
		if r.Listed && !slices.Contains(wanted.Tags, tag) && !slices.Contains(r.Tags, tag) {
			delete(r.Asked, tag)
			continue
		}
		used[t.Digest] = true
	}
	for digest, image := range r.Images {
		if !used[digest] && now.Sub(image.Checked) > unusedLife {
			delete(r.Images, digest)
		}
	}
}
