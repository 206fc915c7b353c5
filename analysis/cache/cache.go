// Package cache keeps the results of a check, so that a second run over the
// same files is near instant. An entry is good only for exactly the same
// content, path, rules and settings, on the same day where the date mattered,
// and while the files that the rules asked for are still there or still not.
// What was found beside other files is good while these are the same, or
// answer the same to all that was asked of them. A damaged cache is dropped,
// never trusted.
package cache

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"github.com/dhi-ls/dhi-ls/analysis"
	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/kept"
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

// Key names a file with all that its results depend on beside other files.
type Key struct {
	Path string
	// Config names the file's configuration.
	Config string
	// Hash names its content.
	Hash kept.Hash
}

// Cache holds the outcomes of one folder under one set of settings. It is
// safe for concurrent use; a nil Cache keeps nothing.
type Cache struct {
	today string
	disk  rules.Disk
	min   diagnostic.Severity

	// The file of answers is apart from the other, for it is needed only after
	// a change. Two runs may write them in any order, so that an outcome names
	// the answers that belong to it.
	alone, beside *kept.Table
}

// Options say what a cache is for.
type Options struct {
	// Folder is where paths are relative to.
	Folder string
	// Key names completely the settings of the run, and the program.
	Key string
	// Today is the date as YYYY-MM-DD.
	Today string
	// Disk answers whether probes still hold.
	Disk rules.Disk
	// Down is the least severity that is asked for: diagnostics of lesser ones
	// are kept, but not returned.
	Down diagnostic.Severity
}

// Open reads the cache. It never fails: what cannot be read is empty.
func Open(dir string, opt Options) *Cache {
	c := &Cache{today: opt.Today, disk: opt.Disk, min: opt.Down}
	c.alone = kept.Open(kept.File(dir, opt.Folder, opt.Key, "check"), "dhi-ls check 3", maxEntries)
	c.beside = kept.Open(kept.File(dir, opt.Folder, opt.Key, "beside"), "dhi-ls beside 1", maxEntries)
	return c
}

// maxEntries bounds what a cache keeps of files that are gone.
const maxEntries = 400_000

// Dir is where caches are kept by default.
func Dir() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(base, "dhi-ls", "check"), nil
}

// The entries of the first table are named by what they are and the file.
const (
	outcomeOf = "o\x00"
	acrossOf  = "a\x00"
)

// Content is the hash of a file's content where the file system says that it
// is the same as when it was read last.
func (c *Cache) Content(path string) (kept.Hash, bool) {
	if c == nil {
		return kept.Hash{}, false
	}
	return c.alone.Content(path)
}

// Read notes the content of a file; info was taken before it was read.
func (c *Cache) Read(path string, info fs.FileInfo, hash kept.Hash) {
	if c != nil {
		c.alone.Seen(path, info, hash)
	}
}

func (k *Key) name(of string) string { return of + k.Path + "\x00" + k.Config }

// Get returns the outcome of the file if it is still good.
func (c *Cache) Get(k Key) (Outcome, bool) {
	if c == nil {
		return Outcome{}, false
	}
	e, ok := c.alone.Get(k.name(outcomeOf))
	if !ok || e.Hash != k.Hash {
		return Outcome{}, false
	}
	return c.outcome(kept.NewReader(e.Data))
}

// outcome reads an outcome that is good on this day and disk.
func (c *Cache) outcome(r *kept.Reader) (Outcome, bool) {
	o, day := decodeOutcome(r, c.min)
	if !r.AtEnd() || o.Dated && day != c.today {
		return Outcome{}, false
	}
	for _, p := range o.Probes {
		if !p.Holds(c.disk) {
			return Outcome{}, false
		}
	}
	return o, true
}

// Put keeps the outcome of the file.
func (c *Cache) Put(k Key, o Outcome) {
	if c == nil {
		return
	}
	w := &kept.Writer{}
	encodeOutcome(w, o, c.today)
	c.alone.Put(k.name(outcomeOf), kept.Entry{Hash: k.Hash, Data: w.Done()})
}

// Across returns what was found in the file beside others, if these are all
// the same as then: world names them with their contents. Else same is asked
// whether they answer the same as they did; it may be nil for no.
func (c *Cache) Across(k Key, world kept.Hash, same func(answers string) bool) (Outcome, bool) {
	if c == nil {
		return Outcome{}, false
	}
	e, ok := c.alone.Get(k.name(acrossOf))
	if !ok || e.Hash != k.Hash {
		return Outcome{}, false
	}
	r := kept.NewReader(e.Data)
	then, answers := r.Take(len(world)), r.Uint64()
	o, ok := c.outcome(r)
	if !ok || then == string(world[:]) {
		return o, ok
	}
	asked, ok := c.beside.Get(k.name(""))
	if !ok || xxhash.Sum64String(asked.Data) != answers || same == nil || !same(asked.Data) {
		return Outcome{}, false
	}
	c.alone.Put(k.name(acrossOf), kept.Entry{Hash: k.Hash, Data: string(world[:]) + e.Data[len(world):]})
	return o, true
}

// PutAcross keeps what was found in the file beside others, with their answers
// to all that was asked of them.
func (c *Cache) PutAcross(k Key, world kept.Hash, answers string, o Outcome) {
	if c == nil {
		return
	}
	w := &kept.Writer{}
	w.Bytes(world[:])
	w.Uint64(xxhash.Sum64String(answers))
	encodeOutcome(w, o, c.today)
	c.alone.Put(k.name(acrossOf), kept.Entry{Hash: k.Hash, Data: w.Done()})
	c.beside.Put(k.name(""), kept.Entry{Hash: k.Hash, Data: answers})
}

// Save writes what was made, and keeps what was not asked for.
func (c *Cache) Save() error {
	if c == nil {
		return nil
	}
	return errors.Join(c.beside.Save(), c.alone.Save())
}
