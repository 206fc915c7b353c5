package progress

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"
	digest "github.com/opencontainers/go-digest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func at(n int) *time.Time {
	t := time.Unix(int64(n), 0)
	return &t
}

func vertex(id, name string, started, completed int) *client.Vertex {
	v := &client.Vertex{Digest: digest.Digest(id), Name: name}
	if started > 0 {
		v.Started = at(started)
	}
	if completed > 0 {
		v.Completed = at(completed)
	}
	return v
}

func logs(id string, parts ...string) *client.SolveStatus {
	s := &client.SolveStatus{}
	for _, p := range parts {
		s.Logs = append(s.Logs, &client.VertexLog{Vertex: digest.Digest(id), Stream: 1, Data: []byte(p)})
	}
	return s
}

func TestLifeOfSteps(t *testing.T) {
	var got []string
	tr := NewTracker(func(e Event) { got = append(got, fmt.Sprintf("%d %d %s %d%%", e.Kind, e.Number, e.Line, e.Percent)) }, nil)
	failed := vertex("b", "two", 1, 3)
	failed.Error = "exit code: 1"
	cached := vertex("c", "three", 1, 1)
	cached.Cached = true
	tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex("a", "one", 0, 0), vertex("a", "one", 1, 0), vertex("a", "one", 1, 0)}})
	tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex("a", "one", 1, 2), vertex("a", "one", 1, 2), cached, failed}})
	want := []string{"1 1  0%", "2 1  50%", "1 2  50%", "3 2  66%", "1 3  66%", "4 3 exit code: 1 75%"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if f := tr.Failed(); len(f) != 1 || f[0].Name != "two" {
		t.Errorf("failed %+v", f)
	}
}

func TestPercentNeverFalls(t *testing.T) {
	last := 0
	tr := NewTracker(func(e Event) {
		if e.Number == 1 && e.Percent > 0 {
			t.Error("loading the definition counts")
		}
		if e.Percent < last || e.Percent > 99 {
			t.Errorf("%d%% after %d%%", e.Percent, last)
		}
		last = e.Percent
	}, nil)
	tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex("i", "[internal] load build definition", 1, 2)}})
	for i := range 50 {
		tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex(fmt.Sprint(i), "x", 1, i%3), vertex(fmt.Sprint(i, "b"), "y", 1, 0)}})
	}
}

func TestLinesAreJoined(t *testing.T) {
	var got []string
	tr := NewTracker(func(e Event) {
		if e.Kind == Log {
			got = append(got, e.Line)
		}
	}, nil)
	tr.Update(logs("a", "one\ntw", "o\r\nthr", "ee"))
	if s := strings.Join(got, "|"); s != "one|two" {
		t.Errorf("lines %q", s)
	}
	if s := strings.Join(tr.Step("a").Log(), "|"); s != "one|two|three" {
		t.Errorf("log with the open line %q", s)
	}
	tr.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex("a", "x", 1, 2)}})
	if s := strings.Join(got, "|"); s != "one|two|three" {
		t.Errorf("lines at the end %q", s)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	log := NewBuffer(1 << 20)
	tr := NewTracker(nil, log)
	line := strings.Repeat("x", 120) + "\n"
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100_000 {
		tr.Update(logs("a", line))
	}
	tr.Update(logs("a", strings.Repeat("long", 1<<20)))
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("100,000 lines and one of 4 MiB: heap grew by %d KiB, %d lines were dropped", grown>>10, log.Dropped())
	if grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
	if n := len(log.String()); n > 1<<20+100 {
		t.Errorf("%d bytes are kept", n)
	}
	if n := len(tr.Step("a").Log()); n > tailLines+1 {
		t.Errorf("%d lines are kept", n)
	}
	runtime.KeepAlive(tr)
}

func TestPrinters(t *testing.T) {
	for _, mode := range []string{"plain", "rawjson", "auto", "quiet"} {
		var out bytes.Buffer
		p, err := NewPrinter(&out, mode)
		if err != nil {
			t.Fatal(err)
		}
		p.Update(&client.SolveStatus{Vertexes: []*client.Vertex{vertex("sha256:"+strings.Repeat("a", 64), "compile", 1, 2)}})
		p.Close()
		if got := strings.Contains(out.String(), "compile"); got != (mode != "quiet") {
			t.Errorf("%s printed %q", mode, out.String())
		}
	}
	for _, mode := range []string{"tty", "loud"} {
		if _, err := NewPrinter(&bytes.Buffer{}, mode); err == nil || !strings.Contains(err.Error(), "modes:") {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

func FuzzLog(f *testing.F) {
	f.Add([]byte("a\nb\r\nc"), 3, 1)
	f.Fuzz(func(t *testing.T, data []byte, cut, stream int) {
		tr := NewTracker(nil, NewBuffer(100))
		n := len(data)
		cut = min(max(cut, 0), n)
		tr.Update(&client.SolveStatus{Logs: []*client.VertexLog{{Vertex: "a", Stream: stream, Data: data[:cut]}, {Vertex: "a", Stream: stream, Data: data[cut:]}}})
		if got := len(tr.Step("a").Log()); got > tailLines+1 {
			t.Fatalf("%d lines", got)
		}
	})
}

func BenchmarkLog(b *testing.B) {
	tr := NewTracker(func(Event) {}, NewBuffer(0))
	s := logs("a", strings.Repeat(strings.Repeat("x", 80)+"\n", 100))
	b.SetBytes(8100)
	b.ReportAllocs()
	for b.Loop() {
		tr.Update(s)
	}
}
