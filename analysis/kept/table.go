package kept

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Table is a file of entries that is read when first asked for, changed in
// memory, and written as a whole. It is safe for concurrent use.
type Table struct {
	file, title string
	max         int

	mu sync.Mutex
	// old are the entries of the file; the map does not change.
	old   func() map[string]Entry
	fresh map[string]Entry
}

// Open opens a table; see File and Read. At most max entries are kept, older
// ones that are not asked for being dropped. It never fails: what cannot be
// read is empty.
func Open(file, title string, max int) *Table {
	t := &Table{file: file, title: title, max: max, fresh: map[string]Entry{}}
	t.old = sync.OnceValue(func() map[string]Entry { return Read(file, title) })
	return t
}

// Path is where the table is kept.
func (t *Table) Path() string { return t.file }

// Get returns the entry of the name.
func (t *Table) Get(name string) (Entry, bool) {
	t.mu.Lock()
	e, ok := t.fresh[name]
	old := t.old
	t.mu.Unlock()
	if !ok {
		e, ok = old()[name]
	}
	return e, ok
}

// Put keeps an entry under the name.
func (t *Table) Put(name string, e Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fresh[name] = e
}

// Save writes what is new together with what was there.
func (t *Table) Save() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.fresh) == 0 {
		return nil
	}
	all := t.fresh
	for name, e := range t.old() {
		if _, known := all[name]; !known && len(all) < t.max {
			all[name] = e
		}
	}
	if err := Write(t.file, t.title, all); err != nil {
		return err
	}
	t.old, t.fresh = func() map[string]Entry { return all }, map[string]Entry{}
	return nil
}

// stamps is what the names of stamps begin with.
const stamps = "s\x00"

// Content is the hash of a file's content where the file system says that it
// is the same as when it was read last.
func (t *Table) Content(path string) (Hash, bool) {
	e, ok := t.Get(stamps + path)
	if !ok || e.Data == "" {
		return Hash{}, false
	}
	info, err := os.Stat(filepath.FromSlash(path))
	if err != nil || !info.Mode().IsRegular() {
		return Hash{}, false
	}
	return e.Hash, StampOf(info, time.Now()) == Stamp(e.Data)
}

// Seen notes the content of a file; info was taken before it was read.
func (t *Table) Seen(path string, info fs.FileInfo, hash Hash) {
	stamp := StampOf(info, time.Now())
	if have, ok := t.Get(stamps + path); stamp == "" || ok && have.Hash == hash && have.Data == string(stamp) {
		return
	}
	t.Put(stamps+path, Entry{Hash: hash, Data: string(stamp)})
}
