package store

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// Collect deletes the files that nothing current names, and what interrupted
// writers left. It returns the number of files and bytes that it freed.
func (d *Dir) Collect(ctx context.Context) (files int, freed int64, err error) {
	unlock, err := d.Lock(ctx, "manifest")
	if err != nil {
		return 0, 0, err
	}
	defer unlock()
	m, err := d.Load()
	if err != nil {
		return 0, 0, err
	}
	used := map[string]bool{}
	for _, e := range m.Entries {
		used[d.FilePath(e.File)] = true
	}
	for _, doc := range m.Documents {
		used[d.documentPath(doc.File)] = true
	}
	for _, e := range m.Images {
		used[d.documentPath(e.File)] = true
	}
	for _, folder := range []string{".", "files", "documents", "partial"} {
		list, err := os.ReadDir(filepath.Join(d.path, folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return files, freed, err
		}
		for _, f := range list {
			path := filepath.Join(d.path, folder, f.Name())
			info, err := f.Info()
			if err != nil || f.IsDir() || used[path] || !garbage(folder, info) {
				continue
			}
			if os.Remove(path) == nil {
				files++
				freed += info.Size()
			}
		}
	}
	return files, freed, nil
}

// partialLife is how long an unfinished download may be resumed.
const partialLife = 24 * time.Hour

func garbage(folder string, info fs.FileInfo) bool {
	fresh := time.Since(info.ModTime()) < partialLife
	switch {
	case folder == "partial", strings.HasPrefix(info.Name(), tempPrefix):
		return !fresh
	case folder == ".":
		return false
	}
	return true
}

// Export writes the whole cache as one file, a gzipped tar.
func (d *Dir) Export(ctx context.Context, w io.Writer) error {
	unlock, err := d.Lock(ctx, "manifest")
	if err != nil {
		return err
	}
	defer unlock()
	m, err := d.Load()
	if err != nil {
		return err
	}
	packed := gzip.NewWriter(w)
	archive := tar.NewWriter(packed)
	for key, e := range m.Entries {
		if e.File == "" {
			delete(m.Entries, key)
			continue
		}
		data, err := os.ReadFile(d.FilePath(e.File))
		if err != nil || !fits(data, strings.TrimSuffix(e.File, ".idx")) {
			return fmt.Errorf("the index of %s is damaged; update it before the export", e.URL)
		}
		if err := addToTar(archive, "files/"+e.File, data); err != nil {
			return err
		}
	}
	for url, doc := range m.Documents {
		data, err := d.ReadDocument(doc)
		if err != nil {
			delete(m.Documents, url)
			continue
		}
		if err := addToTar(archive, "documents/"+doc.File, data); err != nil {
			return err
		}
	}
	if err := d.exportImages(archive, m); err != nil {
		return err
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return errors.Join(addToTar(archive, "manifest.json", data), archive.Close(), packed.Close())
}

// exportImages writes what registries say of images, and leaves out of the
// manifest what is not there.
func (d *Dir) exportImages(archive *tar.Writer, m *Manifest) error {
	for name, e := range m.Images {
		if e.File == "" {
			delete(m.Images, name)
			continue
		}
		data, err := d.ReadImage(e)
		if err != nil {
			return fmt.Errorf("what the registry says of %s is damaged; update it before the export", name)
		}
		if err := addToTar(archive, "documents/"+e.File, data); err != nil {
			return err
		}
	}
	return nil
}

func fits(data []byte, hash string) bool {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]) == hash
}

func addToTar(archive *tar.Writer, name string, data []byte) error {
	if err := archive.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(data)), Format: tar.FormatPAX}); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	if _, err := archive.Write(data); err != nil {
		return fmt.Errorf("writing the export: %w", err)
	}
	return nil
}

const maxImport = 8 << 30 // bytes, unpacked

// Import takes an export in. What the cache has newer stays. It returns the
// number of indexes taken.
func (d *Dir) Import(ctx context.Context, r io.Reader) (taken int, err error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return 0, fmt.Errorf("the file is not an export of a package cache: %w", err)
	}
	archive := tar.NewReader(io.LimitReader(unpacked, maxImport))
	unlock, err := d.Lock(ctx, "manifest")
	if err != nil {
		return 0, err
	}
	defer unlock()
	var carried Manifest
	have := map[string]bool{}
	for {
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, fmt.Errorf("the export is cut off or damaged: %w", err)
		}
		if header.Name == "manifest.json" {
			if err := json.NewDecoder(archive).Decode(&carried); err != nil {
				return 0, fmt.Errorf("the export's manifest is damaged: %w", err)
			}
			continue
		}
		if err := d.importFile(header.Name, archive); err != nil {
			return 0, err
		}
		have[header.Name] = true
	}
	if carried.Version != manifestVersion {
		return 0, errors.New("the file is not an export of a package cache of this version")
	}
	err = d.updateLocked(func(m *Manifest) error {
		taken = merge(m, &carried, have)
		return nil
	})
	return taken, errors.Join(err, d.Sync())
}

// importFile stores one member whose content fits its name.
func (d *Dir) importFile(name string, r io.Reader) error {
	folder, base, ok := strings.Cut(name, "/")
	if !ok || folder != "files" && folder != "documents" || !safeName(base) {
		return fmt.Errorf("the export holds %q, which does not belong there", name)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("the export is cut off or damaged: %w", err)
	}
	if !fits(data, strings.TrimSuffix(base, ".idx")) {
		return fmt.Errorf("the export is damaged: %s does not fit its checksum", name)
	}
	if folder == "files" {
		if _, err := FromBytes(data); err != nil {
			return fmt.Errorf("the export is damaged: %s: %w", name, err)
		}
	}
	return d.place(filepath.Join(d.path, folder, base), data)
}

func merge(m, carried *Manifest, have map[string]bool) int {
	taken := 0
	for key, e := range carried.Entries {
		old, exists := m.Entries[key]
		newer := !exists || old.File == "" || e.Date.After(old.Date) || e.Date.Equal(old.Date) && e.Fetched.After(old.Fetched)
		if safeName(e.File) && have["files/"+e.File] && newer {
			m.Entries[key] = e
			taken++
		}
	}
	for url, doc := range carried.Documents {
		if _, exists := m.Documents[url]; !exists && safeName(doc.File) && have["documents/"+doc.File] {
			m.Documents[url] = doc
		}
	}
	for name, e := range carried.Images {
		old, exists := m.Images[name]
		newer := !exists || old.File == "" || e.Checked.After(old.Checked)
		if safeName(e.File) && have["documents/"+e.File] && newer {
			m.Images[name] = e
			taken++
		}
	}
	return taken
}
