package rules

import (
	"net/url"
	"strings"
)

// forges are the hosts whose repositories a type of package URL names, with
// the other hosts that serve their files.
var forges = map[string][]string{
	"github":    {"github.com", "raw.githubusercontent.com", "codeload.github.com"},
	"gitlab":    {"gitlab.com"},
	"bitbucket": {"bitbucket.org"},
}

// checkPurlSource compares the repository of a source with the one that its
// package URL names. With several packages the others are what the source
// bundles, which come from elsewhere.
func checkPurlSource(p *Pass) {
	p.sources(func(s fileSource) {
		if len(s.File.SPDXPackages) != 1 {
			return
		}
		field := s.File.SPDXPackages[0].PURL
		value, ok := p.known(field)
		if !ok {
			return
		}
		u := parsePurl(field, value)
		typ := strings.ToLower(u.Type)
		host, repository := sourceRepository(s.URL)
		if forges[typ] == nil || u.Problem != "" || repository == "" {
			return
		}
		forge := forgeOf(host)
		switch {
		case forge == "":
		case forge != typ:
			p.Report(u.at(p, u.TypeAt), "the package URL is of `%s`, but the source comes from %s", u.Type, host).
				Help("write pkg:%s/%s, or correct the URL of the source", forge, repository).
				Related(s.File.URL.Range(), "the source")
		case !strings.EqualFold(unescape(u.Path), repository):
			p.Report(u.at(p, u.PathAt), "the package URL names the repository `%s`, but the source is `%s`", shorten(u.Path), shorten(repository)).
				Help("one of the two was copied from elsewhere, or the repository has moved").
				Related(s.File.URL.Range(), "the source")
		}
	})
}

// sourceRepository is the host and the path of a repository. GitLab nests
// groups, the others have an owner and a name.
func sourceRepository(s string) (host, repository string) {
	u, err := url.Parse(strings.TrimPrefix(s, gitScheme))
	if err != nil || strings.Contains(s, "${") {
		return "", ""
	}
	path, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/-/")
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return "", ""
	}
	if forgeOf(u.Host) != "gitlab" {
		path = parts[0] + "/" + parts[1]
	}
	return u.Host, strings.TrimSuffix(path, ".git")
}

func forgeOf(host string) string {
	for forge, hosts := range forges {
		for _, h := range hosts {
			if h == host {
				return forge
			}
		}
	}
	return ""
}
