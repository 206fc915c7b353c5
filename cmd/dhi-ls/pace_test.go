package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

func TestGrowth(t *testing.T) {
	for used, want := range map[uint64]int{0: 150, 4 << 20: 150, 16 << 20: 150, 20 << 20: 120, 24 << 20: 100, 28 << 20: 100, 1 << 40: 100} {
		if got := growth(used); got != want {
			t.Errorf("with %d MiB in use %d %%, want %d %%", used>>20, got, want)
		}
	}
	before := uint64(0)
	for used := uint64(0); used < 100<<20; used += 1 << 18 {
		next := used * uint64(growth(used))
		if next+next/50 < before { // whole percents
			t.Fatalf("with %d bytes in use the heap grows by less than with fewer", used)
		}
		before = next
	}
}

// TestPace: the collector works harder while much is in use.
func TestPace(t *testing.T) {
	t.Setenv("GOGC", "")
	was := percent()
	defer debug.SetGCPercent(debug.SetGCPercent(was))
	stop := keepPace()
	if got := percent(); got != smallGrowth {
		t.Errorf("the server starts with %d %%", got)
	}
	large = make([]byte, 128<<20)
	reaches(t, usualGrowth)
	runtime.KeepAlive(large)
	large = nil
	if growth(inUse()) == smallGrowth { // not where other tests left much behind
		reaches(t, smallGrowth)
	}
	stop()
	if got := percent(); got != was {
		t.Errorf("%d %% are left behind, before it were %d %%", got, was)
	}
}

// TestPaceOfUser: what GOGC says stays.
func TestPaceOfUser(t *testing.T) {
	t.Setenv("GOGC", "70")
	was := percent()
	defer keepPace()()
	runtime.GC()
	if got := percent(); got != was {
		t.Errorf("%d %%, and GOGC was obeyed before", got)
	}
}

func percent() int { return int(measured("/gc/gogc:percent")) }

func inUse() uint64 {
	runtime.GC()
	return measured("/gc/heap/live:bytes")
}

func reaches(t *testing.T, want int) {
	t.Helper()
	for end := time.Now().Add(lsptest.Patience); percent() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the pace stays at %d %%, want %d %%", percent(), want)
		}
		runtime.GC()
	}
}
