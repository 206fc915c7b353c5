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
	open  func() (target, error)
	to    target
	hash  hash.Hash
	size  int64
	pool  uint32 // the pool's checksum so far
	given int    // blocks of the pool
	queue chan []byte
	done  chan struct{}
	err   error // once done is closed
}

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

func (o *output) writePool(block []byte) {
	o.pool = crc32.Update(o.pool, castagnoli, block)
	o.write(block)
}

// take is given full blocks of the pool, in order; another goroutine writes
// them.
func (o *output) take(block []byte) {
	if o.queue == nil {
		o.queue, o.done = make(chan []byte, 4), make(chan struct{})
		go func() {
			defer close(o.done)
			o.begin()
			for b := range o.queue {
				o.writePool(b)
			}
		}()
	}
	o.given++
	o.queue <- block
}

// settle waits for the other goroutine.
func (o *output) settle() {
	if o.queue != nil {
		close(o.queue)
		<-o.done
		o.queue = nil
	}
}

// finish writes the rest of the pool and all other sections, and returns the
// SHA-256 of the file in hex.
func (o *output) finish(p *pool, sections *[sectionCount][]byte) (string, error) {
	o.settle()
	if o.to == nil && o.err == nil {
		o.begin()
	}
	if o.err != nil {
		return "", o.err
	}
	for _, block := range p.blocks[o.given:] {
		o.writePool(block)
	}
	var footer []byte
	at, n := int64(headerSize), o.size-headerSize
	footer = appendEntry(footer, at, n, o.pool)
	o.align()
	for s := range sectionCount {
		if s == secPool {
			continue
		}
		footer = appendEntry(footer, o.size, int64(len(sections[s])), crc32.Checksum(sections[s], castagnoli))
		o.write(sections[s])
		o.align()
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

func appendEntry(footer []byte, at, n int64, crc uint32) []byte {
	footer = le.AppendUint64(footer, uint64(at))
	footer = le.AppendUint64(footer, uint64(n))
	return le.AppendUint32(le.AppendUint32(footer, crc), 0)
}

// NewBuilder makes a builder whose file grows in the cache while packages are
// added. Commit makes it current; Discard must be called in any case.
func (d *Dir) NewBuilder(meta Meta, relations Relations) *Builder {
	b := NewBuilder(meta, relations)
	b.out.open = func() (target, error) {
		folder := filepath.Join(d.path, "files")
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
		return os.CreateTemp(folder, tempPrefix+"*")
	}
	b.pool.full = b.out.take
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
