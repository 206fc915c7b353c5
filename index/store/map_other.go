//go:build !unix

package store

import "os"

// mapping is a file's content in memory. Where a mapped file could not be
// deleted while it is in use (Windows), it is read instead.
type mapping struct{ data []byte }

func mapFile(path string) (mapping, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return mapping{}, err
	}
	if len(data) < headerSize+int(footerSize) {
		return mapping{}, ErrDamaged
	}
	return mapping{data}, nil
}

func (mapping) close() {}

func (m mapping) relax(int, int) {}
