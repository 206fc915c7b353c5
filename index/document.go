package index

import (
	"context"

	"github.com/dhi-ls/dhi-ls/index/fetch"
	"github.com/dhi-ls/dhi-ls/index/store"
)

// documentPolicy says when a document is asked for again.
type documentPolicy struct {
	pin bool  // never: the first content stays
	max int64 // bytes
}

// document is a small file, fetched at most once in an update and, with a
// conditional request, at most once by all processes that start together.
func (u *updater) document(ctx context.Context, address string, p documentPolicy) ([]byte, error) {
	if data, ok := u.cachedDocument(address, p); ok {
		return data, nil
	}
	unlock, err := u.cache.dir.Lock(ctx, "document|"+address)
	if err != nil {
		return nil, fetch.E(fetch.KindOf(err), address, err)
	}
	defer unlock()
	if data, ok := u.cachedDocument(address, p); ok {
		return data, nil
	}
	m, _ := u.cache.dir.Load()
	doc := m.Documents[address]
	old, readErr := u.cache.dir.ReadDocument(doc)
	request := fetch.Request{URL: address, MaxBytes: p.max}
	if readErr == nil {
		request.ETag, request.LastModified = doc.ETag, doc.LastModified
	}
	data, response, err := u.options.Client.ReadAll(ctx, request)
	if err != nil {
		return nil, err
	}
	now := u.cache.now()
	if response.NotModified {
		data = old
	} else {
		doc = store.Document{ETag: response.ETag, LastModified: response.LastModified, Fetched: now, Pinned: p.pin}
	}
	doc.Checked = now
	if err := u.cache.dir.PutDocument(ctx, address, doc, data); err != nil {
		return nil, fetch.E(fetch.Internal, address, err)
	}
	return data, nil
}

func (u *updater) cachedDocument(address string, p documentPolicy) ([]byte, bool) {
	m, _ := u.cache.dir.Load()
	doc, known := m.Documents[address]
	lately := doc.Checked.After(u.started.Add(-pollInterval)) && !u.options.Force || doc.Checked.After(u.started)
	if !known || !p.pin && !lately {
		return nil, false
	}
	data, err := u.cache.dir.ReadDocument(doc)
	return data, err == nil
}
