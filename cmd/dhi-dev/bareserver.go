package main

import (
	"context"
	"os"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
)

// bareserver is a language server of the libraries that dhi-ls uses and
// nothing else: it knows no language and answers at once. It is the floor of
// what bench measures over stdio.
func bareserver([]string) error {
	conn := jsonrpc2.NewConn(jsonrpc2.NewStream(stdio{}), jsonrpc2.WithCodec(codec{}))
	conn.Go(context.Background(), bareHandler(conn))
	<-conn.Done()
	return nil
}

// codec writes messages as LSP 3.18 has them.
type codec struct{}

func (codec) Marshal(v any) ([]byte, error)      { return protocol.Marshal(v) }
func (codec) Unmarshal(data []byte, v any) error { return protocol.Unmarshal(data, v) }

// stdio is the stream of the process.
type stdio struct{}

func (stdio) Read(b []byte) (int, error)  { return os.Stdin.Read(b) }
func (stdio) Write(b []byte) (int, error) { return os.Stdout.Write(b) }
func (stdio) Close() error                { return os.Stdin.Close() }

func bareHandler(conn jsonrpc2.Conn) jsonrpc2.Handler {
	return func(ctx context.Context, req *jsonrpc2.Request) (any, error) {
		switch req.Method() {
		case protocol.MethodInitialize:
			var p protocol.InitializeParams
			if err := protocol.Unmarshal(req.Params(), &p); err != nil {
				return nil, err
			}
			return &protocol.InitializeResult{Capabilities: protocol.ServerCapabilities{
				HoverProvider: protocol.Boolean(true), CompletionProvider: &protocol.CompletionOptions{},
			}}, nil
		case protocol.MethodTextDocumentDidOpen:
			var p protocol.DidOpenTextDocumentParams
			if err := protocol.Unmarshal(req.Params(), &p); err != nil {
				return nil, err
			}
			return nil, barePublish(conn, p.TextDocument.URI, p.TextDocument.Version)
		case protocol.MethodTextDocumentDidChange:
			var p protocol.DidChangeTextDocumentParams
			if err := protocol.Unmarshal(req.Params(), &p); err != nil {
				return nil, err
			}
			return nil, barePublish(conn, p.TextDocument.URI, p.TextDocument.Version)
		case protocol.MethodTextDocumentHover:
			return &protocol.Hover{Contents: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: "nothing"}}, nil
		case protocol.MethodTextDocumentCompletion:
			return &protocol.CompletionList{Items: []protocol.CompletionItem{{Label: "nothing"}}}, nil
		case protocol.MethodExit:
			os.Exit(0)
		}
		return nil, nil
	}
}

func barePublish(conn jsonrpc2.Conn, u uri.URI, version int32) error {
	return conn.Notify(context.Background(), protocol.MethodTextDocumentPublishDiagnostics, &protocol.PublishDiagnosticsParams{
		URI: u, Version: protocol.NewOptional(version), Diagnostics: []protocol.Diagnostic{},
	})
}
