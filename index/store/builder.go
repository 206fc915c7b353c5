package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Meta is what a file says about itself.
type Meta struct {
	Family record.Family `json:"family"`
	Arch   string        `json:"arch"`
}

// Relations tells the builder which names a package provides and which names
// start its install_if; the family's package reads them.
type Relations func(p *record.Package) (provides, installIf []string)

// Builder collects the packages of one index.
type Builder struct {
	meta      Meta
	relations Relations
	names     dictionary
	provides  dictionary
	installIf dictionary
	rows      []row
	pool      []byte
	interned  map[string]uint32
	born      map[string]uint32 // Debian only
	err       error
}

type row struct {
	name    uint32
	order   uint32
	columns [columnCount]uint32
	numbers [numberWidth]byte
	version string
}

// dictionary numbers strings in the order in which they come.
type dictionary struct {
	ids   map[string]uint32
	words []string
	rows  [][]uint32 // per word, the rows that hold it
}

func (d *dictionary) id(word string) uint32 {
	if id, ok := d.ids[word]; ok {
		return id
	}
	if d.ids == nil {
		d.ids = map[string]uint32{}
	}
	id := uint32(len(d.words))
	word = strings.Clone(word)
	d.ids[word] = id
	d.words = append(d.words, word)
	return id
}

func (d *dictionary) add(word string, row uint32) {
	id := d.id(word)
	for len(d.rows) < len(d.words) {
		d.rows = append(d.rows, nil)
	}
	d.rows[id] = append(d.rows[id], row)
}

// NewBuilder makes an empty one.
func NewBuilder(meta Meta, relations Relations) *Builder {
	b := &Builder{meta: meta, relations: relations, pool: make([]byte, 1, 1<<20), interned: make(map[string]uint32, 1<<14)}
	b.names.ids = make(map[string]uint32, 1<<14)
	if meta.Family == record.Debian {
		// Debian's main has 69,000 packages; growing a map costs more than the room.
		b.names.ids, b.born = make(map[string]uint32, 1<<16), make(map[string]uint32, 1<<17)
	}
	return b
}

// Len is the number of packages so far.
func (b *Builder) Len() int { return len(b.rows) }

// interns marks the columns whose texts recur.
var interns = [columnCount]bool{colArch: true, colOrigin: true, colLicense: true, colHomepage: true}

// Add takes a package in; it copies what it keeps.
func (b *Builder) Add(p *record.Package) error {
	number := uint32(len(b.rows))
	r := row{name: b.names.id(p.Name), order: number, version: strings.Clone(p.Version)}
	for i, text := range columnsOf(p) {
		r.columns[i] = b.text(text, interns[i])
	}
	n := r.numbers[:0]
	n = le.AppendUint64(n, uint64(p.Size))
	n = le.AppendUint64(n, uint64(p.InstalledSize))
	n = le.AppendUint64(n, uint64(p.BuildTime))
	n = le.AppendUint32(n, uint32(p.Priority))
	le.AppendUint32(n, uint32(p.Flags))
	b.rows = append(b.rows, r)
	if b.meta.Family == record.Debian {
		b.mention(p)
	}
	provides, installIf := b.relations(p)
	for _, name := range provides {
		b.provides.add(name, number)
	}
	for _, name := range installIf {
		b.installIf.add(name, number)
	}
	return b.err
}

// mention numbers the names that a package brings up, in the order in which
// apt reads its fields.
func (b *Builder) mention(p *record.Package) {
	b.bear(p.Name)
	for _, field := range []string{p.PreDepends, p.Depends, p.Conflicts, p.Breaks, p.Weak[0], p.Weak[1], p.Replaces, p.Weak[2], p.Provides} {
		for field != "" {
			start, end := 0, 0
			for start < len(field) && (field[start] == ' ' || field[start] == ',' || field[start] == '|') {
				start++
			}
			for end = start; end < len(field) && nameByte[field[end]]; end++ {
			}
			if end > start {
				b.bear(field[start:end])
			}
			for end < len(field) && field[end] != ',' && field[end] != '|' {
				end++
			}
			field = field[end:]
		}
	}
}

// nameByte are the bytes of a package name.
var nameByte = func() (set [256]bool) {
	for c := range set {
		set[c] = isAlnum(byte(c)) || c == '-' || c == '+' || c == '.'
	}
	return set
}()

func (b *Builder) bear(name string) {
	if _, known := b.born[name]; !known {
		b.born[strings.Clone(name)] = uint32(len(b.born))
	}
}

func columnsOf(p *record.Package) [columnCount]string {
	return [columnCount]string{
		colVersion: p.Version, colArch: p.Arch, colDescription: p.Description, colOrigin: p.Origin,
		colLicense: p.License, colHomepage: p.Homepage, colDepends: p.Depends, colPreDepends: p.PreDepends,
		colProvides: p.Provides, colConflicts: p.Conflicts, colBreaks: p.Breaks, colReplaces: p.Replaces,
		colInstallIf: p.InstallIf, colChecksum: p.Checksum, colFilename: p.Filename,
	}
}

// ErrTooBig is returned for an index beyond what the format addresses.
var ErrTooBig = errors.New("the index is too big for the cache's format (4 GiB of text)")

func (b *Builder) text(s string, intern bool) uint32 {
	if s == "" {
		return 0
	}
	if intern {
		if at, ok := b.interned[s]; ok {
			return at
		}
	}
	if len(b.pool)+len(s)+binary.MaxVarintLen64 > math.MaxUint32 {
		b.err = ErrTooBig
		return 0
	}
	at := uint32(len(b.pool))
	b.pool = binary.AppendUvarint(b.pool, uint64(len(s)))
	b.pool = append(b.pool, s...)
	if intern {
		b.interned[strings.Clone(s)] = at
	}
	return at
}

// Finish sorts what was added and returns the file's bytes and their SHA-256
// in hex. The same packages in the same order give the same bytes.
func (b *Builder) Finish() ([]byte, string, error) {
	if b.err != nil {
		return nil, "", b.err
	}
	sections, err := b.sections()
	if err != nil {
		return nil, "", err
	}
	file := assemble(sections)
	sum := sha256.Sum256(file)
	return file, hex.EncodeToString(sum[:]), nil
}

func (b *Builder) sections() ([sectionCount][]byte, error) {
	var s [sectionCount][]byte
	meta, err := json.Marshal(b.meta)
	if err != nil {
		return s, fmt.Errorf("describing the index: %w", err)
	}
	s[secMeta] = meta
	rank := b.sortNames(&s)
	place := b.sortRows(rank, &s)
	b.provides.write(&s, place, secProvEnds)
	b.installIf.write(&s, place, secIfEnds)
	s[secPool] = b.pool
	return s, nil
}

// sortNames writes the names and returns the rank of each id.
func (b *Builder) sortNames(s *[sectionCount][]byte) []uint32 {
	order := b.names.sorted()
	rank := make([]uint32, len(order))
	for i, id := range order {
		word := b.names.words[id]
		rank[id] = uint32(i)
		s[secNameBytes] = append(s[secNameBytes], word...)
		s[secNameEnds] = le.AppendUint32(s[secNameEnds], uint32(len(s[secNameBytes])))
		s[secNameMasks] = le.AppendUint64(s[secNameMasks], letterMask(word))
		born, known := b.born[word]
		if !known {
			born = id
		}
		s[secNameBorn] = le.AppendUint32(s[secNameBorn], born)
	}
	return rank
}

// sortRows writes the rows by name and falling version, and returns the new
// place of each.
func (b *Builder) sortRows(rank []uint32, s *[sectionCount][]byte) []uint32 {
	order := make([]uint32, len(b.rows))
	for i := range order {
		order[i] = uint32(i)
	}
	scheme := b.meta.Family.Versions()
	slices.SortFunc(order, func(x, y uint32) int {
		rx, ry := &b.rows[x], &b.rows[y]
		if rx.name != ry.name {
			return cmp.Compare(rank[rx.name], rank[ry.name])
		}
		if r := scheme.Compare(ry.version, rx.version); r != 0 {
			return r
		}
		return cmp.Compare(x, y)
	})
	place := make([]uint32, len(order))
	s[secColumns] = make([]byte, 0, len(order)*int(columnCount)*4)
	s[secNumbers] = make([]byte, 0, len(order)*numberWidth)
	for i, old := range order {
		r := &b.rows[old]
		place[old] = uint32(i)
		name := rank[r.name]
		for uint32(len(s[secNameRows])/4) <= name {
			s[secNameRows] = le.AppendUint32(s[secNameRows], uint32(i))
		}
		s[secRowNames] = le.AppendUint32(s[secRowNames], name)
		s[secRowOrder] = le.AppendUint32(s[secRowOrder], r.order)
		s[secNumbers] = append(s[secNumbers], r.numbers[:]...)
		for _, ref := range r.columns {
			s[secColumns] = le.AppendUint32(s[secColumns], ref)
		}
	}
	s[secNameRows] = le.AppendUint32(s[secNameRows], uint32(len(order)))
	return place
}

func (d *dictionary) sorted() []uint32 {
	order := make([]uint32, len(d.words))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(d.words[x], d.words[y]) })
	return order
}

// write lays a dictionary with its rows down in the four sections from first.
func (d *dictionary) write(s *[sectionCount][]byte, place []uint32, first section) {
	ends, text, starts, rows := first, first+1, first+2, first+3
	for _, id := range d.sorted() {
		s[text] = append(s[text], d.words[id]...)
		s[ends] = le.AppendUint32(s[ends], uint32(len(s[text])))
		s[starts] = le.AppendUint32(s[starts], uint32(len(s[rows])/4))
		list := make([]uint32, len(d.rows[id]))
		for i, old := range d.rows[id] {
			list[i] = place[old]
		}
		slices.Sort(list)
		for _, r := range slices.Compact(list) {
			s[rows] = le.AppendUint32(s[rows], r)
		}
	}
	s[starts] = le.AppendUint32(s[starts], uint32(len(s[rows])/4))
}

func assemble(sections [sectionCount][]byte) []byte {
	size := headerTotal
	for _, s := range sections {
		size += (len(s) + 7) &^ 7
	}
	file := make([]byte, 0, size)
	file = append(file, magic...)
	file = le.AppendUint32(file, formatVersion)
	file = le.AppendUint32(file, uint32(sectionCount))
	file = le.AppendUint64(file, uint64(size))
	at := headerTotal
	for _, s := range sections {
		file = le.AppendUint64(file, uint64(at))
		file = le.AppendUint64(file, uint64(len(s)))
		file = le.AppendUint32(file, crc32.Checksum(s, castagnoli))
		file = le.AppendUint32(file, 0)
		at += (len(s) + 7) &^ 7
	}
	file = le.AppendUint32(file, crc32.Checksum(file, castagnoli))
	file = append(file, make([]byte, headerTotal-len(file))...)
	for _, s := range sections {
		file = append(file, s...)
		file = append(file, make([]byte, (8-len(s)%8)%8)...)
	}
	return file
}
