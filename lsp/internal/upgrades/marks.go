package upgrades

import (
	"fmt"
	"strings"
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/definition"
	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/analysis/upgrade"
	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/uri"
)

// Source is the finder of what is to be refreshed.
const Source = "dhi-ls upgrade"

// Code is the code of its findings.
const Code = "to-be-refreshed"

// Mark is a value that an upgrade left as it was, since only the network knows
// the new one.
type Mark struct {
	// Target was taken to the version To.
	Target string `json:"target"`
	To     string `json:"to"`
	// What is commit, digest, checksum or date.
	What string `json:"what"`
	// Path leads to the scalar, Value is what stands there still, Of is what it
	// belongs to now, where that is known.
	Path  string `json:"path"`
	Value string `json:"value"`
	Of    string `json:"of,omitempty"`

	at text.Range // in the text after the edits
}

// At is where the value stands after the edits.
func (m Mark) At() text.Range { return m.at }

func (m Mark) message() string {
	of := ""
	if m.Of != "" {
		of = " of " + m.Of
	}
	if m.What == upgrade.Date {
		return fmt.Sprintf("this date is that of the version before %s", m.To)
	}
	return fmt.Sprintf("this %s is that of the version before %s: put in the one%s", m.What, m.To, of)
}

// Marks remembers the marks of the documents that were upgraded in this
// session. The zero value is ready.
type Marks struct {
	mu   sync.Mutex
	docs map[session.Key][]Mark
}

// Add remembers marks of a document.
func (m *Marks) Add(u uri.URI, list []Mark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.docs == nil {
		m.docs = map[session.Key][]Mark{}
	}
	key := session.KeyOf(u)
	m.docs[key] = append(m.docs[key], list...)
}

// Findings are the values of a document that are still to be refreshed. A
// value that changed is done, and an upgrade that was undone left nothing.
func (m *Marks) Findings(d *session.Document) []diagnostic.Diagnostic {
	m.mu.Lock()
	marks := m.docs[d.Key()]
	m.mu.Unlock()
	if len(marks) == 0 {
		return nil
	}
	doc := engine.Opened(d)
	if doc.Def == nil {
		return nil
	}
	var out []diagnostic.Diagnostic
	seen := map[int]bool{}
	for _, mark := range marks {
		if now, err := upgrade.Current(doc, mark.Target); err != nil || now != mark.To {
			continue
		}
		for _, r := range places(doc, mark) {
			if seen[r.Start] {
				continue
			}
			seen[r.Start] = true
			out = append(out, diagnostic.Diagnostic{Code: Code, Severity: diagnostic.Info, Source: Source, Range: r, Message: mark.message()})
		}
	}
	return out
}

// places are where the value of a mark stands: hashes anywhere, dates under
// their key alone.
func places(doc *definition.Document, mark Mark) []text.Range {
	if mark.What == upgrade.Date {
		for _, f := range []definition.Field{doc.Def.Dates.Release, doc.Def.Dates.EndOfLife} {
			if f.Set() && f.Value() == mark.Value && f.Node.Path().String() == mark.Path {
				return []text.Range{f.Node.Body}
			}
		}
		return nil
	}
	var out []text.Range
	content := doc.Text.String()
	for at := 0; mark.Value != ""; {
		i := strings.Index(content[at:], mark.Value)
		if i < 0 {
			break
		}
		out = append(out, text.Range{Start: at + i, End: at + i + len(mark.Value)})
		at += i + len(mark.Value)
	}
	return out
}
