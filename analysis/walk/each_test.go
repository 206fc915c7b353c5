package walk

import (
	"context"
	"sync/atomic"
	"testing"
)

func TestEach(t *testing.T) {
	for _, jobs := range []int{0, 1, 3, 100} {
		for _, n := range []int{0, 1, 50} {
			called := make([]atomic.Int32, n)
			var at, most atomic.Int32
			Each(t.Context(), jobs, n, func(i int) {
				now := at.Add(1)
				for was := most.Load(); now > was && !most.CompareAndSwap(was, now); was = most.Load() {
				}
				called[i].Add(1)
				at.Add(-1)
			})
			for i := range called {
				if called[i].Load() != 1 {
					t.Errorf("%d jobs: %d of %d was called %d times", jobs, i, n, called[i].Load())
				}
			}
			if jobs > 0 && int(most.Load()) > jobs {
				t.Errorf("%d at once, want %d at most", most.Load(), jobs)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var called atomic.Int32
	Each(ctx, 2, 1000, func(int) {
		called.Add(1)
		cancel()
	})
	if n := called.Load(); n < 1 || n > 2 {
		t.Errorf("%d were called after the end", n)
	}
}
