package index

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// Source is one index: a component of a repository for one platform.
type Source struct {
	Repository Repository
	Component  string // empty for Alpine and flat repositories
	Platform   string // OCI, without linux/
	Arch       string // the family's name of it
	// Contents says that it is Debian's list of files, of which the commands
	// are kept, and not the index of the packages.
	Contents bool
}

// Key names the source in the cache.
func (s Source) Key() string {
	key := strings.Join([]string{s.Repository.Family.String(), s.Repository.URL, s.Repository.Suite, s.Component, s.Arch}, "|")
	if s.Contents {
		key += "|contents"
	}
	return key
}

// String is the source for people.
func (s Source) String() string {
	text := s.Repository.URL
	if s.Repository.Suite != "" {
		text += " " + s.Repository.Suite
	}
	if s.Component != "" {
		text += " " + s.Component
	}
	if s.Contents {
		text += " contents"
	}
	return text + " (" + s.Platform + ")"
}

// Sources lists the indexes of repositories for platforms, in the order of the
// repositories, each once. A platform that a repository cannot serve is left
// out.
func Sources(repositories []Repository, ociPlatforms []string) []Source {
	var list []Source
	seen := map[string]bool{}
	for _, r := range repositories {
		for _, oci := range ociPlatforms {
			arch, known := Arch(r.Family, oci)
			if !known || len(r.Arches) > 0 && !slices.Contains(r.Arches, arch) {
				continue
			}
			components := r.Components
			if len(components) == 0 {
				components = []string{""}
			}
			for _, c := range components {
				s := Source{Repository: r, Component: c, Platform: CleanPlatform(oci), Arch: arch}
				if key := s.Key(); !seen[key] {
					seen[key] = true
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// State says what can be expected of an index, or of what index/oci keeps of a
// repository of images.
type State string

const (
	Fresh    State = "fresh"     // there, and confirmed lately
	Stale    State = "stale"     // there, but not confirmed for a while, or past its own date
	Absent   State = "absent"    // never fetched
	Closed   State = "closed"    // the host wants a login
	NotFound State = "not-found" // the host has no such suite, component, architecture or image
	Failed   State = "failed"    // not there, for the reason that Problem tells
	Damaged  State = "damaged"   // the cache's file is broken; the next update mends it
)

// Status is a source with what the cache knows of it.
type Status struct {
	Source
	State State
	// Trust says whether a known key signed it; empty while nothing is there.
	Trust store.Trust
	Entry store.Entry
	// Problem is the last attempt's failure. An index can be there and have one:
	// an update that was refused leaves the old index in use.
	Problem *store.Problem
}

// Usable says that there is an index to ask.
func (s Status) Usable() bool { return s.State == Fresh || s.State == Stale }

// Age is the time since the source confirmed the index.
func (s Status) Age(now time.Time) time.Duration {
	if s.Entry.Checked.IsZero() {
		return 0
	}
	return now.Sub(s.Entry.Checked)
}

// Explain says in one sentence what is wrong and how to mend it; empty when
// nothing is.
func (s Status) Explain() string {
	switch s.State {
	case Absent:
		if s.Contents {
			of := s.Source
			of.Contents = false
			return fmt.Sprintf("the commands of %s have not been fetched: run dhi-ls index update --contents", of)
		}
		return fmt.Sprintf("the index of %s has not been fetched: run dhi-ls index update", s.Source)
	case Closed:
		return fmt.Sprintf("the index of %s needs a login: docker login %s", s.Source, s.Repository.Host())
	case Damaged:
		return fmt.Sprintf("the cached index of %s is damaged: run dhi-ls index update", s.Source)
	}
	if s.Problem != nil {
		return s.Problem.Message
	}
	if s.State == Stale {
		return fmt.Sprintf("the index of %s was last confirmed on %s: run dhi-ls index update", s.Source, s.Entry.Checked.Format(time.DateOnly))
	}
	if s.Trust == store.Unverified {
		return fmt.Sprintf("the index of %s is not verified: no key that signed it is known", s.Source)
	}
	return ""
}

// StateWithout is the state of what the cache has no file of, by the failure of
// the last attempt; nil for none.
func StateWithout(problem *store.Problem) State {
	if problem == nil {
		return Absent
	}
	switch fetch.Kind(problem.Kind) {
	case fetch.NeedLogin:
		return Closed
	case fetch.NotFound:
		return NotFound
	}
	return Failed
}
