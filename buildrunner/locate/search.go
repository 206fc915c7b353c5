package locate

import (
	"path"
	"strings"

	"github.com/dhi-ls/dhi-ls/buildrunner/cause"
)

// search is one way to find the node of a cause.
type search struct {
	kind  Kind
	match func(value, needle string) bool
	// by picks what is looked for.
	by func(*cause.Cause) []string
}

func subject(c *cause.Cause) []string { return []string{c.Subject} }
func via(c *cause.Cause) []string     { return c.Via }
func want(c *cause.Cause) []string    { return []string{c.Want} }
func vertex(c *cause.Cause) []string  { return []string{c.Vertex, cause.OwnText(c)} }

var (
	packageSearches = []search{{Package, sameEntry, subject}, {Package, sameEntry, via}, {Artifact, contains, subject}}
	urlSearches     = []search{{FileURL, sameURL, subject}, {Key, sameURL, subject}, {FileURL, mentioned, vertex}, {Key, mentioned, vertex}}
	imageSearches   = []search{{Artifact, sameImage, subject}, {Uses, sameImage, subject}, {Value, sameImage, subject}}
	pathSearches    = []search{{Path, samePath, subject}, {PathSource, samePath, subject}, {OutputTarget, samePath, subject}, {OutputSource, samePath, subject}, {Path, mentioned, vertex}, {Path, inside, subject}, {Value, sameAbsolute, subject}}
	userSearches    = []search{{RunAs, equal, subject}, {User, equal, subject}, {Group, equal, subject}}
	repoSearches    = []search{{Repository, sameRepository, subject}}
)

// searches say, for each kind of failure, which nodes to look through, best
// first.
var searches = map[cause.Kind][]search{
	cause.PackageNotFound:  packageSearches,
	cause.VersionNotFound:  packageSearches,
	cause.PackageConflict:  packageSearches,
	cause.PackageUnmet:     packageSearches,
	cause.PackageHeld:      packageSearches,
	cause.PackageFailed:    packageSearches,
	cause.RepositoryBroken: repoSearches,
	cause.SignatureUnknown: repoSearches,
	cause.ChecksumMismatch: {{FileChecksum, sameSum, want}, {FileURL, sameFile, subject}, {FileURL, sameURL, subject}, {FileURL, mentioned, vertex}},
	cause.URLNotFound:      urlSearches,
	cause.GitRefNotFound:   {{FileURL, contains, want}, {FileURL, mentioned, vertex}, {FileChecksum, sameSum, want}, {Value, contains, want}},
	cause.ImageNotFound:    imageSearches,
	cause.ImagePlatform:    imageSearches,
	cause.BadReference:     imageSearches,
	cause.SourceNotFound:   {{PathSource, samePath, subject}, {OutputSource, samePath, subject}, {Include, samePath, subject}, {Value, samePath, subject}},
	cause.PathFailed:       pathSearches,
	cause.UserNotFound:     userSearches,
	cause.UserTaken:        {{User, equal, subject}, {Group, equal, subject}, {Value, equal, subject}},
	cause.ShellMissing:     {{Shell, firstWord, subject}},
	cause.WorkDirMissing:   {{WorkDir, samePath, subject}},
	cause.Rejected:         {{Value, equal, subject}, {FileURL, mentioned, vertex}, {Artifact, mentioned, vertex}, {Path, mentioned, vertex}, {Package, mentionedEntry, vertex}},
	cause.NotAllowed:       {},
}

func equal(value, needle string) bool    { return value == needle }
func contains(value, needle string) bool { return strings.Contains(value, needle) }

// mentioned: the needle is a step's name or an error that tells the value.
func mentioned(value, needle string) bool { return len(value) > 3 && mentions(needle, value) }

func mentionedEntry(value, needle string) bool {
	name := entryName(value)
	return len(name) > 2 && mentions(needle, name)
}

func sameEntry(value, needle string) bool {
	return entryName(value) == entryName(needle)
}

// entryName is the name in a package entry: "!name", "name=version",
// "name~version", "name<version".
func entryName(entry string) string {
	entry = strings.TrimPrefix(entry, "!")
	if i := strings.IndexAny(entry, "=<>~@"); i > 0 {
		entry = entry[:i]
	}
	return strings.TrimSpace(entry)
}

func sameURL(value, needle string) bool {
	trim := func(s string) string {
		s = strings.TrimPrefix(s, "git+")
		s, _, _ = strings.Cut(s, "#")
		return strings.TrimRight(s, "/.,:)'\"")
	}
	return trim(value) == trim(needle)
}

func sameFile(value, needle string) bool {
	v, _, _ := strings.Cut(value, "?")
	return path.Base(v) == path.Base(needle)
}

// sameRepository: apk and apt name the index under the repository.
func sameRepository(value, needle string) bool {
	for _, field := range strings.Fields(value) {
		if strings.Contains(field, "://") && strings.HasPrefix(needle, strings.TrimRight(field, "/")) {
			return true
		}
	}
	return false
}

func sameSum(value, needle string) bool {
	bare := func(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }
	return bare(value) == bare(needle)
}

func samePath(value, needle string) bool {
	clean := func(s string) string { return strings.TrimPrefix(path.Clean("/"+s), "/") }
	return clean(value) == clean(needle)
}

// sameAbsolute: a value that is no path may read like one.
func sameAbsolute(value, needle string) bool {
	return strings.HasPrefix(value, "/") && samePath(value, needle)
}

// above: the needle lies in the directory, which is not the root.
func above(value, needle string) bool {
	return strings.HasPrefix(value, "/") && strings.HasPrefix(path.Clean(needle), path.Clean(value)+"/")
}

// inside: the needle is a directory above the path, which had to be there.
func inside(value, needle string) bool {
	return strings.HasPrefix(path.Clean(value), path.Clean(needle)+"/")
}

func firstWord(value, needle string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	return word == needle || path.Base(word) == path.Base(needle)
}

// sameImage compares references as far as both go, with docker.io left out.
func sameImage(value, needle string) bool {
	value, needle = strings.TrimPrefix(value, "docker.io/"), strings.TrimPrefix(needle, "docker.io/")
	if value == needle || strings.TrimSuffix(needle, ":latest") == value || strings.TrimPrefix(needle, "library/") == value {
		return true
	}
	// BuildKit names a reference with both tag and digest as it likes.
	tagged, digest, ok := strings.Cut(value, "@")
	return ok && (needle == tagged || strings.HasSuffix(needle, "@"+digest) && strings.HasPrefix(needle, repository(tagged)))
}

func repository(tagged string) string {
	if i := strings.LastIndexByte(tagged, ':'); i > strings.LastIndexByte(tagged, '/') {
		return tagged[:i]
	}
	return tagged
}

// mentions reports whether word stands in s with no letter, digit or mark of
// a name beside it.
func mentions(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		start := from + i
		end := start + len(word)
		if !nameByte(s, start-1) && !nameByte(s, end) {
			return true
		}
		from = start + 1
	}
}

func nameByte(s string, i int) bool {
	if i < 0 || i >= len(s) {
		return false
	}
	c := s[i]
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
