package rpc

import (
	"context"
	"errors"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// CodeRequestFailed answers a request that was well formed but could not be
// carried out (LSP 3.17).
const CodeRequestFailed jsonrpc2.Code = -32803

// CodeServerCancelled answers a request that the server gave up on its own,
// for instance because the document was closed meanwhile (LSP 3.17).
const CodeServerCancelled jsonrpc2.Code = -32802

// Failed is a message for the person at the editor, as the answer to a
// request.
func Failed(format string, args ...any) error {
	return jsonrpc2.Errorf(CodeRequestFailed, format, args...)
}

// wireError gives every error the code a client can act on.
func wireError(ctx context.Context, err error) error {
	var coded *jsonrpc2.Error
	switch {
	case ctx.Err() != nil:
		return protocol.ErrRequestCancelled
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return err
	case errors.Is(err, context.Canceled):
		return jsonrpc2.NewError(CodeServerCancelled, "the server gave this request up: "+err.Error())
	default:
		return jsonrpc2.NewError(CodeRequestFailed, err.Error())
	}
}
