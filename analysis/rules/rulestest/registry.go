package rulestest

import (
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/images"
)

// Digests that the registry of the examples knows, and one that it lacks.
var (
	NewDigest     = "sha256:" + strings.Repeat("4b", 32)
	OldDigest     = "sha256:" + strings.Repeat("0a", 32)
	SingleDigest  = "sha256:" + strings.Repeat("5c", 32)
	MissingDigest = "sha256:" + strings.Repeat("ff", 32)
)

// Registry is what a registry said of the images of the examples.
type Registry struct {
	// State is that of every repository that it knows.
	State images.State
}

// Repository implements images.Source.
func (r Registry) Repository(name string) *images.Repository {
	asked := time.Date(2026, 5, 30, 8, 0, 0, 0, time.UTC)
	out := &images.Repository{Name: name, State: images.Absent, Detail: name + " has not been fetched: run dhi-ls index update"}
	if name == "dhi.io/nothing" {
		out.State, out.Detail = images.NoRepository, name+": dhi.io has no such repository"
		return out
	}
	if name != "dhi.io/pkg-sample" && name != "dhi.io/golang" {
		return out
	}
	out.State, out.Detail, out.Checked, out.Listed = r.State, "", asked, true
	out.Tags = []string{"1.26-alpine3.23-dev", "1.4.3-alpine3.23", "1.4.2-alpine3.23", "1.4.1-alpine3.23"}
	out.Asked = map[string]images.Tag{
		"1.26-alpine3.23-dev": {Digest: NewDigest, Checked: asked}, "1.4.2-alpine3.23": {Digest: NewDigest, Checked: asked},
		"1.4.1-alpine3.23": {Digest: SingleDigest, Checked: asked}, "1.3.9-alpine3.23": {Checked: asked},
	}
	out.Images = map[string]images.Image{
		NewDigest:     {Created: asked.AddDate(0, 0, -2), Platforms: []string{"linux/amd64", "linux/arm64"}, Index: true, Checked: asked},
		OldDigest:     {Created: asked.AddDate(0, -2, 0), Platforms: []string{"linux/amd64"}, Index: true, Checked: asked},
		SingleDigest:  {Platforms: []string{"linux/amd64"}, Checked: asked},
		MissingDigest: {Missing: true, Checked: asked},
	}
	return out
}
