package lsp

import (
	"github.com/dhi-ls/dhi-ls/lsp/internal/rpc"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.uber.org/zap"
)

// initializeParams reads initialize. A client that gets one of its hundreds
// of capabilities wrong loses that one and not the server: members that do
// not decode are left out.
func (s *server) initializeParams(params jsonrpc2.RawMessage) (*protocol.InitializeParams, error) {
	p, err := rpc.Decode[protocol.InitializeParams](params)
	if err == nil {
		return p, nil
	}
	pruned, ok := prune(jsontext.Value(params), decodable, pruneDepth)
	if !ok {
		return nil, err
	}
	s.Logger.Warn("parts of initialize are not valid and were left out", zap.Error(err))
	return rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(pruned))
}

// pruneDepth reaches capabilities.textDocument.completion.completionItem and
// its members.
const pruneDepth = 5

func decodable(raw jsontext.Value) bool {
	_, err := rpc.Decode[protocol.InitializeParams](jsonrpc2.RawMessage(raw))
	return err == nil
}

// prune is raw without the members for which valid is false. It fails when
// raw is no object.
func prune(raw jsontext.Value, valid func(jsontext.Value) bool, depth int) (jsontext.Value, bool) {
	if valid(raw) {
		return raw, true
	}
	var members map[string]jsontext.Value
	if depth == 0 || json.Unmarshal(raw, &members, jsontext.AllowDuplicateNames(true)) != nil || members == nil {
		return nil, false
	}
	for name, value := range members {
		alone := func(v jsontext.Value) bool {
			object, err := json.Marshal(map[string]jsontext.Value{name: v})
			return err == nil && valid(object)
		}
		kept, ok := prune(value, alone, depth-1)
		if !ok {
			delete(members, name)
			continue
		}
		members[name] = kept
	}
	out, err := json.Marshal(members)
	return out, err == nil && valid(out)
}
