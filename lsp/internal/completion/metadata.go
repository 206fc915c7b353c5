package completion

import (
	"slices"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// sortBy keeps the order of what is equal.
func sortBy(items []Item, compare func(a, b Item) int) { slices.SortStableFunc(items, compare) }

// annotationKeys offers the known keys of annotations or labels.
func (p *place) annotationKeys(present []string) {
	labels := p.field.Role == "labels"
	for _, a := range schema.Annotations() {
		if containsString(present, a.Key) {
			continue
		}
		tier := tierKnown
		switch {
		case labels != a.Label:
			tier = tierRare
		case a.Usage.Total() > 1000 || a.Label:
			tier = tierLikely
		}
		p.freeKey(tier, a.Key, "", a.Title, Doc{Kind: "annotation", Key: a.Key})
	}
}

// mapValues completes the value of a key of a free map.
func (p *place) mapValues() {
	if len(p.path) < 2 {
		return
	}
	key := p.path[len(p.path)-1]
	switch p.path[len(p.path)-2] {
	case "annotations", "labels":
		p.annotationValue(key)
	case "environment":
		p.environmentValue(key)
	}
}

func (p *place) annotationValue(key string) {
	a, _ := schema.LookupAnnotation(key)
	switch a.Role {
	case "spdx-license":
		p.licenses()
	case "version":
		p.versions()
	case "commit":
		p.checksums()
	case "image-reference":
		p.references()
	}
	title := p.title()
	switch {
	case title == "":
	case key == "org.opencontainers.image.description":
		p.value(tierNext, "A minimal "+title+" image", "")
	case key == "org.opencontainers.image.title":
		p.value(tierNext, title, "")
	}
}

// usualLicenses are those of the public catalog and of software at large,
// most used first.
var usualLicenses = []string{
	"Apache-2.0", "MIT", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later", "PSF-2.0", "PHP-3.01", "PostgreSQL", "BSD-2-Clause", "MPL-2.0",
	"AGPL-3.0-only", "AGPL-3.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "EPL-1.0", "EPL-2.0", "LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only",
	"CC0-1.0", "ImageMagick", "BUSL-1.1", "Elastic-2.0", "SSPL-1.0", "BSL-1.0", "0BSD", "Zlib", "Unlicense", "Artistic-2.0", "GPL-1.0-or-later", "OpenSSL", "curl", "Ruby", "UPL-1.0", "CDDL-1.0",
}

// licenses completes one identifier of an SPDX expression.
func (p *place) licenses() {
	word := p.lastWord(" ()")
	before := strings.TrimSpace(p.Doc.Text.Slice(text.Range{Start: p.cur.Replace.Start, End: word.Start}))
	p.typed = p.Doc.Text.Slice(text.Range{Start: word.Start, End: p.cur.Offset})
	if strings.HasSuffix(before, " WITH") {
		for _, id := range schema.LicenseExceptions() {
			p.add(Item{Label: id, value: id, word: &word, Kind: protocol.CompletionItemKindConstant, Description: "exception", tier: tierTable})
		}
		return
	}
	if operand := before != "" && !endsInOperator(before); operand {
		for _, op := range []string{"AND", "OR", "WITH"} {
			p.add(Item{Label: op, value: op, word: &word, Kind: protocol.CompletionItemKindOperator, tier: tierNext})
		}
		return
	}
	here := append(p.around("packages[].license"), p.around("annotations.org.opencontainers.image.licenses")...)
	for _, l := range orderedLicenses() {
		if class, _ := match(p.typed, l.ID); class == noMatch {
			p.truncated = true
			continue
		}
		it := Item{Label: l.ID, value: l.ID, word: &word, Kind: protocol.CompletionItemKindConstant, Doc: Doc{Kind: "license", Key: l.ID}, Deprecated: l.Deprecated, tier: l.tier}
		if containsString(here, l.ID) {
			it.tier = tierNext
		}
		switch {
		case l.Replacement != "":
			it.Description = "use " + l.Replacement
		case l.Deprecated:
			it.Description = "deprecated"
		default:
			it.Description = l.Name
		}
		p.add(it)
	}
}

// rankedLicense is a licence with how likely it is.
type rankedLicense struct {
	schema.License
	tier int
}

// orderedLicenses are the identifiers in the order in which they are likely.
var orderedLicenses = sync.OnceValue(func() []rankedLicense {
	var out []rankedLicense
	for _, id := range usualLicenses {
		if l, ok := schema.LookupLicense(id); ok {
			out = append(out, rankedLicense{l, tierLikely})
		}
	}
	for _, l := range schema.Licenses() {
		switch {
		case slices.Contains(usualLicenses, l.ID):
		case l.Deprecated:
			out = append(out, rankedLicense{l, tierRare})
		default:
			out = append(out, rankedLicense{l, tierTable})
		}
	}
	return out
})

func endsInOperator(s string) bool {
	return strings.HasSuffix(s, "AND") || strings.HasSuffix(s, "OR") || strings.HasSuffix(s, "WITH") || strings.HasSuffix(s, "(")
}

// lastWord is the word at the cursor, which ends at any of the bytes.
func (p *place) lastWord(breaks string) text.Range {
	s := p.Doc.Text.String()
	r := text.Range{Start: p.cur.Offset, End: p.cur.Offset}
	for r.Start > p.cur.Replace.Start && !strings.ContainsRune(breaks, rune(s[r.Start-1])) {
		r.Start--
	}
	for r.End < p.cur.Replace.End && !strings.ContainsRune(breaks, rune(s[r.End])) {
		r.End++
	}
	return r
}

// title is the name of the product: that of the definition without what
// follows it in names of the catalog.
func (p *place) title() string {
	if p.Doc.Def == nil {
		return ""
	}
	name, _, _ := strings.Cut(p.Doc.Def.Name.Value(), " (")
	fields := strings.Fields(name)
	if n := len(fields); n > 1 && (strings.HasSuffix(fields[n-1], ".x") || digits(strings.ReplaceAll(fields[n-1], ".", ""))) {
		fields = fields[:n-1]
	}
	return strings.Join(fields, " ")
}
