package workspace

import (
	"maps"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/kept"
)

// Hash names a content.
type Hash = kept.Hash

// HashOf names a content.
func HashOf(content []byte) Hash { return kept.HashOf(content) }

// Store keeps the records of a workspace between runs. A record is good only
// for exactly the same path, content and program. A damaged store is dropped,
// never trusted. It is safe for concurrent use; a nil Store keeps nothing.
type Store struct {
	file string
	mu   sync.Mutex
	// old are the entries of the file, read when first asked for; the map does
	// not change.
	old   func() map[string]kept.Entry
	fresh map[string]kept.Entry
}

const storeTitle = "dhi-ls workspace 2"

// OpenStore opens the store of a folder in dir; the key must name everything
// that records depend on beside the files: the program and its settings. It
// never fails: what cannot be read is empty.
func OpenStore(dir, folder, key string) *Store {
	s := &Store{file: kept.File(dir, folder, key, "workspace"), fresh: map[string]kept.Entry{}}
	s.old = sync.OnceValue(func() map[string]kept.Entry { return kept.Read(s.file, storeTitle) })
	return s
}

// Get returns the record of the file, encoded, if it is still good; it is
// empty for a file of which nothing is remembered.
func (s *Store) Get(path string, hash Hash) (blob string, ok bool) {
	if s == nil {
		return "", false
	}
	s.mu.Lock()
	old := s.old
	s.mu.Unlock()
	have, ok := old()[path]
	if !ok || have.Hash != hash {
		return "", false
	}
	return have.Data, true
}

// Put keeps the encoded record of the file, empty for one of which nothing is
// remembered.
func (s *Store) Put(path string, hash Hash, blob string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh[path] = kept.Entry{Hash: hash, Data: blob}
}

// Save writes what is new together with what was there.
func (s *Store) Save() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fresh) == 0 {
		return nil
	}
	all := maps.Clone(s.fresh)
	kept.Merge(all, s.old(), maxStored)
	if err := kept.Write(s.file, storeTitle, all); err != nil {
		return err
	}
	s.old, s.fresh = func() map[string]kept.Entry { return all }, map[string]kept.Entry{}
	return nil
}

// maxStored bounds what is kept of files that are gone.
const maxStored = 200_000
