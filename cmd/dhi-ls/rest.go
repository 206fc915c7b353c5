package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// rest gives memory back to the system when the server has nothing to do: a
// workspace was read, an index updated, files opened. While there is work the
// collector keeps its pace, for a smaller heap would cost latency.
type rest struct {
	timer   *time.Timer
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
	r := &rest{}
	r.timer = time.AfterFunc(quiet, func() {
		if !r.stopped.Load() {
			r.freeing.Store(true)
			debug.FreeOSMemory()
		}
	})
	r.watch(quiet)
	return func() {
		r.stopped.Store(true)
		r.timer.Stop()
	}
}

// watch waits for the next collection, which takes the sentinel.
func (r *rest) watch(quiet time.Duration) {
	type sentinel struct{ self *rest } // with a pointer, so that it is no part of a block of tiny values
	runtime.AddCleanup(&sentinel{r}, func(r *rest) {
		if r.stopped.Load() {
			return
		}
		if !r.freeing.Swap(false) { // a collection that the program's work caused
			r.timer.Reset(quiet)
		}
		r.watch(quiet)
	}, r)
}
