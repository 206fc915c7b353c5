package version

import "strings"

// The kinds of part of an apk version, in the order in which a version may
// hold them; a version that ends earlier is the smaller one, unless the other
// goes on with a pre-release suffix.
type kind uint8

const (
	kindFirst    kind = iota // the digits it starts with
	kindDigits               // .digits
	kindLetter               // one lower-case letter
	kindSuffix               // _name
	kindSuffixNo             // digits after a suffix
	kindHash                 // ~hex
	kindRevision             // -rdigits
	kindEnd
	kindInvalid
)

// suffixes are the names after _, in order; those below zero come before the
// version that has no suffix.
var suffixes = map[string]int{
	"alpha": -4, "beta": -3, "pre": -2, "rc": -1,
	"cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5,
}

// part is one piece of a version with what is left behind it.
type part struct {
	kind  kind
	value string
	rest  string
}

func firstPart(v string) part {
	n := digits(v)
	if n == 0 {
		return part{kind: kindInvalid, value: v}
	}
	return part{kindFirst, v[:n], v[n:]}
}

func (p part) next() part {
	s := p.rest
	if s == "" {
		return part{kind: kindEnd}
	}
	invalid := part{kind: kindInvalid, value: s}
	switch c := s[0]; {
	case isLower(c):
		if p.kind > kindDigits {
			return invalid
		}
		return part{kindLetter, s[:1], s[1:]}
	case isDigit(c):
		if p.kind != kindSuffix {
			return invalid
		}
		n := digits(s)
		return part{kindSuffixNo, s[:n], s[n:]}
	case c == '.':
		if p.kind > kindDigits {
			return invalid
		}
		return spanPart(kindDigits, s, 1, isDigit)
	case c == '_':
		if p.kind > kindSuffixNo {
			return invalid
		}
		suffix := spanPart(kindSuffix, s, 1, isLower)
		if _, known := suffixes[suffix.value]; !known {
			return invalid
		}
		return suffix
	case c == '~':
		if p.kind >= kindHash {
			return invalid
		}
		return spanPart(kindHash, s, 1, isHex)
	case strings.HasPrefix(s, "-r"):
		if p.kind >= kindRevision {
			return invalid
		}
		return spanPart(kindRevision, s, 2, isDigit)
	}
	return invalid
}

// spanPart takes the bytes of a class behind a mark of skip bytes.
func spanPart(k kind, s string, skip int, class func(byte) bool) part {
	n := skip
	for n < len(s) && class(s[n]) {
		n++
	}
	if n == skip {
		return part{kind: kindInvalid, value: s}
	}
	return part{k, s[skip:n], s[n:]}
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isHex(c byte) bool   { return isDigit(c) || c >= 'a' && c <= 'f' }

// ValidAlpine says whether v is a version to apk.
func ValidAlpine(v string) bool {
	p := firstPart(v)
	for p.kind < kindEnd {
		p = p.next()
	}
	return p.kind == kindEnd
}

// CompareAlpine returns -1, 0 or 1 as `apk version -t` orders a and b.
func CompareAlpine(a, b string) int { return compareAlpine(a, b, false) }

func compareAlpine(a, b string, fuzzy bool) int {
	if a == b {
		return 0
	}
	pa, pb := firstPart(a), firstPart(b)
	for pa.kind == pb.kind && pa.kind < kindEnd {
		if r := comparePart(pa, pb); r != 0 {
			return r
		}
		pa, pb = pa.next(), pb.next()
	}
	switch {
	case pa.kind == kindInvalid || pb.kind == kindInvalid:
		return strings.Compare(pa.value, pb.value)
	case pa.kind == pb.kind, fuzzy && pb.kind == kindEnd:
		return 0
	case pa.preRelease():
		return -1
	case pb.preRelease():
		return 1
	}
	return sign(int(pb.kind) - int(pa.kind))
}

func (p part) preRelease() bool { return p.kind == kindSuffix && suffixes[p.value] < 0 }

func comparePart(a, b part) int {
	switch a.kind {
	case kindDigits:
		// A leading zero makes it a fraction: 8.2.0015 < 8.2.002.
		if a.value[0] == '0' || b.value[0] == '0' {
			return strings.Compare(a.value, b.value)
		}
		return compareNumber(a.value, b.value)
	case kindFirst, kindSuffixNo, kindRevision:
		return compareNumber(a.value, b.value)
	case kindSuffix:
		return sign(suffixes[a.value] - suffixes[b.value])
	}
	return strings.Compare(a.value, b.value)
}

func satisfiesAlpine(have string, c Constraint) bool {
	accepted := c.Op
	if c.Op&Fuzzy != 0 {
		accepted |= Equal
	}
	return accepted&outcome(compareAlpine(have, c.Version, c.Op&Fuzzy != 0)) != 0
}
