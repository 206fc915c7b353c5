package completion

import (
	"fmt"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/references"
	"go.lsp.dev/protocol"
)

// ImageCommand asks the registry of a reference.
const ImageCommand = "dhi-ls.image.update"

// isReference tells what is surely typed as a reference to an image.
func isReference(typed string) bool {
	return strings.HasPrefix(typed, "dhi.io/") || strings.HasPrefix(typed, "dhi/") || strings.Contains(typed, "/") && strings.Contains(typed, ":")
}

// references completes a reference: its name, the tag behind the colon, or
// the digest behind the @.
func (p *place) references() {
	if p.Doc.Def == nil {
		return
	}
	source := p.Doc.Text.Slice(p.cur.Replace)
	at := max(p.cur.Offset-p.cur.Replace.Start, 0)
	r, part, word := referencePart(source, min(at, len(source)))
	word = word.Shift(p.cur.Replace.Start)
	p.narrow = part != namePart
	switch part {
	case digestPart:
		p.digests(r, word)
	case tagPart:
		p.imageTags(r, word)
	default:
		p.imageNames(word)
	}
}

// The parts of a reference.
const (
	namePart = iota
	tagPart
	digestPart
)

// referencePart finds the part of a reference at an offset, and the reference
// up to that part. What is written is often not whole.
func referencePart(source string, at int) (r entry.Reference, part int, word text.Range) {
	tag := len(source)
	if i := strings.IndexByte(source, '@'); i >= 0 {
		tag = i
		if at > i {
			return entry.ParseReference(source[:i]), digestPart, text.Range{Start: i + 1, End: len(source)}
		}
	}
	name := tag
	slash := strings.LastIndexByte(source[:tag], '/')
	if i := strings.IndexByte(source[slash+1:tag], ':'); i >= 0 {
		name = slash + 1 + i
		if at > name {
			return entry.ParseReference(source[:name]), tagPart, text.Range{Start: name + 1, End: tag}
		}
	}
	return entry.Reference{}, namePart, text.Range{Start: 0, End: name}
}

// resolvedReference is a reference with its variables resolved, for what is
// asked of it.
func (p *place) resolvedReference(r entry.Reference) entry.Reference {
	if !r.HasTemplate {
		return r
	}
	v, _ := expr.Resolve(r.Source, p.env(p.platforms()[0]))
	return entry.ParseReference(v)
}

// imageNames offers the images that variables hold, and those that
// definitions of the workspace make.
func (p *place) imageNames(word text.Range) {
	for _, v := range p.Doc.Def.Vars {
		value := p.resolvedVar(v.Name())
		if !strings.Contains(value, "@sha256:") || len(p.path) > 1 && p.path[0] == "vars" {
			continue
		}
		if name, ok := strings.CutPrefix(value, "dhi/"); ok {
			p.value(tierNext, "dhi.io/"+name, v.Name())
		}
		p.value(tierKnown, value, v.Name())
	}
	prefix := p.imagePrefix()
	if p.References.Self != nil {
		for _, name := range p.References.View.Images() {
			w := word
			p.add(Item{Label: prefix + name, value: prefix + name, word: &w, Kind: protocol.CompletionItemKindModule, Description: "in the workspace", tier: tierKnown})
		}
	}
	p.value(tierTable, prefix, "a hardened image")
}

// imagePrefix is how hardened images are named here: variables and charts of
// the public catalog write dhi/NAME.
func (p *place) imagePrefix() string {
	switch {
	case strings.HasPrefix(p.typed, "dhi/"):
		return "dhi/"
	case strings.HasPrefix(p.typed, "dhi."):
		return images.Hardened + "/"
	case len(p.path) > 0 && p.path[0] == "vars", strings.HasSuffix(p.shape, "images[].ref"):
		return "dhi/"
	}
	return images.Hardened + "/"
}

// imageTags offers the tags of an image, newest first, with who tells of them.
// Where a digest stands behind the tag, that of the new tag replaces it.
func (p *place) imageTags(r entry.Reference, word text.Range) {
	r = p.resolvedReference(r)
	p.typed = p.Doc.Text.Slice(text.Range{Start: word.Start, End: p.cur.Offset})
	pinned := word.End < p.cur.Replace.End
	tags := p.References.Tags(&r)
	for i, t := range tags {
		w := word
		it := Item{Label: t.Name, value: t.Name, word: &w, Kind: protocol.CompletionItemKindValue, Description: strings.Join(t.From, ", "), tier: tierLikely}
		it.Preselect = i == 0
		if t.Digest != "" {
			it.Detail = " " + images.Short(t.Digest)
		}
		if pinned && t.Digest != "" {
			w.End = p.cur.Replace.End
			it.value = t.Name + "@" + t.Digest
		}
		p.add(it)
	}
	p.askRegistry(&r, "for its tags")
}

// digests offers what the tag stands for.
func (p *place) digests(r entry.Reference, word text.Range) {
	r = p.resolvedReference(r)
	p.typed = p.Doc.Text.Slice(text.Range{Start: word.Start, End: p.cur.Offset})
	current := false
	for i, d := range p.References.Digests(&r) {
		w := word
		it := Item{Label: images.Short(d.Digest), Filter: d.Digest, value: d.Digest, word: &w, Kind: protocol.CompletionItemKindConstant, Description: digestFrom(&r, d), tier: tierNext + i}
		it.Preselect = i == 0
		it.Doc = Doc{Text: digestDoc(d)}
		p.add(it)
		current = current || d.Current
	}
	if !current {
		p.askRegistry(&r, "for the digest of "+r.Tag.Text)
	}
}

// digestFrom says who tells of a digest.
func digestFrom(r *entry.Reference, d references.Digest) string {
	var parts []string
	if d.Current {
		name, _ := images.NameOf(r)
		parts = append(parts, images.Registry(name))
	}
	switch n := len(d.Files); n {
	case 0:
	case 1:
		parts = append(parts, "1 file of the workspace")
	default:
		parts = append(parts, fmt.Sprintf("%d files of the workspace", n))
	}
	return strings.Join(parts, ", ")
}

// digestDoc tells of an image in Markdown.
func digestDoc(d references.Digest) string {
	lines := []string{"`" + d.Digest + "`"}
	if !d.Created.IsZero() {
		lines = append(lines, "Created: "+d.Created.Format(time.DateOnly))
	}
	if len(d.Platforms) > 0 {
		lines = append(lines, "Platforms: "+strings.Join(d.Platforms, ", "))
	}
	if d.Current {
		lines = append(lines, "The registry had it behind the tag on "+d.Asked.Format(time.DateOnly)+".")
	}
	return strings.Join(lines, "\n\n")
}

// askRegistry is an item that inserts nothing and has the registry asked.
func (p *place) askRegistry(r *entry.Reference, what string) {
	name, ok := images.NameOf(r)
	if !ok || p.References.Images == nil {
		return
	}
	found := p.References.Repository(r)
	if found.State == images.Known && (r.Tag.Text == "" || found.Asked[r.Tag.Text].Digest != "") {
		return
	}
	reference := name
	if r.Tag.Text != "" {
		reference += ":" + r.Tag.Text
	}
	at := text.At(p.cur.Offset)
	p.add(Item{
		Label: "Ask " + images.Registry(name) + " " + what + "…", Filter: p.typed, Kind: protocol.CompletionItemKindEvent, tier: tierLast,
		word: &at, Command: ImageCommand, CommandTitle: "Ask the registry", Reference: reference,
		Doc: Doc{Text: "Tags and digests are completed from what registries said: " + orElse(found.Detail, "this was not asked for yet") + "."},
	})
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
