package engine

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/config"
	"github.com/dhi-ls/dhi-ls/analysis/packages/indexed"
	"github.com/dhi-ls/dhi-ls/analysis/script"
	"github.com/dhi-ls/dhi-ls/analysis/workspace"
	"github.com/dhi-ls/dhi-ls/index"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
)

// NewServices are the services of this machine.
func NewServices() *session.Services {
	configs := &configs{files: map[string]loaded{}, dirs: map[string]found{}}
	s := &session.Services{
		Config: configs.of, ConfigChanged: configs.changed,
		Disk:    analysis.OSDisk{},
		ListDir: listDir,
		Loader:  func(folders []string) *workspace.Loader { return newLoader(configs, folders) },
		ShellCheck: sync.OnceValue(func() *script.ShellCheck {
			sc, err := script.Find()
			if err != nil {
				return nil
			}
			return sc
		}),
	}
	// Without a folder for a cache nothing is known of packages.
	if source, err := indexed.OpenDefault(index.Options{}, indexed.Options{}); err == nil && source != nil {
		s.Packages, s.Indexes, s.Images = source, source, source.Images()
	}
	return s
}

// configs keeps configuration files as long as they do not change.
type configs struct {
	mu    sync.Mutex
	files map[string]loaded
	dirs  map[string]found
}

type loaded struct {
	modified time.Time
	size     int64
	cfg      *config.Config
	err      error
}

// found is where the configuration of a folder was looked up last.
type found struct {
	file string
	at   time.Time
}

// lookAgain is how long a folder's configuration file is not looked for anew.
const lookAgain = time.Second

// changed has every folder's configuration file looked for anew.
func (c *configs) changed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.dirs)
}

func (c *configs) of(path string) (*config.Config, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dir := filepath.Dir(path)
	f, ok := c.dirs[dir]
	if !ok || time.Since(f.at) > lookAgain {
		f.file, _ = config.Find(dir)
		f.at = time.Now()
		c.dirs[dir] = f
	}
	if f.file == "" {
		return nil, nil
	}
	info, err := os.Stat(f.file)
	if err != nil {
		return nil, nil
	}
	l, ok := c.files[f.file]
	if !ok || !l.modified.Equal(info.ModTime()) || l.size != info.Size() {
		l = loaded{modified: info.ModTime(), size: info.Size()}
		l.cfg, l.err = config.Load(f.file, analysis.RuleName)
		c.files[f.file] = l
	}
	return l.cfg, l.err
}

// maxNames bounds how many names of a folder are read.
const maxNames = 1000

// listDir names what stands in a folder, in order, folders with a slash
// behind them; nothing if it cannot be read.
func listDir(dir string) []string {
	f, err := os.Open(filepath.FromSlash(dir))
	if err != nil {
		return nil
	}
	defer f.Close()
	entries, _ := f.ReadDir(maxNames)
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
