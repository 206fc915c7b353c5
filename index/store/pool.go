package store

import (
	"encoding/binary"
	"errors"
	"math"
)

// pool collects the texts of an index in blocks. A full block can be written
// while the next one fills.
type pool struct {
	block []byte                    // that fills
	start uint32                    // its place in the pool
	full  func(block []byte) []byte // takes a full block, and returns an empty one
}

const poolBlock = 256 << 10 // bytes

// ErrTooBig is returned for an index beyond what the format addresses.
var ErrTooBig = errors.New("the index is too big for the cache's format (4 GiB of text)")

func newPool(full func([]byte) []byte) *pool {
	p := &pool{full: full, block: make([]byte, 0, poolBlock)}
	// Reference 0 is the empty text.
	p.block = append(p.block, 0)
	return p
}

// add stores a text and returns its reference.
func (p *pool) add(s string) (uint32, error) {
	need := len(s) + binary.MaxVarintLen32
	if need > cap(p.block)-len(p.block) {
		start := uint64(p.start) + uint64(len(p.block))
		if start+uint64(need) > math.MaxUint32 {
			return 0, ErrTooBig
		}
		p.start = uint32(start)
		if p.block = p.full(p.block); cap(p.block) < need {
			p.block = make([]byte, 0, need)
		}
	}
	at := p.start + uint32(len(p.block))
	p.block = binary.AppendUvarint(p.block, uint64(len(s)))
	p.block = append(p.block, s...)
	return at, nil
}
