package record

import (
	"bytes"
	"io"
)

// Stanzas cuts the text of an index into its stanzas, which blank lines
// separate, without copying what it need not.
type Stanzas struct {
	r      io.Reader
	limits Limits
	buf    []byte
	from   int // of what has not been returned
	taken  int64
	end    bool // r has nothing more
	odd    bool // the buffer has blank lines that are not empty
}

// firstBuffer is enough for dozens of packages, in bytes, and stays in a
// processor's own cache.
const firstBuffer = 128 << 10

// NewStanzas reads from r.
func NewStanzas(r io.Reader, limits Limits) *Stanzas {
	return &Stanzas{r: r, limits: limits.WithDefaults(), buf: make([]byte, 0, firstBuffer)}
}

// Next returns whole lines that end with a blank line or the text, or io.EOF.
// They may hold more than one stanza, and are valid until the next call.
func (s *Stanzas) Next() ([]byte, error) {
	searched := s.from
	for {
		if n := s.blankLine(searched); n > 0 {
			text := s.buf[s.from : s.from+n]
			s.from += n
			return text, nil
		}
		searched = max(s.from, len(s.buf)-blankMargin)
		if s.end {
			text := s.buf[s.from:]
			s.from = len(s.buf)
			if len(text) == 0 {
				return nil, io.EOF
			}
			return text, nil
		}
		if len(s.buf)-s.from > s.limits.Stanza {
			return nil, &LimitError{"package", int64(s.limits.Stanza)}
		}
		moved := s.from
		if err := s.fill(); err != nil {
			return nil, err
		}
		searched -= moved - s.from
	}
}

// Each calls f with what Next returns until the text ends or f fails.
func (s *Stanzas) Each(f func(text []byte) error) error {
	for {
		text, err := s.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = f(text)
		}
		if err != nil {
			return err
		}
	}
}

// fill reads more behind what has not been returned, which moves to the front.
func (s *Stanzas) fill() error {
	rest := s.buf[s.from:]
	if len(rest) > cap(s.buf)/2 {
		s.buf = make([]byte, 0, 2*cap(s.buf))
	}
	s.buf, s.from, s.odd = append(s.buf[:0], rest...), 0, false
	for len(s.buf) < cap(s.buf) && !s.end {
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if s.taken += int64(n); s.taken > s.limits.Bytes {
			return &LimitError{"size", s.limits.Bytes}
		}
		if err == io.EOF {
			s.end = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// blankMargin is how far before the end of a text a blank line may begin that
// more text completes; blanks in it are a curiosity.
const blankMargin = 64

// blankLine is the length of what has not been returned, up to the end of its
// last blank line behind another line, or 0. What lies before searched holds
// none.
func (s *Stanzas) blankLine(searched int) int {
	if !s.odd {
		if i := bytes.LastIndex(s.buf[searched:], []byte("\n\n")); i >= 0 {
			return searched + i + 2 - s.from
		}
	}
	// A line may hold a carriage return or blanks.
	for at := searched; ; {
		i := bytes.IndexByte(s.buf[at:], '\n')
		if i < 0 {
			return 0
		}
		at += i + 1
		if end := bytes.IndexByte(s.buf[at:], '\n'); end >= 0 && len(bytes.TrimSpace(s.buf[at:at+end])) == 0 {
			s.odd = true
			return at + end + 1 - s.from
		}
	}
}
