package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/workspace/facts"
)

// imageRules hold references to what registries said of them.
func imageRules() []*Rule {
	return []*Rule{
		{ID: "image-not-in-registry", Summary: "The registry does not have the image that a reference names", Level: always(diagnostic.Warning), Kinds: Definitions, Need: NeedsRegistry, Check: checkImageThere},
		{ID: "image-platform-missing", Summary: "An artifact does not exist for a platform of the definition", Level: always(diagnostic.Warning), Kinds: Images | Packages, Need: NeedsRegistry, Check: checkImagePlatforms},
	}
}

// registry is what the registry said of the repository of a reference, nil
// where it was not asked or a part of the reference is not known.
func (p *Pass) registry(r *entry.Reference) *images.Repository {
	if p.Images == nil || len(r.Problems) > 0 {
		return nil
	}
	name, ok := images.NameOf(r)
	if !ok {
		return nil
	}
	if found := p.Images.Repository(name); found.Usable() {
		return found
	}
	return nil
}

// pinFix offers the digest that the tag of a reference stands for, where the
// registry said so lately. It is not safe: which content gets pinned follows
// from the day on which the registry was asked, not from the file, so that
// somebody should look at it.
func (p *Pass) pinFix(f *Finding, r *imageRef) {
	found := p.registry(&r.Reference)
	if found == nil || found.State != images.Known || !r.Exact || r.HasTemplate {
		return
	}
	digest := found.Digest(r.Tag.Text)
	if digest == "" {
		return
	}
	at := p.In(r.Node, text.Range{Start: 0, End: len(r.Source)})
	f.Fix("Pin to the digest that "+images.Registry(found.Name)+" has for `"+r.Tag.Text+"`"+made(found.Images[digest].Created), false, Replace(text.At(at.End), "@"+digest))
}

// standsFor is the digest that the tag of a reference stands for now, empty
// where the registry did not say so lately.
func (p *Pass) standsFor(r *facts.Reference) string {
	if p.Images == nil || !r.DHI {
		return ""
	}
	found := p.Images.Repository(images.Hardened + "/" + r.Image)
	if found.State != images.Known {
		return ""
	}
	return found.Digest(r.Tag)
}

// made says when an image was made, as far as it tells.
func made(created time.Time) string {
	if created.IsZero() {
		return ""
	}
	return ", made " + created.Format(time.DateOnly)
}

// checkImageThere speaks only while the registry's answer is fresh: a tag may
// have come since.
func checkImageThere(p *Pass) {
	p.allReferences(func(r *imageRef) {
		found := p.asked(&r.Reference)
		// That dhi.io lacks what is written dhi/NAME proves nothing: Docker Hub
		// may have it.
		if found == nil || r.Registry.Text != images.Registry(found.Name) {
			return
		}
		if found.State == images.NoRepository {
			p.Report(r.at(p, r.NameRange()), "%s has no `%s`: the build cannot fetch it", images.Registry(found.Name), found.Name)
			return
		}
		registry, tag, digest := images.Registry(found.Name), r.Tag.Text, r.Digest.Text
		asked, isAsked := found.Asked[tag]
		switch {
		case digest != "" && found.Images[digest].Missing:
			p.Report(r.at(p, r.Digest.Range), "%s has no `%s` with this digest: the build cannot fetch it", registry, found.Name).
				Help("the registry was asked on %s; look for the digest that the tag stands for now", found.Images[digest].Checked.Format(time.DateOnly))
		case digest != "" || tag == "":
		case isAsked && asked.Digest == "" || !isAsked && found.Listed && !slices.Contains(found.Tags, tag):
			f := p.Report(r.at(p, r.Tag.Range), "%s has no tag `%s` of `%s`: the build cannot fetch it", registry, tag, found.Name)
			f.Help("the registry was asked on %s%s", found.Checked.Format(time.DateOnly), newestOf(found))
		}
	})
}

// allReferences calls f for the images of steps and charts, too.
func (p *Pass) allReferences(f func(*imageRef)) {
	p.references(f)
	p.eachStep(func(_ *definition.Build, s *definition.Step) {
		if s.Uses.Set() && entry.ParseUses(s.Uses.Value()).Kind == entry.UsesImage {
			p.reference(s.Uses, true, f)
		}
		if s.With == nil || s.With.Kind != syntax.Mapping {
			return
		}
		for _, image := range s.With.At("chart", "images").Items() {
			if ref := image.Deref().Get("ref").Deref(); ref != nil {
				p.reference(definition.Field{Node: ref}, true, f)
			}
		}
	})
}

// NoticeImages is the code of notices about registries of which nothing is
// known, or nothing new.
const NoticeImages = "registry-missing"

// asked is what the registry of a reference said lately. What is not known of
// one that was asked is a notice.
func (p *Pass) asked(r *entry.Reference) *images.Repository {
	name, ok := images.NameOf(r)
	if !ok || len(r.Problems) > 0 {
		return nil
	}
	found := p.Images.Repository(name)
	switch found.State {
	case images.Known, images.NoRepository:
		return found
	}
	p.Notice(NoticeImages, "%s", found.Detail)
	return nil
}

// newestOf names the newest tags of a repository.
func newestOf(found *images.Repository) string {
	const shown = 3
	if len(found.Tags) == 0 {
		return ""
	}
	return "; its newest tags are " + strings.Join(found.Tags[:min(shown, len(found.Tags))], ", ")
}

// processor is a platform without its variant: the build takes an older one
// where there is no better.
func processor(platform string) string {
	os, rest, _ := strings.Cut(platform, "/")
	arch, _, _ := strings.Cut(rest, "/")
	return os + "/" + arch
}

// checkImagePlatforms compares artifacts with the platforms of the definition.
// What a digest stands for never changes, so that an old answer is as good. An
// image without an index is taken for any platform.
func checkImagePlatforms(p *Pass) {
	wanted := packages.Platforms(p.Doc)
	p.references(func(r *imageRef) {
		found := p.registry(&r.Reference)
		if found == nil || r.Stage {
			return
		}
		digest := r.Digest.Text
		if digest == "" && found.State == images.Known {
			digest = found.Digest(r.Tag.Text)
		}
		image, known := found.Images[digest]
		if !known || image.Missing || !image.Index || len(image.Platforms) == 0 {
			return
		}
		var missing []string
		for _, platform := range wanted {
			if !slices.ContainsFunc(image.Platforms, func(have string) bool { return processor(have) == processor(platform) }) {
				missing = append(missing, platform)
			}
		}
		if len(missing) > 0 {
			p.Report(r.Field.Range(), "the artifact does not exist for %s: the build for it fails", strings.Join(missing, ", ")).
				Help("it is there for %s", strings.Join(image.Platforms, ", "))
		}
	})
}
