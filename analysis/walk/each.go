package walk

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f for the numbers below n, several at once: as many as jobs says,
// one per processor where it says nothing. When ctx ends, the numbers that are
// left are left out.
func Each(ctx context.Context, jobs, n int, f func(int)) {
	if jobs <= 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(jobs, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}
