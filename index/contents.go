package index

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/apk"
	"github.com/dhi-ls/dhi-ls/index/deb"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// Commands are the commands that the packages of a set bring along: apk's
// cmd: provides, and for Debian the lists of files that UpdateContents
// fetched. It is immutable and safe for concurrent use.
type Commands struct {
	set     *Set
	status  []Status
	indexes []*store.Index // nil where the status is not usable
	// own and all say, for each source of the set, whether the commands of its
	// packages for its architecture and for all of them are known.
	own, all []bool
}

// Commands opens the lists of commands of a set's repositories. It always
// succeeds: what is not there shows in the sources.
func (c *Cache) Commands(set *Set) *Commands {
	out := &Commands{set: set}
	if set.family != Debian {
		return out
	}
	m := c.load()
	var repositories []Repository
	for _, st := range set.status {
		r := st.Repository
		r.Components = []string{st.Component}
		repositories = append(repositories, r)
	}
	for _, source := range ContentsSources(repositories, set.platforms) {
		st, x := c.status(source, m)
		out.status = append(out.status, st)
		out.indexes = append(out.indexes, x)
	}
	for _, st := range set.status {
		own, all := out.listed(st.Source)
		out.own, out.all = append(out.own, own), append(out.all, all)
	}
	return out
}

// listed says whether the files of the packages of an index are known: those
// for its architecture, and those for all of them, which an archive may list
// with the others.
func (c *Commands) listed(s Source) (own, all bool) {
	known := func(st Status) bool { return st.State == Fresh && st.Entry.Packages > 0 }
	own = known(c.find(s, s.Arch))
	if apart := c.find(s, allArch); apart.State != Absent {
		return own, known(apart)
	}
	return own, own
}

// Sources are Debian's lists of files with their states; none for Alpine.
func (c *Commands) Sources() []Status { return slices.Clone(c.status) }

// Holder is a package that brings a command along.
type Holder struct {
	Package string
	// Path is where the command lies; empty where the index tells its name only.
	Path string
	// StandIn says that the package holds no file of that name: setting it up
	// makes the command, such as Debian's alternatives or busybox's links.
	StandIn bool
	// Companion says that it is only a companion of what makes the command.
	Companion bool
}

// Holders are the packages that bring a command along on a platform, by name;
// those that only set it up come last.
func (c *Commands) Holders(name, oci string) []Holder {
	oci = CleanPlatform(oci)
	var list []Holder
	if c.set.family == Alpine {
		list = c.alpine(name, oci)
	} else {
		list = c.debian(name, oci)
	}
	slices.SortFunc(list, func(a, b Holder) int {
		if a.StandIn != b.StandIn {
			if b.StandIn {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Path, b.Path))
	})
	return slices.Compact(list)
}

// commandPrefix begins the names of commands among apk's provides.
const commandPrefix = "cmd:"

func (c *Commands) alpine(name, oci string) []Holder {
	var list []Holder
	for _, p := range c.set.Providers(commandPrefix + name) {
		if c.set.status[p.Place.Source].Platform == oci {
			list = append(list, Holder{Package: p.Name})
		}
	}
	for _, by := range apk.LinkedBy(name) {
		list = append(list, Holder{Package: by, StandIn: true, Companion: by == "java-common"})
	}
	return list
}

func (c *Commands) debian(name, oci string) []Holder {
	list := c.files(name, oci)
	for _, other := range deb.Alternatives(name) {
		for _, h := range c.files(other.Command, oci) {
			list = append(list, Holder{Package: h.Package, StandIn: true, Companion: other.Companion})
		}
	}
	return list
}

// files are the packages that hold a file of that name in a folder of
// commands.
func (c *Commands) files(name, oci string) []Holder {
	var list []Holder
	for i, x := range c.indexes {
		if x == nil || !c.serves(i, oci) {
			continue
		}
		for _, r := range x.Providers(name) {
			row := x.Relations(r)
			for p := range strings.FieldsSeq(row.Provides) {
				if path.Base(p) == name {
					list = append(list, Holder{Package: row.Name, Path: p})
				}
			}
		}
	}
	return list
}

func (c *Commands) serves(i int, oci string) bool {
	return c.status[i].Platform == oci || c.status[i].Arch == allArch
}

// Of are the commands of a package on a platform: paths for Debian, names for
// Alpine, sorted.
func (c *Commands) Of(name, oci string) []string {
	oci = CleanPlatform(oci)
	var list []string
	if c.set.family == Alpine {
		for _, v := range c.set.Versions(name) {
			for _, p := range v.Places {
				if c.set.status[p.Source].Platform == oci {
					list = append(list, commandsIn(c.set.Package(p).Provides)...)
				}
			}
		}
	}
	for i, x := range c.indexes {
		if x == nil || !c.serves(i, oci) {
			continue
		}
		for from, to := x.Rows(name); from < to; from++ {
			list = append(list, strings.Fields(x.Relations(from).Provides)...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func commandsIn(provides string) []string {
	var list []string
	for word := range strings.FieldsSeq(provides) {
		if name, ok := strings.CutPrefix(word, commandPrefix); ok {
			name, _, _ = strings.Cut(name, "=")
			list = append(list, name)
		}
	}
	return list
}

// Names are the commands with a prefix, in byte order, at most limit.
func (c *Commands) Names(prefix string, limit int) []string {
	var words []string
	if c.set.family == Alpine {
		for _, w := range c.set.ProvidedNames(commandPrefix+prefix, limit) {
			words = append(words, strings.TrimPrefix(w, commandPrefix))
		}
	}
	for _, x := range c.indexes {
		if x != nil {
			words = append(words, x.ProvidedNames(prefix, limit)...)
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	return words[:min(limit, len(words))]
}

// Covers says whether the commands of a package are known: for Debian, a suite
// whose list of files is at hand and fresh has a package of that name. The
// suites of updates come without such lists; their packages hold the commands
// of the release they update.
func (c *Commands) Covers(name, oci string) bool {
	oci = CleanPlatform(oci)
	for i, x := range c.set.indexes {
		if x == nil || c.set.status[i].Platform != oci {
			continue
		}
		from, to := x.Rows(name)
		if from < to && (c.set.family == Alpine || c.own[i] && c.all[i] || c.lists(i, x.Arch(from))) {
			return true
		}
	}
	return false
}

func (c *Commands) lists(i int, arch string) bool {
	if arch == allArch {
		return c.all[i]
	}
	return c.own[i]
}

func (c *Commands) find(s Source, arch string) Status {
	s.Contents, s.Arch = true, arch
	key := s.Key()
	for _, st := range c.status {
		if st.Key() == key {
			return st
		}
	}
	return Status{Source: s, State: Absent}
}
