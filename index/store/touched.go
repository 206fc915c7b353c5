package store

import "sync/atomic"

// Rows are read from all over a file, and where one byte is touched the system
// maps a whole window: after some searches most of the file would count as
// this process's memory. The windows that rows touched are therefore counted,
// and given back when there are many; the names stay.
const (
	windowBits = 16 // 64 KiB, the fault_around_bytes of Linux
	maxWindows = 32 // 2 MiB
)

// touched are the windows of a mapped file that rows touched since they were
// last given back. Their count is a measure, not exact under concurrent use.
type touched struct {
	windows []atomic.Uint64 // a bit for each; nil for a file that is not mapped
	count   atomic.Int32
}

func newTouched(size int) touched {
	return touched{windows: make([]atomic.Uint64, size>>windowBits/64+1)}
}

// touch notes that byte i of a section is about to be read.
func (x *Index) touch(s section, i int) {
	w := &x.touched
	if w.windows == nil || i < 0 || i >= len(x.sections[s]) {
		return
	}
	window := (x.starts[s] + i) >> windowBits
	word, bit := &w.windows[window/64], uint64(1)<<(window%64)
	if word.Load()&bit != 0 || word.Or(bit)&bit != 0 || w.count.Add(1) <= maxWindows {
		return
	}
	w.count.Store(0)
	for j := range w.windows {
		w.windows[j].Store(0)
	}
	for _, rows := range []section{secPool, secColumns, secNumbers} {
		x.mapped.relax(x.starts[rows], len(x.sections[rows]))
	}
}
