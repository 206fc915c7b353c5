package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

func artifactRules() []*Rule {
	return []*Rule{
		{ID: "reference-malformed", Summary: "An image reference breaks the grammar of references", Level: always(diagnostic.Error), Kinds: Definitions, Check: checkReferences},
		{ID: "artifact-duplicate", Summary: "An artifact is listed twice", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkArtifactDuplicates},
		{ID: "artifact-field-missing", Summary: "An artifact lacks a field", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkArtifactFields},
		{ID: "artifact-no-digest", Summary: "An artifact is not pinned by its digest", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkArtifactDigest},
		{ID: "build-uses-no-digest", Summary: "The image of a build stage is not pinned by its digest", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkUsesDigest},
		{ID: "artifact-other-dist-family", Summary: "An artifact was built for another distribution", Level: always(diagnostic.Warning), Kinds: Images | Packages, Check: checkArtifactFamily},
		{ID: "build-uses-other-dist", Summary: "The image of a build stage is of another release or distribution", Level: always(diagnostic.Info), Kinds: Images | Packages, Check: checkUsesDist},
		{ID: "artifact-foreign-registry", Summary: "An artifact comes from another registry than dhi.io", Level: catalogOnly(diagnostic.Info), Kinds: Definitions, Check: checkArtifactRegistry},
		{ID: "artifact-glob-leading-slash", Summary: "A glob of an artifact begins with a slash", Level: always(diagnostic.Warning), Kinds: Definitions, Fix: UnsafeFix, Check: checkArtifactGlobs},
		{ID: "var-digest-malformed", Summary: "A digest in a variable has not the digits of one", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkVarDigests},
		{ID: "artifact-vs-vars", Summary: "A digest in use differs from that of the variable for the same image", Level: always(diagnostic.Warning), Kinds: Definitions, Check: checkArtifactVars},
		{ID: "reference-var-unused", Summary: "The digest of a variable is used nowhere", Level: always(diagnostic.Info), Kinds: Definitions, Check: checkReferenceVars},
	}
}

// imageRef is a reference in a field: raw where it stands, parsed with its
// variables resolved.
type imageRef struct {
	definition.Field
	entry.Reference
	// Exact says that the ranges of the reference are those of the field.
	Exact bool
	// Stage says that it is the image a stage runs in.
	Stage bool
}

// at is the place of a part in the file.
func (r *imageRef) at(p *Pass, part text.Range) text.Range {
	if !r.Exact || part.Empty() {
		return r.Field.Range()
	}
	return p.In(r.Node, part)
}

// references calls f for the artifacts and the images of the stages whose
// reference is known.
func (p *Pass) references(f func(*imageRef)) {
	each := func(c *definition.Contents) {
		for i := range c.Artifacts {
			p.reference(c.Artifacts[i].Name, false, f)
		}
	}
	each(p.Def.Contents)
	for i := range p.Def.Contents.Builds {
		b := &p.Def.Contents.Builds[i]
		p.reference(b.Uses, true, f)
		each(b.Contents)
	}
}

func (p *Pass) reference(field definition.Field, stage bool, f func(*imageRef)) {
	value, ok := p.known(field)
	if !ok || value == "" {
		return
	}
	f(&imageRef{Field: field, Reference: entry.ParseReference(value), Exact: value == field.Value(), Stage: stage})
}

// malformed reports whether the reference has a problem of its own.
func (r *imageRef) malformed() bool { return len(r.Problems) > 0 }

func checkReferences(p *Pass) {
	report := func(r *imageRef) {
		for _, pr := range r.Problems {
			p.Report(r.at(p, pr.Range), "%s", pr.Message)
		}
	}
	p.references(report)
	p.chartReferences(report)
}

// chartReferences calls f for the images of charts.
func (p *Pass) chartReferences(f func(*imageRef)) {
	if p.Doc.Kind != definition.Chart {
		return
	}
	p.eachChart(func(_ *syntax.Node, images []chartImage) {
		for i := range images {
			f(&images[i].imageRef)
		}
	})
}

func checkArtifactDigest(p *Pass) { p.checkDigest(false, "the artifact") }

func checkUsesDigest(p *Pass) { p.checkDigest(true, "the image of this stage") }

func (p *Pass) checkDigest(stage bool, what string) {
	p.references(func(r *imageRef) {
		if r.Stage == stage && !r.malformed() && r.Digest.Text == "" {
			f := p.Report(r.Field.Range(), "%s is not pinned: its tag can be moved to other content", what).
				Help("add the digest behind the tag: %s@sha256:…", shorten(r.Source))
			p.pinFix(f, r)
		}
	})
}

// tagDist is the distribution in a tag such as 3.13.12-alpine3.23-dev; false
// where the tag names none.
func tagDist(tag string) (definition.Dist, bool) {
	for tag != "" {
		var word string
		word, tag, _ = strings.Cut(tag, "-")
		for _, family := range []string{"alpine", "debian"} {
			rest, ok := strings.CutPrefix(word, family)
			if ok && (rest == "" || rest[0] >= '0' && rest[0] <= '9') {
				return definition.Dist{Family: family, Release: rest}, true
			}
		}
	}
	return definition.Dist{}, false
}

// dhiDist is the distribution of a hardened image, by its tag. The images of
// others use the same words with less discipline.
func (r *imageRef) dhiDist() (definition.Dist, bool) {
	if _, ok := r.DHIName(); !ok || r.malformed() {
		return definition.Dist{}, false
	}
	return tagDist(r.Tag.Text)
}

func checkArtifactFamily(p *Pass) {
	own := p.Doc.Dist()
	if own.Family == "" {
		return
	}
	p.references(func(r *imageRef) {
		if d, ok := r.dhiDist(); ok && !r.Stage && d.Family != own.Family {
			p.Report(r.at(p, r.Tag.Range), "the artifact is built for %s, but this definition is for %s: its libraries and its entry in the SBOM do not fit", d.Family, own.Family).
				Help("take the artifact for %s", own.Family)
		}
	})
}

func checkUsesDist(p *Pass) {
	own := p.Doc.Dist()
	if !own.Known() {
		return
	}
	p.references(func(r *imageRef) {
		d, ok := r.dhiDist()
		if !ok || !r.Stage || d.Release == "" || d == own {
			return
		}
		p.Report(r.at(p, r.Tag.Range), "the stage runs in an image of %s %s, but this definition is for %s %s", d.Family, d.Release, own.Family, own.Release).
			Help("take the image for %s %s, if there is one: programs may need the libraries of their distribution", own.Family, own.Release)
	})
}

func checkArtifactRegistry(p *Pass) {
	p.references(func(r *imageRef) {
		if _, ok := r.DHIName(); ok || r.malformed() || r.Stage {
			return
		}
		p.Report(r.at(p, r.NameRange()), "the artifact is no hardened image of dhi.io").Help("take the package or image of dhi.io, if there is one")
	})
}

func checkArtifactGlobs(p *Pass) {
	for _, c := range p.Def.Scopes() {
		for i := range c.Artifacts {
			p.checkGlobs(c.Artifacts[i].Includes)
			p.checkGlobs(c.Artifacts[i].Excludes)
		}
	}
}

func (p *Pass) checkGlobs(globs []definition.Field) {
	for _, g := range globs {
		if !strings.HasPrefix(g.Value(), "/") || g.Value() == "/" {
			continue
		}
		slash := p.In(g.Node, text.Range{Start: 0, End: 1})
		p.Report(slash, "globs are relative to the artifact's root: one that begins with / may match nothing").
			Fix("Remove the slash", false, Replace(slash, ""))
	}
}

// digestVar is a variable that holds an image reference or a digest.
type digestVar struct {
	definition.Field
	ref    entry.Reference
	digest string
	at     text.Range
}

// digestVars are the variables with a digest, in order.
func (p *Pass) digestVars() []digestVar {
	var out []digestVar
	for _, v := range p.Def.Vars {
		s := v.Value()
		at := strings.Index(s, "sha256:")
		if at < 0 || len(s) != at+len("sha256:")+64 || !isHex(s[at+len("sha256:"):]) {
			continue
		}
		d := digestVar{Field: v, digest: s[at:], at: p.In(v.Node, text.Range{Start: at, End: len(s)})}
		if at > 0 && s[at-1] == '@' {
			d.ref = entry.ParseReference(s)
		}
		out = append(out, d)
	}
	return out
}

// checkArtifactVars finds the half-done update of an image: the reference in
// use and the variable name the same image, but other digests.
func checkArtifactVars(p *Pass) {
	vars := p.digestVars()
	if len(vars) == 0 {
		return
	}
	known := make(map[string]*digestVar, len(vars))
	for i := range vars {
		known[vars[i].digest] = &vars[i]
	}
	compare := func(r *imageRef) {
		name, ok := r.DHIName()
		if !ok || r.malformed() || !r.Exact || r.Digest.Text == "" {
			return
		}
		if v := known[r.Digest.Text]; v != nil {
			p.checkSameDigest(r, v, name)
			return
		}
		var near *digestVar
		for i := range vars {
			if n, ok := vars[i].ref.DHIName(); ok && n == name {
				if near != nil {
					return // several variables: nobody knows which one is meant
				}
				near = &vars[i]
			}
		}
		if near == nil {
			return
		}
		part, message := r.Digest.Range, "the digest differs from that of the variable `%s`, which names the same image"
		if near.ref.Tag.Text != r.Tag.Text {
			part, message = r.Tag.Range.Union(r.Digest.Range), "the reference differs in tag and digest from the variable `%s`, which names the same image"
		}
		p.Report(r.at(p, part), message, near.Name()).
			Help("one of the two was left behind by an update: make them the same").
			Related(near.at, "the digest in the variable")
	}
	p.references(compare)
	p.chartReferences(compare)
}

// checkSameDigest compares the tags of a reference and a variable that name
// the same content of an image.
func (p *Pass) checkSameDigest(r *imageRef, v *digestVar, name string) {
	if n, ok := v.ref.DHIName(); !ok || n != name || v.ref.Tag.Text == r.Tag.Text {
		return
	}
	p.Report(r.at(p, r.Tag.Range), "the tag is `%s`, but `%s` in the variable `%s`, which has the same digest", r.Tag.Text, v.ref.Tag.Text, v.Name()).
		Help("one of the two was left behind by an update: make them the same").
		Related(v.Range(), "the variable")
}

// checkReferenceVars reports digests in variables that nothing uses. Other
// variables are inlined in the public catalog, so that only digests can tell.
func checkReferenceVars(p *Pass) {
	all := p.Doc.Text.String()
	vars := p.digestVars()
	if len(vars) == 0 {
		return
	}
	inUse := map[string]bool{}
	use := func(r *imageRef) {
		if name, ok := r.DHIName(); ok {
			inUse[name] = true
		}
	}
	p.references(use)
	p.chartReferences(use)
	for _, v := range vars {
		if name, ok := v.ref.DHIName(); ok && inUse[name] {
			continue // artifact-vs-vars says it, if anything is wrong
		}
		if strings.Count(all, v.digest) > 1 || strings.Contains(all, "${"+v.Name()+"}") || strings.Contains(all, "${"+v.Name()+":") || strings.Contains(all, "definition.vars."+v.Name()) {
			continue
		}
		f := p.Report(v.KeyRange(), "nothing uses the digest of `%s`", v.Name()).Tag(diagnostic.Unnecessary)
		f.Help("remove the variable, or use it where the image is named")
	}
}
