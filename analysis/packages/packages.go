// Package packages is how analysis asks a package index. The index answers
// through [Source]; where none is given, or where it cannot know, the rules
// stay silent.
package packages

import "time"

// Scope is where a package entry stands: the repositories that its contents
// list or inherit, and the platforms the definition is built for.
type Scope struct {
	// Family is alpine or debian, Release 3.23 or 13.
	Family, Release string
	// Repositories are the lines as written, with variables resolved. One that
	// still holds a ${} makes every answer less than Known.
	Repositories []string
	// Only holds the platforms of a line whose variables yield another one for
	// other platforms; a line that is not in it is for all.
	Only map[string][]string
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
	// Conflicts and Replaces are relations as the index writes them; Conflicts
	// holds Debian's Breaks and apk's !name too.
	Conflicts, Replaces []string
	// Origin is the source package.
	Origin string
	// Missing are platforms of the scope that surely lack the package in this
	// version; in answers of Search, that lack it in every version.
	Missing []string
	// Score is the likeness to the query of a Search; higher is liker, and 0
	// stands for a prefix.
	Score int
	// Catalog says that a definition of the workspace, not an index, tells of
	// the package: it proves that the package is there, never that others are
	// not. File is that definition.
	Catalog bool
	File    string
}

// Answer is what a source knows of a name.
type Answer struct {
	State State
	// Detail says why the state is not Known: which repository, what to do.
	Detail string
	// Candidates are sorted newest first by the family's own order.
	Candidates []Candidate
	// Sources are the indexes that were asked, with their states.
	Sources []SourceStatus
}

// SourceStatus is one index of a scope: a repository, or a component of one,
// for one platform.
type SourceStatus struct {
	Repository, Platform string
	// Host is empty for a folder.
	Host  string
	State State
	// Problem says why the state is not Known and how to mend it.
	Problem string
	// Checked is when the repository last confirmed the index; zero when there
	// is none.
	Checked  time.Time
	Packages int
	// Verified says that a known key signed the index.
	Verified bool
}

// Source answers questions about package entries of a scope. It must be safe
// for concurrent use and must not fetch.
type Source interface {
	// Lookup finds the package of exactly this name for one platform.
	Lookup(scope Scope, platform, name string) Answer
	// Search finds names by prefix first, then by likeness, at most limit. Of a
	// package it may say no more than name, version, repository, platform and
	// description; a query with a colon gets all.
	Search(scope Scope, query string, limit int) Answer
	// Providers finds packages that provide a virtual name such as cmd:sh.
	Providers(scope Scope, platform, name string) Answer
	// Compare orders two versions as the family's package manager does.
	Compare(family, a, b string) int
	// Satisfies says whether version satisfies the operator and the wanted
	// version, as the family's package manager has it.
	Satisfies(family, version, operator, wanted string) bool
}

// Index is what a whole package index answers beyond the questions about
// single names. A [Source] that cannot is not asked.
type Index interface {
	Source
	// Status tells of the indexes of a scope, in the order of its repositories.
	Status(scope Scope) []SourceStatus
	// Similar are names that the writer may have meant, nearest first.
	Similar(scope Scope, name string, limit int) []Candidate
	// Elsewhere finds the package in cached repositories of the same family
	// that the scope does not list.
	Elsewhere(scope Scope, platform, name string) []Candidate
	// Resolve computes what the entries install on a platform.
	Resolve(scope Scope, platform string, entries []string) Resolution
}

// Resolution is what the entries of a scope install.
type Resolution struct {
	State    State
	Packages []Installed
	// Met are the dependencies that count as met because of an exclusion.
	Met []Met
	// Problems say why the whole cannot be installed.
	Problems []Problem
	// Size and InstalledSize are the sums, in bytes.
	Size, InstalledSize int64
}

// Installed is one package of a resolution, in the order of the choices.
type Installed struct {
	Name, Version, Repository string
	Size, InstalledSize       int64
	// Wanted says that an entry names it.
	Wanted bool
	// NeededBy are the packages that need it.
	NeededBy []Need
}

// Need is a dependency: By needs what Relation says; an empty By is the
// selection itself.
type Need struct {
	By       string `json:"by"`
	Relation string `json:"relation"`
}

// Met is a dependency of By that counts as met because Excluded, which would
// satisfy it, is excluded. Rule is the inference, see docs/resolution.md.
type Met struct {
	By       string `json:"by"`
	Relation string `json:"relation"`
	Excluded string `json:"excluded"`
	Rule     string `json:"rule"`
}

// ProblemKind is the class of a Problem.
type ProblemKind string

// The kinds of problems.
const (
	Missing     ProblemKind = "missing"     // no index has it
	NoVersion   ProblemKind = "no-version"  // not in a version that fits
	Conflict    ProblemKind = "conflict"    // two things that exclude each other
	Ambiguous   ProblemKind = "ambiguous"   // a virtual package with several providers
	Unavailable ProblemKind = "unavailable" // there, but it cannot be installed
)

// Problem is a reason why entries cannot be installed.
type Problem struct {
	Kind ProblemKind
	// Entry is the number of the entry that causes it, -1 for none.
	Entry   int
	Message string
	// Chain are the reasons in order, from the entry to what fails.
	Chain []string
	// Choices are the packages to choose from when it is Ambiguous.
	Choices []string
}
