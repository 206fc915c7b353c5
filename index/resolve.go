package index

import (
	"fmt"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/resolve"
)

// Selection is what a scope of a definition lists.
type Selection struct {
	// Entries are the package entries as written: name, name=version,
	// name~version, cmd:name, !name.
	Entries  []string
	Platform string // OCI
	// Inferences say how exclusions are read; the zero value applies all.
	Inferences resolve.Inferences
}

// Resolved is one package of a resolution.
type Resolved struct {
	resolve.Chosen
	Place         Place
	Size          int64 // bytes to fetch
	InstalledSize int64 // bytes on disk
}

// Resolution is what a selection installs.
type Resolution struct {
	Packages []Resolved
	// Met are the dependencies that count as met because of an exclusion.
	Met []resolve.Met
	// Problems say why it cannot be installed; Want is an index in the
	// selection's Entries, or -1.
	Problems []resolve.Problem
	// Complete says that every index of the platform is there and fresh. Without
	// that a missing package proves nothing.
	Complete      bool
	Size          int64
	InstalledSize int64
}

// Resolve computes what the package manager installs for a selection.
func (s *Set) Resolve(sel Selection) Resolution {
	out := Resolution{Complete: s.Complete(sel.Platform)}
	arch, known := Arch(s.family, sel.Platform)
	if !known {
		out.Problems = []resolve.Problem{{Kind: resolve.Unavailable, Want: -1, Message: fmt.Sprintf("platform %q is not known to %s", sel.Platform, s.family)}}
		return out
	}
	oci := CleanPlatform(sel.Platform)
	repositories, sources := s.repositories(oci)
	request, entries, problems := s.request(sel)
	request.Arch = arch
	var closure resolve.Closure
	var found []resolve.Problem
	if s.family == Alpine {
		closure, found = resolve.Alpine(repositories, request)
	} else {
		closure, found = s.archive(oci, arch, repositories).Resolve(request)
	}
	for _, p := range found {
		if p.Want >= 0 {
			p.Want = entries[p.Want]
		}
		problems = append(problems, p)
	}
	out.Problems, out.Met = problems, closure.Met
	for _, c := range closure.Packages {
		r := Resolved{Chosen: c, Place: Place{sources[c.Repository], c.Row}}
		r.Size, r.InstalledSize = s.indexes[r.Place.Source].Sizes(c.Row)
		out.Packages = append(out.Packages, r)
		out.Size += r.Size
		out.InstalledSize += r.InstalledSize
	}
	return out
}

// archive is what resolutions for a platform share.
func (s *Set) archive(oci, arch string, repositories []resolve.Repository) *resolve.DebianArchive {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.archives[oci]
	if a == nil {
		if s.archives == nil {
			s.archives = map[string]*resolve.DebianArchive{}
		}
		a = resolve.NewDebianArchive(repositories, arch)
		s.archives[oci] = a
	}
	return a
}

// repositories are the usable indexes of a platform, and where they are in
// Sources.
func (s *Set) repositories(oci string) (list []resolve.Repository, sources []int) {
	for i, st := range s.status {
		if st.Platform == oci && s.indexes[i] != nil {
			list = append(list, resolve.Repository{Index: s.indexes[i], Tag: st.Repository.Tag, Priority: st.Entry.Priority})
			sources = append(sources, i)
		}
	}
	return list, sources
}

// request reads the entries; the second result maps its wants to them.
func (s *Set) request(sel Selection) (r resolve.Request, entries []int, problems []resolve.Problem) {
	r.Inferences = sel.Inferences
	parse := resolve.ParseDebianWant
	if s.family == Alpine {
		parse = resolve.ParseWant
	}
	for i, entry := range sel.Entries {
		if name, excluded := strings.CutPrefix(entry, "!"); excluded {
			r.Exclude = append(r.Exclude, name)
			continue
		}
		w, err := parse(entry)
		if err != nil {
			problems = append(problems, resolve.Problem{Kind: resolve.Unavailable, Want: i, Message: err.Error()})
			continue
		}
		r.Wants = append(r.Wants, w)
		entries = append(entries, i)
	}
	return r, entries, problems
}
