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
	versions  []byte // the rows' versions, one after the other
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
	version uint32 // its end in Builder.versions
	columns [columnCount]uint32
	numbers [numberWidth]byte
}

// latest is what a column's row before had: the packages of a source follow
// each other, with the same homepage.
type latest struct {
	text string
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

// NewBuilder makes an empty one whose file is made in memory; Finish returns it.
func NewBuilder(meta Meta, relations Relations) *Builder {
	b := newBuilder(meta, relations)
	memory := &memoryFile{}
	b.out.inline, b.out.open = true, func() (target, error) { return memory, nil }
	return b
}

func newBuilder(meta Meta, relations Relations) *Builder {
	b := &Builder{meta: meta, relations: relations}
	b.pool = newPool(b.out.take)
	b.addProvided = func(name string) { b.provides.add(name, uint32(len(b.rows)-1)) }
	b.addInstallIf = func(name string) { b.installIf.add(name, uint32(len(b.rows)-1)) }
	return b
}

// maxExpected bounds what Expect sets aside.
const maxExpected = 100_000

// Expect sets room aside for about so many packages: growing costs copies.
func (b *Builder) Expect(packages int) {
	packages = max(0, min(packages, maxExpected))
	b.rows = room(b.rows, packages)
	b.versions = room(b.versions, 12*packages)
	b.names.expect(packages, 20)
	b.interned.expect(packages, 32)
	switch b.meta.Family {
	case record.Debian:
		b.mentions.expect(packages)
		b.provides.expect(packages, 32)
	case record.Alpine:
		b.provides.expect(packages*3/2, 20)
	}
}

func (l *lists) expect(n, bytes int) {
	l.words.expect(n, bytes)
	l.pairs = room(l.pairs, n)
}

// Len is the number of packages so far.
func (b *Builder) Len() int { return len(b.rows) }

// interns marks the columns whose texts recur.
var interns = [columnCount]bool{colArch: true, colOrigin: true, colLicense: true, colHomepage: true}

// Add takes a package in; it copies what it keeps.
func (b *Builder) Add(p *record.Package) error {
	name := b.names.id(p.Name)
	b.versions = append(b.versions, p.Version...)
	b.rows = append(b.rows, row{name: name, born: name, version: uint32(len(b.versions))})
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
	*last = latest{asString(b.interned.word(id)), b.places[id]}
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
	if hash, err = b.finish(); err != nil {
		return nil, "", err
	}
	return b.out.to.(*memoryFile).Bytes(), hash, nil
}

// finish writes what is not written yet, each section as soon as it is there,
// and returns the file's SHA-256 in hex.
func (b *Builder) finish() (string, error) {
	if b.err != nil {
		return "", b.err
	}
	meta, err := json.Marshal(b.meta)
	if err != nil {
		return "", fmt.Errorf("describing the index: %w", err)
	}
	b.out.give(secPool, b.pool.block)
	b.out.give(secMeta, meta)
	provided := make(chan []uint32)
	go func() { provided <- b.provides.words.sorted() }()
	place := b.sortRows()
	b.provides.write(&b.out, <-provided, place, secProvEnds)
	b.installIf.write(&b.out, b.installIf.words.sorted(), place, secIfEnds)
	return b.out.finish()
}

// version is that of a row.
func (b *Builder) version(row uint32) string {
	from := uint32(0)
	if row > 0 {
		from = b.rows[row-1].version
	}
	return asString(b.versions[from:b.rows[row].version])
}

// sortRows writes the names and their rows, by name and falling version, and
// returns the new place of each row.
func (b *Builder) sortRows() []uint32 {
	byName, first := grouped(b.names.len(), len(b.rows), func(i int) uint32 { return b.rows[i].name })
	ids := b.names.sorted()
	scheme := b.meta.Family.Versions()
	order := make([]uint32, 0, len(b.rows))
	var text, ends, masks, starts, born []byte
	for _, x := range []struct {
		of    *[]byte
		bytes int
	}{{&text, len(b.names.text)}, {&ends, 4 * len(ids)}, {&masks, 8 * len(ids)}, {&starts, 4*len(ids) + 4}, {&born, 4 * len(ids)}} {
		*x.of = make([]byte, 0, x.bytes)
	}
	for _, id := range ids {
		word := b.names.word(id)
		text = append(text, word...)
		ends = le.AppendUint32(ends, uint32(len(text)))
		masks = le.AppendUint64(masks, letterMask(word))
		starts = le.AppendUint32(starts, uint32(len(order)))
		rows := byName[first[id]:first[id+1]]
		born = le.AppendUint32(born, b.rows[rows[0]].born)
		if len(rows) > 1 {
			slices.SortStableFunc(rows, func(x, y uint32) int { return scheme.Compare(b.version(y), b.version(x)) })
		}
		order = append(order, rows...)
	}
	starts = le.AppendUint32(starts, uint32(len(order)))
	b.out.give(secNameEnds, ends)
	b.out.give(secNameBytes, text)
	b.out.give(secNameMasks, masks)
	b.out.give(secNameRows, starts)
	b.out.give(secNameBorn, born)
	b.writeRows(order, ids)
	place := make([]uint32, len(order))
	for at, old := range order {
		place[old] = uint32(at)
	}
	return place
}

// writeRows writes the rows in their new order; ids are the names in theirs.
func (b *Builder) writeRows(order, ids []uint32) {
	rank := make([]uint32, len(ids))
	for at, id := range ids {
		rank[id] = uint32(at)
	}
	names, olds := make([]byte, 0, 4*len(order)), make([]byte, 0, 4*len(order))
	numbers, columns := make([]byte, 0, numberWidth*len(order)), make([]byte, 0, 4*int(columnCount)*len(order))
	for _, old := range order {
		r := &b.rows[old]
		names = le.AppendUint32(names, rank[r.name])
		olds = le.AppendUint32(olds, old)
		numbers = append(numbers, r.numbers[:]...)
		for _, ref := range r.columns {
			columns = le.AppendUint32(columns, ref)
		}
	}
	b.out.give(secRowNames, names)
	b.out.give(secRowOrder, olds)
	b.out.give(secNumbers, numbers)
	b.out.give(secColumns, columns)
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
func (l *lists) write(out *output, sorted, place []uint32, first section) {
	pairs, from := grouped(l.words.len(), len(l.pairs), func(i int) uint32 { return l.pairs[i].word })
	text, rows := make([]byte, 0, len(l.words.text)), make([]byte, 0, 4*len(l.pairs))
	ends, starts := make([]byte, 0, 4*len(sorted)), make([]byte, 0, 4*len(sorted)+4)
	var list []uint32
	for _, id := range sorted {
		text = append(text, l.words.word(id)...)
		ends = le.AppendUint32(ends, uint32(len(text)))
		starts = le.AppendUint32(starts, uint32(len(rows)/4))
		list = list[:0]
		for _, p := range pairs[from[id]:from[id+1]] {
			list = append(list, place[l.pairs[p].row])
		}
		slices.Sort(list)
		for _, r := range slices.Compact(list) {
			rows = le.AppendUint32(rows, r)
		}
	}
	starts = le.AppendUint32(starts, uint32(len(rows)/4))
	for i, part := range [][]byte{ends, text, starts, rows} {
		out.give(first+section(i), part)
	}
}
