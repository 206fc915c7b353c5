// Package packages is how analysis asks a package index. The index answers
// through [Source]; where none is given, or where it cannot know, the rules
// stay silent.
package packages

// Scope is where a package entry stands: the repositories that its contents
// list or inherit, and the platforms the definition is built for.
type Scope struct {
	// Family is alpine or debian, Release 3.23 or 13.
	Family, Release string
	// Repositories are the lines as written, with variables resolved.
	Repositories []string
	// Keyring are the keys' URLs as written.
	Keyring []string
	// Platforms are linux/amd64 and the like.
	Platforms []string
}

// State says how far an answer can be trusted.
type State uint8

const (
	// Absent: no index of the repository is cached.
	Absent State = iota
	// Known: every repository that could hold the package is cached and fresh.
	Known
	// Stale: cached, but older than the user allows.
	Stale
	// Closed: a repository needs a login, so that absence proves nothing.
	Closed
)

func (s State) String() string {
	return [...]string{"absent", "known", "stale", "closed"}[s]
}

// Candidate is a package version that a repository offers.
type Candidate struct {
	Name, Version string
	// Repository is the line or URL it comes from, Platform what it is for.
	Repository, Platform string
	Description          string
	License, Homepage    string
	// Size and InstalledSize are in bytes.
	Size, InstalledSize int64
	Depends, Provides   []string
}

// Answer is what a source knows of a name.
type Answer struct {
	State State
	// Detail says why the state is not Known: which repository, what to do.
	Detail string
	// Candidates are sorted newest first by the family's own order.
	Candidates []Candidate
}

// Source answers questions about package entries of a scope. It must be safe
// for concurrent use and must not fetch.
type Source interface {
	// Lookup finds the package of exactly this name for one platform.
	Lookup(scope Scope, platform, name string) Answer
	// Search finds names by prefix first, then by likeness, at most limit.
	Search(scope Scope, query string, limit int) Answer
	// Providers finds packages that provide a virtual name such as cmd:sh.
	Providers(scope Scope, platform, name string) Answer
	// Compare orders two versions as the family's package manager does.
	Compare(family, a, b string) int
	// Satisfies says whether version satisfies the operator and the wanted
	// version, as the family's package manager has it.
	Satisfies(family, version, operator, wanted string) bool
}
