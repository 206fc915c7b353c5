package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ulikunitz/xz"
)

// shared is where the corpus lies beside a checkout.
const shared = "../shared/corpus"

var errNoCorpus = errors.New("there is no corpus: name an unpacked one in DHI_CORPUS, or put its archives into " + shared)

// corpus returns the folder of an unpacked archive: that of the environment
// variable, else a temporary one, which cleanup removes.
func corpus(env, archive string) (dir string, cleanup func(), err error) {
	if dir = os.Getenv(env); dir != "" {
		return dir, func() {}, nil
	}
	f, err := os.Open(filepath.Join(shared, archive))
	if err != nil {
		return "", nil, errNoCorpus
	}
	defer f.Close()
	dir, err = os.MkdirTemp("", "dhi-corpus-")
	if err != nil {
		return "", nil, err
	}
	cleanup = func() { os.RemoveAll(dir) }
	if err := unpack(f, dir); err != nil {
		cleanup()
		return "", nil, fmt.Errorf("unpack %s: %w", archive, err)
	}
	// The archives hold one folder.
	if list, err := os.ReadDir(dir); err == nil && len(list) == 1 && list[0].IsDir() {
		dir = filepath.Join(dir, list[0].Name())
	}
	return dir, cleanup, nil
}

func unpack(r io.Reader, dir string) error {
	z, err := xz.NewReader(r)
	if err != nil {
		return err
	}
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if !strings.HasPrefix(path, dir+string(filepath.Separator)) {
			continue
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = os.MkdirAll(path, 0o755)
		case tar.TypeReg:
			err = unpackFile(t, path)
		}
		if err != nil {
			return err
		}
	}
}

func unpackFile(r io.Reader, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
