package lsp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/analysis/diagnostic"
	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
)

// seeded finds every occurrence of "mistake" and panics at "panic".
func seeded(_ context.Context, _ *session.Snapshot, doc *session.Document) ([]diagnostic.Diagnostic, error) {
	content := doc.Text.String()
	if strings.Contains(content, "panic") {
		panic("a bug in the engine")
	}
	found := []diagnostic.Diagnostic{}
	for at := 0; ; {
		i := strings.Index(content[at:], "mistake")
		if i < 0 {
			return found, nil
		}
		d := diagnostic.Diagnostic{Code: "mistake", Severity: diagnostic.Error, Message: "A mistake."}
		d.Range.Start, d.Range.End = at+i, at+i+len("mistake")
		found = append(found, d)
		at = d.Range.End
	}
}

const (
	noAnswer = 1 << 20 // a notification, or something the server ignores
	anyCode  = 1 << 21 // answered; how is the method's business
)

// What a server may meet on the wire. code is that of the answer to id 1, 0
// for a result.
var oddMessages = []struct {
	name, message string
	code          int
}{
	{"unknown request", `{"jsonrpc":"2.0","id":1,"method":"foo/bar","params":{}}`, -32601},
	{"unknown request without params", `{"jsonrpc":"2.0","id":1,"method":"foo/bar"}`, -32601},
	{"unknown notification", `{"jsonrpc":"2.0","method":"$/foo","params":{}}`, noAnswer},
	{"unknown notification without params", `{"jsonrpc":"2.0","method":"$/foo"}`, noAnswer},
	{"initialize again", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{},"processId":null,"rootUri":null}}`, -32600},
	{"initialized without params", `{"jsonrpc":"2.0","method":"initialized"}`, noAnswer},
	{"initialized with null", `{"jsonrpc":"2.0","method":"initialized","params":null}`, noAnswer},
	{"initialized twice", `{"jsonrpc":"2.0","method":"initialized","params":{}}`, noAnswer},
	{"didChangeConfiguration with null settings", `{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":null}}`, noAnswer},
	{"didChangeConfiguration without params", `{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration"}`, noAnswer},
	{"didChangeConfiguration with a list", `{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":[1]}}`, noAnswer},
	{"setTrace off", `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"off"}}`, noAnswer},
	{"setTrace unknown", `{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"compact"}}`, noAnswer},
	{"didOpen of the wrong type", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":1}}}`, noAnswer},
	{"didOpen without params", `{"jsonrpc":"2.0","method":"textDocument/didOpen"}`, noAnswer},
	{"didOpen with a lone surrogate", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","languageId":"yaml","version":1,"text":"\ud83d"}}}`, noAnswer},
	{"didOpen untitled", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"untitled:Untitled-1","languageId":"yaml","version":1,"text":"x"}}}`, noAnswer},
	{"didOpen on Windows", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///c%3A/Users/x/a.yaml","languageId":"yaml","version":1,"text":"x"}}}`, noAnswer},
	{"didOpen with space and percent", `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a b/100%/x.yaml","languageId":"yaml","version":1,"text":"x"}}}`, noAnswer},
	{"didChange of what is not open", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///no","version":2},"contentChanges":[{"text":""}]}}`, noAnswer},
	{"didChange with null version", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a","version":null},"contentChanges":[{"text":""}]}}`, noAnswer},
	{"didChange without changes", `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///a","version":3}}}`, noAnswer},
	{"didClose of what is not open", `{"jsonrpc":"2.0","method":"textDocument/didClose","params":{"textDocument":{"uri":"file:///no"}}}`, noAnswer},
	{"cancelRequest of an unknown id", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4711}}`, noAnswer},
	{"cancelRequest of a big id", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":99999999999}}`, noAnswer},
	{"cancelRequest of null", `{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}`, noAnswer},
	{"cancelRequest without params", `{"jsonrpc":"2.0","method":"$/cancelRequest"}`, noAnswer},
	{"cancelled progress that is not", `{"jsonrpc":"2.0","method":"window/workDoneProgress/cancel","params":{"token":"x"}}`, noAnswer},
	{"bad params of a request", `{"jsonrpc":"2.0","id":1,"method":"textDocument/diagnostic","params":{"textDocument":"x"}}`, -32602},
	{"request without params", `{"jsonrpc":"2.0","id":1,"method":"textDocument/diagnostic"}`, 0},
	{"request with null params", `{"jsonrpc":"2.0","id":1,"method":"textDocument/diagnostic","params":null}`, 0},
	{"request for what is not open", `{"jsonrpc":"2.0","id":1,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"file:///no"}}}`, 0},
	{"bug in the engine", `{"jsonrpc":"2.0","id":1,"method":"textDocument/diagnostic","params":{"textDocument":{"uri":"file:///panic"}}}`, -32803},
	{"code action of an unknown kind", `{"jsonrpc":"2.0","id":1,"method":"textDocument/codeAction","params":{"textDocument":{"uri":"file:///a"},"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"context":{"diagnostics":[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":1}},"message":"x","data":{"a":[1]},"code":12}],"only":["source.unknown"],"triggerKind":1}}}`, anyCode},
	{"completion", `{"jsonrpc":"2.0","id":1,"method":"textDocument/completion","params":{"textDocument":{"uri":"file:///a"},"position":{"line":1,"character":1},"context":{"triggerKind":1}}}`, anyCode},
	{"hover far outside", `{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///a"},"position":{"line":4294967295,"character":4294967295}}}`, anyCode},
	{"answer to an unknown id", `{"jsonrpc":"2.0","id":31337,"result":null}`, noAnswer},
	{"error answer to null", `{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}}`, noAnswer},
	{"no message", `{"jsonrpc":"2.0"}`, noAnswer},
	{"no object", `[[]]`, noAnswer},
	{"shutdown without params", `{"jsonrpc":"2.0","id":1,"method":"shutdown"}`, 0},
	{"shutdown with null", `{"jsonrpc":"2.0","id":1,"method":"shutdown","params":null}`, 0},
	{"shutdown with an object", `{"jsonrpc":"2.0","id":1,"method":"shutdown","params":{}}`, 0},
}

func initialized(t *testing.T) *lsptest.Wire {
	w := lsptest.StartWire(t, lsp.Options{Fast: seeded})
	for _, m := range []string{
		`{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"processId":null,"rootUri":null,"capabilities":{"textDocument":{"diagnostic":{}}}}}`,
		`{"jsonrpc":"2.0","method":"initialized","params":{}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a","languageId":"yaml","version":1,"text":"x\ny"}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///panic","languageId":"yaml","version":1,"text":"panic"}}}`,
	} {
		if err := w.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func TestOddMessages(t *testing.T) {
	for _, c := range oddMessages {
		t.Run(c.name, func(t *testing.T) {
			w := initialized(t)
			if err := w.Send(c.message); err != nil {
				t.Fatal(err)
			}
			if c.code != noAnswer {
				answer, ok := w.Answer("1")
				got := 0
				if answer.Error != nil {
					got = answer.Error.Code
				}
				if !ok || got != c.code && c.code != anyCode {
					t.Errorf("answered %v with code %d, want %d", ok, got, c.code)
				}
			}
			if err := w.Send(`{"jsonrpc":"2.0","id":777,"method":"alive"}`); err != nil {
				t.Fatal(err)
			}
			if answer, ok := w.Answer("777"); !ok || answer.Error == nil {
				t.Error("the server is gone")
			}
		})
	}
}

// Broken framing and broken JSON are the only ends, and are said to be it.
func TestGarbageEnds(t *testing.T) {
	for _, garbage := range []string{
		lsptest.Framed(`{"jsonrpc":`),
		lsptest.Framed(`{"jsonrpc":"2.0",}`),
		lsptest.Framed("\x00\xff"),
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"Content-Length: -5\r\n\r\n",
		"Content-Length: x\r\n\r\n",
		"Content-Length: 99999999999999\r\n\r\n",
		"no header\r\n\r\n",
	} {
		t.Run(fmt.Sprintf("%q", garbage), func(t *testing.T) {
			w := initialized(t)
			w.Bytes(garbage)
			if err := <-w.Ended; err == nil || lsp.ExitCode(err) != 1 {
				t.Errorf("ended with %v", err)
			}
		})
	}
}
