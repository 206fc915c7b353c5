package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/analysis/entry"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// indexScope is a scope's packages with what the index says of them.
type indexScope struct {
	*packageScope
	at        packages.Scope
	platforms []indexPlatform
}

// indexPlatform is one platform of a scope whose indexes are all there and
// fresh.
type indexPlatform struct {
	name    string
	entries []indexEntry
	// resolved is computed when it is first asked for.
	resolved *packages.Resolution
	wants    []string
	from     []int // the place of each want in the scope's list
	whole    bool
}

// indexEntry is what the index says of an entry that is to be installed.
type indexEntry struct {
	at        int // in the scope's list
	entry     entry.Entry
	found     []packages.Candidate
	providers []packages.Candidate
	fits      bool // some version does
}

func (e *indexEntry) missing() bool { return len(e.found) == 0 && len(e.providers) == 0 }

type sharedIndex struct {
	indexScopes []*indexScope
	indexRead   bool
}

// indexScopes are the scopes for which the index can be asked.
func (p *Pass) indexScopes() []*indexScope {
	if p.shared.indexRead {
		return p.shared.indexScopes
	}
	p.shared.indexRead = true
	scopes := p.packageScopes()
	for i := range scopes {
		if len(scopes[i].list) == 0 || p.packageFamily(&scopes[i]) == entry.UnknownFamily {
			continue
		}
		at, ok := packages.ScopeOf(p.Doc, scopes[i].Contents, "")
		if !ok {
			continue
		}
		s := &indexScope{packageScope: &scopes[i], at: at}
		for _, platform := range at.Platforms {
			if !p.covered(at, platform) {
				continue
			}
			if v, known := p.readPlatform(s, platform); known {
				s.platforms = append(s.platforms, v)
			}
		}
		p.shared.indexScopes = append(p.shared.indexScopes, s)
	}
	return p.shared.indexScopes
}

// covered reports whether the source knows every index of a platform. A source
// that does not tell in advance tells with each answer.
func (p *Pass) covered(at packages.Scope, platform string) bool {
	source, ok := p.Packages.(packages.Index)
	if !ok {
		return true
	}
	for _, st := range source.Status(at) {
		if st.State != packages.Known && (st.Platform == platform || st.Platform == "") {
			return false
		}
	}
	return true
}

// readPlatform looks the entries up. Where an index is missing, old or closed,
// absence proves nothing, and the platform is left out.
func (p *Pass) readPlatform(s *indexScope, platform string) (indexPlatform, bool) {
	v := indexPlatform{name: platform}
	for i := range s.list {
		e, ok := packages.Entry(p.Doc, s.list[i].PackageEntry, platform)
		if !ok || e.Exclude {
			continue
		}
		a := p.Packages.Lookup(s.at, platform, e.FullName())
		if a.State != packages.Known {
			return v, false
		}
		found := indexEntry{at: i, entry: e, found: a.Candidates}
		if len(a.Candidates) == 0 {
			found.providers = p.Packages.Providers(s.at, platform, e.FullName()).Candidates
		}
		found.fits = p.fits(s, &found)
		v.entries = append(v.entries, found)
	}
	return v, len(v.entries) > 0
}

func (p *Pass) fits(s *indexScope, e *indexEntry) bool {
	if e.entry.Version == "" {
		return !e.missing()
	}
	for _, c := range e.found {
		if p.Packages.Satisfies(s.at.Family, c.Version, e.entry.Operator, e.entry.Version) {
			return true
		}
	}
	// What a provided name's version is, the relations say in many ways.
	return len(e.providers) > 0
}

// complete reports whether every platform of the scope could be looked at.
func (s *indexScope) complete() bool { return len(s.platforms) == len(s.at.Platforms) }

// resolution is what the scope installs on a platform; ok is false where an
// entry could not be read or the source cannot resolve.
func (p *Pass) resolution(s *indexScope, v *indexPlatform) (*packages.Resolution, bool) {
	source, can := p.Packages.(packages.Index)
	if !can {
		return nil, false
	}
	if v.resolved == nil {
		v.wants, v.from, v.whole = packages.Entries(p.Doc, s.Contents, v.name)
		r := packages.Resolution{}
		if v.whole {
			r = source.Resolve(s.at, v.name, v.wants)
		}
		v.resolved = &r
	}
	return v.resolved, v.whole
}

// nameOf is the name in an entry; the whole entry where it has variables.
func (p *Pass) nameOf(s *indexScope, at int) text.Range { return p.nameRange(&s.list[at]) }

// replaceable is where the part of an entry can be replaced.
func (p *Pass) replaceable(s *indexScope, at int, part func(*entry.Entry) text.Range) (text.Range, bool) {
	k := &s.list[at]
	r := part(&k.Entry)
	if k.HasTemplate || r.Empty() {
		return text.Range{}, false
	}
	return p.In(k.Node, r), true
}

// where names the repositories of a scope in the middle of a sentence.
func (s *indexScope) where() string {
	if s.Stage == nil {
		return "the repositories of the top level"
	}
	return "the repositories of " + s.ScopeName()
}

// short makes a list for people of at most three items.
func short(list []string) string {
	const most = 3
	if len(list) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
	}
	if len(list) > 1 {
		return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
	}
	return strings.Join(list, "")
}

// repositoriesOf are the repositories of candidates, each once.
func repositoriesOf(list []packages.Candidate) []string {
	var out []string
	for _, c := range list {
		if !slices.Contains(out, c.Repository) {
			out = append(out, c.Repository)
		}
	}
	return out
}
