// Package walk finds the files that may be definitions in folders, as a
// linter's users expect: hidden, ignored and excluded ones are left out, links
// to folders are not followed, and what cannot be read is said.
package walk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// File is a file to look at.
type File struct {
	// Path is as the user would write it: below the given root, with forward
	// slashes.
	Path string
	// Named says that the user named the file rather than a folder above it.
	Named bool
}

// Failure is a path that could not be looked at.
type Failure struct {
	Path string
	Err  error
	// Named says that the user named the path.
	Named bool
}

func (f Failure) Error() string { return f.Path + ": " + f.Err.Error() }

// Options of a walk.
type Options struct {
	// Excluded says which files and folders the configuration leaves out;
	// files the user names are never left out by it.
	Excluded func(path string) bool
	// Max bounds the number of directory entries looked at; 0 is no bound.
	Max int
}

// ErrBounded says that a walk ended at its bound.
var ErrBounded = errors.New("too many files: the walk ended at its bound")

// ErrNotRegular says that a path is no ordinary file.
var ErrNotRegular = errors.New("not a regular file")

// Files finds the candidates below the roots, sorted by path, each once.
func Files(ctx context.Context, roots []string, opt Options) ([]File, []Failure) {
	w := &walker{ctx: ctx, opt: opt, seen: map[string]bool{}}
	for _, root := range roots {
		w.root(root)
	}
	sort.SliceStable(w.files, func(i, j int) bool { return w.files[i].Path < w.files[j].Path })
	return w.files, w.failures
}

type walker struct {
	ctx      context.Context
	opt      Options
	seen     map[string]bool
	files    []File
	failures []Failure
	entries  int
}

func (w *walker) fail(path string, err error, named bool) {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	w.failures = append(w.failures, Failure{filepath.ToSlash(path), err, named})
}

func (w *walker) root(root string) {
	info, err := os.Stat(root)
	if err != nil {
		w.fail(root, err, true)
		return
	}
	clean := filepath.Clean(root)
	switch {
	case info.IsDir():
		ignore := above(clean)
		w.dir(clean, ignore)
	case info.Mode().IsRegular():
		w.add(clean, true)
	default:
		w.fail(root, fmt.Errorf("%w but %s", ErrNotRegular, kindOf(info.Mode())), true)
	}
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}

func (w *walker) add(path string, named bool) {
	slash := filepath.ToSlash(path)
	if w.seen[slash] {
		return
	}
	w.seen[slash] = true
	w.files = append(w.files, File{slash, named})
}

func (w *walker) dir(dir string, ignore *ignoreFile) {
	if w.ctx.Err() != nil || w.opt.Max > 0 && w.entries > w.opt.Max {
		return
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		w.fail(dir, err, false)
		return
	}
	ignore = ignore.push(dir)
	for _, e := range list {
		if w.entries++; w.opt.Max > 0 && w.entries > w.opt.Max {
			w.fail(dir, ErrBounded, false)
			return
		}
		w.entry(dir, e, ignore)
	}
}

func (w *walker) entry(dir string, e fs.DirEntry, ignore *ignoreFile) {
	name := e.Name()
	path := filepath.Join(dir, name)
	if strings.HasPrefix(name, ".") {
		return
	}
	isDir := e.IsDir()
	if !isDir && !isYAML(name) {
		return
	}
	if ignore.ignored(path, isDir) || w.opt.Excluded != nil && w.opt.Excluded(filepath.ToSlash(path)) {
		return
	}
	switch {
	case isDir:
		if name != "node_modules" {
			w.dir(path, ignore)
		}
	case e.Type().IsRegular():
		w.add(path, false)
	case e.Type()&fs.ModeSymlink != 0:
		info, err := os.Stat(path)
		if err != nil {
			w.fail(path, fmt.Errorf("broken link: %w", unwrapPath(err)), false)
		} else if info.Mode().IsRegular() {
			w.add(path, false)
		}
	}
}

func unwrapPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

func isYAML(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}
