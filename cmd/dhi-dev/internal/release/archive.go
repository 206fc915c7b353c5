package release

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// archive packs the stage of a platform in one folder and returns the file's
// name: .zip for Windows, .tar.gz elsewhere.
func (o *Options) archive(p Platform) (string, error) {
	write, name := writeTar, o.name(p)+".tar.gz"
	if p.OS == "windows" {
		write, name = writeZip, o.name(p)+".zip"
	}
	f, err := os.Create(filepath.Join(o.Out, name))
	if err != nil {
		return "", err
	}
	if err := write(f, o.stage(p), o.name(p)); err != nil {
		_ = f.Close()
		return "", err
	}
	return name, f.Close()
}

// eachFile visits the files below dir in the order of their names.
func eachFile(dir string, visit func(name string, info fs.FileInfo, r io.Reader) error) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return visit(filepath.ToSlash(name), info, f)
	})
}

func writeTar(w io.Writer, dir, prefix string) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	err = eachFile(dir, func(name string, info fs.FileInfo, r io.Reader) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: prefix + "/" + name, Size: info.Size(), Mode: int64(info.Mode().Perm()), ModTime: info.ModTime().UTC(), Format: tar.FormatUSTAR}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		_, err := io.Copy(t, r)
		return err
	})
	if err != nil {
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

func writeZip(w io.Writer, dir, prefix string) error {
	z := zip.NewWriter(w)
	err := eachFile(dir, func(name string, info fs.FileInfo, r io.Reader) error {
		h := &zip.FileHeader{Name: prefix + "/" + name, Method: zip.Deflate, Modified: info.ModTime().UTC()}
		h.SetMode(info.Mode())
		f, err := z.CreateHeader(h)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, r)
		return err
	})
	if err != nil {
		return err
	}
	return z.Close()
}

// writeChecksums writes checksums.txt as sha256sum does, and returns the sums
// by name.
func writeChecksums(out string, names []string) (map[string]string, error) {
	sums := map[string]string{}
	var b strings.Builder
	slices.Sort(names)
	for _, name := range names {
		sum, err := sha256File(filepath.Join(out, name))
		if err != nil {
			return nil, err
		}
		sums[name] = sum
		fmt.Fprintf(&b, "%s  %s\n", sum, name)
	}
	return sums, os.WriteFile(filepath.Join(out, "checksums.txt"), []byte(b.String()), 0o644)
}

func sha256File(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
