package packages

// Commands is what an index that knows the commands of packages answers. A
// [Source] that cannot is not asked.
type Commands interface {
	Index
	// Command finds the packages of a scope that bring a command along, those
	// that hold a file of that name first.
	Command(scope Scope, platform, name string) []CommandHolder
	// HasCommand says whether one of the packages brings a command along.
	HasCommand(scope Scope, platform, name string, packages map[string]bool) bool
	// CommandsKnown says whether all commands of the packages are known: the
	// indexes of the scope are, and what each of the packages holds.
	CommandsKnown(scope Scope, platform string, names []string) (State, string)
	// CommandsOf are the commands of a package: paths, or names where the
	// index tells no more.
	CommandsOf(scope Scope, platform, name string) []string
	// CommandNames are the commands of all packages of the scope with a
	// prefix, at most limit.
	CommandNames(scope Scope, prefix string, limit int) []string
}

// CommandHolder is a package that brings a command along.
type CommandHolder struct {
	Package string
	// Path is where the command lies; empty where only its name is known.
	Path string
	// StandIn says that setting the package up makes the command, for which it
	// holds no file of that name.
	StandIn bool
	// Companion says that it only comes along with a package that does so.
	Companion bool
	// Priority orders packages that hold the same: Debian's, 1 (required) to 5,
	// or 0 where the index tells none.
	Priority int
}
