package entry

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/distribution/reference"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Reference is a reference to an image in a registry, ${} allowed.
type Reference struct {
	Source string
	// Registry is the host, empty where none is written (Docker Hub).
	Registry Word
	// Repository is the path behind the registry.
	Repository Word
	Tag        Word
	// Digest is algorithm:hex.
	Digest Word
	// HasTemplate says that the reference holds a ${}.
	HasTemplate bool
	// Whole says that the reference is one ${} alone, of which no part is
	// known.
	Whole    bool
	Problems []Problem
}

// ParseReference reads registry/repository:tag@digest by the grammar of the
// distribution project.
func ParseReference(s string) Reference {
	r := Reference{Source: s}
	masked, has := mask(s)
	r.HasTemplate = has
	if has && strings.HasPrefix(s, "${") && strings.Trim(masked, string(maskByte)) == "" && strings.IndexByte(s, '}') == len(s)-1 {
		r.Whole = true
		r.Problems = templateProblems(s)
		return r
	}
	r.split(masked)
	r.check()
	if has {
		r.Problems = append(r.Problems, templateProblems(s)...)
	}
	return r
}

// split finds the parts by their separators, which are unambiguous.
func (r *Reference) split(masked string) {
	end := len(masked)
	word := func(start, end int) Word {
		return Word{r.Source[start:end], text.Range{Start: start, End: end}}
	}
	r.Digest.Range = text.At(end)
	if at := strings.IndexByte(masked, '@'); at >= 0 {
		r.Digest = word(at+1, end)
		end = at
	}
	r.Tag.Range = text.At(end)
	slash := strings.LastIndexByte(masked[:end], '/')
	if colon := strings.IndexByte(masked[slash+1:end], ':'); colon >= 0 {
		colon += slash + 1
		r.Tag = word(colon+1, end)
		end = colon
	}
	start := 0
	if slash := strings.IndexByte(masked[:end], '/'); slash > 0 && isRegistry(masked[:slash]) {
		r.Registry = word(0, slash)
		start = slash + 1
	}
	r.Repository = word(start, end)
}

// isRegistry tells a host from the first element of a path, as Docker does.
func isRegistry(s string) bool {
	return s == "localhost" || strings.ContainsAny(s, ".:") || s != strings.ToLower(s)
}

// The library's expressions, held to the whole string.
var (
	wholeDomain = anchored(reference.DomainRegexp)
	wholeName   = anchored(reference.NameRegexp)
	wholeTag    = anchored(reference.TagRegexp)
	wholeDigest = anchored(reference.DigestRegexp)
)

func anchored(re *regexp.Regexp) *regexp.Regexp {
	return regexp.MustCompile("^(?:" + re.String() + ")$")
}

// check judges the parts without ${}, and the whole by the library.
func (r *Reference) check() {
	before := len(r.Problems)
	s := r.Source
	switch {
	case strings.TrimSpace(s) == "":
		r.report(text.Range{Start: 0, End: len(s)}, "the reference is empty: expected registry/name:tag@sha256:digest")
		return
	case strings.TrimSpace(s) != s:
		pr := r.report(text.Range{Start: 0, End: len(s)}, "a reference has no blanks around it")
		pr.fix("Remove the blanks", text.Range{Start: 0, End: len(s)}, strings.TrimSpace(s))
		return
	case strings.Contains(s, "://"):
		end := strings.Index(s, "://") + 3
		pr := r.report(text.Range{Start: 0, End: end}, "a reference has no scheme: remove %s", s[:end])
		pr.fix("Remove "+s[:end], text.Range{Start: 0, End: end}, "")
		return
	}
	r.checkParts()
	if len(r.Problems) == before && !r.HasTemplate {
		if _, err := reference.Parse(s); err != nil {
			r.report(text.Range{Start: 0, End: len(s)}, "%s is no image reference: %s", s, err)
		}
	}
}

func (r *Reference) checkParts() {
	if w := r.Registry; w.Text != "" && !hasTemplate(w.Text) && !wholeDomain.MatchString(w.Text) {
		r.report(w.Range, "%s is no registry host", w.Text)
	}
	r.checkRepository()
	atTag, atDigest := byteBefore(r.Source, r.Tag.Range) == ':', byteBefore(r.Source, r.Digest.Range) == '@'
	switch w := r.Tag; {
	case w.Text == "" && atTag && w.Range.Start > r.Repository.Range.End:
		r.report(text.Range{Start: w.Range.Start - 1, End: w.Range.Start}, "expected a tag behind :")
	case w.Text != "" && !hasTemplate(w.Text) && !wholeTag.MatchString(w.Text):
		r.report(w.Range, "%s is no tag: a tag has letters, digits, _ . and -, does not start with . or -, and has at most 128 characters", w.Text)
	}
	switch w := r.Digest; {
	case w.Text == "" && atDigest:
		r.report(text.Range{Start: w.Range.Start - 1, End: w.Range.Start}, "expected a digest behind @, such as sha256: and 64 hex digits")
	case w.Text != "" && !hasTemplate(w.Text):
		r.checkDigest()
	}
}

func (r *Reference) checkRepository() {
	w := r.Repository
	switch {
	case hasTemplate(w.Text):
	case w.Text == "":
		r.report(w.Range, "expected the name of an image")
	case w.Text != strings.ToLower(w.Text):
		r.report(w.Range, "%s: image names are in lower case", w.Text).
			fix("Write "+strings.ToLower(w.Text), w.Range, strings.ToLower(w.Text))
	case !wholeName.MatchString(w.Text):
		r.report(w.Range, "%s is no image name: its elements have lower-case letters and digits, separated by . _ __ or -", w.Text)
	}
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (r *Reference) checkDigest() {
	w := r.Digest
	algorithm, hex, ok := strings.Cut(w.Text, ":")
	switch {
	case !ok:
		pr := r.report(w.Range, "%s is no digest: expected sha256: and 64 hex digits", w.Text)
		if sha256Hex.MatchString(w.Text) {
			pr.fix("Write sha256:", text.At(w.Range.Start), "sha256:")
		}
	case algorithm == "sha256" && !sha256Hex.MatchString(hex):
		at := text.Range{Start: w.Range.Start + len("sha256:"), End: w.Range.End}
		r.report(at, "a sha256 digest has 64 hex digits in lower case; this has %d characters", len(hex))
	case !wholeDigest.MatchString(w.Text):
		r.report(w.Range, "%s is no digest: expected sha256: and 64 hex digits", w.Text)
	}
}

func byteBefore(s string, r text.Range) byte {
	if r.Start > 0 && r.Start <= len(s) {
		return s[r.Start-1]
	}
	return 0
}

func (r *Reference) report(at text.Range, format string, args ...any) *Problem {
	r.Problems = append(r.Problems, Problem{Kind: Malformed, Range: at, Message: fmt.Sprintf(format, args...)})
	return &r.Problems[len(r.Problems)-1]
}

// NameRange covers registry and repository.
func (r *Reference) NameRange() text.Range {
	if r.Registry.Text == "" {
		return r.Repository.Range
	}
	return r.Registry.Range.Union(r.Repository.Range)
}

// DHIName is the name of a hardened image, without dhi.io/ or the dhi/ by
// which Docker Hub mirrors them.
func (r *Reference) DHIName() (string, bool) {
	if r.Registry.Text == "dhi.io" {
		return r.Repository.Text, true
	}
	hub := r.Registry.Text == "" || r.Registry.Text == "docker.io"
	name, ok := strings.CutPrefix(r.Repository.Text, "dhi/")
	return name, ok && hub
}
