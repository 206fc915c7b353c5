package store

import (
	"encoding/binary"
	"errors"
	"math"
	"sort"
)

// pool collects the texts of an index in blocks that do not move: growing one
// piece would copy it again and again, and a full block can be written while
// the next one fills.
type pool struct {
	blocks [][]byte
	starts []uint32 // of each block, in the pool
	full   func([]byte)
}

const poolBlock = 1 << 20 // bytes

// ErrTooBig is returned for an index beyond what the format addresses.
var ErrTooBig = errors.New("the index is too big for the cache's format (4 GiB of text)")

func newPool() *pool {
	p := &pool{}
	p.open(poolBlock, 0)
	// Reference 0 is the empty text.
	p.blocks[0] = append(p.blocks[0], 0)
	return p
}

func (p *pool) open(size int, start uint32) {
	p.blocks = append(p.blocks, make([]byte, 0, size))
	p.starts = append(p.starts, start)
}

// add stores a text and returns its reference.
func (p *pool) add(s string) (uint32, error) {
	last := len(p.blocks) - 1
	block := p.blocks[last]
	need := len(s) + binary.MaxVarintLen32
	if need > cap(block)-len(block) {
		start := uint64(p.starts[last]) + uint64(len(block))
		if start+uint64(need) > math.MaxUint32 {
			return 0, ErrTooBig
		}
		if p.full != nil {
			p.full(block)
		}
		p.open(max(poolBlock, need), uint32(start))
		last, block = last+1, p.blocks[last+1]
	}
	at := p.starts[last] + uint32(len(block))
	block = binary.AppendUvarint(block, uint64(len(s)))
	p.blocks[last] = append(block, s...)
	return at, nil
}

// text is what a reference stands for.
func (p *pool) text(at uint32) string {
	if at == 0 {
		return ""
	}
	i := sort.Search(len(p.starts), func(i int) bool { return p.starts[i] > at }) - 1
	rest := p.blocks[i][at-p.starts[i]:]
	n, width := binary.Uvarint(rest)
	return asString(rest[width : width+int(n)])
}
