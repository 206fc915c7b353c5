package deb

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/dhi-ls/dhi-ls/index/record"
)

// ErrStop, returned by a callback, ends the reading of a list of files or of a
// Release without an error.
var ErrStop = errors.New("stop")

// stanzas reads deb822 text: fields of a stanza, continuation lines, an empty
// line between stanzas.
type stanzas struct {
	scanner *bufio.Scanner
	limits  record.Limits
	number  int
	bytes   int64
	// field takes every field; long says that lines that continue it follow
	// as further calls with the name empty.
	field func(name, value string) error
	end   func() error
}

func (s *stanzas) run(r io.Reader) error {
	s.scanner = bufio.NewScanner(r)
	s.scanner.Buffer(make([]byte, 0, min(64<<10, s.limits.Line)), s.limits.Line)
	open := false
	for s.scanner.Scan() {
		s.number++
		line := s.scanner.Bytes()
		if s.bytes += int64(len(line)) + 1; s.bytes > s.limits.Bytes {
			return &record.LimitError{What: "size", Limit: s.limits.Bytes}
		}
		blank := len(strings.TrimSpace(asString(line))) == 0
		if blank && !open {
			continue
		}
		var err error
		if blank {
			err, open = s.end(), false
		} else {
			err, open = s.line(line), true
		}
		if errors.Is(err, ErrStop) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return s.finish(open)
}

func (s *stanzas) finish(open bool) error {
	if errors.Is(s.scanner.Err(), bufio.ErrTooLong) {
		return &record.LimitError{What: "line length", Limit: int64(s.limits.Line)}
	}
	if s.scanner.Err() != nil {
		return s.scanner.Err()
	}
	if !open {
		return nil
	}
	if err := s.end(); err != nil && !errors.Is(err, ErrStop) {
		return err
	}
	return nil
}

func (s *stanzas) line(line []byte) error {
	if line[0] == '#' {
		return nil
	}
	if line[0] == ' ' || line[0] == '\t' {
		return s.field("", asString(line))
	}
	name, value, ok := strings.Cut(asString(line), ":")
	if !ok || name == "" || strings.ContainsAny(name, " \t") {
		return &record.SyntaxError{Line: s.number, Message: "expected a field name, a colon and a value"}
	}
	return s.field(name, strings.TrimSpace(value))
}
