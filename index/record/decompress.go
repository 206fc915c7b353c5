package record

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/ulikunitz/xz"
)

// Decompress reads gzip, xz or plain data, told apart by their first bytes,
// and stops with a LimitError at the limits of size and ratio.
func Decompress(r io.Reader, limits Limits) (io.Reader, error) {
	limits = limits.WithDefaults()
	counted := &countReader{r: r}
	buffered := bufio.NewReaderSize(counted, 64<<10)
	head, err := buffered.Peek(6)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading the start of the index: %w", err)
	}
	guard := &guardReader{limits: limits, in: counted}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		guard.r, err = gzip.NewReader(buffered)
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		guard.r, err = xz.ReaderConfig{DictCap: 1 << 20}.NewReader(buffered)
	default:
		guard.r, guard.plain = buffered, true
	}
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	return guard, nil
}

type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// guardReader enforces the limits on what comes out.
type guardReader struct {
	r      io.Reader
	in     *countReader
	out    int64
	limits Limits
	plain  bool
}

// ratioGrace is the output, in bytes, below which the ratio is not looked at:
// a small file of blanks compresses well in good faith.
const ratioGrace = 8 << 20

func (g *guardReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.out += int64(n)
	switch {
	case g.out > g.limits.Bytes:
		return 0, &LimitError{"size", g.limits.Bytes}
	case !g.plain && g.out > ratioGrace && g.out > g.in.n*g.limits.Ratio:
		return 0, &LimitError{"compression ratio", g.limits.Ratio}
	}
	return n, err
}
