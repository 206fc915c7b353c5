package session

import (
	"sync"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// Document is one immutable version of a document.
type Document struct {
	// URI is the client's own spelling; everything sent to the client uses it.
	URI uri.URI
	// LanguageID is what the client calls the document's language.
	LanguageID string
	// Version is the client's number for this text. A document that is not
	// open has none: see Open.
	Version int32
	// Open documents belong to the client; the others were read from disk.
	Open bool
	// Opening counts the documents that were opened before; all versions up to
	// the closing share it.
	Opening uint64
	// Text is the document's text.
	Text *text.Text

	key     Key
	file    string // where it is known by another path than that of its URI
	enc     text.Encoding
	derived sync.Map
}

// NewDocument makes a version of an open document.
func NewDocument(u uri.URI, language string, version int32, content string, enc text.Encoding) *Document {
	return &Document{URI: u, LanguageID: language, Version: version, Open: true, Text: text.New(content), key: KeyOf(u), enc: enc}
}

// FileDocument makes a document of a file that no client has open.
func FileDocument(path, content string, enc text.Encoding) *Document {
	u := uri.File(path)
	return &Document{URI: u, Text: text.New(content), key: KeyOf(u), enc: enc}
}

// Key identifies the document among all versions of it.
func (d *Document) Key() Key { return d.key }

// Path is the document's file, if it has one.
func (d *Document) Path() (string, bool) { return Path(d.URI) }

// Offset is the byte at a client's position, clamped to the text.
func (d *Document) Offset(p protocol.Position) int {
	return d.Text.Offset(text.Position{Line: int(p.Line), Column: int(p.Character)}, d.enc)
}

// Bytes is the byte range of a client's range; reversed ends are swapped.
func (d *Document) Bytes(r protocol.Range) text.Range {
	start, end := d.Offset(r.Start), d.Offset(r.End)
	return text.Range{Start: min(start, end), End: max(start, end)}
}

// Position is the client's position of a byte.
func (d *Document) Position(offset int) protocol.Position {
	p := d.Text.Position(offset, d.enc)
	return protocol.Position{Line: uint32(p.Line), Character: uint32(p.Column)}
}

// Range is the client's range of a byte range.
func (d *Document) Range(r text.Range) protocol.Range {
	return protocol.Range{Start: d.Position(r.Start), End: d.Position(r.End)}
}

// Location is the client's location of a byte range.
func (d *Document) Location(r text.Range) protocol.Location {
	return protocol.Location{URI: d.URI, Range: d.Range(r)}
}

// Derived is something that follows from a document's text alone, such as its
// tree. It is computed at most once per version, when first asked for, and
// shared by all requests.
type Derived[T any] struct{ compute func(*Document) T }

// Derive declares a derived value. It is called once, for a package variable.
func Derive[T any](compute func(*Document) T) *Derived[T] { return &Derived[T]{compute} }

// Of is the value for the document.
func (v *Derived[T]) Of(d *Document) T {
	cell, ok := d.derived.Load(v)
	if !ok {
		cell, _ = d.derived.LoadOrStore(v, sync.OnceValue(func() T { return v.compute(d) }))
	}
	return cell.(func() T)()
}
