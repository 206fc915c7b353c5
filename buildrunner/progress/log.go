package progress

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/moby/buildkit/client"
)

// The limits that keep memory bounded.
const (
	// maxLine is the length in bytes after which a line is cut.
	maxLine = 8 << 10
	// tailLines and tailBytes bound what is kept of one step.
	tailLines = 200
	tailBytes = 64 << 10
	// maxWarnings is the number of warnings kept of one build.
	maxWarnings = 10_000
	// DefaultBuffer is the size in bytes of a log that nobody chose.
	DefaultBuffer = 4 << 20
)

// logged cuts what a step printed into lines, and longer ones into pieces.
func (t *Tracker) logged(l *client.VertexLog) {
	s := t.step(l.Vertex)
	stream := min(max(l.Stream, 0), len(s.partial)-1)
	for data := l.Data; len(data) > 0; {
		piece, rest, ended := bytes.Cut(data, []byte{'\n'})
		if room := maxLine - len(s.partial[stream]); len(piece) >= room {
			piece, rest, ended = piece[:room], data[room:], true
		}
		s.partial[stream] = append(s.partial[stream], piece...)
		data = rest
		if !ended {
			break
		}
		t.line(s, stream, s.partial[stream])
		s.partial[stream] = s.partial[stream][:0]
	}
}

// flush ends the lines that a finished step left open.
func (t *Tracker) flush(s *Step) {
	for stream, p := range s.partial {
		if len(p) > 0 {
			t.line(s, stream, p)
			s.partial[stream] = nil
		}
	}
}

func (t *Tracker) line(s *Step, stream int, raw []byte) {
	raw = bytes.TrimSuffix(raw, []byte("\r"))
	text := string(raw)
	s.tail.add(text)
	if t.log != nil {
		t.log.Add(fmt.Sprintf("#%d %s", s.Number, text))
	}
	t.emit(Event{Kind: Log, Step: s.Name, Number: s.Number, Line: text, Stderr: stream == 2, Percent: t.percent})
}

// tail is a ring of the last lines, bounded in lines and bytes.
type tail struct {
	ring  []string
	start int
	bytes int
}

func (t *tail) add(line string) {
	t.ring = append(t.ring, line)
	t.bytes += len(line)
	for len(t.ring)-t.start > tailLines || t.bytes > tailBytes && len(t.ring)-t.start > 1 {
		t.bytes -= len(t.ring[t.start])
		t.ring[t.start] = ""
		t.start++
	}
	if t.start > tailLines {
		t.ring = append(t.ring[:0:0], t.ring[t.start:]...)
		t.start = 0
	}
}

func (t *tail) lines() []string { return append([]string(nil), t.ring[t.start:]...) }

// Buffer keeps the end of a build's log, up to a number of bytes. It may be
// read while the build writes.
type Buffer struct {
	mu      sync.Mutex
	limit   int
	lines   []string
	start   int
	bytes   int
	dropped int
}

// NewBuffer keeps up to limit bytes, DefaultBuffer when limit is 0.
func NewBuffer(limit int) *Buffer {
	if limit <= 0 {
		limit = DefaultBuffer
	}
	return &Buffer{limit: limit}
}

// Add appends a line.
func (b *Buffer) Add(line string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line)
	b.bytes += len(line) + 1
	for b.bytes > b.limit && len(b.lines)-b.start > 1 {
		b.bytes -= len(b.lines[b.start]) + 1
		b.lines[b.start] = ""
		b.start++
		b.dropped++
	}
	if b.start > 1024 && b.start > len(b.lines)/2 {
		b.lines = append(b.lines[:0:0], b.lines[b.start:]...)
		b.start = 0
	}
}

// Dropped is the number of lines at the beginning that are no longer there.
func (b *Buffer) Dropped() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}

// String is the log, with a first line that says how much is missing.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out bytes.Buffer
	out.Grow(b.bytes + 64)
	if b.dropped > 0 {
		fmt.Fprintf(&out, "(the first %d lines are no longer kept)\n", b.dropped)
	}
	for _, l := range b.lines[b.start:] {
		out.WriteString(l)
		out.WriteByte('\n')
	}
	return out.String()
}
