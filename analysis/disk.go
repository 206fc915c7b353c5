package analysis

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

// OSDisk is the real disk; relative paths are taken below Dir.
type OSDisk struct {
	Dir string
	// Inside, where it is not nil, are the only folders of which files are
	// read.
	Inside []string
}

// Stat tells what is at the path.
func (d OSDisk) Stat(path string) rules.Presence {
	info, err := os.Stat(d.native(path))
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

func (d OSDisk) native(path string) string {
	p := filepath.FromSlash(path)
	if !filepath.IsAbs(p) {
		p = filepath.Join(d.Dir, p)
	}
	return p
}

// Head is the first line of a file. Links are followed where they stay below
// the root, and no file but a regular one is opened, for others may wait.
func (d OSDisk) Head(root, name string) string {
	folder, name, ok := d.confine(root, name)
	if !ok {
		return ""
	}
	r, err := os.OpenRoot(folder)
	if err != nil {
		return ""
	}
	defer r.Close()
	if info, err := r.Stat(name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := r.OpenFile(name, os.O_RDONLY|openNonblocking, 0)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, rules.HeadLength)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return ""
	}
	line, _, _ := strings.Cut(string(head[:n]), "\n")
	return line
}

// confine is the folder that reading may not leave, and the name of a file
// below it: the root, or where only some folders may be read, the innermost of
// these and the root.
func (d OSDisk) confine(root, name string) (folder, below string, ok bool) {
	folder = filepath.Clean(d.native(root)) // the empty root is the current folder
	if d.Inside == nil {
		return folder, filepath.FromSlash(name), true
	}
	file := filepath.Join(folder, filepath.FromSlash(name))
	for _, allowed := range d.Inside {
		if below, err := filepath.Rel(allowed, folder); err == nil && filepath.IsLocal(below) {
			return folder, filepath.FromSlash(name), true
		}
		if below, err := filepath.Rel(allowed, file); err == nil && filepath.IsLocal(below) {
			return allowed, below, true
		}
	}
	return "", "", false
}

// Probe is a question about the disk that a result depends on.
type Probe struct {
	Path   string
	Answer rules.Presence
	// Root is the folder below which the file of Path was read, where Read says
	// that it was, and Head its first line.
	Read       bool
	Root, Head string
}

// Holds reports whether the disk still answers the same.
func (p Probe) Holds(disk rules.Disk) bool {
	switch heads, reads := disk.(rules.Heads); {
	case disk == nil:
		return false
	case p.Read:
		return reads && heads.Head(p.Root, p.Path) == p.Head
	}
	return disk.Stat(p.Path) == p.Answer
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
	d.probes = append(d.probes, Probe{Path: path, Answer: answer})
	return answer
}

// Head is empty where the disk reads nothing, which no probe needs to tell:
// that is so in every run.
func (d *recordingDisk) Head(root, name string) string {
	heads, ok := d.disk.(rules.Heads)
	if !ok {
		return ""
	}
	head := heads.Head(root, name)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.probes = append(d.probes, Probe{Path: name, Read: true, Root: root, Head: head})
	return head
}
