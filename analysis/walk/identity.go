package walk

import (
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Places tells the one path by which a file is known in a workspace, however
// somebody spells it: through a link, or in other letters where the file
// system takes them for the same. It is the path by which a walk of the
// workspace's folders finds the file.
type Places struct {
	disk  disk
	roots []place
}

// place is a folder as the user named it, and what it really is.
type place struct{ path, real string }

// disk is what of the file system a place depends on.
type disk interface {
	// Real is the path without links.
	Real(path string) (string, error)
	// Same reports whether both paths lead to the same thing.
	Same(a, b string) bool
	// Names are the names in a folder.
	Names(dir string) []string
}

// NewPlaces takes the folders of a workspace. One that is another one by a
// link, or lies in it, is known by the other's path.
func NewPlaces(folders []string) *Places { return newPlaces(folders, osDisk{}) }

func newPlaces(folders []string, d disk) *Places {
	p := &Places{disk: d}
	for _, folder := range folders {
		folder = filepath.Clean(folder)
		real, err := d.Real(folder)
		if err != nil {
			real = folder
		}
		p.roots = append(p.roots, place{folder, real})
	}
	return p
}

// Roots are the folders to walk, each file below them once: without those that
// are a link to another one or to something in it.
func (p *Places) Roots() []string {
	var out []string
	for i, r := range p.roots {
		again := false
		for j, o := range p.roots {
			_, inside := below(r.real, o.real)
			_, named := below(r.path, o.path)
			again = again || i != j && inside && !named && (r.real != o.real || j < i)
		}
		if !again {
			out = append(out, r.path)
		}
	}
	return out
}

// Of is the path of a file. One that is in none of the folders, or is not
// there, keeps its path as far as that is so.
func (p *Places) Of(path string) string {
	path = filepath.Clean(path)
	real := p.real(path)
	best := place{}
	for _, r := range p.roots {
		rest, ok := below(real, r.real)
		if !ok {
			continue
		}
		// The innermost folder by its own name, and of two names of a folder the
		// first, which is the one that is walked.
		if best.path == "" || len(r.real) < len(best.real) {
			best = r
		}
		if rest == "" {
			best = r
			break
		}
	}
	if best.path == "" {
		return path
	}
	rest, _ := below(real, best.real)
	return p.spelled(best.path, rest)
}

// real is the path without links; of what is not there the part that is.
func (p *Places) real(path string) string {
	if real, err := p.disk.Real(path); err == nil {
		return real
	}
	dir := filepath.Dir(path)
	if dir == path {
		return path
	}
	return filepath.Join(p.real(dir), filepath.Base(path))
}

// spelled is the rest below a folder in the letters of the disk.
func (p *Places) spelled(dir, rest string) string {
	if rest == "" {
		return dir
	}
	if !p.folds(filepath.Join(dir, rest)) {
		return filepath.Join(dir, rest)
	}
	for _, name := range strings.Split(rest, string(filepath.Separator)) {
		dir = filepath.Join(dir, p.name(dir, name))
	}
	return dir
}

// folds reports whether the file is found in other letters as well.
func (p *Places) folds(path string) bool {
	dir, name := filepath.Split(path)
	other := strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, name)
	return other != name && p.disk.Same(path, filepath.Join(dir, other))
}

// name is how the folder itself spells a name in it.
func (p *Places) name(dir, name string) string {
	names := p.disk.Names(dir)
	for _, n := range names {
		if n == name {
			return name
		}
	}
	for _, n := range names {
		if strings.EqualFold(n, name) && p.disk.Same(filepath.Join(dir, n), filepath.Join(dir, name)) {
			return n
		}
	}
	// Letters may be composed otherwise, which no folding tells.
	for _, n := range names {
		if len(n) != len(name) && p.disk.Same(filepath.Join(dir, n), filepath.Join(dir, name)) {
			return n
		}
	}
	return name
}

// below is the path relative to the folder, "" for the folder itself.
func below(path, dir string) (string, bool) {
	if path == dir {
		return "", true
	}
	return strings.CutPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

type osDisk struct{}

func (osDisk) Real(path string) (string, error) { return filepath.EvalSymlinks(path) }

func (osDisk) Same(a, b string) bool {
	x, err := os.Lstat(a)
	if err != nil {
		return false
	}
	y, err := os.Lstat(b)
	return err == nil && os.SameFile(x, y)
}

func (osDisk) Names(dir string) []string {
	f, err := os.Open(dir)
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1)
	return names
}
