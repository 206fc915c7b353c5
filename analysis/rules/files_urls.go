package rules

import (
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/schema"
)

// schemes are what a file's URL may begin with.
var schemes = []string{"https", "http", "git+https", "git+http", "git+ssh", "git+git", "git+file"}

func checkFileURLs(p *Pass) {
	p.sources(func(s fileSource) {
		at := s.File.URL.Range()
		scheme, _, absolute := strings.Cut(s.URL, "://")
		switch {
		case s.web():
			p.checkGitPage(s)
		case strings.HasPrefix(s.URL, gitScheme) && absolute:
			p.checkScheme(s, scheme)
		case strings.HasPrefix(s.URL, "git@"), strings.HasPrefix(s.URL, "git://"), strings.HasPrefix(s.URL, "ssh://"):
			p.Report(at, "`%s` is no URL of the format: expected git+https://, https:// or http://", s.URL).
				Help("write git+https://HOST/OWNER/REPOSITORY.git#REF")
		case !absolute:
			p.Report(at, "`%s` is no URL: expected git+https://, https:// or http://", s.URL).
				Help("a file of the repository goes into `paths`, with `type: file` and its path as `source`")
		case !strings.ContainsAny(scheme, "${"):
			p.checkScheme(s, scheme)
		}
	})
}

// checkGitPage finds repositories that are fetched as if they were files.
func (p *Pass) checkGitPage(s fileSource) {
	where, _, ref := strings.Cut(s.URL, "#")
	if !strings.HasSuffix(where, ".git") || !ref {
		return
	}
	at := p.within(s.File.URL, s.URL, text.Range{Start: 0, End: strings.Index(s.URL, "://")})
	f := p.Report(at, "the URL of a git repository begins with `git+`: as it is, one file is fetched")
	if s.URL == s.File.URL.Value() {
		f.Fix("Write git+", false, Replace(text.At(at.Start), gitScheme))
	}
}

// checkScheme finds schemes that are nearly one which is fetched. Of others
// nobody knows what a builder makes of them.
func (p *Pass) checkScheme(s fileSource, scheme string) {
	meant, ok := schema.Suggest(scheme, schemes)
	if !ok || s.URL != s.File.URL.Value() {
		return
	}
	at := p.within(s.File.URL, s.URL, text.Range{Start: 0, End: len(scheme)})
	p.Report(at, "`%s` is no scheme that is fetched: expected git+https://, https:// or http://", shorten(scheme)).
		Help("did you mean `%s`?", meant).Fix("Change to `"+meant+"`", false, Replace(at, meant))
}
