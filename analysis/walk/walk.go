// Package walk finds the files that may be definitions in folders, as a
// linter's users expect: hidden, ignored and excluded ones are left out, links
// to folders are not followed, and what cannot be read is said.
package walk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	// Listed is told all that stands in a folder, by name, before Excluded is
	// asked about it, but for folders that are read in parts; it may be nil.
	Listed func(dir string, entries []fs.DirEntry)
	// Max bounds the number of directory entries looked at; 0 is no bound.
	Max int
	// First says by their names which folders are looked at, with all below
	// them, before the others: a bounded walk finds what is in them. It may be
	// nil.
	First func(name string) bool
}

// ErrBounded says that a walk ended at its bound.
var ErrBounded = errors.New("too many files: the walk ended at its bound")

// ErrNotRegular says that a path is no ordinary file.
var ErrNotRegular = errors.New("not a regular file")

// Files finds the candidates below the roots, sorted by path, each once. It
// looks at near folders before deep ones, and at the rest of a folder with very
// many entries at last. Files that go while it works are not found.
func Files(ctx context.Context, roots []string, opt Options) ([]File, []Failure) {
	w := &walker{ctx: ctx, opt: opt, seen: map[string]bool{}}
	for _, root := range roots {
		w.root(root)
	}
	w.work()
	w.files = once(w.files, w.links, roots)
	sort.SliceStable(w.files, func(i, j int) bool { return w.files[i].Path < w.files[j].Path })
	return w.files, w.failures
}

type walker struct {
	ctx      context.Context
	opt      Options
	seen     map[string]bool // files and folders
	links    map[string]bool // those of the files that are links
	queues   [3][]*folder    // those to be looked at first, the others, and what is left of large ones
	files    []File
	failures []Failure
	entries  int
}

// folder is one to look at, or the rest of one.
type folder struct {
	path   string
	ignore *ignoreFile
	first  bool
	named  bool
	later  bool // a part of it was looked at

	rest    *os.File // where reading goes on
	entries []fs.DirEntry
	more    bool
	err     error
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
		w.push(&folder{path: clean, ignore: above(clean), named: true})
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

// push has a folder looked at, once.
func (w *walker) push(f *folder) {
	if w.seen[f.path] {
		return
	}
	w.seen[f.path] = true
	f.first = f.first || w.opt.First != nil && w.opt.First(filepath.Base(f.path))
	queue := 1
	if f.first {
		queue = 0
	}
	w.queues[queue] = append(w.queues[queue], f)
}

// Folders are read together in batches, and many entries in parts.
const (
	batch = 256
	part  = 10_000
)

// work looks at folders until there are no more, or the walk is bounded.
func (w *walker) work() {
	bounded := false
	for {
		list := w.next()
		if len(list) == 0 {
			return
		}
		if bounded || w.ctx.Err() != nil {
			for _, f := range list {
				f.close()
			}
			continue
		}
		// The batch is read to its end: what was opened is to be closed below.
		Each(context.Background(), 0, len(list), func(i int) { list[i].read() })
		for _, f := range list {
			if bounded {
				f.close()
				continue
			}
			bounded = w.folder(f)
		}
	}
}

// next takes folders from the first queue that has some.
func (w *walker) next() []*folder {
	for i := range w.queues {
		if n := min(len(w.queues[i]), batch); n > 0 {
			list := w.queues[i][:n]
			w.queues[i] = w.queues[i][n:]
			return list
		}
	}
	return nil
}

// read reads a part of the folder, in order of the names in it.
func (f *folder) read() {
	if f.rest == nil {
		if f.rest, f.err = os.Open(f.path); f.err != nil {
			return
		}
	}
	f.entries, f.err = f.rest.ReadDir(part)
	f.more = f.err == nil && len(f.entries) == part
	if errors.Is(f.err, io.EOF) {
		f.err = nil
	}
	if !f.more {
		f.close()
	}
	slices.SortFunc(f.entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}

func (f *folder) close() {
	if f.rest != nil {
		_ = f.rest.Close()
		f.rest = nil
	}
}

// folder looks at the entries of a folder that was read.
func (w *walker) folder(f *folder) (bounded bool) {
	if f.err != nil && (f.named || !errors.Is(f.err, fs.ErrNotExist)) {
		w.fail(f.path, f.err, false)
	}
	if !f.later && (f.more || hasIgnoreFile(f.entries)) {
		f.ignore = f.ignore.push(f.path)
	}
	if !f.later && !f.more && f.err == nil && w.opt.Listed != nil {
		w.opt.Listed(f.path, f.entries)
	}
	for _, e := range f.entries {
		if w.entries++; w.opt.Max > 0 && w.entries > w.opt.Max {
			w.fail(f.path, ErrBounded, false)
			f.close()
			return true
		}
		w.entry(f, e)
	}
	if f.more {
		w.queues[2] = append(w.queues[2], &folder{path: f.path, ignore: f.ignore, first: f.first, later: true, rest: f.rest})
	}
	return false
}

func hasIgnoreFile(list []fs.DirEntry) bool {
	_, found := slices.BinarySearchFunc(list, ".gitignore", func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	return found
}

// below is the path of an entry: that of the folder is clean, so that there is
// nothing to join but the two.
func (f *folder) below(name string) string {
	switch {
	case f.path == ".":
		return name
	case os.IsPathSeparator(f.path[len(f.path)-1]) || filepath.VolumeName(f.path) == f.path: // the root of a disk
		return filepath.Join(f.path, name)
	}
	return f.path + string(filepath.Separator) + name
}

func (w *walker) entry(f *folder, e fs.DirEntry) {
	name := e.Name()
	if strings.HasPrefix(name, ".") {
		return
	}
	isDir := e.IsDir()
	if !isDir && !isYAML(name) {
		return
	}
	path := f.below(name)
	if f.ignore.ignored(path, isDir) || w.opt.Excluded != nil && w.opt.Excluded(filepath.ToSlash(path)) {
		return
	}
	switch {
	case isDir:
		if name != "node_modules" {
			w.push(&folder{path: path, ignore: f.ignore, first: f.first})
		}
	case e.Type().IsRegular():
		w.add(path, false)
	case e.Type()&fs.ModeSymlink != 0:
		w.link(path)
	}
}

// link looks at a link: those to files count, those to folders do not.
func (w *walker) link(path string) {
	info, err := os.Stat(path)
	if err != nil {
		if _, gone := os.Lstat(path); gone == nil {
			w.fail(path, fmt.Errorf("broken link: %w", unwrapPath(err)), false)
		}
	} else if info.Mode().IsRegular() {
		w.add(path, false)
		if w.links == nil {
			w.links = map[string]bool{}
		}
		w.links[filepath.ToSlash(path)] = true
	}
}

// once leaves out links to files that are found themselves, or by another
// link: a definition is not compared with itself.
func once(files []File, links map[string]bool, roots []string) []File {
	if len(links) == 0 {
		return files
	}
	var folders []string
	for _, root := range roots {
		folders = append(folders, absolute(root))
	}
	places := NewPlaces(folders)
	known := map[string]bool{}
	for _, f := range files {
		if !links[f.Path] {
			known[absolute(filepath.FromSlash(f.Path))] = true
		}
	}
	return slices.DeleteFunc(files, func(f File) bool {
		if !links[f.Path] || f.Named {
			return false
		}
		path := absolute(filepath.FromSlash(f.Path))
		target := places.Of(path)
		if target == path { // out of all folders
			target = places.real(path)
		}
		again := known[target]
		known[target] = true
		return again
	})
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
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
