package main

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// progress shows on a terminal how far a long run is.
type progress struct {
	w     io.Writer
	total int
	done  atomic.Int64
	quit  chan struct{}
	wg    sync.WaitGroup
}

// patience is how long a run may take before it shows progress.
const patience = 700 * time.Millisecond

func newProgress(w io.Writer, total int, off bool) *progress {
	p := &progress{w: w, total: total, quit: make(chan struct{})}
	if off {
		return p
	}
	p.wg.Go(p.show)
	return p
}

func (p *progress) step() { p.done.Add(1) }

func (p *progress) stop() {
	close(p.quit)
	p.wg.Wait()
}

func (p *progress) show() {
	select {
	case <-p.quit:
		return
	case <-time.After(patience):
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		fmt.Fprintf(p.w, "\r\x1b[Kchecked %d of %d files", p.done.Load(), p.total)
		select {
		case <-p.quit:
			fmt.Fprint(p.w, "\r\x1b[K")
			return
		case <-tick.C:
		}
	}
}
