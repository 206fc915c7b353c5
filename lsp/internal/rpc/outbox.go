package rpc

import (
	"io"
	"sync"
	"time"
)

// maxOutbox is how many bytes may wait for a client that does not read; then
// writing waits, too.
const maxOutbox = 64 << 20

// flushTime is how long closing waits for the client to read what is left.
const flushTime = 500 * time.Millisecond

// Outbox is a stream whose writes do not wait for the other end to read. The
// goroutine that reads messages also writes, and if it waited for a client
// that waits, in its turn, for its own writes to be read, both would wait for
// ever.
type Outbox struct {
	io.ReadWriteCloser
	mu      sync.Mutex
	changed *sync.Cond
	waiting []byte
	closed  bool
	err     error
	done    chan struct{}
}

// NewOutbox starts an outbox over stream. It must be closed.
func NewOutbox(stream io.ReadWriteCloser) *Outbox {
	o := &Outbox{ReadWriteCloser: stream, done: make(chan struct{})}
	o.changed = sync.NewCond(&o.mu)
	go o.send()
	return o
}

// Write takes p to be sent. It returns the error of an earlier write, if
// there was one.
func (o *Outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.waiting) > maxOutbox && o.err == nil && !o.closed {
		o.changed.Wait()
	}
	switch {
	case o.err != nil:
		return 0, o.err
	case o.closed:
		return 0, io.ErrClosedPipe
	}
	o.waiting = append(o.waiting, p...)
	o.changed.Broadcast()
	return len(p), nil
}

// send writes what waits, until the outbox is closed and empty.
func (o *Outbox) send() {
	defer close(o.done)
	var chunk []byte
	for {
		o.mu.Lock()
		o.changed.Broadcast()
		for len(o.waiting) == 0 && !o.closed {
			o.changed.Wait()
		}
		if len(o.waiting) == 0 || o.err != nil {
			o.mu.Unlock()
			return
		}
		chunk, o.waiting = o.waiting, chunk[:0]
		o.mu.Unlock()

		if _, err := o.ReadWriteCloser.Write(chunk); err != nil {
			o.fail(err)
			return
		}
		if cap(chunk) > 1<<20 {
			chunk = nil // one large message need not stay
		}
	}
}

func (o *Outbox) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
	o.changed.Broadcast()
}

// Close sends what waits, if the other end takes it, and closes the stream.
// What still arrives is thrown away: the other end may not read before it has
// written.
func (o *Outbox) Close() error {
	go func() { _, _ = io.Copy(io.Discard, o.ReadWriteCloser) }()
	o.mu.Lock()
	o.closed = true
	o.changed.Broadcast()
	o.mu.Unlock()
	timer := time.NewTimer(flushTime)
	defer timer.Stop()
	select {
	case <-o.done:
	case <-timer.C:
	}
	err := o.ReadWriteCloser.Close()
	<-o.done // the close has ended a write that hung
	return err
}
