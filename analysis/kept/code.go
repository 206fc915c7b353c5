package kept

import (
	"encoding/binary"
	"slices"

	"github.com/dhi-ls/dhi-ls/analysis/text"
)

// Writer writes numbers and strings that a Reader reads. The zero value is
// ready.
type Writer struct{ b []byte }

// Done is what was written.
func (w *Writer) Done() string { return string(w.b) }

// Hash names what was written.
func (w *Writer) Hash() Hash { return HashOf(w.b) }

// Grow makes room for n further bytes.
func (w *Writer) Grow(n int) { w.b = slices.Grow(w.b, n) }

// Int writes a number from -1 upward.
func (w *Writer) Int(n int) { w.b = binary.AppendVarint(w.b, int64(n)) }

// Uint64 writes eight bytes.
func (w *Writer) Uint64(n uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, n) }

// Bytes writes bytes without their length.
func (w *Writer) Bytes(b []byte) { w.b = append(w.b, b...) }

// String writes a string with its length.
func (w *Writer) String(s string) {
	w.Int(len(s))
	w.b = append(w.b, s...)
}

// Range writes a range.
func (w *Writer) Range(r text.Range) {
	w.Int(r.Start)
	w.Int(r.End)
}

// Reader reads what a Writer wrote; what it returns shares the memory of the
// input. After damage all that it returns is empty.
type Reader struct {
	rest string
	bad  bool
}

// NewReader reads s.
func NewReader(s string) *Reader { return &Reader{rest: s} }

// Bad reports whether the input is damaged so far.
func (r *Reader) Bad() bool { return r.bad }

// AtEnd reports whether all was read, and nothing is damaged.
func (r *Reader) AtEnd() bool { return !r.bad && r.rest == "" }

// Int reads a number.
func (r *Reader) Int() int {
	n, shift := uint64(0), uint(0)
	for i := 0; i < len(r.rest) && shift < 63; i++ {
		b := r.rest[i]
		n |= uint64(b&0x7f) << shift
		shift += 7
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			v := int64(n>>1) ^ -int64(n&1)
			if v < -1 || v > 1<<40 {
				break
			}
			return int(v)
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

// Count reads the number of things that follow, each of at least one byte.
func (r *Reader) Count() int {
	n := r.Int()
	if n < 0 || n > len(r.rest) {
		r.bad, r.rest = true, ""
		return 0
	}
	return n
}

// Take reads n bytes.
func (r *Reader) Take(n int) string {
	if n < 0 || n > len(r.rest) {
		r.bad, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// Uint64 reads eight bytes.
func (r *Reader) Uint64() uint64 {
	s := r.Take(8)
	if s == "" {
		return 0
	}
	return binary.LittleEndian.Uint64([]byte(s))
}

// String reads a string.
func (r *Reader) String() string { return r.Take(r.Count()) }

// Range reads a range.
func (r *Reader) Range() text.Range { return text.Range{Start: r.Int(), End: r.Int()} }
