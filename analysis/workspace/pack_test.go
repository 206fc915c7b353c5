package workspace

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// TestPack: what is packed stays as it was while more is, from several at once,
// and lies together.
func TestPack(t *testing.T) {
	var p pack
	word := func(i int) string { return strings.Repeat(fmt.Sprint(i, " "), i%700) }
	packed := make([]string, 3000)
	var wg sync.WaitGroup
	for worker := range 3 {
		wg.Go(func() {
			for i := worker; i < len(packed); i += 3 {
				packed[i] = p.add(word(i))
			}
		})
	}
	wg.Wait()
	for i, s := range packed {
		if s != word(i) {
			t.Fatalf("string %d is another", i)
		}
	}
	var q pack
	q.add(strings.Repeat("x", 1000))
	a, b := q.add("abc"), q.add("de")
	if unsafe.Add(unsafe.Pointer(unsafe.StringData(a)), 3) != unsafe.Pointer(unsafe.StringData(b)) {
		t.Error("two strings do not lie side by side")
	}
	if large := strings.Repeat("x", 3*maxPiece); p.add(large) != large {
		t.Error("a string that is larger than a piece is another")
	}
}

// TestPackOne: what is read alone keeps no more than itself, and little more
// where it is followed by little.
func TestPackOne(t *testing.T) {
	var p pack
	p.add(strings.Repeat("x", 1500))
	if n := p.piece.Cap(); n > 2000 {
		t.Errorf("%d bytes for 1500", n)
	}
	p.add(strings.Repeat("x", 1500))
	if n := p.piece.Cap(); n > 2000 {
		t.Errorf("%d further bytes for 1500", n)
	}
}
