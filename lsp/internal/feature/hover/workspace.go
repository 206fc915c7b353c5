package hover

import (
	"fmt"
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
)

// maxTargets is how many definitions a hover tells of.
const maxTargets = 3

// elsewhere tells of the definitions of the workspace that make the image or
// build the package here, and how many files use what this file makes.
func (h *place) elsewhere() {
	if !h.isValue() {
		return
	}
	view, self, ok := engine.View(h.s, h.d)
	if !ok {
		return
	}
	spot, ok := engine.SpotAt(self, h.offset)
	if !ok {
		return
	}
	if spot.Image != nil {
		h.say(makers(self, view.Image(self.ImageName())), text.Range{})
	}
	if spot.Tag != nil || spot.Image != nil || spot.Product != nil {
		h.say(used(engine.UsesAt(h.s, h.d, h.offset)), text.Range{})
		return
	}
	exact := true
	if spot.Reference != nil {
		_, exact = view.Resolve(spot.Reference)
	}
	targets := engine.TargetsAt(h.s, h.d, h.offset)
	if !exact && len(targets) > 0 {
		h.say("No definition of the workspace makes this tag of the image.", text.Range{})
	}
	for _, t := range targets[:min(len(targets), maxTargets)] {
		h.say(describe(self, t, spot.Package), text.Range{})
	}
}

// used says how many files name something.
func used(uses []workspace.Use) string {
	files := map[string]bool{}
	for _, u := range uses {
		files[u.In.Path] = true
	}
	switch len(files) {
	case 0:
		return ""
	case 1:
		return "Used in " + markup.Code(uses[0].In.Path)
	}
	return fmt.Sprintf("Used in %d files of the workspace", len(files))
}

// describe is a definition in a few lines.
func describe(self *facts.Record, t workspace.Target, pkg *facts.Package) string {
	r := t.In
	var b strings.Builder
	title := r.Name.Value
	if title == "" {
		title = r.ImageName()
	}
	fmt.Fprintf(&b, "**%s**", markup.Text(title))
	version := r.Version()
	if pkg != nil {
		for _, p := range r.Products {
			if p.Name == pkg.Name && p.Version != "" {
				version = p.Version
			}
		}
	}
	if version != "" {
		b.WriteString(" " + markup.Code(version))
	}
	fmt.Fprintf(&b, "\n\nDefined in %s", markup.Code(below(self, r)))
	if r.Release != "" {
		b.WriteString(", released " + markup.Text(r.Release))
	}
	if r.EndOfLife != "" {
		b.WriteString(", end of life " + markup.Text(r.EndOfLife))
	}
	if p := r.Block("platforms"); p != nil {
		var names []string
		for _, i := range p.Items {
			names = append(names, i.Value)
		}
		b.WriteString("\n\nFor " + listed(names))
	}
	if pkg == nil {
		b.WriteString(contained(r))
	}
	if len(r.Products) > 1 && pkg == nil {
		fmt.Fprintf(&b, "\n\nBuilds %d packages", len(r.Products))
	}
	return b.String()
}

// maxListed is how many members of a list are named.
const maxListed = 6

// listed names the first members of a list and counts the others.
func listed(names []string) string {
	var out []string
	for _, n := range names[:min(len(names), maxListed)] {
		out = append(out, markup.Code(n))
	}
	if more := len(names) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("%d more", more))
	}
	return strings.Join(out, ", ")
}

// contained are the tags and what is in the image, what is pinned first.
func contained(r *facts.Record) string {
	var b strings.Builder
	var tags, pinned, other, artifacts []string
	for _, t := range r.Tags {
		tags = append(tags, t.Value)
	}
	for i := range r.Packages {
		switch p := &r.Packages[i]; {
		case p.Stage != "" || p.Exclude:
		case p.Pinned():
			pinned = append(pinned, p.Name+"="+p.Version)
		default:
			other = append(other, p.Name)
		}
	}
	for _, a := range r.References {
		if a.Kind == facts.Artifact && a.Stage == "" {
			artifacts = append(artifacts, strings.TrimSuffix(a.Image+":"+a.Tag, ":"))
		}
	}
	if len(tags) > 0 {
		b.WriteString("\n\nTags: " + listed(tags))
	}
	if n := len(pinned) + len(other); n > 0 {
		fmt.Fprintf(&b, "\n\nHolds %d listed packages: %s", n, listed(append(pinned, other...)))
	}
	if len(artifacts) > 0 {
		b.WriteString("\n\nHolds files of " + listed(artifacts))
	}
	return b.String()
}

// makers names the definitions of an image where there are several.
func makers(self *facts.Record, list []*facts.Record) string {
	if len(list) < 2 {
		return ""
	}
	var names []string
	for _, r := range list {
		dir, file := path.Split(r.Path)
		if r.InCatalog() {
			file = path.Base(dir) + "/" + file
		}
		if r.Path != self.Path {
			names = append(names, file)
		}
	}
	return fmt.Sprintf("One of %d definitions of the image, beside %s", len(list), listed(names))
}

// below is the path of another file below the root of the catalog.
func below(self, other *facts.Record) string {
	if root := self.Root(); self.InCatalog() && root != "" {
		return strings.TrimPrefix(other.Path, root+"/")
	}
	return other.Path
}
