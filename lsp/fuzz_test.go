package lsp_test

import (
	"strings"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp"
	"github.com/dhi-ls/dhi-ls/lsp/lsptest"
	"github.com/go-json-experiment/json/jsontext"
)

// FuzzMessages sends lines as messages. Nothing may crash or hang the server,
// and only a line that is no JSON ends it.
func FuzzMessages(f *testing.F) {
	for _, c := range oddMessages {
		f.Add(c.message)
	}
	f.Add("[]\n[{}]\n{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"initialize\",\"params\":{}}")
	f.Fuzz(func(t *testing.T, lines string) {
		w := lsptest.StartWire(t, lsp.Options{Fast: seeded, Slow: late})
		w.Send(initializeMessage)
		valid := true
		for line := range strings.SplitSeq(lines, "\n") {
			if line == "" || strings.Contains(line, `exit`) || strings.Contains(line, `\u`) {
				continue // the end by exit is another test's
			}
			valid = valid && jsontext.Value(line).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
			if w.Send(line) != nil {
				break
			}
		}
		if !valid {
			return
		}
		if err := w.Send(`{"jsonrpc":"2.0","id":"last","method":"alive"}`); err != nil {
			t.Fatalf("the server is gone: %v", err)
		}
		if _, ok := w.Answer(`"last"`); !ok {
			t.Fatal("no answer")
		}
	})
}

// FuzzBytes sends anything at all.
func FuzzBytes(f *testing.F) {
	f.Add(lsptest.Framed(initializeMessage) + lsptest.Framed(exitMessage))
	f.Add("Content-Length: 2\r\nContent-Type: x\r\n\r\n{}Content-Length: 1")
	f.Add("Content-Length:2\n\n{}")
	f.Fuzz(func(t *testing.T, bytes string) {
		w := lsptest.StartWire(t, lsp.Options{Fast: seeded})
		_ = w.Bytes(bytes)
		w.HangUp()
		if err := <-w.Ended; err != nil && lsp.ExitCode(err) != 1 {
			t.Errorf("ended with %v", err)
		}
	})
}
