package hover

import (
	"fmt"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/links"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"github.com/dhi-ls/dhi-ls/lsp/internal/references"
)

// image takes a reference apart, and says what is known of it.
func (h *place) image(value string) {
	r := entry.ParseReference(value)
	if r.Whole || r.Repository.Text == "" {
		return
	}
	section := "**" + markup.Text(r.Repository.Text) + "** image"
	if name, ok := r.DHIName(); ok {
		section = "**" + markup.Text(name) + "** Docker Hardened Image"
	} else if r.Registry.Text != "" {
		section += " of " + markup.Code(r.Registry.Text)
	} else {
		section += " of Docker Hub"
	}
	var lines []string
	if r.Tag.Text != "" {
		lines = append(lines, "tag "+markup.Code(r.Tag.Text))
	}
	known := engine.Known(h.s, h.d)
	found := known.Repository(&r)
	own := len(h.path) == 1 && h.path[0] == "image" // the name that it gets
	switch {
	case r.Digest.Text != "":
		lines = append(lines, "pinned to "+markup.Code(r.Digest.Text)+moment(found, r.Digest.Text))
	case !own:
		lines = append(lines, "not pinned: the tag may name another image tomorrow")
	}
	if !own {
		lines = append(lines, registryLines(&r, found)...)
		lines = append(lines, pinLines(&r, known)...)
	}
	if len(lines) > 0 {
		section += "\n\n- " + strings.Join(lines, "\n- ")
	}
	if page, ok := links.Catalog(value); ok {
		section += "\n\n[The image in the catalog](" + page + ")"
	}
	h.say(section, text.Range{})
}

// moment says when an image was made, as far as that is known.
func moment(found *images.Repository, digest string) string {
	if found == nil || found.Images[digest].Created.IsZero() {
		return ""
	}
	return ", made " + found.Images[digest].Created.Format(time.DateOnly)
}

// registryLines are what the registry said, or why nothing is known of it.
func registryLines(r *entry.Reference, found *images.Repository) (lines []string) {
	if found == nil {
		return nil
	}
	if !found.Usable() {
		return []string{markup.Text(found.Detail)}
	}
	registry := images.Registry(found.Name)
	tag, asked := found.Asked[r.Tag.Text]
	shown := r.Digest.Text
	switch {
	case r.Tag.Text == "":
	case asked && tag.Digest == "":
		lines = append(lines, registry+" has no such tag")
	case !asked && found.Listed && !hasTag(found, r.Tag.Text):
		lines = append(lines, registry+" does not list the tag")
	case !asked:
	case tag.Digest == r.Digest.Text:
		lines = append(lines, "the tag stands for this digest")
	case r.Digest.Text != "":
		lines = append(lines, "the tag has moved to "+markup.Code(tag.Digest)+moment(found, tag.Digest))
	default:
		lines = append(lines, "the tag stands for "+markup.Code(tag.Digest)+moment(found, tag.Digest))
		shown = tag.Digest
	}
	if image, ok := found.Images[shown]; ok {
		if image.Missing {
			lines = append(lines, registry+" has no such digest")
		}
		if len(image.Platforms) > 0 {
			lines = append(lines, "for "+strings.Join(image.Platforms, ", "))
		}
		if image.Note != "" && image.Created.IsZero() {
			lines = append(lines, "when it was made is not known: "+markup.Text(image.Note))
		}
	}
	said := registry + " was asked on " + found.Checked.Format(time.DateOnly)
	if found.State == images.Stale {
		said += ", which is some time ago"
	}
	return append(lines, said)
}

func hasTag(found *images.Repository, tag string) bool {
	for _, t := range found.Tags {
		if t == tag {
			return true
		}
	}
	return false
}

// maxPins is how many digests of other files a hover tells of.
const maxPins = 3

// pinLines are the other digests that the workspace pins the tag to.
func pinLines(r *entry.Reference, known references.Known) []string {
	var lines []string
	for _, d := range known.Digests(r) {
		switch n := len(d.Files); {
		case n == 0 || len(lines) == maxPins:
		case d.Digest == r.Digest.Text:
			lines = append(lines, fmt.Sprintf("pinned so in %s", otherFiles(n)))
		default:
			lines = append(lines, fmt.Sprintf("pinned to %s in %s", markup.Code(images.Short(d.Digest)), otherFiles(n)))
		}
	}
	return lines
}

func otherFiles(n int) string {
	if n == 1 {
		return "1 other file of the workspace"
	}
	return fmt.Sprintf("%d other files of the workspace", n)
}
