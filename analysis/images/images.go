// Package images is how analysis asks what registries say of images: tags,
// and the digest, platforms and date behind them. The answers come through
// [Source] from a cache; where none is given, or where it cannot know, nothing
// is said.
package images

import (
	"strings"
	"time"

	"github.com/distribution/reference"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
)

// State says how far an answer can be trusted.
type State uint8

const (
	// Absent: the registry has not been asked.
	Absent State = iota
	// Known: it answered, and lately.
	Known
	// Stale: it answered, but longer ago than the user allows.
	Stale
	// Closed: it wants a login.
	Closed
	// NoRepository: it has no such repository.
	NoRepository
	// Unknown: it could not be asked, for the reason that Detail tells.
	Unknown
)

func (s State) String() string {
	return [...]string{"absent", "known", "stale", "closed", "no such repository", "unknown"}[s]
}

// Tag is what a tag stood for when the registry was asked.
type Tag struct {
	// Digest is empty where there is no such tag.
	Digest  string
	Checked time.Time
}

// Image is what a digest stands for.
type Image struct {
	// Created is zero where the image does not tell.
	Created time.Time
	// Platforms are linux/amd64 and the like; none for what is no image.
	Platforms []string
	// Index says that there is an image for each platform; a single image is
	// taken for any.
	Index bool
	// Missing says that the registry has no such digest.
	Missing bool
	Checked time.Time
	// Note says what could not be learnt, and why.
	Note string
}

// Repository is what is known of one repository of images.
type Repository struct {
	// Name is registry and path, dhi.io/golang.
	Name  string
	State State
	// Detail says why the state is not Known and how to mend it.
	Detail  string
	Checked time.Time
	// Tags are all tags, newest first, where Listed.
	Tags   []string
	Listed bool
	// Asked are the tags whose digest is known, Images what is known of
	// digests. Neither may be changed.
	Asked  map[string]Tag
	Images map[string]Image
}

// Usable says that the registry answered once.
func (r *Repository) Usable() bool { return r.State == Known || r.State == Stale }

// Digest is what a tag stands for, empty where that is not known.
func (r *Repository) Digest(tag string) string { return r.Asked[tag].Digest }

// Source answers questions about repositories of images. It must be safe for
// concurrent use and must not fetch.
type Source interface {
	// Repository is what is known of "dhi.io/golang".
	Repository(name string) *Repository
}

// Hardened is the registry of the hardened images, which definitions also
// name dhi/NAME.
const Hardened = "dhi.io"

// NameOf is the repository that a reference names, as a [Source] is asked for
// it; false where a part of it is not known.
func NameOf(r *entry.Reference) (string, bool) {
	if strings.Contains(r.Registry.Text+r.Repository.Text, "${") || r.Repository.Text == "" || r.Whole {
		return "", false
	}
	if name, ok := r.DHIName(); ok {
		return checked(Hardened + "/" + name)
	}
	at := r.NameRange()
	return checked(r.Source[at.Start:at.End])
}

func checked(name string) (string, bool) {
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil || !reference.IsNameOnly(named) {
		return "", false
	}
	return named.Name(), true
}

// Registry is the host in a name.
func Registry(name string) string {
	host, _, _ := strings.Cut(name, "/")
	return host
}

// Short is a digest as people read it: its algorithm and first digits.
func Short(digest string) string {
	const shown = len("sha256:") + 12
	if len(digest) <= shown {
		return digest
	}
	return digest[:shown] + "…"
}
