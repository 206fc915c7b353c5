package tokens

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/dhi-ls/dhi-ls/lsp/internal/engine"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// keep is how many documents' last answers are kept, for a client that shows
// more at once gets whole answers.
const keep = 64

// Store answers the requests for semantic tokens. The zero value is ready. It
// is safe for concurrent use.
type Store struct {
	mu    sync.Mutex
	sent  map[session.Key]answer
	order []session.Key // least recently asked first
	last  uint64
}

// answer is what a client was sent.
type answer struct {
	id   string
	data []uint32
}

// Full answers textDocument/semanticTokens/full.
func (s *Store) Full(_ context.Context, snapshot *session.Snapshot, p *protocol.SemanticTokensParams) (*protocol.SemanticTokens, error) {
	_, now, ok := s.answer(snapshot, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	return &protocol.SemanticTokens{ResultID: &now.id, Data: now.data}, nil
}

// Delta answers textDocument/semanticTokens/full/delta: what is different
// from the answer that the client has, if that is still known.
func (s *Store) Delta(_ context.Context, snapshot *session.Snapshot, p *protocol.SemanticTokensDeltaParams) (protocol.SemanticTokensDeltaResult, error) {
	before, now, ok := s.answer(snapshot, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	if before.id == "" || before.id != p.PreviousResultID {
		return &protocol.SemanticTokens{ResultID: &now.id, Data: now.data}, nil
	}
	return &protocol.SemanticTokensDelta{ResultID: &now.id, Edits: difference(before.data, now.data)}, nil
}

// Range answers textDocument/semanticTokens/range.
func (s *Store) Range(_ context.Context, snapshot *session.Snapshot, p *protocol.SemanticTokensRangeParams) (*protocol.SemanticTokens, error) {
	d, doc, ok := engine.Ours(snapshot, p.TextDocument.URI)
	if !ok {
		return nil, nil
	}
	list := of(d, doc)
	r := d.Bytes(p.Range)
	from, _ := slices.BinarySearchFunc(list, r.Start, func(t token, at int) int { return t.at.End - at })
	to, _ := slices.BinarySearchFunc(list, r.End, func(t token, at int) int { return t.at.Start - at })
	return &protocol.SemanticTokens{Data: encode(d, list[min(from, to):to])}, nil
}

// Forget drops what is kept of a document that was closed.
func (s *Store) Forget(u uri.URI) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(session.KeyOf(u))
}

// drop forgets a key. The caller holds the lock.
func (s *Store) drop(key session.Key) {
	delete(s.sent, key)
	s.order = slices.DeleteFunc(s.order, func(k session.Key) bool { return k == key })
}

// answer are the tokens of a document, and those that were sent before.
func (s *Store) answer(snapshot *session.Snapshot, u uri.URI) (before, now answer, ok bool) {
	d, doc, ok := engine.Ours(snapshot, u)
	if !ok {
		return before, now, false
	}
	data := encode(d, of(d, doc))
	s.mu.Lock()
	defer s.mu.Unlock()
	before = s.sent[d.Key()]
	now = before
	if before.id == "" || !slices.Equal(before.data, data) {
		s.last++
		now = answer{strconv.FormatUint(s.last, 10), data}
	}
	s.drop(d.Key())
	if len(s.order) >= keep {
		s.drop(s.order[0])
	}
	if s.sent == nil {
		s.sent = make(map[session.Key]answer)
	}
	s.sent[d.Key()] = now
	s.order = append(s.order, d.Key())
	return before, now, true
}

// encode writes tokens as LSP wants them: each by its distance from the one
// before.
func encode(d *session.Document, list []token) []uint32 {
	data := make([]uint32, 0, 5*len(list))
	var line, column uint32
	for _, t := range list {
		at := d.Range(t.at)
		if at.Start.Line != line {
			data = append(data, at.Start.Line-line, at.Start.Character)
		} else {
			data = append(data, 0, at.Start.Character-column)
		}
		line, column = at.Start.Line, at.Start.Character
		data = append(data, at.End.Character-column, uint32(t.kind&0xff), uint32(t.kind>>8))
	}
	return data
}

// difference is one edit for all between what both have at the start and at
// the end, none where they are equal.
func difference(before, now []uint32) []protocol.SemanticTokensEdit {
	limit := min(len(before), len(now))
	start := 0
	for start < limit && before[start] == now[start] {
		start++
	}
	end := 0
	for end < limit-start && before[len(before)-1-end] == now[len(now)-1-end] {
		end++
	}
	if start == len(before) && start == len(now) {
		return []protocol.SemanticTokensEdit{}
	}
	return []protocol.SemanticTokensEdit{{
		Start: uint32(start), DeleteCount: uint32(len(before) - end - start), Data: now[start : len(now)-end],
	}}
}
