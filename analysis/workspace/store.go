package workspace

import (
	"io/fs"

	"github.com/dhi-ls/dhi-ls/analysis/kept"
)

// Hash names a content.
type Hash = kept.Hash

// HashOf names a content.
func HashOf(content []byte) Hash { return kept.HashOf(content) }

// Store keeps the records of a workspace between runs. A record is good only
// for exactly the same path, content and program. A damaged store is dropped,
// never trusted. It is safe for concurrent use; a nil Store keeps nothing.
type Store struct{ table *kept.Table }

// maxStored bounds what is kept of files that are gone.
const maxStored = 400_000

// OpenStore opens the store of a folder in dir; the key must name everything
// that records depend on beside the files: the program and its settings. It
// never fails: what cannot be read is empty.
func OpenStore(dir, folder, key string) *Store {
	return &Store{kept.Open(kept.File(dir, folder, key, "workspace"), "dhi-ls workspace 2", maxStored)}
}

// recordOf is what the names of records begin with.
const recordOf = "r\x00"

// Get returns the record of the file, encoded, if it is still good; it is
// empty for a file of which nothing is remembered.
func (s *Store) Get(path string, hash Hash) (blob string, ok bool) {
	if s == nil {
		return "", false
	}
	have, ok := s.table.Get(recordOf + path)
	if !ok || have.Hash != hash {
		return "", false
	}
	return have.Data, true
}

// Put keeps the encoded record of the file, empty for one of which nothing is
// remembered.
func (s *Store) Put(path string, hash Hash, blob string) {
	if s != nil {
		s.table.Put(recordOf+path, kept.Entry{Hash: hash, Data: blob})
	}
}

// Content is the hash of a file's content, if that is known without reading
// it: see kept.Table.
func (s *Store) Content(path string) (Hash, bool) {
	if s == nil {
		return Hash{}, false
	}
	return s.table.Content(path)
}

// Seen notes the content of a file; info was taken before it was read.
func (s *Store) Seen(path string, info fs.FileInfo, hash Hash) {
	if s != nil {
		s.table.Seen(path, info, hash)
	}
}

// Save writes what is new together with what was there.
func (s *Store) Save() error {
	if s == nil {
		return nil
	}
	return s.table.Save()
}
