package main

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// rest gives memory back to the system when the server has nothing to do: a
// workspace was read, an index updated, files opened. While there is work the
// collector keeps its pace, for a smaller heap would cost latency.
type rest struct {
	quiet   time.Duration
	timer   *time.Timer
	freed   atomic.Int64 // the collection up to which memory was given back
	stopped atomic.Bool
}

// quiet is how long no garbage must have been collected.
const quiet = time.Second

// atRest watches until stop is called.
func atRest(quiet time.Duration) (stop func()) {
	r := &rest{quiet: quiet}
	r.freed.Store(-1)
	r.timer = time.AfterFunc(quiet, r.free)
	afterCollections(r.collected)
	return func() {
		r.stopped.Store(true)
		r.timer.Stop()
	}
}

// free gives the memory back if there was a collection since that was done
// last. It takes one collection, or two where one was under way. Any beyond them
// was the program's, which then is not at rest.
func (r *rest) free() {
	before := collections()
	if r.stopped.Load() || before <= r.freed.Load() {
		return
	}
	debug.FreeOSMemory()
	after := collections()
	r.freed.Store(after)
	if after > before+2 {
		r.timer.Reset(r.quiet)
	}
}

// collected has memory given back a while after the last collection. It is told
// of that which gives memory back as well, and may be told late or, of one that
// was under way when it was told of another, never: so it always has the count
// looked at once more.
func (r *rest) collected() bool {
	if r.stopped.Load() {
		return false
	}
	r.timer.Reset(r.quiet)
	return true
}

// afterCollections calls f after collections until it returns false: each takes
// a sentinel, and then there is another.
func afterCollections(f func() bool) {
	type sentinel struct{ self func() bool } // with a pointer, so that it is no part of a block of tiny values
	runtime.AddCleanup(&sentinel{f}, func(f func() bool) {
		if f() {
			afterCollections(f)
		}
	}, f)
}

// collections is how many the runtime has completed.
func collections() int64 { return int64(measured("/gc/cycles/total:gc-cycles")) }
