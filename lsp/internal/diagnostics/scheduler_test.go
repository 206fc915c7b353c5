package diagnostics

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/client"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

const testURI = "file:///d.yaml"

// plan is a scheduler whose phases take a set time, in a bubble of fake time.
type plan struct {
	*Scheduler
	t       *testing.T
	session *session.Session
	cancel  context.CancelFunc
	began   time.Time

	mu        sync.Mutex
	published []string // "12ms v3: messages"
	runs      []string // "fast v1", "slow v1 cancelled"
}

func newPlan(t *testing.T, fast, slow time.Duration) *plan {
	ctx, cancel := context.WithCancel(t.Context())
	p := &plan{t: t, cancel: cancel, began: time.Now()}
	c := client.New(ctx, nil, zap.NewNop())
	p.session = session.New(c)
	p.Scheduler = New(Config{
		Fast: p.phase("fast", fast), Slow: p.phase("slow", slow),
		Publish: p.publish, Client: c, Log: zap.NewNop(),
	})
	return p
}

// phase finds the words of the text that start with its name.
func (p *plan) phase(name string, d time.Duration) Analyzer {
	return func(ctx context.Context, _ *session.Snapshot, doc *session.Document) ([]diagnostic.Diagnostic, error) {
		ok := sleep(ctx, d)
		p.mu.Lock()
		run := fmt.Sprintf("%s v%d", name, doc.Version)
		if !ok {
			run += " cancelled"
		}
		p.runs = append(p.runs, run)
		p.mu.Unlock()
		content := doc.Text.String()
		if strings.Contains(content, "panic in "+name) {
			panic("boom")
		}
		if strings.Contains(content, "not ours") {
			return nil, ctx.Err()
		}
		found := []diagnostic.Diagnostic{}
		for at, word := range words(content) {
			if strings.HasPrefix(word, name) {
				found = append(found, diagnostic.Diagnostic{Severity: diagnostic.Warning, Range: text.Range{Start: at, End: at + len(word)}, Message: word})
			}
		}
		return found, ctx.Err()
	}
}

func words(s string) map[int]string {
	out := make(map[int]string)
	for at := 0; at < len(s); {
		end := strings.IndexAny(s[at:]+" ", " \n")
		if end > 0 {
			out[at] = s[at : at+end]
		}
		at += end + 1
	}
	return out
}

func (p *plan) publish(d *protocol.PublishDiagnosticsParams) {
	var messages []string
	for _, item := range d.Diagnostics {
		messages = append(messages, fmt.Sprintf("%s@%d:%d", item.Message, item.Range.Start.Line, item.Range.Start.Character))
	}
	version := "closed"
	if v, ok := d.Version.Get(); ok {
		version = fmt.Sprint("v", v)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published = append(p.published, fmt.Sprintf("%s %s: %s", time.Since(p.began), version, strings.Join(messages, " ")))
}

func (p *plan) edit(version int32, content string) {
	doc := session.NewDocument(testURI, "yaml", version, content, text.UTF16)
	p.session.Put(doc)
	p.Changed(p.session.Snapshot(), doc)
}

func (p *plan) close() {
	doc, _ := p.session.Close(testURI)
	p.Closed(p.session.Snapshot(), doc)
}

// left is the number of documents the scheduler knows.
func (p *plan) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Scheduler.mu.Lock()
	defer p.Scheduler.mu.Unlock()
	return len(p.entries)
}

// want checks what was published and ends the plan.
func (p *plan) want(published ...string) {
	p.t.Helper()
	time.Sleep(10 * time.Second)
	synctest.Wait()
	got, want := strings.Join(p.published, "\n"), strings.Join(published, "\n")
	if got != want {
		p.t.Errorf("published\n%s\nwant\n%s\nruns %q", got, want, p.runs)
	}
	p.cancel()
	p.Client.Wait()
}

func TestFirstEditAtOnceThenBothPhases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, 3*time.Millisecond, 40*time.Millisecond)
		p.edit(1, "fast1 slow1")
		// The slow phase begins 25 ms after the edit.
		p.want("3ms v1: fast1@0:0", "65ms v1: fast1@0:0 slow1@0:6")
	})
}

func TestBurst(t *testing.T) {
	for _, gap := range []time.Duration{0, 100 * time.Microsecond, 2 * time.Millisecond} {
		t.Run(gap.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPlan(t, time.Millisecond, 40*time.Millisecond)
				for v := int32(1); v <= 30; v++ {
					p.edit(v, fmt.Sprintf("fast%d slow%d", v, v))
					time.Sleep(gap)
				}
				time.Sleep(10 * time.Second)
				synctest.Wait()
				n := len(p.published)
				if n > 3 || !strings.HasSuffix(p.published[n-1], "v30: fast30@0:0 slow30@0:7") {
					t.Errorf("%d publishes: %q", n, p.published)
				}
				if len(p.runs) > 4 {
					t.Errorf("%d runs: %q", len(p.runs), p.runs)
				}
				p.want(p.published...)
			})
		})
	}
}

func TestEditsApartAreEachAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		for v := int32(1); v <= 3; v++ {
			p.edit(v, fmt.Sprintf("fast%d", v))
			time.Sleep(100 * time.Millisecond)
		}
		p.want("1ms v1: fast1@0:0", "101ms v2: fast2@0:0", "201ms v3: fast3@0:0")
	})
}

// An edit that comes while the slow phase of the last one runs ends it, and
// does not wait for anything.
func TestSlowPhaseIsSuperseded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, 500*time.Millisecond)
		p.edit(1, "fast1")
		time.Sleep(100 * time.Millisecond)
		p.edit(2, "fast2")
		p.want("1ms v1: fast1@0:0", "101ms v2: fast2@0:0")
		if p.runs[1] != "slow v1 cancelled" {
			t.Errorf("runs %q", p.runs)
		}
	})
}

// While edits go on and on, faster than the analysis, something is shown all
// the same.
func TestPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, 30*time.Millisecond, 0)
		for v := int32(1); v <= 100; v++ {
			p.edit(v, fmt.Sprintf("fast%d", v))
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n := len(p.published); n < 4 || n > 12 {
			t.Errorf("%d publishes in two seconds of typing: %q", n, p.published)
		}
		p.want(p.published...)
	})
}

func TestEqualResultsAreNotSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.edit(1, "fast slow")
		time.Sleep(time.Second)
		p.edit(2, "fast slow ") // the slow finding is carried over
		p.want("1ms v1: fast@0:0", "26ms v1: fast@0:0 slow@0:5")
	})
}

// Findings of the slow phase move with the text until it has run again.
func TestSlowFindingsAreCarried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, 100*time.Millisecond)
		p.edit(1, "a\nslow1 slow2")
		time.Sleep(time.Second)
		p.edit(2, "a\n\nslow1 slow2") // moved by a line
		time.Sleep(time.Second)
		p.edit(3, "a\n\nslow1 slowX") // one of them touched
		p.want(
			"1ms v1: ",
			"125ms v1: slow1@1:0 slow2@1:6",
			"1.001s v2: slow1@2:0 slow2@2:6",
			"2.001s v3: slow1@2:0",
			"2.125s v3: slow1@2:0 slowX@2:6",
		)
	})
}

func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, 100*time.Millisecond)
		p.edit(1, "fast1")
		time.Sleep(50 * time.Millisecond) // amid the slow phase
		p.close()
		time.Sleep(time.Second)
		if n := p.left(); n != 0 {
			t.Errorf("%d entries are left", n)
		}
		p.edit(1, "fast1") // opened again: told again
		time.Sleep(time.Second)
		p.close()
		p.edit(1, "fast2") // closed and opened in a moment
		p.want("1ms v1: fast1@0:0", "50ms closed: ", "1.051s v1: fast1@0:0", "2.051s v1: fast2@0:0")
	})
}

func TestCloseBeforeAnything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.edit(1, "fast1")
		p.close()
		p.want()
		if n := p.left(); n != 0 {
			t.Errorf("%d entries are left", n)
		}
	})
}

// Nothing is said of other people's documents, and a document that stops to
// be a definition loses its diagnostics.
func TestNotOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.edit(1, "not ours fast")
		time.Sleep(time.Second)
		p.edit(2, "fast2")
		time.Sleep(time.Second)
		p.edit(3, "not ours fast")
		p.want("1.001s v2: fast2@0:0", "2.001s v3: ")
		for _, run := range p.runs {
			if run == "slow v1" || run == "slow v3" {
				t.Errorf("the slow phase ran for a document that is none of ours: %q", p.runs)
			}
		}
	})
}

func TestPanicInAPhase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.edit(1, "panic in fast")
		time.Sleep(time.Second)
		p.edit(2, "fast2 panic in slow")
		time.Sleep(time.Second)
		p.edit(3, "fast3")
		p.want("1.001s v2: fast2@0:0", "2.001s v3: fast3@0:0")
	})
}

func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.MaxBytes = 100
		settings := session.DefaultSettings()
		settings.Diagnostics.Limit = 2
		p.session.Configure(settings, nil)
		p.edit(1, "fast1 fast2 fast3 fast4")
		time.Sleep(time.Second)
		p.edit(2, "# syntax=dhi.io/build:2\n"+strings.Repeat("fast ", 100))
		p.want(
			"1ms v1: fast1@0:0 fast2@0:6 2 more findings are not shown (setting dhi-ls.diagnostics.limit is 2).@0:0",
			"1s v2: Not checked: the file has 524 bytes, and definitions are checked up to 100.@0:0",
		)
	})
}

func TestDisabled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlan(t, time.Millisecond, time.Millisecond)
		p.edit(1, "fast1")
		time.Sleep(time.Second)
		settings := session.DefaultSettings()
		settings.Diagnostics.Enable = false
		p.session.Configure(settings, nil)
		p.Refresh(p.session.Snapshot())
		p.want("1ms v1: fast1@0:0", "1s v1: ")
	})
}
