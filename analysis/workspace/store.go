package workspace

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
)

// Hash names a content.
type Hash = [sha256.Size]byte

// HashOf names a content.
func HashOf(content []byte) Hash { return sha256.Sum256(content) }

// Store keeps the records of a workspace between runs. A record is good only
// for exactly the same path, content and program. A damaged store is dropped,
// never trusted. It is safe for concurrent use; a nil Store keeps nothing.
type Store struct {
	file string
	old  map[string]stored // read only

	mu    sync.Mutex
	fresh map[string]stored
	dirty bool
}

// stored is a record as bytes; an empty one stands for a file of which nothing
// is remembered.
type stored struct {
	hash Hash
	blob string
}

const storeMagic = "dhi-ls workspace 1\n"

// maxStored bounds what is kept of files that are gone.
const maxStored = 200_000

// OpenStore opens the store of a folder in dir; the key must name everything
// that records depend on beside the files: the program and its settings. It
// never fails: what cannot be read is empty.
func OpenStore(dir, folder, key string) *Store {
	sum := sha256.Sum256([]byte(folder + "\x00" + key))
	s := &Store{file: filepath.Join(dir, hex.EncodeToString(sum[:12])+".workspace"), fresh: map[string]stored{}}
	data, err := os.ReadFile(s.file)
	if err == nil {
		s.old = decodeStore(data)
	}
	return s
}

// Get returns the record of the file, encoded, if it is still good; it is
// empty for a file of which nothing is remembered.
func (s *Store) Get(path string, hash Hash) (blob string, ok bool) {
	if s == nil {
		return "", false
	}
	have, ok := s.old[path]
	if !ok || have.hash != hash {
		return "", false
	}
	return have.blob, true
}

// Put keeps the encoded record of the file, empty for one of which nothing is
// remembered.
func (s *Store) Put(path string, hash Hash, blob string) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh[path] = stored{hash, blob}
	s.dirty = true
}

// Save writes what is new together with what was there.
func (s *Store) Save() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dirty {
		return nil
	}
	for path, e := range s.old {
		if _, ok := s.fresh[path]; !ok && len(s.fresh) < maxStored {
			s.fresh[path] = e
		}
	}
	if err := os.MkdirAll(filepath.Dir(s.file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.file), "new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(encodeStore(s.fresh))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), s.file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return err
	}
	s.dirty = false
	return nil
}

func encodeStore(m map[string]stored) []byte {
	size := len(storeMagic) + 16
	for path, e := range m {
		size += len(path) + len(e.blob) + sha256.Size + 8
	}
	out := append(make([]byte, 0, size), storeMagic...)
	out = binary.AppendUvarint(out, uint64(len(m)))
	for path, e := range m {
		out = binary.AppendUvarint(out, uint64(len(path)))
		out = append(out, path...)
		out = append(out, e.hash[:]...)
		out = binary.AppendUvarint(out, uint64(len(e.blob)))
		out = append(out, e.blob...)
	}
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

// decodeStore reads a store; one that is damaged is empty.
func decodeStore(data []byte) map[string]stored {
	if len(data) < len(storeMagic)+4 || string(data[:len(storeMagic)]) != storeMagic {
		return nil
	}
	body := data[:len(data)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil
	}
	r := storeReader{rest: string(body[len(storeMagic):])}
	n := r.count()
	m := make(map[string]stored, min(n, maxStored))
	for range n {
		path := r.take(r.count())
		var e stored
		copy(e.hash[:], r.take(sha256.Size))
		e.blob = r.take(r.count())
		if r.bad {
			return nil
		}
		m[path] = e
	}
	return m
}

type storeReader struct {
	rest string
	bad  bool
}

// count is a number that does not exceed what follows it.
func (r *storeReader) count() int {
	n, shift := uint64(0), uint(0)
	for i := 0; i < len(r.rest) && shift < 64; i++ {
		b := r.rest[i]
		n |= uint64(b&0x7f) << shift
		shift += 7
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			if n > uint64(len(r.rest)) {
				break
			}
			return int(n)
		}
	}
	r.bad = true
	return 0
}

func (r *storeReader) take(n int) string {
	if r.bad || n > len(r.rest) {
		r.bad = true
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
