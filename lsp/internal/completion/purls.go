package completion

import (
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/syntax"
	"github.com/dhi-ls/dhi-ls/schema"
	"go.lsp.dev/protocol"
)

// purls offers the package URL that follows from what it is for, then the
// skeletons of all types.
func (p *place) purls() {
	if strings.HasSuffix(local(p.shape), "purl") {
		for _, v := range p.sourcePurls() {
			p.add(Item{Label: v, value: v, Kind: protocol.CompletionItemKindValue, tier: tierNext})
		}
	} else if name := p.path[len(p.path)-1]; strings.HasPrefix(local(p.shape), "mappings.") {
		version := p.installedVersion(name)
		p.add(Item{Label: p.packagePurl(name, version), value: p.packagePurl(name, version), Kind: protocol.CompletionItemKindValue, Description: "package " + name, tier: tierNext})
	}
	for _, t := range schema.PurlTypes() {
		p.add(Item{Label: "pkg:" + t.Name + "/", value: "pkg:" + t.Name + "/", Kind: protocol.CompletionItemKindSnippet, Description: t.Example, Doc: Doc{Kind: "purl", Key: t.Name}, tier: tierTable})
	}
}

func (p *place) purlTypes() {
	for _, t := range schema.PurlTypes() {
		p.add(Item{Label: t.Name, value: t.Name, Kind: protocol.CompletionItemKindEnumMember, Description: t.Example, Doc: Doc{Kind: "purl", Key: t.Name}, tier: tierTable})
	}
}

// packagePurl is the package URL of an installed package, with the
// qualifiers that the distribution wants.
func (p *place) packagePurl(name, version string) string {
	d := p.distribution()
	typ, namespace := "deb", name
	if d.Family == schema.Alpine {
		typ, namespace = "apk", "alpine"
	} else if v := p.vendor(); v != "" {
		namespace = v
	}
	out := "pkg:" + typ + "/" + namespace + "/" + name
	if version != "" {
		out += "@" + version
	}
	if d.Family != "" {
		out += "?os_name=" + string(d.Family) + "&os_version=" + d.Release
	}
	return out
}

// vendor is the namespace of the other mappings of the scope, else the host
// of its one repository outside of the distribution.
func (p *place) vendor() string {
	for _, f := range p.mappingsAround() {
		if parts := strings.Split(f, "/"); len(parts) > 2 && strings.HasPrefix(f, "pkg:") {
			return parts[1]
		}
	}
	scope := p.scope()
	if scope == nil {
		return ""
	}
	for _, r := range scope.EffectiveRepositories() {
		line := entry.ParseRepository(r.Value(), entry.UnknownFamily)
		host := line.Host()
		if host == "" || strings.HasSuffix(host, "debian.org") || host == "dhi.io" {
			continue
		}
		labels := strings.Split(host, ".")
		if len(labels) >= 2 {
			return labels[len(labels)-2]
		}
	}
	return ""
}

func (p *place) mappingsAround() []string {
	var out []string
	if scope := p.scope(); scope != nil {
		for _, m := range scope.Mappings {
			if v := m.Value(); v != "" && (m.Node != p.cur.Node || p.cur.Node == nil) {
				out = append(out, v)
			}
		}
	}
	return out
}

// installedVersion is the version that the scope pins the package to.
func (p *place) installedVersion(name string) string {
	if scope := p.scope(); scope != nil {
		for i := range scope.Packages {
			if e := &scope.Packages[i].Entry; e.Name == name && !e.Exclude {
				return e.Version
			}
		}
	}
	return ""
}

// hosted is owner and repository of a URL on a forge.
var hosted = regexp.MustCompile(`^(?:git\+)?https?://(github\.com|gitlab\.com|bitbucket\.org)/([^/#?]+)/([^/#?]+?)(?:\.git)?(?:[/#?]|$)`)

// sourcePurls are package URLs for the source that the file is fetched from.
func (p *place) sourcePurls() []string {
	file := p.fileAround()
	name, version := p.sibling("name"), ""
	if v := file.At("spdx", "version"); v != nil {
		version = v.Value
	}
	if name == "" {
		if v := file.At("spdx", "name"); v != nil {
			name = v.Value
		}
	}
	if version == "" {
		version = strings.TrimPrefix(p.resolvedVar("SEMVER_VERSION"), "v")
	}
	at := ""
	if version != "" {
		at = "@" + version
	}
	var out []string
	if u := file.Get("url"); u != nil {
		if m := hosted.FindStringSubmatch(u.Value); m != nil {
			out = append(out, "pkg:"+strings.TrimSuffix(strings.TrimSuffix(m[1], ".com"), ".org")+"/"+m[2]+"/"+m[3]+at,
				"pkg:golang/"+m[1]+"/"+m[2]+"/"+m[3]+at)
		}
	}
	if name != "" {
		out = append(out, "pkg:dhi/"+name+at, "pkg:generic/"+name+at)
	}
	return out
}

// fileAround is the item of files that the place is below.
func (p *place) fileAround() *syntax.Node {
	for i, s := range p.cur.Path {
		if s.Key == "files" && i+1 < len(p.cur.Path) {
			n, _ := p.Doc.Tree.Lookup(p.cur.Path[:i+2])
			return n
		}
	}
	return nil
}

// spdxNames offers the name of what a file is: the repository's, the image's.
func (p *place) spdxNames() {
	file := p.fileAround()
	if u := file.Get("url"); u != nil {
		if m := hosted.FindStringSubmatch(u.Value); m != nil {
			p.value(tierLikely, m[3], "the repository")
		}
	}
	if v := file.At("spdx", "name"); v != nil && v != p.cur.Node && v.Value != "" {
		p.value(tierNext, v.Value, "like the document")
	}
	if n := p.baseName(); n != "" {
		p.value(tierKnown, n, "the image")
	}
}

// versions offers the versions that the variables hold, and the tag of the
// source.
func (p *place) versions() {
	if p.Doc.Def == nil {
		return
	}
	if u := p.fileAround().Get("url"); u != nil {
		if _, ref, ok := strings.Cut(u.Value, "#"); ok && !commit.MatchString(ref) {
			p.value(tierNext, strings.TrimPrefix(ref, "v"), "the tag of the source")
			p.value(tierKnown, ref, "the tag of the source")
		}
	}
	for _, v := range p.Doc.Def.Vars {
		name := v.Name()
		if !strings.Contains(name, "VERSION") && name != "REL" {
			continue
		}
		if value := p.resolvedVar(name); value != "" {
			p.value(tierLikely, value, name)
		}
		p.value(tierTable, "${"+name+"}", shorten(p.resolved(name)))
	}
}

// commit is a full git commit.
var commit = regexp.MustCompile(`^[0-9a-f]{40}$`)

var hexDigest = regexp.MustCompile(`^(sha256:)?[0-9a-f]{64}$`)

// checksums offers the commits and digests that variables hold.
func (p *place) checksums() {
	if p.Doc.Def == nil {
		return
	}
	url := p.sibling("url")
	git := strings.HasPrefix(url, "git+")
	if _, ref, ok := strings.Cut(url, "#"); ok && git && commit.MatchString(ref) {
		p.value(tierNext, ref, "the commit of the URL")
	}
	for _, v := range p.Doc.Def.Vars {
		p.checksumOf(v.Name(), url, git)
	}
	if !git {
		p.value(tierTable, "sha256:", "and 64 hex digits")
	}
}

// checksumOf offers the checksum that a variable holds; first that of the
// variables that are called like the one with the URL.
func (p *place) checksumOf(name, url string, git bool) {
	raw, _ := p.Doc.Def.Var(name)
	value := p.resolvedVar(name)
	named := strings.Contains(name, "CHECKSUM") || strings.Contains(name, "SHA") || strings.Contains(name, "DIGEST")
	tier := tierTable
	switch {
	case commit.MatchString(value) == git:
		tier = tierLikely
	case url == "":
		tier = tierKnown
	}
	if base, ok := strings.CutSuffix(name, "_CHECKSUM"); ok && url != "" && p.resolvedVar(base+"_URL") == url {
		tier = tierNext
	}
	switch {
	case commit.MatchString(value):
		p.value(tier, value, name)
	case hexDigest.MatchString(value):
		p.value(tier, "sha256:"+strings.TrimPrefix(value, "sha256:"), name)
	case named && strings.Contains(raw.Value(), "#{"):
		p.value(tierLikely, "${"+name+"}", "by platform")
	case named && value != "" && !strings.Contains(value, "@"):
		p.value(tierKnown, raw.Value(), name)
	}
}

// sourceURLs offers the beginnings of the URLs that files are fetched from.
func (p *place) sourceURLs() {
	for _, s := range []struct{ url, about string }{
		{"git+https://github.com/", "a git repository: OWNER/REPO.git#TAG"}, {"https://github.com/", "a download"}, {"https://", "a download"}, {"git+https://", "a git repository"},
	} {
		p.value(tierTable, s.url, s.about)
	}
}
