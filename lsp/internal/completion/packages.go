package completion

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/expr"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/markup"
	"go.lsp.dev/protocol"
)

// UpdateCommand fetches the package indexes.
const UpdateCommand = "dhi-ls.index.update"

// maxPackages is how many names are asked for. The client asks again when more
// is typed; nobody reads further.
const maxPackages = 50

func (p *place) isPackage() bool { return p.field != nil && p.field.Role == "package" }

// packages completes an entry of packages: a name, or the version behind it.
func (p *place) packages() {
	if strings.Contains(p.field.Role, "list") || p.field.Role == "package-name" {
		p.words()
		return
	}
	t := p.Doc.Text
	source := t.Slice(p.cur.Replace)
	e := entry.Parse(source)
	place, word := e.At(p.cur.Offset - p.cur.Replace.Start)
	word = word.Shift(p.cur.Replace.Start)
	if place == entry.InVersion {
		p.packageVersions(&e, word)
		return
	}
	bang := ""
	if strings.HasPrefix(source, "!") || e.Exclude {
		bang = "!"
	}
	p.packageNames(bang, e.Namespace, strings.TrimPrefix(p.typed, "!"), p.nameRange(&e))
}

// nameRange is what a name replaces: up to the operator, if there is one.
func (p *place) nameRange(e *entry.Entry) text.Range {
	r := p.cur.Replace
	if e.Operator != "" && e.OperatorRange.Start > 0 {
		r.End = max(p.cur.Offset, r.Start+e.OperatorRange.Start)
	}
	return r
}

// words completes a name in a list of packages within one string.
func (p *place) words() {
	word := p.lastWord(" ,\n")
	p.typed = p.Doc.Text.Slice(text.Range{Start: word.Start, End: p.cur.Offset})
	p.packageNames("", "", p.typed, word)
}

// packageNames offers names of the index, or says that there is none.
func (p *place) packageNames(bang, namespace, typed string, word text.Range) {
	scope := p.packageScope()
	taken := p.takenPackages()
	answer := packages.Answer{}
	if p.Packages != nil {
		answer = p.Packages.Search(scope, typed, maxPackages)
		p.truncated = len(answer.Candidates) >= maxPackages
	}
	seen := make(map[string]bool, len(answer.Candidates))
	p.items = slices.Grow(p.items, len(answer.Candidates))
	if bang != "" {
		for _, name := range p.exclusions(typed, word) {
			seen[name] = true
		}
	}
	for i := range answer.Candidates {
		c := &answer.Candidates[i]
		name := c.Name
		if namespace != "" && !strings.HasPrefix(name, namespace+":") {
			if name = provided(*c, typed); name == "" {
				continue
			}
		}
		if seen[name] || containsString(taken, name) {
			continue
		}
		seen[name] = true
		it := p.packageItem(bang+name, word)
		it.Detail, it.Description = prefixed(" ", c.Version), shorten(c.Description)
		it.Doc = p.packageDocOf(c, name)
		it.tier = tierLikely
		p.add(it)
	}
	for _, name := range p.packagesElsewhere(taken) {
		if !seen[name] {
			it := p.packageItem(bang+name, word)
			it.Description, it.tier = "in this definition", tierKnown
			p.add(it)
		}
	}
	if p.Packages == nil || answer.State == packages.Absent {
		p.offerUpdate(answer.Detail)
	}
}

// packageDocOf is where the documentation of a found package is. The index is
// asked for it when the item is shown: it is longer than the rest of the item.
func (p *place) packageDocOf(c *packages.Candidate, name string) Doc {
	if name != c.Name || c.Catalog || strings.Contains(name, ":") {
		return Doc{Text: packageDoc(c)}
	}
	return Doc{Kind: kindPackage, Key: c.Name + " " + c.Version, Stage: p.build + 1}
}

// packageDocumentation reads what packageDocOf points to.
func packageDocumentation(doc *definition.Document, source packages.Source, d Doc) string {
	if doc == nil || doc.Def == nil || source == nil {
		return ""
	}
	p := &place{Request: &Request{Doc: doc, Packages: source}, build: d.Stage - 1}
	name, version, _ := strings.Cut(d.Key, " ")
	for _, c := range source.Lookup(p.packageScope(), "", name).Candidates {
		if c.Version == version {
			return packageDoc(&c)
		}
	}
	return ""
}

func prefixed(lead, s string) string {
	if s == "" {
		return ""
	}
	return lead + s
}

// provided is the virtual name that the package provides and that begins as
// is typed.
func provided(c packages.Candidate, typed string) string {
	for _, name := range c.Provides {
		name, _, _ = strings.Cut(name, "=")
		if strings.HasPrefix(name, typed) {
			return name
		}
	}
	return ""
}

func (p *place) packageItem(name string, word text.Range) Item {
	return Item{Label: name, value: name, word: &word, Kind: protocol.CompletionItemKindModule}
}

// offerUpdate is an item that inserts nothing and offers to fetch the index.
func (p *place) offerUpdate(detail string) {
	if detail == "" {
		detail = "no package index of these repositories is here yet"
	}
	at := text.At(p.cur.Offset)
	p.add(Item{
		Label: "Update the package index…", Filter: p.typed, Kind: protocol.CompletionItemKindEvent, Description: detail, tier: tierLast,
		word: &at, Command: UpdateCommand, CommandTitle: "Update the package index",
		Doc: Doc{Text: "Names and versions of packages are completed from a local copy of the repositories' indexes: " + detail + "."},
	})
}

// takenPackages are the names that the list has already.
func (p *place) takenPackages() []string {
	var out []string
	for _, s := range p.cur.Siblings() {
		e := entry.Parse(s)
		out = append(out, e.FullName())
	}
	return out
}

// packagesElsewhere are the names in the other scopes of the document.
func (p *place) packagesElsewhere(taken []string) []string {
	var out []string
	for _, scope := range p.scopes() {
		for i := range scope.Packages {
			name := scope.Packages[i].Entry.FullName()
			here := p.cur.Node != nil && scope.Packages[i].Node == p.cur.Node
			if name != "" && !here && !containsString(taken, name) && !containsString(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// packageScope is what the index is asked about.
func (p *place) packageScope() packages.Scope {
	d := p.distribution()
	s := packages.Scope{Family: string(d.Family), Release: d.Release, Platforms: p.platforms()}
	if scope := p.scope(); scope != nil {
		platform := s.Platforms[0]
		for _, r := range scope.EffectiveRepositories() {
			line, _ := expr.Resolve(r.Value(), p.env(platform))
			s.Repositories = append(s.Repositories, line)
		}
		for _, k := range scope.EffectiveKeyring() {
			s.Keyring = append(s.Keyring, k.Value())
		}
	}
	return s
}

// offered is a version with the platforms that have it.
type offered struct {
	candidate packages.Candidate
	platforms []string
}

// packageVersions offers the versions of a package, newest first, and says
// which platforms lack one.
func (p *place) packageVersions(e *entry.Entry, word text.Range) {
	p.typed = p.Doc.Text.Slice(text.Range{Start: word.Start, End: p.cur.Offset})
	name, _ := expr.Resolve(e.FullName(), p.env(p.platforms()[0]))
	scope := p.packageScope()
	versions, state, detail := p.versionsOf(scope, name)
	for i, v := range versions {
		version := v.candidate.Version
		if e.Operator == "~" {
			version = fuzzyVersion(version)
		}
		w := word
		it := Item{Label: version, value: version, word: &w, Kind: protocol.CompletionItemKindValue, tier: tierLikely, Doc: Doc{Text: packageDoc(&v.candidate)}}
		it.Description = missingPlatforms(scope.Platforms, v.platforms)
		it.Preselect = i == 0
		p.add(it)
	}
	if e.Operator == "~" {
		p.shorterVersions(versions, word)
	}
	for _, known := range p.knownVersions(name) {
		w := word
		p.add(Item{Label: known, value: known, word: &w, Kind: protocol.CompletionItemKindValue, Description: "in this definition", tier: tierKnown})
	}
	if p.Packages == nil || state == packages.Absent && len(versions) == 0 {
		p.offerUpdate(detail)
	}
}

// versionsOf asks for each platform and joins the answers, newest first.
func (p *place) versionsOf(scope packages.Scope, name string) (out []offered, state packages.State, detail string) {
	if p.Packages == nil || name == "" {
		return nil, packages.Absent, ""
	}
	index := map[string]int{}
	for _, platform := range scope.Platforms {
		answer := p.Packages.Lookup(scope, platform, name)
		state, detail = answer.State, answer.Detail
		for _, c := range answer.Candidates {
			i, ok := index[c.Version]
			if !ok {
				i = len(out)
				index[c.Version] = i
				out = append(out, offered{candidate: c})
			}
			if !containsString(out[i].platforms, platform) {
				out[i].platforms = append(out[i].platforms, platform)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b offered) int {
		return cmp.Or(-p.Packages.Compare(scope.Family, a.candidate.Version, b.candidate.Version), 0)
	})
	return out, state, detail
}

// missingPlatforms says which of the platforms lack a version.
func missingPlatforms(all, have []string) string {
	var out []string
	for _, platform := range all {
		if !containsString(have, platform) {
			out = append(out, expr.Arch(platform))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, ", ") + " missing"
}

// fuzzyVersion is a version as ~ wants it, without the release of the package.
func fuzzyVersion(version string) string {
	if i := strings.LastIndex(version, "-r"); i > 0 && digits(version[i+2:]) {
		return version[:i]
	}
	return version
}

// shorterVersions offers the branches of the versions for ~.
func (p *place) shorterVersions(versions []offered, word text.Range) {
	for _, v := range versions {
		for s := fuzzyVersion(v.candidate.Version); ; {
			i := strings.LastIndexByte(s, '.')
			if i <= 0 {
				break
			}
			s = s[:i]
			w := word
			p.add(Item{Label: s, value: s, word: &w, Kind: protocol.CompletionItemKindValue, Description: "any " + s, tier: tierKnown})
		}
	}
}

// knownVersions are the versions that other entries of the document pin the
// package to.
func (p *place) knownVersions(name string) []string {
	var out []string
	for _, scope := range p.scopes() {
		for i := range scope.Packages {
			e := &scope.Packages[i].Entry
			here := p.cur.Node != nil && scope.Packages[i].Node == p.cur.Node
			if !here && e.FullName() == name && e.Version != "" && !containsString(out, e.Version) {
				out = append(out, e.Version)
			}
		}
	}
	return out
}

// packageDoc tells of a package in Markdown.
func packageDoc(c *packages.Candidate) string {
	var b strings.Builder
	b.WriteString(c.Description)
	line := func(name, value string) {
		if value != "" {
			b.WriteString("\n\n" + name + ": " + value)
		}
	}
	line("Version", c.Version)
	line("Size", sizes(c))
	line("License", c.License)
	line("Homepage", c.Homepage)
	line("Repository", c.Repository)
	line("Depends on", some(c.Depends))
	line("Provides", some(c.Provides))
	return strings.TrimSpace(b.String())
}

// sizes are those of the download and of what it installs, as far as the index
// knows them.
func sizes(c *packages.Candidate) string {
	var parts []string
	if c.Size > 0 {
		parts = append(parts, markup.Bytes(c.Size)+" to fetch")
	}
	if c.InstalledSize > 0 {
		parts = append(parts, markup.Bytes(c.InstalledSize)+" installed")
	}
	return strings.Join(parts, ", ")
}

// some are the first of many names.
func some(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}
