package convert

import (
	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
)

// Reader is Target and Location for many places of few files, each of which it
// reads once. It serves one request.
type Reader struct {
	Snapshot *session.Snapshot
	// Doc is what the empty file means.
	Doc  *session.Document
	docs map[string]*session.Document
}

// Target is [Target]; a file that cannot be read is not tried again.
func (r *Reader) Target(file string) (*session.Document, bool) {
	if d, ok := r.docs[file]; ok {
		return d, d != nil
	}
	if r.docs == nil {
		r.docs = map[string]*session.Document{}
	}
	d, ok := Target(r.Snapshot, r.Doc, file)
	if !ok {
		d = nil
	}
	r.docs[file] = d
	return d, ok
}

// Location is [Location].
func (r *Reader) Location(file string, at text.Range) (protocol.Location, bool) {
	d, ok := r.Target(file)
	if !ok {
		return protocol.Location{}, false
	}
	return d.Location(at), true
}
