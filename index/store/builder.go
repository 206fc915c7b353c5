package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"unsafe"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// Meta is what a file says about itself.
type Meta struct {
	Family record.Family `json:"family"`
	Arch   string        `json:"arch"`
}

// Relations tells the builder which names a package provides and which names
// start its install_if; the family's package reads them.
type Relations func(p *record.Package, provides, installIf func(name string))

// Builder collects the packages of one index. What it holds has few pointers
// and grows without being copied: an update is to cost little more than
// unpacking what was fetched.
type Builder struct {
	meta      Meta
	relations Relations
	names     words
	mentions  mentions // Debian only
	provides  lists
	installIf lists
	rows      []row
	pool      *pool
	interned  words
	places    []uint32 // in the pool, by interned word
	latest    [columnCount]latest
	out       output
	err       error

	addProvided, addInstallIf func(name string)
}

type row struct {
	name    uint32
	born    uint32 // see Index.Born
	columns [columnCount]uint32
	numbers [numberWidth]byte
}

// latest is what a column's row before had: the packages of a source follow
// each other, with the same homepage.
type latest struct {
	text string // of the pool
	at   uint32
}

// lists are words with the rows that hold them.
type lists struct {
	words words
	pairs []pair
}

type pair struct{ word, row uint32 }

func (l *lists) add(word string, row uint32) {
	l.pairs = append(l.pairs, pair{l.words.id(word), row})
}

// NewBuilder makes an empty one whose file is made in memory, by Finish.
func NewBuilder(meta Meta, relations Relations) *Builder {
	b := &Builder{meta: meta, relations: relations, pool: newPool()}
	b.addProvided = func(name string) { b.provides.add(name, uint32(len(b.rows)-1)) }
	b.addInstallIf = func(name string) { b.installIf.add(name, uint32(len(b.rows)-1)) }
	return b
}

// Len is the number of packages so far.
func (b *Builder) Len() int { return len(b.rows) }

// interns marks the columns whose texts recur.
var interns = [columnCount]bool{colArch: true, colOrigin: true, colLicense: true, colHomepage: true}

// Add takes a package in; it copies what it keeps.
func (b *Builder) Add(p *record.Package) error {
	name := b.names.id(p.Name)
	b.rows = append(b.rows, row{name: name, born: name})
	r := &b.rows[len(b.rows)-1]
	for i, text := range columnsOf(p) {
		if *text != "" {
			r.columns[i] = b.text(column(i), *text)
		}
	}
	n := r.numbers[:0]
	n = le.AppendUint64(n, uint64(p.Size))
	n = le.AppendUint64(n, uint64(p.InstalledSize))
	n = le.AppendUint64(n, uint64(p.BuildTime))
	n = le.AppendUint32(n, uint32(p.Priority))
	le.AppendUint32(n, uint32(p.Flags))
	if b.meta.Family == record.Debian {
		r.born = b.mentions.number(p.Name)
		b.mention(p)
	}
	b.relations(p, b.addProvided, b.addInstallIf)
	return b.err
}

// mention numbers the names that a package brings up, in the order in which
// apt reads its fields.
func (b *Builder) mention(p *record.Package) {
	for _, field := range [...]string{p.PreDepends, p.Depends, p.Conflicts, p.Breaks, p.Weak[0], p.Weak[1], p.Replaces, p.Weak[2], p.Provides} {
		for i := 0; i < len(field); {
			for i < len(field) && (field[i] == ' ' || field[i] == ',' || field[i] == '|') {
				i++
			}
			start := i
			for i < len(field) && nameByte[field[i]] {
				i++
			}
			if i > start {
				b.mentions.number(field[start:i])
			}
			for i < len(field) && field[i] != ',' && field[i] != '|' {
				i++
			}
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

func columnsOf(p *record.Package) [columnCount]*string {
	return [columnCount]*string{
		colVersion: &p.Version, colArch: &p.Arch, colDescription: &p.Description, colOrigin: &p.Origin,
		colLicense: &p.License, colHomepage: &p.Homepage, colDepends: &p.Depends, colPreDepends: &p.PreDepends,
		colProvides: &p.Provides, colConflicts: &p.Conflicts, colBreaks: &p.Breaks, colReplaces: &p.Replaces,
		colInstallIf: &p.InstallIf, colChecksum: &p.Checksum,
	}
}

// text stores a text of a column and returns its reference.
func (b *Builder) text(c column, s string) uint32 {
	if !interns[c] {
		return b.add(s)
	}
	last := &b.latest[c]
	if last.text == s {
		return last.at
	}
	id := b.interned.id(s)
	if int(id) == len(b.places) {
		b.places = append(b.places, b.add(s))
	}
	*last = latest{b.pool.text(b.places[id]), b.places[id]}
	return last.at
}

func (b *Builder) add(s string) uint32 {
	at, err := b.pool.add(s)
	if err != nil {
		b.err = err
	}
	return at
}

// asString looks at b, which does not change any more, as a string.
func asString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Finish sorts what was added and returns the file's bytes and their SHA-256
// in hex. The same packages in the same order give the same bytes.
func (b *Builder) Finish() (file []byte, hash string, err error) {
	var memory memoryFile
	b.out.open = func() (target, error) { return &memory, nil }
	if hash, err = b.finish(); err != nil {
		return nil, "", err
	}
	return memory.Bytes(), hash, nil
}

// finish writes what is not written yet and returns the file's SHA-256 in hex.
func (b *Builder) finish() (string, error) {
	if b.err != nil {
		return "", b.err
	}
	sections, err := b.sections()
	if err != nil {
		return "", err
	}
	return b.out.finish(b.pool, &sections)
}

func (b *Builder) sections() ([sectionCount][]byte, error) {
	var s [sectionCount][]byte
	meta, err := json.Marshal(b.meta)
	if err != nil {
		return s, fmt.Errorf("describing the index: %w", err)
	}
	s[secMeta] = meta
	provided := make(chan []uint32)
	go func() { provided <- b.provides.words.sorted() }()
	place := b.sortRows(&s)
	b.provides.write(&s, <-provided, place, secProvEnds)
	b.installIf.write(&s, b.installIf.words.sorted(), place, secIfEnds)
	return s, nil
}

// sortRows writes the names and their rows, by name and falling version, and
// returns the new place of each row.
func (b *Builder) sortRows(s *[sectionCount][]byte) []uint32 {
	byName, first := grouped(b.names.len(), len(b.rows), func(i int) uint32 { return b.rows[i].name })
	ids := b.names.sorted()
	b.sizeSections(s, len(ids))
	place := make([]uint32, len(b.rows))
	scheme, at := b.meta.Family.Versions(), uint32(0)
	for rank, id := range ids {
		word := b.names.word(id)
		s[secNameBytes] = append(s[secNameBytes], word...)
		s[secNameEnds] = le.AppendUint32(s[secNameEnds], uint32(len(s[secNameBytes])))
		s[secNameMasks] = le.AppendUint64(s[secNameMasks], letterMask(word))
		s[secNameRows] = le.AppendUint32(s[secNameRows], at)
		rows := byName[first[id]:first[id+1]]
		s[secNameBorn] = le.AppendUint32(s[secNameBorn], b.rows[rows[0]].born)
		if len(rows) > 1 {
			slices.SortStableFunc(rows, func(x, y uint32) int {
				return scheme.Compare(b.pool.text(b.rows[y].columns[colVersion]), b.pool.text(b.rows[x].columns[colVersion]))
			})
		}
		for _, old := range rows {
			b.writeRow(s, old, uint32(rank))
			place[old] = at
			at++
		}
	}
	s[secNameRows] = le.AppendUint32(s[secNameRows], at)
	return place
}

func (b *Builder) sizeSections(s *[sectionCount][]byte, names int) {
	for _, x := range []struct {
		section section
		bytes   int
	}{
		{secNameBytes, names * 20}, {secNameEnds, names * 4}, {secNameMasks, names * 8}, {secNameBorn, names * 4}, {secNameRows, names*4 + 4},
		{secRowNames, len(b.rows) * 4}, {secRowOrder, len(b.rows) * 4}, {secNumbers, len(b.rows) * numberWidth}, {secColumns, len(b.rows) * int(columnCount) * 4},
	} {
		s[x.section] = make([]byte, 0, x.bytes)
	}
}

func (b *Builder) writeRow(s *[sectionCount][]byte, number, name uint32) {
	r := &b.rows[number]
	s[secRowNames] = le.AppendUint32(s[secRowNames], name)
	s[secRowOrder] = le.AppendUint32(s[secRowOrder], number)
	s[secNumbers] = append(s[secNumbers], r.numbers[:]...)
	columns := s[secColumns]
	for _, ref := range r.columns {
		columns = le.AppendUint32(columns, ref)
	}
	s[secColumns] = columns
}

// grouped sorts the numbers below n by their key, which is below keys, and
// keeps their order within a key; those of key k are [first[k], first[k+1]).
func grouped(keys, n int, key func(int) uint32) (sorted, first []uint32) {
	first = make([]uint32, keys+2)
	for i := range n {
		first[key(i)+2]++
	}
	for k := 2; k < len(first); k++ {
		first[k] += first[k-1]
	}
	sorted = make([]uint32, n)
	for i := range n {
		k := key(i) + 1
		sorted[first[k]] = uint32(i)
		first[k]++
	}
	return sorted, first[:keys+1]
}

// write lays the lists down in the four sections from first, in the order of
// their sorted words.
func (l *lists) write(s *[sectionCount][]byte, sorted, place []uint32, first section) {
	ends, text, starts, rows := first, first+1, first+2, first+3
	pairs, from := grouped(l.words.len(), len(l.pairs), func(i int) uint32 { return l.pairs[i].word })
	s[text], s[rows] = make([]byte, 0, len(l.words.text)), make([]byte, 0, 4*len(l.pairs))
	s[ends], s[starts] = make([]byte, 0, 4*len(sorted)), make([]byte, 0, 4*len(sorted)+4)
	var list []uint32
	for _, id := range sorted {
		s[text] = append(s[text], l.words.word(id)...)
		s[ends] = le.AppendUint32(s[ends], uint32(len(s[text])))
		s[starts] = le.AppendUint32(s[starts], uint32(len(s[rows])/4))
		list = list[:0]
		for _, p := range pairs[from[id]:from[id+1]] {
			list = append(list, place[l.pairs[p].row])
		}
		slices.Sort(list)
		for _, r := range slices.Compact(list) {
			s[rows] = le.AppendUint32(s[rows], r)
		}
	}
	s[starts] = le.AppendUint32(s[starts], uint32(len(s[rows])/4))
}
