package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"runtime"
	"sort"
	"sync/atomic"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Index is an opened file. Its methods are safe for concurrent use and return
// copies. Damage that opening did not see shows as empty answers, never as a
// crash, and makes Damaged true.
type Index struct {
	data     []byte // mapped or read; unmapped when the Index is collected
	sections [sectionCount][]byte
	starts   [sectionCount]int // of the sections in data
	mapped   mapping
	touched  touched
	meta     Meta
	damaged  atomic.Bool
}

// Open maps a file. Header, sizes and names are checked; Verify checks all.
func Open(path string) (*Index, error) {
	m, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("opening index file %s: %w", path, err)
	}
	x, err := newIndex(m.data)
	if err != nil {
		m.close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	x.mapped = m
	x.touched = newTouched(len(m.data))
	runtime.AddCleanup(x, func(m mapping) { m.close() }, m)
	return x, nil
}

// FromBytes opens a file that is in memory.
func FromBytes(data []byte) (*Index, error) { return newIndex(data) }

func newIndex(data []byte) (*Index, error) {
	x := &Index{data: data}
	if len(data) < headerSize+int(footerSize) || string(data[:8]) != magic || le.Uint32(data[8:]) != formatVersion || le.Uint32(data[12:]) != uint32(sectionCount) {
		return nil, ErrDamaged
	}
	footer := x.footer()
	if le.Uint64(footer[tableSize-8:]) != uint64(len(data)) || crc32.Checksum(footer[:tableSize], castagnoli) != le.Uint32(footer[tableSize:]) {
		return nil, ErrDamaged
	}
	for i := range x.sections {
		entry := footer[i*tableEntry:]
		at, n := le.Uint64(entry), le.Uint64(entry[8:])
		if at > uint64(len(data)) || n > uint64(len(data))-at {
			return nil, ErrDamaged
		}
		x.sections[i], x.starts[i] = data[at:at+n:at+n], int(at)
	}
	for _, s := range []section{secMeta, secNameEnds, secNameBytes} {
		if !x.intact(s) {
			return nil, ErrDamaged
		}
	}
	if err := json.Unmarshal(x.sections[secMeta], &x.meta); err != nil {
		return nil, ErrDamaged
	}
	if !x.consistent() {
		return nil, ErrDamaged
	}
	return x, nil
}

// consistent compares the lengths of sections that belong together.
func (x *Index) consistent() bool {
	names, rows := x.NumNames(), x.NumPackages()
	n := func(s section) int { return len(x.sections[s]) }
	return n(secNameMasks) == names*8 && n(secNameBorn) == names*4 && n(secNameRows) == (names+1)*4 &&
		n(secRowOrder) == rows*4 && n(secNumbers) == rows*numberWidth && n(secColumns) == rows*int(columnCount)*4 &&
		n(secProvFirst) == n(secProvEnds)+4 && n(secIfFirst) == n(secIfEnds)+4 && n(secPool) > 0
}

func (x *Index) footer() []byte { return x.data[uint64(len(x.data))-footerSize:] }

func (x *Index) intact(s section) bool {
	want := le.Uint32(x.footer()[int(s)*tableEntry+16:])
	return crc32.Checksum(x.sections[s], castagnoli) == want
}

// Verify checks every byte against its checksum.
func (x *Index) Verify() error {
	defer runtime.KeepAlive(x)
	for s := range sectionCount {
		if !x.intact(s) {
			x.damaged.Store(true)
			return ErrDamaged
		}
	}
	if x.Damaged() {
		return ErrDamaged
	}
	return nil
}

// Damaged says whether a look-up met damage.
func (x *Index) Damaged() bool { return x.damaged.Load() }

// Relax takes the index out of the process's resident memory until it is asked
// again: a page that is touched maps 15 more beside it.
func (x *Index) Relax() {
	defer runtime.KeepAlive(x)
	if len(x.mapped.data) > 0 {
		x.mapped.relax(0, len(x.mapped.data))
	}
}

// Meta is what the file says about itself.
func (x *Index) Meta() Meta { return x.meta }

// Bytes is the size of the file.
func (x *Index) Bytes() int { return len(x.data) }

// NumNames is the number of different package names.
func (x *Index) NumNames() int { return len(x.sections[secNameEnds]) / 4 }

// NumPackages is the number of rows: a package in each of its versions.
func (x *Index) NumPackages() int { return len(x.sections[secRowNames]) / 4 }

// u32 is number i of a section.
func (x *Index) u32(s section, i int) uint32 {
	b := x.sections[s]
	if i < 0 || (i+1)*4 > len(b) {
		x.damaged.Store(true)
		return 0
	}
	return le.Uint32(b[i*4:])
}

// word is string i of a dictionary whose ends are section s; its bytes belong
// to the mapping.
func (x *Index) word(s section, i int) []byte {
	var from uint32
	if i > 0 {
		from = x.u32(s, i-1)
	}
	to := x.u32(s, i)
	text := x.sections[s+1]
	if from > to || int(to) > len(text) {
		x.damaged.Store(true)
		return nil
	}
	return text[from:to]
}

// search is the first word of a dictionary that is not less than key.
func (x *Index) search(s section, key string) int {
	return sort.Search(len(x.sections[s])/4, func(i int) bool { return string(x.word(s, i)) >= key })
}

// find is the number of a word, or false.
func (x *Index) find(s section, key string) (int, bool) {
	i := x.search(s, key)
	return i, i < len(x.sections[s])/4 && string(x.word(s, i)) == key
}

// Name is name i in byte order.
func (x *Index) Name(i int) string {
	defer runtime.KeepAlive(x)
	return string(x.word(secNameEnds, i))
}

// Names are the numbers [from, to) of the names with a prefix.
func (x *Index) Names(prefix string) (from, to int) {
	defer runtime.KeepAlive(x)
	from = x.search(secNameEnds, prefix)
	rest := x.NumNames() - from
	return from, from + sort.Search(rest, func(i int) bool {
		return !bytes.HasPrefix(x.word(secNameEnds, from+i), []byte(prefix))
	})
}

// Rows are the rows [from, to) of a name, newest version first.
func (x *Index) Rows(name string) (from, to int) {
	defer runtime.KeepAlive(x)
	i, ok := x.find(secNameEnds, name)
	if !ok {
		return 0, 0
	}
	return x.RowsAt(i)
}

// RowsAt are the rows [from, to) of name i.
func (x *Index) RowsAt(i int) (from, to int) {
	defer runtime.KeepAlive(x)
	from, to = int(x.u32(secNameRows, i)), int(x.u32(secNameRows, i+1))
	if from > to || to > x.NumPackages() {
		x.damaged.Store(true)
		return 0, 0
	}
	return from, to
}

// Providers are the rows that provide a name, not counting packages so named.
func (x *Index) Providers(name string) []int { return x.rowsOf(secProvEnds, name) }

// InstallIf are the rows whose install_if mentions a name.
func (x *Index) InstallIf(name string) []int { return x.rowsOf(secIfEnds, name) }

func (x *Index) rowsOf(s section, name string) []int {
	defer runtime.KeepAlive(x)
	i, ok := x.find(s, name)
	if !ok {
		return nil
	}
	from, to := int(x.u32(s+2, i)), int(x.u32(s+2, i+1))
	if from > to || to*4 > len(x.sections[s+3]) {
		x.damaged.Store(true)
		return nil
	}
	rows := make([]int, 0, to-from)
	for j := from; j < to; j++ {
		if r := int(x.u32(s+3, j)); r < x.NumPackages() {
			rows = append(rows, r)
		}
	}
	return rows
}

// ProvidedNames are the provided names with a prefix, at most limit.
func (x *Index) ProvidedNames(prefix string, limit int) []string {
	defer runtime.KeepAlive(x)
	var list []string
	for i := x.search(secProvEnds, prefix); i < len(x.sections[secProvEnds])/4 && len(list) < limit; i++ {
		word := x.word(secProvEnds, i)
		if !bytes.HasPrefix(word, []byte(prefix)) {
			break
		}
		list = append(list, string(word))
	}
	return list
}

func (x *Index) text(r int, c column) string {
	at := r*int(columnCount) + int(c)
	x.touch(secColumns, at*4)
	ref := int(x.u32(secColumns, at))
	if ref == 0 {
		return ""
	}
	pool := x.sections[secPool]
	if ref >= len(pool) {
		x.damaged.Store(true)
		return ""
	}
	x.touch(secPool, ref)
	n, width := binary.Uvarint(pool[ref:])
	if width <= 0 || n > uint64(len(pool)-ref-width) {
		x.damaged.Store(true)
		return ""
	}
	return string(pool[ref+width : ref+width+int(n)])
}

// Version is the version of row r.
func (x *Index) Version(r int) string {
	defer runtime.KeepAlive(x)
	return x.text(r, colVersion)
}

// Arch is the architecture of row r.
func (x *Index) Arch(r int) string {
	defer runtime.KeepAlive(x)
	return x.text(r, colArch)
}

// Description is the description of row r.
func (x *Index) Description(r int) string {
	defer runtime.KeepAlive(x)
	return x.text(r, colDescription)
}

// RowName is the package name of row r.
func (x *Index) RowName(r int) string {
	defer runtime.KeepAlive(x)
	return string(x.word(secNameEnds, int(x.u32(secRowNames, r))))
}

// Born is the place of row r's name among all names of its index, in the order
// in which packages and their relations first bring them up: apt numbers its
// packages so.
func (x *Index) Born(r int) int {
	defer runtime.KeepAlive(x)
	return int(x.u32(secNameBorn, int(x.u32(secRowNames, r))))
}

// Order is the place of row r in the index that it came from.
func (x *Index) Order(r int) int { return int(x.u32(secRowOrder, r)) }

// Package is all that row r says.
func (x *Index) Package(r int) record.Package {
	defer runtime.KeepAlive(x)
	p := record.Package{
		Name: x.RowName(r), Version: x.text(r, colVersion), Arch: x.text(r, colArch),
		Description: x.text(r, colDescription), Origin: x.text(r, colOrigin), License: x.text(r, colLicense),
		Homepage: x.text(r, colHomepage), Checksum: x.text(r, colChecksum),
	}
	x.relations(r, &p)
	return p
}

// Relations is row r without the texts that only people read.
func (x *Index) Relations(r int) record.Package {
	defer runtime.KeepAlive(x)
	p := record.Package{Name: x.RowName(r), Version: x.text(r, colVersion), Arch: x.text(r, colArch), Checksum: x.text(r, colChecksum)}
	x.relations(r, &p)
	return p
}

func (x *Index) relations(r int, p *record.Package) {
	p.Depends, p.PreDepends = x.text(r, colDepends), x.text(r, colPreDepends)
	p.Provides, p.InstallIf = x.text(r, colProvides), x.text(r, colInstallIf)
	p.Conflicts, p.Breaks, p.Replaces = x.text(r, colConflicts), x.text(r, colBreaks), x.text(r, colReplaces)
	numbers := x.sections[secNumbers]
	if r < 0 || (r+1)*numberWidth > len(numbers) {
		x.damaged.Store(true)
		return
	}
	x.touch(secNumbers, r*numberWidth)
	n := numbers[r*numberWidth:]
	p.Size, p.InstalledSize, p.BuildTime = int64(le.Uint64(n)), int64(le.Uint64(n[8:])), int64(le.Uint64(n[16:]))
	p.Priority, p.Flags = int32(le.Uint32(n[24:])), record.Flags(le.Uint32(n[28:]))
}

// Sizes are the size and the installed size of row r, in bytes.
func (x *Index) Sizes(r int) (size, installed int64) {
	defer runtime.KeepAlive(x)
	numbers := x.sections[secNumbers]
	if r < 0 || (r+1)*numberWidth > len(numbers) {
		x.damaged.Store(true)
		return 0, 0
	}
	x.touch(secNumbers, r*numberWidth)
	return int64(le.Uint64(numbers[r*numberWidth:])), int64(le.Uint64(numbers[r*numberWidth+8:]))
}
