package session

import (
	"errors"
	"fmt"
	"math"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/uri"
)

// Changes is a textDocument/didChange notification.
type Changes struct {
	TextDocument struct {
		URI     uri.URI        `json:"uri"`
		Version jsontext.Value `json:"version"`
	} `json:"textDocument"`
	ContentChanges []Change `json:"contentChanges"`
}

// Change replaces a range, or the whole text when there is none.
type Change struct {
	Range *struct {
		Start changePosition `json:"start"`
		End   changePosition `json:"end"`
	} `json:"range"`
	Text *string `json:"text"`
}

// changePosition takes any number: a negative or fractional one is a client's
// mistake that must not cost the edit, for then all later edits would be
// applied to a wrong text.
type changePosition struct {
	Line      float64 `json:"line"`
	Character float64 `json:"character"`
}

func (p changePosition) text() text.Position {
	return text.Position{Line: clamp(p.Line), Column: clamp(p.Character)}
}

func clamp(f float64) int {
	if !(f > 0) {
		return 0
	}
	return int(min(f, math.MaxInt32))
}

// ParseChanges reads a didChange notification. It does not use the protocol's
// union for changes: that takes an incremental change with an odd member, a
// null rangeLength for instance, for a whole new text.
func ParseChanges(params jsonrpc2.RawMessage) (*Changes, error) {
	var c Changes
	err := json.Unmarshal(params, &c, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if err != nil {
		return nil, fmt.Errorf("unreadable change: %w", err)
	}
	if c.TextDocument.URI == "" {
		return nil, errors.New("change without a document URI")
	}
	return &c, nil
}

// version is the number the change carries, or the next one when the client
// sent none.
func (c *Changes) version(last int32) int32 {
	var v *int32
	if json.Unmarshal(c.TextDocument.Version, &v) != nil || v == nil {
		return last + 1
	}
	return *v
}

// Apply makes the next version of the document.
func (d *Document) Apply(c *Changes) (*Document, error) {
	current := d.Text
	var errs []error
	for i := range c.ContentChanges {
		change := &c.ContentChanges[i]
		switch {
		case change.Text == nil:
			errs = append(errs, fmt.Errorf("change %d has no text and was skipped", i))
		case change.Range == nil:
			current = text.New(*change.Text)
		default:
			current = splice(current, change, d.enc)
		}
	}
	return &Document{
		URI: d.URI, LanguageID: d.LanguageID, Version: c.version(d.Version), Open: true,
		Text: current, key: d.key, enc: d.enc,
	}, errors.Join(errs...)
}

func splice(t *text.Text, c *Change, enc text.Encoding) *text.Text {
	start, end := t.Offset(c.Range.Start.text(), enc), t.Offset(c.Range.End.text(), enc)
	if end < start {
		start, end = end, start
	}
	content := t.String()
	return text.New(content[:start] + *c.Text + content[end:])
}
