package entry

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// apkSuffixes are the words behind _ in a version of apk-tools; those of
// the first group sort before the plain version, the others behind it.
var apkSuffixes = []string{"alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"}

// VersionError says where and how a version breaks its grammar.
type VersionError struct {
	// Range is the part of the version that breaks it.
	Range   text.Range
	Message string
}

func (e *VersionError) Error() string { return e.Message }

// ValidAPKVersion reports whether v is a version by the grammar of apk-tools:
// numbers joined by dots, an optional letter, _suffix with an optional
// number, ~hash, and -rN.
func ValidAPKVersion(v string) bool { return CheckAPKVersion(v) == nil }

// HasAPKRelease reports whether the version ends in -rN. Repositories hold no
// version without.
func HasAPKRelease(v string) bool {
	at := strings.LastIndex(v, "-r")
	return at > 0 && at+2 < len(v) && digits(v[at+2:]) == len(v)-at-2
}

// CheckAPKVersion is nil for a valid version.
func CheckAPKVersion(v string) *VersionError {
	i := digits(v)
	if i == 0 {
		return versionError(v, 0, "a version starts with a digit")
	}
	for i < len(v) && v[i] == '.' {
		n := digits(v[i+1:])
		if n == 0 {
			return versionError(v, i, "expected a number behind the dot")
		}
		i += 1 + n
	}
	if i < len(v) && v[i] >= 'a' && v[i] <= 'z' {
		i++
	}
	i, err := apkSuffixEnd(v, i)
	if err != nil {
		return err
	}
	if i < len(v) && v[i] == '~' {
		n := hexDigits(v[i+1:])
		if n == 0 {
			return versionError(v, i, "expected a commit hash in hex behind ~")
		}
		i += 1 + n
	}
	if strings.HasPrefix(v[i:], "-r") {
		n := digits(v[i+2:])
		if n == 0 {
			return versionError(v, i, "expected a number behind -r")
		}
		i += 2 + n
	}
	if i < len(v) {
		return versionError(v, i, "unexpected %s: an apk version has the form 1.2.3[letter][_suffix][-rN]", v[i:])
	}
	return nil
}

func apkSuffixEnd(v string, i int) (int, *VersionError) {
	for i < len(v) && v[i] == '_' {
		n := 0
		for i+1+n < len(v) && v[i+1+n] >= 'a' && v[i+1+n] <= 'z' {
			n++
		}
		word := v[i+1 : i+1+n]
		if !contains(apkSuffixes, word) {
			return i, versionError(v, i, "_%s is no suffix of apk versions: they are %s", word, strings.Join(apkSuffixes, ", "))
		}
		i += 1 + n
		i += digits(v[i:])
	}
	return i, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func versionError(v string, at int, format string, args ...any) *VersionError {
	return &VersionError{Range: text.Range{Start: at, End: len(v)}, Message: fmt.Sprintf(format, args...)}
}

// ValidDebVersion reports whether v is a version by Debian policy 5.6.12:
// [epoch:]upstream[-revision].
func ValidDebVersion(v string) bool { return CheckDebVersion(v) == nil }

// CheckDebVersion is nil for a valid version.
func CheckDebVersion(v string) *VersionError {
	start, end := 0, len(v)
	if colon := strings.IndexByte(v, ':'); colon >= 0 {
		if err := checkEpoch(v, colon); err != nil {
			return err
		}
		start = colon + 1
	}
	if dash := strings.LastIndexByte(v, '-'); dash >= start {
		if dash+1 == len(v) {
			return &VersionError{text.Range{Start: dash, End: len(v)}, "expected a revision behind the last -"}
		}
		if err := checkChars(v, dash+1, len(v), ".+~", "revision"); err != nil {
			return err
		}
		end = dash
	}
	if start == end {
		return &VersionError{text.Range{Start: 0, End: len(v)}, "the version has no upstream part"}
	}
	if v[start] < '0' || v[start] > '9' {
		return &VersionError{text.Range{Start: start, End: start + runeLen(v[start:])}, "an upstream version starts with a digit"}
	}
	allowed := ".+~-"
	if start > 0 {
		allowed += ":"
	}
	return checkChars(v, start, end, allowed, "upstream version")
}

func checkEpoch(v string, colon int) *VersionError {
	if n, err := strconv.Atoi(v[:colon]); err == nil && n >= 0 && n <= 1<<31-1 && digits(v) == colon {
		return nil
	}
	return &VersionError{text.Range{Start: 0, End: colon + 1}, "the epoch before : is a number"}
}

func checkChars(v string, start, end int, allowed, what string) *VersionError {
	for i := start; i < end; i++ {
		if !alnum(v[i]) && strings.IndexByte(allowed, v[i]) < 0 {
			r := text.Range{Start: i, End: i + runeLen(v[i:])}
			return &VersionError{r, fmt.Sprintf("%q is not allowed in the %s: letters, digits and %s are", v[r.Start:r.End], what, allowed)}
		}
	}
	return nil
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func hexDigits(s string) int {
	n := 0
	for n < len(s) && (s[n] >= '0' && s[n] <= '9' || s[n] >= 'a' && s[n] <= 'f') {
		n++
	}
	return n
}
