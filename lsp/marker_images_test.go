package lsp_test

import (
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/images"
)

// imageFile is a repository of images of client.json.
type imageFile struct {
	Name string `json:"name"`
	// State is known where it is empty.
	State  string            `json:"state"`
	Tags   []string          `json:"tags"`
	Asked  map[string]string `json:"asked"`
	Images map[string]struct {
		Created   string   `json:"created"`
		Platforms []string `json:"platforms"`
		Missing   bool     `json:"missing"`
	} `json:"images"`
}

// imageFiles is what registries said.
type imageFiles []imageFile

var imageStates = map[string]images.State{"": images.Known, "stale": images.Stale, "closed": images.Closed}

// asked is the day on which all registries were asked.
var asked = time.Date(2026, 5, 30, 8, 0, 0, 0, time.UTC)

func (s imageFiles) Repository(name string) *images.Repository {
	for _, f := range s {
		if f.Name != name {
			continue
		}
		out := &images.Repository{
			Name: name, State: imageStates[f.State], Checked: asked, Listed: true, Tags: images.Newest(f.Tags),
			Asked: map[string]images.Tag{}, Images: map[string]images.Image{},
		}
		if out.State == images.Closed {
			out.Detail = name + " needs a login: docker login " + images.Registry(name)
		}
		for tag, digest := range f.Asked {
			out.Asked[tag] = images.Tag{Digest: digest, Checked: asked}
		}
		for digest, m := range f.Images {
			created, _ := time.Parse(time.DateOnly, m.Created)
			out.Images[digest] = images.Image{Created: created, Platforms: m.Platforms, Index: true, Missing: m.Missing, Checked: asked}
		}
		return out
	}
	return &images.Repository{Name: name, Detail: name + " has not been fetched: run dhi-ls index update"}
}
