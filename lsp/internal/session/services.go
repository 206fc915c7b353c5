package session

import (
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/images"
	"github.com/dhi-ls/dhi-ls/analysis/packages"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
)

// Services answer what does not follow from the documents. Each may be nil:
// then it is not known. They are safe for concurrent use and do not change.
type Services struct {
	// Config is the configuration for a file, nil for none; err says what is
	// wrong with the one that would apply.
	Config func(path string) (cfg *config.Config, err error)
	// ConfigChanged says that a configuration file came, went or changed.
	ConfigChanged func()
	// Disk tells what other files are there.
	Disk rules.Disk
	// ListDir names what stands in a folder, folders with a slash behind
	// them. The path is like those of Disk.
	ListDir func(dir string) []string
	// Packages answers from cached package indexes.
	Packages packages.Source
	// Images tells what registries said of images.
	Images images.Source
	// Indexes keeps the indexes that Packages answers from.
	Indexes *indexed.Source
	// Loader reads the definitions of the workspace's folders; nil to leave
	// them unread.
	Loader func(folders []string) *workspace.Loader
	// ShellCheck is the program on this machine, nil if there is none. It
	// runs only in trusted workspaces.
	ShellCheck func() *script.ShellCheck
}
