package entry

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Check reports what the family's package manager does not take in an entry
// that is well formed otherwise. Parts with a ${} are not judged: resolve
// them first.
func (e *Entry) Check(family Family) []Problem {
	switch family {
	case Alpine:
		return e.checkAlpine()
	case Debian:
		return e.checkDebian()
	}
	return nil
}

func (e *Entry) checkAlpine() []Problem {
	if e.Version == "" || hasTemplate(e.Version) {
		return nil
	}
	// name~2.13 names a prefix, of which every beginning of a version is one.
	if err := CheckAPKVersion(e.Version); err != nil {
		r := err.Range.Shift(e.VersionRange.Start)
		return []Problem{{Kind: MalformedVersion, Range: r, Message: fmt.Sprintf("%s is no apk version: %s", e.Version, err.Message)}}
	}
	if e.Operator == "=" && !HasAPKRelease(e.Version) {
		return []Problem{{Kind: NoRelease, Range: e.VersionRange, Message: fmt.Sprintf("%s has no release: apk matches = with the whole version, such as %s-r0", e.Version, e.Version)}}
	}
	return nil
}

func (e *Entry) checkDebian() []Problem {
	var out []Problem
	add := func(kind Kind, r text.Range, format string, args ...any) {
		out = append(out, Problem{Kind: kind, Range: r, Message: fmt.Sprintf(format, args...)})
	}
	if e.Namespace != "" {
		add(Malformed, e.NamespaceRange, "%s: is apk's: Debian packages are named without it", e.Namespace)
	}
	if !hasTemplate(e.Name) {
		if at := strings.IndexFunc(e.Name, func(c rune) bool { return c == '_' || c >= 'A' && c <= 'Z' }); at >= 0 {
			add(Malformed, text.Range{Start: at, End: at + 1}.Shift(e.NameRange.Start), "%q is not allowed in the name of a Debian package: it has lower-case letters, digits, + - and .", e.Name[at:at+1])
		}
	}
	if e.Operator == "~" {
		add(UnusedForm, e.OperatorRange, "name~version is apk's: pin a Debian package with name=version")
		return out
	}
	if e.Version == "" || hasTemplate(e.Version) {
		return out
	}
	if err := CheckDebVersion(e.Version); err != nil {
		add(MalformedVersion, err.Range.Shift(e.VersionRange.Start), "%s is no Debian version: %s", e.Version, err.Message)
	}
	return out
}
