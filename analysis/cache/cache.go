// Package cache keeps the results of a check, so that a second run over the
// same files is near instant. An entry is good only for exactly the same
// content, path, rules and settings, on the same day where the date mattered,
// and while the files that the rules asked for are still there or still not.
// A damaged cache is dropped, never trusted.
package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/rules"
)

// Outcome is what a check needs to know of a file.
type Outcome struct {
	Kind        definition.Kind
	Diagnostics []diagnostic.Diagnostic
	Notices     []diagnostic.Notice
	Suppressed  int
	Probes      []analysis.Probe
	Dated       bool
}

// Of is the outcome of an analysis.
func Of(r *analysis.Result) Outcome {
	return Outcome{r.Document.Kind, r.Diagnostics, r.Notices, r.Suppressed, r.Probes, r.Dated}
}

// Cache holds the outcomes of one folder under one set of settings. It is
// safe for concurrent use.
type Cache struct {
	file  string
	today string
	disk  rules.Disk

	old map[string]record // read only

	mu    sync.Mutex
	fresh map[string]record
	dirty bool
}

type record struct {
	hash [sha256.Size]byte
	data []byte // encoded outcome
}

const magic = "dhi-ls check 1\n"

// Open reads the cache of the folder for the settings, which the key must
// name completely. It never fails: what cannot be read is empty.
func Open(dir, folder, key, today string, disk rules.Disk) *Cache {
	sum := sha256.Sum256([]byte(folder + "\x00" + key))
	c := &Cache{
		file: filepath.Join(dir, hex.EncodeToString(sum[:12])+".check"), today: today, disk: disk,
		old: map[string]record{}, fresh: map[string]record{},
	}
	if data, err := os.ReadFile(c.file); err == nil {
		c.old = decodeFile(data)
	}
	return c
}

// Dir is where caches are kept by default.
func Dir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "dhi-ls", "check"), nil
}

// Get returns the outcome of the file if it is still good.
func (c *Cache) Get(path string, content []byte) (Outcome, bool) {
	r, ok := c.old[path]
	if !ok || r.hash != sha256.Sum256(content) {
		return Outcome{}, false
	}
	o, day, ok := decodeOutcome(r.data)
	if !ok || o.Dated && day != c.today {
		return Outcome{}, false
	}
	for _, p := range o.Probes {
		if c.disk == nil || c.disk.Stat(p.Path) != p.Answer {
			return Outcome{}, false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[path] = r
	return o, true
}

// Put keeps the outcome of the file.
func (c *Cache) Put(path string, content []byte, o Outcome) {
	r := record{hash: sha256.Sum256(content), data: encodeOutcome(o, c.today)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fresh[path] = r
	c.dirty = true
}

// Save writes what was used or made, and keeps what was not asked for.
func (c *Cache) Save() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.dirty {
		return nil
	}
	for path, r := range c.old {
		if _, ok := c.fresh[path]; !ok && len(c.fresh) < maxEntries {
			c.fresh[path] = r
		}
	}
	if err := os.MkdirAll(filepath.Dir(c.file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(c.file), "new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(encodeFile(c.fresh))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), c.file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// maxEntries bounds what a cache keeps of files that are gone.
const maxEntries = 200_000

func encodeFile(m map[string]record) []byte {
	w := &writer{}
	w.b.WriteString(magic)
	w.int(len(m))
	for path, r := range m {
		w.string(path)
		w.b.Write(r.hash[:])
		w.int(len(r.data))
		w.b.Write(r.data)
	}
	return binary.LittleEndian.AppendUint32(w.b.Bytes(), crc32.ChecksumIEEE(w.b.Bytes()))
}

func decodeFile(data []byte) map[string]record {
	empty := map[string]record{}
	if len(data) < len(magic)+4 || !bytes.HasPrefix(data, []byte(magic)) {
		return empty
	}
	body := data[:len(data)-4]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[len(body):]) {
		return empty
	}
	r := &reader{b: body[len(magic):]}
	n := r.int()
	m := make(map[string]record, min(n, maxEntries))
	for i := 0; i < n && !r.bad; i++ {
		path := r.string()
		var rec record
		copy(rec.hash[:], r.bytes(sha256.Size))
		rec.data = r.bytes(r.int())
		m[path] = rec
	}
	if r.bad {
		return empty
	}
	return m
}
