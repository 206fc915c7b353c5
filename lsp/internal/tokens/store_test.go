package tokens

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

const sample = "# syntax=dhi.io/build:2-alpine3.23\n\nname: Sample\nimage: x/y\nvars:\n  A: \"1\"\ncontents:\n  packages:\n    - tini=${A}\n    - '!bash'\n"

type fixture struct {
	*session.Session
	store Store
}

func (f *fixture) put(u string, version int32, content string) *session.Snapshot {
	f.Put(session.NewDocument(uri.URI(u), "yaml", version, content, text.UTF16))
	return f.Snapshot()
}

func full(t *testing.T, f *fixture, s *session.Snapshot, u string) *protocol.SemanticTokens {
	t.Helper()
	p := &protocol.SemanticTokensParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri.URI(u)}}
	got, err := f.store.Full(context.Background(), s, p)
	if err != nil || got == nil {
		t.Fatalf("no tokens: %v", err)
	}
	return got
}

func delta(t *testing.T, f *fixture, s *session.Snapshot, u, previous string) protocol.SemanticTokensDeltaResult {
	t.Helper()
	p := &protocol.SemanticTokensDeltaParams{TextDocument: protocol.TextDocumentIdentifier{URI: uri.URI(u)}, PreviousResultID: previous}
	got, err := f.store.Delta(context.Background(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// What a client makes of the differences is what it would be sent whole.
func TestDelta(t *testing.T) {
	f := &fixture{Session: session.New(nil)}
	const u = "file:///a.yaml"
	first := full(t, f, f.put(u, 1, sample), u)
	have, id := first.Data, *first.ResultID
	for i, content := range []string{
		sample + "    - dumb-init~1\n", sample, "# x\n" + sample[:40], sample, sample, "# syntax=dhi.io/build:2-alpine3.23\n", sample[:len(sample)-9],
	} {
		s := f.put(u, int32(i+2), content)
		result, ok := delta(t, f, s, u, id).(*protocol.SemanticTokensDelta)
		if !ok { // not ours for a while
			if doc, _ := s.Document(uri.URI(u)); doc.Text.Line(0) == "# x" {
				continue
			}
			t.Fatalf("step %d: no difference", i)
		}
		for _, e := range result.Edits {
			have = slices.Concat(have[:e.Start], e.Data, have[e.Start+e.DeleteCount:])
		}
		id = *result.ResultID
		fresh := &fixture{Session: session.New(nil)}
		if want := full(t, fresh, fresh.put(u, 1, content), u); !slices.Equal(have, want.Data) {
			t.Fatalf("step %d: %v, want %v", i, have, want.Data)
		}
	}
	if whole, ok := delta(t, f, f.Snapshot(), u, "unknown").(*protocol.SemanticTokens); !ok || !slices.Equal(whole.Data, have) {
		t.Error("an unknown id must give the whole")
	}
}

func TestStoreIsBounded(t *testing.T) {
	f := &fixture{Session: session.New(nil)}
	var ids []string
	for i := range keep + 10 {
		u := fmt.Sprintf("file:///%d.yaml", i)
		ids = append(ids, *full(t, f, f.put(u, 1, sample), u).ResultID)
	}
	if len(f.store.sent) != keep || len(f.store.order) != keep {
		t.Errorf("%d answers of %d are kept", len(f.store.sent), len(f.store.order))
	}
	if _, ok := delta(t, f, f.Snapshot(), "file:///0.yaml", ids[0]).(*protocol.SemanticTokens); !ok {
		t.Error("a forgotten document must give the whole")
	}
	f.store.Forget("file:///40.yaml")
	if len(f.store.sent) != keep-1 {
		t.Error("not forgotten")
	}
}

// Tokens lie in order inside of any text.
func FuzzTokens(f *testing.F) {
	f.Add(sample)
	f.Add("# syntax=dhi.io/build:2-alpine3.23\ncontents: {packages: [a, &x b, *x, \"${}\n c\"]}\n")
	f.Add("# syntax=dhi.io/build:2-debian13\r\ncontents:\r\n  builds:\r\n  - pipeline:\r\n    - runs: >\r\n        if ${source.dir}\r\n\r\n        x #{\r\n")
	f.Fuzz(func(t *testing.T, content string) {
		x := &fixture{Session: session.New(nil)}
		s := x.put("file:///a.yaml", 1, content)
		p := &protocol.SemanticTokensRangeParams{TextDocument: protocol.TextDocumentIdentifier{URI: "file:///a.yaml"}}
		p.Range.End.Line = 1 << 20
		part, _ := x.store.Range(context.Background(), s, p)
		if part == nil {
			return
		}
		if whole := full(t, x, s, "file:///a.yaml"); !slices.Equal(part.Data, whole.Data) {
			t.Fatal("the range of all is not all")
		}
		for i := 0; i < len(part.Data); i += 5 {
			if part.Data[i+2] == 0 || part.Data[i+2] > 1<<30 || part.Data[i] > 1<<30 || part.Data[i+1] > 1<<30 || int(part.Data[i+3]) >= len(Types) {
				t.Fatalf("token %v", part.Data[i:i+5])
			}
		}
	})
}
