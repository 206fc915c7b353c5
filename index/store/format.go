// Package store keeps package indexes on disk as sorted columns that are
// memory-mapped, and a manifest that says which of them are current. Files are
// immutable and named by their content, so that many processes share a cache.
package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// A file is a header, the sections, each at a multiple of eight bytes and
// secPool before all others, and a footer with the table of the sections.
// Numbers are little-endian.
//
//	magic    8 bytes
//	version  u32
//	sections u32 (their number)
//	...
//	table    per section: offset u64, length u64, CRC-32C u32, reserved u32
//	size     u64 (of the whole file)
//	crc      u32 (of table and size)
//	reserved u32
const (
	magic         = "dhi-idx\x00"
	formatVersion = 3
	headerSize    = 8 + 4 + 4
	tableEntry    = 8 + 8 + 4 + 4
	tableSize     = int(sectionCount)*tableEntry + 8
	footerSize    = uint64(tableSize) + 4 + 4
)

// section is a part of the file.
type section int

const (
	secPool      section = iota // strings: length as uvarint, bytes; reference 0 is empty
	secMeta                     // JSON, see Meta
	secNameEnds                 // u32 per name: end in secNameBytes
	secNameBytes                // the names, sorted, one after the other
	secNameMasks                // u64 per name, see letterMask
	secNameRows                 // u32 per name and one: its first row
	secNameBorn                 // u32 per name: see Born
	secProvEnds                 // as for names, of provided names
	secProvBytes                //
	secProvFirst                // u32 per provided name and one: first in secProvRows
	secProvRows                 // u32: rows that provide it
	secIfEnds                   // the same for names in install_if
	secIfBytes                  //
	secIfFirst                  //
	secIfRows                   //
	secRowNames                 // u32 per row: its name
	secRowOrder                 // u32 per row: its place in the index it came from
	secNumbers                  // per row: numberWidth bytes
	secColumns                  // per row: columnCount x u32, references into secPool
	sectionCount
)

// column is one text of a row.
type column int

const (
	colVersion column = iota
	colArch
	colDescription
	colOrigin
	colLicense
	colHomepage
	colDepends
	colPreDepends
	colProvides
	colConflicts
	colBreaks
	colReplaces
	colInstallIf
	colChecksum
	columnCount
)

// The numbers of a row: size, installed size and build time as u64, priority
// and flags as u32.
const numberWidth = 8*3 + 4*2

// ErrDamaged is returned for a file that is not what was written.
var ErrDamaged = errors.New("the index file is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var le = binary.LittleEndian

// letterMask has a bit for each letter, digit and mark that a name holds: a
// name can only match a query whose bits it has.
func letterMask[T string | []byte](s T) uint64 {
	var m uint64
	for i := 0; i < len(s); i++ {
		m |= 1 << maskBits[s[i]]
	}
	return m
}

// maskBits gives every byte its bit: 26 letters of either case, 10 digits, the
// marks of package names, and one for all others.
var maskBits = func() (bits [256]uint8) {
	for i := range bits {
		bits[i] = 63
	}
	for c := byte('a'); c <= 'z'; c++ {
		bits[c], bits[c-'a'+'A'] = c-'a', c-'a'
	}
	for c := byte('0'); c <= '9'; c++ {
		bits[c] = 26 + c - '0'
	}
	for i, c := range []byte("-+._:/@") {
		bits[c] = 36 + uint8(i)
	}
	return bits
}()
