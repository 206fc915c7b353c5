package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Image is what the cache has of a repository of images in a registry.
type Image struct {
	File  string `json:"file,omitempty"` // in Dir's documents; empty when there is none yet
	Tags  int    `json:"tags,omitempty"`
	Bytes int64  `json:"bytes,omitempty"` // of File

	Fetched   time.Time `json:"fetched,omitzero"`   // when File was made
	Checked   time.Time `json:"checked,omitzero"`   // when the registry last answered
	Attempted time.Time `json:"attempted,omitzero"` // when it was last asked

	// Problem is what the last attempt met; File may still be there.
	Problem *Problem `json:"problem,omitempty"`
}

// PutImage stores the content of a repository of images, content-named, and
// makes it current.
func (d *Dir) PutImage(ctx context.Context, name string, e Image, content []byte) error {
	sum := sha256.Sum256(content)
	e.File, e.Bytes = hex.EncodeToString(sum[:]), int64(len(content))
	return d.Update(ctx, func(m *Manifest) error {
		if err := d.place(d.documentPath(e.File), content); err != nil {
			return fmt.Errorf("storing what the registry says of %s: %w", name, err)
		}
		m.Images[name] = e
		return nil
	})
}

// ReadImage reads the content of a repository of images and checks it.
func (d *Dir) ReadImage(e Image) ([]byte, error) {
	return d.ReadDocument(Document{File: e.File})
}
