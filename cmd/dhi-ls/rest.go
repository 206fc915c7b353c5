package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// rest gives memory back to the system when the server has nothing to do: a
// workspace was read, an index updated, files opened. While there is work the
// collector keeps its pace, for a smaller heap would cost latency.
type rest struct {
	quiet   time.Duration
	timer   *time.Timer
	freed   atomic.Uint64 // the collection up to which memory was given back
	freeing atomic.Bool
	stopped atomic.Bool
}

// collectAt is how much the heap may grow between two collections, in percent,
// where GOGC does not say. With some 4 MB in use, the usual 100 makes too many
// completions wait for a collection, which takes longer than they do.
const collectAt = 150

// collectLess sets the pace of the server's collector.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}

// quiet is how long no garbage must have been collected.
const quiet = time.Second

// atRest watches until stop is called.
func atRest(quiet time.Duration) (stop func()) {
	r := &rest{quiet: quiet}
	r.timer = time.AfterFunc(quiet, r.free)
	r.watch()
	return func() {
		r.stopped.Store(true)
		r.timer.Stop()
	}
}

// free gives the memory back, which takes one collection, or two where one was
// under way. Any beyond them was the program's, which then is not at rest.
func (r *rest) free() {
	if r.stopped.Load() {
		return
	}
	before := collections()
	r.freeing.Store(true)
	debug.FreeOSMemory()
	after := collections()
	r.freed.Store(after)
	r.freeing.Store(false)
	if after > before+2 {
		r.timer.Reset(r.quiet)
	}
}

// watch waits for the next collection, which takes the sentinel. The runtime
// may tell of it late, even after the next one: so what counts is not how often
// it tells, but whether there was a collection since memory was given back.
func (r *rest) watch() {
	type sentinel struct{ self *rest } // with a pointer, so that it is no part of a block of tiny values
	runtime.AddCleanup(&sentinel{r}, func(r *rest) {
		if r.stopped.Load() {
			return
		}
		if !r.freeing.Load() && collections() > r.freed.Load() {
			r.timer.Reset(r.quiet)
		}
		r.watch()
	}, r)
}

// collections is how many the runtime has completed.
func collections() uint64 {
	sample := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
