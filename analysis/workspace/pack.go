package workspace

import (
	"strings"
	"sync"
)

// pack puts small strings that live long into a few large pieces of memory.
// Each on its own, they would lie scattered among what is garbage soon, and
// keep the pages around them from being given back. The zero value is ready;
// it is safe for concurrent use.
type pack struct {
	mu    sync.Mutex
	piece strings.Builder
	total int
}

// maxPiece is the size of the pieces, of which one string that is still in use
// keeps all.
const maxPiece = 64 << 10

// add returns a copy of the string in a piece. The first pieces are small, for
// a file that is read alone should not keep more than it needs.
func (p *pack) add(s string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.piece.Cap()-p.piece.Len() < len(s) {
		p.piece = strings.Builder{}
		p.piece.Grow(max(len(s), min(p.total, maxPiece)))
	}
	start := p.piece.Len()
	p.piece.WriteString(s)
	p.total += len(s)
	return p.piece.String()[start:]
}
