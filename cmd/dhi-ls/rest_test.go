package main

import (
	"runtime"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

var large []byte

// TestAtRest: memory goes back to the system when nothing is collected any
// more, and again after the next work.
func TestAtRest(t *testing.T) {
	defer atRest(20 * time.Millisecond)()
	for round := range 2 {
		large = make([]byte, 128<<20)
		for i := 0; i < len(large); i += 4096 {
			large[i] = 1
		}
		before := held()
		large = nil
		runtime.GC()
		for end := time.Now().Add(lsptest.Patience); held() > before-100<<20; {
			if time.Now().After(end) {
				t.Fatalf("round %d: %d MiB are held, after %d MiB", round, held()>>20, before>>20)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// held is what the heap has of the system's memory.
func held() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys - m.HeapReleased)
}
