//go:build unix

package store

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapping is a file's content in memory.
type mapping struct{ data []byte }

func mapFile(path string) (mapping, error) {
	f, err := os.Open(path)
	if err != nil {
		return mapping{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return mapping{}, err
	}
	size := info.Size()
	if size < int64(headerSize+footerSize) || size != int64(int(size)) {
		return mapping{}, ErrDamaged
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return mapping{}, fmt.Errorf("mapping: %w", err)
	}
	return mapping{data}, nil
}

// relax takes the pages of n bytes from start on out of the process's memory;
// they stay in the system's cache.
func (m mapping) relax(start, n int) {
	page := os.Getpagesize()
	from := start / page * page
	_ = unix.Madvise(m.data[from:start+n], unix.MADV_DONTNEED) // a hint
}

func (m mapping) close() { _ = unix.Munmap(m.data) }
