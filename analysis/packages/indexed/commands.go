package indexed

import (
	"fmt"

	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/index"
)

var _ packages.Commands = (*Source)(nil)

// commandsOf opens the lists of commands of a scope when they are first asked
// for.
func (s *Source) commandsOf(c *scoped) *index.Commands {
	c.commandsOnce.Do(func() { c.commands = s.cache.Commands(c.set) })
	return c.commands
}

// Command finds the packages that bring a command along.
func (s *Source) Command(scope packages.Scope, platform, name string) []packages.CommandHolder {
	c := s.of(scope)
	var list []packages.CommandHolder
	for _, h := range s.commandsOf(c).Holders(name, platform) {
		out := packages.CommandHolder{Package: h.Package, Path: h.Path, StandIn: h.StandIn, Companion: h.Companion}
		if c.family == index.Debian {
			if p, _, ok := c.set.Lookup(h.Package, ""); ok {
				out.Priority = int(p.Priority)
			}
		}
		list = append(list, out)
	}
	return list
}

// HasCommand says whether one of the packages brings a command along.
func (s *Source) HasCommand(scope packages.Scope, platform, name string, installed map[string]bool) bool {
	for _, h := range s.commandsOf(s.of(scope)).Holders(name, platform) {
		if installed[h.Package] {
			return true
		}
	}
	return false
}

// CommandsKnown says whether all commands of the packages are known, and if
// not, why.
func (s *Source) CommandsKnown(scope packages.Scope, platform string, names []string) (packages.State, string) {
	c := s.of(scope)
	if known := c.state(platform); known.state != packages.Known {
		return known.state, known.detail
	}
	commands := s.commandsOf(c)
	for _, name := range names {
		if !commands.Covers(name, platform) {
			return packages.Absent, s.whyUncovered(c, name)
		}
	}
	return packages.Known, ""
}

// whyUncovered names the list of files that is to be fetched, or else the
// package whose files no list has.
func (s *Source) whyUncovered(c *scoped, name string) string {
	for _, st := range s.commandsOf(c).Sources() {
		if st.State != index.Fresh && st.Repository.Builtin {
			return st.Explain()
		}
	}
	return fmt.Sprintf("no list of files has the package %s", name)
}

// CommandsOf are the commands of a package.
func (s *Source) CommandsOf(scope packages.Scope, platform, name string) []string {
	return s.commandsOf(s.of(scope)).Of(name, platform)
}

// CommandNames are the commands of all packages with a prefix.
func (s *Source) CommandNames(scope packages.Scope, prefix string, limit int) []string {
	return s.commandsOf(s.of(scope)).Names(prefix, limit)
}
