package lsp

import (
	"context"
	"path/filepath"

	"github.com/dhi-ls/dhi-ls/analysis/text"
	"github.com/dhi-ls/dhi-ls/lsp/internal/capability"
	"github.com/dhi-ls/dhi-ls/lsp/internal/session"
	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"
	"go.uber.org/zap"
)

func (s *server) initialize(_ context.Context, params jsonrpc2.RawMessage) (any, error) {
	p, err := s.initializeParams(params)
	if err != nil {
		return nil, err
	}
	caps := capability.Of(p)
	s.client.Declare(caps)
	base, problems := session.ParseSettings(p.InitializationOptions, session.DefaultSettings())
	s.config.base, s.config.first = base, make(chan struct{})
	s.session.Update(func(state *session.State) {
		state.Capabilities = caps
		state.Encoding = encoding(&caps)
		state.SetFolders(folders(p))
		state.Trusted = trusted(p.InitializationOptions)
	})
	s.session.Configure(base, nil)
	s.config.tell(s, problems)
	s.setLevel(p.Trace)
	if p.ProcessID != nil && *p.ProcessID > 0 {
		s.watchParent(int(*p.ProcessID))
	}
	s.Logger.Info("initialize", zap.String("client", caps.Name), zap.String("version", caps.Version))
	s.life.phase.Store(phaseRunning)
	return &protocol.InitializeResult{
		Capabilities: *s.capabilities(&caps),
		ServerInfo:   protocol.ServerInfo{Name: "dhi-ls", Version: protocol.NewOptional(s.Version)},
	}, nil
}

// encodings by preference: without a conversion, as every client has it, and
// what is left.
var encodings = []struct {
	kind protocol.PositionEncodingKind
	enc  text.Encoding
}{
	{protocol.PositionEncodingKindUTF8, text.UTF8},
	{protocol.PositionEncodingKindUTF16, text.UTF16},
	{protocol.PositionEncodingKindUTF32, text.UTF32},
}

func encoding(caps *capability.Client) text.Encoding {
	for _, e := range encodings {
		if caps.PositionEncoding(e.kind) {
			return e.enc
		}
	}
	return text.UTF16 // the one that needs no offer
}

func encodingKind(enc text.Encoding) protocol.PositionEncodingKind {
	for _, e := range encodings {
		if e.enc == enc {
			return e.kind
		}
	}
	return protocol.PositionEncodingKindUTF16
}

// trusted reads the one option that settings cannot give. Anything but true
// is false.
func trusted(options protocol.LSPAny) bool {
	var o struct {
		Trusted protocol.LSPAny `json:"trusted"`
	}
	return json.Unmarshal(options, &o) == nil && string(o.Trusted) == "true"
}

// folders are the roots of the workspace, said in one of the three ways that
// LSP has had for it.
func folders(p *protocol.InitializeParams) []session.Folder {
	if list, ok := p.WorkspaceFolders.Get(); ok && len(list) > 0 {
		return convertFolders(list)
	}
	root := oldRoot(p)
	if root == "" {
		return nil
	}
	return []session.Folder{{URI: root, Name: filepath.Base(root.Path())}}
}

// oldRoot is the root of clients that know one only, "" for none.
func oldRoot(p *protocol.InitializeParams) uri.URI {
	//lint:ignore SA1019 deprecated for clients, which send it all the same
	if p.RootURI != nil && *p.RootURI != "" {
		return *p.RootURI //lint:ignore SA1019 see above
	}
	//lint:ignore SA1019 see above
	if path, ok := p.RootPath.Get(); ok && path != "" {
		return uri.File(path)
	}
	return ""
}

func convertFolders(list []protocol.WorkspaceFolder) []session.Folder {
	out := make([]session.Folder, len(list))
	for i, f := range list {
		out[i] = session.Folder{URI: f.URI, Name: f.Name}
	}
	return out
}
