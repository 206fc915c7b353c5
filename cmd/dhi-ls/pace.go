package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// How much the server's heap may grow between two collections, where GOGC does
// not say. With some 4 MB in use, the usual 100 % makes too many completions
// wait for a collection, which takes longer than they do. A workspace is in use
// for long, and of that the growth is memory that nobody else has: so the heap
// grows by the more than usual only as far as that is little.
const (
	smallGrowth = 150      // percent of what is in use
	roomy       = 24 << 20 // bytes
	usualGrowth = 100      // percent
)

// growth is how much a heap may grow of which so much is in use, in percent.
func growth(used uint64) int {
	if used == 0 {
		return smallGrowth
	}
	return int(max(usualGrowth, min(smallGrowth, 100*roomy/used)))
}

// pace is that of the collector.
type pace struct {
	mu      sync.Mutex
	percent int
	stopped bool
}

// keepPace has the collector follow what is in use until stop is called. What
// the user set with GOGC stays; so does GOMEMLIMIT, which the runtime keeps
// beside the pace.
func keepPace() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	p := &pace{percent: smallGrowth}
	before := debug.SetGCPercent(smallGrowth)
	afterCollections(p.collected)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.stopped = true
		debug.SetGCPercent(before)
	}
}

// minStep is the least change of pace, in percent: each stops the program for
// a moment.
const minStep = 10

func (p *pace) collected() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return false
	}
	next := growth(measured("/gc/heap/live:bytes"))
	if step := next - p.percent; step >= minStep || step <= -minStep || step != 0 && (next == usualGrowth || next == smallGrowth) {
		debug.SetGCPercent(next)
		p.percent = next
	}
	return true
}

// measured is a number that the runtime measures.
func measured(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
