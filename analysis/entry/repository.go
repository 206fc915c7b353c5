package entry

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// DebianArchive is the word that stands for the frontend's own Debian mirror
// where a deb line has its URL.
const DebianArchive = "DEBIAN_ARCHIVE"

// Word is a piece of a line with its range.
type Word struct {
	Text  string
	Range text.Range
}

// Option is one key=value of a deb line's [ ].
type Option struct {
	Key, Value Word
}

// Repository is one entry of a repositories list.
type Repository struct {
	Source string
	// Family is Debian for a deb line, Alpine for a URL.
	Family Family
	// Type is the word deb, empty for Alpine.
	Type Word
	// Options are those in the brackets of a deb line, OptionsRange the
	// brackets.
	Options      []Option
	OptionsRange text.Range
	// Tag is the name without @ in apk's "@tag URL".
	Tag Word
	// URL is as written, perhaps DEBIAN_ARCHIVE or with ${} in it.
	URL Word
	// Suite is trixie, bookworm-backports, or a path ending in / for a flat
	// repository.
	Suite      Word
	Components []Word
	// HasTemplate says that the line holds a ${}.
	HasTemplate bool
	Problems    []Problem

	masked string
}

// ParseRepository reads a repository as the family writes it; for an unknown
// family the line itself decides.
func ParseRepository(s string, family Family) Repository {
	r := Repository{Source: s, Family: family}
	r.masked, r.HasTemplate = mask(s)
	words := fields(r.masked)
	isDeb := len(words) > 0 && (isDebType(words[0].text(r.masked)) || strings.HasPrefix(r.masked[words[0].Start:], "deb["))
	switch {
	case len(words) == 0:
		r.report(Malformed, text.Range{Start: 0, End: len(s)}, "the repository is empty: expected %s", expectedLine(family))
		return r
	case family == Debian || family == UnknownFamily && isDeb:
		r.Family = Debian
		r.parseDebian(words)
	case isDeb:
		r.parseDebian(words)
		r.Problems = nil
		r.Family = Debian
		r.report(Malformed, r.Type.Range, "a deb line is Debian's: an Alpine repository is a URL such as https://dl-cdn.alpinelinux.org/alpine/v3.23/main")
	default:
		r.Family = Alpine
		r.parseAlpine(words)
	}
	if r.HasTemplate {
		r.Problems = append(r.Problems, templateProblems(s)...)
	}
	return r
}

func isDebType(word string) bool { return word == "deb" || word == "deb-src" }

func expectedLine(family Family) string {
	if family == Debian {
		return "deb [options] URL suite component"
	}
	return "a URL such as https://dl-cdn.alpinelinux.org/alpine/v3.23/main"
}

type span text.Range

func (s span) text(line string) string { return line[s.Start:s.End] }

// fields splits a line at its blanks.
func fields(s string) []span {
	var out []span
	start := -1
	for i := 0; i <= len(s); i++ {
		blank := i == len(s) || strings.IndexByte(blanks, s[i]) >= 0
		switch {
		case blank && start >= 0:
			out = append(out, span{start, i})
			start = -1
		case !blank && start < 0:
			start = i
		}
	}
	return out
}

func (r *Repository) word(s span) Word {
	return Word{r.Source[s.Start:s.End], text.Range(s)}
}

func (r *Repository) report(kind Kind, at text.Range, format string, args ...any) *Problem {
	r.Problems = append(r.Problems, Problem{Kind: kind, Range: at, Message: fmt.Sprintf(format, args...)})
	return &r.Problems[len(r.Problems)-1]
}

// parseAlpine reads [@tag] URL.
func (r *Repository) parseAlpine(words []span) {
	first := words[0]
	if r.masked[first.Start] == '@' {
		r.Tag = Word{r.Source[first.Start+1 : first.End], text.Range{Start: first.Start + 1, End: first.End}}
		if words = words[1:]; len(words) == 0 {
			r.report(Malformed, text.Range(first), "expected a URL behind the tag %s", r.Source[first.Start:first.End])
			return
		}
	}
	r.URL = r.word(words[0])
	if len(words) > 1 {
		rest := text.Range{Start: words[1].Start, End: words[len(words)-1].End}
		r.report(Malformed, rest, "an Alpine repository is one URL: unexpected %s", r.Source[rest.Start:rest.End])
	}
	if !r.HasTemplate && r.Source != strings.TrimSpace(r.Source) {
		r.report(Malformed, text.Range{Start: 0, End: len(r.Source)}, "blanks around the URL").
			fix("Remove the blanks", text.Range{Start: 0, End: len(r.Source)}, strings.TrimSpace(r.Source))
	}
	r.checkURL([]string{"https", "http"})
}

// checkURL judges the parts of the URL that hold no ${}.
func (r *Repository) checkURL(schemes []string) {
	scheme, rest, ok := strings.Cut(r.URL.Text, "://")
	switch {
	case strings.HasPrefix(r.URL.Text, "${"):
		return
	case !ok && strings.HasPrefix(r.URL.Text, "/"):
		r.report(UnusedForm, r.URL.Range, "%s is a path, which the build cannot reach: expected a URL", r.URL.Text)
		return
	case !ok:
		pr := r.report(Malformed, r.URL.Range, "%s is no URL: expected https://host/path", r.URL.Text)
		if likelyHost.MatchString(r.URL.Text) {
			pr.fix("Write https://"+r.URL.Text, text.At(r.URL.Range.Start), "https://")
		}
		return
	case !contains(schemes, strings.ToLower(scheme)):
		at := text.Range{Start: r.URL.Range.Start, End: r.URL.Range.Start + len(scheme)}
		r.report(UnusedForm, at, "%s: repositories are fetched by %s", scheme, strings.Join(schemes, " or "))
		return
	}
	if u, err := url.Parse(r.masked[r.URL.Range.Start:r.URL.Range.End]); err != nil {
		r.report(Malformed, r.URL.Range, "%s is no URL: %s", r.URL.Text, urlReason(err))
	} else if u.Host == "" || rest == "" {
		r.report(Malformed, r.URL.Range, "%s has no host", r.URL.Text)
	}
}

var likelyHost = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]+)?/`)

func urlReason(err error) string {
	if e, ok := err.(*url.Error); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// Host is the host of the URL with its port, "" where it is not known.
func (r *Repository) Host() string {
	_, rest, ok := strings.Cut(r.URL.Text, "://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	if hasTemplate(host) {
		return ""
	}
	return strings.ToLower(host[strings.LastIndexByte(host, '@')+1:])
}

// Scheme is https, http or another scheme in lower case, "" without.
func (r *Repository) Scheme() string {
	scheme, _, ok := strings.Cut(r.URL.Text, "://")
	if !ok || hasTemplate(scheme) {
		return ""
	}
	return strings.ToLower(scheme)
}

// IsDHI reports whether the repository is one of Docker Hardened Images.
func (r *Repository) IsDHI() bool { return r.Host() == "dhi.io" }

// IsArchive reports whether the URL is the word DEBIAN_ARCHIVE.
func (r *Repository) IsArchive() bool { return r.URL.Text == DebianArchive }

// Flat reports whether a deb line names a directory instead of a suite.
func (r *Repository) Flat() bool { return strings.HasSuffix(r.Suite.Text, "/") }

// Option finds an option of a deb line by its key.
func (r *Repository) Option(key string) (Option, bool) {
	for _, o := range r.Options {
		if strings.EqualFold(o.Key.Text, key) {
			return o, true
		}
	}
	return Option{}, false
}

var alpineRelease = regexp.MustCompile(`/(v[0-9]+\.[0-9]+|edge)(?:/|$)`)

// AlpineRelease is the release in an Alpine URL, v3.23 or edge, with its
// range.
func (r *Repository) AlpineRelease() (Word, bool) {
	if r.Family != Alpine {
		return Word{}, false
	}
	m := alpineRelease.FindStringSubmatchIndex(r.URL.Text)
	if m == nil {
		return Word{}, false
	}
	at := text.Range{Start: m[2], End: m[3]}
	return Word{r.URL.Text[m[2]:m[3]], at.Shift(r.URL.Range.Start)}, true
}

// AlpineComponent is what follows the release in an Alpine URL: main,
// community or testing.
func (r *Repository) AlpineComponent() (Word, bool) {
	release, ok := r.AlpineRelease()
	if !ok {
		return Word{}, false
	}
	rest := strings.TrimRight(r.Source[release.Range.End:r.URL.Range.End], "/")
	name := strings.TrimLeft(rest, "/")
	start := release.Range.End + len(rest) - len(name)
	return Word{name, text.Range{Start: start, End: start + len(name)}}, name != ""
}
