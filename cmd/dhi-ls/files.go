package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sort"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/cache"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
)

// errNotOurs says that a file is too large to be read and, by its first
// bytes, no definition.
var errNotOurs = errors.New("not a definition")

func tooLarge(size int64) string {
	if size < 0 {
		return fmt.Sprintf("more than the %d MiB that dhi-ls reads; definitions have a few kilobytes", analysis.MaxSize>>20)
	}
	return fmt.Sprintf("%d MiB are more than the %d MiB that dhi-ls reads; definitions have a few kilobytes", size>>20, analysis.MaxSize>>20)
}

// readFile reads a regular file within bounds. It cannot hang on a pipe or
// device.
func readFile(path string) ([]byte, error) {
	content, _, err := readStamped(path)
	return content, err
}

// readStamped is readFile with what the file system said of the file before it
// was read.
func readStamped(path string) ([]byte, os.FileInfo, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openNonblocking, 0)
	if err != nil {
		return nil, nil, pathless(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, pathless(err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("not a regular file")
	}
	if info.Size() > analysis.MaxSize {
		return nil, nil, oversized(f, info.Size())
	}
	// One byte more than expected tells a file that grows from one that is read
	// to its end.
	content := make([]byte, info.Size()+1)
	n, err := io.ReadFull(f, content)
	switch {
	case err == nil:
		return nil, nil, errors.New("the file changed while it was read")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return content[:n], info, nil
	}
	return nil, nil, pathless(err)
}

// oversized says that a file is too large, or that it is none of ours at all.
func oversized(f *os.File, size int64) error {
	head := make([]byte, 256)
	n, _ := io.ReadFull(f, head)
	if !bytes.Contains(head[:n], []byte("syntax")) {
		return errNotOurs
	}
	return errors.New(tooLarge(size))
}

func pathless(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// today is the date in UTC; DHI_LS_TODAY sets it, for runs that must yield the
// same on any day.
func today() (string, error) {
	d := os.Getenv("DHI_LS_TODAY")
	if d == "" {
		return time.Now().UTC().Format(time.DateOnly), nil
	}
	if _, err := time.Parse(time.DateOnly, d); err != nil {
		return "", usageError("DHI_LS_TODAY: %q is no date such as 2026-06-01", d)
	}
	return d, nil
}

// openCache opens the cache of results; its key names everything that the
// results depend on beside the files and their configurations; indexes names
// the package indexes.
func openCache(opt checkOptions, engine analysis.Options, indexes string) *cache.Cache {
	dir := cacheDir()
	folder, err := os.Getwd()
	if err != nil || dir == "" {
		return nil
	}
	key := strings.Join([]string{version, buildID(), opt.profile, fmt.Sprint(opt.profSet, opt.shellcheck), indexes}, "\x00")
	return cache.Open(dir, cache.Options{Folder: folder, Key: key, Today: engine.Today, Disk: engine.Disk, Down: opt.min})
}

// cacheDir is where results and records are kept, empty for nowhere.
func cacheDir() string {
	if dir := os.Getenv("DHI_LS_CACHE"); dir != "" {
		return dir
	}
	dir, err := cache.Dir()
	if err != nil {
		return ""
	}
	return dir
}

// buildID changes with the program: a development build has no version of its
// own.
func buildID() string {
	id := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		id = info.Main.Version + info.Main.Sum
	}
	if exe, err := os.Executable(); err == nil {
		if st, err := os.Stat(exe); err == nil {
			id += fmt.Sprint(st.Size(), st.ModTime().UnixNano())
		}
	}
	return id
}

func sortNotices(list []diagnostic.Notice) {
	sort.SliceStable(list, func(i, j int) bool { return list[i].Message < list[j].Message })
}
