package entry

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// UsesKind tells what a uses names.
type UsesKind uint8

const (
	// UsesAction: a built-in action, go/build@v1 or patch@v1.
	UsesAction UsesKind = iota + 1
	// UsesImage: an image reference, dhi/build-pkg:0.
	UsesImage
	// UsesEither: a bare path such as go/build, which may be an action
	// without its version or an image without its tag. Both are filled.
	UsesEither
)

// Uses is the uses of a step or build.
type Uses struct {
	Kind UsesKind
	// Action is the name without its version, go/build; Version is v1.
	Action  Word
	Version Word
	Image   Reference
	// Problems holds those of the action; those of the image are in Image.
	Problems []Problem
}

var (
	actionPath    = regexp.MustCompile(`^[a-z0-9]+(?:[_-][a-z0-9]+)*(?:/[a-z0-9]+(?:[_-][a-z0-9]+)*)*$`)
	actionVersion = regexp.MustCompile(`^v[0-9]+(?:\.[0-9]+){0,2}$`)
	bareVersion   = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+){0,2}$`)
)

// ParseUses tells an action from an image reference. An @ followed by
// anything but algorithm:hex belongs to an action.
func ParseUses(s string) Uses {
	u := Uses{}
	name, version, hasVersion := strings.Cut(s, "@")
	bare := !strings.Contains(name, ":") && !strings.Contains(name, ".") && !hasTemplate(s)
	switch {
	case hasVersion && bare && !strings.Contains(version, ":"):
		u.Kind = UsesAction
		u.action(s, len(name))
		u.version(s, len(name)+1)
	case !hasVersion && bare && actionPath.MatchString(name):
		u.Kind = UsesEither
		u.action(s, len(name))
		u.Version.Range = text.At(len(s))
		u.Image = ParseReference(s)
	default:
		u.Kind = UsesImage
		u.Image = ParseReference(s)
	}
	return u
}

func (u *Uses) action(s string, end int) {
	u.Action = Word{s[:end], text.Range{Start: 0, End: end}}
	if !actionPath.MatchString(u.Action.Text) {
		u.report(u.Action.Range, "%q is no action: expected a name such as go/build@v1", u.Action.Text)
	}
}

func (u *Uses) version(s string, start int) {
	u.Version = Word{s[start:], text.Range{Start: start, End: len(s)}}
	v := u.Version.Text
	switch {
	case actionVersion.MatchString(v):
	case v == "":
		u.report(text.Range{Start: start - 1, End: start}, "expected a version behind @, such as v1")
	case bareVersion.MatchString(v):
		u.report(u.Version.Range, "the version of an action starts with v: write @v%s", v).
			fix("Write v"+v, text.At(start), "v")
	default:
		u.report(u.Version.Range, "%q is no version of an action: expected v1 or the like", v)
	}
}

func (u *Uses) report(at text.Range, format string, args ...any) *Problem {
	u.Problems = append(u.Problems, Problem{Kind: Malformed, Range: at, Message: fmt.Sprintf(format, args...)})
	return &u.Problems[len(u.Problems)-1]
}
