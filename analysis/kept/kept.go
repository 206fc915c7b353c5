// Package kept keeps what was computed of files from one run to the next: a
// file of entries by name, each made of one content. Such a file is written at
// once and trusted as a whole or not at all.
package kept

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
	"unsafe"
)

// Hash names a content.
type Hash = [sha256.Size]byte

// HashOf names a content.
func HashOf(content []byte) Hash { return sha256.Sum256(content) }

// Entry is what is kept under a name.
type Entry struct {
	// Hash names the content that Data was computed of.
	Hash Hash
	Data string
}

// File is where the entries for a folder are kept below dir; the key must name
// everything else that they depend on, and the extension what they are.
func File(dir, folder, key, extension string) string {
	sum := sha256.Sum256([]byte(folder + "\x00" + key))
	return filepath.Join(dir, hex.EncodeToString(sum[:12])+"."+extension)
}

// Read returns the entries of a file that Write wrote under the same title.
// What is damaged, or cannot be read, is empty.
func Read(file, title string) map[string]Entry {
	data, err := os.ReadFile(file)
	if err != nil {
		return map[string]Entry{}
	}
	m, ok := Decode(data, title)
	if !ok {
		return map[string]Entry{}
	}
	return m
}

// Write replaces the file: a reader sees the old entries or the new.
func Write(file, title string, m map[string]Entry) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err != nil {
		return err
	}
	err = errors.Join(encode(tmp, m, title), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return err
	}
	prune(file)
	return nil
}

// maxFiles is how many files of a kind are kept in a folder: there is one for
// each folder that is worked in, and another for each other program or setting.
const maxFiles = 16

// prune removes files of the kind that were written longest ago.
func prune(file string) {
	list, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"+filepath.Ext(file)))
	if err != nil || len(list) <= maxFiles {
		return
	}
	written := make(map[string]time.Time, len(list))
	for _, f := range list {
		if info, err := os.Stat(f); err == nil {
			written[f] = info.ModTime()
		}
	}
	slices.SortFunc(list, func(a, b string) int { return written[b].Compare(written[a]) })
	for _, f := range list[maxFiles:] {
		if f != file {
			_ = os.Remove(f)
		}
	}
}

// Encode is the content of a file of entries.
func Encode(m map[string]Entry, title string) []byte {
	var out bytes.Buffer
	_ = encode(&out, m, title) // a buffer takes everything
	return out.Bytes()
}

// encode writes the content of a file of entries, in pieces: the whole would be
// as large as all that is kept.
func encode(to io.Writer, m map[string]Entry, title string) error {
	sum := crc32.NewIEEE()
	out := bufio.NewWriterSize(io.MultiWriter(to, sum), 64<<10)
	w := &Writer{}
	flush := func() {
		_, _ = out.Write(w.b) // Flush returns the first error
		w.b = w.b[:0]
	}
	w.Bytes([]byte(title + "\n"))
	w.Int(len(m))
	flush()
	for name, e := range m {
		w.String(name)
		w.b = append(w.b, e.Hash[:]...)
		w.String(e.Data)
		flush()
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

// Decode reads the content of a file of entries, whose strings share the
// memory of data, which must not change any more. ok is false when it is
// damaged.
func Decode(data []byte, title string) (m map[string]Entry, ok bool) {
	title += "\n"
	if len(data) < len(title)+crc32.Size || string(data[:len(title)]) != title {
		return nil, false
	}
	body := data[:len(data)-crc32.Size]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil, false
	}
	r := NewReader(unsafe.String(unsafe.SliceData(body), len(body))[len(title):])
	n := r.Count()
	m = make(map[string]Entry, min(n, len(data)/sha256.Size))
	for range n {
		name := r.String()
		var e Entry
		copy(e.Hash[:], r.Take(sha256.Size))
		e.Data = r.String()
		if r.Bad() {
			return nil, false
		}
		m[name] = e
	}
	return m, r.AtEnd()
}
