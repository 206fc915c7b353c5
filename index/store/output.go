package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"os"
	"path/filepath"
)

// target is where an index is written to.
type target interface {
	Write([]byte) (int, error)
	Close() error
}

type memoryFile struct{ bytes.Buffer }

func (*memoryFile) Close() error { return nil }

// output writes an index file. The texts come first in it, so that they can be
// written, and their checksums made, while more of them arrive.
type output struct {
	open   func() (target, error)
	inline bool // the caller writes, not another goroutine
	to     target
	hash   hash.Hash
	size   int64
	table  [sectionCount]entry
	queue  chan piece
	spare  chan []byte // blocks of the pool that have been written
	done   chan struct{}
	err    error // once done is closed
}

// entry is a section's in the footer.
type entry struct {
	at, bytes int64
	crc       uint32
}

// piece is a section, or a block of the pool.
type piece struct {
	section section
	bytes   []byte
}

// queued is how many pieces may wait.
const queued = 4

// begin opens the file.
func (o *output) begin() {
	o.hash = sha256.New()
	if o.to, o.err = o.open(); o.err != nil {
		return
	}
	head := le.AppendUint32(append(make([]byte, 0, headerSize), magic...), formatVersion)
	o.write(le.AppendUint32(head, uint32(sectionCount)))
}

func (o *output) write(b []byte) {
	if o.err != nil || len(b) == 0 {
		return
	}
	_, o.err = o.to.Write(b)
	o.hash.Write(b)
	o.size += int64(len(b))
}

// writePiece writes a section, or goes on with the pool's.
func (o *output) writePiece(p piece) {
	if o.hash == nil {
		o.begin()
	}
	e := &o.table[p.section]
	if e.bytes == 0 {
		o.align()
		e.at = o.size
	}
	e.bytes += int64(len(p.bytes))
	e.crc = crc32.Update(e.crc, castagnoli, p.bytes)
	o.write(p.bytes)
}

// give writes a section or the next block of the pool, which comes before the
// sections; another goroutine does the work.
func (o *output) give(s section, b []byte) {
	if o.inline {
		o.writePiece(piece{s, b})
		return
	}
	if o.queue == nil {
		o.queue, o.spare, o.done = make(chan piece, queued), make(chan []byte, queued+1), make(chan struct{})
		go o.work()
	}
	o.queue <- piece{s, b}
}

func (o *output) work() {
	defer close(o.done)
	for p := range o.queue {
		o.writePiece(p)
		if p.section == secPool {
			select {
			case o.spare <- p.bytes[:0]:
			default:
			}
		}
	}
}

// take writes a full block of the pool and returns an empty one.
func (o *output) take(block []byte) []byte {
	o.give(secPool, block)
	if o.inline {
		return block[:0]
	}
	select {
	case block = <-o.spare:
		return block
	default:
		return make([]byte, 0, poolBlock)
	}
}

// settle waits for the other goroutine.
func (o *output) settle() {
	if o.queue != nil {
		close(o.queue)
		<-o.done
		o.queue = nil
	}
}

// finish writes the footer behind all sections, and returns the SHA-256 of the
// file in hex.
func (o *output) finish() (string, error) {
	o.settle()
	if o.err != nil {
		return "", o.err
	}
	o.align()
	var footer []byte
	for _, e := range o.table {
		footer = le.AppendUint64(footer, uint64(e.at))
		footer = le.AppendUint64(footer, uint64(e.bytes))
		footer = le.AppendUint32(le.AppendUint32(footer, e.crc), 0)
	}
	footer = le.AppendUint64(footer, uint64(o.size)+footerSize)
	footer = le.AppendUint32(footer, crc32.Checksum(footer, castagnoli))
	o.write(le.AppendUint32(footer, 0))
	if err := o.to.Close(); o.err == nil {
		o.err = err
	}
	return hex.EncodeToString(o.hash.Sum(nil)), o.err
}

// align fills up to a multiple of eight bytes.
func (o *output) align() { o.write(make([]byte, (8-o.size%8)%8)) }

// NewBuilder makes a builder whose file grows in the cache while packages are
// added. Commit makes it current; Discard must be called in any case.
func (d *Dir) NewBuilder(meta Meta, relations Relations) *Builder {
	b := newBuilder(meta, relations)
	b.out.open = func() (target, error) {
		folder := filepath.Join(d.path, "files")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
		f, err := os.CreateTemp(folder, tempPrefix+"*")
		if err != nil {
			return nil, err // not a nil *os.File, which is not a nil target
		}
		return f, nil
	}
	return b
}

// Discard lets go of what the builder holds; a file that was not committed is
// removed.
func (b *Builder) Discard() {
	b.out.settle()
	if f, ok := b.out.to.(*os.File); ok {
		f.Close()
		os.Remove(f.Name()) // no longer there after Commit
	}
}

// Commit writes a builder's file to its end and makes it current.
func (d *Dir) Commit(ctx context.Context, key string, e Entry, b *Builder) error {
	hash, err := b.finish()
	if err != nil {
		return fmt.Errorf("storing the index: %w", err)
	}
	e.File, e.Bytes, e.Names = hash+".idx", b.out.size, b.names.len()
	return d.Update(ctx, func(m *Manifest) error {
		if err := d.adopt(b.out.to.(*os.File), hash); err != nil {
			return fmt.Errorf("storing the index: %w", err)
		}
		m.Entries[key] = e
		return nil
	})
}

// adopt gives a written file the name of its content, unless the same is there
// already, whole.
func (d *Dir) adopt(f *os.File, hash string) error {
	path := d.FilePath(hash + ".idx")
	if have, err := os.ReadFile(path); err == nil && fits(have, hash) {
		return nil
	}
	// Not synced: after a loss of power its checksums tell, and it is fetched
	// again.
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	return rename(f.Name(), path)
}
