package store

import (
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// A file of several times as many windows as may be touched answers the same
// from wherever rows are read, and never has more than that many noted.
func TestTouched(t *testing.T) {
	list := make([]record.Package, 3000)
	for i := range list {
		list[i] = record.Package{Name: fmt.Sprintf("p%04d", i), Version: fmt.Sprint(i), Description: fmt.Sprint(i, strings.Repeat(" x", 3000)), Size: int64(i)}
	}
	file, _ := build(t, list)
	path := filepath.Join(t.TempDir(), "x.idx")
	if err := os.WriteFile(path, file, 0o644); err != nil {
		t.Fatal(err)
	}
	x, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(file) >> windowBits; n < 3*maxWindows {
		t.Fatalf("the file has %d windows only", n)
	}
	noted := func() (n int) {
		for i := range x.touched.windows {
			n += bits.OnesCount64(x.touched.windows[i].Load())
		}
		return n
	}
	most := 0
	for i := range list {
		r, _ := x.Rows(list[i*7%len(list)].Name)
		got, want := x.Package(r), list[i*7%len(list)]
		if got.Description != want.Description || got.Version != want.Version || got.Size != want.Size {
			t.Fatalf("row %d is %s %s", r, got.Name, got.Version)
		}
		most = max(most, noted())
	}
	if most == 0 || most > maxWindows {
		t.Errorf("%d windows were noted, at most %d may be", most, maxWindows)
	}
	var all sync.WaitGroup
	for start := range 4 {
		all.Go(func() {
			for i := range list {
				want := &list[(i+start*700)%len(list)]
				if r, _ := x.Rows(want.Name); x.Description(r) != want.Description {
					t.Errorf("%s differs when several read", want.Name)
				}
			}
		})
	}
	all.Wait()
	if err := x.Verify(); err != nil {
		t.Error(err)
	}
}
