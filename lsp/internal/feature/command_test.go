package feature

import (
	"context"
	"errors"
	"testing"

	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

func TestCommandArguments(t *testing.T) {
	type args struct {
		URI string `json:"uri"`
	}
	echo := command(func(_ context.Context, _ *session.Snapshot, a *args) (string, error) { return a.URI, nil })
	for _, c := range []struct {
		arguments []protocol.LSPAny
		want      any
		fails     bool
	}{
		{nil, "", false},
		{[]protocol.LSPAny{protocol.LSPAny(`null`)}, "", false},
		{[]protocol.LSPAny{protocol.LSPAny(`{"uri":"file:///a"}`), protocol.LSPAny(`7`)}, "file:///a", false},
		{[]protocol.LSPAny{protocol.LSPAny(`"file:///a"`)}, nil, true},
	} {
		got, err := echo(context.Background(), nil, &protocol.ExecuteCommandParams{Command: "dhi-ls.echo", Arguments: c.arguments})
		if (err != nil) != c.fails || !c.fails && got != c.want {
			t.Errorf("%s: %v, %v", c.arguments, got, err)
		}
		if c.fails && !errors.Is(err, jsonrpc2.ErrInvalidParams) {
			t.Errorf("%s: %v", c.arguments, err)
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	_, err := ExecuteCommand(context.Background(), nil, &protocol.ExecuteCommandParams{Command: "dhi-ls.none"})
	if !errors.Is(err, jsonrpc2.ErrInvalidParams) {
		t.Errorf("got %v", err)
	}
}

// OnTypeTriggers has a first element, which the offer needs.
func TestTriggers(t *testing.T) {
	if len(OnTypeTriggers) == 0 || len(TokenTypes) == 0 || len(TokenModifiers) > 32 {
		t.Error("the lists that are offered do not fit the protocol")
	}
}
