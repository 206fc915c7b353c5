package analysis

import (
	"os"
	"path/filepath"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

// OSDisk is the real disk; relative paths are taken below Dir.
type OSDisk struct{ Dir string }

// Stat tells what is at the path.
func (d OSDisk) Stat(path string) rules.Presence {
	p := filepath.FromSlash(path)
	if !filepath.IsAbs(p) {
		p = filepath.Join(d.Dir, p)
	}
	info, err := os.Stat(p)
	switch {
	case err == nil && info.IsDir():
		return rules.Dir
	case err == nil:
		return rules.File
	case os.IsNotExist(err):
		return rules.NotThere
	}
	return rules.Unknown
}

// Probe is a question about the disk that a result depends on.
type Probe struct {
	Path   string
	Answer rules.Presence
}

// recordingDisk notes what was asked, so that a cached result can be checked.
type recordingDisk struct {
	disk   rules.Disk
	mu     sync.Mutex
	probes []Probe
}

func (d *recordingDisk) Stat(path string) rules.Presence {
	answer := d.disk.Stat(path)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.probes = append(d.probes, Probe{path, answer})
	return answer
}
