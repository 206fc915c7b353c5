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
	TextDocument   Item     `json:"textDocument"`
	ContentChanges []Change `json:"contentChanges"`
}

// Item is the document that a notification is about, read by hand: the
// protocol's types would replace the client's spelling of the URI by another,
// and refuse a version that is null.
type Item struct {
	URI        string         `json:"uri"`
	LanguageID string         `json:"languageId"`
	Version    jsontext.Value `json:"version"`
	Text       string         `json:"text"`
}

// ParseItem reads the document of a didOpen, didClose or didSave
// notification.
func ParseItem(params jsonrpc2.RawMessage) (*Item, error) {
	var p struct {
		TextDocument Item `json:"textDocument"`
	}
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	if p.TextDocument.URI == "" {
		return nil, errors.New("no document URI")
	}
	return &p.TextDocument, nil
}

// Document makes the first version of an opened document.
func (i *Item) Document(enc text.Encoding) *Document {
	return NewDocument(uri.URI(i.URI), i.LanguageID, i.version(-1), i.Text, enc)
}

// version is the number the client gave, or the one after last when it gave
// none.
func (i *Item) version(last int32) int32 {
	var v *int32
	if len(i.Version) == 0 || json.Unmarshal(i.Version, &v) != nil || v == nil {
		return last + 1
	}
	return *v
}

func decode(params jsonrpc2.RawMessage, into any) error {
	if len(params) == 0 {
		return errors.New("no params")
	}
	return json.Unmarshal(params, into, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
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
	if err := decode(params, &c); err != nil {
		return nil, fmt.Errorf("unreadable change: %w", err)
	}
	if c.TextDocument.URI == "" {
		return nil, errors.New("change without a document URI")
	}
	return &c, nil
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
		URI: d.URI, LanguageID: d.LanguageID, Version: c.TextDocument.version(d.Version), Open: true,
		Text: current, Opening: d.Opening, key: d.key, file: d.file, enc: d.enc,
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
