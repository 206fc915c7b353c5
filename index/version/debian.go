package version

import (
	"fmt"
	"strings"
)

// CompareDebian returns -1, 0 or 1 as `dpkg --compare-versions` orders a and
// b (Debian Policy 5.6.12). It allocates nothing and has no limit on the
// length of numbers.
func CompareDebian(a, b string) int {
	if a == b {
		return 0
	}
	ea, ua, ra := splitDebian(a)
	eb, ub, rb := splitDebian(b)
	if r := compareNumber(ea, eb); r != 0 {
		return r
	}
	if r := compareDebianPart(ua, ub); r != 0 {
		return r
	}
	return compareDebianPart(ra, rb)
}

// splitDebian cuts [epoch:]upstream[-revision].
func splitDebian(v string) (epoch, upstream, revision string) {
	if i := strings.IndexByte(v, ':'); i >= 0 {
		epoch, v = v[:i], v[i+1:]
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}

// compareDebianPart compares non-digits by weight and digits by value, in
// turns.
func compareDebianPart(a, b string) int {
	for a != "" || b != "" {
		for (a != "" && !isDigit(a[0])) || (b != "" && !isDigit(b[0])) {
			if wa, wb := debianWeight(a), debianWeight(b); wa != wb {
				return sign(wa - wb)
			}
			a, b = rest(a), rest(b)
		}
		na, nb := digits(a), digits(b)
		if r := compareNumber(a[:na], b[:nb]); r != 0 {
			return r
		}
		a, b = a[na:], b[nb:]
	}
	return 0
}

// debianWeight is the weight of the first byte: ~ before the end, then
// letters, then everything else.
func debianWeight(s string) int {
	if s == "" || isDigit(s[0]) {
		return 0
	}
	c := s[0]
	switch {
	case c == '~':
		return -1
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return int(c)
	}
	return int(c) + 256
}

func rest(s string) string {
	if s == "" {
		return s
	}
	return s[1:]
}

// compareNumber compares two runs of digits by value; empty is zero.
func compareNumber(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return sign(len(a) - len(b))
	}
	return strings.Compare(a, b)
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// ValidDebian says what dpkg would refuse about v (lib/dpkg/parsehelp.c as
// documented in deb-version(7)); nil means that it is a version.
func ValidDebian(v string) error {
	epoch, upstream, revision := splitDebian(v)
	switch {
	case v == "":
		return fmt.Errorf("the version is empty")
	case strings.Contains(v, ":") && !validEpoch(epoch):
		return fmt.Errorf("version %q: the epoch %q is not a number of at most 2147483647", v, epoch)
	case upstream == "":
		return fmt.Errorf("version %q has nothing before its revision", v)
	case !isDigit(upstream[0]):
		return fmt.Errorf("version %q does not start with a digit", v)
	case strings.HasSuffix(v, "-"):
		return fmt.Errorf("version %q ends in a dash without a revision", v)
	}
	if c, bad := firstOutside(upstream, ".-+~:"); bad {
		return fmt.Errorf("version %q: %q may not occur in a version", v, c)
	}
	if c, bad := firstOutside(revision, ".+~"); bad {
		return fmt.Errorf("version %q: %q may not occur in a revision", v, c)
	}
	return nil
}

func validEpoch(s string) bool {
	return s != "" && digits(s) == len(s) && compareNumber(s, "2147483647") <= 0
}

func firstOutside(s, punctuation string) (string, bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		alnum := isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !alnum && strings.IndexByte(punctuation, c) < 0 {
			return s[i : i+1], true
		}
	}
	return "", false
}
