package store

import (
	"hash/maphash"
	"math/bits"
)

// mentions numbers names in the order in which packages bring them up. It
// compares hashes only, of 57 bits or more: a look-up touches one cache line,
// and an index of Debian's mentions half a million names. Should two names ever
// fall together, one counts as mentioned earlier than it was, which can change
// nothing but the order between equal providers.
type mentions struct {
	slots  []uint64 // a power of two: a hash whose lower bits are a number from 1, or 0
	hashes []uint64 // by number
}

// mentionMax is the largest number; its bits take the place of a hash's.
const mentionMax = 1<<24 - 1

// number is that of a name, from 0; those beyond mentionMax share one.
func (m *mentions) number(name string) uint32 {
	if 4*len(m.hashes) >= 3*len(m.slots) {
		m.grow()
	}
	hash := maphash.String(wordSeed, name)
	i, found := m.seek(hash)
	if found {
		return uint32(m.slots[i]&mentionMax) - 1
	}
	if len(m.hashes) == mentionMax {
		return mentionMax
	}
	m.hashes = append(m.hashes, hash)
	m.slots[i] = hash&^mentionMax | uint64(len(m.hashes))
	return uint32(len(m.hashes) - 1)
}

// seek is the slot of a hash, or the free one where it belongs.
func (m *mentions) seek(hash uint64) (at uint64, found bool) {
	mask := uint64(len(m.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := m.slots[i]
		if s == 0 {
			return i, false
		}
		if (s^hash)&^mentionMax == 0 {
			return i, true
		}
	}
}

// expect sets room aside for about n names.
func (m *mentions) expect(n int) {
	m.hashes = room(m.hashes, n)
	m.resize(1 << bits.Len(uint(n*4/3)))
}

func (m *mentions) grow() { m.resize(max(1<<12, 4*len(m.slots))) }

// resize makes the table larger, to a power of two.
func (m *mentions) resize(size int) {
	if size <= len(m.slots) {
		return
	}
	m.slots = make([]uint64, size)
	for n, hash := range m.hashes {
		if i, found := m.seek(hash); !found {
			m.slots[i] = hash&^mentionMax | uint64(n+1)
		}
	}
}
