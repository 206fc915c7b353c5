package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Trust is what is known of an index's signature.
type Trust string

const (
	Verified   Trust = "verified"   // by a known key
	Unverified Trust = "unverified" // signed by an unknown key, or not signed
	Local      Trust = "local"      // a folder of the user's
)

// Entry is a current index.
type Entry struct {
	Family    record.Family `json:"family"`
	URL       string        `json:"url"`
	Suite     string        `json:"suite,omitempty"`
	Component string        `json:"component,omitempty"`
	Arch      string        `json:"arch"`

	File     string `json:"file,omitempty"`   // in Dir's files; empty when there is none yet
	Source   string `json:"source,omitempty"` // SHA-256 of the index as fetched
	Packages int    `json:"packages,omitempty"`
	Names    int    `json:"names,omitempty"`
	Bytes    int64  `json:"bytes,omitempty"` // of File

	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Date         time.Time `json:"date,omitzero"`        // that the index states, or its Last-Modified
	ValidUntil   time.Time `json:"valid_until,omitzero"` // that the index states
	Fetched      time.Time `json:"fetched,omitzero"`     // when File was made
	Checked      time.Time `json:"checked,omitzero"`     // when the source last confirmed it
	Attempted    time.Time `json:"attempted,omitzero"`   // when it was last asked

	// Priority is Debian's pin priority of the release; 0 means the usual 500.
	Priority int `json:"priority,omitempty"`

	Description string `json:"description,omitempty"`
	Trust       Trust  `json:"trust,omitempty"`
	SignedBy    string `json:"signed_by,omitempty"`
	// KeySet names the keys that were at hand: with others, an unverified index
	// is looked at again.
	KeySet string `json:"key_set,omitempty"`

	// Problem is what the last attempt met; File may still be there.
	Problem *Problem `json:"problem,omitempty"`
}

// Problem is a failed attempt, kept for other processes to tell.
type Problem struct {
	Kind    string    `json:"kind"` // a fetch.Kind
	Host    string    `json:"host,omitempty"`
	Message string    `json:"message"`
	When    time.Time `json:"when"`
}

// Document is a small file from the network: a release, a key, a list of keys.
type Document struct {
	File         string    `json:"file"` // in Dir's documents
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Fetched      time.Time `json:"fetched"`
	Checked      time.Time `json:"checked"`
	Pinned       bool      `json:"pinned,omitempty"` // a key: never replaced unasked
}

// Manifest names what is current.
type Manifest struct {
	Version   int                 `json:"version"`
	Entries   map[string]Entry    `json:"entries"`   // by key
	Documents map[string]Document `json:"documents"` // by URL
	// Images are the repositories of images, by registry and path.
	Images map[string]Image `json:"images,omitempty"`
}

const manifestVersion = 1

// Dir is a cache folder.
type Dir struct{ path string }

// NewDir uses path, which is made when something is written.
func NewDir(path string) *Dir { return &Dir{path: path} }

// Path is the folder.
func (d *Dir) Path() string { return d.path }

func (d *Dir) manifestPath() string { return filepath.Join(d.path, "manifest.json") }

// FilePath is where an index file lies.
func (d *Dir) FilePath(name string) string { return filepath.Join(d.path, "files", name) }

func (d *Dir) documentPath(name string) string { return filepath.Join(d.path, "documents", name) }

// PartialPath is where an unfinished download with that name lies.
func (d *Dir) PartialPath(name string) string {
	sum := sha256.Sum256([]byte(name))
	return filepath.Join(d.path, "partial", hex.EncodeToString(sum[:16]))
}

// Load reads the manifest. A missing one is empty; one that cannot be read is
// empty too, with the error: what it named is fetched again.
func (d *Dir) Load() (*Manifest, error) {
	m := &Manifest{Version: manifestVersion, Entries: map[string]Entry{}, Documents: map[string]Document{}, Images: map[string]Image{}}
	data, err := os.ReadFile(d.manifestPath())
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return m, fmt.Errorf("reading the package cache's manifest: %w", err)
	}
	var read Manifest
	if err := json.Unmarshal(data, &read); err != nil || read.Version != manifestVersion {
		return m, fmt.Errorf("the package cache's manifest %s is damaged or of another version; it is made anew by the next update", d.manifestPath())
	}
	for key, e := range read.Entries {
		if e.File == "" || safeName(e.File) {
			m.Entries[key] = e
		}
	}
	for url, doc := range read.Documents {
		if safeName(doc.File) {
			m.Documents[url] = doc
		}
	}
	for name, e := range read.Images {
		if e.File == "" || safeName(e.File) {
			m.Images[name] = e
		}
	}
	return m, nil
}

// safeName refuses names that leave the folder.
func safeName(name string) bool {
	return name != "" && !strings.ContainsAny(name, `/\:`) && !strings.HasPrefix(name, ".")
}

// Update changes the manifest under its lock.
func (d *Dir) Update(ctx context.Context, change func(*Manifest) error) error {
	unlock, err := d.Lock(ctx, "manifest")
	if err != nil {
		return err
	}
	defer unlock()
	return d.updateLocked(change)
}

func (d *Dir) updateLocked(change func(*Manifest) error) error {
	m, _ := d.Load() // a damaged one starts anew
	if err := change(m); err != nil {
		return err
	}
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("writing the package cache's manifest: %w", err)
	}
	if err := replaceFile(d.manifestPath(), data); err != nil {
		return fmt.Errorf("writing the package cache's manifest: %w", err)
	}
	return nil
}

// Sync brings the manifest to the disk, so that it outlives a loss of power.
// It is called once behind a batch of changes, as a disk can take longer for it
// than the rest of an update. A kill leaves the manifest whole in any case.
func (d *Dir) Sync() error {
	f, err := os.OpenFile(d.manifestPath(), os.O_RDWR, 0) // Windows syncs writable files only
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// place writes a content-named file unless it is there, whole.
func (d *Dir) place(path string, data []byte) error {
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return nil
	}
	// Not synced: after a loss of power its checksums tell, and it is fetched
	// again.
	return replaceFile(path, data)
}

// PutDocument stores a document and names it for its URL.
func (d *Dir) PutDocument(ctx context.Context, url string, doc Document, data []byte) error {
	sum := sha256.Sum256(data)
	doc.File = hex.EncodeToString(sum[:])
	err := d.Update(ctx, func(m *Manifest) error {
		if err := d.place(d.documentPath(doc.File), data); err != nil {
			return fmt.Errorf("storing %s: %w", url, err)
		}
		m.Documents[url] = doc
		return nil
	})
	if err != nil || !doc.Pinned {
		return err
	}
	return d.Sync() // a pin must not be lost
}

// ReadDocument reads a document that the manifest names and checks it.
func (d *Dir) ReadDocument(doc Document) ([]byte, error) {
	data, err := os.ReadFile(d.documentPath(doc.File))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != doc.File {
		return nil, ErrDamaged
	}
	return data, nil
}

// replaceFile writes a file so that at any moment the old or the new one is
// there, whole, unless power is lost.
func replaceFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // no longer there after the rename
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return rename(f.Name(), path)
}

const tempPrefix = ".new-"

// rename tries again for a while where a reader keeps the target from being
// replaced (Windows).
func rename(from, to string) error {
	var err error
	for wait := time.Millisecond; wait < time.Second; wait *= 2 {
		if err = os.Rename(from, to); err == nil || !sharingViolation(err) {
			return err
		}
		time.Sleep(wait)
	}
	return err
}
