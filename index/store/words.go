package store

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

// words numbers strings in the order in which they come: a hash table without
// pointers, which the garbage collector does not feel.
type words struct {
	text  []byte   // one after the other
	ends  []uint32 // per word, in text
	slots []slot   // a power of two of them, at most three quarters full
}

// slot is a word's place in the table: its number from 1, 0 when empty.
type slot struct{ hash, number uint32 }

var wordSeed = maphash.MakeSeed()

// len is the number of words.
func (w *words) len() int { return len(w.ends) }

// word is the text of a number; it is valid until the next id.
func (w *words) word(id uint32) []byte {
	from := uint32(0)
	if id > 0 {
		from = w.ends[id-1]
	}
	return w.text[from:w.ends[id]]
}

// id is the number of a word, a new one when it is new.
func (w *words) id(word string) uint32 {
	if 4*len(w.ends) >= 3*len(w.slots) {
		w.grow()
	}
	hash := uint32(maphash.String(wordSeed, word))
	mask := uint32(len(w.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &w.slots[i]
		if s.number == 0 {
			w.text = append(w.text, word...)
			w.ends = append(w.ends, uint32(len(w.text)))
			*s = slot{hash, uint32(len(w.ends))}
			return s.number - 1
		}
		if s.hash == hash && string(w.word(s.number-1)) == word {
			return s.number - 1
		}
	}
}

// expect sets room aside for about n words of so many bytes.
func (w *words) expect(n, bytes int) {
	w.text, w.ends = room(w.text, n*bytes), room(w.ends, n)
	w.resize(1 << bits.Len(uint(n*4/3)))
}

// room is s with room for n more. Unlike slices.Grow it does not clear the room,
// which would touch all its pages.
func room[T any](s []T, n int) []T {
	if cap(s)-len(s) >= n {
		return s
	}
	return append(make([]T, 0, len(s)+n), s...)
}

func (w *words) grow() { w.resize(max(1<<10, 4*len(w.slots))) }

// resize makes the table larger, to a power of two.
func (w *words) resize(size int) {
	old := w.slots
	if size <= len(old) {
		return
	}
	w.slots = make([]slot, size)
	mask := uint32(len(w.slots) - 1)
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		i := s.hash & mask
		for w.slots[i].number != 0 {
			i = (i + 1) & mask
		}
		w.slots[i] = s
	}
}

// sorted are the ids in the byte order of their words.
func (w *words) sorted() []uint32 {
	// The first 16 bytes, as two numbers, tell nearly all words apart without a
	// look at the text.
	type keyed struct {
		head, next uint64
		id         uint32
	}
	if out, found := w.inOrder(); found {
		return out
	}
	list := make([]keyed, w.len())
	for i := range list {
		word := w.word(uint32(i))
		list[i] = keyed{head(word), head(word[min(8, len(word)):]), uint32(i)}
	}
	slices.SortFunc(list, func(a, b keyed) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		if c := cmp.Compare(a.next, b.next); c != 0 {
			return c
		}
		return slices.Compare(w.word(a.id), w.word(b.id))
	})
	out := make([]uint32, len(list))
	for i, k := range list {
		out[i] = k.id
	}
	return out
}

// inOrder are the ids when they came in the order of their words, as those of
// Debian's lists do.
func (w *words) inOrder() ([]uint32, bool) {
	out := make([]uint32, w.len())
	for i := range out {
		if i > 0 && bytes.Compare(w.word(uint32(i-1)), w.word(uint32(i))) > 0 {
			return nil, false
		}
		out[i] = uint32(i)
	}
	return out, true
}

// head is the first eight bytes of a word as a number that orders like them.
func head(word []byte) uint64 {
	if len(word) >= 8 {
		return binary.BigEndian.Uint64(word)
	}
	var b [8]byte
	copy(b[:], word)
	return binary.BigEndian.Uint64(b[:])
}
